/** Reads an upstream's error body, whatever its shape: the codes it names and the sentences it says. */
import type { Json } from '../dialects/canonical.ts';
import { headerOf } from './head.ts';
import type { HeadMap } from './client.ts';

/** An error says what it is at its beginning; what follows is often the request itself, echoed. */
export const maxErrorText = 16 * 1024;
/** Of a body that cannot be parsed: its first sentences. */
const maxLooseText = 2 * 1024;
const maxNodes = 500;
const maxDepth = 8;
/** No provider's code is longer; what is, is a sentence. */
const maxCodeLength = 120;

export interface ErrorBody {
  readonly headers: HeadMap;
  /** Unpacked. */
  readonly body: Buffer | string;
}

export interface ErrorWords {
  /** Lower-case values of `code`, `type`, `status`, `reason` and their like, wherever they stand. */
  readonly codes: ReadonlySet<string>;
  /** What is said for people, a sentence a line. */
  readonly text: string;
  /** A web page: it comes from something on the way to the API, or from a wrong address. */
  readonly isPage: boolean;
}

/** Never throws, whatever the bytes. */
export function errorWords(answer: ErrorBody): ErrorWords {
  const text = headOf(answer.body).trim();
  const found = new Finding();
  // AWS names the exception in a header: `ThrottlingException:http://internal.amazon.com/…`.
  found.code(headerOf(answer.headers, 'x-amzn-errortype') ?? '');
  const parsed = parse(text);
  if (parsed !== undefined) {
    found.walk(parsed);
    return { codes: found.codes, text: found.sentences.join('\n'), isPage: false };
  }
  const isPage = text.startsWith('<') || (headerOf(answer.headers, 'content-type') ?? '').includes('text/html');
  if (!isPage && text.startsWith('{')) found.scan(text);
  return { codes: found.codes, text: text.slice(0, maxLooseText), isPage };
}

/** The part of a body that is looked at. */
export function headOf(body: Buffer | string): string {
  return typeof body === 'string' ? body.slice(0, maxErrorText) : body.subarray(0, maxErrorText).toString('utf8');
}

function parse(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

/** Names without `_`, in lower case. `error` is a code with some (Together) and a sentence with others (Ollama, xAI): it is both. */
const codeFields: ReadonlySet<string> = new Set([
  ...['code', 'type', 'status', 'reason', 'error', 'errortype', 'quotaid'],
]);
const textFields: ReadonlySet<string> = new Set([
  ...['message', 'msg', 'detail', 'details', 'error', 'errors', 'title', 'description', 'errordescription'],
  // OpenRouter: the words of the provider behind it, as text.
  ...['errormessage', 'raw'],
]);

const looseCode = /"(?:code|type|status|reason|__type|quotaId|error)"\s{0,8}:\s{0,8}"([^"\\]{1,120})"/g;

class Finding {
  readonly codes = new Set<string>();
  readonly sentences: string[] = [];
  #nodesLeft = maxNodes;

  code(value: string): void {
    if (value === '' || value.length > maxCodeLength) return;
    // `com.amazon.coral.service#ThrottlingException:http://…` is one, too.
    const bare = (value.split('#').at(-1) ?? '').split(':')[0]?.trim().toLowerCase() ?? '';
    if (bare !== '') this.codes.add(bare);
  }

  /** Codes in JSON that is not whole. */
  scan(text: string): void {
    for (const match of text.matchAll(looseCode)) this.code(match[1] ?? '');
  }

  walk(value: Json, field = 'message', depth = 0): void {
    if (this.#nodesLeft-- <= 0 || depth > maxDepth) return;
    if (typeof value === 'string') this.#word(value, field, depth);
    else if (typeof value === 'number') {
      if (codeFields.has(field)) this.codes.add(String(value));
    } else if (Array.isArray(value)) for (const one of value as readonly Json[]) this.walk(one, field, depth + 1);
    else if (typeof value === 'object' && value !== null) {
      for (const [name, inner] of Object.entries(value)) {
        if (inner !== undefined) this.walk(inner, name.toLowerCase().replaceAll('_', ''), depth + 1);
      }
    }
  }

  #word(value: string, field: string, depth: number): void {
    if (codeFields.has(field)) this.code(value);
    if (!textFields.has(field)) return;
    // An error in an error: gateways, and Google's clients, put the whole body of another into a message.
    const inner = /^\s*[[{]/.test(value) ? parse(value) : undefined;
    if (inner === undefined) this.sentences.push(value);
    else this.walk(inner, 'message', depth + 1);
  }
}
