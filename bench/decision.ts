/** Measures how long a route takes to be decided, inside this process: no socket, no child, no other contender. */
import { JsonDocument } from '../main/gateway/dialects/document.ts';
import { clientDialectById } from '../main/gateway/dialect-registry.ts';
import type { Snapshot } from '../main/gateway/ports.ts';
import { createFacts } from '../main/gateway/routing/facts.ts';
import { HealthBook } from '../main/gateway/routing/health.ts';
import { route } from '../main/gateway/routing/router.ts';
import { systemClock } from '../main/kit/clock.ts';
import { snapshotOf } from '../test/component/gateway/support.ts';
import type { Figures, RowResult } from './results.ts';
import { decisionRow } from './rows.ts';

const targets = 200;
const rules = 100;
const modelsEach = 20;
/** Decisions before the first that counts: by then the code is compiled. */
const warmUp = 3_000;

/** Many vendors with many models each, and rules that all look at the request before the last one takes it. */
async function snapshotToDecide(): Promise<Snapshot> {
  const providers = Array.from({ length: targets / modelsEach }, (_, at) => {
    const models = Array.from(
      { length: modelsEach },
      (_item, model) =>
        `{ id: m${model}, context_window: 200000, tools: true, inputs: [text, image], pricing: { input: "${1 + model}", output: "${5 + at}" } }`,
    );
    return `  - { id: p${at}, kind: openai-compatible, base_url: "https://p${at}.test/v1", keys: [{ name: main, value: sk-of-the-bench }], models: [${models.join(', ')}] }`;
  });
  const conditions = Array.from({ length: rules - 1 }, (_, at) =>
    [
      `{ all: [{ client: [nobody-${at}, "x-*"] }, { tokens: { gt: ${at} } }] }`,
      `{ any: [{ tokens: { gt: ${1_000_000 + at} } }, { tag: { team: [team-${at}] } }] }`,
      `{ all: [{ has: [tools] }, { not: { has: [tools] } }] }`,
      `{ text: { pattern: "(?i)project\\\\s+number${at % 5}", in: [user] } }`,
    ].at(at % 4),
  );
  const passed = conditions.map((when, at) => `  - { id: r${at}, alias: any, when: ${when ?? ''}, targets: [p0/m0] }`);
  const all = Array.from({ length: targets }, (_, at) => `p${Math.floor(at / modelsEach)}/m${at % modelsEach}`);
  const last = `  - { id: last, alias: any, strategy: auto, objective: { cost: 0.6, latency: 0.4 }, targets: [${all.join(', ')}] }`;
  return snapshotOf(['providers:', ...providers, 'routes:', ...passed, last].join('\n'));
}

/** Every target has been asked and has answered, so that there is something to weigh. */
function measuredHealth(snapshot: Snapshot): HealthBook {
  const health = new HealthBook({ clock: systemClock });
  health.apply(snapshot.providers);
  for (const provider of snapshot.providers.values()) {
    let at = 0;
    for (const model of provider.models.keys()) {
      at += 1;
      for (let call = 0; call < 10; call++) {
        health.begin({ provider, model, credential: 'main' })({
          ...{ kind: 'answered', ttftMs: 200 + at, durationMs: 2_000 + at },
          ...{ inputTokens: 1_000, outputTokens: 300 + at },
        });
      }
    }
  }
  return health;
}

const body = Buffer.from(
  JSON.stringify({
    model: 'any',
    messages: [
      { role: 'system', content: 'You help with the work of a small workshop.' },
      { role: 'user', content: 'What did we order last week, and from whom? '.repeat(18) },
    ],
    tools: [{ type: 'function', function: { name: 'orders', parameters: { type: 'object', properties: {} } } }],
  }),
);

/** One decision, from a request that is read to its plan: facts are asked for on the way, tokens are estimated. */
function decide(snapshot: Snapshot, health: HealthBook, draw: number): number {
  const dialect = clientDialectById('openai-chat');
  const document = JsonDocument.read(body);
  const { model } = dialect.readFacts(document);
  const startedAt = performance.now();
  const facts = createFacts({
    ...{ body, survey: dialect.survey(document), surface: 'chat', model, stream: false, client: 'bench' },
    ...{ keyMetadata: { team: 'bench' }, headers: {}, at: 1_800_000_000_000, bytesPerToken: 4 },
  });
  const { targets: planned } = route({
    ...{ snapshot, facts, health: health.view(), draw },
    session: {
      ...{ providerId: 'p3', model: 'm3', credential: 'main' },
      ...{ cachedTokens: 150, cacheLeftMs: 200_000, turns: 4, expectedTurns: 6 },
    },
    ...{ denialOf: () => undefined, serves: () => true },
    principal: { key: 'bench', allowedModels: ['*'], deniedModels: [], operation: 'generate', family: 'openai' },
  });
  const tookMs = performance.now() - startedAt;
  if (planned.length !== targets) throw new Error(`the plan has ${planned.length} targets, not ${targets}`);
  return tookMs;
}

function round(snapshot: Snapshot, health: HealthBook, count: number): Figures {
  const took = Array.from({ length: count }, (_, at) => decide(snapshot, health, (at % 100) / 100)).sort(
    (a, b) => a - b,
  );
  const at = (share: number): number => took[Math.floor(took.length * share)] ?? Number.NaN;
  return { p50Ms: at(0.5), p99Ms: at(0.99) };
}

/** The row about decisions. It fails when a decision comes out wrong. */
export async function measureDecisions(effort: {
  readonly rounds: number;
  readonly loopMs: number;
}): Promise<RowResult> {
  const row = { id: decisionRow.id, title: decisionRow.title, shown: decisionRow.shown, per: 'request' } as const;
  try {
    const snapshot = await snapshotToDecide();
    const health = measuredHealth(snapshot);
    round(snapshot, health, warmUp);
    // About as long as a row of the others takes.
    const count = Math.max(1_000, effort.loopMs * 2);
    const rounds = Array.from({ length: effort.rounds }, () => round(snapshot, health, count));
    return { ...row, rounds: new Map([['sluice', rounds]]), problems: new Map() };
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    return { ...row, rounds: new Map(), problems: new Map([['sluice', problem]]) };
  }
}
