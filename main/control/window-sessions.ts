/** Who may use the window from a browser: links that work once, and the sessions they open (SEC-18). */
import { createHash } from 'node:crypto';
import { mkdir, readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isErrno, writeFileAtomic } from '../kit/atomic-file.ts';

/** A browser that was not used for so long must be signed in anew. */
export const sessionMs = 30 * 24 * 3_600_000;
/** The end of a session is moved on at most so often, so that not every call writes the file. */
const renewAfterMs = 24 * 3_600_000;
/** Links that nobody opened; the oldest stops working. */
const maxLinks = 20;
const maxSessions = 50;

export interface WindowSessionsOptions {
  /** Holds digests only: who reads it can sign in with none of them. */
  readonly file: string;
  /** Cryptographically strong. */
  readonly randomBytes: (count: number) => Uint8Array;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly log: { warn(message: string, fields?: Readonly<Record<string, unknown>>): void };
}

/**
 * Two secrets, of which neither is enough: browsers send a cookie to every port of this machine, so that any server on it that
 * a browser opens gets to see the one; the other is kept by the pages of this origin.
 */
export interface WindowSession {
  readonly cookie: string;
  readonly proof: string;
}

export interface WindowSessions {
  /** The token of a new link. */
  newToken(): string;
  /** A session for the token of a link, which works once. `undefined`: it was used, or is none. */
  open(token: string): WindowSession | undefined;
  /** Whether a session is one of ours and has not ended. */
  isOpen(session: WindowSession): boolean;
  end(session: WindowSession): void;
  /** Resolves once what changed is in the file, or could not be written. */
  flush(): Promise<void>;
}

/** Sessions outlive the instance, so that a window that is open goes on after a restart; links do not. */
export async function openWindowSessions(options: WindowSessionsOptions): Promise<WindowSessions> {
  const { randomBytes, now } = options;
  const links = new Set<string>();
  const sessions = await readSessions(options);
  let writing: Promise<void> = Promise.resolve();
  const keep = (): void => {
    writing = writing.then(() => writeSessions(options, sessions));
  };
  const secret = (): string => Buffer.from(randomBytes(32)).toString('base64url');
  const setEnd = (digest: string): void => {
    // Last in the order of the map: the ones that were used longest ago go first.
    sessions.delete(digest);
    sessions.set(digest, now() + sessionMs);
    trim(sessions, maxSessions);
    keep();
  };
  return {
    newToken() {
      const token = secret();
      links.add(digestOf(token));
      trim(links, maxLinks);
      return token;
    },
    open(token) {
      // Looked up by digest: how long that takes tells nothing of the tokens there are.
      if (!links.delete(digestOf(token))) return undefined;
      const session = { cookie: secret(), proof: secret() };
      setEnd(digestOfSession(session));
      return session;
    },
    isOpen(session) {
      const digest = digestOfSession(session);
      const end = sessions.get(digest);
      if (end === undefined || end <= now()) return false;
      if (end - now() < sessionMs - renewAfterMs) setEnd(digest);
      return true;
    },
    end(session) {
      if (sessions.delete(digestOfSession(session))) keep();
    },
    flush: () => writing,
  };
}

function digestOfSession({ cookie, proof }: WindowSession): string {
  return digestOf(`${cookie}.${proof}`);
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function trim(list: Set<string> | Map<string, number>, limit: number): void {
  for (const oldest of list.keys()) {
    if (list.size <= limit) return;
    list.delete(oldest);
  }
}

async function readSessions({ file, now, log }: WindowSessionsOptions): Promise<Map<string, number>> {
  try {
    // To open a pipe would wait for its other end.
    if (!(await stat(file)).isFile()) throw new Error('it is no plain file');
    const kept = JSON.parse(await readFile(file, 'utf8')) as { readonly sessions?: unknown };
    const pairs = Array.isArray(kept.sessions) ? (kept.sessions as unknown[]) : [];
    return new Map(
      pairs.filter(
        (pair): pair is [string, number] =>
          Array.isArray(pair) &&
          typeof pair[0] === 'string' &&
          /^[0-9a-f]{64}$/.test(pair[0]) &&
          typeof pair[1] === 'number' &&
          pair[1] > now(),
      ),
    );
  } catch (error) {
    // Whoever was signed in needs a new link; nothing else is lost.
    if (!isErrno(error, 'ENOENT'))
      log.warn('the sessions of the window cannot be read', { file, error: String(error) });
    return new Map();
  }
}

async function writeSessions(
  { file, log }: WindowSessionsOptions,
  sessions: ReadonlyMap<string, number>,
): Promise<void> {
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    await writeFileAtomic(file, `${JSON.stringify({ version: 1, sessions: [...sessions] })}\n`);
  } catch (error) {
    log.warn('the sessions of the window cannot be written', { file, error: String(error) });
  }
}
