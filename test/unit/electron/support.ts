// What stands for Electron in the tests of the desktop's parts: small, real, and no more than each part asks for.
import { EventEmitter } from 'node:events';
import type { WebContents } from 'electron';
import { desktopMessages, type DesktopText } from '../../../shared/text/desktop.ts';
import { createText } from '../../../shared/text/text.ts';

export const english: DesktopText = createText('en', 'en-US', desktopMessages.en);

export interface Noted {
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>> | undefined;
}

/** A log that keeps what it is told. */
export function keptLog(): {
  readonly noted: Noted[];
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
} {
  const noted: Noted[] = [];
  const note = (message: string, fields?: Readonly<Record<string, unknown>>): void =>
    void noted.push({ message, fields });
  return { noted, warn: note, error: note };
}

/** A page of Electron's: sends, is destroyed, crashes. */
export class Page extends EventEmitter {
  readonly id: number;
  readonly sent: (readonly [channel: string, ...args: unknown[]])[] = [];
  destroyed = false;
  url = 'app://sluice/';

  constructor(id = 1) {
    super();
    this.id = id;
  }

  get asContents(): WebContents {
    return this as unknown as WebContents;
  }

  send(channel: string, ...args: unknown[]): void {
    // As Electron does: what cannot be cloned is refused.
    this.sent.push([channel, ...structuredClone<unknown[]>(args)]);
  }

  isDestroyed(): boolean {
    return this.destroyed;
  }

  getURL(): string {
    return this.url;
  }

  destroy(): void {
    this.destroyed = true;
    this.emit('destroyed');
  }
}

/** Everything that is ready to run has run, and what that made ready too. */
export async function settled(turns = 20): Promise<void> {
  for (let turn = 0; turn < turns; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
