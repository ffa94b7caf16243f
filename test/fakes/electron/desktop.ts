// An app under the stand-in, as a process of its own that a test starts, watches and asks.
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { commands } from './control.ts';
import { settingsName, type Happening, type Settings } from './stage.ts';

type Commands = typeof commands;
type Answer<Name extends keyof Commands> = Awaited<ReturnType<Commands[Name]>>;

export interface DesktopOptions {
  readonly main: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly settings?: Settings;
}

export interface Desktop {
  readonly pid: number;
  /** What it wrote so far. */
  readonly output: () => { readonly out: string; readonly err: string };
  /** Resolves with the match once it wrote it to standard output. */
  wrote(pattern: RegExp): Promise<RegExpExecArray>;
  /** Of `control.ts`. */
  ask<Name extends keyof Commands>(name: Name, ...input: Parameters<Commands[Name]>): Promise<Answer<Name>>;
  /** Resolves with the next of this kind, also when it happened already and nobody took it. */
  happened(what: string): Promise<unknown>;
  /** Resolves when it has ended, with its exit code; `null` after a signal. */
  readonly ended: Promise<number | null>;
  /** Ends it as the system does, and by force when it does not. */
  stop(): Promise<number | null>;
  kill(): Promise<number | null>;
}

type Reply =
  | { readonly id: number; readonly ok: true; readonly value: unknown }
  | { readonly id: number; readonly ok: false; readonly error: string };

const register = fileURLToPath(new URL('register.ts', import.meta.url));
const forceAfterMs = 15_000;

export function startDesktop({ main, args = [], env = {}, cwd, settings = {} }: DesktopOptions): Desktop {
  const child = fork(main, args, {
    execArgv: ['--disable-warning=ExperimentalWarning', '--import', register],
    env: {
      PATH: process.env['PATH'] ?? '',
      TZ: 'Europe/Berlin',
      ...passed(),
      ...env,
      [settingsName]: JSON.stringify(settings),
    },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    serialization: 'json',
    ...(cwd === undefined ? {} : { cwd }),
  });
  const told = { out: '', err: '' };
  const onOutput = new Set<() => void>();
  for (const name of ['out', 'err'] as const)
    child[`std${name}`]?.on('data', (chunk: Buffer) => {
      told[name] += chunk.toString();
      for (const listener of onOutput) listener();
    });
  const ended = once(child, 'exit').then(([code]) => code as number | null);
  const failed = ended.then((code): never => {
    throw new Error(`the app ended with ${code}:\n${told.out}\n${told.err}`);
  });
  failed.catch(() => undefined);
  const channel = openChannel(child);
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    const late = setTimeout(() => child.kill('SIGKILL'), forceAfterMs);
    const code = await ended;
    clearTimeout(late);
    return code;
  };
  return {
    pid: child.pid ?? 0,
    output: () => ({ ...told }),
    wrote: (pattern) =>
      Promise.race([
        failed,
        new Promise<RegExpExecArray>((resolve) => {
          const look = (): void => {
            const match = pattern.exec(told.out);
            if (match === null) return;
            onOutput.delete(look);
            resolve(match);
          };
          onOutput.add(look);
          look();
        }),
      ]),
    ask: async (name, ...input) => (await Promise.race([failed, channel.ask(name, input)])) as never,
    happened: (what) => Promise.race([failed, channel.happened(what)]),
    ended,
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
  };
}

/** What the Chromium of the machine needs. */
function passed(): Record<string, string> {
  const names = ['CHROMIUM_PATH', 'NODE_COMPILE_CACHE', 'LD_LIBRARY_PATH', 'NODE_V8_COVERAGE'];
  return Object.fromEntries(
    names.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name] ?? '']])),
  );
}

function openChannel(child: ChildProcess) {
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  const untaken: Happening[] = [];
  const wanted: { readonly what: string; readonly resolve: (detail: unknown) => void }[] = [];
  let last = 0;
  child.on('message', (message: Reply | { readonly happening: Happening }) => {
    if ('happening' in message) {
      const index = wanted.findIndex(({ what }) => what === message.happening.what);
      if (index < 0) untaken.push(message.happening);
      else wanted.splice(index, 1)[0]?.resolve(message.happening.detail);
      return;
    }
    const asked = waiting.get(message.id);
    waiting.delete(message.id);
    if (message.ok) asked?.resolve(message.value);
    else asked?.reject(new Error(message.error));
  });
  return {
    ask(name: string, input: readonly unknown[]): Promise<unknown> {
      last += 1;
      const asked = Promise.withResolvers<unknown>();
      waiting.set(last, asked);
      child.send({ id: last, name, input });
      return asked.promise;
    },
    happened(what: string): Promise<unknown> {
      const index = untaken.findIndex((one) => one.what === what);
      if (index >= 0) return Promise.resolve(untaken.splice(index, 1)[0]?.detail);
      return new Promise((resolve) => wanted.push({ what, resolve }));
    },
  };
}
