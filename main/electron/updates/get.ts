/** Fetching over HTTPS with a bound on everything: hosts, size, time (SEC-27). */
import { UpdateProblem, reasonOf } from './problem.ts';

export interface HttpAnswer {
  readonly status: number;
  /** Of a header, by its name in lower case. */
  readonly header: (name: string) => string | undefined;
  /** Ends with an error when the connection does before its time. */
  readonly body: AsyncIterable<Uint8Array>;
}

export interface GetOptions {
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** Asked before each step. `false` ends the request with whatever error. */
  readonly mayRedirectTo: (url: string) => boolean;
}

/** One GET without cookies, without a cache and without credentials. */
export type HttpGet = (url: string, options: GetOptions) => Promise<HttpAnswer>;

/** Release pages send on once, to where files lie. */
const maxRedirects = 5;

/** Without the version and the system that Electron's own would tell. */
const anonymous = 'Sluice';

export interface GuardedOptions {
  readonly get: HttpGet;
  readonly url: string;
  /** Besides the host of the URL. */
  readonly hosts: readonly string[];
  readonly signal: AbortSignal;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Throws `UpdateProblem` unless it was answered, over HTTPS and from a host that may answer. */
export async function guardedGet({ get, url, hosts, signal, headers = {} }: GuardedOptions): Promise<HttpAnswer> {
  const { host } = new URL(url);
  let refused: string | undefined;
  let redirects = 0;
  const mayRedirectTo = (to: string): boolean => {
    redirects += 1;
    const target = URL.parse(to);
    const isAllowed = target?.protocol === 'https:' && (target.host === host || hosts.includes(target.host));
    if (isAllowed && redirects <= maxRedirects) return true;
    refused = target === null ? 'nowhere' : target.origin;
    return false;
  };
  try {
    return await get(url, { headers: { 'user-agent': anonymous, ...headers }, signal, mayRedirectTo });
  } catch (error) {
    if (refused !== undefined) throw new UpdateProblem('update.redirected', { to: refused }, { cause: error });
    throw networkProblem(error, host, signal);
  }
}

/** The whole body, if it is no longer than `limit`. */
export async function readBounded(
  answer: HttpAnswer,
  facts: { readonly name: string; readonly host: string; readonly limit: number; readonly signal: AbortSignal },
): Promise<Buffer> {
  const { name, host, limit, signal } = facts;
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of answer.body) {
      size += chunk.length;
      if (size > limit) throw new UpdateProblem('update.too_large', { name });
      chunks.push(chunk);
    }
  } catch (error) {
    throw networkProblem(error, host, signal);
  }
  return Buffer.concat(chunks);
}

export function networkProblem(error: unknown, host: string, signal: AbortSignal): UpdateProblem {
  if (error instanceof UpdateProblem) return error;
  if (signal.aborted) return new UpdateProblem('update.slow', { host }, { cause: error });
  return new UpdateProblem('update.unreachable', { host, reason: reasonOf(error) }, { cause: error });
}
