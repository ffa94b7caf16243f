// The engine of decisions as a pure function: what a request would come to, at a moment, with so much spent.
import { describe, expect, it } from 'vitest';
import { loadCatalogue } from '../../../main/config/catalogue.ts';
import { allReferences, compileConfig } from '../../../main/config/compile.ts';
import { createGatewayTools } from '../../../main/decide.ts';
import type { Snapshot } from '../../../main/gateway/ports.ts';
import { Secret } from '../../../main/kit/secret.ts';
import type { TrialOutcome, TrialRequest } from '../../../shared/domain/trial.ts';
import { good, surroundings } from '../config/support.ts';

const catalogue = await loadCatalogue();
const tools = createGatewayTools();
const { decide } = tools;
/** Three in the afternoon of Berlin's 1 December 2026. */
const at = Date.UTC(2026, 11, 1, 14);
const dollar = 1_000_000_000_000n;

const providers = `
providers:
  - { id: openai, kind: openai, keys: [{ value: env:A_KEY }] }
  - { id: anthropic, kind: anthropic, keys: [{ value: env:A_KEY }] }
`;

function compile(text: string): Snapshot {
  const { config, findings } = good(`version: 1\n${providers}${text}\n`);
  const resolutions = new Map(
    allReferences(config).map((one) => [one, { kind: 'found', value: new Secret('a stand-in of a test') } as const]),
  );
  const snapshot = compileConfig({ config, resolutions, catalogue, findings, ...surroundings });
  if (snapshot === undefined) throw new Error('not compiled');
  return snapshot;
}

const asked = (body: Readonly<Record<string, unknown>>, more: Partial<TrialRequest> = {}): TrialRequest => ({
  ...{ path: '/v1/chat/completions', headers: { 'content-type': 'application/json' }, client: undefined, metadata: {} },
  body: { model: 'openai/gpt-5.2', max_tokens: 100, messages: [{ role: 'user', content: 'hi' }], ...body },
  ...{ inputTokens: undefined, at, spent: new Map(), ...more },
});

const outcome = (text: string, request: TrialRequest): Promise<TrialOutcome> => decide(compile(text), request);

describe('a request that may be asked', () => {
  it('goes where it would be sent, in the words of its target', async () => {
    const found = await outcome('', asked({ model: 'anthropic/claude-haiku-4-5' }));
    expect(found).toMatchObject({ decision: 'allow', status: 200, target: 'anthropic/claude-haiku-4-5', losses: [] });
    expect(JSON.parse(found.sent)).toMatchObject({ model: 'claude-haiku-4-5', max_tokens: 100 });
  });

  it('tells its route, and what an answer loses by a limit', async () => {
    const text = `
routes: [{ id: house, alias: smart, targets: [openai/gpt-5.2] }]
models: { max_output_tokens: 50 }`;
    const found = await outcome(text, asked({ model: 'smart' }));
    expect(found).toMatchObject({ route: 'house', target: 'openai/gpt-5.2' });
    expect(found.losses.join()).toMatch(/clipped to 50/);
    expect(found.hit).toEqual(['route:house', 'config:/models/max_output_tokens']);
  });

  it('is masked as it would be, on every machine the same', async () => {
    const text = 'masking: { enabled: true, detectors: [email] }';
    const request = asked({ messages: [{ role: 'user', content: 'to dora.keller@kestrel-logistics.com' }] });
    const [one, other] = [await outcome(text, request), await outcome(text, request)];
    expect(one.masked).toEqual([{ rule: 'email', count: 1 }]);
    expect(one.sent).not.toContain('dora.keller');
    expect(other).toEqual(one);
  });
});

describe('a request that may not be asked is refused with what decided', () => {
  it.each([
    ['an access rule', 'models: { deny: ["openai/*"] }', 'admit.model_denied', 'config:/models/deny'],
    ['the firewall', 'firewall: [{ id: hello, pattern: hi, action: block }]', 'admit.firewall_blocked', 'hello'],
    [
      'the size of what it says',
      'models: { max_context_tokens: 500 }',
      'admit.context_denied',
      'config:/models/max_context_tokens',
    ],
    ['a tool', 'tools: { deny: ["shell*"] }', 'admit.tool_denied', 'config:/tools'],
  ])('by %s', async (_, text, code, rule) => {
    const tools = [{ type: 'function', function: { name: 'shell_exec' } }];
    const found = await outcome(text, asked({ tools }, { inputTokens: 1_000 }));
    expect(found).toMatchObject({ decision: 'deny', status: 403, code, sent: '', target: undefined });
    expect(found.rule).toMatch(rule);
  });

  it('also for what cannot be read, or nobody knows', async () => {
    expect(await outcome('', asked({ model: 7 }))).toMatchObject({
      decision: 'deny',
      status: 400,
      code: 'read.invalid_field',
    });
    expect(await outcome('', asked({ model: 'nobody-knows-it' }))).toMatchObject({
      status: 404,
      code: 'route.model_not_found',
    });
    expect(await outcome('', asked({}, { path: '/v9' }))).toMatchObject({ status: 404, code: 'identify.unknown_path' });
  });

  it('by the rules of the key it comes with, and of its labels', async () => {
    const text = `
virtual_keys: [{ id: ide, value: "sha256:${'0'.repeat(64)}", denied_models: ["openai/*"] }]
budgets: [{ id: ann, scope: user, match: ann, limit_usd: "1", period: day }]`;
    expect(await outcome(text, asked({}, { key: 'ide' }))).toMatchObject({
      code: 'admit.model_denied',
      rule: 'key:ide',
    });
    const broke = { spent: new Map([['ann', dollar]]), metadata: { user: 'ann' } };
    expect(await outcome(text, asked({}, broke))).toMatchObject({ code: 'admit.budget_exhausted', rule: 'ann' });
    expect(await outcome(text, asked({}, { ...broke, metadata: { user: 'bob' } }))).toMatchObject({
      decision: 'allow',
    });
  });
});

describe('budgets', () => {
  const budget = (action: string, scope = 'global', more = ''): string =>
    `budgets: [{ id: house, scope: ${scope}, limit_usd: "1", period: day, action: "${action}"${more} }]`;
  const spent = (amount: bigint): Partial<TrialRequest> => ({ spent: new Map([['house', amount]]) });

  it.each(['reject', 'ask'])('with the action %s refuse once they are used up', async (action) => {
    expect(await outcome(budget(action), asked({}, spent(dollar)))).toMatchObject({ status: 429, rule: 'house' });
    expect(await outcome(budget(action), asked({}, spent(0n)))).toMatchObject({ decision: 'allow' });
  });

  it('that only tell refuse nothing', async () => {
    expect(await outcome(budget('alert'), asked({}, spent(2n * dollar)))).toMatchObject({ decision: 'allow' });
  });

  it.each(['provider', 'model', 'client', 'session', 'key'])('of each %s know what it spent', async (scope) => {
    expect(await outcome(budget('reject', scope), asked({}, spent(dollar)))).toMatchObject({ rule: 'house' });
  });

  it('send what no longer fits to their alias, by the size that was told', async () => {
    const text = `
routes: [{ id: cheap, alias: cheap, targets: [anthropic/claude-haiku-4-5] }]
${budget('downgrade:cheap')}`;
    const left = spent((dollar * 9n) / 10n);
    const big = asked({ model: 'anthropic/claude-opus-4-5', max_tokens: 3_000 }, { ...left, inputTokens: 10_000 });
    expect(await outcome(text, big)).toMatchObject({
      ...{ decision: 'allow', target: 'anthropic/claude-haiku-4-5', route: 'cheap' },
      because: 'budget:house -> downgrade:cheap',
    });
    expect(await outcome(text, { ...big, inputTokens: 10 })).toMatchObject({
      because: '',
      target: 'anthropic/claude-opus-4-5',
    });
  });

  it('keep nothing of a request for the next one', async () => {
    const snapshot = compile(budget('reject'));
    const request = asked({ max_tokens: 40_000 }, spent(dollar / 4n));
    const first = await decide(snapshot, request);
    expect(first.decision).toBe('allow');
    for (let more = 0; more < 3; more++) expect(await decide(snapshot, request)).toEqual(first);
  });
});

describe('a size that was told', () => {
  it.each([1, 40, 5_000])('of %i tokens is the size of the input, whatever the body holds', async (inputTokens) => {
    const limit = (tokens: number): string => `models: { max_context_tokens: ${tokens} }`;
    const request = asked({ messages: [{ role: 'user', content: 'word '.repeat(200) }] }, { inputTokens });
    expect(await outcome(limit(inputTokens), request)).toMatchObject({ decision: 'allow' });
    const found = await outcome(limit(inputTokens), { ...request, inputTokens: inputTokens + 1 });
    expect(found.code).toBe('admit.context_denied');
  });

  it('leaves no trace in what is sent', async () => {
    const request = asked({});
    const told = await outcome('', { ...request, inputTokens: 100_000 });
    expect(told.sent).toBe((await outcome('', request)).sent);
  });
});

describe('secrets', () => {
  it('are found in a text with where they are and what they are, and never repeated', () => {
    const secret = `${'AK'}${'IA'}QWERTYUIOPASDFGH`;
    const text = JSON.stringify({ headers: { 'x-thing': secret } }, undefined, 1);
    const [found, ...more] = tools.findSecrets(text);
    expect(text.slice(found?.start, found?.end)).toBe(secret);
    expect(Object.keys(found ?? {})).toEqual(['start', 'end', 'what']);
    expect(found?.what).toBe('aws_access_key_id');
    expect(more).toEqual([]);
  });

  it('are not seen in what bundles usually hold', () => {
    const text = JSON.stringify({
      models: { deny: ['*/*-preview*'] },
      contact: { url: 'https://wiki.acme.example/llm' },
    });
    expect(tools.findSecrets(text)).toEqual([]);
  });
});
