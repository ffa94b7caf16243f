import { expect, it } from 'vitest';
import { createEvents } from '../../../main/control/events.ts';
import { announceHealth, healthEntryOf } from '../../../main/control/health-events.ts';
import { healthEntry } from '../../../shared/contract/app.ts';

type TargetState = Parameters<typeof healthEntryOf>[0];

const resting: TargetState = {
  provider: 'a',
  model: 'm',
  credential: 'main',
  state: 'open',
  why: '8 of 8 calls failed',
  until: 1_800_000_010_000,
  p50: 210,
  p95: 900,
  speed: 41.5,
  running: 0,
  calls: 8,
  failures: 8,
  needsAttention: false,
};
const well: TargetState = { ...resting, model: 'n', state: 'closed', why: undefined, until: undefined };
const gateway = { health: () => [resting, well], isOffline: false };

it('says a state in the words of the contract', () => {
  const entry = healthEntryOf(resting);
  expect(healthEntry.parse(entry)).toEqual(entry);
  expect(entry).toMatchObject({ until: '2027-01-15T08:00:10.000Z', ttft_p50_ms: 210, tokens_per_second: 41.5 });
  expect(healthEntryOf(well)).toMatchObject({ why: null, until: null });
});

it.each([
  ['the target that changed', { kind: 'target', target: 'a/m', credential: 'main' }, ['m']],
  ['every target of a credential', { kind: 'credential', provider: 'a', credential: 'main' }, ['m', 'n']],
  ['the network, without a target', { kind: 'network' }, [null]],
  ['nothing of another', { kind: 'target', target: 'b/m', credential: 'main' }, []],
] as const)('tells %s', async (_what, news, models) => {
  const events = createEvents();
  const listener = events.subscribe();
  announceHealth(news, gateway, events);
  events.close();
  const told: unknown[] = [];
  for await (const event of listener) if (event.event === 'health.changed') told.push(event.data.entry?.model ?? null);
  expect(told).toEqual(models);
});

it('looks at nothing while nobody listens', () => {
  const never = (): never => {
    throw new Error('looked');
  };
  announceHealth({ kind: 'network' }, { health: never, isOffline: false }, createEvents());
});
