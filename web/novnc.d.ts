/** The part of noVNC 1.7 that the session page uses; the package brings no types. */
declare module '@novnc/novnc' {
  type RfbEvents = {
    connect: CustomEvent<object>
    disconnect: CustomEvent<{ clean: boolean }>
    clipboard: CustomEvent<{ text: string }>
    desktopname: CustomEvent<{ name: string }>
  }

  // biome-ignore lint/style/noDefaultExport: it is the shape of the package
  export default class RFB {
    constructor(target: HTMLElement, socket: WebSocket, options?: { shared?: boolean })
    background: string
    compressionLevel: number
    qualityLevel: number
    resizeSession: boolean
    scaleViewport: boolean
    showDotCursor: boolean
    addEventListener<K extends keyof RfbEvents>(type: K, listener: (event: RfbEvents[K]) => void): void
    clipboardPasteFrom(text: string): void
    disconnect(): void
    focus(options?: FocusOptions): void
    sendCtrlAltDel(): void
    sendKey(keysym: number, code: string | null, down?: boolean): void
  }
}
