import { describe, expect, it } from 'vitest';
import { guardSteps } from '../../../main/gateway/guard.ts';
import { Protections } from '../../../main/gateway/protections.ts';
import type { MaskTerm, Masking, Snapshot } from '../../../main/gateway/ports.ts';
import { atOnce } from '../../../main/kit/steps.ts';
import { Secret } from '../../../main/kit/secret.ts';
import { turnsDuring } from '../../turns.ts';

const termList = (wholeWord: boolean): MaskTerm[] =>
  Array.from({ length: 6_000 }, (_, at) => ({ text: `Plan ${String(at)}`, caseSensitive: at % 7 === 0, wholeWord }));

function rulesOf(terms: readonly MaskTerm[]): Pick<Snapshot, 'masking' | 'firewall'> {
  const masking: Masking = {
    kinds: new Map([['terms', { mode: 'mask', restore: true, restoreInTools: ['*'], replace: 'tag' }]]),
    ...{ terms, overrides: [], exact: [], patterns: [], allowed: [], excludedProviders: [], excludedClients: [] },
    ...{ restore: true, answers: 'off', definitions: false, media: 'pass', onFailure: 'block', timeBudgetMs: 5_000 },
  };
  return { masking, firewall: [] };
}

describe('terms by the thousand', () => {
  it('are made ready in many steps, and found as if in one', () => {
    for (const wholeWord of [true, false]) {
      const terms = termList(wholeWord);
      const steps = guardSteps(rulesOf(terms));
      let rests = 0;
      let step = steps.next();
      for (; step.done !== true; step = steps.next()) rests += 1;
      // Reading them, putting them into the automaton, joining its states, and their case: each in more steps than a few.
      expect(rests).toBeGreaterThan(10);
      const text = 'of plan 2346, Plan 7 and plan 14';
      const found = step.value.engine.find(text).map((one) => one.text);
      expect(found).toEqual(
        atOnce(guardSteps(rulesOf(terms)))
          .engine.find(text)
          .map((one) => one.text),
      );
      expect(found).toEqual(wholeWord ? ['plan 2346', 'Plan 7'] : ['plan 2346', 'Plan 7', 'plan 1']);
    }
  });

  it('let requests have their turn while they are made ready, and whoever needs them waits', async () => {
    const protections = new Protections(new Secret('an install key of a test'), { error: () => undefined });
    const snapshot = rulesOf(termList(true)) as Snapshot;
    expect(await turnsDuring(() => protections.of(snapshot))).toBeGreaterThan(10);
    const later = rulesOf(termList(false)) as Snapshot;
    await protections.ready(later);
    expect(await turnsDuring(() => protections.of(later))).toBeLessThan(3);
    const { engine } = await protections.of(snapshot);
    expect(engine.find('about Plan 7')).toMatchObject([{ text: 'Plan 7' }]);
  });
});
