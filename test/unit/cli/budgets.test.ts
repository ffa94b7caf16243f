import { describe, expect, it } from 'vitest';
import type { BudgetEntry } from '../../../shared/contract/budgets.ts';
import { noon, terminal } from './terminal.ts';

/** A budget as the contract has it; give what matters to the test. */
function budget(given: Partial<BudgetEntry> = {}): BudgetEntry {
  return {
    ...{ id: 'key:ide:day', scope: 'key', match: 'ide', subject: null, period: 'day' },
    ...{ since: '2026-11-25T00:00:00Z', resets_at: new Date(noon + 7 * 3_600_000).toISOString() },
    ...{ limit_usd: '5', raised_usd: '0', spent_usd: '1.25', reserved_usd: '0', remaining_usd: '3.75' },
    ...{ action: 'reject', state: 'ok', reason: null, exhausted_at: null, enforced: false, forecast: null },
    origin: 'sluice.yaml, line 9',
    ...given,
  };
}

describe('budgets', () => {
  const answers = {
    'budgets.list': {
      budgets: [
        budget(),
        budget({
          ...{ id: 'all', scope: 'global', match: null, period: 'month', limit_usd: '100', raised_usd: '25' },
          ...{ spent_usd: '124.9', state: 'alerted', forecast: 'at this pace: Thursday 15:00' },
        }),
        budget({
          ...{ id: 'each', scope: 'user', match: null, subject: 'dana', period: 'session', resets_at: null },
          ...{ limit_usd: '0', spent_usd: '0', state: 'unknown', reason: 'the ledger was lost' },
        }),
      ],
    },
  };

  it('shows who spent how much of what, and when it is used up', async () => {
    const { run, out, err } = terminal({ answers });
    expect(await run('budgets')).toBe(0);
    const cells = out
      .join('\n')
      .split('\n')
      .map((line) => line.split(/ {2,}/));
    expect(cells).toEqual([
      ['BUDGET', 'WHO', 'PERIOD', 'SPENT', 'OF', 'RESETS IN', 'FORECAST', 'STATE'],
      ['key:ide:day', 'key ide', 'day', '$1.25', '$5', '██░░░░░░░░ 25 %', '7 h', '–', 'ok'],
      [
        ...['all', 'everybody', 'month', '$124.90', '$125.00', '█████████░ 99 %', '7 h'],
        ...['at this pace: Thursday 15:00', 'alerted'],
      ],
      ['each', 'user dana', 'session', '$0', '$0', '–', '–', 'unknown'],
    ]);
    expect(err).toEqual(['Budget "each": the ledger was lost']);
  });

  it('is the same with its second word, and takes options without it', async () => {
    const [long, short] = [terminal({ answers }), terminal({ answers })];
    expect([await long.run('budgets', 'list', '--json'), await short.run('budgets', '--json')]).toEqual([0, 0]);
    expect(short.out).toEqual(long.out);
    expect(JSON.parse(short.out[0] ?? '')).toEqual(answers['budgets.list']);
    const help = terminal();
    expect(await help.run('budgets', '--help')).toBe(0);
    for (const word of ['list', 'raise', 'accept']) expect(help.out.join('\n')).toContain(`sluice budgets ${word}`);
  });

  it('does not take another word for the list', async () => {
    const { run, err } = terminal();
    expect(await run('budgets', 'rais')).toBe(2);
    expect(err.join('\n')).toContain('Did you mean `sluice budgets raise`?');
  });

  it('says how to have one when there is none', async () => {
    const { run, out, err } = terminal({ answers: { 'budgets.list': { budgets: [] } } });
    expect(await run('budgets')).toBe(0);
    expect(out).toEqual([]);
    expect(err.join('\n')).toContain('--budget 5/day');
  });

  it('is 1 without a running instance', async () => {
    const message = 'That needs a running instance: `sluice serve`.';
    const { run, err } = terminal({ failures: { 'budgets.list': { code: 'control.unsupported', message } } });
    expect(await run('budgets')).toBe(1);
    expect(err).toEqual([`sluice: ${message}`]);
  });
});

describe('budgets raise', () => {
  const raised = budget({ raised_usd: '2.5', spent_usd: '5', reserved_usd: '0.1' });

  it('gives more for the running period, and says what there is now', async () => {
    const { run, out, err, asked } = terminal({ answers: { 'budgets.raise': { entry: raised } } });
    expect(await run('budgets', 'raise', 'key:ide:day', '$2.50', '--note', 'release day')).toBe(0);
    expect(asked).toEqual([['budgets.raise', { id: 'key:ide:day', by_usd: '2.50', note: 'release day' }]]);
    expect(out).toEqual([]);
    expect(err).toEqual([
      'Budget "key:ide:day" of key ide is raised by $2.50 until it resets in 7 h: $5 of $7.50 spent (66 %), $0.10 reserved.',
    ]);
  });

  it('says whose, where each has a sum of his own', async () => {
    const { run, out, asked } = terminal({ answers: { 'budgets.raise': { entry: raised } } });
    expect(await run('budgets', 'raise', 'each', '1', '--subject', 'dana', '--json')).toBe(0);
    expect(asked[0]?.[1]).toEqual({ id: 'each', by_usd: '1', note: '', subject: 'dana' });
    expect(JSON.parse(out[0] ?? '')).toEqual(raised);
  });

  it.each([
    [['b', 'much'], 'AMOUNT is no amount: "much". Give US dollars as a decimal, e.g. 5 or 0.25.'],
    [['b', '0.00'], 'AMOUNT is 0: give what it is to be raised by.'],
    [['b'], '`sluice budgets raise` needs AMOUNT.'],
    [[], '`sluice budgets raise` needs ID.'],
  ])('with %j is 2', async (argv, message) => {
    const { run, err, asked } = terminal();
    expect(await run('budgets', 'raise', ...argv)).toBe(2);
    expect(err.join('\n')).toContain(message);
    expect(asked).toEqual([]);
  });

  it('is 2 where it is not said whose, 1 where there is no such budget', async () => {
    for (const [code, exit] of [
      ['control.invalid_input', 2],
      ['control.not_found', 1],
    ] as const) {
      const { run, err } = terminal({ failures: { 'budgets.raise': { code, message: 'No.' } } });
      expect(await run('budgets', 'raise', 'b', '1')).toBe(exit);
      expect(err[0]).toBe('sluice: No.');
    }
  });
});

describe('budgets accept', () => {
  it.each([
    [0, 'Nothing was waiting for that: every budget knows what was spent.'],
    [1, 'What is known was accepted: 1 budget may be spent from again.'],
    [3, 'What is known was accepted: 3 budgets may be spent from again.'],
  ])('of %i says so', async (accepted, text) => {
    const { run, err } = terminal({ answers: { 'budgets.accept': { accepted } } });
    expect(await run('budgets', 'accept')).toBe(0);
    expect(err).toEqual([text]);
  });
});
