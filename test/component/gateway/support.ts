// A real gateway on a real socket, configured by YAML text, with what it records kept in an array.
import { createHash, randomBytes } from 'node:crypto';
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { createRandom } from '../../../main/kit/random.ts';
import { loadCatalogue } from '../../../main/config/catalogue.ts';
import { allReferences, compileConfig } from '../../../main/config/compile.ts';
import { parseConfig } from '../../../main/config/parse.ts';
import { renderProblem } from '../../../main/config/problems.ts';
import { resolveReferences } from '../../../main/config/secrets.ts';
import type { ExchangeRecord } from '../../../main/gateway/exchange.ts';
import { startGateway, type Gateway } from '../../../main/gateway/gateway.ts';
import type { GatewayPorts, Snapshot, SpendNote, SpendPort } from '../../../main/gateway/ports.ts';
import type { Host } from '../../../main/host/host.ts';
import { systemClock } from '../../../main/kit/clock.ts';
import { Secret } from '../../../main/kit/secret.ts';
import { startTelemetry } from '../../unit/telemetry/making.ts';

export const testKey = `sk-sluice-test-${randomBytes(24).toString('hex')}`;

export interface TestGateway {
  readonly gateway: Gateway;
  readonly url: string;
  readonly records: ExchangeRecord[];
  /** What was noted of money, in order. */
  readonly spent: SpendNote[];
  /** Ids of budgets that refused and asked for a raise. */
  readonly asked: string[];
  readonly logs: string[];
  /** Resolves with the record of the exchange that closes next, or that has closed already and was not taken. */
  closed(): Promise<ExchangeRecord>;
  apply(yaml: string): Promise<void>;
  stop(): Promise<void>;
}

const noSecrets: Host['secrets'] = {
  get: () => Promise.resolve({ kind: 'absent' }),
  set: () => Promise.resolve(),
  delete: () => Promise.resolve(false),
  list: () => Promise.resolve([]),
  protection: () => Promise.resolve('none'),
  keyring: () => Promise.resolve({ kind: 'key_file', name: 'none', state: 'unprotected', was: null, message: null }),
  unlock: () => Promise.resolve(),
  protect: () => Promise.resolve(),
  retry: () => Promise.resolve(),
};

const host: Host = {
  kind: 'headless',
  dataDir: '/nonexistent',
  secrets: noSecrets,
  installKey: new Secret('install-key-of-the-tests'),
  environment: () => undefined,
  randomBytes: (count) => randomBytes(count),
  notices: [],
};

/** `yaml` without `version` and the test key, which are added. */
export async function snapshotOf(yaml: string): Promise<Snapshot> {
  const digest = createHash('sha256').update(testKey).digest('hex');
  const keys = yaml.includes('virtual_keys:') ? '' : `virtual_keys:\n  - { id: test, value: "sha256:${digest}" }\n`;
  const text = `version: 1\n${keys}${yaml}`;
  const result = parseConfig(text, { file: 'test.yaml', now: 0 });
  if (!result.ok) throw new Error(result.problems.map(renderProblem).join('\n'));
  const { parsed } = result;
  const resolutions = await resolveReferences(allReferences(parsed.config), host);
  const snapshot = compileConfig({
    config: parsed.config,
    resolutions,
    files: new Map(),
    catalogue: await loadCatalogue(),
    findings: parsed.findings,
    now: 0,
    currentTime: () => Date.now(),
    timezone: 'UTC',
  });
  if (snapshot === undefined) throw new Error(parsed.findings.problems.map(renderProblem).join('\n'));
  return snapshot;
}

/** Money that nobody keeps account of. */
export const keepsNothing: SpendPort = { note: () => true, secured: () => Promise.resolve(true) };

/** `ports` replaces some of what the gateway gets from outside; `ruled` adds what bundles say to what it starts with. */
export async function startTestGateway(
  yaml: string,
  ports: Partial<GatewayPorts> = {},
  ruled: (snapshot: Snapshot) => Snapshot = (snapshot) => snapshot,
): Promise<TestGateway> {
  const records: ExchangeRecord[] = [];
  const spent: SpendNote[] = [];
  const asked: string[] = [];
  const logs: string[] = [];
  const waiting: ((record: ExchangeRecord) => void)[] = [];
  let taken = 0;
  const note = (message: string, fields?: Readonly<Record<string, unknown>>): void => {
    logs.push(`${message} ${JSON.stringify(fields ?? {})}`);
  };
  const gateway = await startGateway({
    snapshot: ruled(await snapshotOf(yaml)),
    port: 0,
    onBudgetAsk: ({ claim }) => asked.push(claim.budget.id),
    ports: {
      clock: systemClock,
      random: createRandom(),
      log: { debug: note, info: note, warn: note, error: note },
      ledger: {
        open: () => undefined,
        keepSnapshot: () => undefined,
        close(record) {
          records.push(record);
          const waiter = waiting.shift();
          if (waiter !== undefined) {
            taken++;
            waiter(record);
          }
        },
      },
      spend: {
        note(one) {
          spent.push(one);
          return true;
        },
        secured: () => Promise.resolve(true),
      },
      systemProxy: () => undefined,
      metrics: startTelemetry().telemetry,
      installKey: host.installKey,
      ...ports,
    },
  });
  return {
    gateway,
    url: gateway.urls[0] ?? '',
    records,
    spent,
    asked,
    logs,
    closed() {
      const next = records[taken];
      if (next !== undefined) {
        taken++;
        return Promise.resolve(next);
      }
      return new Promise((resolve) => waiting.push(resolve));
    },
    async apply(next) {
      gateway.apply(await snapshotOf(next));
    },
    stop: () => gateway.stop(0),
  };
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly text: string;
  readonly json: () => Record<string, unknown>;
  /** The connection broke before the answer was complete. */
  readonly torn: boolean;
}

export interface Call {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly body?: unknown;
  readonly raw?: Buffer | string;
}

/** One request over a fresh connection with exactly these headers besides key and type. */
export function send(gateway: { readonly url: string }, call: Call): Promise<Answer> {
  const body = call.raw ?? (call.body === undefined ? undefined : JSON.stringify(call.body));
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(`${gateway.url}${call.path}`, {
      method: call.method ?? (body === undefined ? 'GET' : 'POST'),
      agent: false,
      headers: {
        authorization: `Bearer ${testKey}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...call.headers,
      },
    });
    outgoing.on('error', reject);
    outgoing.on('response', (response) => {
      const pieces: Buffer[] = [];
      const finish = (torn: boolean): void => {
        const whole = Buffer.concat(pieces);
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: whole,
          text: whole.toString('utf8'),
          json: () => JSON.parse(whole.toString('utf8')) as Record<string, unknown>,
          torn,
        });
      };
      response.on('data', (piece: Buffer) => pieces.push(piece));
      response.on('end', () => {
        finish(false);
      });
      response.on('error', () => {
        finish(true);
      });
    });
    outgoing.end(body);
  });
}
