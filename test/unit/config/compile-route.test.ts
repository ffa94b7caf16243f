import { describe, expect, it } from 'vitest';
import { loadCatalogue } from '../../../main/config/catalogue.ts';
import { dial } from '../../../main/config/compile-route.ts';
import { compileConfig } from '../../../main/config/compile.ts';
import type { Route, Snapshot } from '../../../main/gateway/ports.ts';
import { good, render, surroundings } from './support.ts';

async function compile(text: string): Promise<{ snapshot: Snapshot | undefined; problems: string[] }> {
  const { config, findings } = good(text);
  const catalogue = await loadCatalogue();
  const snapshot = compileConfig({ config, resolutions: new Map(), catalogue, findings, ...surroundings });
  return { snapshot, problems: render(findings.problems) };
}

const head = 'version: 1\nproviders: [{ id: a, kind: anthropic }]\nroutes:\n';

/** Routes of a file that has these, one a line from line 4 on, the built-in ones after them. */
async function routesOf(...lines: string[]): Promise<readonly Route[]> {
  const { snapshot, problems } = await compile(head + lines.map((line) => `  - ${line}\n`).join(''));
  if (snapshot === undefined) throw new Error(problems.join('\n'));
  return snapshot.routes;
}

async function routeOf(line: string): Promise<Route> {
  const [route] = await routesOf(line);
  if (route === undefined) throw new Error('no route');
  return route;
}

describe('a route', () => {
  it('is what was written, with what is usual for the rest', async () => {
    expect(await routeOf('{ alias: smart, targets: [demo/echo] }')).toEqual({
      id: 'smart',
      alias: 'smart',
      when: undefined,
      strategy: 'fallback',
      targets: [{ kind: 'model', id: '1', providerId: 'demo', model: 'echo', weight: 1, when: undefined }],
      fallbackOn: ['error', 'timeout', 'ttft', 'rate_limited'],
      fallbackRules: [],
      maxAttempts: undefined,
      onBreak: 'fail',
      affinity: true,
      objective: dial.balanced,
      hedge: undefined,
      cache: undefined,
      origin: 'sluice.yaml, line 4',
    });
  });

  it('has every kind of target', async () => {
    const route = await routeOf(
      '{ id: r, alias: "x-*", strategy: weighted, targets: [demo/meta/llama:free, { id: b, provider: demo, model: "@requested", weight: 0 }, cheap, { id: c, alias: best, weight: 2, when: { has: [image] } }, "@requested"] }',
    );
    expect(route.targets).toEqual([
      { kind: 'model', id: '1', providerId: 'demo', model: 'meta/llama:free', weight: 1, when: undefined },
      { kind: 'model', id: 'b', providerId: 'demo', model: '@requested', weight: 0, when: undefined },
      { kind: 'alias', id: '3', alias: 'cheap', weight: 1, when: undefined },
      { kind: 'alias', id: 'c', alias: 'best', weight: 2, when: { has: ['image'] } },
      { kind: 'requested', id: '5', weight: 1, when: undefined },
    ]);
  });

  it('keeps its conditions and rules', async () => {
    const route = await routeOf(
      '{ alias: a, when: { tokens: { gt: 9 } }, targets: [demo/echo], max_attempts: 7, on_break: hold, session_affinity: { scope: none }, fallbacks: { on: [ttft, { status: 418 }, { body: "quo+ta" }, { status: 400, body: x }] } }',
    );
    expect(route).toMatchObject({
      when: { tokens: { gt: 9 } },
      maxAttempts: 7,
      onBreak: 'hold',
      affinity: false,
      fallbackOn: ['ttft'],
      fallbackRules: [
        { status: 418, body: undefined },
        { status: undefined, body: 'quo+ta' },
        { status: 400, body: 'x' },
      ],
    });
    expect((await routeOf('{ alias: a, targets: [demo/echo], session_affinity: {} }')).affinity).toBe(true);
  });

  it('hedges as it says, by default only streams without tools', async () => {
    const hedge = async (text: string): Promise<Route['hedge']> =>
      (await routeOf(`{ alias: a, targets: [demo/echo], hedge: ${text} }`)).hedge;
    expect(await hedge('{ after: p95 }')).toEqual({
      after: 'p95',
      maxExtraCost: undefined,
      streamOnly: true,
      noTools: true,
    });
    expect(await hedge('{ after: 750, max_extra_cost_usd: "0.002", only: [stream] }')).toEqual({
      after: 750,
      maxExtraCost: 2_000_000_000,
      streamOnly: true,
      noTools: false,
    });
  });

  it('caches as it says', async () => {
    const cache = async (text: string): Promise<Route['cache']> =>
      (await routeOf(`{ alias: a, targets: [demo/echo], cache: ${text} }`)).cache;
    expect(await cache('{ mode: exact }')).toEqual({
      ttlMs: 3_600_000,
      maxBytes: 67_108_864,
      deterministicOnly: false,
    });
    expect(await cache('{ mode: exact, ttl_s: 5, max_size_mb: 1, only: deterministic }')).toEqual({
      ttlMs: 5000,
      maxBytes: 1_048_576,
      deterministicOnly: true,
    });
  });

  it('weighs by a word of the dial, or by the weights that are named', async () => {
    const objective = async (text: string): Promise<Route['objective']> =>
      (await routeOf(`{ alias: a, strategy: auto, targets: [demo/echo], objective: ${text} }`)).objective;
    for (const word of ['cheap', 'balanced', 'best', 'fast'] as const)
      expect(await objective(word)).toEqual(dial[word]);
    expect(await objective('{ quality: 0.1, cost: 0.6, latency: 0.3, floor: { quality: 0.55 } }')).toEqual({
      quality: 0.1,
      cost: 0.6,
      latency: 0.3,
      qualityFloor: 0.55,
    });
    expect(await objective('{ cost: 1 }')).toEqual({ quality: 0, cost: 1, latency: 0, qualityFloor: undefined });
    expect(await objective('{ floor: { quality: 0.7 } }')).toEqual({ ...dial.balanced, qualityFloor: 0.7 });
  });
});

describe('a pattern of models', () => {
  it('is settled when the config is read', async () => {
    const [target] = (await routeOf('{ alias: s, targets: ["a/claude-sonnet-4-5*"] }')).targets;
    expect(target).toMatchObject({ kind: 'model', model: expect.stringMatching(/^claude-sonnet-4-5[^*]*$/) as string });
  });

  it('that nothing fits is a problem with its place', async () => {
    const { snapshot, problems } = await compile(`${head}  - { alias: s, targets: ["a/claude-sonet-*"] }\n`);
    expect(snapshot).toBeUndefined();
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(
      /^sluice\.yaml:4:27: no known model of provider "a" fits "claude-sonet-\*"\. Write the name of a model, such as claude-sonnet-/,
    );
    const ollama = 'version: 1\nproviders: [{ id: o, kind: ollama }]\nroutes:\n';
    expect((await compile(`${ollama}  - { alias: s, targets: [{ provider: o, model: "q*" }] }\n`)).problems).toEqual([
      'sluice.yaml:4:49: no known model of provider "o" fits "q*". Name the model, or list what there is under models of the provider.',
    ]);
  });

  it('stands for one of the list where the list is closed', async () => {
    const text = `version: 1\nproviders: [{ id: a, kind: anthropic, closed_models: true, models: [claude-3-haiku-20240307, claude-sonnet-4-5] }]\nroutes: [{ alias: s, targets: ["a/claude-*"] }]\n`;
    expect((await compile(text)).snapshot?.routes[0]?.targets).toMatchObject([{ model: 'claude-sonnet-4-5' }]);
  });
});

describe('ids of routes', () => {
  it('are the aliases, numbered where one is taken', async () => {
    const routes = await routesOf(
      '{ alias: a, when: { has: [image] }, targets: [demo/echo] }',
      '{ alias: a, when: { has: [tools] }, targets: [demo/echo] }',
      '{ id: a-2, alias: a, targets: [demo/echo] }',
      '{ alias: auto, when: { has: [tools] }, targets: [demo/echo] }',
    );
    expect(routes.map(({ id }) => id)).toEqual(['a', 'a-3', 'a-2', 'auto', 'auto-2', 'best', 'fast', 'cheap']);
  });
});

describe('the built-in aliases (RTE-01)', () => {
  it('are there from the first start, choose among all models, and differ in what they weigh', async () => {
    const { snapshot } = await compile('version: 1\n');
    expect(snapshot?.routes.map(({ alias }) => alias)).toEqual(['auto', 'best', 'fast', 'cheap']);
    for (const route of snapshot?.routes ?? []) {
      expect(route).toMatchObject({ id: route.alias, strategy: 'auto', affinity: true, origin: 'built in' });
      expect(route.targets).toEqual([{ kind: 'all', id: '1', weight: 1, when: undefined }]);
    }
    expect(new Set(snapshot?.routes.map(({ objective }) => JSON.stringify(objective))).size).toBe(4);
  });

  it('stand behind what the file says of them, or not at all where it says everything', async () => {
    const routes = await routesOf(
      '{ alias: auto, when: { has: [image] }, targets: [demo/echo] }',
      '{ alias: cheap, targets: [demo/slow] }',
      '{ alias: "*", targets: ["@requested"] }',
    );
    expect(routes.map(({ alias, origin }) => `${alias}: ${origin}`)).toEqual([
      'auto: sluice.yaml, line 4',
      'cheap: sluice.yaml, line 5',
      '*: sluice.yaml, line 6',
      ...['auto: built in', 'best: built in', 'fast: built in'],
    ]);
  });
});

describe('the routes of the documentation', () => {
  it('compile against the providers they name', async () => {
    const { snapshot, problems } = await compile(`version: 1
providers:
  - { id: anthropic, kind: anthropic }
  - { id: openai, kind: openai }
  - { id: gemini, kind: gemini }
  - { id: ollama, kind: ollama, models: [qwen3] }
routes:
  - id: big-context
    alias: auto
    when: { tokens: { gt: 180000 } }
    strategy: fallback
    targets: ["gemini/*-pro", "openai/gpt-4.1*"]
  - id: agents
    alias: auto
    when: { all: [{ client: [claude-code, codex, opencode] }, { has: [tools] }] }
    strategy: fallback
    targets: [{ id: a, provider: anthropic, model: "claude-sonnet-*" }, { id: b, provider: openai, model: gpt-5 }]
    fallbacks: { on: [error, timeout, ttft, rate_limited] }
    session_affinity: { scope: session }
  - id: short-chat
    alias: auto
    when: { all: [{ tokens: { lt: 4000 } }, { not: { has: [tools] } }] }
    strategy: lowest_cost
    targets: ["anthropic/claude-haiku-*", "gemini/*-flash*", "ollama/*"]
  - id: scored
    alias: auto
    strategy: auto
    objective: { quality: 0.1, cost: 0.6, latency: 0.3, floor: { quality: 0.55 } }
    targets: [anthropic/claude-sonnet-4-5, openai/gpt-5-mini]
  - id: default
    alias: "*"
    targets: ["@requested"]
`);
    expect(problems).toEqual([]);
    const own = snapshot?.routes.filter(({ origin }) => origin !== 'built in') ?? [];
    expect(own.map(({ id, origin }) => `${id}: ${origin}`)).toEqual([
      ...['big-context: sluice.yaml, line 8', 'agents: sluice.yaml, line 13', 'short-chat: sluice.yaml, line 20'],
      ...['scored: sluice.yaml, line 25', 'default: sluice.yaml, line 30'],
    ]);
    const models = own.flatMap(({ targets }) => targets.flatMap((one) => (one.kind === 'model' ? one.model : [])));
    expect(models).toHaveLength(9);
    expect(models.join()).not.toContain('*');
    expect(models).toContain('qwen3');
    expect(snapshot?.routes.slice(own.length).map(({ alias }) => alias)).toEqual(['best', 'fast', 'cheap']);
  });
});
