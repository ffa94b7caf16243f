import { describe, expect, it } from 'vitest';
import { Releases, type AskedRelease, type Release } from '../../../main/gateway/releases.ts';

const minuteMs = 60_000;

function waiting(): {
  readonly releases: Releases;
  readonly time: { ms: number };
  readonly changes: { count: number };
  readonly told: [Release, string][];
} {
  const time = { ms: 1_000_000 };
  const changes = { count: 0 };
  const told: [Release, string][] = [];
  let next = 0;
  const releases = new Releases({
    clock: { now: () => time.ms },
    random: { id: () => `r${String((next += 1))}` },
    onChange: () => {
      changes.count += 1;
    },
    onReleased: (release, reason) => told.push([release, reason]),
  });
  return { releases, time, changes, told };
}

const asked = (text: string, more: Partial<AskedRelease> = {}): AskedRelease => ({
  ...{ key: 'ide', path: 'chat', body: Buffer.from(text), rules: ['codename'] },
  ...more,
});
const facts = { client: 'cursor', model: 'fast', message: 'why?' };

describe('a refused request', () => {
  it('passes once when there is a reason, and again only for another', () => {
    const { releases, told } = waiting();
    releases.remember(asked('a'), facts);
    expect(releases.take(asked('a'))).toBeUndefined();
    const [{ id } = { id: '' }] = releases.list();
    expect(releases.release(id, 'a drill')).toMatchObject({ id, released: true, rule: 'codename', key: 'ide' });
    expect(told).toEqual([[expect.objectContaining({ id, released: true }), 'a drill']]);
    expect(releases.take(asked('a'))).toBe('a drill');
    expect(releases.take(asked('a'))).toBeUndefined();
    expect(releases.list()).toEqual([]);
  });

  it.each([
    ['another text', asked('b')],
    ['another key', asked('a', { key: 'ci' })],
    ['another path', asked('a', { path: 'messages' })],
    ['another rule', asked('a', { rules: ['codename', 'cards'] })],
  ])('is released with that very request: %s still waits', (_what, other) => {
    const { releases } = waiting();
    releases.remember(asked('a'), facts);
    releases.release(releases.list()[0]?.id ?? '', 'a drill');
    expect(releases.take(other)).toBeUndefined();
    expect(releases.take(asked('a'))).toBe('a drill');
  });

  it('is one entry however often it is sent, and no word of it is kept', () => {
    const { releases, changes } = waiting();
    for (let times = 0; times < 3; times += 1) releases.remember(asked('project falcon'), facts);
    expect(releases.list()).toHaveLength(1);
    expect(JSON.stringify(releases.list())).not.toContain('falcon');
    expect(changes.count).toBe(1);
  });

  it('waits an hour, for its reason and with it', () => {
    const { releases, time } = waiting();
    releases.remember(asked('a'), facts);
    time.ms += 59 * minuteMs;
    releases.release(releases.list()[0]?.id ?? '', 'a drill');
    time.ms += 59 * minuteMs;
    expect(releases.list()).toHaveLength(1);
    time.ms += minuteMs;
    expect(releases.take(asked('a'))).toBeUndefined();
    expect(releases.release('r1', 'too late')).toBeUndefined();
  });

  it('gives way when more wait than anybody reads, the oldest first', () => {
    const { releases } = waiting();
    for (let count = 0; count < 105; count += 1) releases.remember(asked(String(count)), facts);
    const ids = releases.list().map(({ id }) => id);
    expect([ids.length, ids[0], ids.at(-1)]).toEqual([100, 'r105', 'r6']);
  });
});
