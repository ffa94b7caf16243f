// A decision about a real request, kept and derived again: facts, health and configuration as they were then.
import { beforeAll, describe, expect, it } from 'vitest';
import { clientDialectById } from '../../../../main/gateway/dialect-registry.ts';
import { JsonDocument } from '../../../../main/gateway/dialects/document.ts';
import type { Snapshot } from '../../../../main/gateway/ports.ts';
import type { RouteFacts } from '../../../../main/gateway/routing/decision.ts';
import { createFacts } from '../../../../main/gateway/routing/facts.ts';
import { rederive } from '../../../../main/gateway/routing/replay.ts';
import { route, type RouteInput, type Routing } from '../../../../main/gateway/routing/router.ts';
import { freezeRouting, thawRouting } from '../../../../main/gateway/routing/routing-snapshot.ts';
import { snapshotOf } from '../../../component/gateway/support.ts';
import { healthOf, inputOf, measured, sessionAt } from './making.ts';

const config = `
providers:
  - { id: openai, kind: openai, keys: [{ name: one, value: sk-literal-123456 }, { name: two, value: sk-literal-654321 }] }
  - { id: anthropic, kind: anthropic, keys: [{ name: main, value: sk-ant-literal-123456 }] }
  - { id: gemini, kind: gemini, keys: [{ name: main, value: "env:NOT_SET_ANYWHERE" }] }
routes:
  - { id: secret, alias: work, when: { text: { pattern: "(?i)project\\\\s+falcon", in: [user] } }, targets: [anthropic/claude-sonnet-4-5] }
  - { id: team, alias: work, when: { tag: { team: [platform] } }, strategy: lowest_cost, targets: ["openai/gpt-5*", "anthropic/claude-haiku-*"] }
  - { id: talk, alias: work, when: { lang: [de] }, strategy: weighted, targets: [openai/gpt-5, anthropic/claude-sonnet-4-5] }
  - { id: rest, alias: work, strategy: lowest_latency, targets: [gemini/gemini-2.5-pro, auto] }
`;

let snapshot: Snapshot;

beforeAll(async () => {
  snapshot = await snapshotOf(config);
});

function factsOf(text: string, headers: Readonly<Record<string, string>> = {}): RouteFacts {
  const messages = [{ role: 'user', content: text }];
  const body = Buffer.from(JSON.stringify({ model: 'work', messages, max_tokens: 500, user: 'somebody' }));
  const document = JsonDocument.read(body);
  return createFacts({
    ...{ body, survey: clientDialectById('openai-chat').survey(document), surface: 'chat', model: 'work' },
    ...{ stream: false, client: 'ide', keyMetadata: {}, headers, at: 1_800_000_000_000, bytesPerToken: 4 },
  });
}

const health = healthOf({
  targets: {
    'openai/gpt-5': { ...measured(420.5, 61.25), running: 2 },
    'anthropic/claude-sonnet-4-5': { state: 'open', why: '3 connections failed', waitMs: 4_000 },
  },
  outputs: { 'openai/gpt-5': 311.7 },
});

function again(found: Routing, input: RouteInput): Routing {
  const kept = JSON.parse(JSON.stringify(found.decision)) as Routing['decision'];
  const frozen: unknown = JSON.parse(JSON.stringify(freezeRouting(snapshot)));
  return rederive(kept, thawRouting(frozen), { denialOf: input.denialOf, serves: input.serves });
}

describe('a decision about a real request', () => {
  it.each([
    ['team', 'Write a test.', { 'x-sluice-tag-team': 'platform' }],
    ['talk', 'Wie backe ich ein gutes Brot, das auch nach drei Tagen noch schmeckt?', {}],
    ['rest', 'Why is the sky blue, and is it the same on other planets?', {}],
  ] as const)('by rule %s is derived again to the bit', (rule, text, headers) => {
    for (const session of [undefined, sessionAt('openai/gpt-5', { credential: 'two', cachedTokens: 10 })]) {
      const input: RouteInput = {
        ...inputOf({ snapshot, facts: factsOf(text, headers), health, draw: 0.01 }),
        session,
      };
      const found = route(input);
      expect(found.decision.rule?.id).toBe(rule);
      const derived = again(found, input);
      expect(JSON.stringify(derived.decision)).toBe(JSON.stringify(found.decision));
      expect(derived.targets).toEqual(found.targets);
      expect(derived.credentialName).toBe(found.credentialName);
    }
  });

  it('holds no text of the request', () => {
    const input = inputOf({ snapshot, facts: factsOf('Why is the sky blue over the project?') });
    const { decision } = route(input);
    expect(JSON.stringify(decision)).not.toContain('sky');
    expect(Object.keys(decision.facts.matches ?? {})).toHaveLength(1);
  });

  it('of a rule about text takes what was found, not the text', () => {
    const input = inputOf({ snapshot, facts: factsOf('All about Project  Falcon.') });
    const found = route(input);
    expect(found.decision.rule?.id).toBe('secret');
    expect(again(found, input).decision.order).toEqual(['anthropic/claude-sonnet-4-5']);
  });

  it('comes out otherwise with another configuration: nothing is carried over', async () => {
    const input = inputOf({ snapshot, facts: factsOf('All about Project Falcon.') });
    const { decision } = route(input);
    const other = await snapshotOf(config.replace('anthropic/claude-sonnet-4-5]', 'openai/gpt-5]'));
    expect(rederive(decision, other, input).decision.order).toEqual(['openai/gpt-5']);
  });
});
