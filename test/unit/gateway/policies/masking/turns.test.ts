import { describe, expect, it } from 'vitest';
import { OutOfTime, Turns } from '../../../../../main/gateway/policies/masking/turns.ts';

function clockAt(now: number): { now: number; monotonic: () => number } {
  const clock = { now, monotonic: () => clock.now };
  return clock;
}

describe('turns', () => {
  it('end when they have taken some milliseconds, and others come first then', async () => {
    const clock = clockAt(0);
    const turns = new Turns(clock);
    expect(turns.next()).toBeUndefined();
    clock.now = 50;
    const order: string[] = [];
    const mine = turns.next()?.then(() => order.push('mine'));
    setImmediate(() => order.push('other'));
    await mine;
    expect(order).toEqual(['other', 'mine']);
    expect(turns.next()).toBeUndefined();
  });

  it('count what they took themselves, and not what others did meanwhile', async () => {
    const clock = clockAt(0);
    const turns = new Turns(clock, 100);
    clock.now = 60;
    const passed = turns.pass();
    clock.now = 1_000;
    await passed;
    clock.now = 1_030;
    await turns.next();
    clock.now = 1_045;
    expect(() => turns.next()).toThrow(OutOfTime);
  });
});
