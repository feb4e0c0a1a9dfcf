/*
 * The clipboard of the user's own computer, where the browser and the user permit it: it is missing over
 * plain HTTP, some browsers never ask, and each call may be refused. None of that is an error.
 */

/** Whether reading it needs no question to the user. */
export async function mayRead(): Promise<boolean> {
  try {
    const { state } = await navigator.permissions.query({ name: 'clipboard-read' as PermissionName })
    return state === 'granted'
  } catch {
    return false
  }
}

export const canAsk = () => navigator.clipboard?.readText !== undefined

/** Asks the user if need be; undefined when it was refused. */
export async function read(): Promise<string | undefined> {
  try {
    return await navigator.clipboard.readText()
  } catch {
    return undefined
  }
}

/** False when it was refused. */
export async function write(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    return false
  }
}
