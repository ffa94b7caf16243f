import { EventEmitter } from 'node:events';
import type { BaseWindow, BaseWindowConstructorOptions } from 'electron';
import { describe, expect, it } from 'vitest';
import { watchSessionEnd } from '../../../main/electron/session-end.ts';

class Window extends EventEmitter {
  readonly options: BaseWindowConstructorOptions;
  destroyed = false;
  constructor(options: BaseWindowConstructorOptions) {
    super();
    this.options = options;
  }
  /** As Electron: whoever listens may refuse. */
  close(): void {
    let isRefused = false;
    this.emit('close', { preventDefault: () => (isRefused = true) });
    if (!isRefused) this.destroy();
  }
  destroy(): void {
    this.destroyed = true;
  }
}

function watching(platform: NodeJS.Platform) {
  const made: Window[] = [];
  const told: string[] = [];
  class Made extends Window {
    constructor(options: BaseWindowConstructorOptions) {
      super(options);
      made.push(this);
    }
  }
  const stop = watchSessionEnd({
    BaseWindow: Made as unknown as new (options: BaseWindowConstructorOptions) => BaseWindow,
    platform,
    onEnd: () => told.push('end'),
    onAsked: () => told.push('asked'),
  });
  return { made, told, stop };
}

describe('the end of the session', () => {
  it('is heard on Windows by a window that nobody sees', () => {
    const { made, told, stop } = watching('win32');
    expect(made.map(({ options }) => options)).toMatchObject([{ show: false, skipTaskbar: true }]);
    made[0]?.emit('session-end', { reasons: ['shutdown'] });
    expect(told).toEqual(['end']);
    stop();
    expect(made[0]?.destroyed).toBe(true);
  });

  it('is asked for by programs that close all windows, and this one stays to hear how it goes on', () => {
    const { made, told } = watching('win32');
    made[0]?.close();
    expect([told, made[0]?.destroyed]).toEqual([['asked'], false]);
  });

  it.each(['darwin', 'linux'] as const)('needs no window on %s', (platform) => {
    const { made, stop } = watching(platform);
    stop();
    expect(made).toEqual([]);
  });
});
