// Runs a command-line agent in a home and a working directory of its own, with every way out but loopback shut.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Agent } from './install.ts';

/** A stuck agent is ended, with all it started, well before the test's own limit. */
const patienceMs = 60_000;

export interface Run {
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Place {
  readonly home: string;
  /** Where the agent works. */
  readonly work: string;
  /** What the agent asked for outside this machine; nothing of it was let through. */
  readonly outside: readonly string[];
  run(agent: Agent, args: readonly string[], environment: Readonly<Record<string, string>>): Promise<Run>;
  close(): Promise<void>;
}

/** An empty home and a proxy that refuses. */
export async function createPlace(): Promise<Place> {
  const home = mkdtempSync(join(tmpdir(), 'sluice-agent-'));
  const work = join(home, 'work');
  mkdirSync(work);
  const outside: string[] = [];
  const wall = await startWall(outside);
  const proxy = `http://127.0.0.1:${String((wall.address() as AddressInfo).port)}`;
  return {
    home,
    work,
    outside,
    run: (agent, args, environment) => run(agent, args, work, { ...surroundings(home, proxy), ...environment }),
    async close() {
      await new Promise((resolve) => {
        wall.close(resolve);
        wall.closeAllConnections();
      });
      // An agent's last child may still be writing its history when the agent itself has gone.
      rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    },
  };
}

async function startWall(outside: string[]): Promise<Server> {
  const wall = createServer((request, response) => {
    outside.push(`${request.method ?? ''} ${request.url ?? ''}`);
    response.writeHead(403).end();
  });
  wall.on('connect', (request, socket) => {
    outside.push(`CONNECT ${request.url ?? ''}`);
    // Whoever asked may have gone already.
    socket.on('error', () => undefined);
    socket.end('HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n');
  });
  await new Promise<void>((resolve) => wall.listen(0, '127.0.0.1', resolve));
  return wall;
}

/** Nothing of the developer's own settings and keys; only what programs need to start. */
function surroundings(home: string, proxy: string): Record<string, string> {
  const kept = ['PATH', 'Path', 'SystemRoot', 'ComSpec', 'PATHEXT', 'TEMP', 'TMP', 'TMPDIR'].flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    ...Object.fromEntries(kept),
    HOME: home,
    USERPROFILE: home,
    LANG: 'C.UTF-8',
    TERM: 'dumb',
    HTTP_PROXY: proxy,
    HTTPS_PROXY: proxy,
    ALL_PROXY: proxy,
    http_proxy: proxy,
    https_proxy: proxy,
    all_proxy: proxy,
    NO_PROXY: '127.0.0.1',
    no_proxy: '127.0.0.1',
  };
}

function run(agent: Agent, args: readonly string[], cwd: string, env: Record<string, string>): Promise<Run> {
  const child = spawn(process.execPath, [agent.script, ...args], {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own: the script only starts the agent, and both must end.
    detached: process.platform !== 'win32',
  });
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout.on('data', (piece: Buffer) => out.push(piece));
  child.stderr.on('data', (piece: Buffer) => err.push(piece));
  const end = (): void => {
    if (process.platform === 'win32' || child.pid === undefined) child.kill('SIGKILL');
    else process.kill(-child.pid, 'SIGKILL');
  };
  const limit = setTimeout(end, patienceMs);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      clearTimeout(limit);
      resolve({
        exitCode: code ?? undefined,
        stdout: Buffer.concat(out).toString('utf8'),
        stderr: Buffer.concat(err).toString('utf8'),
      });
    });
  });
}
