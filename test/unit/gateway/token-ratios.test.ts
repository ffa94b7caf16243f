// What an answer that nobody counted has used, held against recordings cut after every event (BUD-12, HAR-09).
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import { describe, expect, it } from 'vitest';
import { dialectById } from '../../../main/gateway/dialect-registry.ts';
import type { Dialect } from '../../../main/gateway/dialects/dialect.ts';
import { TokenRatios } from '../../../main/gateway/token-ratios.ts';
import { totalInputTokens, type Usage } from '../../../shared/domain/usage.ts';

const target = 'p/m';
const told: Usage = { inputTokens: 12, outputTokens: 1, cacheReadTokens: 3_000, cacheWriteTokens: 40 };

interface Event {
  readonly name: string;
  readonly data: string;
}

/** The text in deltas of a few letters, the same answer in each dialect, with the usage at its end. */
const recordings: readonly {
  readonly dialect: 'openai-chat' | 'openai-responses' | 'anthropic-messages' | 'gemini';
  readonly begin: readonly object[];
  readonly delta: (text: string) => object;
  readonly end: (tokens: number) => readonly object[];
}[] = [
  {
    dialect: 'openai-chat',
    begin: [],
    delta: (content) => ({ choices: [{ index: 0, delta: { content } }] }),
    end: (tokens) => [
      { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] },
      { choices: [], usage: { prompt_tokens: 3_052, completion_tokens: tokens } },
    ],
  },
  {
    dialect: 'openai-responses',
    begin: [{ type: 'response.created', response: { id: 'r', status: 'in_progress' } }],
    delta: (delta) => ({ type: 'response.output_text.delta', item_id: 'm', output_index: 0, content_index: 0, delta }),
    end: (tokens) => [
      { type: 'response.completed', response: { id: 'r', usage: { input_tokens: 3_052, output_tokens: tokens } } },
    ],
  },
  {
    dialect: 'anthropic-messages',
    begin: [
      {
        type: 'message_start',
        message: {
          usage: {
            input_tokens: told.inputTokens,
            output_tokens: told.outputTokens,
            cache_read_input_tokens: told.cacheReadTokens,
            cache_creation_input_tokens: told.cacheWriteTokens,
          },
        },
      },
      { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
    ],
    delta: (text) => ({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } }),
    end: (tokens) => [
      { type: 'content_block_stop', index: 0 },
      { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: tokens } },
      { type: 'message_stop' },
    ],
  },
  {
    dialect: 'gemini',
    begin: [],
    delta: (text) => ({ candidates: [{ content: { role: 'model', parts: [{ text }] } }] }),
    end: (tokens) => [
      {
        candidates: [{ content: { parts: [] }, finishReason: 'STOP' }],
        usageMetadata: { promptTokenCount: 3_052, candidatesTokenCount: tokens, totalTokenCount: 3_052 + tokens },
      },
    ],
  },
];

const texts = {
  prose: 'The river had been rising for three days, and nobody in the village slept any more. '.repeat(30),
  code: 'export function add(a: number, b: number): number {\n  return a + b;\n}\n'.repeat(30),
  Chinese: '河水已经上涨了三天,村里再也没有人睡觉。'.repeat(30),
};

function eventOf(data: object): Event {
  const type = (data as { readonly type?: string }).type;
  return { name: type ?? '', data: JSON.stringify(data) };
}

/** Of each cut: what was seen, and what the provider had told of it. */
function cutsOf(
  dialect: Dialect,
  events: readonly Event[],
): { readonly outputBytes: number; readonly usage: Usage | undefined }[] {
  const meter = dialect.createMeter();
  return events.map(({ name, data }) => {
    meter.event(name, Buffer.from(data));
    return { outputBytes: meter.outputBytes, usage: meter.usage()?.usage };
  });
}

const deltasOf = (text: string): readonly string[] => text.match(/.{1,9}/gsu) ?? [];

describe.each(recordings)('a recorded stream of $dialect', ({ dialect, begin, delta, end }) => {
  it.each(Object.entries(texts))('of %s, cut after any event, is settled from what was seen of it', (_, text) => {
    const deltas = deltasOf(text);
    const tokens = countTokens(text);
    const events = [...begin, ...deltas.map(delta), ...end(tokens)].map(eventOf);
    const cuts = cutsOf(dialectById(dialect), events);
    const whole = cuts.at(-1);
    expect(whole?.usage?.outputTokens).toBe(tokens);
    const ratios = new TokenRatios();
    ratios.learnOutput(target, whole?.outputBytes ?? 0, tokens);
    let before = 0;
    for (const [index, { outputBytes, usage }] of cuts.slice(0, begin.length + deltas.length).entries()) {
      const estimate = ratios.estimateUsage({
        target,
        told: usage,
        bodyBytes: 9_000,
        outputBytes,
        maxTokens: undefined,
      });
      const seen = deltas.slice(0, Math.max(0, index + 1 - begin.length)).join('');
      expect(estimate.outputTokens).toBeGreaterThanOrEqual(countTokens(seen));
      expect(estimate.outputTokens).toBeGreaterThanOrEqual(before);
      expect(totalInputTokens(estimate)).toBe(dialect === 'anthropic-messages' ? 3_052 : 3_060);
      before = estimate.outputTokens;
    }
    // All of the text was seen, and the count never came.
    expect(before).toBeGreaterThanOrEqual(tokens);
    expect(before).toBeLessThanOrEqual(tokens * 1.05);
  });
});

describe('the output of an answer that was not counted', () => {
  const estimate = (ratios: TokenRatios, outputBytes: number, maxTokens?: number): number =>
    ratios.estimateUsage({ target, told: undefined, bodyBytes: 100, outputBytes, maxTokens }).outputTokens;

  it('is high before anything was learned, and nothing when nothing came', () => {
    expect([estimate(new TokenRatios(), 3_000), estimate(new TokenRatios(), 0)]).toEqual([1_016, 0]);
  });

  it('is what one answer in twenty passes, not the largest that ever was', () => {
    const ratios = new TokenRatios();
    for (let index = 1; index <= 39; index++) ratios.learnOutput(target, 1_000, 16 + 200 + index);
    ratios.learnOutput(target, 1_000, 5_000);
    expect(estimate(ratios, 1_000)).toBe(16 + 238);
  });

  it('forgets what a model was long ago', () => {
    const ratios = new TokenRatios();
    for (let index = 0; index < 40; index++) ratios.learnOutput(target, 1_000, 4_016);
    for (let index = 0; index < 40; index++) ratios.learnOutput(target, 1_000, 266);
    expect(estimate(ratios, 1_000)).toBe(266);
  });

  it('holds the thoughts that a model does not show', () => {
    const ratios = new TokenRatios();
    ratios.learnOutput(target, 1_000, 3_016);
    expect(estimate(ratios, 500)).toBe(1_516);
  });

  it('of a model that is not known is that of the others, and no less than usual', () => {
    const ratios = new TokenRatios();
    ratios.learnOutput('p/thinker', 1_000, 3_016);
    expect(estimate(ratios, 300)).toBe(916);
    const plain = new TokenRatios();
    plain.learnOutput('p/prose', 1_000, 216);
    expect(estimate(plain, 300)).toBe(116);
  });

  it('is never more than the limit that was sent, nor less than was told', () => {
    const ratios = new TokenRatios();
    expect(estimate(ratios, 3_000, 500)).toBe(500);
    const more = { ...told, outputTokens: 700 };
    expect(ratios.estimateUsage({ target, told: more, bodyBytes: 1, outputBytes: 10, maxTokens: 500 })).toEqual(more);
  });
});

describe('what an answer takes at least', () => {
  it('is little before enough was learned, and what no answer was below then', () => {
    const ratios = new TokenRatios();
    expect(ratios.leastOutputTokens(target, 8_000)).toBe(1_000);
    for (const tokens of [200, 220, 240, 260]) ratios.learnOutput(target, 1_000, 16 + tokens);
    expect(ratios.leastOutputTokens(target, 8_000)).toBe(1_000);
    ratios.learnOutput(target, 1_000, 16 + 300);
    expect(ratios.leastOutputTokens(target, 8_000)).toBe(1_280);
    expect(ratios.leastOutputTokens('another', 8_000)).toBe(1_000);
  });

  it('does not grow with thoughts that are not shown', () => {
    const ratios = new TokenRatios();
    for (let index = 0; index < 10; index++) ratios.learnOutput(target, 1_000, 10_000);
    expect(ratios.leastOutputTokens(target, 10_000)).toBe(2_000);
  });
});

describe('the input of an answer that was not counted', () => {
  it('is what a provider told before it broke off, cache and all', () => {
    const estimate = new TokenRatios().estimateUsage({
      target,
      told,
      bodyBytes: 9,
      outputBytes: 0,
      maxTokens: undefined,
    });
    expect(estimate).toEqual(told);
  });

  it('is the size of its text by what was learned of the model', () => {
    const ratios = new TokenRatios();
    const body = { target, told: undefined, bodyBytes: 9_000, outputBytes: 0, maxTokens: undefined };
    expect(ratios.estimateUsage(body).inputTokens).toBe(3_060);
    expect(ratios.knows(target)).toBe(false);
    ratios.learn(target, 8_000, 2_000);
    expect(ratios.knows(target)).toBe(true);
    expect(ratios.estimateUsage(body).inputTokens).toBe(2_295);
  });
});
