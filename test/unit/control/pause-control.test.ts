import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createPauseControl } from '../../../main/control/pause-control.ts';
import type { PauseNeed } from '../../../main/control/window-needs.ts';
import { Pause } from '../../../main/gateway/pause.ts';
import type { AnyEvent } from '../../../shared/contract/contract.ts';

const start = Date.UTC(2026, 10, 25, 12);
const clock = { now: () => Date.now() };
let told: AnyEvent[];
let control: PauseNeed;
/** Why nothing may pass through. */
let refused: string | undefined;

beforeEach(() => {
  vi.useFakeTimers({ now: start });
  told = [];
  refused = undefined;
  const pause = new Pause(clock);
  control = createPauseControl({
    clock,
    publish: (event) => void told.push(event),
    gateway: {
      pause: (until, mode) => {
        pause.begin(until, mode);
      },
      resume: () => {
        pause.end();
      },
      get paused() {
        return pause.state;
      },
      passThroughRefused: () => refused,
    },
  });
});

afterEach(() => {
  vi.useRealTimers();
});

const since = '2026-11-25T12:00:00.000Z';
const changed = (paused: unknown): unknown => ({ event: 'pause.changed', data: { paused } });

describe('a pause that people make', () => {
  it('is told when it begins, and once when it runs out', () => {
    const paused = { mode: 'block', since, until: '2026-11-25T12:30:00.000Z' };
    expect(control.pause(30, 'block')).toEqual(paused);
    expect(control.paused()).toEqual(paused);
    expect(told).toEqual([changed(paused)]);
    vi.advanceTimersByTime(30 * 60_000 - 1);
    expect(told).toHaveLength(1);
    vi.advanceTimersByTime(3_600_000);
    expect(told).toEqual([changed(paused), changed(null)]);
    expect(control.paused()).toBeNull();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('that is ended is told once, and not again at its time', () => {
    control.pause(30, 'block');
    control.resume();
    control.resume();
    vi.advanceTimersByTime(3_600_000);
    expect(told.slice(1)).toEqual([changed(null)]);
  });

  it('without an end waits for nobody', () => {
    expect(control.pause(null, 'block')).toEqual({ mode: 'block', since, until: null });
    expect(vi.getTimerCount()).toBe(0);
    vi.advanceTimersByTime(48 * 3_600_000);
    expect(control.paused()).toEqual({ mode: 'block', since, until: null });
    control.resume();
    expect(told).toEqual([changed({ mode: 'block', since, until: null }), changed(null)]);
  });

  it('that lets requests pass through says so, and ends like any', () => {
    const paused = { mode: 'pass_through', since, until: '2026-11-25T12:05:00.000Z' };
    expect(control.pause(5, 'pass_through')).toEqual(paused);
    vi.advanceTimersByTime(5 * 60_000);
    expect(told).toEqual([changed(paused), changed(null)]);
  });

  it('lets nothing pass through where a rule must hold, and what there was before stays', () => {
    control.pause(10, 'block');
    refused = 'the bundle of your team enforces masking.';
    expect(control.passThroughRefused()).toBe(refused);
    expect(() => control.pause(5, 'pass_through')).toThrow(
      'Requests cannot pass through: the bundle of your team enforces masking. Pause with mode block.',
    );
    expect(control.paused()).toEqual({ mode: 'block', since, until: '2026-11-25T12:10:00.000Z' });
    expect(told).toHaveLength(1);
  });

  it('replaces the one before, with its end', () => {
    control.pause(1, 'block');
    control.pause(10, 'block');
    vi.advanceTimersByTime(5 * 60_000);
    expect(control.paused()).toEqual({ mode: 'block', since, until: '2026-11-25T12:10:00.000Z' });
    expect(told).toHaveLength(2);
  });

  it('goes on where the clock was set back meanwhile', () => {
    control.pause(1, 'block');
    vi.setSystemTime(start - 3_600_000);
    vi.advanceTimersByTime(60_000);
    expect(told).toHaveLength(1);
    expect(control.paused()).not.toBeNull();
    vi.advanceTimersByTime(3_600_000);
    expect(told.slice(1)).toEqual([changed(null)]);
  });

  it('is told once where its end was seen before the timer came', () => {
    control.pause(1, 'block');
    vi.setSystemTime(start + 120_000);
    expect(control.paused()).toBeNull();
    control.resume();
    vi.advanceTimersByTime(120_000);
    expect(told.slice(1)).toEqual([changed(null)]);
  });
});
