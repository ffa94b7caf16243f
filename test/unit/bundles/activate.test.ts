import { describe, expect, it } from 'vitest';
import { notHere, shareOf, type Machine } from '../../../main/bundles/candidate.ts';
import { changedDefaults } from '../../../main/bundles/changed-defaults.ts';
import { ageOf, pollOf } from '../../../main/bundles/expiry.ts';
import { gated, withDecision } from '../../../main/bundles/gate.ts';
import { readBundle } from '../../../main/bundles/read.ts';
import { isSameSource, keyOfUrl, sourcesOf } from '../../../main/bundles/sources.ts';
import type { ReadBundle } from '../../../main/bundles/types.ts';
import { Secret } from '../../../main/kit/secret.ts';
import type { ProvenanceEntry } from '../../../shared/contract/bundles.ts';

type Fields = Readonly<Record<string, unknown>>;
const dayMs = 86_400_000;

function bundle(change: Fields = {}): ReadBundle {
  const document = {
    ...{ schema: 'sluice.bundle/1', id: 'acme-core', version: 1, epoch: 1 },
    ...{ issued_at: '2026-11-20T00:00:00Z', expires_at: '2026-11-30T00:00:00Z' },
    ...change,
  };
  return readBundle(JSON.stringify(document), { appVersion: '1.6.0' });
}

const machine = (labels: Readonly<Record<string, string>> = {}, key = 'one'): Machine => ({
  ...{ platform: 'linux', labels, installKey: new Secret(key) },
});

describe('whether it is for this machine', () => {
  it.each<[Fields, Readonly<Record<string, string>>, boolean]>([
    [{}, {}, true],
    [{ os: ['linux', 'darwin'] }, {}, true],
    [{ os: ['win32'] }, {}, false],
    [{ labels: { env: ['prod', 'dev'] } }, { env: 'dev' }, true],
    [{ labels: { env: ['prod'] } }, { env: 'dev' }, false],
    [{ labels: { env: ['prod'] } }, {}, false],
    [{ os: ['linux'], labels: { env: ['prod'], team: ['a'] } }, { env: 'prod' }, false],
  ])('%j with labels %j: %s', (applies_to, labels, is) => {
    expect(notHere(bundle({ applies_to }), machine(labels)) === undefined).toBe(is);
  });

  it('is among so many of a hundred as its rollout says, and stays among them', () => {
    const machines = Array.from({ length: 2_000 }, (_, index) => new Secret(`install ${String(index)}`));
    const share = (percent: number): number => machines.filter((key) => shareOf(key, 'v12') < percent).length / 20;
    expect(share(0)).toBe(0);
    expect(share(100)).toBe(100);
    expect(Math.abs(share(25) - 25)).toBeLessThan(4);
    expect(machines.filter((key) => shareOf(key, 'v12') < 10).every((key) => shareOf(key, 'v12') < 25)).toBe(true);
    expect(shareOf(new Secret('a'), 'v12')).toBe(shareOf(new Secret('a'), 'v12'));
    expect(shareOf(new Secret('a'), 'v12')).not.toBe(shareOf(new Secret('a'), 'v13'));
  });
});

describe('its age', () => {
  const start = Date.parse('2026-11-20T00:00:00Z');
  const at = (days: number, change: Fields = {}): string => {
    const { phase, layered } = ageOf(bundle(change).payload, start + days * dayMs);
    return layered === undefined ? phase : `${phase} ${layered}`;
  };

  it('passes from phase to phase at the very moment', () => {
    const offline = { grace: 'P2D', on_expiry: 'block' };
    expect([0, 8.9, 9, 9.99, 10, 11.99, 12, 99].map((days) => at(days, { offline }))).toEqual([
      ...['valid', 'valid', 'expiring', 'expiring', 'expired', 'expired', 'over block', 'over block'],
    ]);
  });

  it('says when it changes next', () => {
    const moments: number[] = [];
    for (let now: number | undefined = start; now !== undefined; now = ageOf(bundle().payload, now).nextAt)
      moments.push((now - start) / dayMs);
    expect(moments).toEqual([0, 9, 10, 24]);
  });

  it('does not matter where nothing expires', () => {
    expect(at(9_999, { expires_at: undefined })).toBe('valid');
  });

  it('lets no bundle ask its host more often than every five minutes', () => {
    const polls = ['PT1S', 'PT10M', 'P9D'].map((poll) => pollOf(bundle({ offline: { poll } }).payload) / 60_000);
    expect(polls).toEqual([5, 10, 1_440]);
    expect(pollOf(undefined)).toBe(900_000);
  });
});

describe('a default that changed', () => {
  const entry = (pointer: string, mode: ProvenanceEntry['mode']): ProvenanceEntry => ({
    ...{ pointer, mode, value: 1, bundle: null, origin: 'sluice.yaml, line 4', line: 4, reason: null, ref: null },
    ...{ contact: null, others: [] },
  });
  const saying = (change: Fields): ReadBundle['payload']['defaults'] => bundle({ defaults: change }).payload.defaults;

  it('is told where people have a value of their own', () => {
    const before = saying({ logging: { retention_days: 7 }, models: { aliases: { fast: 'a/b' } } });
    const after = saying({ logging: { retention_days: 14 }, models: { aliases: { fast: 'a/c' } } });
    expect(changedDefaults(before, after, [entry('/logging/retention_days', 'user')])).toEqual([
      'The default of /logging/retention_days is 14 now; yours (sluice.yaml, line 4) stays as it is.',
    ]);
    expect(changedDefaults(before, after, [entry('/logging/retention_days', 'default')])).toEqual([]);
    expect(changedDefaults(before, before, [entry('/models/aliases/fast', 'user')])).toEqual([]);
  });

  it('finds entries by their ids', () => {
    const budget = (limit_usd: string): ReadBundle['payload']['defaults'] =>
      saying({ budgets: [{ id: 'day', scope: 'global', limit_usd, period: 'day' }] });
    expect(changedDefaults(budget('1'), budget('2'), [entry('/budgets/day', 'user')])).toHaveLength(1);
    expect(changedDefaults(budget('1'), undefined, [entry('/budgets/day', 'user')])[0]).toContain('is gone');
  });
});

describe('where a credential may go', () => {
  const define = (base_url: string): ReadBundle['payload'] =>
    bundle({
      enforced: { providers: { define: { eu: { kind: 'azure-openai', base_url, auth: { slot: 'eu' } } } } },
      secrets: [{ id: 'eu', label: 'EU' }],
    }).payload;
  const [source] = sourcesOf(undefined, [
    { url: 'https://acme.example/core.sluice', labels: {}, trust: undefined, token: undefined },
  ]);
  if (source === undefined) throw new Error('there is one');
  const shared = { source, managed: undefined, recording: 'metadata' as const, filled: new Set(['acme-core.eu']) };

  it('is where it was entered for, and where somebody agreed to since', () => {
    const [home, other] = ['https://eu.example', 'https://other.example'];
    const first = gated({ ...shared, before: define(home), after: define(other), record: undefined });
    expect(first.origins).toEqual({ eu: [home] });
    expect(first.consents).toHaveLength(1);
    const { pointer = '', value_hash = '' } = first.consents[0] ?? {};
    const approvals = [{ pointer, value_hash, approved: true, at: 0 }];
    const origins = { eu: [...(first.origins['eu'] ?? [])] };
    const second = gated({ ...shared, before: define(home), after: define(other), record: { approvals, origins } });
    expect(second.origins).toEqual({ eu: [home, other] });
    expect(second.held.size).toBe(0);
  });

  it('is forgotten with the credential', () => {
    const record = { approvals: [], origins: { eu: ['https://eu.example'] } };
    const after = define('https://other.example');
    expect(gated({ ...shared, filled: new Set(), before: after, after, record }).origins).toEqual({});
  });

  it('goes by the newest decision about a value', () => {
    const decision = { pointer: '/a', value_hash: 'h', approved: true, at: 0 };
    expect(withDecision([decision], { ...decision, approved: false, at: 1 })).toEqual([
      { ...decision, approved: false, at: 1 },
    ]);
  });
});

describe('who is followed', () => {
  const entry = (url: string): Parameters<typeof sourcesOf>[1][number] => ({ url, labels: { env: 'dev' } });

  it('is what is prescribed, then what the file says, each address once', () => {
    const managed = {
      ...{ bundles: [{ url: 'https://a.example/x.sluice', trust: undefined }], labels: { env: 'prod' } },
      ...{ trustedHosts: [], approvedOrigins: [], allowUserBundles: true, requireFreshAtStart: false, source: 's' },
    };
    const sources = sourcesOf(managed, [
      entry('https://b.example/y.sluice'),
      entry('https://a.example/x.sluice#org=me'),
    ]);
    expect(sources.map((one) => [one.url, one.managed, one.labels['env']])).toEqual([
      ['https://a.example/x.sluice', true, 'prod'],
      ['https://b.example/y.sluice', false, 'prod'],
    ]);
  });

  it('is another one where anything is asked of it that was not', () => {
    const [a] = sourcesOf(undefined, [entry('https://a.example/x.sluice')]);
    const [b] = sourcesOf(undefined, [entry('https://a.example/x.sluice#org=acme')]);
    if (a === undefined || b === undefined) throw new Error('there are two');
    expect(isSameSource(a, { ...a })).toBe(true);
    expect(isSameSource(a, b)).toBe(false);
  });

  it('is known by its address until it was read', () => {
    expect(keyOfUrl('https://a.example/x.sluice')).toMatch(/^url-[0-9a-f]{16}$/);
  });
});
