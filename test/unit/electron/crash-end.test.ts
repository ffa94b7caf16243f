import { describe, expect, it } from 'vitest';
import { createCrashEnd } from '../../../main/electron/crash-end.ts';

interface Given {
  /** Answers of the journal, one after the other. */
  readonly delayMs?: number | undefined;
  /** People ended it: before, or while it waits. */
  readonly ends?: 'before' | 'meanwhile';
  readonly cannotTell?: boolean;
}

/** A process that is about to end, and what became of it, in order. */
function process({ delayMs, ends, cannotTell = false }: Given) {
  const did: unknown[] = [];
  let isEnding = ends === 'before';
  const crash = createCrashEnd({
    app: { exit: (code) => void did.push(['exit', code]) },
    again: (more) => void did.push(['again', more]),
    journal: {
      fatal(error) {
        did.push(['noted', String(error)]);
        return delayMs;
      },
    },
    log: { error: () => undefined, flush: () => undefined },
    isEnding: () => isEnding,
    tell(error) {
      did.push(['told', String(error)]);
      return cannotTell ? Promise.reject(new Error('no display')) : Promise.resolve();
    },
    wait(ms) {
      did.push(['waited', ms]);
      if (ends === 'meanwhile') isEnding = true;
      return Promise.resolve();
    },
  });
  return { crash, did };
}

describe('an error that nobody caught', () => {
  it('ends the process, and a new one takes its place without a window', async () => {
    const { crash, did } = process({ delayMs: 2_000 });
    await crash(new Error('x'));
    expect(did).toEqual([
      ['noted', 'Error: x'],
      ['waited', 2_000],
      ['again', ['--hidden']],
      ['exit', 1],
    ]);
  });

  it('is one crash, and one new process, however many more come of it', async () => {
    const { crash, did } = process({ delayMs: 0 });
    await Promise.all([crash('first'), crash('second'), crash('third')]);
    expect(did.map((one) => (one as string[])[0])).toEqual(['noted', 'again', 'exit']);
  });

  it.each(['before', 'meanwhile'] as const)('does not bring back what people ended (%s)', async (ends) => {
    const { crash, did } = process({ delayMs: 2_000, ends });
    await crash('late');
    expect(did.map((one) => (one as string[])[0])).not.toContain('again');
    expect(did.at(-1)).toEqual(['exit', 1]);
  });

  it.each([false, true])(
    'is told to people where it would only crash again (who cannot be told: %s)',
    async (cannotTell) => {
      const { crash, did } = process({ delayMs: undefined, cannotTell });
      await crash('once more');
      expect(did).toEqual([
        ['noted', 'once more'],
        ['told', 'once more'],
        ['exit', 1],
      ]);
    },
  );
});
