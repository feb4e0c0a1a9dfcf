import { join } from 'node:path'
import type { Settings } from './settings.ts'

/** Where things lie. Everything that lasts is under the state folder, sockets are under the run folder. */
export const folders = (settings: Pick<Settings, 'state' | 'run' | 'images' | 'site' | 'templates'>) => ({
  /** One JSON-lines file for each process. */
  logs: join(settings.state, 'log'),
  /** One file with an nkey seed for each NATS user; each readable by the system user that needs it. */
  credentials: join(settings.state, 'credentials'),
  /** JetStream's store and the generated server configuration. */
  nats: join(settings.state, 'nats'),
  /** `<machine>/` with its disk, kernel and initrd. */
  images: settings.images,
  /** `<session>/` with its overlay, manifest and QEMU's log. */
  sessions: join(settings.state, 'sessions'),
  /** `<template>/` with the frozen memory, devices and disk of a booted machine. */
  templates: settings.templates,
  /** `<copy>/`: what a session's folder will be, of copies that wait for one. */
  pool: join(settings.state, 'pool'),
  /** The kernel and the appliance that libguestfs uses. */
  appliance: join(settings.state, 'appliance'),
  /** Node's compiled programs, apart for root and for the services: nobody runs what another has written. */
  compiled: {
    root: join(settings.state, 'compiled', 'root'),
    services: join(settings.state, 'compiled', 'services'),
  },
  siteFunctions: join(settings.site, 'functions'),
  siteMachines: join(settings.site, 'machines'),
  /** `<session>/vnc.sock`: may be entered by the gateway's group. */
  displays: join(settings.run, 'displays'),
  /** `<session>/qmp.sock` and the guest's channels: for the host-runner alone. */
  control: join(settings.run, 'control'),
  /** `<copy>/display` and `<copy>/control` of copies that wait: closed to the gateway until a session has one. */
  poolRun: join(settings.run, 'pool'),
  /** `<function>.sock`: one for each HTTP function. */
  functions: join(settings.run, 'functions'),
})

export type Folders = ReturnType<typeof folders>

/** The display socket of a session. Unix socket paths are limited to 107 bytes. */
export const displaySocket = (run: Pick<Folders, 'displays'>, session: string) =>
  join(run.displays, session, 'vnc.sock')
