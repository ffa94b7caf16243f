import { describe, expect, it } from 'vitest';
import type { RunResult } from '../../../../shared/contract/playground.ts';
import { letterOf, shuffled } from '../../../../renderer/features/playground/blind.ts';
import { newAnswer, newColumn, newTurn, emptyDraft } from '../../../../renderer/features/playground/draft.ts';
import { sumCosts, talliesOf, tokensPerSecond, totalsOf } from '../../../../renderer/features/playground/figures.ts';
import { prettyJson } from '../../../../renderer/features/playground/json-text.ts';
import { keptText, readKept } from '../../../../renderer/features/playground/kept.ts';
import { exportText, readExport } from '../../../../renderer/features/playground/library-file.ts';

const usage = {
  input_tokens: 10,
  output_tokens: 20,
  cache_read_tokens: 5,
  cache_write_tokens: 0,
  reasoning_tokens: null,
};

function result(change: Partial<RunResult>): RunResult {
  return {
    ...{
      run: 'r',
      request_id: 'req_1',
      status: 200,
      text: 'x',
      reasoning: '',
      tool_calls: [],
      finish_reason: 'stop',
      usage,
    },
    ...{ cost_usd: '0.1', target: 'a/b', attempts: 1, masked: 0, ttft_ms: 100, duration_ms: 1_100 },
    ...{ error: null, stopped: false },
    ...change,
  };
}

describe('figures of runs', () => {
  it('count the speed from the first token on, and only where it can be told', () => {
    expect(tokensPerSecond(result({}))).toBe(20);
    expect(tokensPerSecond(result({ usage: null }))).toBeNull();
    expect(tokensPerSecond(result({ ttft_ms: null }))).toBeNull();
    expect(tokensPerSecond(result({ ttft_ms: 1_090 }))).toBeNull();
  });

  it('add money without losing any, and never take an unknown cost for none', () => {
    const costs = ['0.1', '0.2', '0.000000000001', null].map((cost_usd) => result({ cost_usd }));
    expect(sumCosts(costs)).toEqual({ known: '0.300000000001', unknown: 1 });
    expect(sumCosts([result({ cost_usd: null, request_id: null })])).toEqual({ known: '0', unknown: 0 });
  });

  it('sum up a model: failures are counted, and no part of its mean', () => {
    const answer = (one: RunResult): typeof newAnswer => ({ ...newAnswer, result: one });
    const failure = { code: 'x', message: 'no', requestId: 'r' };
    const totals = totalsOf([
      answer(result({ duration_ms: 100 })),
      answer(result({ duration_ms: 300 })),
      answer(result({ duration_ms: 9_000, error: { code: null, message: 'no' }, usage: null })),
      { ...newAnswer, failure },
      newAnswer,
    ]);
    expect(totals).toEqual({
      ...{ ended: 4, failed: 2, cost: { known: '0.3', unknown: 0 } },
      ...{ inputTokens: 30, outputTokens: 40, meanMs: 200 },
    });
    expect(totalsOf([]).meanMs).toBeNull();
  });
});

describe('a blind comparison', () => {
  it('shows each column once, in every order', () => {
    const orders = new Set<string>();
    for (let first = 0; first < 1; first += 0.25)
      for (let second = 0; second < 1; second += 0.25) {
        const numbers = [first, second];
        orders.add(shuffled(['a', 'b', 'c'], () => numbers.shift() ?? 0).join(''));
      }
    expect([...orders].toSorted()).toEqual(['abc', 'acb', 'bac', 'bca', 'cab', 'cba']);
    expect(letterOf(3)).toBe('D');
  });

  it('ranks by wins, a draw being half of one', () => {
    const tallies = talliesOf([
      { model: 'a', compared: 4, won: 1, drawn: 2 },
      { model: 'b', compared: 4, won: 3, drawn: 0 },
      { model: 'c', compared: 8, won: 6, drawn: 0 },
      { model: 'd', compared: 0, won: 0, drawn: 0 },
    ]);
    expect(tallies.map(({ model, share }) => [model, share])).toEqual([
      ['c', 0.75],
      ['b', 0.75],
      ['a', 0.5],
      ['d', null],
    ]);
  });
});

describe('JSON in an answer', () => {
  it('is drawn with a name a line, in a fence or not, and nothing else is', () => {
    expect(prettyJson('{"a":[1]}')).toBe('{\n  "a": [\n    1\n  ]\n}');
    expect(prettyJson('```json\n{"a":1}\n```')).toBe('{\n  "a": 1\n}');
    expect(prettyJson('[1, 2')).toBeUndefined();
    expect(prettyJson('12')).toBeUndefined();
    expect(prettyJson('Here: {"a":1}')).toBeUndefined();
  });
});

describe('what is kept of the page', () => {
  const picture = { id: 'p', name: 'a.png', url: 'data:image/png;base64,AAAA' };
  const draft = { ...emptyDraft(), system: 's', turns: [{ ...newTurn('user', 'x'), pictures: [picture] }] };

  it('comes back without pictures, and a conversation that had some cannot go on', () => {
    const column = { ...newColumn('m'), base: [{ role: 'user', content: [{ type: 'image_url' }] }] };
    const plain = { ...newColumn('n'), base: [{ role: 'user', content: 'x' }] };
    const text = keptText({ draft, columns: [column, plain] });
    expect(text).not.toContain('AAAA');
    const back = readKept(text ?? '');
    expect(back?.draft.turns[0]).toMatchObject({ text: 'x', pictures: [] });
    expect(back?.columns.map(({ base }) => base)).toEqual([null, plain.base]);
  });

  it('gives up answers, then everything, rather than more than 1 MB', () => {
    const answer = { ...newAnswer, text: 'y'.repeat(1024 * 1024) };
    const long = { ...newColumn('m'), steps: [{ kind: 'answer' as const, answer }] };
    expect(readKept(keptText({ draft, columns: [long] }) ?? '')?.columns[0]).toMatchObject({ model: 'm', steps: [] });
    expect(keptText({ draft: { ...draft, system: 'z'.repeat(1024 * 1024) }, columns: [] })).toBeUndefined();
  });

  it.each(['', '{', 'null', '{"draft":{},"columns":[]}', '{"draft":{"system":1},"columns":[{}]}'])(
    'is nothing when it is not ours: %j',
    (text) => {
      expect(readKept(text)).toBeUndefined();
    },
  );
});

describe('a file of prompts', () => {
  const content = {
    ...{ system: '', messages: [{ role: 'user' as const, text: 'x' }], variables: [], model: '' },
    ...{ temperature: null, top_p: 0.5, max_tokens: null, tools: '', json_schema: '' },
  };
  const prompt = { id: 'a', name: 'n', labels: ['l'], versions: [{ version: 1, at: '2026-01-01', note: '', content }] };

  it('comes back as it was taken away', () => {
    expect(readExport(exportText([prompt])).prompts).toEqual([prompt]);
  });

  it('may be a bare list, and what is not known is left out', () => {
    expect(readExport(JSON.stringify([{ ...prompt, colour: 'red' }])).prompts).toEqual([prompt]);
  });

  it.each([
    ['{', undefined, 'json'],
    ['{}', 'prompts', 'list'],
    ['[1]', 'prompts[0]', 'object'],
    [JSON.stringify([prompt, { ...prompt, name: '' }]), 'prompts[1].name', 'text'],
    [JSON.stringify([{ ...prompt, versions: [] }]), 'prompts[0].versions', 'list'],
    [
      JSON.stringify([{ ...prompt, versions: [{ ...prompt.versions[0], content: { ...content, top_p: 'x' } }] }]),
      'prompts[0].versions[0].content.top_p',
      'number',
    ],
  ])('is refused with the place and what belongs there: %s', (text, where, needs) => {
    const { problem } = readExport(text);
    expect(problem?.needs).toBe(needs);
    if (where !== undefined) expect(problem?.where).toBe(where);
  });
});
