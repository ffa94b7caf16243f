import { expect, it } from 'vitest';
import { fc } from '../../property.ts';
import { decisionText } from '../../../main/ledger/decision-text.ts';
import type { Decision } from '../../../main/ledger/ledger.ts';

const plain: Decision = {
  version: 1,
  asked: 'up/gpt-4o',
  chosen: 'up/gpt-4o',
  reason: 'The client named up/gpt-4o.',
  rule: undefined,
  skipped: undefined,
  facts: { model: 'up/gpt-4o', surface: 'chat', at: 1_800_000_000_000, tokens: 812, client: 'curl', maxTokens: 64 },
  candidates: [{ target: 'up/gpt-4o', id: 'up' }],
  order: ['up/gpt-4o'],
  principal: { key: 'default', allowedModels: ['*'], deniedModels: [], operation: 'generate', family: 'openai' },
  snapshot: 'sha256:0123',
  draw: 0.25,
};

const same = (text: string): string => text;

function told(decision: Decision): unknown {
  return JSON.parse(decisionText(decision, same));
}

it('is the decision itself, whatever names are in it', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary' }),
      fc.string(),
      fc.nat(),
      fc.double({ noNaN: true, min: 0, max: 1 }),
      (name, client, tokens, draw) => {
        const decision: Decision = {
          ...plain,
          asked: name,
          chosen: name,
          reason: `because of "${name}"`,
          facts: { ...plain.facts, model: name, client, tokens, maxTokens: undefined },
          candidates: [{ target: name, id: client }],
          order: [name],
          principal: { ...plain.principal, key: client, deniedModels: [name, client] },
          draw,
        };
        expect(told(decision)).toEqual(JSON.parse(JSON.stringify(decision)));
      },
    ),
  );
});

const everything = {
  ...{ rule: 'key:default', origin: 'sluice.yaml, line 3', allowedModels: ['*'], deniedModels: [] },
  ...{ allowedProviders: ['*'], deniedProviders: [] },
};

it.each([
  ['rules of access', { principal: { ...plain.principal, access: [{ ...everything, deniedProviders: ['up'] }] } }],
  ['a route', { rule: { id: 'r', alias: 'smart', origin: 'x, line 3', strategy: 'fallback' } }],
  ['a skipped route', { skipped: [{ id: 'r', why: 'needs tools' }] }],
  [
    'a session',
    {
      session: {
        providerId: 'up',
        model: 'm',
        credential: 'k',
        cachedTokens: 1,
        cacheLeftMs: 2,
        turns: 3,
        expectedTurns: 4,
      },
    },
  ],
  ['a pin', { pin: { kind: 'session', target: 'up/m', kept: true, why: 'there' } }],
  [
    'two candidates',
    {
      candidates: [
        { target: 'up/a', id: '1' },
        { target: 'up/b', id: '2', dropped: 'no', droppedBy: 'policy' },
      ],
    },
  ],
  ['a remark', { candidates: [{ target: 'up/a', id: '1', note: 'slow today' }] }],
  [
    'a health',
    {
      candidates: [
        { target: 'up/a', id: '1', health: { state: 'closed', running: 2, ttft: { p50: 1, p95: 2, p99: 3 } } },
      ],
    },
  ],
  ['more facts', { facts: { ...plain.facts, has: { tools: true }, session: null, tags: { team: 'core' } } }],
  ['measured outputs', { expectedOutput: { 'up/a': 12 } }],
  ['an outage', { offline: true }],
] satisfies [string, Partial<Decision>][])('is the decision itself with %s', (_what, more) => {
  const decision: Decision = { ...plain, ...more };
  expect(told(decision)).toEqual(JSON.parse(JSON.stringify(decision)));
});

it.each([
  ['alone', {}],
  ['with a route', { rule: { id: 'r', alias: 'smart', origin: 'x', strategy: 'fallback' as const } }],
])('passes every name through the redactor (%s)', (_what, more) => {
  const secret = 'sk-very-secret';
  const decision: Decision = {
    ...plain,
    ...more,
    asked: secret,
    chosen: secret,
    reason: `because of ${secret}`,
    facts: { ...plain.facts, model: secret, client: secret },
    candidates: [{ target: secret, id: secret }],
    order: [secret],
    principal: { ...plain.principal, key: secret, allowedModels: [secret], deniedModels: [secret] },
  };
  const access = [{ ...everything, allowedModels: [secret], deniedModels: [secret] }];
  for (const one of [decision, { ...decision, principal: { ...decision.principal, access } }])
    expect(decisionText(one, (text) => text.replaceAll(secret, '***'))).not.toContain(secret);
});
