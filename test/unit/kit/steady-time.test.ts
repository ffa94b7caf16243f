import { expect, it } from 'vitest';
import { SteadyTime } from '../../../main/kit/steady-time.ts';

const at = { now: 1_000_000, monotonic: 50 };
const clock = { now: () => at.now, monotonic: () => at.monotonic };

function pass(ms: number): void {
  at.now += ms;
  at.monotonic += ms;
}

it('passes like the monotonic clock', () => {
  const time = new SteadyTime(clock);
  const start = time.now();
  pass(1_234);
  expect(time.now() - start).toBe(1_234);
});

it('goes on while the machine sleeps and the monotonic clock stands still', () => {
  const time = new SteadyTime(clock);
  const start = time.now();
  at.now += 8 * 3_600_000;
  expect(time.now() - start).toBe(8 * 3_600_000);
  pass(10);
  expect(time.now() - start).toBe(8 * 3_600_000 + 10);
});

it('never goes back when the clock is set back, and does not pay it back later', () => {
  const time = new SteadyTime(clock);
  const start = time.now();
  at.now -= 3_600_000;
  expect(time.now()).toBe(start);
  pass(500);
  expect(time.now() - start).toBe(500);
});

it('is not hurried by a clock that is set right in small steps, or that counts whole milliseconds', () => {
  const time = new SteadyTime(clock);
  const start = time.now();
  for (let step = 0; step < 1_000; step++) {
    at.monotonic += 0.3;
    at.now += step % 3 === 0 ? 1 : 0;
    time.now();
  }
  expect(time.now() - start).toBeCloseTo(300, 6);
});
