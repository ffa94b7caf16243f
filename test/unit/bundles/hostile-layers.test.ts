// Bundles against each other: what somebody follows besides never takes away what another one forbids (BND-01).

import { describe, expect, it } from 'vitest';
import { createGatewayTools } from '../../../main/decide.ts';
import type { TrialOutcome } from '../../../main/bundles/types.ts';
import type { Snapshot } from '../../../main/gateway/ports.ts';
import { bundleOf, run, setOf, type Saying } from './merge-support.ts';

const tools = createGatewayTools();
const key = ['sk', 'abcdefgh12345678'].join('-');
const vendors = `providers:\n  - { id: openai, kind: openai, keys: [{ name: main, value: "${key}" }] }\n`;

interface Asked {
  readonly model: string;
  readonly text?: string;
  readonly say?: string;
}

async function snapshotOf(text: string, sayings: readonly Saying[]): Promise<Snapshot> {
  const { problems, snapshot } = await run(setOf(`version: 1\n${text}`, sayings.map(bundleOf)));
  if (snapshot === undefined) throw new Error(problems.join('\n'));
  return snapshot;
}

async function decide({ model, text = '', say = 'hi' }: Asked, ...sayings: readonly Saying[]): Promise<TrialOutcome> {
  const none = { headers: {}, client: undefined, metadata: {}, inputTokens: undefined, spent: new Map() };
  const body = { model, messages: [{ role: 'user', content: say }], max_tokens: 1_000 };
  const at = Date.UTC(2026, 11, 1);
  return await tools.decide(await snapshotOf(text, sayings), { path: '/v1/chat/completions', body, at, ...none });
}

const managed = (enforced: unknown): Saying => ({ layer: 'mdm', enforced });
/** What anybody can write and follow. */
const besides = (more: Saying): Saying => ({ id: 'mine', version: 1, ...more });
const defining = (definition: Record<string, unknown>, id = 'mine'): Record<string, unknown> => ({
  providers: { define: { [id]: { models: ['gpt-5'], ...definition } } },
});
const elsewhere = { kind: 'openai-compatible', base_url: 'https://thief.example/v1' };

describe.each([
  ['unsigned', (says: unknown) => besides({ defaults: says, defaultsOnly: true })],
  ['of a lower layer', (says: unknown) => besides({ layer: 'team', enforced: says })],
  ['of somebody else', (says: unknown) => besides({ layer: 'org', enforced: says })],
])('a bundle that is %s', (_, weaker) => {
  it('defines no other name for a vendor that is denied', async () => {
    const rule = managed({ providers: { deny: ['openai'] } });
    const outcome = await decide({ model: 'mine/gpt-5' }, rule, weaker(defining({ kind: 'openai' })));
    expect(outcome).toMatchObject({ decision: 'deny', rule: 'acme-core@12:/providers/deny' });
  });

  it('puts nobody in the place of a vendor that is allowed', async () => {
    const rule = managed({ providers: { allow: ['openai'] } });
    const outcome = await decide({ model: 'openai/gpt-5' }, rule, weaker(defining(elsewhere, 'openai')));
    expect(outcome).toMatchObject({ decision: 'deny', rule: 'acme-core@12:/providers/allow' });
    expect(outcome.message).toContain('is called like a vendor');
  });

  it('vouches for nobody', async () => {
    const rule = managed({ models: { require: { 'data_policy.training': false, region: ['eu'] } } });
    const vouched = { ...elsewhere, region: 'eu', data_policy: { training: false } };
    const outcome = await decide({ model: 'mine/gpt-5' }, rule, weaker(defining(vouched)));
    expect(outcome).toMatchObject({ decision: 'deny', rule: 'acme-core@12:/models/require/data_policy.training' });
  });

  it('lends nobody the name of whom masking leaves out', async () => {
    const masking = { patterns: [{ id: 'employee', pattern: 'E-[0-9]{6}' }], exclude: { providers: ['olla*'] } };
    const asked = { model: 'ollama/gpt-5', say: 'E-123456' };
    const outcome = await decide(asked, managed({ masking }), weaker(defining(elsewhere, 'ollama')));
    expect(outcome.decision).toBe('allow');
    expect(outcome.sent).not.toContain('E-123456');
    const local = { kind: 'ollama', base_url: 'http://127.0.0.1:11434' };
    expect((await decide(asked, managed({ masking }), weaker(defining(local, 'ollama')))).sent).toContain('E-123456');
  });

  it('hides nothing from what a budget or a limit counts', async () => {
    const rule = managed({
      budgets: [{ id: 'day', scope: 'provider', match: 'openai', limit_usd: '0.000001', period: 'day' }],
      rate_limits: [{ id: 'minute', scope: 'provider', match: 'openai', rpm: 1 }],
    });
    const says = weaker(defining({ kind: 'openai' }));
    expect(await decide({ model: 'mine/gpt-5' }, rule, says)).toMatchObject({ decision: 'deny' });
    const { rateLimits } = await snapshotOf('', [rule, says]);
    expect(rateLimits[0]?.vendors?.get('mine')).toBe('openai');
  });

  it('makes nothing cheaper than it is where a budget holds', async () => {
    const rule = managed({ budgets: [{ id: 'day', scope: 'global', limit_usd: '0.001', period: 'day' }] });
    const free = { pricing: [{ model: 'openai/gpt-5', input: '0', output: '0' }] };
    const asked = { model: 'openai/gpt-5', text: vendors };
    expect(await decide(asked, rule)).toMatchObject({ decision: 'deny' });
    expect(await decide(asked, rule, weaker(free))).toMatchObject({ decision: 'deny' });
  });

  it('leaves on what another one switched on', async () => {
    const masking = { enabled: true, detectors: [{ id: 'email' }], terms: ['Falcon'] };
    const off = {
      masking: {
        detectors: [
          { id: 'email', mode: 'off' },
          { id: 'terms', mode: 'off' },
        ],
        exclude: { providers: ['*'], clients: ['*'] },
        on_failure: 'warn',
      },
    };
    const asked = { model: 'openai/gpt-5', text: vendors, say: 'bob@example.com knows Falcon' };
    const { decision, sent } = await decide(asked, managed({ masking }), weaker(off));
    expect(decision).toBe('allow');
    expect(sent).not.toMatch(/bob@|Falcon/);
  });
});

describe('what a bundle says of a provider', () => {
  const vouched = { ...elsewhere, region: 'eu', data_policy: { training: false } };
  const requiring = { models: { require: { 'data_policy.training': false, region: ['eu'] } } };
  const named = { ...defining(vouched), ...requiring };

  it.each([
    [
      'its own rules, whatever others say',
      [managed({ providers: { deny: ['bedrock'] } }), besides({ enforced: named })],
    ],
    [
      'the rules of lower layers',
      [
        besides({ layer: 'org', enforced: defining(vouched) }),
        besides({ id: 'low', layer: 'team', enforced: requiring }),
      ],
    ],
    ['whatever else is prescribed', [managed(requiring), besides({ layer: 'mdm', enforced: defining(vouched) })]],
  ] satisfies (readonly [string, Saying[]])[])('counts for %s', async (_, sayings) => {
    expect(await decide({ model: 'mine/gpt-5' }, ...sayings)).toMatchObject({ decision: 'allow' });
  });

  it('counts for other bundles of its publisher', async () => {
    const bundles = [besides({ id: 'low', enforced: requiring }), besides({ enforced: defining(vouched) })].map(
      bundleOf,
    );
    const from = (fingerprints: readonly string[]): ReturnType<typeof bundleOf>[] =>
      bundles.map((one, index) => ({
        ...one,
        bundle: { ...one.bundle, fingerprint: fingerprints[index], signers: [`key ${String(index)}`] },
      }));
    const lacks = async (fingerprints: readonly string[]): Promise<readonly string[]> => {
      const { snapshot } = await run(setOf('version: 1\n', from(fingerprints)));
      return snapshot?.policy?.requires.flatMap(({ distrusts = [] }) => distrusts) ?? ['nothing runs'];
    };
    expect(await lacks(['same', 'same'])).toEqual([]);
    expect(await lacks(['one', 'other'])).toEqual(['mine', 'mine']);
  });

  it('makes prices that count for its own budgets', async () => {
    const pricing = [{ model: 'openai/gpt-5', input: '0', output: '0' }];
    const budgets = [{ id: 'day', scope: 'global', limit_usd: '0.001', period: 'day' }];
    const asked = { model: 'openai/gpt-5', text: vendors };
    expect(await decide(asked, besides({ enforced: { budgets }, defaults: { pricing } }))).toMatchObject({
      decision: 'allow',
    });
  });
});
