import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { nextPoll, PollTimer } from '../../../main/bundles/schedule.ts';

const minute = 60_000;
const hour = 60 * minute;
const calm = { pollMs: 15 * minute, failures: 0, retryAfterMs: undefined, random: 0.5 };

describe('the time of the next look', () => {
  it('is that of the bundle, give or take a fifth', () => {
    expect(nextPoll(calm)).toBe(15 * minute);
    expect(nextPoll({ ...calm, random: 0 })).toBe(12 * minute);
    expect(nextPoll({ ...calm, random: 1 })).toBe(18 * minute);
  });

  it('is never less than five minutes or more than a day, whatever a bundle asks for', () => {
    for (const pollMs of [0, -1, 1, Number.NaN]) expect(nextPoll({ ...calm, pollMs })).toBe(5 * minute);
    expect(nextPoll({ ...calm, pollMs: 400 * 24 * hour })).toBe(24 * hour);
  });

  it('doubles with each failure up to six hours, and is never more often for them', () => {
    const waits = [1, 2, 3, 4, 5, 6, 50].map((failures) => nextPoll({ ...calm, failures }) / minute);
    expect(waits).toEqual([15, 30, 60, 120, 240, 360, 360]);
    expect(nextPoll({ ...calm, pollMs: 24 * hour, failures: 9 })).toBe(24 * hour);
  });

  it('is put off as its host asks, but not for more than a day', () => {
    expect(nextPoll({ ...calm, retryAfterMs: hour })).toBeGreaterThanOrEqual(hour);
    expect(nextPoll({ ...calm, retryAfterMs: 1_000 })).toBe(15 * minute);
    for (const retryAfterMs of [365 * 24 * hour, Infinity])
      expect(nextPoll({ ...calm, retryAfterMs })).toBeLessThanOrEqual(1.2 * 24 * hour);
    expect(nextPoll({ ...calm, retryAfterMs: Number.NaN })).toBe(15 * minute);
  });

  it('brings a new version to at least 95 of 100 devices within 20 minutes of its publication', () => {
    // Each device was last looking at any moment of its interval.
    let within = 0;
    for (let device = 0; device < 10_000; device += 1) {
      const interval = nextPoll({ ...calm, random: (device % 100) / 99 });
      if (interval * ((device * 7919) % 10_000) < 10_000 * 20 * minute) within += 1;
    }
    expect(within).toBeGreaterThanOrEqual(9_500);
  });
});

describe('a timer of looks', () => {
  let asleepMs = 0;
  let runs: number[] = [];
  const clock = { now: () => Date.now() + asleepMs, monotonic: () => performance.now() };
  let timer: PollTimer;

  beforeEach(() => {
    vi.useFakeTimers();
    [asleepMs, runs] = [0, []];
    timer = new PollTimer({ clock, random: () => 0.5, run: () => runs.push(performance.now()) });
  });
  afterEach(() => {
    timer.stop();
    vi.useRealTimers();
  });

  it('looks once, when it is time, and says when that is', () => {
    timer.set(10 * minute);
    expect(timer.nextAt).toBe(Date.now() + 10 * minute);
    vi.advanceTimersByTime(10 * minute - 1);
    expect(runs).toHaveLength(0);
    vi.advanceTimersByTime(hour);
    expect(runs).toHaveLength(1);
    expect(timer.nextAt).toBeUndefined();
  });

  it('keeps only the last of several plans', () => {
    for (const ms of [1, 2, 3]) timer.set(ms * minute);
    vi.advanceTimersByTime(hour);
    expect(runs).toHaveLength(1);
  });

  it('looks soon after sleep, not at once, and once however often it is told', () => {
    timer.set(hour);
    asleepMs = 8 * hour;
    for (let count = 0; count < 10; count += 1) timer.wake();
    vi.advanceTimersByTime(1_000);
    expect(runs).toHaveLength(0);
    vi.advanceTimersByTime(30_000);
    expect(runs).toHaveLength(1);
    timer.set(hour);
    timer.wake();
    vi.advanceTimersByTime(30_000);
    expect(runs).toHaveLength(1);
    vi.advanceTimersByTime(hour);
    expect(runs).toHaveLength(2);
  });

  it('does not put off by waking up what was due sooner', () => {
    timer.set(1_500);
    timer.wake();
    vi.advanceTimersByTime(1_500);
    expect(runs).toHaveLength(1);
  });

  it('keeps to what its host asked for, also when it wakes up', () => {
    timer.set(hour, hour);
    timer.wake();
    vi.advanceTimersByTime(hour - 1_000);
    expect(runs).toHaveLength(0);
    vi.advanceTimersByTime(2_000);
    expect(runs).toHaveLength(1);
  });

  it('looks again soon when the machine woke up during a look', () => {
    timer.set(minute);
    vi.advanceTimersByTime(minute);
    timer.wake();
    timer.set(hour);
    vi.advanceTimersByTime(30_000);
    expect(runs).toHaveLength(2);
  });

  it('looks no more once it was stopped', () => {
    timer.set(minute);
    timer.stop();
    timer.set(minute);
    timer.wake();
    vi.advanceTimersByTime(hour);
    expect(runs).toHaveLength(0);
    expect(timer.nextAt).toBeUndefined();
  });
});
