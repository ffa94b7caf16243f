/** The one choke point that takes secrets out of text before it is logged, recorded, reported or shown (SEC-50). */
import { Buffer } from 'node:buffer';
import { Secret } from './secret.ts';

export interface Redactor {
  /** The text with every known secret, in any of the spellings below, and everything shaped like a key replaced. */
  redact(text: string): string;
  /**
   * Makes these values known under a name, replacing what the name stood for before (a reloaded config replaces its
   * own). Values shorter than six characters are left out: they would blot out ordinary words.
   */
  learn(owner: string, secrets: Iterable<string | Secret>): void;
  /**
   * All it has learned, to make one like it in another thread; the same text until it learns something new. It holds the
   * secrets: for this process alone.
   */
  readonly learned: string;
}

/** What stands where a secret was. */
export const redacted = '***';

const minimumLength = 6;
/** Names of keys, models and targets come again with every request: their redacted form is remembered. */
const rememberedLength = 200;
const rememberedCount = 2_000;

const ourKeys = /sk-sluice-[A-Za-z0-9_-]+/g;

/** A text that quotes what a client sent, without the virtual key it may have put in the wrong place. */
export function withoutOurKeys(text: string): string {
  return text.includes('sk-sluice-') ? text.replace(ourKeys, `sk-sluice-${redacted}`) : text;
}

/**
 * Shapes of keys, whatever their value. Each replacement keeps the words around the secret, so that a log line still
 * says which kind of credential was there.
 */
const shapes: readonly { readonly pattern: RegExp; readonly replacement: string }[] = [
  // Our own virtual keys, wherever they stand.
  { pattern: ourKeys, replacement: `sk-sluice-${redacted}` },
  // Path tokens: `/c/<key>` at the start of a path, after an origin, or after a method in a request line.
  { pattern: /(?<=(?:^|[\s"'`(=<]|:\/\/[^/\s"']+)\/c\/)[^/\s"'`?#\\<>]+/g, replacement: redacted },
  // Credentials in a query, literal or as the value of another URL's encoded query.
  {
    pattern: /((?:[?&]|%3[fF]|%26)(?:key|api_key|api-key|apikey|access_token|token)(?:=|%3[dD]))[^&\s"'`#\\<>]+/gi,
    replacement: `$1${redacted}`,
  },
  { pattern: /\b(Bearer|Basic)(\s+|%20)[A-Za-z0-9._~+/=%-]{6,}/gi, replacement: `$1$2${redacted}` },
  // `x-api-key: value`, `"api_key":"value"`, `x-goog-api-key=value`.
  {
    pattern:
      /((?:x-api-key|x-goog-api-key|api[-_]?key|client_secret|refresh_token|access_token)\\?["']?\s*[:=]\s*\\?["']?)[^\s"',;\\}&]{6,}/gi,
    replacement: `$1${redacted}`,
  },
  // Vendors' own prefixes: OpenAI, Anthropic and compatible; Google; Groq; xAI; AWS access key ids.
  { pattern: /\bsk-(?!sluice-)[A-Za-z0-9_-]{16,}/g, replacement: `sk-${redacted}` },
  { pattern: /\bAIza[A-Za-z0-9_-]{30,}/g, replacement: `AIza${redacted}` },
  { pattern: /\b(gsk_|xai-|pplx-|fw_|csk-)[A-Za-z0-9_-]{16,}/g, replacement: `$1${redacted}` },
  { pattern: /\b(AKIA|ASIA)[A-Z0-9]{16}\b/g, replacement: `$1${redacted}` },
  // GitHub, GitLab, Slack, npm, Hugging Face.
  {
    pattern: /\b(gh[pousr]_|github_pat_|glpat-|xox[abeprs]-|npm_|hf_)[A-Za-z0-9_-]{16,}/g,
    replacement: `$1${redacted}`,
  },
  // A JSON Web Token (RFC 7519, compact form).
  // It begins where its word does: tried at each `eyJ` of a long word, it would take the square of its length.
  {
    pattern: /(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*/g,
    replacement: `eyJ${redacted}`,
  },
];

/** Every spelling in which a secret may turn up in text. */
export function spellings(secret: string): Set<string> {
  const found = new Set<string>([secret]);
  const json = JSON.stringify(secret).slice(1, -1);
  found.add(json);
  // JSON within JSON, as in a logged body.
  found.add(JSON.stringify(json).slice(1, -1));
  found.add(json.replaceAll('/', '\\/'));
  const url = encodeURIComponent(secret.toWellFormed());
  found.add(url);
  found.add(url.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()));
  found.add(url.replaceAll('%20', '+'));
  for (const text of base64Spellings(secret)) found.add(text);
  return found;
}

/**
 * The secret in base64 on its own, and the characters that are the same whatever stands before and after it: base64
 * spells three bytes at a time, so a secret within a longer text has one of three spellings (`Basic user:secret`).
 */
function base64Spellings(secret: string): string[] {
  const bytes = Buffer.from(secret, 'utf8');
  const found = [bytes.toString('base64'), bytes.toString('base64').replace(/=+$/, '')];
  for (const before of [0, 1, 2]) {
    const text = Buffer.concat([Buffer.alloc(before), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    const firstOwn = Math.ceil((before * 8) / 6);
    const lastOwn = Math.floor(((before + bytes.length) * 8) / 6);
    const own = text.slice(firstOwn, lastOwn);
    if (own.length >= 8) found.push(own);
  }
  return [...found, ...found.map((text) => text.replaceAll('+', '-').replaceAll('/', '_'))];
}

const literal = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');

/** A redactor that knows the shapes of keys from the start, what another has `learned`, and the values it is told. */
export function createRedactor(learned = ''): Redactor {
  const byOwner = new Map<string, Set<string>>();
  let source = learned;
  let known = source === '' ? undefined : new RegExp(source, 'g');
  const remembered = new Map<string, string>();

  function compile(): void {
    const all = new Set<string>();
    for (const texts of byOwner.values()) for (const text of texts) all.add(text);
    // Longest first: a secret that contains another must go as a whole.
    const sorted = [...all].sort((a, b) => b.length - a.length);
    source = [...sorted.map(literal), ...(learned === '' ? [] : [learned])].join('|');
    known = source === '' ? undefined : new RegExp(source, 'g');
  }

  function redactAnew(text: string): string {
    let out = known === undefined ? text : text.replace(known, redacted);
    for (const { pattern, replacement } of shapes) out = out.replace(pattern, replacement);
    return out;
  }

  return {
    redact(text) {
      if (text.length > rememberedLength) return redactAnew(text);
      let out = remembered.get(text);
      if (out !== undefined) return out;
      out = redactAnew(text);
      if (remembered.size >= rememberedCount) remembered.clear();
      remembered.set(text, out);
      return out;
    },
    learn(owner, secrets) {
      remembered.clear();
      const texts = new Set<string>();
      for (const secret of secrets) {
        const value = secret instanceof Secret ? secret.reveal() : secret;
        if (value.length < minimumLength) continue;
        for (const text of spellings(value)) texts.add(text);
      }
      byOwner.set(owner, texts);
      compile();
    },
    get learned() {
      return source;
    },
  };
}
