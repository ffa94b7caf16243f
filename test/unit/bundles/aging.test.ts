import { describe, expect, it } from 'vitest';
import { Aging } from '../../../main/bundles/aging.ts';
import { freshStanding } from '../../../main/bundles/followed.ts';
import type { FollowContext, Follower } from '../../../main/bundles/follower.ts';
import { unsignedBundle } from '../../../main/bundles/read.ts';

const at = (text: string): number => Date.parse(text);
const payload = {
  ...{ schema: 'sluice.bundle/1', id: 'acme-core', version: 3, epoch: 2, layer: 'org', name: 'ACME' },
  ...{ issued_at: '2026-11-20T09:00:00Z', expires_at: '2027-02-18T00:00:00Z', enforced: { models: { deny: ['a'] } } },
};

/** One bundle that is followed, and what is told of it as time passes. */
function followed() {
  const bundle = unsignedBundle(Buffer.from(JSON.stringify(payload)), { appVersion: '1.6.0' });
  const active = { bundle, held: new Map(), consents: [], since: at('2026-12-01T00:00:00Z') };
  const told: string[] = [];
  let now = at('2026-12-01T00:00:00Z');
  const context = {
    followers: [{ standing: { ...freshStanding(), active }, phase: undefined }] as unknown as readonly Follower[],
    state: { now: () => now },
    signal: new AbortController().signal,
    recordOf: () => undefined,
    cardOf: () => ({ state_reason: 'Because.' }),
    putInForce: () => Promise.resolve(),
    audit: () => undefined,
    tell: (kind: string) => void told.push(kind),
    changed: () => void told.push('changed'),
  } as unknown as FollowContext;
  const aging = new Aging(context);
  return {
    on: async (day: string): Promise<readonly string[]> => {
      now = at(day);
      await aging.look();
      aging.stop();
      return told.splice(0);
    },
  };
}

describe('a bundle that grows old', () => {
  it('is another one for whoever shows it, as soon as each moment comes and no sooner', async () => {
    const { on } = followed();
    expect(await on('2026-12-01T00:00:00Z')).toEqual(['changed']);
    expect(await on('2026-12-02T00:00:00Z')).toEqual([]);
    expect(await on('2027-02-17T00:00:00Z')).toEqual(['expiring', 'changed']);
    expect(await on('2027-02-17T01:00:00Z')).toEqual([]);
    expect(await on('2027-02-19T00:00:00Z')).toEqual(['expired', 'changed']);
  });
});
