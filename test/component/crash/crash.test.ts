/**
 * The product under load, killed at random moments and started again on what is left, two hundred times: it starts, and neither
 * an exchange nor a cent is lost or counted twice.
 *
 * `SLUICE_CRASH_ROUNDS` and `SLUICE_CRASH_SEED` set how often and by which chance; a failure names its seed.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { connections, type Outcome } from './clients.ts';
import { startLoop, type Loop } from './loop.ts';
import { builtProduct, type Built } from './product.ts';

const rounds = Number(process.env['SLUICE_CRASH_ROUNDS'] ?? 200);
const seed = process.env['SLUICE_CRASH_SEED'] ?? 'crash';
/** Side by side, each on a data directory of its own. */
const loops = 4;
const timeoutMs = 120_000 + rounds * 3_000;

/** Of each of these ends there must be more than so many, or it was too quiet to prove anything. */
const everyKind = ['whole', 'refused', 'failed', 'left'] as const;
const fewest = 10;
/** A slow machine gets less done before it is killed, and goes on for up to so many times the rounds until it has seen them. */
const longest = 2;

let built: Built;

beforeAll(async () => {
  built = builtProduct();
  // What a first run compiles need not be compiled by each of those that follow.
  const loop = await startLoop(built, 'first', true);
  await loop.live({ kind: 'ended', after: 100 });
  await loop.end();
});

afterAll(() => {
  built.remove();
});

it(
  'killed at any moment under load, time after time, it starts again, and every exchange and every cent is there',
  async () => {
    const outcomes: Outcome[] = [];
    const started: Loop[] = [];
    const isTooQuiet = (): boolean => {
      const seen = started.flatMap((loop) => loop.outcomes);
      return everyKind.some((kind) => seen.filter((outcome) => outcome.kind === kind).length <= fewest);
    };
    let interrupted = 0;
    let hasFailed = false;
    const run = async (index: number): Promise<number> => {
      const loop = await startLoop(built, `${seed} ${String(index)}`, index % 2 === 0);
      started.push(loop);
      const mine = Math.floor((rounds + index) / loops);
      const goesOn = (round: number): boolean =>
        round <= mine || (rounds >= 100 && round <= mine * longest && isTooQuiet());
      try {
        for (let round = 1; goesOn(round) && !hasFailed; round += 1) await loop.round(round);
        outcomes.push(...(await loop.finish()));
        interrupted += loop.interrupted;
        return loop.kills;
      } catch (error) {
        hasFailed = true;
        throw error;
      } finally {
        await loop.end();
      }
    };
    const ends = await Promise.allSettled(Array.from({ length: loops }, (_, index) => run(index)));
    const failure = ends.find((end) => end.status === 'rejected');
    if (failure !== undefined) throw new Error(`SLUICE_CRASH_SEED=${seed} fails`, { cause: failure.reason });
    const kills = ends.reduce((sum, end) => sum + (end.status === 'fulfilled' ? end.value : 0), 0);
    expect(kills).toBeGreaterThanOrEqual(rounds);
    // It was no quiet time: of every kind of end there are some.
    const kinds = new Map([...Map.groupBy(outcomes, ({ kind }) => kind)].map(([kind, list]) => [kind, list.length]));
    if (rounds < 100) return;
    // Only of the last moments it is not known how they ended.
    expect(interrupted).toBeLessThan((kinds.get('whole') ?? 0) / 3);
    expect(kinds.get('lost')).toBeGreaterThan(rounds * connections * 0.5);
    for (const kind of everyKind) expect(kinds.get(kind), kind).toBeGreaterThan(fewest);
  },
  timeoutMs,
);
