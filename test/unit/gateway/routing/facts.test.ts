import { describe, expect, it } from 'vitest';
import { fc } from '../../../property.ts';
import type { Condition, Content, TextRole } from '../../../../shared/config/condition.ts';
import { clientDialectById } from '../../../../main/gateway/dialect-registry.ts';
import { JsonDocument } from '../../../../main/gateway/dialects/document.ts';
import type { Survey } from '../../../../main/gateway/dialects/dialect.ts';
import { holds, whyNot } from '../../../../main/gateway/routing/conditions.ts';
import type { StoredFacts } from '../../../../main/gateway/routing/decision.ts';
import { createFacts, factsFrom, type FactsInput } from '../../../../main/gateway/routing/facts.ts';
import { cases } from '../../../golden/cases.ts';
import { clientNames } from '../../../golden/conversation.ts';
import { capturedBodies } from '../dialects/support.ts';
import { anyCondition } from './condition-support.ts';

const dialects = {
  chat: 'openai-chat',
  responses: 'openai-responses',
  anthropic: 'anthropic-messages',
  gemini: 'gemini',
} as const;

function inputOf(
  body: unknown,
  given: Partial<FactsInput> = {},
  id: (typeof dialects)[keyof typeof dialects] = 'openai-chat',
): FactsInput {
  const bytes = Buffer.from(JSON.stringify(body));
  return {
    body: bytes,
    survey: clientDialectById(id).survey(JsonDocument.read(bytes)),
    surface: 'chat',
    model: 'auto',
    stream: false,
    client: 'cursor',
    keyMetadata: {},
    headers: {},
    at: Date.UTC(2026, 10, 21, 12, 5),
    bytesPerToken: 4,
    ...given,
  };
}

const hello = { model: 'auto', messages: [{ role: 'user', content: 'hello' }] };

describe('facts', () => {
  it('that the head tells are there as they were sent, without the prefix of Google’s names', () => {
    expect(createFacts(inputOf(hello, { model: 'models/gemini-3' }))).toMatchObject({
      model: 'gemini-3',
      client: 'cursor',
      surface: 'chat',
    });
  });

  it('count tokens from the bytes, and for a picture what a picture costs', () => {
    const data = 'A'.repeat(400_000);
    const picture = { type: 'image_url', image_url: { url: `data:image/png;base64,${data}` } };
    const body = {
      ...hello,
      messages: [{ role: 'user', content: [picture, { type: 'text', text: 'what is this?' }] }],
    };
    const input = inputOf(body);
    expect(createFacts(input).tokens).toBe(Math.ceil((input.body.length - data.length) / 4) + 1_600);
    expect(createFacts(inputOf(hello)).tokens).toBe(Math.ceil(JSON.stringify(hello).length / 4));
    expect(createFacts(inputOf(hello, { bytesPerToken: 3 })).tokens).toBe(Math.ceil(JSON.stringify(hello).length / 3));
  });

  it('count no tokens in an upload, and those of a body without a conversation', () => {
    const upload = Buffer.concat([
      Buffer.from('--boundary\r\ncontent-disposition: form-data; name="file"\r\n\r\n'),
      Buffer.alloc(5_000_000, 0x41),
    ]);
    expect(createFacts(inputOf(hello, { body: upload, survey: undefined })).tokens).toBe(0);
    const embeddings = Buffer.from('\ufeff {"model":"m","input":"some words to embed"}');
    expect(createFacts(inputOf(hello, { body: embeddings, survey: undefined })).tokens).toBe(
      Math.ceil(embeddings.length / 4),
    );
    expect(createFacts(inputOf(hello, { body: Buffer.alloc(0), survey: undefined })).tokens).toBe(0);
  });

  it('believe the path about the stream', () => {
    expect(createFacts(inputOf(hello, { stream: true })).has('stream')).toBe(true);
    expect(createFacts(inputOf({ ...hello, stream: true })).has('stream')).toBe(false);
  });

  it('of a body without a conversation are those of the head', () => {
    const facts = createFacts(inputOf(hello, { survey: undefined, headers: { 'x-session-id': 's' } }));
    expect([
      facts.has('tools'),
      facts.maxTokens,
      facts.language.code,
      facts.promptType.type,
      facts.matches('.', undefined),
    ]).toEqual([false, undefined, undefined, undefined, false]);
    expect(facts.session?.key).toBe('session:s');
    expect(facts.pins).toEqual({ toolLoop: false, signedReasoning: false, providerIds: false });
  });

  it('tell the language by the last words, and by all of them where those are too few', () => {
    const german = 'Kannst du mir bitte erklären, wie das mit den Steuern funktioniert?';
    const messages = [
      { role: 'user', content: german },
      { role: 'assistant', content: 'Sure, this is how it works.' },
    ];
    const languageOf = (content: string): string | undefined =>
      createFacts(inputOf({ messages: [...messages, { role: 'user', content }] })).language.code;
    expect(languageOf('ok')).toBe('de');
    expect(languageOf('And what does that mean for the people who live there?')).toBe('en');
    expect(createFacts(inputOf({ messages: [{ role: 'user', content: 'ok' }] })).language).toEqual({
      code: undefined,
      confidence: 0,
    });
  });

  it('tell the type of a prompt', () => {
    expect(
      createFacts(inputOf({ messages: [{ role: 'user', content: 'Translate this into German: house' }] })).promptType,
    ).toEqual({ type: 'translate', confidence: 0.9, difficulty: 1 });
    expect(
      createFacts(inputOf({ ...hello, tools: [{ type: 'function', function: { name: 'f' } }] })).promptType.type,
    ).toBe('agent_step');
  });

  it('tie a turn to where the last one was answered', () => {
    const signed = {
      role: 'assistant',
      content: [
        { type: 'thinking', thinking: 'x', signature: 's' },
        { type: 'tool_use', id: 't', name: 'f', input: {} },
      ],
    };
    const result = { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't', content: 'x' }] };
    expect(createFacts(inputOf({ messages: [signed, result], container: 'c' }, {}, 'anthropic-messages')).pins).toEqual(
      { toolLoop: true, signedReasoning: true, providerIds: true },
    );
  });
});

describe('tags', () => {
  const tagged = (
    headers: FactsInput['headers'],
    keyMetadata: FactsInput['keyMetadata'] = {},
  ): ReturnType<typeof createFacts> => createFacts(inputOf(hello, { headers, keyMetadata }));

  it('are headers, over which the metadata of the key wins', () => {
    const facts = tagged({ 'x-sluice-tag-team': 'web', 'x-sluice-tag-env': 'dev' }, { team: 'platform' });
    expect([facts.tag('team'), facts.tag('env'), facts.tag('other')]).toEqual(['platform', 'dev', undefined]);
  });

  it('are the same in any case', () => {
    expect(tagged({ 'x-sluice-tag-team': 'web' }).tag('Team')).toBe('web');
    expect(tagged({ 'x-sluice-tag-team': 'web' }, { Team: 'platform' }).tag('team')).toBe('platform');
    expect(tagged({}, { Team: 'a', team: 'b' }).tag('team')).toBe('b');
  });

  it('hold no book, and nothing that objects have by themselves', () => {
    expect(tagged({ 'x-sluice-tag-team': 'x'.repeat(257) }).tag('team')).toBeUndefined();
    for (const name of ['constructor', 'toString', '__proto__']) expect(tagged({}).tag(name)).toBeUndefined();
    expect(tagged({ 'x-sluice-tag-team': ['a', 'b'] }).tag('team')).toBe('a,b');
  });
});

describe('patterns', () => {
  const body = {
    messages: [
      { role: 'system', content: 'You work on Project Falcon.' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'my key is' },
          { type: 'text', text: 'secret-1' },
        ],
      },
      {
        role: 'assistant',
        content: 'heron',
        tool_calls: [{ id: '1', type: 'function', function: { name: 'f', arguments: '{"bird":"owl"}' } }],
      },
      { role: 'tool', tool_call_id: '1', content: 'a stork' },
    ],
  };

  it.each<[string, readonly TextRole[] | undefined, boolean]>([
    ['(?i)project\\s+falcon', undefined, true],
    ['falcon', ['system'], false],
    ['Falcon', ['user'], false],
    ['is\\nsecret', ['user'], true],
    ['heron', undefined, false],
    ['heron', ['assistant'], true],
    ['owl', undefined, true],
    ['stork', ['tool'], true],
    ['stork', ['user'], false],
    ['(', undefined, false],
  ])('%s in %j: %s', (pattern, roles, found) => {
    expect(createFacts(inputOf(body)).matches(pattern, roles)).toBe(found);
  });

  it('see the first 256 KiB of each message', () => {
    const far = {
      messages: [
        { role: 'user', content: `${'x'.repeat(256 * 1024)}falcon` },
        { role: 'user', content: 'heron' },
      ],
    };
    expect(createFacts(inputOf(far)).matches('falcon', undefined)).toBe(false);
    expect(createFacts(inputOf(far)).matches('heron', undefined)).toBe(true);
  });
});

// ---------------------------------------------------------------- laziness

describe('asking', () => {
  /** Counts what a survey is asked. */
  function counted(survey: Survey): { readonly survey: Survey; readonly asked: string[] } {
    const asked: string[] = [];
    const proxy = new Proxy(survey, {
      get(target, name): unknown {
        const value: unknown = Reflect.get(target, name);
        if (typeof value !== 'function') return value;
        return (...given: unknown[]): unknown => {
          asked.push(String(name));
          return (value as (...all: unknown[]) => unknown).apply(target, given);
        };
      },
    });
    return { survey: proxy, asked };
  }

  it('costs nothing before, and nothing twice', () => {
    const input = inputOf(hello);
    if (input.survey === undefined) throw new Error('no survey');
    const { survey, asked } = counted(input.survey);
    const facts = createFacts({ ...input, survey });
    expect([facts.model, facts.client, facts.surface, facts.at, facts.tag('x'), facts.known().session, asked]).toEqual([
      'auto',
      'cursor',
      'chat',
      input.at,
      undefined,
      undefined,
      [],
    ]);
    for (let round = 0; round < 3; round++) {
      void [
        facts.tokens,
        facts.has('image'),
        facts.language,
        facts.promptType,
        facts.session,
        facts.pins,
        facts.matches('a', undefined),
      ];
    }
    const once = [...asked];
    void [
      facts.tokens,
      facts.has('image'),
      facts.language,
      facts.promptType,
      facts.session,
      facts.pins,
      facts.matches('a', ['tool', 'user', 'system']),
    ];
    expect(asked).toEqual(once);
  });

  it('is remembered: what is known is told without working for it', () => {
    const facts = createFacts(inputOf(hello));
    expect(facts.known()).toEqual({ session: undefined, promptType: undefined });
    const { session, promptType } = facts;
    expect(facts.known()).toEqual({ session, promptType });
    expect(createFacts(inputOf(hello, { headers: { 'x-session-id': 's' } })).known().session?.key).toBe('session:s');
  });
});

// ---------------------------------------------------------------- kept and told again

const again = (stored: StoredFacts): StoredFacts => JSON.parse(JSON.stringify(stored)) as StoredFacts;

describe('stored facts', () => {
  it('are those that were asked for, and no text', () => {
    const facts = createFacts(inputOf({ ...hello, max_tokens: 9 }, { headers: { 'x-sluice-tag-team': 'web' } }));
    const plain = {
      model: 'auto',
      surface: 'chat',
      at: facts.at,
      tokens: facts.tokens,
      client: 'cursor',
      maxTokens: 9,
    };
    expect(facts.stored()).toEqual(plain);
    void [facts.has('tools'), facts.tag('team'), facts.tag('none'), facts.matches('hel+o', ['user']), facts.pins];
    expect(facts.stored()).toEqual({
      ...plain,
      has: { tools: false },
      tags: { team: 'web', none: null },
      matches: { 'user: hel+o': true },
      pins: { toolLoop: false, signedReasoning: false, providerIds: false },
    });
    void [facts.session, facts.language, facts.promptType];
    expect(JSON.stringify(facts.stored())).not.toContain('hello');
  });

  it('say when there is no session', () => {
    const facts = createFacts(inputOf(hello, { survey: undefined }));
    expect(facts.session).toBeUndefined();
    expect(facts.stored().session).toBeNull();
    expect(factsFrom(again(facts.stored())).session).toBeUndefined();
  });

  it('throw for what was not asked for, with its name', () => {
    const facts = factsFrom({ model: 'auto', surface: 'chat', at: 0, tokens: 5 });
    expect([facts.model, facts.tokens, facts.client, facts.maxTokens]).toEqual(['auto', 5, undefined, undefined]);
    expect(facts.known()).toEqual({ session: undefined, promptType: undefined });
    for (const [name, ask] of [
      ['has image', () => facts.has('image')],
      ['lang', () => facts.language],
      ['prompt_type', () => facts.promptType],
      ['tag team', () => facts.tag('team')],
      ['tag __proto__', () => facts.tag('__proto__')],
      ['text', () => facts.matches('x', undefined)],
      ['session', () => facts.session],
      ['pins', () => facts.pins],
    ] as const)
      expect(ask).toThrow(`The fact "${name}" was not asked for`);
  });

  it('tell a pattern by the roles it was looked for in', () => {
    const facts = createFacts(inputOf(hello));
    facts.matches('hello', ['user', 'system', 'tool']);
    const told = factsFrom(again(facts.stored()));
    expect(told.matches('hello', undefined)).toBe(true);
    expect(() => told.matches('hello', ['user'])).toThrow('"text"');
  });

  const bodies = [
    ...clientNames.flatMap((client) =>
      cases
        .filter((one) => one.clients.includes(client))
        .map((one) => ({ id: dialects[client], body: one.body(client) })),
    ),
    ...capturedBodies('claude-code', /\/messages/).map((body) => ({ id: dialects.anthropic, body })),
    ...capturedBodies('codex', /\/responses/).map((body) => ({ id: dialects.responses, body })),
  ];

  it('decide any condition as the request itself did', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...bodies),
        fc.array(anyCondition, { minLength: 1, maxLength: 4 }),
        fc.boolean(),
        ({ id, body }, conditions, hasTag) => {
          const facts = createFacts(
            inputOf(
              body,
              { client: hasTag ? 'cursor' : undefined, headers: hasTag ? { 'x-sluice-tag-team': 'platform' } : {} },
              id,
            ),
          );
          const decide = (condition: Condition, of: typeof facts): readonly [boolean, string] => [
            holds(condition, of),
            whyNot(condition, of),
          ];
          const then = conditions.map((condition) => decide(condition, facts));
          const stored = again(facts.stored());
          const told = factsFrom(stored);
          expect(conditions.map((condition) => decide(condition, told))).toEqual(then);
          expect(told.stored()).toEqual(stored);
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it('are all facts of any request, told again', () => {
    const contents: readonly Content[] = [
      'tools',
      'image',
      'audio',
      'pdf',
      'video',
      'json_schema',
      'cache_control',
      'reasoning',
      'stream',
    ];
    for (const { id, body } of bodies) {
      const facts = createFacts(inputOf(body, {}, id));
      const all = (of: typeof facts): unknown => [
        ...[
          of.model,
          of.client,
          of.surface,
          of.tokens,
          of.maxTokens,
          of.at,
          of.language,
          of.promptType,
          of.session,
          of.pins,
          of.tag('team'),
        ],
        ...contents.map((content) => of.has(content)),
        of.matches('a', undefined),
      ];
      const then = all(facts);
      expect(all(factsFrom(again(facts.stored())))).toEqual(then);
    }
  });
});
