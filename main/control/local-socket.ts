/**
 * The control plane's door for the command line: HTTP over a Unix socket in a private directory, or a named pipe. Holding
 * it also means being the one instance of a data directory.
 */
import { chmod, lstat, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import { tmpdir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { controlAddress, dataFiles } from '../kit/data-directory.ts';
import { restWhileUnconnected } from '../kit/quiet-server.ts';
import { askInstance } from './ask-instance.ts';
import type { Dispatch } from './dispatch.ts';
import type { Events } from './events.ts';

/** What answers at the socket. */
export interface Control {
  readonly dispatch: Pick<Dispatch, 'call'>;
  readonly events: Events;
}

export interface LocalSocketOptions {
  readonly dataDirectory: string;
  /**
   * The socket is taken before the instance is up, so that a second one touches neither ledger nor config of the first;
   * callers wait until this resolves, and are hung up on when it rejects.
   */
  readonly control: Promise<Control>;
  readonly pid: number;
  readonly platform?: NodeJS.Platform | undefined;
}

export interface LocalSocket {
  readonly address: string;
  /** Takes no more calls, ends event streams, lets replies under way finish. */
  close(): Promise<void>;
}

/** Another instance owns this data directory. `pid` where it says. */
export class AlreadyRunningError extends Error {
  readonly pid: number | undefined;
  readonly url: string | undefined;
  /** Of its socket. */
  readonly address: string;

  constructor(dataDirectory: string, address: string, { pid, url }: Pick<AlreadyRunningError, 'pid' | 'url'>) {
    const who = pid === undefined ? '' : ` (process ${pid})`;
    const where = url === undefined ? '' : `, at ${url}`;
    super(
      `Sluice is already running on ${dataDirectory}${who}${where}. ` +
        'Stop it with `sluice stop`, or give this one another directory with --data.',
    );
    this.name = 'AlreadyRunningError';
    this.pid = pid;
    this.url = url;
    this.address = address;
  }
}

const startLockTries = 50;
const startLockPauseMs = 40;
const probeMs = 2_000;
const closeMs = 2_000;
/** Node's own pace of looking at connections. */
const lookMs = 30_000;

/**
 * Listens, replacing the socket a dead instance left behind. Rejects with `AlreadyRunningError` when one is alive.
 * Routes are loaded with the first call, so that a start does not wait for them.
 */
export async function openLocalSocket(options: LocalSocketOptions): Promise<LocalSocket> {
  const platform = options.platform ?? process.platform;
  const { dataDirectory } = options;
  // Whoever gave the promise handles it; here it only means that nobody can be answered.
  options.control.catch(() => undefined);
  const userId = platform === 'win32' ? 0 : userInfo().uid;
  const address = controlAddress(dataDirectory, { platform, temporary: tmpdir(), userId });
  const files = dataFiles(dataDirectory);
  await makePrivateDirectory(files.run, userId);
  if (platform !== 'win32') await makePrivateDirectory(dirname(address), userId);
  const unlock = await lockStart(join(files.run, 'starting.lock'));
  try {
    const server = createServer(lazyRoutes(options));
    // Nobody but this user can connect; what is left are our own slips.
    server.requestTimeout = 30_000;
    restWhileUnconnected(server, lookMs);
    await listen(server, { address, dataDirectory, platform });
    if (platform !== 'win32') await chmod(address, 0o600);
    await writePrivate(files.instance, `${JSON.stringify({ pid: options.pid, address })}\n`).catch(unlessFull);
    return { address, close: () => close(server, options.control, files.instance) };
  } finally {
    await unlock();
  }
}

function lazyRoutes({ control }: LocalSocketOptions): RequestListener {
  let routes: Promise<RequestListener> | undefined;
  const load = async (): Promise<RequestListener> => {
    const { dispatch, events } = await control;
    return (await import('./local-routes.ts')).createLocalRoutes(dispatch, events);
  };
  return (incoming, response) => {
    routes ??= load();
    routes.then(
      (handle) => handle(incoming, response),
      () => response.destroy(),
    );
  };
}

interface ListenOptions {
  readonly address: string;
  readonly dataDirectory: string;
  readonly platform: NodeJS.Platform;
}

async function listen(server: Server, options: ListenOptions): Promise<void> {
  const { address, dataDirectory, platform } = options;
  try {
    await bind(server, address);
  } catch (error) {
    if (!hasCode(error, 'EADDRINUSE')) throw error;
    const alive = await probe(address);
    if (alive.answers || platform === 'win32') {
      // One that is still starting does not answer yet; it has written down who it is.
      const pid = alive.pid ?? (await notedPid(dataDirectory));
      throw new AlreadyRunningError(dataDirectory, address, { pid, url: alive.url });
    }
    await rm(address, { force: true });
    await bind(server, address);
  }
}

function bind(server: Server, address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(address, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

/** Whether someone accepts at this address, and who. */
async function probe(
  address: string,
): Promise<{ answers: boolean; pid?: number | undefined; url?: string | undefined }> {
  const { answers, value } = await askInstance(address, 'app.status', probeMs);
  return { answers, ...identityIn(value) };
}

async function notedPid(dataDirectory: string): Promise<number | undefined> {
  try {
    const noted = JSON.parse(await readFile(dataFiles(dataDirectory).instance, 'utf8')) as { pid?: unknown };
    return typeof noted.pid === 'number' ? noted.pid : undefined;
  } catch {
    return undefined;
  }
}

function identityIn(value: unknown): { pid?: number | undefined; url?: string | undefined } {
  const { pid, gateway } = (value ?? {}) as { pid?: unknown; gateway?: { urls?: unknown[] } };
  const url = gateway?.urls?.[0];
  return { pid: typeof pid === 'number' ? pid : undefined, url: typeof url === 'string' ? url : undefined };
}

/**
 * Two that start at the same moment must not both take a dead one's socket for theirs to replace. The lock is a file that
 * holds the id of its process, so that one left by a crash is recognised.
 */
async function lockStart(file: string): Promise<() => Promise<void>> {
  for (let tries = 0; tries < startLockTries; tries += 1) {
    try {
      await writeFile(file, String(process.pid), { flag: 'wx', mode: 0o600 });
      return () => rm(file, { force: true });
    } catch (error) {
      if (!hasCode(error, 'EEXIST')) {
        unlessFull(error);
        // Its name may be there, and then it is ours all the same, if only for as long as an empty one counts.
        return () => rm(file, { force: true });
      }
    }
    const owner = Number(await readFile(file, 'utf8').catch(() => ''));
    // An empty file is being written by its owner right now, unless it stays empty.
    if ((owner > 0 && !isAlive(owner)) || (owner === 0 && tries > startLockTries / 2)) await rm(file, { force: true });
    else await new Promise((resolve) => setTimeout(resolve, startLockPauseMs));
  }
  throw new Error(`Another Sluice is starting with the same data directory. If none is, delete ${file}.`);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return hasCode(error, 'EPERM');
  }
}

/** Creates or repairs a directory that only this user may enter; refuses one that is someone else's or a link. */
async function makePrivateDirectory(directory: string, userId: number): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  if (process.platform === 'win32') return;
  const facts = await lstat(directory);
  if (!facts.isDirectory() || facts.uid !== userId) {
    throw new Error(`${directory} is not a directory of this user, so the control socket cannot be put there.`);
  }
  if ((facts.mode & 0o077) !== 0) await chmod(directory, 0o700);
}

async function writePrivate(file: string, text: string): Promise<void> {
  // Removed first: writing must not follow a link someone put there, and the mode counts for new files only.
  await rm(file, { force: true });
  await writeFile(file, text, { flag: 'wx', mode: 0o600 });
}

async function close(server: Server, control: Promise<Control>, instanceFile: string): Promise<void> {
  await control.then(
    ({ events }) => events.close(),
    // It never came up, so nobody listens.
    () => undefined,
  );
  await rm(instanceFile, { force: true });
  await new Promise<void>((resolve) => {
    const late = setTimeout(() => server.closeAllConnections(), closeMs);
    server.close(() => {
      clearTimeout(late);
      resolve();
    });
    server.closeIdleConnections();
  });
}

/** Whoever serves without a word on a full disk is of more use than one who does not start (FAULT-35). */
function unlessFull(error: unknown): void {
  if (!hasCode(error, 'ENOSPC') && !hasCode(error, 'EDQUOT')) throw error;
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
