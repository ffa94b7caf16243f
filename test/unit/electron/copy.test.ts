import type { ClipboardItem } from 'electron';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createCopier, textOf, type Copier } from '../../../main/electron/copy.ts';

const key = `sk-sluice-${'tray'}-${'aB3_'.repeat(8)}`;

/** A clipboard item as Electron's: each kind of data by its name. */
class Item {
  readonly items: Record<string, string | Blob>;

  constructor(items: Record<string, string | Blob>) {
    this.items = items;
  }
}

/** Of the system: one text, and what was written with it. Each step can be held up. */
class Clipboard {
  text = '';
  items: Record<string, string | Blob> = {};
  cleared = 0;
  minted = 0;
  isBroken = false;
  /** Windows gives back its own line ends. */
  lineEnd = '\n';
  held: Promise<void> = Promise.resolve();

  async readText(): Promise<string> {
    const { text } = this;
    await this.held;
    if (this.isBroken) throw new Error('clipboard is busy');
    return text.replaceAll('\n', this.lineEnd);
  }

  async writeText(text: string): Promise<void> {
    await this.held;
    if (this.isBroken) throw new Error('clipboard is busy');
    [this.text, this.items] = [text, {}];
  }

  async write([item]: ClipboardItem[]): Promise<void> {
    await this.held;
    const { items } = item as unknown as Item;
    const { 'text/plain': text } = items;
    [this.text, this.items] = [typeof text === 'string' ? text : '', items];
  }

  clear(): void {
    this.cleared += 1;
    this.text = '';
  }

  copier(platform: NodeJS.Platform = 'linux'): Copier {
    return createCopier({
      clipboard: this,
      ClipboardItem: Item as unknown as new (items: Record<string, string | Blob>) => ClipboardItem,
      platform,
      url: () => 'http://127.0.0.1:4790',
      mintKey: (name) => {
        this.minted += 1;
        return name === 'refused' ? Promise.reject(new Error('no more keys')) : Promise.resolve(key);
      },
    });
  }
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('a key that was copied', () => {
  it.each(['key', 'openai_env', 'anthropic_env'] as const)(
    'goes from the clipboard after 30 seconds: %s',
    async (what) => {
      const clipboard = new Clipboard();
      expect(await clipboard.copier().copy(what, 'from the tray')).toEqual({ cleared_after_s: 30 });
      expect(clipboard.text).toContain(key);
      await vi.advanceTimersByTimeAsync(29_999);
      expect(clipboard.text).toContain(key);
      await vi.advanceTimersByTimeAsync(1);
      expect([clipboard.text, clipboard.cleared]).toEqual(['', 1]);
      expect(vi.getTimerCount()).toBe(0);
    },
  );

  it('is found in a text as long as a book', async () => {
    const clipboard = new Clipboard();
    const copied = await clipboard.copier().copyText(`${'x'.repeat(1_000_000)} ${key}${'y'.repeat(9_000_000)}`);
    expect(copied).toEqual({ cleared_after_s: 30 });
  });

  it('is left alone when something else is there by then', async () => {
    const clipboard = new Clipboard();
    await clipboard.copier().copy('key', undefined);
    clipboard.text = 'what somebody copied since';
    await vi.advanceTimersByTimeAsync(60_000);
    expect([clipboard.text, clipboard.cleared]).toEqual(['what somebody copied since', 0]);
  });

  it('is known again behind other line ends', async () => {
    const clipboard = new Clipboard();
    clipboard.lineEnd = '\r\n';
    await clipboard.copier('win32').copy('openai_env', undefined);
    await vi.advanceTimersByTimeAsync(30_000);
    expect(clipboard.cleared).toBe(1);
  });

  it('goes too where nobody can say whether it is there still', async () => {
    const clipboard = new Clipboard();
    await clipboard.copier().copy('key', undefined);
    clipboard.isBroken = true;
    await vi.advanceTimersByTimeAsync(30_000);
    expect(clipboard.cleared).toBe(1);
  });

  it('has its own 30 seconds when it took the place of another', async () => {
    const clipboard = new Clipboard();
    const copier = clipboard.copier();
    await copier.copy('key', undefined);
    await vi.advanceTimersByTimeAsync(20_000);
    await copier.copyText(`again ${key}`);
    expect(vi.getTimerCount()).toBe(1);
    await vi.advanceTimersByTimeAsync(29_000);
    expect(clipboard.text).toBe(`again ${key}`);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(clipboard.text).toBe('');
  });

  it('goes in its time when the time of the one before ran out while it was copied', async () => {
    const clipboard = new Clipboard();
    const copier = clipboard.copier();
    await copier.copy('key', undefined);
    const writing = Promise.withResolvers<undefined>();
    clipboard.held = writing.promise.then(() => undefined);
    const copied = copier.copyText(`again ${key}`);
    await vi.advanceTimersByTimeAsync(30_000);
    writing.resolve(undefined);
    await copied;
    await vi.advanceTimersByTimeAsync(29_999);
    expect(clipboard.text).toBe(`again ${key}`);
    await vi.advanceTimersByTimeAsync(1);
    expect(clipboard.text).toBe('');
  });

  it('is not cleared after something of ours took its place', async () => {
    const clipboard = new Clipboard();
    const copier = clipboard.copier();
    await copier.copy('key', undefined);
    await copier.copy('base_url', undefined);
    expect(vi.getTimerCount()).toBe(0);
    await vi.advanceTimersByTimeAsync(60_000);
    expect([clipboard.text, clipboard.cleared]).toEqual(['http://127.0.0.1:4790', 0]);
  });

  it('goes all the same when what was to take its place could not be copied', async () => {
    const clipboard = new Clipboard();
    const copier = clipboard.copier();
    await copier.copy('key', undefined);
    clipboard.isBroken = true;
    await expect(copier.copyText('plain')).rejects.toThrow('busy');
    clipboard.isBroken = false;
    await vi.advanceTimersByTimeAsync(30_000);
    expect([clipboard.text, clipboard.cleared]).toEqual(['', 1]);
  });

  it('does not take with it what is copied while it is looked for', async () => {
    const clipboard = new Clipboard();
    const copier = clipboard.copier();
    await copier.copy('key', undefined);
    const looking = Promise.withResolvers<undefined>();
    clipboard.held = looking.promise.then(() => undefined);
    await vi.advanceTimersByTimeAsync(30_000);
    const copied = copier.copyText('new');
    looking.resolve(undefined);
    await copied;
    expect(clipboard.text).toBe('new');
  });

  it('goes at once when the app ends, also one that is being copied just now', async () => {
    const clipboard = new Clipboard();
    const copier = clipboard.copier();
    await copier.copy('key', undefined);
    await copier.stop();
    expect([clipboard.text, clipboard.cleared, vi.getTimerCount()]).toEqual(['', 1, 0]);
    const copied = copier.copyText(key);
    await Promise.all([copier.stop(), copied]);
    expect([clipboard.text, clipboard.cleared, vi.getTimerCount()]).toEqual(['', 2, 0]);
    await copier.stop();
    expect(clipboard.cleared).toBe(2);
  });

  it('is in no answer', async () => {
    const answer = await new Clipboard().copier().copy('key', undefined);
    expect(JSON.stringify(answer)).not.toContain('sk-sluice');
  });

  it.each([
    ['darwin', ['org.nspasteboard.ConcealedType', 'org.nspasteboard.TransientType'], 'secret'],
    ['win32', ['CanIncludeInClipboardHistory', 'ExcludeClipboardContentFromMonitorProcessing'], '\0\0\0\0'],
    ['linux', ['x-kde-passwordManagerHint'], 'secret'],
    ['freebsd', [], ''],
  ] as const)('is marked for the clipboard managers of %s', async (platform, marks, value) => {
    const clipboard = new Clipboard();
    await clipboard.copier(platform).copy('key', undefined);
    const items = Object.entries(clipboard.items).map(async ([type, item]) => [type, await new Blob([item]).text()]);
    // On Windows a number of 32 bits: with the letter 0 it would be 48, which is no no.
    expect(Object.fromEntries((await Promise.all(items)) as [string, string][])).toEqual({
      'text/plain': key,
      ...Object.fromEntries(marks.map((mark) => [`electron application/osclipboard;format="${mark}"`, value])),
    });
  });
});

describe('what holds no key', () => {
  it('stays, unmarked, and no key is made for it', async () => {
    const clipboard = new Clipboard();
    const copier = clipboard.copier('win32');
    expect(await copier.copy('base_url', 'name')).toEqual({ cleared_after_s: null });
    expect(await copier.copyText('sk-sluice- is how our keys begin')).toEqual({ cleared_after_s: null });
    expect(clipboard).toMatchObject({ text: 'sk-sluice- is how our keys begin', items: {}, minted: 0 });
    await copier.stop();
    await vi.advanceTimersByTimeAsync(60_000);
    expect([clipboard.cleared, vi.getTimerCount()]).toEqual([0, 0]);
  });

  it.each([key, `export OPENAI_API_KEY="${key}"\n`, `x\n${key}`, JSON.stringify({ key })])(
    'is told from what holds one, by whoever it is copied: %j',
    async (text) => {
      const clipboard = new Clipboard();
      expect(await clipboard.copier().copyText(text)).toEqual({ cleared_after_s: 30 });
      await vi.advanceTimersByTimeAsync(30_000);
      expect(clipboard.text).toBe('');
    },
  );

  it('is not copied when there is no key to be had', async () => {
    const clipboard = new Clipboard();
    clipboard.text = 'before';
    await expect(clipboard.copier().copy('key', 'refused')).rejects.toThrow('no more keys');
    expect([clipboard.text, vi.getTimerCount()]).toEqual(['before', 0]);
  });
});

describe('settings for a shell', () => {
  const facts = { url: 'http://127.0.0.1:4790', key: 'K' };

  it.each(['darwin', 'linux'] as const)('are exported on %s', (platform) => {
    expect(textOf('openai_env', { ...facts, platform })).toBe(
      'export OPENAI_BASE_URL="http://127.0.0.1:4790/v1"\nexport OPENAI_API_KEY="K"',
    );
    expect(textOf('anthropic_env', { ...facts, platform })).toBe(
      'export ANTHROPIC_BASE_URL="http://127.0.0.1:4790"\nexport ANTHROPIC_AUTH_TOKEN="K"',
    );
  });

  it('are PowerShell’s on Windows', () => {
    expect(textOf('openai_env', { ...facts, platform: 'win32' })).toBe(
      '$env:OPENAI_BASE_URL = "http://127.0.0.1:4790/v1"\n$env:OPENAI_API_KEY = "K"',
    );
  });

  it('are none for the address and the key alone', () => {
    expect(textOf('base_url', { ...facts, platform: 'linux' })).toBe(facts.url);
    expect(textOf('key', { ...facts, platform: 'linux' })).toBe('K');
  });
});
