// The tokenizer's thread, real.
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import { afterEach, describe, expect, it } from 'vitest';
import { fc } from '../../property.ts';
import { TokenCalibration } from '../../../main/gateway/token-calibration.ts';
import { TokenCounter, tokenizerFor } from '../../../main/gateway/token-counter.ts';
import { cutRuns, tokensPerCut } from '../../../main/gateway/token-runs.ts';

/** A whole minute: the tables load slowly on a machine that is busy with other tests. */
const patient = { timeoutMs: 60_000, idleMs: 60_000 };
const allowed = { disallowedSpecial: new Set<string>() };

let counter: TokenCounter | undefined;
afterEach(() => {
  counter?.stop();
});
const started = (options = patient): TokenCounter => (counter = new TokenCounter(options));

describe('a text is counted', () => {
  it('by either tokenizer, and words that look like marks are words', async () => {
    const counts = started();
    expect(counts.isRunning).toBe(false);
    const text = Buffer.from('hello <|endoftext|> world');
    expect(await Promise.all([counts.count(text, 'o200k'), counts.count(text, 'cl100k')])).toEqual([9, 8]);
    expect([counts.isWarm('o200k'), counts.isWarm('cl100k')]).toEqual([true, true]);
    expect(await counts.count(Buffer.from('漢字かな'), 'cl100k')).toBeGreaterThan(0);
    expect(await counts.count(Buffer.alloc(0), 'o200k')).toBe(0);
  });

  it('that is a view of a larger buffer, and leaves the buffer as it was', async () => {
    const large = Buffer.from('hello world, hello world');
    expect(await started().count(large.subarray(0, 5), 'o200k')).toBe(1);
    expect(large.toString()).toBe('hello world, hello world');
  });

  it('of one letter many times, as long as any', async () => {
    const counts = started();
    for (const letter of ['a', ' ', '漢', '🙂', '-', '\n'])
      expect(await counts.count(Buffer.from(letter.repeat(100_000)), 'o200k')).toBeGreaterThan(0);
  });
});

describe('nothing is said', () => {
  it('of a text that is too large', async () => {
    expect(await started().count(Buffer.alloc(3_000_000, 'a '), 'o200k')).toBeUndefined();
    expect(counter?.isRunning).toBe(false);
  });

  it('to whoever comes when too many wait', async () => {
    const counts = started();
    const all = await Promise.all(Array.from({ length: 20 }, () => counts.count(Buffer.from('hello'), 'o200k')));
    expect([all.filter((count) => count === 1).length, all.filter((count) => count === undefined).length]).toEqual([
      16, 4,
    ]);
  });

  it('to whoever cannot wait; the tables are loaded all the same', async () => {
    const counts = started();
    expect(await counts.count(Buffer.from('hello'), 'o200k', 0)).toBeUndefined();
    expect(await counts.count(Buffer.from('hello'), 'o200k')).toBe(1);
    expect(counts.isWarm('o200k')).toBe(true);
  });

  it('to those who wait when it is stopped', async () => {
    const counts = started();
    const waiting = counts.count(Buffer.from('hello'), 'o200k');
    counts.stop();
    expect(await waiting).toBeUndefined();
    expect(counts.isRunning).toBe(false);
  });
});

describe('the thread', () => {
  it('ends when nobody asks any more, and begins again', async () => {
    const counts = started({ ...patient, idleMs: 1 });
    expect(await counts.count(Buffer.from('hello'), 'o200k')).toBe(1);
    await expect.poll(() => counts.isRunning, { timeout: 30_000 }).toBe(false);
    expect(counts.isWarm('o200k')).toBe(false);
    expect(await counts.count(Buffer.from('hello'), 'o200k')).toBe(1);
  });
});

describe('cutting runs', () => {
  const unit = fc.constantFrom('a', 'B', ' ', '\n', '7', '-', '漢', '🙂', 'é', ' a');
  const text = fc
    .array(fc.tuple(unit, fc.integer({ min: 1, max: 2_000 })), { maxLength: 4 })
    .map((runs) => runs.map(([letter, count]) => letter.repeat(count)).join(''));

  it('loses nothing, keeps letters whole and bounds the count of the whole', () => {
    fc.assert(
      fc.property(text, (whole) => {
        const pieces = [...cutRuns(whole)];
        expect(pieces.join('')).toBe(whole);
        expect(pieces.every((piece) => piece.isWellFormed())).toBe(true);
        const sum = pieces.reduce((tokens, piece) => tokens + countTokens(piece, allowed), 0);
        const cuts = Math.max(0, pieces.length - 1);
        expect(sum + cuts * tokensPerCut).toBeGreaterThanOrEqual(countTokens(whole, allowed));
      }),
      { numRuns: 40 },
    );
  });

  it('leaves ordinary text in one piece', () => {
    const prose = 'It was the best of times, it was the worst of times. '.repeat(200);
    expect([...cutRuns(prose)]).toEqual([prose]);
  });
});

describe('the tokenizer of a model', () => {
  it.each([
    ['openai', 'gpt-4o-mini', 'o200k', true],
    ['openai', 'gpt-5.2', 'o200k', true],
    ['openai', 'o3', 'o200k', true],
    ['openai', 'gpt-4', 'cl100k', true],
    ['openai', 'gpt-4-turbo-2024-04-09', 'cl100k', true],
    ['openai', 'gpt-3.5-turbo', 'cl100k', true],
    ['openai', 'text-embedding-3-small', 'cl100k', true],
    ['openai', 'gpt-6', 'o200k', false],
    ['openrouter', 'openai/gpt-4.1', 'o200k', true],
    ['groq', 'openai/gpt-oss-120b', 'o200k', true],
    ['azure-openai', 'gpt-4o', 'o200k', false],
    ['anthropic', 'claude-opus-4-7', 'o200k', false],
    ['gemini', 'gemini-2.5-pro', 'o200k', false],
  ] as const)('%s %s: %s, its own: %s', (kind, model, tokenizer, isExact) => {
    expect(tokenizerFor(kind, model)).toEqual({ tokenizer, isExact });
  });
});

describe('how far off another tokenizer is', () => {
  const learned = (count: number, ratio: number): TokenCalibration => {
    const calibration = new TokenCalibration();
    for (let index = 0; index < count; index++) calibration.learn('a/b', 1_000, 1_000 * ratio);
    return calibration;
  };

  it('is taken for twice before it is known, and for little where it is the model’s own', () => {
    const calibration = learned(19, 1.2);
    expect([calibration.factor('a/b', false), calibration.factor('a/b', true)]).toEqual([2, 1.2]);
    expect([calibration.factor('x/y', false), calibration.factor('x/y', true)]).toEqual([2, 1.05]);
  });

  it('is the largest that was seen and a margin once enough was seen', () => {
    const calibration = learned(19, 1.2);
    calibration.learn('a/b', 1_000, 1_300);
    expect(calibration.factor('a/b', false)).toBeCloseTo(1.495);
    expect(learned(20, 0.5).factor('a/b', false)).toBe(1.05);
    expect(learned(20, 1.9).factor('a/b', false)).toBe(2);
  });

  it('bounds nothing once it was more than twice as far off', () => {
    expect(learned(1, 2.1).factor('a/b', false)).toBe(Infinity);
  });

  it('is not learned from short texts, whose template tells more', () => {
    const calibration = new TokenCalibration();
    calibration.learn('a/b', 20, 400);
    expect(calibration.factor('a/b', false)).toBe(2);
  });

  it('is forgotten of the targets that were used longest ago, so that memory is bounded', () => {
    const calibration = learned(20, 1);
    for (let index = 0; index < 1_000; index++) calibration.learn(`t/${String(index)}`, 1_000, 1_000);
    expect(calibration.factor('a/b', false)).toBe(2);
  });
});
