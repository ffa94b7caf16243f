/** Getting one published object, whatever its host does: bounded in bytes, time and where it may lead (BND-50, FAULT-50). */
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { fileURLToPath } from 'node:url';
import { GatewayError } from '../../shared/errors/gateway-error.ts';
import type { Clock } from '../kit/clock.ts';
import type { Secret } from '../kit/secret.ts';
import { defaultLimits, placeOf, problemOf, send, webAddress, type Route, type TransportLimits } from './transport.ts';

export interface FetchOptions extends Route {
  /** `https:`, `http:` to this machine, or `file:`. Its fragment stays here. */
  readonly url: string;
  /** Of what is already here. */
  readonly etag?: string | undefined;
  /** Sent as a bearer, to this origin alone; no other credential ever is. */
  readonly token?: Secret | undefined;
  readonly maxBytes: number;
  readonly signal?: AbortSignal | undefined;
  readonly clock: Clock;
  readonly limits?: Partial<TransportLimits> | undefined;
}

export type Fetched =
  | { readonly kind: 'unchanged'; readonly etag?: string; readonly retryAfterMs?: number }
  | { readonly kind: 'found'; readonly bytes: Buffer; readonly etag: string | undefined };

/** BND-50. */
const maxRedirects = 3;
const maxEtagChars = 256;
const redirects = new Set([301, 302, 303, 307, 308]);

/**
 * Rejects with `bundle.unreachable`, `bundle.http_status` (`details.status`; `retryAfterS` where its host said when), `bundle.redirected`,
 * `bundle.too_large`, `bundle.too_slow`, `bundle.malformed` of a compressed answer, `bundle.not_allowed` of an address that nothing is
 * fetched from; and with the reason of `signal` when that was aborted.
 */
export async function fetchObject(options: FetchOptions): Promise<Fetched> {
  if (URL.parse(options.url)?.protocol === 'file:') return await readObject(options);
  const limits = { ...defaultLimits, ...options.limits };
  const { signal = new AbortController().signal } = options;
  signal.throwIfAborted();
  const url = webAddress(options.url);
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(tooSlow(url, limits)), limits.totalMs);
  try {
    return await follow(options, url, limits, AbortSignal.any([signal, deadline.signal]));
  } catch (error) {
    signal.throwIfAborted();
    deadline.signal.throwIfAborted();
    throw problemOf(error, url);
  } finally {
    clearTimeout(timer);
  }
}

function tooSlow(url: URL, { totalMs }: TransportLimits): GatewayError {
  const text = `${placeOf(url)} was not there after ${String(Math.ceil(totalMs / 1_000))} s, and was given up.`;
  return new GatewayError('bundle.too_slow', text, { details: { host: url.host } });
}

async function follow(
  options: FetchOptions,
  first: URL,
  limits: TransportLimits,
  signal: AbortSignal,
): Promise<Fetched> {
  const { token, etag } = options;
  const headers = {
    ...(etag === undefined || !isEtag(etag) ? {} : { 'if-none-match': etag }),
    ...(token === undefined ? {} : { authorization: `Bearer ${token.reveal()}` }),
  };
  let url = first;
  for (let steps = 0; ; steps += 1) {
    const { proxyFor, proxyOnly, authorities } = options;
    const { connectMs } = limits;
    const answer = await send({ url, method: 'GET', headers, signal, connectMs, proxyFor, proxyOnly, authorities });
    try {
      const status = answer.statusCode ?? 0;
      if (redirects.has(status)) {
        url = nextStep(url, answer.headers.location, steps);
        continue;
      }
      if (status === 304 && 'if-none-match' in headers) return unchanged(answer, options.clock);
      if (status !== 200) throw statusProblem(url, answer, options.clock);
      return await found(answer, url, options, limits);
    } finally {
      answer.destroy();
    }
  }
}

function nextStep(from: URL, location: string | undefined, steps: number): URL {
  const to = location === undefined ? null : URL.parse(location, from.href);
  const refused = (why: string): GatewayError =>
    new GatewayError('bundle.redirected', `${placeOf(from)} ${why} Follow the address it is really published at.`, {
      details: { host: from.host },
    });
  if (to === null) throw refused('leads to nowhere.');
  if (to.origin !== from.origin || to.username !== '' || to.password !== '')
    throw refused(`leads to ${to.origin === 'null' ? to.protocol : to.origin}, which is not its own host.`);
  if (steps >= maxRedirects) throw refused(`leads on more than ${String(maxRedirects)} times.`);
  return to;
}

function unchanged(answer: IncomingMessage, clock: Clock): Fetched {
  const etag = etagOf(answer);
  const retryAfterMs = retryAfterOf(answer, clock);
  return {
    kind: 'unchanged',
    ...(etag === undefined ? {} : { etag }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
}

/** For every answer that is not what was asked for. */
export function statusProblem(url: URL, answer: IncomingMessage, clock: Clock): GatewayError {
  const status = answer.statusCode ?? 0;
  const retryAfterMs = retryAfterOf(answer, clock);
  const mend =
    status === 404 || status === 410
      ? 'Check the address, or ask its publisher.'
      : status === 401 || status === 403
        ? 'Its host wants a token: name it in the config file.'
        : 'It is asked again later.';
  return new GatewayError('bundle.http_status', `${placeOf(url)} answered ${String(status)}. ${mend}`, {
    ...(retryAfterMs === undefined ? {} : { retryAfterS: Math.ceil(retryAfterMs / 1_000) }),
    details: { status, host: url.host, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) },
  });
}

/** Seconds or a date, in milliseconds from now. */
function retryAfterOf(answer: IncomingMessage, clock: Clock): number | undefined {
  const text = answer.headers['retry-after']?.trim();
  if (text === undefined) return undefined;
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1_000;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : Math.max(0, at - clock.now());
}

function isEtag(text: string): boolean {
  return text.length <= maxEtagChars && /^(?:W\/)?"[\x21\x23-\x7e]*"$/.test(text);
}

function etagOf(answer: IncomingMessage): string | undefined {
  const { etag } = answer.headers;
  return etag !== undefined && isEtag(etag) ? etag : undefined;
}

// ---------------------------------------------------------------- the body

async function found(
  answer: IncomingMessage,
  url: URL,
  options: FetchOptions,
  limits: TransportLimits,
): Promise<Fetched> {
  const encoding = answer.headers['content-encoding'];
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity')
    throw new GatewayError(
      'bundle.malformed',
      `${placeOf(url)} came compressed (${encoding.slice(0, 40)}) though that was not asked for. Let its host send it as it is.`,
    );
  if (Number(answer.headers['content-length'] ?? 0) > options.maxBytes) throw tooLarge(placeOf(url), options.maxBytes);
  const bytes = await readBody(answer, url, options, limits);
  return { kind: 'found', bytes, etag: etagOf(answer) };
}

async function readBody(
  answer: IncomingMessage,
  url: URL,
  { maxBytes, clock }: FetchOptions,
  limits: TransportLimits,
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  const start = clock.monotonic();
  const pace = setInterval(
    () => {
      const elapsedMs = clock.monotonic() - start;
      if (elapsedMs < limits.graceMs || size * 1_000 >= limits.minBytesPerS * elapsedMs) return;
      answer.destroy(
        new GatewayError('bundle.too_slow', `${placeOf(url)} came drop by drop, and was given up.`, {
          details: { host: url.host },
        }),
      );
    },
    Math.min(1_000, limits.graceMs),
  );
  try {
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > maxBytes) throw tooLarge(placeOf(url), maxBytes);
      chunks.push(chunk);
    }
  } finally {
    clearInterval(pace);
  }
  return Buffer.concat(chunks);
}

function tooLarge(place: string, maxBytes: number): GatewayError {
  const limit = maxBytes >= 1_048_576 ? `${String(maxBytes / 1_048_576)} MiB` : `${String(maxBytes)} bytes`;
  return new GatewayError(
    'bundle.too_large',
    `${place} is larger than ${limit}, which no bundle is. Nothing of it was kept.`,
  );
}

// ---------------------------------------------------------------- files

async function readObject({ url, etag, maxBytes }: FetchOptions): Promise<Fetched> {
  const path = filePath(url);
  const bytes = await readFileBounded(path, maxBytes);
  const own = `"sha256-${createHash('sha256').update(bytes).digest('hex')}"`;
  return own === etag ? { kind: 'unchanged', etag: own } : { kind: 'found', bytes, etag: own };
}

/** A file of this machine: a share would be asked for with the name and password of whoever is logged in. */
function filePath(text: string): string {
  const url = new URL(text);
  url.hash = '';
  url.search = '';
  if (url.host === '' && !/^\/[/\\]|^\/%(?:2f|5c)/i.test(url.pathname)) {
    try {
      return fileURLToPath(url);
    } catch {
      // As for any other address that is none.
    }
  }
  throw new GatewayError(
    'bundle.not_allowed',
    `${url.href.slice(0, 200)} is not the address of a file of this machine.`,
  );
}

async function readFileBounded(path: string, maxBytes: number): Promise<Buffer> {
  let handle: FileHandle | undefined;
  try {
    // To open a pipe would otherwise wait for its other end.
    handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    if (!(await handle.stat()).isFile()) throw new GatewayError('bundle.unreachable', `${path} is not a plain file.`);
    const room = Buffer.alloc(maxBytes + 1);
    let size = 0;
    for (;;) {
      const { bytesRead } = await handle.read(room, size, room.length - size, size);
      size += bytesRead;
      if (size > maxBytes) throw tooLarge(path, maxBytes);
      if (bytesRead === 0) return Buffer.from(room.subarray(0, size));
    }
  } catch (error) {
    if (error instanceof GatewayError) throw error;
    const code = (error as NodeJS.ErrnoException).code ?? '';
    throw new GatewayError(
      'bundle.unreachable',
      `${path} cannot be read (${code}). Check the path and who may read it.`,
      {
        ...{ cause: error, details: { reason: 'file', code } },
      },
    );
  } finally {
    await handle?.close();
  }
}
