// A built instance with its window, as a process of its own, for tests and pictures in a real browser.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { contentKey } from '../../main/host/content-key.ts';
import { createNodeHost } from '../../main/host/node-host.ts';
import { controlAddress } from '../../main/kit/data-directory.ts';
import { call } from '../contract/socket.ts';
import { fillLedger } from '../fakes/ledger-filler.ts';

const cli = fileURLToPath(new URL('../../dist/main/cli.js', import.meta.url));

export interface InstanceOptions {
  /** Text of sluice.yaml; without one the first start writes it and makes a key. */
  readonly config?: string;
  /** So many exchanges of the last weeks are in its ledger. */
  readonly exchanges?: number;
  /** The first minutes are over. */
  readonly welcomed?: boolean;
  /** More of its environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Called with its home folder before it starts. */
  readonly prepare?: (home: string) => void;
}

export interface Instance {
  /** `http://127.0.0.1:port` of the data port. */
  readonly gateway: string;
  /** Of the window. */
  readonly ui: string;
  readonly home: string;
  readonly data: string;
  /** Key of the first start; empty where there was a config. */
  readonly key: string;
  /** The link of the ready line. */
  readonly firstLink: string;
  /** A call over the local socket, as the command line makes it. */
  call(name: string, input: unknown): Promise<unknown>;
  /** A new link into the window. */
  newLink(): Promise<string>;
  /** Ends it and starts it again on the same ports. */
  stop(): Promise<void>;
  start(): Promise<void>;
  close(): Promise<void>;
}

/** Starts it on free ports; resolves when it is ready. `start`: the headless host, unless another is meant. */
export async function openInstance(options: InstanceOptions = {}, start: Launch = launch): Promise<Instance> {
  const home = mkdtempSync(join(tmpdir(), 'sluice-e2e-'));
  const data = join(home, 'data');
  mkdirSync(data, { mode: 0o700 });
  if (options.config !== undefined) writeFileSync(join(data, 'sluice.yaml'), options.config, { mode: 0o600 });
  if (options.welcomed === true) writeFileSync(join(data, 'app.json'), JSON.stringify({ version: 1, welcomed: true }));
  if (options.exchanges !== undefined) await fill(data, options.exchanges);
  options.prepare?.(home);
  const begin = (ports: readonly string[]): Promise<Launched> => start({ home, data, ports, env: options.env ?? {} });
  const first = await begin(['0', '0']);
  const { facts } = first;
  let running: Launched | undefined = first;
  const address = controlAddress(data, { platform: process.platform, temporary: tmpdir(), userId: userInfo().uid });
  const ask = (name: string, input: unknown): Promise<unknown> => call(address, name, input);
  const stop = async (): Promise<void> => {
    const ending = running;
    running = undefined;
    await ending?.stop();
  };
  // A made-up ledger has no journal: what it says was spent is to hold.
  if (options.exchanges !== undefined) await ask('budgets.accept', {});
  return {
    ...{ gateway: facts.gateway, ui: facts.ui, home, data, key: facts.key, firstLink: facts.link, call: ask, stop },
    async newLink() {
      const reply = (await ask('app.link', {})) as { readonly value: { readonly url: string } };
      return reply.value.url;
    },
    async start() {
      const ports = [facts.gateway, facts.ui].map((url) => (url === '' ? '' : new URL(url).port));
      running = await begin(ports);
    },
    async close() {
      await stop();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

export interface Facts {
  readonly gateway: string;
  readonly ui: string;
  readonly link: string;
  readonly key: string;
}

export interface Launched {
  readonly facts: Facts;
  /** Resolves when it has ended. */
  stop(): Promise<void>;
}

export interface LaunchOptions {
  readonly home: string;
  readonly data: string;
  /** Of the gateway and of the window. */
  readonly ports: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

export type Launch = (options: LaunchOptions) => Promise<Launched>;

async function launch({ home, data, ports: [port = '0', uiPort = '0'], env }: LaunchOptions): Promise<Launched> {
  const child = spawn(process.execPath, [cli, 'serve', '--data', data, '--port', port, '--ui-port', uiPort], {
    cwd: home,
    env: { PATH: process.env['PATH'] ?? '', HOME: home, TZ: 'Europe/Berlin', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [out, err] = ['', ''];
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  await new Promise<void>((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString();
      if (out.includes('\n')) resolve();
    });
    child.on('exit', (code) => reject(new Error(`it ended with ${code}: ${err}`)));
  });
  const link = /ui=(\S+)/.exec(out)?.[1] ?? '';
  return {
    async stop() {
      if (child.exitCode !== null) return;
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
    facts: {
      link,
      gateway: /gateway=(\S+)/.exec(out)?.[1] ?? '',
      ui: new URL(link).origin,
      key: /sk-sluice-[A-Za-z0-9-]+/.exec(err)?.[0] ?? '',
    },
  };
}

/** With the key that the instance will read what was said with. */
async function fill(data: string, count: number): Promise<void> {
  const host = await createNodeHost({ dataDir: data, environment: {} });
  fillLedger({ dataDirectory: data, count, days: 60, seed: 6, now: Date.now(), bodySecret: contentKey(host) });
}
