import { describe, expect, it } from 'vitest';
import { atOnce, eachInSteps, inTurns, type Steps } from '../../../main/kit/steps.ts';
import { turnsDuring } from '../../turns.ts';

function* counted(to: number, seen: number[]): Steps<number> {
  for (let at = 0; at < to; at += 1) {
    seen.push(at);
    yield undefined;
  }
  return to;
}

describe('long work in steps', () => {
  it('comes to the same at once and in turns', async () => {
    const [whole, parts]: [number[], number[]] = [[], []];
    expect(atOnce(counted(5, whole))).toBe(5);
    expect(await inTurns(counted(5, parts))).toBe(5);
    expect(parts).toEqual(whole);
  });

  it('gives everything else a turn after each step', async () => {
    expect(await turnsDuring(() => inTurns(counted(50, [])))).toBeGreaterThanOrEqual(50);
    expect(await turnsDuring(() => Promise.resolve(atOnce(counted(50, []))))).toBeLessThan(3);
  });

  it('rejects with what a step throws', async () => {
    function* broken(): Steps<void> {
      yield undefined;
      throw new Error('no');
    }
    await expect(inTurns(broken())).rejects.toThrow('no');
  });

  it('goes through a list in order, rests between long stretches of it, and never for a short one', () => {
    const seen: number[] = [];
    const list = Array.from({ length: 10_000 }, (_, index) => index);
    const rests = [...eachInSteps(list, (entry, index) => seen.push(entry + index))].length;
    expect(seen).toEqual(list.map((entry) => 2 * entry));
    expect(rests).toBeGreaterThan(2);
    expect([...eachInSteps(list.slice(0, 100), () => undefined)]).toEqual([]);
  });
});
