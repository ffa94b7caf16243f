// Three simulated providers behind one gateway with short clocks, and all that is written down of what passes.
import { createRandom } from '../../../../main/kit/random.ts';
import type { ExchangeRecord } from '../../../../main/gateway/exchange.ts';
import { startGateway, type Gateway } from '../../../../main/gateway/gateway.ts';
import type { LedgerPort, LogPort } from '../../../../main/gateway/ports.ts';
import type { Decision } from '../../../../main/gateway/routing/decision.ts';
import type { HealthChange } from '../../../../main/gateway/routing/health.ts';
import { systemClock } from '../../../../main/kit/clock.ts';
import { Secret } from '../../../../main/kit/secret.ts';
import { keepsNothing, snapshotOf } from '../support.ts';
import { providerNames, type ProviderName } from './answers.ts';
import { startProvider, type ChaosProvider, type ProviderRules } from './provider.ts';

export interface RouteFacts {
  /** What clients ask for. */
  readonly model: string;
  readonly targets: readonly ProviderName[];
  /** Attempts at most. */
  readonly limit: number;
  /** All providers say the same, so that one can go on where another broke off. */
  readonly alike: boolean;
  readonly hedges: boolean;
  /** Nothing reaches the client before the answer is whole. */
  readonly holds: boolean;
  readonly weight: number;
}

interface RouteSpec {
  readonly alias: string;
  readonly targets: readonly ProviderName[];
  readonly settings: string;
  readonly weight: number;
}

/** Each has models of its own, so that what rests for one route does not rest for the others. */
const routeSpecs: readonly RouteSpec[] = [
  { alias: 'chain', targets: ['a', 'b', 'c'], settings: 'strategy: fallback', weight: 24 },
  { alias: 'lots', targets: ['a', 'b', 'c'], settings: 'strategy: weighted', weight: 20 },
  {
    alias: 'onward',
    targets: ['a', 'b', 'c'],
    settings: 'strategy: weighted, on_break: continue, max_attempts: 4',
    weight: 20,
  },
  { alias: 'held', targets: ['c', 'a', 'b'], settings: 'on_break: hold', weight: 12 },
  { alias: 'beside', targets: ['b', 'a', 'c'], settings: 'hedge: { after: 30 }', weight: 10 },
  // Provider `a` fails four of five requests for its models here.
  {
    alias: 'stormy',
    targets: ['a', 'c'],
    settings: 'fallbacks: { on: [error, timeout, ttft, rate_limited, context_window] }',
    weight: 8,
  },
];

const modelPrefixes: Readonly<Record<ProviderName, string>> = { a: 'open', b: 'claude-sonnet-4-5', c: 'gem' };

const modelFor = (name: ProviderName, alias: string): string => `${modelPrefixes[name]}-${alias}`;

export const routes: readonly [RouteFacts, ...RouteFacts[]] = [
  // A target that is named outright: no fallback, and tries at one place only.
  {
    model: `c/${modelFor('c', 'alone')}`,
    targets: ['c'],
    limit: 3,
    alike: false,
    hedges: false,
    holds: false,
    weight: 6,
  },
  ...routeSpecs.map(({ alias, targets, settings, weight }) => ({
    ...{ model: alias, targets, weight },
    limit: settings.includes('max_attempts: 4') ? 4 : 3,
    alike: settings.includes('continue'),
    hedges: settings.includes('hedge'),
    holds: settings.includes('hold'),
  })),
];

const kinds: Readonly<Record<ProviderName, string>> = { a: 'openai-compatible', b: 'anthropic', c: 'gemini' };

function providerYaml({ name, url, keys }: ChaosProvider): string {
  const credentials = keys.map((value, index) => `{ name: k${String(index)}, value: ${value} }`).join(', ');
  return `
  - id: ${name}
    kind: ${kinds[name]}
    base_url: ${url}${name === 'a' ? '/v1' : ''}
    local: true
    keys: [${credentials}]
    timeouts: { connect_ms: 500, ttft_ms: 150, idle_ms: 150, total_ms: 3000 }
    retry: { attempts: 2, backoff_ms: 1 }`;
}

function yamlFor(providers: readonly ChaosProvider[]): string {
  const entries = routeSpecs.map(
    ({ alias, targets, settings }) =>
      `  - { alias: ${alias}, targets: [${targets.map((name) => `${name}/${modelFor(name, alias)}`).join(', ')}], ${settings} }`,
  );
  return `
providers:${providers.map(providerYaml).join('')}
pricing: [{ model: "*", input: "2.00", output: "8.00" }]
routes:
${entries.join('\n')}
`;
}

/** What the ledger was told, and what it must never be told. */
export class WatchedLedger implements LedgerPort {
  readonly closed: ExchangeRecord[] = [];
  readonly complaints: string[] = [];
  /** Of one exchange in fifty: what it was decided by, to be derived again. */
  readonly decisions: { readonly snapshotId: string; readonly decision: Decision | undefined }[] = [];
  readonly snapshots = new Map<string, unknown>();
  readonly #open = new Set<string>();
  readonly #all = new Set<string>();

  get openCount(): number {
    return this.#open.size;
  }

  open({ requestId }: ExchangeRecord): void {
    if (this.#all.has(requestId)) this.complaints.push(`${requestId} was opened twice`);
    this.#all.add(requestId);
    this.#open.add(requestId);
  }

  close(record: ExchangeRecord): void {
    if (!this.#open.delete(record.requestId))
      this.complaints.push(`${record.requestId} was closed twice, or never opened`);
    // As it stands now: nothing may change it later.
    this.closed.push(structuredClone({ ...record, decision: undefined }));
    if (this.closed.length % 50 === 0) this.decisions.push(structuredClone(record));
  }

  keepSnapshot(id: string, body: () => unknown): void {
    this.snapshots.set(id, JSON.parse(JSON.stringify(body())));
  }
}

export interface ChaosRig {
  readonly gateway: Gateway;
  readonly url: string;
  readonly providers: readonly ChaosProvider[];
  readonly ledger: WatchedLedger;
  readonly healthChanges: readonly HealthChange[];
  /** Errors in the log: none of the chaos is one of ours. */
  readonly logged: readonly string[];
  /** The same configuration, read anew. */
  applyAgain(): Promise<void>;
}

export async function startChaos(rules: ProviderRules): Promise<ChaosRig> {
  const providers = await Promise.all(providerNames.map((name) => startProvider(name, rules)));
  const ledger = new WatchedLedger();
  const healthChanges: HealthChange[] = [];
  const logged: string[] = [];
  const quiet = (): void => undefined;
  const log: LogPort = {
    ...{ debug: quiet, info: quiet, warn: quiet },
    error: (message, fields) => logged.push(`${message} ${JSON.stringify(fields)}`),
  };
  const gateway = await startGateway({
    snapshot: await snapshotOf(yamlFor(providers)),
    port: 0,
    onHealth: (change) => healthChanges.push(change),
    ports: {
      ...{ clock: systemClock, random: createRandom(), ledger, log, systemProxy: () => undefined },
      spend: keepsNothing,
      installKey: new Secret('install-key-of-the-chaos'),
    },
  });
  return {
    ...{ gateway, providers, ledger, healthChanges, logged },
    url: gateway.urls[0] ?? '',
    applyAgain: async () => {
      gateway.apply(await snapshotOf(yamlFor(providers)));
    },
  };
}
