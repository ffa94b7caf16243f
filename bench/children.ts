/** The processes of a benchmark: upstream stand-in, bare proxy, gateway and, where installed, nginx; each ended by its id. */
import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { upstreamModel } from './bodies.ts';
import type { Target } from './connection.ts';

/** A running child that listens on the loopback interface. */
export interface Child extends Target {
  readonly pid: number;
  /** From spawning to its ready line. */
  readonly readyMs: number;
  /** Asks it to end, waits up to 12 s, then kills it. Safe to call twice. */
  stop(): Promise<void>;
}

const root = fileURLToPath(new URL('..', import.meta.url));
const readyTimeoutMs = 30_000;
/** The gateway drains for ten seconds at most. */
const stopTimeoutMs = 12_000;
const maxErrorText = 4_000;

const alive = new Set<ChildProcess>();

/** Whatever ends this process ends its children: by their ids, and nobody else. */
function killChildren(): void {
  for (const child of alive) child.kill('SIGKILL');
}

process.on('exit', killChildren);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    process.exit(130);
  });
}

/** A folder that is gone when the process ends. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-bench-'));
  process.on('exit', () => {
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

interface Start {
  readonly command: string;
  readonly args: readonly string[];
  /** Matches the ready output; its first group is the port. Without it, the child is ready when `port` accepts. */
  readonly ready: RegExp | undefined;
  readonly port?: number | undefined;
}

async function start(order: Start): Promise<Child> {
  const startedAt = performance.now();
  // Standard input stays open: the helpers of the benchmark end by themselves when it closes.
  const child = spawn(order.command, order.args, { cwd: root, stdio: ['pipe', 'pipe', 'pipe'] });
  alive.add(child);
  const gone = Promise.withResolvers<undefined>();
  child.on('close', () => {
    alive.delete(child);
    gone.resolve(undefined);
  });
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => {
    errors = (errors + chunk.toString()).slice(-maxErrorText);
  });
  child.stdin.on('error', () => undefined);
  const port = await readyPort(child, order, gone.promise).catch(async (error: unknown) => {
    await end(child, gone.promise);
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`${order.args[0] ?? order.command}: ${why}${errors === '' ? '' : `\n${errors.trim()}`}`);
  });
  return {
    port,
    pid: child.pid ?? 0,
    readyMs: performance.now() - startedAt,
    stop: () => end(child, gone.promise),
  };
}

async function readyPort(child: ChildProcess, order: Start, gone: Promise<undefined>): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  let said = '';
  child.on('error', reject);
  void gone.then(() => {
    reject(new Error('it ended before it was ready'));
  });
  child.stdout?.on('data', (chunk: Buffer) => {
    if (said.length < maxErrorText) said += chunk.toString();
    const port = order.ready?.exec(said)?.[1];
    if (port !== undefined) resolve(Number(port));
  });
  if (order.ready === undefined && order.port !== undefined) {
    const { port } = order;
    until(() => accepts(port), readyTimeoutMs).then(() => {
      resolve(port);
    }, reject);
  }
  const timer = setTimeout(() => {
    reject(new Error(`it was not ready in ${readyTimeoutMs} ms`));
  }, readyTimeoutMs);
  return promise.finally(() => {
    clearTimeout(timer);
  });
}

async function end(child: ChildProcess, gone: Promise<undefined>): Promise<void> {
  if (!alive.has(child)) return;
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs);
  await gone;
  clearTimeout(timer);
}

async function accepts(port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = connect({ port, host: '127.0.0.1' });
  socket.on('connect', () => {
    socket.destroy();
    resolve(true);
  });
  socket.on('error', () => {
    resolve(false);
  });
  return promise;
}

/** Tries every two milliseconds. Rejects when it takes longer than the limit, or when told to give up. */
export async function until(check: () => Promise<boolean>, limitMs: number, signal?: AbortSignal): Promise<void> {
  const stopAt = performance.now() + limitMs;
  while (!(await check())) {
    if (performance.now() > stopAt) throw new Error(`not within ${limitMs} ms`);
    await sleep(2);
    if (signal?.aborted === true) throw new Error('nobody waits for it any more');
  }
}

/** A port that nobody has at this moment. */
export async function freePort(): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const server = createServer();
  server.on('error', reject);
  server.listen(0, '127.0.0.1', () => {
    const { port } = server.address() as AddressInfo;
    server.close(() => {
      resolve(port);
    });
  });
  return promise;
}

const ours = (name: string): string => join(root, 'bench', name);

/** The upstream stand-in. */
export async function startUpstream(): Promise<Child> {
  return start({
    command: process.execPath,
    args: [ours('upstream.ts')],
    ready: /upstream ready http:\/\/127\.0\.0\.1:(\d+)/,
  });
}

/** The bare Node proxy in front of an upstream. */
export async function startBare(upstream: Target, port = 0): Promise<Child> {
  const args = [ours('bare-proxy.ts'), `http://127.0.0.1:${upstream.port}`, String(port)];
  return start({ command: process.execPath, args, ready: /bare ready http:\/\/127\.0\.0\.1:(\d+)/ });
}

/** How a gateway differs from the plainest one. */
export interface GatewayOptions {
  readonly upstream: Target;
  /** The virtual key that clients send. */
  readonly key: string;
  /** Holds config and ledger; may exist already. */
  readonly folder: string;
  /** The TypeScript sources instead of the build. */
  readonly source: boolean;
  readonly port?: number | undefined;
  /** So many other virtual keys and routes are configured too. */
  readonly others?: { readonly keys: number; readonly routes: number } | undefined;
  /** Masking is on, with all that comes with it. */
  readonly isMasked?: boolean | undefined;
  /** A team bundle is followed. */
  readonly bundle?: { readonly url: string; readonly trust: string } | undefined;
}

/** A key as clients send it. */
export function newKey(): string {
  return `sk-sluice-${randomBytes(24).toString('hex')}`;
}

const sha256 = (text: string): string => `sha256:${createHash('sha256').update(text).digest('hex')}`;

/** The config as JSON, which is YAML. */
function gatewayConfig(options: GatewayOptions): string {
  const base = `http://127.0.0.1:${options.upstream.port}`;
  const keys = [{ name: 'main', value: 'literal-key-123456' }];
  const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
  const others = options.others ?? { keys: 0, routes: 0 };
  return JSON.stringify({
    version: 1,
    providers: [
      { id: 'chat', kind: 'openai-compatible', base_url: `${base}/v1`, keys },
      { id: 'messages', kind: 'anthropic', base_url: base, keys },
    ],
    routes: numbers(others.routes).map((number) => ({
      alias: `other-${number}-*`,
      strategy: 'single',
      targets: [{ id: 'only', provider: 'chat', model: upstreamModel('json') }],
    })),
    virtual_keys: [
      ...numbers(others.keys).map((number) => ({ id: `other-${number}`, value: sha256(`sk-sluice-other-${number}`) })),
      { id: 'bench', value: sha256(options.key) },
    ],
    ...(options.isMasked === true ? { masking: { enabled: true } } : {}),
    ...(options.bundle === undefined ? {} : { masking: { enabled: true }, policy_bundles: [options.bundle] }),
  });
}

const gatewayReady = /sluice ready gateway=http:\/\/127\.0\.0\.1:(\d+)/;

/** The gateway, as `sluice serve` starts it. Rejects with its own words when it does not come up. */
export async function startGateway(options: GatewayOptions): Promise<Child> {
  const entry = options.source ? 'main/cli/cli.ts' : 'dist/main/cli.js';
  if (!existsSync(join(root, entry))) throw new Error(`${entry} is missing: run "npm run build"`);
  mkdirSync(options.folder, { recursive: true, mode: 0o700 });
  const config = join(options.folder, 'bench.yaml');
  if (!existsSync(config)) writeFileSync(config, gatewayConfig(options), { mode: 0o600 });
  const args = [
    entry,
    'serve',
    '--data',
    options.folder,
    '--config',
    config,
    '--port',
    String(options.port ?? 0),
    '--no-ui',
  ];
  return start({ command: process.execPath, args, ready: gatewayReady });
}

/** The nginx on this machine, if there is one. */
export function findNginx(): string | undefined {
  const found = spawnSync('nginx', ['-v'], { timeout: 5_000 });
  return found.status === 0 ? 'nginx' : undefined;
}

/** One nginx process (so that its processor time is one number): keep-alive upstream, nothing buffered, no log. */
export async function startNginx(command: string, upstream: Target, folder: string): Promise<Child> {
  const port = await freePort();
  mkdirSync(folder, { recursive: true });
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  const config = `daemon off; master_process off; pid ${folder}/nginx.pid; error_log stderr crit;
events { worker_connections 4096; }
http {
  access_log off; client_max_body_size 64m; client_body_buffer_size 4m; keepalive_requests 10000000;
  ${temporary.map((name) => `${name}_temp_path ${folder}/${name};`).join(' ')}
  upstream stand_in { server 127.0.0.1:${upstream.port}; keepalive 128; keepalive_requests 10000000; }
  server {
    listen 127.0.0.1:${port} backlog=2048;
    location / {
      proxy_pass http://stand_in; proxy_http_version 1.1; proxy_set_header Connection "";
      proxy_buffering off; proxy_request_buffering off;
    }
  }
}
`;
  const file = join(folder, 'nginx.conf');
  writeFileSync(file, config);
  return start({ command, args: ['-p', folder, '-c', file], ready: undefined, port });
}
