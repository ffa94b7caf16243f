// 10,000 requests over three providers that fail at random in every way: each ends, honestly, once, and is on record as it was.
// What a provider does follows from the seed, the request and the try, so that a run can be had again, or one request of it:
//   SLUICE_CHAOS_SEED=storm SLUICE_CHAOS_REQUESTS=20000 npx vitest run --config build/vitest.config.ts test/component/gateway/chaos
//   SLUICE_CHAOS_ONLY=4711 …
import { Agent } from 'node:http';
import { expect, it, onTestFinished } from 'vitest';
import { verify } from '../../../../main/gateway/gateway.ts';
import { behaviourNames } from './behaviours.ts';
import { reportOf, type Exchanged } from './checks.ts';
import { startChaos, type ChaosRig } from './rig.ts';
import { calm, disconnected, exchangedOf, settled, storm, type Told } from './run.ts';

const seed = process.env['SLUICE_CHAOS_SEED'] ?? 'sluice';
const usualCount = 10_000;
const count = Number(process.env['SLUICE_CHAOS_REQUESTS'] ?? usualCount);
const only = process.env['SLUICE_CHAOS_ONLY'];
const from = only === undefined ? 0 : Number(only);
const to = only === undefined ? count : from + 1;

async function started(): Promise<{ rig: ChaosRig; agent: Agent; seed: string }> {
  const rig = await startChaos({ seed, calmFrom: Math.max(to, count) });
  const agent = new Agent({ keepAlive: true });
  onTestFinished(async () => {
    agent.destroy();
    await rig.gateway.stop(0);
    await Promise.all(rig.providers.map((one) => one.close()));
  });
  return { rig, agent, seed };
}

function unhandledRejections(): readonly unknown[] {
  const unhandled: unknown[] = [];
  const note = (error: unknown): void => void unhandled.push(error);
  process.on('unhandledRejection', note);
  onTestFinished(() => void process.off('unhandledRejection', note));
  return unhandled;
}

/** It was chaos, and most of it nobody noticed. */
function expectChaos(rig: ChaosRig, stormy: readonly Told[], all: readonly Exchanged[]): void {
  const happened = new Set(rig.providers.flatMap(({ seen }) => seen.map(({ behaviour }) => behaviour)));
  expect(behaviourNames.filter((name) => !happened.has(name))).toEqual([]);
  const stayed = stormy.filter(({ asking }) => asking.leaves === undefined);
  const whole = stayed.filter(({ outcome }) => outcome.kind === 'whole');
  expect(whole.length / stayed.length).toBeGreaterThan(0.6);
  const rests = rig.healthChanges.flatMap((change) => (change.kind === 'target' ? change.to : []));
  expect([...new Set(rests)]).toEqual(expect.arrayContaining(['open', 'limited', 'half_open', 'closed']));
  // Of each kind of attempt there were some that the client got its whole answer by.
  const kinds = all.flatMap(({ outcome, records }) =>
    outcome.kind === 'whole' ? records.flatMap(({ attempts }) => attempts.at(-1)?.kind ?? []) : [],
  );
  expect([...new Set(kinds)].sort()).toEqual(['continue', 'fallback', 'first', 'hedge', 'retry']);
  const errors = new Set(rig.ledger.closed.flatMap(({ attempts }) => attempts.map(({ error }) => error)));
  expect(expectedErrors.filter((code) => !errors.has(code))).toEqual([]);
}

/** What is to be told of all that happened. */
const expectedErrors: readonly string[] = [
  ...[400, 401, 404, 429, 500, 502, 503, 529].map((status) => `upstream.${String(status)}`),
  ...['reset', 'ttft_timeout', 'total_timeout', 'protocol', 'decompression'].map((reason) => `attempt.${reason}`),
  ...['redirect', 'not_an_answer', 'upstream_error'].map((reason) => `attempt.${reason}`),
  ...['stream_cut', 'stream_incomplete', 'stream_malformed', 'upstream_error'].map((reason) => `relay.${reason}`),
  ...['relay.idle_timeout', 'relay.total_timeout', 'client_gone', 'hedge_lost'],
];

/** Why each was served as it was can be derived again, in the middle of the storm as at any time. */
function expectReplayable({ ledger }: ChaosRig): void {
  const notes = ledger.decisions.flatMap(({ decision, snapshotId }) => {
    if (decision === undefined) return ['an exchange without a decision'];
    const { verified, note } = verify(decision, ledger.snapshots.get(snapshotId));
    return verified === 'same' ? [] : [`${JSON.stringify(decision)}: ${note}`];
  });
  expect(notes, `seed "${seed}"`).toEqual([]);
}

it(`keeps its promises for ${String(to - from)} requests (seed "${seed}")`, { timeout: 300_000 }, async () => {
  const unhandled = unhandledRejections();
  const run = await started();
  const { rig } = run;
  const stormy = await storm(run, from, to);
  const afterwards = await calm(run, Math.max(to, count));
  await settled(rig);
  await rig.gateway.stop(0);
  await disconnected(rig);

  const all = exchangedOf(rig, [...stormy, ...afterwards]);
  const complaints = [...rig.ledger.complaints, ...rig.logged, ...rig.providers.flatMap((one) => one.complaints)];
  expect([...complaints, ...all.flatMap(reportOf)].slice(0, 20), `seed "${seed}"`).toEqual([]);
  // Nothing is on record, and nothing was seen, that nobody asked for.
  expect(rig.ledger.closed.length).toBe(all.flatMap(({ records }) => records).length);
  expect(rig.providers.flatMap(({ seen }) => seen).length).toBe(all.flatMap(({ seen }) => seen).length);
  expect(unhandled).toEqual([]);
  expectReplayable(rig);
  if (to - from >= usualCount) expectChaos(rig, stormy, all);
});
