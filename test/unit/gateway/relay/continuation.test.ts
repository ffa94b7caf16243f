import { describe, expect, it } from 'vitest';
import { fc } from '../../../property.ts';
import { GatewayError } from '../../../../shared/errors/gateway-error.ts';
import type { Usage } from '../../../../shared/domain/usage.ts';
import { clientDialectById, dialectById } from '../../../../main/gateway/dialect-registry.ts';
import type { CanonicalRequest, JsonObject, StreamPart } from '../../../../main/gateway/dialects/canonical.ts';
import type { ClientDialect } from '../../../../main/gateway/dialects/dialect.ts';
import { Continuation, type NextStep } from '../../../../main/gateway/relay/continuation.ts';
import { countedIds } from '../dialects/support.ts';

const request: CanonicalRequest = {
  model: 'm',
  stream: true,
  messages: [],
  tools: [],
  sampling: {},
  includeUsage: true,
};
const usage = (inputTokens: number, outputTokens: number): Usage => ({
  inputTokens,
  outputTokens,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
});

// ---- what providers say

const start = (id = 'first'): StreamPart => ({ type: 'response-start', id, model: 'gpt-4o', createdAt: 1 });
const used = (inputTokens: number, outputTokens: number): StreamPart => ({
  type: 'usage',
  usage: usage(inputTokens, outputTokens),
  raw: { prompt_tokens: inputTokens },
});
const end: StreamPart[] = [{ type: 'finish', finish: { reason: 'stop' } }, { type: 'response-end' }];
const text = (pieces: readonly string[], block = 0): StreamPart[] => [
  { type: 'text-start', block },
  ...pieces.map((piece): StreamPart => ({ type: 'text-delta', block, text: piece })),
];
const textEnd = (block = 0): StreamPart => ({ type: 'text-end', block });
const thought = (piece: string, block = 0): StreamPart[] => [
  { type: 'reasoning-start', block },
  { type: 'reasoning-delta', block, text: piece },
];
const thoughtEnd = (block = 0): StreamPart => ({ type: 'reasoning-end', block });
const call: StreamPart[] = [
  { type: 'tool-call-start', block: 7, id: 'call_1', name: 'look', kind: 'function' },
  { type: 'tool-call-delta', block: 7, input: '{}' },
  { type: 'tool-call-end', block: 7 },
];

interface Attempt {
  readonly parts: readonly StreamPart[];
  readonly takesPrefix?: boolean;
  readonly next?: NextStep;
}

interface Told {
  readonly continuation: Continuation;
  readonly parts: StreamPart[];
  /** What each attempt gave the client. */
  readonly perAttempt: StreamPart[][];
  readonly prefixes: (string | undefined)[];
}

function tell(
  mode: 'continue' | 'restart',
  attempts: readonly Attempt[],
  continuation = new Continuation({ mode }),
): Told {
  const perAttempt: StreamPart[][] = [];
  const prefixes: (string | undefined)[] = [];
  for (const { parts, takesPrefix = false, next } of attempts) {
    if (next !== undefined) continuation.next(next);
    const attempt = continuation.attempt({ takesPrefix, keep: (part) => part });
    prefixes.push(attempt.prefix);
    perAttempt.push(parts.flatMap((part) => [...attempt.transform(part)]));
  }
  return { continuation, parts: perAttempt.flat(), perAttempt, prefixes };
}

const textOf = (parts: readonly StreamPart[]): string =>
  parts.map((part) => (part.type === 'text-delta' ? part.text : '')).join('');
const countOf = (parts: readonly StreamPart[], type: StreamPart['type']): number =>
  parts.filter((part) => part.type === type).length;

/** Every block begins once, then has its pieces, then ends once. */
function expectOrder(parts: readonly StreamPart[]): void {
  const open = new Set<number>();
  const known = new Set<number>();
  for (const part of parts) {
    if (!('block' in part)) continue;
    if (part.type === 'media') continue;
    if (part.type.endsWith('-start')) {
      expect(known.has(part.block), 'begins once').toBe(false);
      known.add(part.block);
      open.add(part.block);
    } else expect(open.has(part.block), `${part.type} in an open block`).toBe(true);
    if (part.type.endsWith('-end')) open.delete(part.block);
  }
  expect([...open]).toEqual([]);
}

const story =
  'The keeper climbed the stairs every evening at dusk, counted them, and lit the lamp for the ships far out.';
const broken = story.slice(0, 60);

describe('an answer that broke off', () => {
  it('is one answer with the second, which says all of it again', () => {
    const { parts, continuation } = tell('continue', [
      { parts: [start(), used(10, 1), ...text([broken.slice(0, 20), broken.slice(20)])] },
      {
        parts: [
          start('second'),
          used(12, 0),
          ...text([story.slice(0, 70), story.slice(70)], 3),
          used(12, 30),
          textEnd(3),
          ...end,
        ],
      },
    ]);
    expect(textOf(parts)).toBe(story);
    expect(parts.filter((part) => part.type === 'response-start')).toEqual([start()]);
    expect(parts.slice(-2)).toEqual(end);
    expect(countOf(parts, 'finish')).toBe(1);
    expect(countOf(parts, 'text-start')).toBe(1);
    expect(parts.findLast((part) => part.type === 'usage')).toEqual({ type: 'usage', usage: usage(22, 31) });
    expectOrder(parts);
    expect(continuation.canContinue).toBe(false);
  });

  it('hands the text to a target that goes on from it, and takes its rest', () => {
    const { parts, prefixes } = tell('continue', [
      { parts: [start(), ...text(['Once upon a time ', ' \n'])] },
      { takesPrefix: true, parts: [start('second'), ...text([' there', ' was a keeper.']), textEnd(), ...end] },
    ]);
    expect(prefixes).toEqual([undefined, 'Once upon a time']);
    expect(textOf(parts)).toBe('Once upon a time  \nthere was a keeper.');
    expectOrder(parts);
  });

  it('ends the text before anything else begins, with all that belongs to it', () => {
    const citations = [{ url: 'https://example.org/', title: 'Source' }];
    const { parts } = tell('continue', [
      { parts: [start(), ...text(['One \n'])] },
      { takesPrefix: true, parts: [...text(['\n']), { type: 'text-end', block: 0, citations }, ...call, ...end] },
    ]);
    expect(textOf(parts)).toBe('One \n\n');
    expect(parts.filter((part) => part.type === 'text-end')).toEqual([{ type: 'text-end', block: 0, citations }]);
    expectOrder(parts);
    const same = tell('continue', [
      { parts: [start(), ...text([story])] },
      { parts: [...text([story], 5), { type: 'text-end', block: 5, citations }, ...end] },
    ]);
    expect(same.parts.filter((part) => part.type === 'text-end')).toEqual([{ type: 'text-end', block: 0, citations }]);
  });

  it('does not say white space twice, though nothing else was said', () => {
    for (const takesPrefix of [false, true]) {
      const { parts, prefixes } = tell('continue', [
        { parts: [start(), ...text(['\n\n'])] },
        { takesPrefix, parts: [start('b'), ...text(['\n', '\n', 'Hello']), textEnd(), ...end] },
      ]);
      expect(prefixes[1]).toBeUndefined();
      expect(textOf(parts)).toBe('\n\nHello');
      expectOrder(parts);
    }
  });

  it('loses nothing to an attempt that joined and broke before it said more', () => {
    const continuation = new Continuation({ mode: 'continue' });
    const { perAttempt } = tell(
      'continue',
      [
        { parts: [start(), ...text([story.slice(0, 50)], 0), ...thought('Hm', 1)] },
        { parts: [start('b'), used(1, 1), ...text([story.slice(0, 50)], 0)] },
        { parts: [start('c'), ...text([story], 0), textEnd(0), ...end] },
      ],
      continuation,
    );
    expect(perAttempt[1]).toEqual([]);
    expect(textOf(perAttempt.flat())).toBe(story);
    expectOrder(perAttempt.flat());
  });

  it('begins anew behind a mark, in a block of its own', () => {
    const { parts } = tell('restart', [
      { parts: [start(), ...text([broken])] },
      {
        next: { mark: '\n--\n' },
        parts: [start('second'), ...thought('hm', 0), thoughtEnd(0), ...text([story], 1), textEnd(1), ...call, ...end],
      },
    ]);
    expect(textOf(parts)).toBe(`${broken}\n--\n${story}`);
    expect(countOf(parts, 'text-start')).toBe(2);
    expect(countOf(parts, 'tool-call-start')).toBe(1);
    expect(countOf(parts, 'response-start')).toBe(1);
    expectOrder(parts);
  });

  it('may break off again', () => {
    const { parts, prefixes } = tell('continue', [
      { parts: [start(), ...text([story.slice(0, 20)])] },
      { parts: [start('b'), ...text([story.slice(0, 50)])] },
      { takesPrefix: true, parts: [start('c'), ...text([story.slice(50)]), textEnd(), ...end] },
    ]);
    expect(textOf(parts)).toBe(story);
    expect(prefixes[2]).toBe(story.slice(0, 50));
    expectOrder(parts);
  });

  it('counts what all attempts used, or what it is told they used', () => {
    const attempts = (next?: NextStep): Attempt[] => [
      { parts: [start(), used(10, 1), ...text([broken])] },
      { parts: [start('b'), used(11, 5), ...text(['something quite different'], 0), textEnd(), ...end] },
      {
        ...(next === undefined ? {} : { next }),
        parts: [start('c'), used(12, 9), ...text([story]), textEnd(), ...end],
      },
    ];
    const last = (told: Told): StreamPart | undefined => told.parts.findLast((part) => part.type === 'usage');
    expect(last(tell('continue', attempts()))).toMatchObject({ usage: usage(33, 15) });
    expect(last(tell('continue', attempts({ usedSoFar: usage(100, 50) })))).toMatchObject({ usage: usage(112, 59) });
  });

  it('does not hear of attempts that failed before anything was said', () => {
    const { parts } = tell('continue', [
      { parts: [start('failed'), used(5, 0), { type: 'text-start', block: 0 }] },
      { parts: [start('b'), used(7, 0), ...text(['Hello']), used(7, 1), textEnd(), ...end] },
    ]);
    expect(parts[0]).toEqual(start('b'));
    const gone = tell('continue', [
      { parts: [start('failed'), used(5, 0)] },
      { parts: [start('b'), used(7, 1), ...text([broken])] },
      { parts: [start('c'), ...text([story]), used(9, 9), textEnd(), ...end] },
    ]);
    expect(gone.parts.findLast((part) => part.type === 'usage')).toMatchObject({ usage: usage(16, 10) });
    expect(parts.findLast((part) => part.type === 'usage')).toMatchObject({ usage: usage(7, 1) });
    expectOrder(parts);
  });

  it('is given to the first of two attempts at the same time', () => {
    const continuation = new Continuation({ mode: 'continue' });
    const keep = (part: StreamPart): StreamPart => part;
    const [one, two] = [
      continuation.attempt({ takesPrefix: false, keep }),
      continuation.attempt({ takesPrefix: false, keep }),
    ];
    expect(one.transform(start('one'))).toEqual([]);
    expect(two.transform(start('two'))).toEqual([]);
    expect(two.transform({ type: 'text-start', block: 0 })).toEqual([]);
    expect(two.transform({ type: 'text-delta', block: 0, text: 'Hi' })).toHaveLength(3);
    expect(one.transform({ type: 'text-delta', block: 0, text: 'Hello' })).toEqual([]);
    expect(continuation.deliveredText).toBe('Hi');
  });
});

describe('reasoning', () => {
  it('that was open is closed, through what keeps it, and the second thinks for itself', () => {
    const continuation = new Continuation({ mode: 'continue' });
    const opaque = { mint: '', form: 'signature', data: 'handle' } as const;
    const first = continuation.attempt({
      takesPrefix: false,
      keep: (part) => (part.type === 'reasoning-end' && part.block === 4 ? { ...part, opaque } : part),
    });
    const before = [start(), ...thought('Let me th', 4)].flatMap((part) => [...first.transform(part)]);
    expect(continuation.canContinue).toBe(true);
    const second = tell(
      'continue',
      [
        {
          takesPrefix: true,
          parts: [start('b'), ...thought('Hm.'), thoughtEnd(), ...text(['Yes.'], 1), textEnd(1), ...end],
        },
      ],
      continuation,
    );
    expect(second.prefixes).toEqual([undefined]);
    const parts = [...before, ...second.parts];
    expectOrder(parts);
    expect(parts.filter((part) => part.type === 'reasoning-end')).toEqual([
      { type: 'reasoning-end', block: 0, opaque },
      { type: 'reasoning-end', block: 1 },
    ]);
    expect(textOf(parts)).toBe('Yes.');
  });

  it('of the second is left out until it has joined', () => {
    const { perAttempt } = tell('continue', [
      { parts: [start(), ...thought('first'), thoughtEnd(), ...text([broken], 1)] },
      {
        parts: [
          start('b'),
          ...thought('once more', 0),
          thoughtEnd(0),
          ...text([story], 1),
          textEnd(1),
          ...thought('and now', 2),
          thoughtEnd(2),
          ...call,
          ...end,
        ],
      },
    ]);
    expect(perAttempt[1]?.filter((part) => part.type === 'reasoning-delta')).toMatchObject([{ text: 'and now' }]);
    expectOrder(perAttempt.flat());
  });
});

describe('an answer that cannot be gone on with', () => {
  it.each<[string, readonly StreamPart[]]>([
    ['nothing was said', [start(), { type: 'text-start', block: 0 }]],
    ['a tool call was begun', [start(), ...text(['I look it up.']), textEnd(), ...call.slice(0, 1)]],
    [
      'a refusal was begun',
      [start(), { type: 'refusal-start', block: 0 }, { type: 'refusal-delta', block: 0, text: 'No' }],
    ],
    [
      'a picture was sent',
      [
        start(),
        {
          type: 'media',
          block: 0,
          part: { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'AA' } },
        },
      ],
    ],
    ['it is over', [start(), ...text(['Hi']), textEnd(), ...end]],
    ['half a character was sent', [start(), ...text(['Hi \ud83d'])]],
    ['more than a megabyte was sent', [start(), ...text(Array.from({ length: 5 }, () => 'x'.repeat(256 * 1024)))]],
  ])('says so when %s', (_what, parts) => {
    expect(tell('continue', [{ parts }]).continuation.canContinue).toBe(false);
  });

  it('may begin anew all the same when it was only too long', () => {
    const parts = [start(), ...text(['x'.repeat(1024 * 1024 + 1)])];
    expect(tell('restart', [{ parts }]).continuation.canContinue).toBe(true);
  });

  it('may be gone on with while its end is not certain, which the client was not told', () => {
    const { parts, continuation } = tell('continue', [
      { parts: [start(), ...text(['Hi there']), textEnd(), ...end.slice(0, 1)] },
    ]);
    expect(continuation.canContinue).toBe(true);
    expect(countOf(parts, 'finish')).toBe(0);
    const all = [
      ...parts,
      ...tell('continue', [{ parts: [...text(['Hi there']), textEnd(), ...end] }], continuation).parts,
    ];
    expect(countOf(all, 'finish')).toBe(1);
    expectOrder(all);
  });
});

describe('a second answer that does not join', () => {
  const isError = (parts: readonly StreamPart[] | undefined): boolean =>
    parts?.length === 1 && parts[0]?.type === 'error' && parts[0].error.code === 'relay.stream_incomplete';

  it.each<[string, readonly StreamPart[]]>([
    ['says something else', [start('b'), ...text(['A tale of a miller and his cat.']), textEnd(), ...end]],
    ['calls a tool', [start('b'), ...call, ...end]],
    ['refuses', [start('b'), { type: 'refusal-start', block: 0 }, { type: 'refusal-delta', block: 0, text: 'No' }]],
    ['has no text', [start('b'), ...thought('hm'), thoughtEnd(), ...end]],
  ])('gives the client nothing when it %s', (_what, parts) => {
    const { perAttempt, continuation } = tell('continue', [{ parts: [start(), ...text([broken])] }, { parts }]);
    expect(isError(perAttempt[1])).toBe(true);
    expect(continuation.failure).toBeDefined();
    expect(continuation.deliveredText).toBe(broken);
    const third = tell('continue', [{ parts: [...text([story]), textEnd(), ...end] }], continuation);
    expect(textOf([...perAttempt.flat(), ...third.parts])).toBe(story);
    expect(continuation.failure).toBeUndefined();
  });

  it('may call a tool once it has joined, also at the very place', () => {
    for (const said of [broken, story]) {
      const { parts } = tell('continue', [
        { parts: [start(), ...text([broken])] },
        { parts: [start('b'), ...text([said]), textEnd(), ...call, ...end] },
      ]);
      expect(textOf(parts)).toBe(said);
      expect(countOf(parts, 'tool-call-end')).toBe(1);
      expectOrder(parts);
    }
  });
});

describe('a tool call of a second answer', () => {
  it('begins when the text of the first has ended, also where the place was found last of all', () => {
    const { parts } = tell('continue', [
      { parts: [start(), ...text([story])] },
      { parts: [start('b'), ...text([`Here: ${story.slice(30)}`]), textEnd(), ...call, ...end] },
    ]);
    const kinds = parts.map((part) => part.type);
    expect(kinds.indexOf('text-end')).toBeLessThan(kinds.indexOf('tool-call-start'));
    expect(kinds).toContain('tool-call-start');
    expect(textOf(parts)).toBe(story);
    expectOrder(parts);
  });
});

// ---- on the client's wire

interface Read {
  readonly parts: StreamPart[];
  readonly ids: ReadonlySet<string>;
}

function eventsIn(wire: string): { name: string; data: string }[] {
  return wire
    .split('\n\n')
    .filter((block) => block !== '')
    .map((block) => {
      const lines = block.split('\n');
      const value = (field: string): string =>
        lines.find((line) => line.startsWith(`${field}: `))?.slice(field.length + 2) ?? '';
      return { name: value('event'), data: value('data') };
    });
}

const ids: Readonly<Record<string, (data: JsonObject) => unknown>> = {
  'openai-chat': (data) => data['id'],
  gemini: (data) => data['responseId'],
  'anthropic-messages': (data) => (data['message'] as JsonObject | undefined)?.['id'],
  'openai-responses': (data) => (data['response'] as JsonObject | undefined)?.['id'],
};

/** The wire as a client of the dialect reads it. */
function read(dialect: ClientDialect, wire: string): Read {
  const decoder = dialectById(dialect.id as 'openai-chat').createStreamDecoder({
    mint: '',
    losses: () => undefined,
    newId: countedIds(),
  });
  const events = eventsIn(wire);
  const found = new Set<string>();
  for (const { data } of events) {
    if (data === '[DONE]') continue;
    const id = ids[dialect.id]?.(JSON.parse(data) as JsonObject);
    if (typeof id === 'string') found.add(id);
  }
  return { parts: [...events.flatMap((event) => decoder.push(event)), ...decoder.end()], ids: found };
}

function wireOf(
  dialect: ClientDialect,
  mode: 'continue' | 'restart',
  attempts: readonly Attempt[],
): { wire: string; continuation: Continuation } {
  const { parts, continuation } = tell(mode, attempts);
  const losses = (): void => undefined;
  const context = { model: 'alias', newId: countedIds(), createdAt: 1, losses, request, clientBody: {} };
  const encoder = continuation.encoder(() => dialect.createStreamEncoder(context));
  return { wire: parts.map((part) => encoder.encode(part)).join(''), continuation };
}

const clients = ['openai-chat', 'openai-responses', 'anthropic-messages', 'gemini'] as const;

describe.each(clients)('for clients of %s', (id) => {
  const dialect = clientDialectById(id);

  it('two attempts are one complete stream with one id, one end and the sum of what was used', () => {
    const prose = fc.array(fc.constantFrom('alpha', 'beta', 'größer', '世界', '\n', 'x = 1;', '"quoted"'), {
      minLength: 5,
      maxLength: 40,
    });
    fc.assert(
      fc.property(
        prose,
        fc.nat(),
        fc.array(fc.nat(), { maxLength: 6 }),
        fc.boolean(),
        fc.boolean(),
        (words, at, cuts, thinks, calls) => {
          const whole = words.map((one, index) => `${one}${String(index)}`).join(' ');
          const place = 1 + (at % (whole.length - 1));
          const pieces = [0, ...cuts.map((cut) => cut % whole.length).sort((a, b) => a - b), whole.length];
          const again = pieces.slice(1).map((to, index) => whole.slice(pieces[index], to));
          const { wire } = wireOf(dialect, 'continue', [
            {
              parts: [
                start(),
                used(10, 1),
                ...(thinks ? [...thought('hm', 9), thoughtEnd(9)] : []),
                ...text([whole.slice(0, place)]),
              ],
            },
            { parts: [start('b'), ...text(again, 2), textEnd(2), ...(calls ? call : []), used(20, 40), ...end] },
          ]);
          const { parts, ids: found } = read(dialect, wire);
          expect(textOf(parts)).toBe(whole);
          expect(found.size).toBe(1);
          for (const type of ['response-start', 'finish', 'response-end'] as const)
            expect(countOf(parts, type)).toBe(1);
          expect(countOf(parts, 'error')).toBe(0);
          expect(countOf(parts, 'tool-call-start')).toBe(calls ? 1 : 0);
          expect(parts.findLast((part) => part.type === 'usage')).toMatchObject({
            usage: { inputTokens: 30, outputTokens: 41 },
          });
          expectOrder(parts);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('an answer that begins anew is one complete stream', () => {
    const { wire } = wireOf(dialect, 'restart', [
      { parts: [start(), ...text([broken])] },
      { next: { mark: ' [again] ' }, parts: [start('b'), ...text([story]), textEnd(), ...end] },
    ]);
    const { parts, ids: found } = read(dialect, wire);
    expect(textOf(parts)).toBe(`${broken} [again] ${story}`);
    expect(found.size).toBe(1);
    expect(countOf(parts, 'finish')).toBe(1);
    expectOrder(parts);
  });

  it('an answer that nobody goes on with ends as an error in it', () => {
    const { wire, continuation } = wireOf(dialect, 'continue', [{ parts: [start(), ...text([broken])] }]);
    const error = new GatewayError('relay.stream_cut', 'The provider broke off.');
    const { parts } = read(dialect, wire + continuation.errorText(error));
    expect(textOf(parts)).toBe(broken);
    expect(parts.at(-1)).toMatchObject({ type: 'error', error: { message: 'The provider broke off.' } });
    expect(countOf(parts, 'response-end')).toBe(0);
  });
});
