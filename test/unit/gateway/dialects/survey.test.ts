// What a survey says of a body, held against the body's canonical form: two readers of the same thing, written apart.
import { describe, expect, it } from 'vitest';
import { fc } from '../../../property.ts';
import type { ClientDialectId } from '../../../../shared/domain/dialect.ts';
import type { Content, TextRole } from '../../../../shared/config/condition.ts';
import { clientDialectById } from '../../../../main/gateway/dialect-registry.ts';
import type { CanonicalPart, CanonicalRequest } from '../../../../main/gateway/dialects/canonical.ts';
import type { Survey } from '../../../../main/gateway/dialects/dialect.ts';
import { JsonDocument } from '../../../../main/gateway/dialects/document.ts';
import { cases } from '../../../golden/cases.ts';
import { clientNames, type Body, type ClientName } from '../../../golden/conversation.ts';
import { capturedBodies, countedIds } from './support.ts';

const dialectOf = {
  chat: 'openai-chat',
  responses: 'openai-responses',
  anthropic: 'anthropic-messages',
  gemini: 'gemini',
} as const satisfies Record<ClientName, ClientDialectId>;

const contents = [
  'tools',
  'image',
  'audio',
  'pdf',
  'video',
  'json_schema',
  'cache_control',
  'reasoning',
  'stream',
] as const;
const roles = ['system', 'user', 'assistant', 'tool'] as const;

function surveyOf(id: ClientDialectId, body: unknown): Survey {
  return clientDialectById(id).survey(JsonDocument.read(Buffer.from(JSON.stringify(body))));
}

/** Everything a survey answers, in an order that differs from run to run. */
function answers(survey: Survey, order: readonly number[]): Record<string, unknown> {
  const questions: Record<string, () => unknown> = {
    lastUserText: () => survey.lastUserText(),
    media: () => survey.media(),
    maxTokens: () => survey.maxTokens(),
    isDeterministic: () => survey.isDeterministic(),
    isToolLoop: () => survey.isToolLoop(),
    hasToolTurns: () => survey.hasToolTurns(),
    hasSignedReasoning: () => survey.hasSignedReasoning(),
    hasProviderIds: () => survey.hasProviderIds(),
    sessionId: () => survey.sessionId(),
    opening: () => survey.opening(),
    ...Object.fromEntries(contents.map((content) => [content, () => survey.has(content)])),
    ...Object.fromEntries(roles.map((role) => [role, () => [...survey.texts([role])]])),
  };
  const names = Object.keys(questions).map((name, index) => ({ name, key: order[index] ?? 0 }));
  const found: Record<string, unknown> = {};
  for (const { name } of names.sort((a, b) => a.key - b.key)) found[name] = questions[name]?.();
  return found;
}

/** The same body with a field whose name is spelt with an escape: then no word may be taken for absent, and all is parsed. */
function parsedSurvey(id: ClientDialectId, body: unknown): Survey {
  const text = JSON.stringify(body).replace(/\}$/, `${commaFor(body)}"z\\u0041":0}`);
  return clientDialectById(id).survey(JsonDocument.read(Buffer.from(text)));
}

function commaFor(body: unknown): string {
  return Object.keys(body as object).length === 0 ? '' : ',';
}

interface Sample {
  readonly name: string;
  readonly id: ClientDialectId;
  readonly body: Body;
}

const captures: readonly (readonly [string, RegExp, ClientDialectId])[] = [
  ['openai', /chat\/completions/, 'openai-chat'],
  ['openai', /\/responses/, 'openai-responses'],
  ['anthropic', /\/messages$|\/messages\?/, 'anthropic-messages'],
  ['claude-code', /\/messages/, 'anthropic-messages'],
  ['codex', /\/responses/, 'openai-responses'],
  ['genai', /enerateContent/, 'gemini'],
  ['ai-sdk', /chat\/completions/, 'openai-chat'],
  ['ai-sdk', /\/responses/, 'openai-responses'],
  ['ai-sdk', /\/messages/, 'anthropic-messages'],
  ['ai-sdk', /enerateContent/, 'gemini'],
];

const samples: readonly Sample[] = [
  ...clientNames.flatMap((client) =>
    cases
      .filter((one) => one.clients.includes(client))
      .map((one) => ({
        name: `${client}: ${one.name}`,
        id: dialectOf[client],
        body: { model: 'm', ...one.body(client) },
      })),
  ),
  ...captures.flatMap(([client, path, id]) =>
    capturedBodies(client, path).map((body, index) => ({
      name: `${client} ${String(path)} ${String(index)}`,
      id,
      body,
    })),
  ),
];

function decoded({ id, body }: Sample): CanonicalRequest | undefined {
  const context = { model: 'm', stream: body['stream'] === true, losses: () => undefined, newId: countedIds() };
  try {
    return clientDialectById(id).decodeRequest(body as never, context);
  } catch {
    // Threads and stored conversations are refused before they are translated.
    return undefined;
  }
}

function partsOf(request: CanonicalRequest): CanonicalPart[] {
  const parts: CanonicalPart[] = request.messages.flatMap((message) => message.parts);
  return parts.flatMap((part): CanonicalPart[] => (part.type === 'tool-result' ? [part, ...part.parts] : [part]));
}

const decodable = samples
  .map((sample) => ({ sample, request: decoded(sample) }))
  .filter(({ request }) => request !== undefined);

describe('a survey and the canonical form of the same body', () => {
  it('looks at many of every dialect', () => {
    for (const id of Object.values(dialectOf))
      expect(decodable.filter(({ sample }) => sample.id === id).length).toBeGreaterThan(30);
  });

  it.each(decodable.map((one): [string, (typeof decodable)[number]] => [one.sample.name, one]))(
    '%s',
    (_name, { sample, request }) => {
      if (request === undefined) throw new Error('not decoded');
      const survey = surveyOf(sample.id, sample.body);
      const parts = partsOf(request);
      const isPdf = (part: CanonicalPart): boolean =>
        part.type === 'document' &&
        part.source.kind !== 'text' &&
        (part.source.mediaType ?? 'application/pdf') === 'application/pdf';
      const expected: Partial<Record<Content, boolean>> = {
        tools: request.tools.length > 0,
        image: parts.some((part) => part.type === 'image'),
        audio: parts.some((part) => part.type === 'audio'),
        pdf: parts.some(isPdf),
        json_schema: request.output?.type === 'json_schema',
        reasoning: request.reasoning !== undefined && request.reasoning.mode !== 'off',
      };
      for (const [content, is] of Object.entries(expected)) expect(survey.has(content as Content), content).toBe(is);

      expect(survey.maxTokens()).toBe(request.maxOutputTokens);
      expect(survey.hasToolTurns()).toBe(
        parts.some((part) => part.type === 'tool-call' || part.type === 'tool-result'),
      );
      const last = request.messages.filter((message) => message.role !== 'system').at(-1);
      if (last !== undefined && last.role !== 'user') expect(survey.isToolLoop()).toBe(last.role === 'tool');
      const opaque = parts.filter((part) => 'opaque' in part && part.opaque !== undefined);
      expect(survey.hasSignedReasoning()).toBe(opaque.length > 0);
      expect(survey.isDeterministic()).toBe(request.sampling.temperature === 0 || request.sampling.seed !== undefined);

      const media = parts.filter(
        (part) =>
          part.type === 'image' || part.type === 'audio' || (part.type === 'document' && part.source.kind !== 'text'),
      );
      const bytes = media.reduce(
        (sum, part) => sum + ('source' in part && part.source.kind === 'base64' ? part.source.data.length : 0),
        0,
      );
      expect(survey.media()).toEqual({ bytes, count: media.length });
    },
  );

  it.each(decodable.map((one): [string, (typeof decodable)[number]] => [one.sample.name, one]))(
    'finds the same texts in %s',
    (_name, { sample, request }) => {
      if (request === undefined) throw new Error('not decoded');
      const survey = surveyOf(sample.id, sample.body);
      for (const role of ['system', 'user', 'assistant'] as const) {
        const said = request.messages
          .filter((message) => message.role === role)
          .flatMap((message) => message.parts)
          .flatMap((part) => (part.type === 'text' || part.type === 'refusal' ? [part.text] : []));
        const seen = [...survey.texts([role])].join('\n');
        for (const text of said) expect(seen).toContain(text);
      }
      const tools = [...survey.texts(['tool'])].join('\n');
      for (const part of partsOf(request)) {
        // An answer that is an object is told otherwise in canonical form.
        if (part.type !== 'tool-result' || sample.id === 'gemini') continue;
        for (const inner of part.parts)
          if (inner.type === 'text' && part.kind !== 'tool_search') expect(tools).toContain(inner.text);
      }
    },
  );
});

describe('answers from words alone', () => {
  const order = fc.infiniteStream(fc.nat());

  it.each(samples.map((sample): [string, Sample] => [sample.name, sample]))(
    'are those of the parsed body: %s',
    (_name, { id, body }) => {
      const parsed = answers(parsedSurvey(id, body), []);
      expect(answers(surveyOf(id, body), [])).toEqual(parsed);
      // Nor does it matter what was asked before.
      fc.assert(
        fc.property(order, (keys) => {
          expect(answers(surveyOf(id, body), [...keys.take(24)])).toEqual(parsed);
        }),
        { numRuns: 5 },
      );
    },
  );

  it('see a word whose letters are spelt as escapes', () => {
    const text =
      '{"model":"m","messages":[{"role":"user","content":[{"type":"im\\u0061ge_url","image_url":{"url":"https://x.test/a"}}]}]}';
    const spelt = text.replace('"image_url"', '"im\\u0061ge\\u005Furl"');
    expect(
      clientDialectById('openai-chat')
        .survey(JsonDocument.read(Buffer.from(spelt)))
        .has('image'),
    ).toBe(true);
  });

  it('are not misled by what a prompt quotes', () => {
    for (const content of ['say "image_url"', '\\"image_url', '{"type":"image_url"}', 'tool_calls', 'input_audio']) {
      const survey = surveyOf('openai-chat', { model: 'm', messages: [{ role: 'user', content }] });
      for (const kind of ['image', 'audio', 'tools'] as const) expect(survey.has(kind)).toBe(false);
      expect(survey.hasToolTurns()).toBe(false);
    }
  });

  it('are not misled by the schema of a tool', () => {
    const properties = Object.fromEntries(
      [
        'image_url',
        'file_id',
        'tool_calls',
        'cache_control',
        'encrypted_content',
        'signature',
        'image',
        'document',
        'container',
      ].map((name) => [name, { type: 'string' }]),
    );
    const schema = { type: 'object', properties };
    const bodies: readonly [ClientDialectId, Body][] = [
      [
        'openai-chat',
        {
          messages: [{ role: 'user', content: 'x' }],
          tools: [{ type: 'function', function: { name: 'f', parameters: schema } }],
        },
      ],
      ['openai-responses', { input: 'x', tools: [{ type: 'function', name: 'f', parameters: schema }] }],
      [
        'anthropic-messages',
        { messages: [{ role: 'user', content: 'x' }], tools: [{ name: 'f', input_schema: schema }] },
      ],
      [
        'gemini',
        {
          contents: [{ parts: [{ text: 'x' }] }],
          tools: [{ functionDeclarations: [{ name: 'f', parametersJsonSchema: schema }] }],
        },
      ],
    ];
    for (const [id, body] of bodies) {
      const survey = surveyOf(id, body);
      expect(survey.has('tools')).toBe(true);
      for (const kind of ['image', 'pdf', 'cache_control'] as const)
        expect(survey.has(kind), `${id} ${kind}`).toBe(false);
      expect([
        survey.hasToolTurns(),
        survey.hasSignedReasoning(),
        survey.hasProviderIds(),
        survey.isToolLoop(),
      ]).toEqual([false, false, false, false]);
    }
  });
});

describe('a malformed body', () => {
  const values: readonly unknown[] = [
    null,
    5,
    -1.5,
    'x',
    '',
    true,
    [],
    {},
    [null],
    [[]],
    ['x'],
    [{}],
    { type: 'image' },
    [{ type: 'tool_result' }],
    '{"a":',
    'data:',
  ];

  function* pathsOf(value: unknown, path: readonly string[] = []): Generator<readonly string[]> {
    if (path.length > 0) yield path;
    if (typeof value !== 'object' || value === null) return;
    for (const [key, inner] of Object.entries(value)) yield* pathsOf(inner, [...path, key]);
  }

  function changed(body: Body, path: readonly string[], value: unknown): Body {
    const copy = structuredClone(body);
    let at: Record<string, unknown> = copy;
    for (const key of path.slice(0, -1)) at = at[key] as Record<string, unknown>;
    at[path.at(-1) ?? ''] = value;
    return copy;
  }

  it.each(Object.values(dialectOf))('is answered like any other, from words and parsed alike: %s', (id) => {
    const seen = new Set<string>();
    let count = 0;
    for (const { body } of samples.filter((sample) => sample.id === id)) {
      if (JSON.stringify(body).length > 4_000) continue;
      for (const path of pathsOf(body)) {
        const kind = path.map((key) => (/^\d+$/.test(key) ? '#' : key)).join('.');
        if (seen.has(kind)) continue;
        seen.add(kind);
        for (const value of values) {
          const wrong = changed(body, path, value);
          expect(answers(surveyOf(id, wrong), []), `${path.join('.')} = ${JSON.stringify(value)}`).toEqual(
            answers(parsedSurvey(id, wrong), []),
          );
          count++;
        }
      }
    }
    expect(count).toBeGreaterThan(300);
  });

  it('of any shape is answered by every dialect', () => {
    const keys = fc.constantFrom(
      'messages',
      'input',
      'contents',
      'role',
      'content',
      'parts',
      'type',
      'text',
      'tools',
      'system',
      'source',
      'output',
    );
    const words = fc.constantFrom(
      'user',
      'assistant',
      'tool',
      'image',
      'tool_result',
      'function_call_output',
      'input_file',
      'x',
      '{',
    );
    const { body } = fc.letrec<{ body: unknown; node: unknown }>((tie) => ({
      node: fc.oneof(
        { maxDepth: 6 },
        words,
        fc.constantFrom(null, 1, true),
        fc.array(tie('node'), { maxLength: 3 }),
        fc.dictionary(keys, tie('node'), { maxKeys: 4 }),
      ),
      body: fc.dictionary(keys, tie('node'), { maxKeys: 5 }),
    }));
    fc.assert(
      fc.property(body, (one) => {
        for (const id of [...Object.values(dialectOf), 'ollama', 'bedrock-converse'] as const) {
          expect(answers(surveyOf(id, one), [])).toEqual(answers(parsedSurvey(id, one), []));
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('texts', () => {
  it('come in the order of the conversation, whatever roles are asked for', () => {
    const survey = surveyOf('openai-chat', {
      messages: [
        { role: 'system', content: 's' },
        { role: 'user', content: 'u1' },
        {
          role: 'assistant',
          content: 'a',
          tool_calls: [{ id: '1', type: 'function', function: { name: 'f', arguments: '{"k":1}' } }],
        },
        { role: 'tool', tool_call_id: '1', content: 'r' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'u2' },
            { type: 'text', text: 'u3' },
          ],
        },
      ],
    });
    const texts = (asked: readonly TextRole[]): string[] => [...survey.texts(asked)];
    expect(texts(['system', 'user', 'assistant', 'tool'])).toEqual(['s', 'u1', 'a', '{"k":1}', 'r', 'u2\nu3']);
    expect(texts(['tool'])).toEqual(['{"k":1}', 'r']);
    expect(texts(['user', 'system'])).toEqual(['s', 'u1', 'u2\nu3']);
    expect(texts([])).toEqual([]);
  });
});

it.each([
  ['openai-chat', (limit: number) => ({ messages: [], max_tokens: limit })],
  ['openai-responses', (limit: number) => ({ input: 'x', max_output_tokens: limit })],
  ['anthropic-messages', (limit: number) => ({ messages: [], max_tokens: limit })],
  ['gemini', (limit: number) => ({ contents: [], generationConfig: { maxOutputTokens: limit } })],
] as const)('a limit of %s that is none, or beyond all sums, neither lowers nor breaks them', (id, body) => {
  const limits = [-1e9, -1, 0, 7, Number.MAX_VALUE].map((limit) => surveyOf(id, body(limit)).maxTokens());
  expect(limits).toEqual([undefined, undefined, undefined, 7, Number.MAX_SAFE_INTEGER]);
});

it.each([
  [{ generationConfig: {}, generation_config: { candidateCount: 8 } }],
  [{ generationConfig: { maxOutputTokens: 1, max_output_tokens: 9_000 } }],
])('what Google may read in either of two spellings is refused: %j', (body) => {
  const read = (): unknown =>
    clientDialectById('gemini').readFacts(JsonDocument.read(Buffer.from(JSON.stringify({ contents: [], ...body }))));
  expect(read).toThrow(/occurs in two spellings/);
});
