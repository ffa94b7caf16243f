/**
 * The end of a session on Windows. It tells windows of it and nobody else, and this app mostly has none: one that nobody sees listens.
 * It has no page, and so no process (UX-60).
 */
import type { BaseWindow, BaseWindowConstructorOptions } from 'electron';

export interface SessionEndOptions {
  readonly BaseWindow: new (options: BaseWindowConstructorOptions) => BaseWindow;
  readonly platform: NodeJS.Platform;
  /** The system ends this process as soon as this returns: nothing that waits is done any more. */
  readonly onEnd: () => void;
  /** A program asks this one to end, as installers and the Task Manager do before they end it by force. */
  readonly onAsked: () => void;
}

/** Watches until what it returns is called. Elsewhere `powerMonitor` tells of it. */
export function watchSessionEnd({ BaseWindow, platform, onEnd, onAsked }: SessionEndOptions): () => void {
  if (platform !== 'win32') return () => undefined;
  const window = new BaseWindow({ show: false, skipTaskbar: true, width: 1, height: 1, title: 'Sluice' });
  window.on('session-end', onEnd);
  window.on('close', (event) => {
    event.preventDefault();
    onAsked();
  });
  return () => window.destroy();
}
