/** Asks the running instance over its local socket, or the data directory itself when none is running. */
import { readFile } from 'node:fs/promises';
import { request, type IncomingMessage } from 'node:http';
import { createConnection } from 'node:net';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { AnyEvent, CallInput, CallName, CallOutput } from '../../shared/contract/contract.ts';
import type { Reply } from '../../shared/contract/reply.ts';
import { controlAddress, dataFiles, defaultDataDirectory } from '../kit/data-directory.ts';
import type { Arguments } from './arguments.ts';
import { CommandError, FileProblem, UsageError, type Offline, type Shell } from './shell.ts';

export interface Client {
  /** `true` when a running instance answers. */
  readonly running: boolean;
  /** Value of the call. Throws CommandError with the reply's message, UsageError where the input was wrong, FileProblem where the file is. */
  ask<Name extends CallName>(name: Name, input: CallInput<Name>): Promise<CallOutput<Name>>;
  /** What happens from now on; ends when the instance does. Only of a running instance. */
  events(): Promise<AsyncIterable<AnyEvent>>;
  close(): Promise<void>;
}

export interface Place {
  readonly dataDir: string;
  readonly configFile: string | undefined;
}

/** A call of the control plane ends long before this. */
const callMs = 30_000;

export function placeOf(args: Arguments, shell: Shell): Place {
  const data = args.text('data');
  const config = args.text('config');
  return {
    dataDir: data === undefined ? defaultDataDirectory(shell) : resolve(shell.cwd, data),
    configFile: config === undefined ? undefined : resolve(shell.cwd, config),
  };
}

/** The running instance if there is one, else `undefined`. */
export async function connect(place: Place, shell: Shell): Promise<Client | undefined> {
  for (const address of await addresses(place.dataDir, shell)) {
    try {
      await touch(address);
      return socketClient(address);
    } catch (error) {
      if (!isNobody(error)) throw unreachable(address, error);
    }
  }
  return undefined;
}

/** The running instance, or the data directory opened in this process. */
export async function connectOrOpen(place: Place, shell: Shell): Promise<Client> {
  return (
    (await connect(place, shell)) ??
    offlineClient(await shell.product.openOffline({ ...place, tell: (text) => shell.err(text) }))
  );
}

/** Does something with either of them, and closes it. */
export async function withClient(
  args: Arguments,
  shell: Shell,
  work: (client: Client) => Promise<number>,
): Promise<number> {
  const client = await connectOrOpen(placeOf(args, shell), shell);
  try {
    return await work(client);
  } finally {
    await client.close();
  }
}

/** The address this data directory stands for, after the one a running instance wrote down. */
async function addresses(dataDir: string, shell: Shell): Promise<string[]> {
  const usual = controlAddress(dataDir, shell);
  try {
    const noted = JSON.parse(await readFile(dataFiles(dataDir).instance, 'utf8')) as { address?: unknown };
    return typeof noted.address === 'string' && noted.address !== usual ? [noted.address, usual] : [usual];
  } catch {
    return [usual];
  }
}

function socketClient(address: string): Client {
  return {
    running: true,
    ask: async <Name extends CallName>(name: Name, input: CallInput<Name>) =>
      valueOf(await send(address, name, input)) as CallOutput<Name>,
    events: () => listen(address),
    close: async () => undefined,
  };
}

function offlineClient(offline: Offline): Client {
  return {
    running: false,
    ask: async <Name extends CallName>(name: Name, input: CallInput<Name>) =>
      valueOf(await offline.call(name, input)) as CallOutput<Name>,
    events: () =>
      Promise.reject(
        new CommandError('No instance is running, so there is nothing to follow. Start one with `sluice serve`.'),
      ),
    close: () => offline.close(),
  };
}

function valueOf(reply: Reply<unknown>): unknown {
  if (reply.ok) return reply.value;
  const { code, message } = reply.error;
  if (code === 'config.invalid') throw new FileProblem(message);
  if (code === 'control.invalid_input') throw new UsageError(message);
  throw new CommandError(message, { code });
}

async function send(address: string, name: string, input: unknown): Promise<Reply<unknown>> {
  const response = await open(address, 'POST', `/calls/${name}`, JSON.stringify(input));
  let text = '';
  response.setEncoding('utf8');
  for await (const chunk of response) text += chunk as string;
  try {
    return JSON.parse(text) as Reply<unknown>;
  } catch (error) {
    throw new CommandError('The running instance gave an answer that cannot be read. Is it of another version?', {
      cause: error,
    });
  }
}

async function listen(address: string): Promise<AsyncIterable<AnyEvent>> {
  const response = await open(address, 'GET', '/events', undefined);
  if (response.statusCode !== 200)
    throw new CommandError(`The running instance refused to be followed (${response.statusCode}).`);
  return lines(response);
}

async function* lines(response: IncomingMessage): AsyncGenerator<AnyEvent> {
  try {
    for await (const line of createInterface({ input: response, crlfDelay: Infinity })) {
      if (line !== '') yield JSON.parse(line) as AnyEvent;
    }
  } finally {
    response.destroy();
  }
}

function open(address: string, method: string, path: string, body: string | undefined): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const question = request({
      socketPath: address,
      path,
      method,
      agent: false,
      headers:
        body === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
    });
    const late = setTimeout(() => question.destroy(new CommandError('The running instance does not answer.')), callMs);
    question.on('response', (response) => {
      clearTimeout(late);
      resolve(response);
    });
    question.on('error', (error) => {
      clearTimeout(late);
      reject(error);
    });
    question.end(body);
  });
}

/** Resolves when somebody accepts at the address. */
function touch(address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(address, () => {
      socket.destroy();
      resolve();
    });
    socket.on('error', reject);
  });
}

/** Nobody is there, as told apart from somebody who may not be spoken to. */
function isNobody(error: unknown): boolean {
  return (
    error instanceof Error &&
    'code' in error &&
    (error.code === 'ENOENT' || error.code === 'ECONNREFUSED' || error.code === 'ENOTDIR')
  );
}

function unreachable(address: string, error: unknown): CommandError {
  const reason = error instanceof Error ? error.message : String(error);
  return new CommandError(`The instance at ${address} cannot be asked: ${reason}. Is it another user’s?`, {
    cause: error,
  });
}
