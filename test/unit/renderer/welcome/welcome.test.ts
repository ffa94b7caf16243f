/** The first minutes: where they go on, what is offered, what is suggested. */
import { describe, expect, it } from 'vitest';
import { foundItems, tickedAtFirst } from '../../../../renderer/features/welcome/found-items.ts';
import { offered } from '../../../../renderer/features/welcome/offered.ts';
import { beginning, placeAfter, readProgress, testChoice } from '../../../../renderer/features/welcome/progress.ts';
import { isThisComputer } from '../../../../renderer/features/welcome/reach.ts';
import {
  amountOf,
  budgetEdit,
  dailyLimit,
  maskingEdits,
  masksAlready,
} from '../../../../renderer/features/welcome/suggestions.ts';
import { clientEntry } from '../clients/samples.ts';

const works = { ok: true, model: 'openai/small', cost: '0.00002', message: null, needsModel: false };

describe('progress', () => {
  it('comes back as it was kept', () => {
    const kept = {
      ...beginning,
      place: 'check' as const,
      imported: ['openai'],
      checks: { openai: works },
      waiting: { client: 'codex', name: 'Codex', keyId: 'codex', before: null },
      seen: 'req_1',
    };
    expect(readProgress(JSON.stringify(kept))).toEqual(kept);
  });

  it('begins anew where what was kept is not to be understood', () => {
    for (const kept of [null, '', '{', '7', 'null', '{"place":"moon"}']) expect(readProgress(kept)).toEqual(beginning);
  });

  it('drops parts that are not what they should be', () => {
    const kept = JSON.stringify({
      place: 'client',
      imported: [1, 'a'],
      checks: { a: { ok: 'yes' } },
      waiting: { client: 1 },
    });
    expect(readProgress(kept)).toEqual({ ...beginning, place: 'client', imported: ['a'] });
  });

  it('checks only what was taken over', () => {
    expect(placeAfter('found', { imported: [] })).toBe('client');
    expect(placeAfter('found', { imported: ['openai'] })).toBe('check');
    expect(placeAfter('seen', { imported: [] })).toBe('done');
  });

  it('asks for a test what was seen to work, else what is free', () => {
    const checks = { a: { ...works, ok: false }, openai: works };
    expect(testChoice({ imported: ['a', 'openai'], checks })).toEqual({ model: 'openai/small', isFree: false });
    expect(testChoice({ imported: ['a'], checks: {} })).toEqual({ model: 'demo/echo', isFree: true });
  });

  it('calls a model free only where its cost is known', () => {
    const cost = (value: string | null) =>
      testChoice({ imported: ['a'], checks: { a: { ...works, cost: value } } }).isFree;
    expect([cost('0'), cost(null), cost('0.1')]).toEqual([true, false, false]);
  });
});

describe('what was found', () => {
  const found = {
    keys: [
      { id: 'k1', kind: 'openai', label: 'OpenAI', source: '~/.codex/auth.json', hint: '9fA2', known: true },
      { id: 'k2', kind: 'anthropic', label: 'Anthropic', source: 'env', hint: '', known: false },
    ],
    servers: [
      { id: 's1', kind: 'ollama', label: 'Ollama', base_url: 'http://127.0.0.1:11434', models: 2, known: false },
    ],
  } as const;

  it('is ticked unless it is set up already, which stands last', () => {
    const items = foundItems({ keys: [...found.keys], servers: [...found.servers] });
    expect(items.map(({ id }) => id)).toEqual(['k2', 's1', 'k1']);
    expect([...tickedAtFirst(items)]).toEqual(['k2', 's1']);
  });
});

describe('the clients that are offered', () => {
  it('are those found here, what works whole first, and never one that cannot', () => {
    const { first, others, isFound } = offered([
      clientEntry({ id: 'limited', support: 'partial', installed: '~/.l' }),
      clientEntry({ id: 'no', support: 'none', installed: '~/.n' }),
      clientEntry({ id: 'whole', installed: '~/.w' }),
      clientEntry({ id: 'away' }),
    ]);
    expect(isFound).toBe(true);
    expect(first.map(({ id }) => id)).toEqual(['whole', 'limited']);
    expect(others.map(({ id }) => id)).toEqual(['away']);
  });

  it('are a few of all where none was found, and the others can be had', () => {
    const all = Array.from({ length: 9 }, (_, index) => clientEntry({ id: `c${index}` }));
    const { first, others, isFound } = offered(all);
    expect(isFound).toBe(false);
    expect(first.length).toBeLessThan(9);
    expect([...first, ...others].map(({ id }) => id)).toEqual(all.map(({ id }) => id));
  });
});

describe('the suggestion', () => {
  it('sees a budget for everything of a day, and no other', () => {
    expect(dailyLimit({ budgets: [{ id: 'm', scope: 'global', period: 'month', limit_usd: '5' }] })).toBeUndefined();
    expect(dailyLimit({ budgets: [{ id: 'd', scope: 'global', period: 'day', limit_usd: '5' }] })).toBe('5');
    expect(dailyLimit({ budgets: [{ id: 'k', scope: 'key', period: 'day', limit_usd: '5' }] })).toBeUndefined();
    expect(dailyLimit(undefined)).toBeUndefined();
  });

  it('adds a budget behind those there are, under a name nobody has', () => {
    expect(budgetEdit({ budgets: [{ id: 'daily' }, { id: 'x' }] }, '10')).toEqual({
      op: 'insert',
      path: ['budgets', 2],
      value: { id: 'daily-2', scope: 'global', limit_usd: '10', period: 'day', alert_at: [0.8, 1], action: 'reject' },
    });
    expect(budgetEdit({}, '10')).toMatchObject({ path: ['budgets', 0], value: { id: 'daily' } });
  });

  it('takes amounts as people write them, and nothing else', () => {
    expect(amountOf(' 7,50 ')).toBe('7.50');
    expect(amountOf('10')).toBe('10');
    for (const text of ['', '0', '0.00', '-1', 'ten', '1e3', '1.234']) expect(amountOf(text)).toBeUndefined();
  });

  it('masks secrets alone, unless somebody chose the kinds', () => {
    const you = { source: 'you', where: null, locked: false, reason: null } as const;
    expect(maskingEdits({}).map(({ path }) => path.join('.'))).toEqual(['masking.enabled', 'masking.detectors']);
    expect(maskingEdits({ '/masking/detectors/0': you }).map(({ path }) => path.join('.'))).toEqual([
      'masking.enabled',
    ]);
    expect(masksAlready({ masking: { enabled: true } })).toBe(true);
    expect(masksAlready({ masking: {} })).toBe(false);
  });
});

describe('an address', () => {
  it('is of this computer alone only where nobody else reaches it', () => {
    for (const url of ['http://127.0.0.1:4790', 'http://localhost:1', 'http://[::1]:1'])
      expect(isThisComputer(url)).toBe(true);
    for (const url of ['http://0.0.0.0:4790', 'http://192.168.1.5:1', 'http://127.0.0.1.example:1', 'x'])
      expect(isThisComputer(url)).toBe(false);
  });
});
