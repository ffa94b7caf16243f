// The command line in its own data directory, with nothing of this environment: instances and some commands as processes
// of their own, the other commands in this one, which takes a tenth of the time.
import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable, Writable } from 'node:stream';
import { readSecret } from '../../../main/cli/read-secret.ts';
import { readInput } from '../../../main/cli/read-text.ts';
import { run } from '../../../main/cli/run.ts';
import type { Shell } from '../../../main/cli/shell.ts';
import { checkConfig, openOffline } from '../../../main/headless.ts';
import { controlAddress } from '../../../main/kit/data-directory.ts';
import { version } from '../../../main/kit/version.ts';
import { call } from '../../contract/socket.ts';
import { builtCli } from './built.ts';

const cli = builtCli();

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
  /** The link to its window, which works once; empty where it has none. */
  readonly ui: string;
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
  /** Runs a command to its end, in this process. */
  sluice(...argv: string[]): Promise<Ended>;
  /** The same as a process of its own. */
  process(...argv: string[]): Promise<Ended>;
  /** The same with something in stdin. */
  pipe(input: string, ...argv: string[]): Promise<Ended>;
  pipeToProcess(input: string, ...argv: string[]): Promise<Ended>;
  sluiceWith(env: Readonly<Record<string, string>>, ...argv: string[]): Promise<Ended>;
  /** Starts an instance; resolves when it is ready and its ledger open. Rejects with what it said when it ends before. */
  serve(...argv: string[]): Promise<Running>;
  /** The same with its window, on any free port unless `argv` says otherwise. */
  serveWindow(...argv: string[]): Promise<Running>;
  /** Ends what still runs and deletes everything. */
  leave(): Promise<void>;
}

export function makeHome(): Home {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-cli-'));
  const data = join(folder, 'data');
  const children = new Set<ChildProcess>();

  function start(argv: readonly string[], input?: string): ChildProcess {
    const child = spawn(process.execPath, [cli, ...argv], {
      cwd: folder,
      env: { PATH: process.env['PATH'] ?? '', HOME: folder, TZ: 'UTC', SLUICE_DATA: data },
      stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    });
    child.stdin?.end(input);
    children.add(child);
    child.on('exit', () => children.delete(child));
    return child;
  }

  async function runHere(env: Readonly<Record<string, string>>, input: string, argv: string[]): Promise<Ended> {
    const [out, err]: [string[], string[]] = [[], []];
    const shell = shellIn(folder, { SLUICE_DATA: data, ...env }, { input, out, err });
    const code = await run(argv, shell);
    return { code, out: out.join(''), err: err.join('') };
  }

  async function serve(argv: readonly string[]): Promise<Running> {
    const child = start(['serve', '--port', '0', ...argv]);
    let err = '';
    child.stderr?.on('data', (chunk: Buffer) => (err += chunk.toString()));
    const ended = endOf(child);
    const ready = await Promise.race([
      firstLine(child),
      ended.then((end) => Promise.reject(new Error(`it ended with ${end.code}: ${end.err}`))),
    ]);
    await ledgerOpen(data);
    return {
      child,
      pid: child.pid ?? 0,
      ready,
      url: /gateway=(\S+)/.exec(ready)?.[1] ?? '',
      ui: /ui=(\S+)/.exec(ready)?.[1] ?? '',
      key: /sk-sluice-[A-Za-z0-9-]+/.exec(err)?.[0] ?? '',
      err: () => err,
      ended,
    };
  }

  return {
    data,
    folder,
    sluiceWith: (env, ...argv) => runHere(env, '', argv),
    sluice: (...argv) => runHere({}, '', argv),
    pipe: (input, ...argv) => runHere({}, input, argv),
    pipeToProcess: (input, ...argv) => endOf(start(argv, input)),
    process: (...argv) => endOf(start(argv)),
    serve: (...argv) => serve(['--no-ui', ...argv]),
    serveWindow: (...argv) => serve(argv),
    async leave() {
      for (const child of children) {
        child.kill('SIGKILL');
        await once(child, 'exit');
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

interface Standard {
  readonly input: string;
  readonly out: string[];
  readonly err: string[];
}

/** The surroundings of a command in this process. */
function shellIn(folder: string, env: Readonly<Record<string, string>>, { input, out, err }: Standard): Shell {
  const show = new Writable({
    write: (text: Buffer, _encoding, done) => {
      err.push(text.toString());
      done();
    },
  });
  return {
    out: (text) => void out.push(`${text}\n`),
    err: (text) => void err.push(`${text}\n`),
    readSecret: (prompt, again) => readSecret(prompt, Readable.from([Buffer.from(input)]), show, again),
    readInput: () => readInput(Readable.from([Buffer.from(input)]), show),
    env,
    cwd: folder,
    platform: process.platform,
    home: folder,
    temporary: tmpdir(),
    userId: userInfo().uid,
    now: () => Date.now(),
    randomId: (count) => randomBytes(count).toString('hex').slice(0, count),
    timezone: 'UTC',
    version,
    product: {
      startHeadless: () => Promise.reject(new Error('An instance is a process of its own.')),
      openOffline,
      checkConfig,
    },
  };
}

/** An instance serves before its ledger is open; one that is ended in between may have to give up on a busy machine. */
async function ledgerOpen(data: string): Promise<void> {
  const address = controlAddress(data, { platform: process.platform, temporary: tmpdir(), userId: userInfo().uid });
  for (;;) {
    const reply = (await call(address, 'app.status', {})) as { value: { ledger: { state: string } } };
    if (reply.value.ledger.state !== 'starting') return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
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
