import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import { describe, expect, it } from 'vitest';
import { fc } from '../../../property.ts';
import { clientDialectById } from '../../../../main/gateway/dialect-registry.ts';
import { JsonDocument } from '../../../../main/gateway/dialects/document.ts';
import { boundOf, clipTo, withOutput, type SpendQuestion } from '../../../../main/gateway/policies/spend-bound.ts';
import type { ModelFacts } from '../../../../main/gateway/ports.ts';
import type { ClientDialectId } from '../../../../shared/domain/dialect.ts';
import { costOf, type Price } from '../../../../shared/domain/price.ts';
import { noUsage } from '../../../../shared/domain/usage.ts';

/** 3 and 15 US dollars for a million tokens, dearer beyond 200,000; writes to the cache dearer than input. */
const price: Price = {
  input: 3_000_000,
  output: 15_000_000,
  cacheRead: 300_000,
  cacheWrite: 3_750_000,
  cacheWrite1h: 6_000_000,
  above: [{ tokens: 200_000, input: 6_000_000, output: 22_500_000, cacheWrite: 7_500_000, cacheWrite1h: 12_000_000 }],
};
const facts: ModelFacts = { id: 'gpt-5', contextWindow: 400_000, maxOutputTokens: 128_000, price };
const text = { contents: [{ role: 'user', parts: [{ text: 'hi' }] }] };

function question(
  body: unknown,
  more: Partial<SpendQuestion> & { readonly dialect?: ClientDialectId } = {},
): SpendQuestion {
  const document = JsonDocument.read(Buffer.from(JSON.stringify(body)));
  const survey = clientDialectById(more.dialect ?? 'openai-chat').survey(document);
  return {
    operation: 'generate',
    body: document.bytes,
    document,
    survey,
    maxTokens: survey.maxTokens(),
    facts,
    price,
    providerKind: 'openai',
    ...more,
  };
}

const asked = (content: unknown, more: object = {}): object => ({ messages: [{ role: 'user', content }], ...more });

const words = fc.string({ unit: 'binary', maxLength: 400 });
const bytes = fc.uint8Array({ maxLength: 600 }).map((some) => Buffer.from(some).toString('utf8'));
const runs = fc.tuple(fc.constantFrom('a', ' ', '\n', '漢', '🙂', 'ﷺ', '\u0001', '"', '\\', 'é'), fc.nat(300));
const anyText = fc.oneof(
  words,
  bytes,
  fc.string({ unit: 'grapheme', maxLength: 400 }),
  runs.map(([letter, count]) => letter.repeat(count)),
);

describe('the input', () => {
  it('is bound by its bytes, whatever the text', () => {
    fc.assert(
      fc.property(anyText, (content) => {
        const { inputTokens } = boundOf(question(asked(content)));
        expect(inputTokens).toBeGreaterThanOrEqual(countTokens(content, { disallowedSpecial: new Set() }));
      }),
    );
  });

  it('is bound by a tokenizer’s count of the body, whatever the text', () => {
    fc.assert(
      fc.property(anyText, (content) => {
        const body = asked(content);
        const counted = countTokens(JSON.stringify(body), { disallowedSpecial: new Set() }) * 1.05;
        const { inputTokens } = boundOf(question(body, { counted }));
        expect(inputTokens).toBeGreaterThanOrEqual(countTokens(content, { disallowedSpecial: new Set() }));
        expect(inputTokens).toBeLessThanOrEqual(boundOf(question(body)).inputTokens);
      }),
    );
  });

  it('costs at most what its amount says, however it is split between input and cache', () => {
    const split = fc.record({ fresh: fc.double({ min: 0, max: 1, noNaN: true }), size: fc.nat(300_000) });
    fc.assert(
      fc.property(split, fc.nat(5_000), ({ fresh, size }, outputTokens) => {
        const bound = boundOf(question(asked('x'.repeat(size), { max_completion_tokens: 5_000 })));
        const inputTokens = Math.floor(bound.inputTokens * fresh);
        const cacheWrite1hTokens = bound.inputTokens - inputTokens;
        const usage = {
          ...noUsage,
          inputTokens,
          cacheWriteTokens: cacheWrite1hTokens,
          cacheWrite1hTokens,
          outputTokens,
        };
        expect(costOf(usage, price)).toBeLessThanOrEqual(bound.amount ?? -1);
      }),
      { numRuns: 50 },
    );
  });

  it('never fills more than the context window', () => {
    const small = { ...facts, contextWindow: 8_000 };
    const flat: Price = { input: 1, output: 1 };
    expect(boundOf(question(asked('x'.repeat(50_000)), { facts: small, price: flat })).inputTokens).toBe(8_000);
  });

  it('may fill more than the known window where a price is known for more', () => {
    const small = { ...facts, contextWindow: 200_000 };
    expect(boundOf(question(asked('x'.repeat(300_000)), { facts: small })).inputTokens).toBeGreaterThan(300_000);
  });

  it('of what is kept at the provider is the whole window', () => {
    const stored = { input: 'go on', previous_response_id: 'resp_1' };
    expect(boundOf(question(stored, { dialect: 'openai-responses' })).inputTokens).toBe(400_000);
  });

  it.each([
    ['openai-responses', { input: 'x', tools: [{ type: 'web_search' }] }],
    ['openai-chat', asked('x', { web_search_options: {} })],
    ['anthropic-messages', asked('x', { tools: [{ type: 'web_search_20250305', name: 'web_search', max_uses: 2 }] })],
    ['gemini', { ...text, tools: [{ googleSearch: {} }] }],
    ['gemini', { ...text, tools: [{ functionDeclarations: [] }, { code_execution: {} }] }],
  ] as const)('of what a vendor’s own tool adds is the whole window: %s', (dialect, body) => {
    expect(boundOf(question(body, { dialect })).inputTokens).toBe(400_000);
  });

  it.each([
    ['openai-responses', { input: 'x', tools: [{ type: 'function', name: 'web_search' }] }],
    ['anthropic-messages', asked('x', { tools: [{ name: 'web_search', input_schema: {} }] })],
    ['gemini', { ...text, tools: [{ functionDeclarations: [{ name: 'googleSearch' }] }] }],
  ] as const)('of a client’s own tool of the same name is its bytes: %s', (dialect, body) => {
    expect(boundOf(question(body, { dialect })).inputTokens).toBeLessThan(2_000);
  });

  it('finds a vendor’s tool among the items of a conversation', () => {
    const input = (tool: object): object => ({ input: [{ type: 'additional_tools', tools: [tool] }] });
    const bound = (tool: object): number => boundOf(question(input(tool), { dialect: 'openai-responses' })).inputTokens;
    expect(bound({ type: 'web_search' })).toBe(400_000);
    expect(bound({ type: 'function', name: 'web_search' })).toBeLessThan(2_000);
  });

  it('finds a vendor’s tool among many', () => {
    const functions = Array.from({ length: 200 }, (_, index) => ({ type: 'function', name: `f${String(index)}` }));
    const found = { input: 'x', tools: [...functions, { type: 'code_interpreter', container: { type: 'auto' } }] };
    expect(boundOf(question(found, { dialect: 'openai-responses' })).inputTokens).toBe(400_000);
    const own = { input: 'x', tools: functions };
    expect(boundOf(question(own, { dialect: 'openai-responses' })).inputTokens).toBeLessThan(10_000);
  });

  it('holds the fees of the searches it allows', () => {
    const fees: Price = { input: 0, output: 0, webSearch: 10_000_000_000 };
    const tool = { type: 'web_search_20250305', name: 'web_search' };
    const limited = question(asked('x', { tools: [{ ...tool, max_uses: 3 }] }), {
      dialect: 'anthropic-messages',
      price: fees,
    });
    const open = question(asked('x', { tools: [tool] }), { dialect: 'anthropic-messages', price: fees });
    expect([boundOf(limited).amount, boundOf(open).amount]).toEqual([30_000_000_000, 100_000_000_000]);
  });
});

describe('media', () => {
  const base64 = 'A'.repeat(400_000);
  const picture = { type: 'image_url', image_url: { url: `data:image/png;base64,${base64}` } };
  const ofImage = (id: string): number =>
    boundOf(question(asked([picture]), { facts: { ...facts, id } })).inputTokens -
    boundOf(question(asked('x'))).inputTokens;

  it.each([
    ['gpt-4o', 1_445],
    ['gpt-4o-mini-2024-07-18', 48_169],
    ['openai/gpt-5', 1_190],
    ['gpt-5-nano', 3_779],
    ['claude-sonnet-4-20250514', 1_600],
    ['claude-opus-4-6', 1_600],
    ['claude-opus-4-7', 4_784],
    ['gemini-2.5-flash', 4_128],
    ['gemini-3-pro', 2_240],
    ['qwen3-vl', 16_384],
  ])('a picture of %s is %d tokens at most, whatever its bytes', (id, tokens) => {
    expect(ofImage(id)).toBeGreaterThanOrEqual(tokens);
    expect(ofImage(id)).toBeLessThan(tokens + 200);
  });

  it('pictures that are charged beside the window are not bound by it', () => {
    const small = { ...facts, id: 'gpt-4o-mini', contextWindow: 128_000 };
    const flat: Price = { input: 1, output: 1 };
    const { inputTokens } = boundOf(
      question(asked([picture, picture, picture, picture]), { facts: small, price: flat }),
    );
    expect(inputTokens).toBeGreaterThan(4 * 48_169);
  });

  it('documents and what stands elsewhere are bound by the window alone', () => {
    const file = { type: 'file', file: { filename: 'a.pdf', file_data: `data:application/pdf;base64,${base64}` } };
    const elsewhere = { type: 'file', file: { file_id: 'file-1' } };
    // Gemini reads a document that stands where a picture belongs.
    const hidden = { type: 'image_url', image_url: { url: `data:application/pdf;base64,${base64}` } };
    for (const part of [file, elsewhere, hidden]) expect(boundOf(question(asked([part]))).inputTokens).toBe(400_000);
  });

  it('sound is bound by the slowest codec', () => {
    const sound = { type: 'input_audio', input_audio: { data: 'A'.repeat(100_000), format: 'mp3' } };
    const { inputTokens } = boundOf(question(asked([sound])));
    expect(inputTokens).toBeGreaterThanOrEqual((75_000 / 500) * 32);
    expect(inputTokens).toBeLessThan(6_000);
  });
});

describe('the output', () => {
  it.each([
    ['is what the client allows', asked('x', { max_completion_tokens: 700 }), facts, 700, false],
    ['is what the model can', asked('x'), facts, 128_000, false],
    ['is the window where nothing else is known', asked('x'), { id: 'm', contextWindow: 8_192 }, 8_192, false],
    ['is guessed where nothing is known', asked('x'), { id: 'm' }, 32_768, true],
    ['is the larger of two limits', asked('x', { max_completion_tokens: 1, max_tokens: 900 }), facts, 900, false],
    [
      'is what the model can where one of two is none',
      asked('x', { max_tokens: -1, max_completion_tokens: 1 }),
      facts,
      128_000,
      false,
    ],
    ['is what the model can where the limit is none', asked('x', { max_tokens: -1 }), facts, 128_000, false],
    ['is no more than any model can', asked('x', { max_tokens: 1e15 }), { id: 'm' }, 262_144, false],
  ] as const)('%s', (_, body, known, outputTokens, isGuessed) => {
    expect(boundOf(question(body, { facts: known }))).toMatchObject({ outputTokens, isGuessed });
  });

  it('is paid for once for each answer', () => {
    const one = boundOf(question(asked('x', { max_tokens: 1_000 })));
    const four = boundOf(question(asked('x', { max_tokens: 1_000, n: 4 })));
    expect(four.outputRate).toBe(4 * one.outputRate);
    expect(four.amount).toBe(four.inputAmount + 4 * 1_000 * one.outputRate);
    const config = { candidateCount: 3, maxOutputTokens: 1_000 };
    const gemini = boundOf(question({ ...text, generationConfig: config }, { dialect: 'gemini' }));
    expect(gemini.outputRate).toBe(3 * one.outputRate);
  });

  it.each([
    ['name="n"\r\n\r\n4', 4],
    ['name=n\r\n\r\n7', 7],
    ['name="size"\r\n\r\n1024x1024', 1],
    // As no client writes it, but some servers may read it.
    ['name="\\n"\r\n\r\n4', 10],
    ["name*=UTF-8''%6E\r\n\r\n4", 10],
    ['name="n"\r\n\r\n1\r\n--b\r\nContent-Disposition: form-data; name="n"\r\n\r\n4', 10],
  ])('is paid for once for each picture of a form with %j', (field, answers) => {
    const body = Buffer.from(`--b\r\nContent-Disposition: form-data; ${field}\r\n--b--\r\n`);
    const form = { operation: 'images', body, document: undefined, survey: undefined } as const;
    expect(boundOf(question({}, form)).answers).toBe(answers);
  });

  it('does not exist where nothing is generated', () => {
    for (const operation of ['embeddings', 'moderations', 'rerank'] as const)
      expect(boundOf(question({ input: 'x' }, { operation })).outputTokens).toBe(0);
    expect(boundOf(question({ input: 'x' }, { operation: 'count_tokens' })).amount).toBe(0);
  });

  it('of old completions is read from the body', () => {
    const body = { prompt: 'x', max_tokens: 50, best_of: 2 };
    const bound = boundOf(question(body, { operation: 'completions', survey: undefined, maxTokens: undefined }));
    expect([bound.outputTokens, bound.outputRate]).toEqual([50, 30_000_000]);
  });
});

describe('the amount', () => {
  it('is unknown without a price', () => {
    expect(boundOf(question(asked('x'), { price: undefined })).amount).toBeUndefined();
  });

  it('of pictures and sounds is unknown where only a relative’s price is', () => {
    const unpriced = { ...facts, price: undefined };
    const image = { prompt: 'x', model: 'dall-e-3' };
    expect(
      boundOf(question(image, { operation: 'images', survey: undefined, facts: unpriced })).amount,
    ).toBeUndefined();
    expect(boundOf(question(image, { operation: 'images', survey: undefined })).amount).toBeGreaterThan(
      6_240 * 15_000_000,
    );
  });

  it('is a whole number that can be told exactly, however large the request', () => {
    const { amount } = boundOf(question(asked('x', { n: 1e300, max_tokens: 1e300 })));
    expect(Number.isSafeInteger(amount)).toBe(true);
  });
});

describe('clipping', () => {
  const room = fc.bigInt({ min: 0n, max: 10n ** 13n });

  it('never passes the room', () => {
    fc.assert(
      fc.property(room, fc.integer({ min: 1, max: 200_000 }), fc.integer({ min: 1, max: 8 }), (left, limit, n) => {
        const bound = boundOf(question(asked('Hello', { max_tokens: limit, n })));
        const tokens = clipTo(bound, left);
        if (tokens === undefined) {
          const least = withOutput(bound, Math.min(256, limit));
          expect(BigInt(least.amount ?? 0)).toBeGreaterThan(left);
          return;
        }
        expect(BigInt(withOutput(bound, tokens).amount ?? -1)).toBeLessThanOrEqual(left);
        expect(tokens).toBeLessThanOrEqual(limit);
        if (tokens < limit) expect(BigInt(withOutput(bound, tokens + 1).amount ?? 0)).toBeGreaterThan(left);
      }),
    );
  });

  it('gives no answer too short to be of use, but a short one that was asked for', () => {
    const long = boundOf(question(asked('x', { max_tokens: 4_000 })));
    const short = boundOf(question(asked('x', { max_tokens: 20 })));
    const roomFor = (tokens: number): bigint => BigInt(long.inputAmount + tokens * long.outputRate);
    expect([clipTo(long, roomFor(255)), clipTo(long, roomFor(256)), clipTo(short, roomFor(20))]).toEqual([
      undefined,
      256,
      20,
    ]);
  });

  it('leaves what costs nothing as it is, and cannot help where the price is unknown', () => {
    const free = boundOf(question(asked('x'), { price: { input: 0, output: 0 } }));
    expect([clipTo(free, 0n), clipTo(boundOf(question(asked('x'), { price: undefined })), 10n ** 12n)]).toEqual([
      128_000,
      undefined,
    ]);
  });
});
