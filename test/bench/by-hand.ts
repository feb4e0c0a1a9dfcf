import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, chownSync, mkdirSync, rmSync, watch } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { execa } from 'execa'
import { setpriv } from '../../host-runner/commands/setpriv.ts'
import { systemUsers } from '../../host-runner/users.ts'
import { Rfb } from '../harness/rfb.ts'

export type ByHand = { rfb: Rfb; stop(): Promise<void> }

/**
 * Starts the same QEMU as a session had, without DARTS: its command line with other folders, the same user, sandbox and an
 * overlay on the same image. Resolves when its display is connected.
 */
export async function startByHand(theirs: string[], session: string, folder: string): Promise<ByHand> {
  const { vm } = systemUsers()
  for (const part of ['sessions', 'displays', 'control']) {
    mkdirSync(join(folder, part, 'hand'), { recursive: true })
    chmodSync(folder, 0o711)
    chownSync(join(folder, part, 'hand'), vm.uid, vm.gid)
  }
  const parent = new RegExp(`/[^," ]*/(sessions|displays|control)/${session}`, 'g')
  const args = theirs.map(arg => arg.replaceAll(parent, `${folder}/$1/hand`).replaceAll(session, 'hand'))
  const overlay = join(folder, 'sessions/hand/overlay.qcow2')
  const base = /"filename":"([^"]*\/images\/[^"]*disk\.qcow2)"/.exec(theirs.join(' '))?.[1] ?? ''
  await execa('qemu-img', ['create', '-q', '-f', 'qcow2', '-F', 'qcow2', '-b', base, overlay])
  chownSync(overlay, vm.uid, vm.gid)
  const [file = '', ...rest] = setpriv(vm, args)
  const qemu = spawn(file, rest, { stdio: 'ignore' })
  const path = join(folder, 'displays/hand/vnc.sock')
  await appears(path, qemu)
  const rfb = await Rfb.open(connect(path))
  const stop = async () => {
    qemu.kill('SIGKILL')
    if (qemu.exitCode === null && qemu.signalCode === null) await once(qemu, 'exit')
    rmSync(folder, { recursive: true, force: true })
  }
  return { rfb, stop }
}

async function appears(path: string, qemu: ChildProcess): Promise<void> {
  const listening = () =>
    new Promise<boolean>(resolve => {
      const socket = connect(path)
      socket.once('connect', () => resolve(socket.destroy().destroyed)).once('error', () => resolve(false))
    })
  const ended = once(qemu, 'exit').then(([code]) => {
    throw new Error(`QEMU by hand ended with ${code}`)
  })
  const seen = (async () => {
    const news = watch(join(path, '..'))
    while (!(await listening())) await once(news, 'change')
    news.close()
  })()
  await Promise.race([seen, ended])
}
