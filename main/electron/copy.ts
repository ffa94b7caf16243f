/** Copying: addresses, settings for a shell, a new key. What holds a key is marked as secret and does not stay (SEC-45, UX-71). */
import type { Clipboard, ClipboardItem } from 'electron';
import type { CallOutput } from '../../shared/contract/contract.ts';
import type { CopyKind } from '../../shared/contract/desktop.ts';

export interface CopierOptions {
  readonly clipboard: Pick<Clipboard, 'readText' | 'write' | 'writeText' | 'clear'>;
  readonly ClipboardItem: new (items: Record<string, string | Blob>) => ClipboardItem;
  readonly platform: NodeJS.Platform;
  /** Of the data port, the one for people. */
  readonly url: () => string;
  /** A new virtual key. */
  readonly mintKey: (name: string | undefined) => Promise<string>;
}

export interface Copier {
  copy(what: CopyKind, name: string | undefined): Promise<CallOutput<'desktop.copy'>>;
  copyText(text: string): Promise<CallOutput<'desktop.copy_text'>>;
  /** Clears what is to be cleared at once: nobody will later. */
  stop(): Promise<void>;
}

/** SEC-45. */
const clearedAfterS = 30;
/** Of ours, as it is minted. */
const ownKey = /\bsk-sluice-[\w-]{8}/;

/** What clipboard managers look for before they keep something, by system. */
const secretMarks: Readonly<Partial<Record<NodeJS.Platform, readonly string[]>>> = {
  // http://nspasteboard.org
  darwin: ['org.nspasteboard.ConcealedType', 'org.nspasteboard.TransientType'],
  // https://learn.microsoft.com/windows/win32/dataxchg/clipboard-formats
  win32: ['ExcludeClipboardContentFromMonitorProcessing', 'CanIncludeInClipboardHistory'],
  // KDE's clipboard manager; others have come to honour it.
  linux: ['x-kde-passwordManagerHint'],
};

export function createCopier(options: CopierOptions): Copier {
  const { clipboard, ClipboardItem, platform, url, mintKey } = options;
  let timer: NodeJS.Timeout | undefined;
  let secret: string | undefined;
  let turn: Promise<unknown> = Promise.resolve();

  /** One after the other: what looks whether a key is still there must not clear what is copied while it looks. */
  function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = turn.then(work);
    turn = result.catch(() => undefined);
    return result;
  }

  async function forget(text: string | undefined): Promise<void> {
    if (text === undefined || text !== secret) return;
    clearTimeout(timer);
    secret = undefined;
    // Something else was copied since: that is not ours to clear. Where nobody can say, the key goes.
    const there = await clipboard.readText().catch(() => text);
    if (sameLines(there) === sameLines(text)) clipboard.clear();
  }

  async function put(text: string): Promise<number | null> {
    const isSecret = ownKey.test(text);
    if (isSecret) await clipboard.write([new ClipboardItem({ 'text/plain': text, ...marksFor(platform) })]);
    else await clipboard.writeText(text);
    // Only now: a key stays to be cleared where nothing came in its place.
    clearTimeout(timer);
    secret = isSecret ? text : undefined;
    if (!isSecret) return null;
    timer = setTimeout(() => void inTurn(() => forget(text)), clearedAfterS * 1_000);
    return clearedAfterS;
  }

  return {
    async copy(what, name) {
      const key = what === 'base_url' ? null : await mintKey(name);
      const text = textOf(what, { url: url(), key: key ?? '', platform });
      return { cleared_after_s: await inTurn(() => put(text)) };
    },
    copyText: async (text) => ({ cleared_after_s: await inTurn(() => put(text)) }),
    stop: () => inTurn(() => forget(secret)),
  };
}

/** Windows may hand back other line ends than it was given. */
function sameLines(text: string): string {
  return text.replaceAll('\r\n', '\n');
}

function marksFor(platform: NodeJS.Platform): Record<string, string | Blob> {
  // Windows reads a number of 32 bits there, and 0 is its no.
  const value = platform === 'win32' ? new Blob([new Uint8Array(4)]) : 'secret';
  return Object.fromEntries(
    (secretMarks[platform] ?? []).map((name) => [`electron application/osclipboard;format="${name}"`, value]),
  );
}

interface CopyFacts {
  readonly url: string;
  readonly key: string;
  readonly platform: NodeJS.Platform;
}

/** As clients take it: OpenAI's with the version in the path, Anthropic's without. */
export function textOf(what: CopyKind, { url, key, platform }: CopyFacts): string {
  const variables = (name: string, base: string, keyName: string): string =>
    [
      [name, base],
      [keyName, key],
    ]
      .map(([variable, value]) => assignment(variable ?? '', value ?? '', platform))
      .join('\n');
  switch (what) {
    case 'base_url':
      return url;
    case 'key':
      return key;
    case 'openai_env':
      return variables('OPENAI_BASE_URL', `${url}/v1`, 'OPENAI_API_KEY');
    case 'anthropic_env':
      return variables('ANTHROPIC_BASE_URL', url, 'ANTHROPIC_AUTH_TOKEN');
  }
}

function assignment(name: string, value: string, platform: NodeJS.Platform): string {
  return platform === 'win32' ? `$env:${name} = "${value}"` : `export ${name}="${value}"`;
}
