// Runs the command line as people do: another process, its own data directory, nothing of this environment.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createInterface } from 'node:readline';

const cli = fileURLToPath(new URL('../../../main/cli/cli.ts', import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface Running {
  readonly child: ChildProcess;
  readonly pid: number;
  /** `http://127.0.0.1:port`. */
  readonly url: string;
  /** The first line on stdout. */
  readonly ready: string;
  /** The key of the first start, where one was made. */
  readonly key: string;
  err(): string;
  /** Resolves when the process has ended. */
  readonly ended: Promise<Ended>;
}

export interface Home {
  /** The data directory; not made yet. */
  readonly data: string;
  readonly folder: string;
  /** Runs a command to its end. */
  sluice(...argv: string[]): Promise<Ended>;
  sluiceWith(env: Readonly<Record<string, string>>, ...argv: string[]): Promise<Ended>;
  /** Starts an instance and resolves at its ready line. Rejects with what it said when it ends before. */
  serve(...argv: string[]): Promise<Running>;
  /** Ends what still runs and deletes everything. */
  leave(): Promise<void>;
}

export function makeHome(): Home {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-cli-'));
  const data = join(folder, 'data');
  const children = new Set<ChildProcess>();

  function start(argv: readonly string[], env: Readonly<Record<string, string>>): ChildProcess {
    const child = spawn(process.execPath, [cli, ...argv], {
      cwd: folder,
      env: { PATH: process.env['PATH'] ?? '', HOME: folder, TZ: 'UTC', SLUICE_DATA: data, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    children.add(child);
    child.on('exit', () => children.delete(child));
    return child;
  }

  const sluiceWith = (env: Readonly<Record<string, string>>, ...argv: string[]): Promise<Ended> => endOf(start(argv, env));

  return {
    data,
    folder,
    sluiceWith,
    sluice: (...argv) => sluiceWith({}, ...argv),
    async serve(...argv) {
      const child = start(['serve', '--port', '0', '--no-ui', ...argv], {});
      let err = '';
      child.stderr?.on('data', (chunk: Buffer) => (err += chunk.toString()));
      const ended = endOf(child);
      const ready = await Promise.race([firstLine(child), ended.then((end) => Promise.reject(new Error(`it ended with ${end.code}: ${end.err}`)))]);
      return {
        child,
        pid: child.pid ?? 0,
        ready,
        url: /gateway=(\S+)/.exec(ready)?.[1] ?? '',
        key: /sk-sluice-[A-Za-z0-9-]+/.exec(err)?.[0] ?? '',
        err: () => err,
        ended,
      };
    },
    async leave() {
      for (const child of children) {
        child.kill('SIGKILL');
        await once(child, 'exit');
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function endOf(child: ChildProcess): Promise<Ended> {
  let [out, err] = ['', ''];
  child.stdout?.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (err += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, out, err };
}

async function firstLine(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error('it has no stdout');
  const lines = createInterface({ input: child.stdout });
  const [line] = (await once(lines, 'line')) as [string];
  return line;
}

/** A chat with the demo provider; resolves to the status. */
export async function chat(url: string, key: string, model = 'demo/echo'): Promise<Response> {
  return fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model, messages: [{ role: 'user', content: 'hello there' }] }),
  });
}

/** Every line of a text as JSON. */
export function jsonLines(text: string): unknown[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as unknown);
}
