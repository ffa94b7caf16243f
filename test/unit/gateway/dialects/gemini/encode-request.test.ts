import { describe, expect, it } from 'vitest';
import { fc } from '../../../../property.ts';
import type {
  CanonicalMessage,
  CanonicalPart,
  Json,
  JsonObject,
  ToolCallPart,
  ToolResultPart,
} from '../../../../../main/gateway/dialects/canonical.ts';
import type { TargetRules } from '../../../../../main/gateway/dialects/dialect.ts';
import { gemini3, encode, encodeContext, collectLosses, plainRequest } from './support.ts';
import { gemini } from '../../../../../main/gateway/dialects/gemini/gemini.ts';

const say = (role: 'system' | 'user' | 'assistant', ...texts: string[]): CanonicalMessage => ({
  role,
  parts: texts.map((text) => ({ type: 'text', text })),
});
const user = (...texts: string[]): CanonicalMessage => say('user', ...texts);
const parts = (...list: CanonicalPart[]): CanonicalMessage => ({ role: 'user', parts: list });
const call = (id: string, name = 'f', input = '{}'): ToolCallPart => ({
  type: 'tool-call',
  id,
  name,
  kind: 'function',
  input,
});
const calls = (...list: CanonicalPart[]): CanonicalMessage => ({ role: 'assistant', parts: list });
const result = (callId: string, text: string, more: Partial<ToolResultPart> = {}): ToolResultPart => ({
  type: 'tool-result',
  callId,
  kind: 'function',
  parts: [{ type: 'text', text }],
  ...more,
});
const results = (...list: ToolResultPart[]): CanonicalMessage => ({ role: 'tool', parts: list });

function contents(messages: readonly CanonicalMessage[], rules: TargetRules = {}, losses = collectLosses()): Json {
  return encode({ messages, ...(rules.thinkingLevel === true ? gemini3 : {}) }, rules, losses)['contents'] ?? null;
}

const turn = (role: 'user' | 'model', ...list: JsonObject[]): JsonObject => ({ role, parts: list });
const sent = (id: string, name = 'f', args: JsonObject = {}): JsonObject => ({ functionCall: { id, name, args } });
const answered = (id: string, output: string, name = 'f'): JsonObject => ({
  functionResponse: { id, name, response: { output } },
});

describe('turns', () => {
  it('puts the leading system messages into the instruction, and the rest into alternating turns', () => {
    const losses = collectLosses();
    const body = encode(
      {
        messages: [
          say('system', 'one', ''),
          say('system', 'two'),
          user('a'),
          user('b'),
          say('assistant', 'c'),
          user('d'),
        ],
      },
      {},
      losses,
    );
    expect(body).toEqual({
      systemInstruction: { parts: [{ text: 'one' }, { text: 'two' }] },
      contents: [turn('user', { text: 'a' }, { text: 'b' }), turn('model', { text: 'c' }), turn('user', { text: 'd' })],
    });
    expect(losses.list).toEqual([]);
  });

  it('tells a later system message as user text, with a loss', () => {
    const losses = collectLosses();
    expect(contents([user('a'), say('assistant', 'b'), say('system', 'new rule'), user('c')], {}, losses)).toEqual([
      turn('user', { text: 'a' }),
      turn('model', { text: 'b' }),
      turn('user', { text: '<system>\nnew rule\n</system>' }, { text: 'c' }),
    ]);
    expect(losses.list).toEqual(['/messages/2']);
  });

  it('puts the system prompt before the first user text for a model that takes none', () => {
    const losses = collectLosses();
    expect(encode({ messages: [say('system', 'rule'), user('a')] }, { noSystem: true }, losses)).toEqual({
      contents: [turn('user', { text: 'rule' }, { text: 'a' })],
    });
    expect(losses.list).toEqual(['system']);
  });

  it('starts with a user and leaves out what is empty', () => {
    const losses = collectLosses();
    expect(contents([user(''), say('assistant', 'hi', ''), user('a')], {}, losses)).toEqual([
      turn('user', { text: 'Continue.' }),
      turn('model', { text: 'hi' }),
      turn('user', { text: 'a' }),
    ]);
    expect(losses.list).toEqual(['/messages']);
    expect(contents([])).toEqual([turn('user', { text: 'Continue.' })]);
    expect(contents([say('system', 'only')])).toEqual([turn('user', { text: 'Continue.' })]);
  });

  it('keeps a user turn of which nothing could cross', () => {
    const losses = collectLosses();
    const foreign = parts({ type: 'document', source: { kind: 'file', id: 'file_1' } });
    expect(contents([foreign], {}, losses)).toEqual([
      turn('user', { text: '(Content that could not be passed on was left out here.)' }),
    ]);
    expect(losses.list).toEqual(['/messages/0/parts/0']);
  });

  it('tells a refusal as text and records names and citations', () => {
    const losses = collectLosses();
    const messages: CanonicalMessage[] = [
      { role: 'user', name: 'ann', parts: [{ type: 'text', text: 'a' }] },
      calls({ type: 'refusal', text: 'no' }, { type: 'text', text: 'b', citations: [{ url: 'https://e.x' }] }),
      user('c'),
    ];
    expect(contents(messages, {}, losses)).toMatchObject([{}, turn('model', { text: 'no' }, { text: 'b' }), {}]);
    expect(losses.list).toEqual(['/messages/0/name', '/messages/1/parts/1/citations']);
  });
});

describe('media', () => {
  it.each<[CanonicalPart, JsonObject]>([
    [
      { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'AAAA' } },
      { inlineData: { mimeType: 'image/png', data: 'AAAA' } },
    ],
    [
      { type: 'audio', source: { kind: 'base64', mediaType: 'audio/wav', data: 'UklG' } },
      { inlineData: { mimeType: 'audio/wav', data: 'UklG' } },
    ],
    [
      { type: 'document', source: { kind: 'base64', mediaType: 'application/pdf', data: 'JVBE' } },
      { inlineData: { mimeType: 'application/pdf', data: 'JVBE' } },
    ],
    [
      { type: 'image', source: { kind: 'url', url: 'https://e.x/i.webp?v=1' }, detail: 'auto' },
      { fileData: { mimeType: 'image/webp', fileUri: 'https://e.x/i.webp?v=1' } },
    ],
    [
      { type: 'document', source: { kind: 'file', id: 'gs://b/a', mediaType: 'text/csv' } },
      { fileData: { mimeType: 'text/csv', fileUri: 'gs://b/a' } },
    ],
    [{ type: 'document', source: { kind: 'text', text: 'plain' } }, { text: 'plain' }],
  ])('sends %j without a loss', (part, expected) => {
    const losses = collectLosses();
    expect(contents([parts(part)], {}, losses)).toEqual([turn('user', expected)]);
    expect(losses.list).toEqual([]);
  });

  it('records the name of a file', () => {
    const losses = collectLosses();
    contents(
      [
        parts({
          type: 'document',
          source: { kind: 'base64', mediaType: 'application/pdf', data: 'JVBE' },
          name: 'a.pdf',
        }),
      ],
      {},
      losses,
    );
    expect(losses.list).toEqual(['/messages/0/parts/0/name']);
  });

  it('guesses the type of a URL that says none, and records detail, each a loss', () => {
    const losses = collectLosses();
    const image: CanonicalPart = { type: 'image', source: { kind: 'url', url: 'https://e.x/i' }, detail: 'high' };
    expect(contents([parts(image)], {}, losses)).toEqual([
      turn('user', { fileData: { mimeType: 'image/jpeg', fileUri: 'https://e.x/i' } }),
    ]);
    expect(losses.list).toEqual(['/messages/0/parts/0/detail', '/messages/0/parts/0']);
  });
});

describe('calls and results', () => {
  it('sends parallel calls in one turn and their results in the next, with ids, names and no arguments as {}', () => {
    const losses = collectLosses();
    const messages = [
      user('a'),
      calls(call('c1', 'now', ''), call('c2', 'get', '{"q":"é","n":[1]}')),
      results(result('c1', 'noon'), result('c2', 'failed', { isError: true })),
    ];
    expect(contents(messages, {}, losses)).toEqual([
      turn('user', { text: 'a' }),
      turn('model', sent('c1', 'now'), sent('c2', 'get', { q: 'é', n: [1] })),
      turn('user', answered('c1', 'noon', 'now'), {
        functionResponse: { id: 'c2', name: 'get', response: { error: 'failed' } },
      }),
    ]);
    expect(losses.list).toEqual([]);
  });

  it('puts results into the order of their calls and user text behind them', () => {
    const messages = [
      user('a'),
      calls(call('c1', 'f'), call('c2', 'g')),
      user('wait'),
      results(result('c2', '2'), result('c1', '1')),
      user('go on'),
    ];
    expect(contents(messages)).toEqual([
      turn('user', { text: 'a' }),
      turn('model', sent('c1', 'f'), sent('c2', 'g')),
      turn('user', answered('c1', '1', 'f'), answered('c2', '2', 'g'), { text: 'wait' }, { text: 'go on' }),
    ]);
  });

  it('makes up what is missing, in between and at the end, with losses', () => {
    const losses = collectLosses();
    const missing = (id: string): JsonObject => ({
      functionResponse: { id, name: 'f', response: { error: 'No result was recorded for this call.' } },
    });
    expect(contents([user('a'), calls(call('c1')), user('b'), calls(call('c2'))], {}, losses)).toEqual([
      turn('user', { text: 'a' }),
      turn('model', sent('c1')),
      turn('user', missing('c1'), { text: 'b' }),
      turn('model', sent('c2')),
      turn('user', missing('c2')),
    ]);
    expect(losses.list).toEqual(['/messages/1/parts/0', '/messages', '/messages/3/parts/0']);
  });

  it('tells a result without its call, a late one and a second one as text, with their images', () => {
    const losses = collectLosses();
    const shot = result('c1', 'again', {
      parts: [
        { type: 'text', text: 'again' },
        { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'AAAA' } },
      ],
    });
    const messages = [
      results(result('c0', 'lost')),
      calls(call('c1')),
      results(result('c1', '1'), shot),
      say('assistant', 'so'),
      results(result('c1', 'late')),
    ];
    expect(contents(messages, {}, losses)).toEqual([
      turn('user', { text: 'Result of a tool: lost' }),
      turn('model', sent('c1')),
      turn(
        'user',
        answered('c1', '1'),
        { text: 'Result of f: again' },
        { inlineData: { mimeType: 'image/png', data: 'AAAA' } },
      ),
      turn('model', { text: 'so' }),
      turn('user', { text: 'Result of f: late' }),
    ]);
    expect(losses.list).toEqual(['/messages/0/parts/0', '/messages/2/parts/1', '/messages/4/parts/0']);
  });

  it('sends arguments that are no object as one field, with a loss', () => {
    for (const input of ['[1]', '"x"', '{"a":', 'null']) {
      const losses = collectLosses();
      expect(
        contents([user('a'), calls(call('c1', 'f', input)), results(result('c1', '1'))], {}, losses),
      ).toMatchObject([{}, turn('model', sent('c1', 'f', { input })), {}]);
      expect(losses.list).toEqual(['/messages/1/parts/0']);
    }
  });

  it('keeps a result one string, whatever JSON it holds: Google refuses $ref in a response object', () => {
    const text = '{"$ref":"#/x","$defs":{}}';
    expect(contents([user('a'), calls(call('c1')), results(result('c1', text))])).toMatchObject([
      {},
      {},
      turn('user', answered('c1', text)),
    ]);
  });

  const shot = result('c1', 'seen', {
    parts: [
      { type: 'text', text: 'seen' },
      { type: 'document', source: { kind: 'text', text: 'and read' } },
      { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'AAAA' } },
    ],
  });
  const inline = { inlineData: { mimeType: 'image/png', data: 'AAAA' } };

  it('puts images of a result inside it for Gemini 3', () => {
    const losses = collectLosses();
    const body = contents([user('a'), calls(call('c1')), results(shot)], { thinkingLevel: true }, losses);
    expect(body).toMatchObject([
      {},
      {},
      turn('user', {
        functionResponse: { id: 'c1', name: 'f', response: { output: 'seen\nand read' }, parts: [inline] },
      }),
    ]);
    expect(losses.list).toEqual(['/messages']);
  });

  it('puts images of results behind all results for models before it, with a loss', () => {
    const losses = collectLosses();
    const messages = [user('a'), calls(call('c1'), call('c2')), results(shot, result('c2', '2')), user('see?')];
    expect(contents(messages, {}, losses)).toMatchObject([
      {},
      {},
      turn('user', answered('c1', 'seen\nand read'), answered('c2', '2'), inline, { text: 'see?' }),
    ]);
    expect(losses.list).toEqual(['/messages/2/parts/0']);
  });

  it('tells calls and results as text to a model that knows no tools', () => {
    const losses = collectLosses();
    const messages = [user('a'), calls(call('c1', 'f', '{"q":1}')), results({ ...shot, name: 'f' })];
    expect(contents(messages, { noTools: true }, losses)).toEqual([
      turn('user', { text: 'a' }),
      turn('model', { text: 'Called f with {"q":1}' }),
      turn('user', { text: 'Result of f: seen\nand read' }, inline),
    ]);
    expect(losses.list).toEqual(['/messages/1/parts/0', '/messages/2/parts/0']);
  });
});

describe('signatures', () => {
  const signed = (data: string) => ({ opaque: { mint: 'google', form: 'thought_signature', data } }) as const;

  it('stand on the part they were on, and alone on an empty text', () => {
    const messages = [
      user('a'),
      calls(
        { type: 'reasoning', text: 'hm', ...signed('YQ==') },
        { type: 'text', text: 'so', ...signed('Yg==') },
        { ...call('c1'), ...signed('Yw==') },
        call('c2'),
        { type: 'reasoning', text: '', ...signed('ZA==') },
      ),
      results(result('c1', '1'), result('c2', '2')),
    ];
    expect(contents(messages, { thinkingLevel: true })).toMatchObject([
      {},
      turn(
        'model',
        { text: 'hm', thought: true, thoughtSignature: 'YQ==' },
        { text: 'so', thoughtSignature: 'Yg==' },
        { ...sent('c1'), thoughtSignature: 'Yw==' },
        sent('c2'),
        { text: '', thoughtSignature: 'ZA==' },
      ),
      {},
    ]);
  });

  it('leave out what is no base64 and what another dialect signed', () => {
    const losses = collectLosses();
    const messages = [
      user('a'),
      calls(
        { type: 'text', text: 'so', ...signed('not base64!') },
        { type: 'reasoning', text: 'hm', opaque: { mint: 'google', form: 'signature', data: 'YQ==' } },
        { type: 'reasoning', text: '', opaque: { mint: 'google', form: 'encrypted', data: 'YQ==' } },
      ),
      user('b'),
    ];
    expect(contents(messages, {}, losses)).toMatchObject([
      {},
      turn('model', { text: 'so' }, { text: 'hm', thought: true }),
      {},
    ]);
    expect(losses.list).toEqual(['/messages/1/parts/0']);
  });

  it('are replaced by Google’s word on the first unsigned call of each step of the running turn, for Gemini 3', () => {
    const losses = collectLosses();
    const messages = [
      user('a'),
      calls(call('old')),
      results(result('old', '0')),
      say('assistant', 'done'),
      user('b'),
      calls({ type: 'text', text: 'let me see' }, call('c1'), call('c2')),
      results(result('c1', '1'), result('c2', '2')),
      calls({ ...call('c3'), ...signed('Yw==') }),
      results(result('c3', '3')),
      calls(call('c4')),
      results(result('c4', '4')),
    ];
    const skip = { thoughtSignature: 'skip_thought_signature_validator' };
    expect(contents(messages, { thinkingLevel: true }, losses)).toMatchObject([
      {},
      { parts: [sent('old')] },
      {},
      {},
      {},
      turn('model', { text: 'let me see' }, { ...sent('c1'), ...skip }, sent('c2')),
      {},
      turn('model', { ...sent('c3'), thoughtSignature: 'Yw==' }),
      {},
      turn('model', { ...sent('c4'), ...skip }),
      {},
    ]);
    expect(JSON.stringify(contents(messages))).not.toContain('skip_');
    expect(losses.list).toEqual(['/messages', '/messages']);
  });
});

describe('any conversation', () => {
  const id = fc.constantFrom('c1', 'c2', 'c3');
  const opaque = fc.option(fc.constant({ mint: 'google', form: 'thought_signature', data: 'c2ln' } as const), {
    nil: undefined,
  });
  const name = fc.constantFrom('f', 'g');
  const image: CanonicalPart = { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'AAAA' } };
  const foreign: CanonicalPart = { type: 'image', source: { kind: 'file', id: 'file_1' } };
  const said = fc.constantFrom('', 'x', 'y');
  const userPart = fc.oneof(
    said.map((text): CanonicalPart => ({ type: 'text', text })),
    fc.constantFrom(image, foreign),
  );
  const modelPart = fc.oneof(
    fc.tuple(said, opaque).map(([text, one]): CanonicalPart => ({ type: 'text', text, opaque: one })),
    fc.tuple(said, opaque).map(([text, one]): CanonicalPart => ({ type: 'reasoning', text, opaque: one })),
    fc.tuple(id, name, opaque).map(([one, tool, mark]): CanonicalPart => ({ ...call(one, tool), opaque: mark })),
    said.map((text): CanonicalPart => ({ type: 'refusal', text })),
  );
  const toolPart = fc.tuple(id, said, fc.boolean()).map(([one, text, seen]): CanonicalPart => ({
    ...result(one, text),
    parts: seen ? [{ type: 'text', text }, image as never] : [{ type: 'text', text }],
  }));
  const of = (role: CanonicalMessage['role'], part: fc.Arbitrary<CanonicalPart>): fc.Arbitrary<CanonicalMessage> =>
    fc.array(part, { maxLength: 3 }).map((list) => ({ role, parts: list }));
  const message = fc.oneof(
    of('user', userPart),
    of('assistant', modelPart),
    of('tool', toolPart),
    said.map((text) => say('system', text)),
  );

  it('becomes one Google takes, by models before and since Gemini 3 and by those without tools and system prompt', () => {
    fc.assert(
      fc.property(
        fc.array(message, { maxLength: 10 }),
        fc.constantFrom<TargetRules>({}, { thinkingLevel: true }, { noTools: true, noSystem: true }),
        (messages, rules) => {
          contents(messages, rules);
        },
      ),
      { numRuns: 1000 },
    );
  });
});

describe('the simulated account', () => {
  it('refuses what the room must not send, so that the tests above can fail', () => {
    expect(() => {
      encode({ tools: [{ kind: 'function', name: 'not a name', parameters: {} }] });
    }).toThrow('Invalid function name');
    const { body } = gemini.encodeRequest(plainRequest, encodeContext());
    expect(body).toEqual({ contents: [turn('user', { text: 'hello' })] });
  });
});
