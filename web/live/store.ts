import { useLayoutEffect, useState } from 'hono/jsx/dom'

/** A value that pages show and that streams and answers change. */
export type Store<T> = {
  get(): T
  update(change: (value: T) => T): void
  subscribe(listener: () => void): () => void
}

export function createStore<T>(value: T): Store<T> {
  const listeners = new Set<() => void>()
  return {
    get: () => value,
    update(change) {
      const next = change(value)
      if (next === value) return
      value = next
      for (const listener of listeners) listener()
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

export function useStore<T>(store: Store<T>): T {
  const [value, setValue] = useState(store.get)
  // A layout effect: plain effects wait for an animation frame, which a tab in the background never gets.
  useLayoutEffect(() => {
    const listen = () => setValue(store.get)
    listen()
    return store.subscribe(listen)
  }, [store])
  return value
}
