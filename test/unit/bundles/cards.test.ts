import { describe, expect, it } from 'vitest';
import { cardOf, countsOf, stateOf, type CardFacts } from '../../../main/bundles/cards.ts';
import { ageOf } from '../../../main/bundles/expiry.ts';
import { freshStanding, type Active, type Standing } from '../../../main/bundles/followed.ts';
import { sourceOf } from '../../../main/bundles/sources.ts';
import { unsignedBundle } from '../../../main/bundles/read.ts';
import type { BundleConsent } from '../../../shared/contract/bundles.ts';

const at = (text: string): number => Date.parse(text);
const fingerprint = 'A'.repeat(43);
const pinned = sourceOf(
  { url: `https://acme.example/core.sluice#sluice1=${fingerprint}`, trust: undefined, labels: {}, token: undefined },
  false,
);
const unpinned = { ...pinned, pin: undefined };
const waitingConsent: BundleConsent = {
  ...{ pointer: '/x', kind: 'report', text: 'It would be told.', after: 1, value_hash: 'h', state: 'waiting' },
};

function active(change: Readonly<Record<string, unknown>> = {}, consents: readonly BundleConsent[] = []): Active {
  const document = {
    ...{ schema: 'sluice.bundle/1', id: 'acme-core', version: 3, epoch: 2, layer: 'org', name: 'ACME' },
    ...{ issued_at: '2026-11-20T09:00:00Z', expires_at: '2027-02-18T00:00:00Z' },
    enforced: { models: { deny: ['a', 'b'] }, budgets: [], routes_default: 'deny' },
    ...change,
  };
  const bundle = unsignedBundle(Buffer.from(JSON.stringify(document)), { appVersion: '1.6.0' });
  return {
    bundle: { ...bundle, trust: 'pinned', fingerprint },
    held: new Map(),
    consents,
    since: at('2026-12-01T00:00:00Z'),
  };
}

function facts(standing: Partial<Standing>, more: Partial<CardFacts> = {}): CardFacts {
  return {
    ...{ key: 'acme-core', source: pinned, standing: { ...freshStanding(), ...standing } },
    ...{ age: undefined, filled: new Set<string>(), lastCheckedAt: undefined, lastVerifiedAt: undefined },
    report: { agreed: false, lastSentAt: undefined },
    ...more,
  };
}

const aged = (now: string, offline = {}): CardFacts['age'] => ageOf(active({ offline }).bundle.payload, at(now));
const error = (code: string): Standing['error'] => ({ code, message: 'No.', at: 0 });

describe('how a bundle stands', () => {
  const conflicts = [{ pointer: '/models/allow', bundles: ['acme-core'], text: 'Nothing is left.' }];

  it.each<[string, CardFacts]>([
    ['waiting', facts({})],
    ['failed', facts({ error: error('bundle.unreachable') })],
    ['inactive', facts({ inactive: 'It is for darwin.' })],
    ['active', facts({ active: active() })],
    ['active', facts({ active: active(), error: error('bundle.unreachable') })],
    ['last_good', facts({ active: active(), error: error('bundle.rollback') })],
    ['needs_consent', facts({ active: active({}, [waitingConsent]) })],
    ['active', facts({ active: active({}, [{ ...waitingConsent, state: 'declined' }]) })],
    ['conflict', facts({ active: active({}, [waitingConsent]), conflicts })],
    ['limited', facts({ active: active() }, { source: unpinned })],
    ['active', facts({ active: active(), confirmed: true }, { source: unpinned })],
    ['expiring', facts({ active: active() }, { age: aged('2027-02-17T00:00:00Z') })],
    ['expired', facts({ active: active() }, { age: aged('2027-02-19T00:00:00Z') })],
    ['expired', facts({ active: active() }, { age: aged('2028-01-01T00:00:00Z') })],
    ['blocked', facts({ active: active(), conflicts }, { age: aged('2028-01-01T00:00:00Z', { on_expiry: 'block' }) })],
    ['restricted', facts({ active: active() }, { age: aged('2028-01-01T00:00:00Z', { on_expiry: 'restrict' }) })],
  ])('%s', (state, given) => {
    const told = stateOf(given);
    expect(told.state).toBe(state);
    if (state !== 'active') expect(told.state_reason).toMatch(/[.]$/);
  });
});

describe('a card', () => {
  it('tells what is in force, how much it sets, and which slots are to be filled', () => {
    const secrets = [
      { id: 'main', label: 'OpenAI', required: true },
      { id: 'eu', label: 'Azure' },
    ];
    const card = cardOf(facts({ active: active({ secrets }) }, { filled: new Set(['acme-core.main', 'eu']) }));
    expect(card).toMatchObject({
      ...{ id: 'acme-core', name: 'ACME', url: 'https://acme.example/core.sluice', layer: 'org', version: 3, epoch: 2 },
      ...{ trust: 'pinned', fingerprint, active_since: '2026-12-01T00:00:00.000Z', report: null },
    });
    expect(card.fingerprint_words).toHaveLength(8);
    expect(card.slots.map(({ id, filled }) => [id, filled])).toEqual([
      ['main', true],
      ['eu', false],
    ]);
  });

  it('names what nobody has read yet by its address', () => {
    const card = cardOf(facts({}));
    expect(card).toMatchObject({ id: null, name: 'core', version: null, layer: null, fingerprint: null, slots: [] });
  });

  it('says where it would report to, and that it does not', () => {
    const status = { url: 'https://acme.example/status', interval: 'PT1M' };
    const card = cardOf(facts({ active: active({ status }) }));
    // Once an hour at most, whatever it asks for.
    expect(card.report).toEqual({ url: status.url, interval_s: 3_600, agreed: false, last_sent_at: null });
  });

  it('counts entries of lists, and values that stand alone', () => {
    expect(countsOf(active().bundle.payload.enforced)).toEqual({ models: 2, routes_default: 1 });
    expect(countsOf(undefined)).toEqual({});
  });
});
