// The product as it is built, as a process of its own on a real data directory: started, killed, asked.
import { spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import type { BudgetEntry } from '../../../shared/contract/budgets.ts';
import type { CallOutput, CallName } from '../../../shared/contract/contract.ts';
import { controlAddress, dataFiles } from '../../../main/kit/data-directory.ts';
import { call } from '../../contract/socket.ts';
import { builtCli } from '../cli/built.ts';

export interface Built {
  /** The command line. */
  readonly cli: string;
  /** Compiled code is kept from start to start: most of a start is compiling. */
  readonly compiled: string;
  remove(): void;
}

export function builtProduct(): Built {
  const compiled = mkdtempSync(join(tmpdir(), 'sluice-compiled-'));
  return { cli: builtCli(), compiled, remove: () => rmSync(compiled, { recursive: true, force: true }) };
}

export interface Place {
  /** The data directory, private and empty. */
  readonly data: string;
  remove(): void;
}

export function makePlace(prefix: string): Place {
  const folder = mkdtempSync(join(tmpdir(), prefix));
  const data = join(folder, 'data');
  mkdirSync(data, { mode: 0o700 });
  return { data, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

export function writeConfig(data: string, yaml: string): void {
  writeFileSync(dataFiles(data).config, `version: 1\n${yaml}`, { mode: 0o600 });
}

/** A key of the configuration and what opens it. */
export function keyYaml(id: string, rest: string): { readonly secret: string; readonly yaml: string } {
  const secret = `sk-sluice-crash-${createHash('sha256').update(id).digest('hex').slice(0, 48)}`;
  const digest = createHash('sha256').update(secret).digest('hex');
  return { secret, yaml: `  - { id: ${id}, value: "sha256:${digest}", ${rest} }` };
}

export interface Product {
  readonly child: ChildProcess;
  readonly url: string;
  /** What it wrote to stderr, line by line. */
  readonly complaints: readonly string[];
  readonly ended: Promise<unknown>;
  ask<Name extends CallName>(name: Name, input: unknown): Promise<CallOutput<Name>>;
  /** Ends it in good order. Only then is what it compiled kept for the next. */
  stop(): Promise<void>;
  /** `kill -9`; resolves when it is gone. */
  kill(): Promise<void>;
}

export interface Starting {
  readonly child: ChildProcess;
  readonly complaints: string[];
  readonly ended: Promise<unknown>;
  /** Rejects with what it said when it ends before. */
  readonly ready: Promise<string>;
}

/** The process, which may be killed before it is ready. */
export function spawnProduct(built: Built, data: string, port = 0): Starting {
  const child = spawn(process.execPath, [built.cli, 'serve', '--port', String(port), '--no-ui'], {
    cwd: data,
    env: {
      ...{ PATH: process.env['PATH'] ?? '', HOME: data, TZ: 'UTC' },
      ...{ SLUICE_DATA: data, NODE_COMPILE_CACHE: built.compiled },
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const complaints: string[] = [];
  const ended = once(child, 'close');
  child.stderr.on('data', (chunk: Buffer) => complaints.push(chunk.toString()));
  let said = '';
  const ready = new Promise<string>((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      const url = /ready gateway=(\S+)\n/.exec(said)?.[1];
      if (url !== undefined) resolve(url);
    });
    void ended.then(() => reject(new Error(`it ended before it was ready: ${complaints.join('')}`)));
  });
  // Whoever kills it before does not wait for it.
  ready.catch(() => undefined);
  return { child, complaints, ended, ready };
}

/** Resolves as soon as it says that it is ready, whatever its ledger does then. */
export async function startProduct(built: Built, data: string, port = 0): Promise<Product> {
  const { child, complaints, ended, ready } = spawnProduct(built, data, port);
  const url = await ready;
  const address = controlAddress(data, {
    platform: process.platform,
    temporary: tmpdir(),
    userId: userInfo().uid,
  });
  return {
    ...{ child, url, complaints, ended },
    async ask(name, input) {
      const reply = (await call(address, name, input)) as { ok: boolean; value: never };
      if (!reply.ok) throw new Error(`${name}: ${JSON.stringify(reply)}`);
      return reply.value;
    },
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** Resolves once its ledger is written, or cannot be. */
export async function ledgerOpen(product: Product): Promise<CallOutput<'app.status'>> {
  for (;;) {
    const status = await product.ask('app.status', {});
    if (status.ledger.state !== 'starting') return status;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Resolves once every budget has read what its window cost before. */
export async function knownBudgets(product: Product): Promise<readonly BudgetEntry[]> {
  for (;;) {
    const { budgets } = await product.ask('budgets.list', {});
    if (budgets.every(({ reason }) => reason === null || !reason.includes('still being read'))) return budgets;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
