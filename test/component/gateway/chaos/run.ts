// The course of a run: a storm of requests, then calm, then silence; and what each request was, from all sides.
import type { Agent } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { markerOf } from './answers.ts';
import type { Exchanged } from './checks.ts';
import { askOnce, type Asking, type Leaving, type Outcome } from './client.ts';
import { draws, weighted, type Draws } from './draw.ts';
import { routes, type ChaosRig, type RouteFacts } from './rig.ts';

const atOnce = 40;
/** Requests in a row that are to be answered before a route has recovered. */
const calmCount = 3;
const recoveryMs = 30_000;
/** The network changes, and the configuration is read anew, whenever so many more requests were made. */
const networkChange = 997;
const newConfiguration = 1_999;
const clients = ['chat', 'responses', 'messages', 'gemini'] as const;

export interface Run {
  readonly rig: ChaosRig;
  readonly agent: Agent;
  readonly seed: string;
}

export interface Told {
  readonly asking: Asking;
  readonly route: RouteFacts;
  readonly outcome: Outcome;
}

/** Requests `from` to `to`. Rejects with the first that hangs. */
export async function storm(run: Run, from: number, to: number): Promise<Told[]> {
  const told: Told[] = [];
  let next = from;
  const work = async (): Promise<void> => {
    while (next < to) {
      const n = next++;
      if (n % networkChange === 1) run.rig.gateway.dropConnections();
      if (n % newConfiguration === 1) await run.rig.applyAgain();
      const one = await ask(run, n);
      told.push(one);
      // A client that is told to come back later does, if not as late as it was told.
      if (one.outcome.status === 429 || one.outcome.errorCode === 'route.no_target') await sleep(100);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return told;
}

/** Nothing fails any more: every route is asked until it answers. Rejects when one does not. */
export async function calm(run: Run, from: number): Promise<Told[]> {
  const told: Told[] = [];
  const until = performance.now() + recoveryMs;
  for (const route of routes) {
    for (let well = 0; well < calmCount;) {
      const one = await ask(run, from + told.length, route);
      told.push(one);
      well = one.outcome.kind === 'whole' ? well + 1 : 0;
      if (well > 0) continue;
      if (performance.now() > until)
        throw new Error(`route ${route.model} does not recover: ${JSON.stringify(one.outcome)}`);
      await sleep(100);
    }
  }
  return told;
}

async function ask({ rig, agent, seed }: Run, n: number, chosen?: RouteFacts): Promise<Told> {
  const chance = draws(seed, 'client', n);
  const route = chosen ?? weighted(routes, chance.next());
  const filler = 'lorem ipsum ünd 語 '.repeat(chance.chance(0.01) ? 4_000 : chance.below(12));
  const asking: Asking = {
    ...{ n, model: route.model },
    client: chance.pick(clients),
    stream: chance.chance(0.7),
    text: `${markerOf(n, route.alike)} ${filler}`,
    leaves: chosen === undefined ? leavingOf(chance) : undefined,
  };
  return { asking, route, outcome: await askOnce(rig.url, agent, asking) };
}

function leavingOf(chance: Draws): Leaving | undefined {
  if (!chance.chance(0.08)) return undefined;
  if (chance.chance(0.4)) return { after: 'bytes' };
  return { after: 'ms', ms: chance.pick([0, 1, 3, 10, 40]) };
}

/** Nothing runs any more, here or at the providers. */
export async function settled(rig: ChaosRig): Promise<void> {
  const left = (): unknown => ({
    exchanges: rig.gateway.status().running,
    records: rig.ledger.openCount,
    targets: rig.gateway.health().filter(({ running }) => running !== 0),
    models: routes.flatMap(({ model }) => runningOf(rig, model)).filter((running) => running !== 0),
    answers: rig.providers.map(({ running }) => running),
  });
  await expect
    .poll(left, { timeout: 30_000 })
    .toEqual({ exchanges: 0, records: 0, targets: [], models: [], answers: [0, 0, 0] });
}

/** As the router sees it. */
function runningOf(rig: ChaosRig, model: string): number[] {
  const body = { model, messages: [{ role: 'user', content: 'hello' }] };
  const asked = { method: 'POST', path: '/v1/chat/completions', headers: {}, body, key: undefined, client: undefined };
  return rig.gateway.simulate(asked).candidates.map(({ health }) => health?.running ?? 0);
}

export async function disconnected(rig: ChaosRig): Promise<void> {
  const left = (): Promise<number[]> => Promise.all(rig.providers.map((one) => one.connections()));
  await expect.poll(left, { timeout: 30_000 }).toEqual([0, 0, 0]);
}

/** What client, ledger and providers have to say of each request. */
export function exchangedOf(rig: ChaosRig, told: readonly Told[]): Exchanged[] {
  const records = Map.groupBy(rig.ledger.closed, ({ client }) => client);
  const sightings = Map.groupBy(
    rig.providers.flatMap(({ seen }) => seen),
    ({ n }) => n,
  );
  return told.map((one) => ({
    ...one,
    records: records.get(`chaos-${String(one.asking.n)}`) ?? [],
    seen: sightings.get(one.asking.n) ?? [],
  }));
}
