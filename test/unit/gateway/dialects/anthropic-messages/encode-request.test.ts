import { describe, expect, it } from 'vitest';
import { fc } from '../../../../property.ts';
import type {
  CanonicalMessage,
  CanonicalPart,
  CanonicalRequest,
  Json,
  JsonObject,
  ToolResultPart,
} from '../../../../../main/gateway/dialects/canonical.ts';
import type { TargetRules } from '../../../../../main/gateway/dialects/dialect.ts';
import { capturedBodies, collectLosses, decode, encode, judge, mint, text } from './support.ts';

const newest: TargetRules = { reasoning: true, adaptiveThinking: true, noSampling: true, midConversationSystem: true };
const say = (role: 'user' | 'assistant' | 'system', ...parts: CanonicalPart[]): CanonicalMessage => ({ role, parts });
const hello = say('user', text('hello'));
const call = (id: string, input = '{}'): CanonicalPart => ({
  type: 'tool-call',
  id,
  name: 'f',
  kind: 'function',
  input,
});
const result = (callId: string, ...parts: ToolResultPart['parts']): CanonicalPart => ({
  type: 'tool-result',
  callId,
  kind: 'function',
  parts,
});
const tool = (...parts: CanonicalPart[]): CanonicalMessage => ({ role: 'tool', parts });
const signed = (value: string): CanonicalPart => ({
  type: 'reasoning',
  text: value,
  opaque: { mint: 'p', form: 'signature', data: mint.signature(value) },
});
const f = { kind: 'function', name: 'f', parameters: { type: 'object', properties: {} } } as const;

interface Outcome {
  readonly body: JsonObject;
  readonly losses: readonly string[];
  readonly beta: string | undefined;
}

/** Encodes and lets the judge see it. */
function sent(wanted: Partial<CanonicalRequest>, rules: TargetRules = {}): Outcome {
  const losses = collectLosses();
  const encoded = encode({ messages: [hello], ...wanted }, rules, losses);
  judge(encoded);
  return { body: encoded.body, losses: losses.list, beta: encoded.headers?.['anthropic-beta'] };
}

const turns = (body: JsonObject): [Json | undefined, Json | undefined][] =>
  (body['messages'] as JsonObject[]).map((one) => [one['role'], one['content']]);

describe('encoding turns', () => {
  it('puts leading system messages into system, joins equal neighbours and drops empty text', () => {
    const { body } = sent({
      messages: [
        say('system', text('a'), text(' ')),
        say('system', text('b')),
        hello,
        say('user', text(''), text('more')),
        say('assistant', text('yes')),
        say('assistant', text('and')),
        say('user', text('so')),
      ],
    });
    expect(body['system']).toEqual([text('a'), text('b')]);
    expect(turns(body)).toEqual([
      ['user', [text('hello'), text('more')]],
      ['assistant', [text('yes'), text('and')]],
      ['user', [text('so')]],
    ]);
  });

  it('puts results first, whole and in one turn', () => {
    const image = { type: 'image', source: { kind: 'base64', mediaType: 'image/jpg', data: 'AAAA' } } as const;
    const { body } = sent({
      tools: [f],
      messages: [
        hello,
        say('assistant', call('a', '{"x":1}'), call('b')),
        say('user', text('wait')),
        tool(result('a', text('1'))),
        tool(result('b', text('2'), image)),
      ],
    });
    expect(turns(body).slice(1)).toEqual([
      [
        'assistant',
        [
          { type: 'tool_use', id: 'a', name: 'f', input: { x: 1 } },
          { type: 'tool_use', id: 'b', name: 'f', input: {} },
        ],
      ],
      [
        'user',
        [
          { type: 'tool_result', tool_use_id: 'a', content: '1' },
          {
            type: 'tool_result',
            tool_use_id: 'b',
            content: [text('2'), { type: 'image', source: { type: 'base64', media_type: 'image/jpeg', data: 'AAAA' } }],
          },
          text('wait'),
        ],
      ],
    ]);
  });

  it('answers calls that were left open, and tells orphaned results as text', () => {
    const { body, losses } = sent({
      tools: [f],
      messages: [
        hello,
        say('assistant', call('a'), call('b')),
        tool(result('b', text('2')), result('zz', text('lost'))),
        say('assistant', text('ok'), call('c')),
      ],
    });
    const content = turns(body).map(([, one]) => one as JsonObject[]);
    expect(content[2]).toMatchObject([
      { type: 'tool_result', tool_use_id: 'b' },
      { type: 'tool_result', tool_use_id: 'a', is_error: true },
      { type: 'text', text: 'Result of the tool call zz:' },
      { type: 'text', text: 'lost' },
    ]);
    expect(content[4]).toMatchObject([{ tool_use_id: 'c', is_error: true }]);
    expect(losses).toEqual(['/messages/2/zz', '/messages/a', '/messages/c']);
  });

  it('makes ids fit, alike for call and result, and never uses one twice', () => {
    const { body } = sent({
      tools: [f],
      messages: [
        hello,
        say('assistant', call('f.get:0')),
        tool(result('f.get:0', text('1'))),
        say('assistant', call('f.get:0')),
        tool(result('f.get:0', text('2'))),
      ],
    });
    const ids = turns(body).flatMap(([, content]) =>
      (content as JsonObject[]).map((block) => block['id'] ?? block['tool_use_id']),
    );
    expect(ids).toEqual([undefined, 'f_get_0', 'f_get_0', 'f_get_0_2', 'f_get_0_2']);
  });

  it('lets the user speak first', () => {
    const { body, losses } = sent({
      messages: [say('system', text('s')), say('assistant', text('hi')), say('user', text('yo'))],
    });
    expect(turns(body)[0]?.[0]).toBe('user');
    expect(losses).toEqual(['messages']);
    expect(turns(sent({ messages: [say('system', text('s'))] }).body)).toHaveLength(1);
  });

  it('keeps an instruction in mid-conversation as system where the model takes it, at a place it takes it', () => {
    const messages = [
      hello,
      say('system', text('s1')),
      say('assistant', call('a')),
      say('system', text('s2')),
      tool(result('a')),
      say('system', text('s3')),
      say('user', text('go')),
    ];
    const { body, losses, beta } = sent({ tools: [f], messages }, newest);
    expect(turns(body).map(([role]) => role)).toEqual(['user', 'system', 'assistant', 'user', 'system']);
    expect(turns(body)[4]?.[1]).toEqual([text('s2'), text('s3')]);
    expect(losses).toEqual([]);
    expect(beta).toBe('mid-conversation-tool-changes-2026-07-01');
  });

  it('tells it in a user turn elsewhere, and records that', () => {
    const { body, losses, beta } = sent({
      tools: [f],
      messages: [hello, say('assistant', call('a')), say('system', text('s')), tool(result('a', text('1')))],
    });
    expect(turns(body)[2]).toEqual([
      'user',
      [{ type: 'tool_result', tool_use_id: 'a', content: '1' }, text('<system>\ns\n</system>')],
    ]);
    expect(losses).toEqual(['/messages/2']);
    expect(beta).toBeUndefined();
  });

  it('never leaves a system turn before a user’s when the answer between them vanishes', () => {
    const { body } = sent(
      {
        messages: [
          hello,
          say('system', text('s')),
          say('assistant', { type: 'reasoning', text: 'unsigned' }),
          say('user', text('go')),
        ],
      },
      newest,
    );
    expect(turns(body).map(([role]) => role)).toEqual(['user', 'system']);
  });

  it('returns signed and redacted thinking, and drops what it cannot sign', () => {
    const redacted: CanonicalPart = {
      type: 'reasoning',
      text: '',
      opaque: { mint: 'p', form: 'redacted', data: mint.encryptedContent('x') },
    };
    const foreign: CanonicalPart = {
      type: 'reasoning',
      text: 'y',
      opaque: { mint: 'p', form: 'encrypted', data: 'E' },
    };
    const { body, losses } = sent({
      messages: [
        hello,
        say('assistant', signed('hm'), redacted, { type: 'reasoning', text: 'x' }, foreign, text('a')),
        say('user', text('b')),
      ],
    });
    expect((turns(body)[1]?.[1] as JsonObject[]).map((block) => block['type'])).toEqual([
      'thinking',
      'redacted_thinking',
      'text',
    ]);
    expect(losses).toEqual(['/messages/1/reasoning', '/messages/1/reasoning']);
  });

  it('asks to go on where a begun answer is refused, and trims one that is taken', () => {
    const messages = [hello, say('assistant', text('The answer is '))];
    expect(turns(sent({ messages }).body)[1]).toEqual(['assistant', [text('The answer is')]]);
    const refused = sent({ model: 'claude-opus-4-8', messages }, newest);
    expect(turns(refused.body).at(-1)?.[0]).toBe('user');
    expect(refused.losses).toEqual(['messages']);
  });

  it('wraps arguments that are no object and gives failed results words', () => {
    const failed: CanonicalPart = { type: 'tool-result', callId: 'a', kind: 'function', parts: [], isError: true };
    const { body, losses } = sent({
      tools: [f],
      messages: [hello, say('assistant', call('a', 'not json')), tool(failed)],
    });
    expect(turns(body)[1]?.[1]).toMatchObject([{ input: { input: 'not json' } }]);
    expect(turns(body)[2]?.[1]).toMatchObject([{ is_error: true, content: 'The tool failed without a message.' }]);
    expect(losses).toEqual(['/messages/1/a']);
  });
});

describe('encoding media', () => {
  it('sends what Claude reads and records the rest', () => {
    const source = (mediaType: string) => ({ kind: 'base64', mediaType, data: 'aGk=' }) as const;
    const { body, losses, beta } = sent({
      messages: [
        say(
          'user',
          { type: 'image', source: { kind: 'url', url: 'https://e.x/i.png' }, detail: 'low' },
          { type: 'image', source: source('image/tiff') },
          { type: 'image', source: { kind: 'file', id: 'file-abc' } },
          { type: 'image', source: { kind: 'file', id: 'file_abc' } },
          { type: 'document', source: source('application/pdf'), name: 'a.pdf' },
          { type: 'document', source: source('text/csv') },
          { type: 'document', source: source('application/zip') },
          { type: 'document', source: { kind: 'text', text: 'plain' } },
          { type: 'document', source: { kind: 'url', url: 'https://e.x/d.pdf' } },
          { type: 'audio', source: source('audio/wav') },
        ),
      ],
    });
    expect(turns(body)[0]?.[1]).toEqual([
      { type: 'image', source: { type: 'url', url: 'https://e.x/i.png' } },
      { type: 'image', source: { type: 'file', file_id: 'file_abc' } },
      { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: 'aGk=' }, title: 'a.pdf' },
      { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'hi' } },
      { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'plain' } },
      { type: 'document', source: { type: 'url', url: 'https://e.x/d.pdf' } },
    ]);
    expect(losses).toEqual([
      '/messages/0/image/detail',
      '/messages/0/image',
      '/messages/0/image',
      '/messages/0/document',
      '/messages/0/audio',
    ]);
    expect(beta).toBe('files-api-2025-04-14');
  });

  it('keeps cache marks, at most the last four', () => {
    const cache = { ttl: '1h' } as const;
    const marked = Array.from({ length: 4 }, (_, index) => ({ ...text(`t${String(index)}`), cache: {} }));
    const { body } = sent({
      tools: [{ ...f, cache }],
      messages: [say('system', { ...text('s'), cache }), say('user', ...marked)],
    });
    expect(JSON.stringify(body).match(/cache_control/g)).toHaveLength(4);
    expect(body['system']).toEqual([text('s')]);
    const few = sent({ tools: [{ ...f, cache }] }).body['tools'];
    expect(few).toEqual([{ name: 'f', input_schema: f.parameters, cache_control: { type: 'ephemeral', ttl: '1h' } }]);
  });
});

describe('encoding settings', () => {
  it.each<[number | undefined, number | undefined, number]>([
    [undefined, undefined, 8_192],
    [undefined, 64_000, 64_000],
    [100, 64_000, 100],
    [100_000, 64_000, 64_000],
  ])('asks for max_tokens when the client said %s and the model gives %s', (wanted, most, expected) => {
    expect(sent({ maxOutputTokens: wanted }, { maxOutputTokens: most }).body['max_tokens']).toBe(expected);
  });

  it('records every parameter Claude does not have', () => {
    const { body, losses } = sent({
      sampling: {
        temperature: 1.4,
        topP: 1,
        minP: 0.1,
        frequencyPenalty: 1,
        presencePenalty: 0,
        repetitionPenalty: 1.1,
        seed: 7,
        stop: ['END', '\n'],
        logprobs: true,
        topLogprobs: 2,
        logitBias: { 1: 2 },
      },
      verbosity: 'low',
      metadata: { a: 'b' },
      store: true,
      candidateCount: 2,
      serviceTier: 'flex',
      userId: 'u',
      promptCacheKey: 'k',
    });
    expect(body).toMatchObject({ temperature: 1, stop_sequences: ['END'], metadata: { user_id: 'u' } });
    expect(body['top_p']).toBeUndefined();
    expect([...losses].sort()).toEqual([
      'frequency_penalty',
      'logit_bias',
      'logprobs',
      'metadata',
      'min_p',
      'n',
      'prompt_cache_key',
      'repetition_penalty',
      'seed',
      'service_tier',
      'stop',
      'store',
      'temperature',
      'top_logprobs',
      'verbosity',
    ]);
  });

  it('sends temperature or top_p, not both, and neither where the model refuses them', () => {
    expect(sent({ sampling: { temperature: 0.2, topP: 0.9 } })).toMatchObject({
      body: { temperature: 0.2 },
      losses: ['top_p'],
    });
    expect(sent({ sampling: { temperature: 1, topP: 0.9 } })).toMatchObject({ body: { top_p: 0.9 }, losses: [] });
    const { body, losses } = sent(
      { model: 'claude-opus-4-8', sampling: { temperature: 0.2, topP: 1, topK: 3 } },
      newest,
    );
    expect([body['temperature'], body['top_p'], body['top_k']]).toEqual([undefined, undefined, undefined]);
    expect(losses).toEqual(['temperature', 'top_k']);
  });

  it('leaves refused fields out', () => {
    expect(sent({ sampling: { topK: 3 } }, { refusedFields: ['top_k'] })).toMatchObject({ losses: ['top_k'] });
  });

  it('sends tools with an object at the top, and strict ones closed', () => {
    const { body, losses } = sent({
      tools: [
        { kind: 'function', name: 'a', description: 'd', parameters: {}, strict: false },
        {
          kind: 'function',
          name: 'b',
          strict: true,
          parameters: {
            type: 'object',
            properties: { n: { type: 'integer', minimum: 1 } },
            required: ['n'],
            additionalProperties: false,
          },
        },
        {
          kind: 'function',
          name: 'c',
          parameters: {
            anyOf: [
              { type: 'object', properties: { x: { type: 'string' } }, required: ['x'] },
              { type: 'object', properties: { y: { type: 'string' } } },
            ],
          },
        },
      ],
    });
    expect(body['tools']).toEqual([
      { name: 'a', description: 'd', input_schema: { type: 'object' } },
      {
        name: 'b',
        strict: true,
        input_schema: {
          type: 'object',
          properties: { n: { type: 'integer', description: '{minimum: 1}' } },
          required: ['n'],
          additionalProperties: false,
        },
      },
      { name: 'c', input_schema: { type: 'object', properties: { x: { type: 'string' }, y: { type: 'string' } } } },
    ]);
    expect(losses).toEqual(['/tools/b/properties/n/minimum', '/tools/c']);
  });

  it('names the tools of a history that comes without any, and keeps them from being called', () => {
    const { body } = sent({
      messages: [hello, say('assistant', call('a')), tool(result('a', text('1')))],
      toolChoice: { type: 'auto' },
    });
    expect(body).toMatchObject({
      tools: [{ name: 'f', input_schema: { type: 'object' } }],
      tool_choice: { type: 'none' },
    });
    expect(sent({ toolChoice: { type: 'auto' } }).body['tool_choice']).toBeUndefined();
  });

  it.each<[Partial<CanonicalRequest>, Json | undefined]>([
    [{}, undefined],
    [{ toolChoice: { type: 'auto' } }, { type: 'auto' }],
    [{ toolChoice: { type: 'required' } }, { type: 'any' }],
    [{ toolChoice: { type: 'none' }, parallelToolCalls: false }, { type: 'none' }],
    [
      { toolChoice: { type: 'tool', name: 'f' }, parallelToolCalls: false },
      { type: 'tool', name: 'f', disable_parallel_tool_use: true },
    ],
    [{ parallelToolCalls: false }, { type: 'auto', disable_parallel_tool_use: true }],
    [{ toolChoice: { type: 'allowed', mode: 'required', names: ['f'] } }, { type: 'any' }],
  ])('says the tool choice of %j', (wanted, expected) => {
    expect(sent({ tools: [f], ...wanted }).body['tool_choice']).toEqual(expected);
  });

  it('offers only the tools that are allowed', () => {
    const { body } = sent({
      tools: [f, { ...f, name: 'g' }],
      toolChoice: { type: 'allowed', mode: 'auto', names: ['g'] },
    });
    expect(body['tools']).toMatchObject([{ name: 'g' }]);
  });

  it('closes the answer’s schema and moves refused constraints into descriptions', () => {
    const schema = {
      type: 'object',
      properties: {
        list: {
          type: 'array',
          minItems: 1,
          maxItems: 3,
          items: { type: 'object', properties: { s: { type: 'string', format: 'uri', minLength: 2 } } },
        },
        either: { oneOf: [{ type: 'string' }, { type: 'null' }] },
      },
      $schema: 'x',
    };
    const { body, losses } = sent({ output: { type: 'json_schema', name: 'n', schema } });
    expect(body['output_config']).toEqual({
      format: {
        type: 'json_schema',
        schema: {
          type: 'object',
          properties: {
            list: {
              type: 'array',
              minItems: 1,
              items: {
                type: 'object',
                properties: { s: { type: 'string', format: 'uri', description: '{minLength: 2}' } },
                additionalProperties: false,
              },
              description: '{maxItems: 3}',
            },
            either: { anyOf: [{ type: 'string' }, { type: 'null' }] },
          },
          additionalProperties: false,
        },
      },
    });
    expect(losses).toHaveLength(4);
  });

  it('asks for JSON in words where only JSON is wanted', () => {
    const { body, losses } = sent({ output: { type: 'json' } });
    expect(JSON.stringify(body['system'])).toContain('one valid JSON object');
    expect(losses).toEqual(['response_format']);
  });
});

describe('encoding thinking', () => {
  const high = { reasoning: { mode: 'on', effort: 'high' } } as const;

  it.each<[CanonicalRequest['reasoning'], TargetRules, Json | undefined, Json | undefined]>([
    [
      { mode: 'on', effort: 'high', summary: 'auto' },
      newest,
      { type: 'adaptive', display: 'summarized' },
      { effort: 'high' },
    ],
    [
      { mode: 'on', effort: 'minimal', summary: 'none' },
      newest,
      { type: 'adaptive', display: 'omitted' },
      { effort: 'low' },
    ],
    [{ mode: 'on', effort: 'xhigh' }, newest, { type: 'adaptive' }, { effort: 'xhigh' }],
    [{ mode: 'on', effort: 'xhigh' }, { adaptiveThinking: true }, { type: 'adaptive' }, { effort: 'high' }],
    [{ mode: 'on', budgetTokens: 10_000 }, newest, { type: 'adaptive' }, { effort: 'medium' }],
    [{ mode: 'adaptive' }, newest, { type: 'adaptive' }, undefined],
    [{ mode: 'off' }, newest, { type: 'disabled' }, undefined],
    [{ mode: 'off' }, { ...newest, alwaysThinks: true }, undefined, { effort: 'low' }],
    [{ mode: 'on', budgetTokens: 31_999 }, {}, { type: 'enabled', budget_tokens: 31_999 }, undefined],
    [{ mode: 'on', budgetTokens: 99_000 }, {}, { type: 'enabled', budget_tokens: 31_999 }, undefined],
    [{ mode: 'on', budgetTokens: 5 }, {}, { type: 'enabled', budget_tokens: 1_024 }, undefined],
    [{ mode: 'on', effort: 'low' }, {}, { type: 'enabled', budget_tokens: 2_048 }, undefined],
    [{ mode: 'on', effort: 'max' }, {}, { type: 'enabled', budget_tokens: 16_000 }, undefined],
    [{ mode: 'on' }, { reasoning: false }, undefined, undefined],
  ])('asks for %j of a model with %j', (reasoning, rules, thinking, config) => {
    const model = rules.adaptiveThinking === true ? 'claude-opus-4-8' : 'claude-sonnet-4-5';
    const { body } = sent({ model, reasoning, maxOutputTokens: 32_000 }, rules);
    expect(body['thinking']).toEqual(thinking);
    expect(body['output_config']).toEqual(config);
  });

  it('makes room for the answer when the client set no limit', () => {
    expect(sent({ reasoning: { mode: 'on', budgetTokens: 20_000 } }).body).toMatchObject({
      max_tokens: 28_192,
      thinking: { budget_tokens: 20_000 },
    });
    expect(sent({ reasoning: { mode: 'on', effort: 'high' } }, { maxOutputTokens: 64_000 }).body).toMatchObject({
      max_tokens: 64_000,
      thinking: { budget_tokens: 16_384 },
    });
  });

  it('goes without where there is no room for thoughts', () => {
    const { body, losses } = sent({ ...high, maxOutputTokens: 1_000 });
    expect(body['thinking']).toBeUndefined();
    expect(losses).toEqual(['reasoning']);
  });

  it('drops sampling that thinking refuses', () => {
    expect(sent({ ...high, sampling: { temperature: 0.3, topK: 2 } }).losses).toEqual(['temperature', 'top_k']);
    expect(sent({ ...high, sampling: { temperature: 1 } }).losses).toEqual([]);
  });

  it('gives up thinking for a forced tool, or the force where the model always thinks', () => {
    const forced = { tools: [f], toolChoice: { type: 'required' } } as const;
    const plain = sent({ ...high, ...forced });
    expect(plain.body['thinking']).toBeUndefined();
    expect(plain.losses).toEqual(['reasoning']);
    const always = sent({ ...high, ...forced, model: 'claude-fable-5' }, { ...newest, alwaysThinks: true });
    expect(always.body).toMatchObject({ thinking: { type: 'adaptive' }, tool_choice: { type: 'auto' } });
    expect(always.losses).toEqual(['tool_choice']);
  });

  it('goes on thinking in a tool turn only with its signed thoughts', () => {
    const turn = (...parts: CanonicalPart[]): Partial<CanonicalRequest> => ({
      ...high,
      tools: [f],
      messages: [hello, say('assistant', ...parts, call('a')), tool(result('a', text('1')))],
    });
    expect(sent(turn(signed('hm'))).body['thinking']).toMatchObject({ type: 'enabled' });
    const unsigned = sent(turn());
    expect(unsigned.body['thinking']).toBeUndefined();
    expect(unsigned.losses).toEqual(['reasoning']);
    const over: Partial<CanonicalRequest> = {
      ...turn(),
      messages: [...(turn().messages ?? []), say('assistant', text('done')), say('user', text('next'))],
    };
    expect(sent(over).body['thinking']).toMatchObject({ type: 'enabled' });
    expect(sent({ ...turn(), model: 'claude-opus-4-8' }, newest)).toMatchObject({
      body: { thinking: { type: 'adaptive' } },
      losses: [],
    });
  });
});

describe('round trips', () => {
  it.each(['anthropic', 'ai-sdk', 'claude-code'])('understands what it wrote for the bodies of %s', (client) => {
    const bodies = capturedBodies(client).filter((body) => body['thread'] === undefined);
    for (const body of bodies) {
      const before = decode(body);
      const rules = before.model === 'claude-opus-4-8' ? newest : { reasoning: true };
      expect(decode(encode(before, rules).body)).toEqual(before);
    }
    expect(bodies.length).toBeGreaterThan(3);
  });

  const part = fc.oneof(
    fc.string().map((value): CanonicalPart => text(value)),
    fc.constantFrom('a', 'b', 'c.1', '').map((id) => call(id)),
    fc.constantFrom('a', 'b', 'c.1', 'z').map((id) => result(id, text('r'))),
    fc.constant(signed('hm')),
    fc.constant<CanonicalPart>({ type: 'reasoning', text: 'unsigned' }),
    fc.constant<CanonicalPart>({ type: 'image', source: { kind: 'url', url: 'https://e.x' } }),
  );
  const message = fc.record({
    role: fc.constantFrom('system', 'user', 'assistant', 'tool'),
    parts: fc.array(part, { maxLength: 4 }),
  }) as fc.Arbitrary<CanonicalMessage>;
  const fits = (one: CanonicalMessage): CanonicalMessage => ({
    ...one,
    parts: one.parts.filter((each) =>
      each.type === 'tool-call' || each.type === 'reasoning'
        ? one.role === 'assistant'
        : each.type === 'tool-result'
          ? one.role === 'tool'
          : one.role !== 'tool',
    ),
  });

  it('writes a body Anthropic takes, whatever the conversation', () => {
    const choices = fc.constantFrom<TargetRules>({}, { reasoning: true, adaptiveThinking: true }, newest);
    fc.assert(
      fc.property(
        fc.array(message, { maxLength: 8 }),
        choices,
        fc.boolean(),
        fc.boolean(),
        (messages, rules, thinks, hasTools) => {
          const model =
            rules === newest
              ? 'claude-opus-4-8'
              : rules.adaptiveThinking === true
                ? 'claude-opus-4-6'
                : 'claude-sonnet-4-5';
          judge(
            encode(
              {
                model,
                messages: messages.map(fits),
                tools: hasTools ? [f] : [],
                ...(thinks ? { reasoning: { mode: 'on', effort: 'low' } as const } : {}),
              },
              rules,
            ),
          );
        },
      ),
      { numRuns: 500 },
    );
  });
});
