/** Takes a secret in: from a pipe to its end, or typed at a terminal that does not show it. Never from an argument. */
import type { Readable, Writable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { CommandError } from './shell.ts';

/** Standard input: a terminal can be told to be silent. */
export interface SecretSource extends Readable {
  readonly isTTY?: boolean | undefined;
  setRawMode?(raw: boolean): unknown;
}

/** Far more than any key has. */
const maxBytes = 65_536;

/**
 * The secret, without the line break that ends it; may be empty. Throws `CommandError` when whoever types gives up.
 * The prompt is shown at a terminal only. There a second one, if given, asks for the same once more.
 */
export async function readSecret(prompt: string, from: SecretSource, show: Writable, again?: string): Promise<string> {
  if (from.isTTY !== true) return await readPiped(from);
  const typed = await ask(prompt, from, show);
  if (again !== undefined && (await ask(again, from, show)) !== typed)
    throw new CommandError('The two are not the same. Nothing was changed.');
  return typed;
}

async function ask(prompt: string, from: SecretSource, show: Writable): Promise<string> {
  show.write(prompt);
  from.setRawMode?.(true);
  try {
    return await readTyped(from);
  } finally {
    from.setRawMode?.(false);
    from.pause();
    show.write('\n');
  }
}

async function readPiped(from: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of from as AsyncIterable<Buffer | string>) {
    const piece = Buffer.from(chunk);
    bytes += piece.length;
    if (bytes > maxBytes) throw new CommandError('What stdin gives is too large for a secret. Nothing was stored.');
    chunks.push(piece);
  }
  return Buffer.concat(chunks)
    .toString('utf8')
    .replace(/\r?\n$/, '');
}

function readTyped(from: Readable): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const decoder = new StringDecoder('utf8');
  let typed = '';
  const onData = (chunk: Buffer | string): void => {
    const line = take(typed, typeof chunk === 'string' ? chunk : decoder.write(chunk));
    typed = line.text;
    if (line.end === 'given up') reject(givenUp());
    else if (line.end === 'more lines')
      reject(new CommandError('That has more than one line: pipe it into the command instead. Nothing was stored.'));
    else if (line.end === 'entered') resolve(typed);
  };
  const onEnd = (): void => reject(givenUp());
  from.on('data', onData).on('end', onEnd).on('error', reject);
  // What was asked for before left it paused.
  from.resume();
  return promise.finally(() => {
    from.off('data', onData).off('end', onEnd).off('error', reject);
  });
}

function givenUp(): CommandError {
  return new CommandError('Given up. Nothing was stored.');
}

interface Line {
  readonly text: string;
  readonly end: 'not yet' | 'entered' | 'given up' | 'more lines';
}

/** What is typed so far, after some more keys. Without echo by the terminal its editing keys are ours to understand. */
function take(before: string, keys: string): Line {
  // Arrow keys and their like: sequences that are no text.
  const pressed = [...keys.replaceAll(escapeSequence, '')];
  let text = [...before];
  for (const [index, key] of pressed.entries()) {
    if (key === '\r' || key === '\n') {
      const isAll = pressed.slice(index).every((rest) => rest === '\r' || rest === '\n');
      return { text: text.join(''), end: isAll ? 'entered' : 'more lines' };
    }
    if (key === ctrl.c || (key === ctrl.d && text.length === 0)) return { text: '', end: 'given up' };
    if (key === ctrl.d) return { text: text.join(''), end: 'entered' };
    if (key === ctrl.h || key === '\u007f') text.pop();
    else if (key === ctrl.u) text = [];
    else if (key >= ' ') text.push(key);
  }
  return { text: text.join(''), end: 'not yet' };
}

const ctrl = { c: '\u0003', d: '\u0004', h: '\u0008', u: '\u0015' } as const;
const escapeSequence = new RegExp('\u001b(?:\\[[0-9;?]*[ -/]*[@-~]|O.)', 'g');
