import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../../../../shared/errors/gateway-error.ts';
import type { CanonicalPart, JsonObject } from '../../../../../main/gateway/dialects/canonical.ts';
import { JsonDocument } from '../../../../../main/gateway/dialects/document.ts';
import { gemini } from '../../../../../main/gateway/dialects/gemini/gemini.ts';
import { decode, collectLosses, recorded } from './support.ts';

function refusal(body: JsonObject): GatewayError {
  try {
    decode(body);
  } catch (error) {
    if (error instanceof GatewayError) return error;
    throw error;
  }
  throw new Error('the body was taken');
}

const user = (...parts: JsonObject[]): JsonObject => ({ role: 'user', parts });
const model = (...parts: JsonObject[]): JsonObject => ({ role: 'model', parts });
const hello = user({ text: 'hello' });

/** The canonical parts of one content. */
function partsOf(content: JsonObject, losses = collectLosses()): readonly CanonicalPart[] {
  return decode({ contents: [content] }, losses).messages.flatMap((message) => message.parts);
}

describe('facts', () => {
  const facts = (text: string) => gemini.readFacts(JsonDocument.read(Buffer.from(text)));

  it('leaves model and stream to the path', () => {
    expect(facts('{"contents":[],"model":"x","stream":true}')).toEqual({ model: '', stream: false });
  });

  it.each(['{"contents" : [{"parts":[]}]}', '{"contents": {"parts":{"text":"x"}}}', '{"contents":null}', '{}'])(
    'takes %s',
    (text) => {
      expect(facts(text)).toEqual({ model: '', stream: false });
    },
  );

  it.each([
    ['"hello"', 'a string'],
    ['7', 'a number'],
    ['true', 'a boolean'],
  ])('refuses contents %s', (contents, kind) => {
    expect(() => facts(`{"contents": ${contents}}`)).toThrow(`contents: expected an array, got ${kind}.`);
  });
});

describe('turns', () => {
  it('reads the system instruction and turns of both roles in order', () => {
    const request = decode({
      systemInstruction: { role: 'user', parts: [{ text: 'be brief' }, { text: '' }, { text: 'be kind' }] },
      contents: [hello, model({ text: 'hi' }, { text: 'there' }), { parts: [{ text: 'no role is the user' }] }],
    });
    expect(request.messages).toEqual([
      {
        role: 'system',
        parts: [
          { type: 'text', text: 'be brief' },
          { type: 'text', text: 'be kind' },
        ],
      },
      { role: 'user', parts: [{ type: 'text', text: 'hello' }] },
      {
        role: 'assistant',
        parts: [
          { type: 'text', text: 'hi' },
          { type: 'text', text: 'there' },
        ],
      },
      { role: 'user', parts: [{ type: 'text', text: 'no role is the user' }] },
    ]);
    expect(request).toMatchObject({ model: 'gemini-2.5-flash', stream: false, tools: [], toolChoice: undefined });
  });

  it('takes a system instruction that is a string, and none for an empty one', () => {
    expect(decode({ systemInstruction: 'be brief', contents: [hello] }).messages[0]).toEqual({
      role: 'system',
      parts: [{ type: 'text', text: 'be brief' }],
    });
    for (const nothing of ['', { parts: [] }, { parts: [{ text: '' }] }, null]) {
      expect(decode({ systemInstruction: nothing, contents: [hello] }).messages).toHaveLength(1);
    }
  });

  it('takes single objects where the reference has lists, as in Google’s own examples', () => {
    const request = decode({
      system_instruction: { parts: { text: 'You are a cat.' } },
      contents: { parts: { text: 'Hello there' } },
      tools: { functionDeclarations: { name: 'purr' } },
    });
    expect(request.messages).toEqual([
      { role: 'system', parts: [{ type: 'text', text: 'You are a cat.' }] },
      { role: 'user', parts: [{ type: 'text', text: 'Hello there' }] },
    ]);
    expect(request.tools).toMatchObject([{ kind: 'function', name: 'purr' }]);
  });

  it('takes snake_case names everywhere', () => {
    const camel: JsonObject = {
      systemInstruction: { parts: [{ text: 's' }] },
      contents: [
        user(
          { inlineData: { mimeType: 'image/png', data: 'AAAA' } },
          { fileData: { mimeType: 'application/pdf', fileUri: 'https://e.x/a.pdf' } },
        ),
        model({ functionCall: { id: 'c', name: 'f', args: { some_key: 1 } }, thoughtSignature: 'c2ln' }),
        user({ functionResponse: { id: 'c', name: 'f', response: { output: 'o' } } }),
      ],
      tools: [{ functionDeclarations: [{ name: 'f', parametersJsonSchema: { type: 'object' } }] }],
      toolConfig: { functionCallingConfig: { mode: 'ANY', allowedFunctionNames: ['f'] } },
      generationConfig: {
        topP: 0.5,
        topK: 4,
        maxOutputTokens: 9,
        stopSequences: ['x'],
        responseMimeType: 'application/json',
        thinkingConfig: { thinkingBudget: 99, includeThoughts: true },
      },
      serviceTier: 'flex',
    };
    expect(decode(snaked(camel))).toEqual(decode(camel));
  });

  it.each<[string, JsonObject, string, string]>([
    ['no contents', {}, 'contents', 'contents: is required and must be an array.'],
    ['contents that are text', { contents: 'x' }, 'contents', 'contents: expected an array, got a string.'],
    ['a content that is text', { contents: ['x'] }, 'contents[0]', 'contents[0]: expected an object, got a string.'],
    [
      'a role of another dialect',
      { contents: [{ role: 'assistant', parts: [] }] },
      'contents[0].role',
      'contents[0].role: expected "user", "model" or "function", got "assistant".',
    ],
    ['a text that is a number', { contents: [user({ text: 1 })] }, 'contents[0].parts[0].text', 'got a number'],
    ['a part of no kind', { contents: [user({ txt: 'x' })] }, 'contents[0].parts[0]', 'got "txt"'],
    [
      'a part of two kinds',
      { contents: [user({ text: 'x', functionCall: { name: 'f' } })] },
      'contents[0].parts[0]',
      'holds text and functionCall',
    ],
    [
      'bytes without their type',
      { contents: [user({ inlineData: { data: 'AA' } })] },
      'contents[0].parts[0].inlineData.mimeType',
      'is required',
    ],
    [
      'a call of the user',
      { contents: [user({ functionCall: { name: 'f' } })] },
      'contents[0].parts[0].functionCall',
      'role "model"',
    ],
    [
      'a result of the model',
      { contents: [model({ functionResponse: { name: 'f', response: {} } })] },
      'contents[0].parts[0].functionResponse',
      'role "user"',
    ],
    [
      'arguments that are text',
      { contents: [model({ functionCall: { name: 'f', args: '{}' } })] },
      'contents[0].parts[0].functionCall.args',
      'expected an object, got a string',
    ],
    ['a system instruction in a list', { systemInstruction: [], contents: [] }, 'systemInstruction', 'got an array'],
  ])('refuses %s and names the place', (_what, body, param, words) => {
    const error = refusal(body);
    expect(error.code).toBe('read.invalid_field');
    expect(error.param).toBe(param);
    expect(error.message).toContain(words);
  });
});

/** Every field name in its proto spelling; what is the client's own stays. */
function snaked(value: JsonObject): JsonObject {
  const own = new Set(['args', 'parametersJsonSchema']);
  const walk = (one: unknown): unknown => {
    if (Array.isArray(one)) return one.map(walk);
    if (typeof one !== 'object' || one === null) return one;
    return Object.fromEntries(
      Object.entries(one).map(([key, inner]) => [
        key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
        own.has(key) ? inner : walk(inner),
      ]),
    );
  };
  return walk(value) as JsonObject;
}

describe('media', () => {
  it.each<[JsonObject, CanonicalPart]>([
    [
      { inlineData: { mimeType: 'image/png', data: 'AAAA' } },
      { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'AAAA' } },
    ],
    [
      { inlineData: { mimeType: 'audio/wav', data: 'UklG' } },
      { type: 'audio', source: { kind: 'base64', mediaType: 'audio/wav', data: 'UklG' } },
    ],
    [
      { inlineData: { mimeType: 'application/pdf', data: 'JVBE', displayName: 'a.pdf' } },
      { type: 'document', source: { kind: 'base64', mediaType: 'application/pdf', data: 'JVBE' }, name: 'a.pdf' },
    ],
    [
      { fileData: { mimeType: 'image/jpeg', fileUri: 'https://e.x/i' } },
      { type: 'image', source: { kind: 'url', url: 'https://e.x/i', mediaType: 'image/jpeg' } },
    ],
    [
      { fileData: { fileUri: 'https://e.x/song.MP3?x=1' } },
      { type: 'audio', source: { kind: 'url', url: 'https://e.x/song.MP3?x=1', mediaType: undefined } },
    ],
    [
      { fileData: { mimeType: 'video/mp4', fileUri: 'gs://bucket/a.mp4' } },
      { type: 'document', source: { kind: 'file', id: 'gs://bucket/a.mp4', mediaType: 'video/mp4' } },
    ],
    [
      { fileData: { mimeType: 'image/png', fileUri: 'https://generativelanguage.googleapis.com/v1beta/files/1' } },
      {
        type: 'image',
        source: {
          kind: 'file',
          id: 'https://generativelanguage.googleapis.com/v1beta/files/1',
          mediaType: 'image/png',
        },
      },
    ],
  ])('reads %j', (part, expected) => {
    expect(partsOf(user(part))).toEqual([expected]);
  });

  it('guesses the type of an address made to be slow to read', () => {
    const fileUri = `https://e.x/${'.a?'.repeat(500_000)}\n`;
    expect(partsOf(user({ fileData: { fileUri } }))).toMatchObject([{ type: 'document', source: { kind: 'url' } }]);
  });

  it('records what hangs on a part and only Google knows', () => {
    const losses = collectLosses();
    partsOf(
      user({ inlineData: { mimeType: 'video/mp4', data: 'AA' }, videoMetadata: { fps: 1 }, partMetadata: {} }),
      losses,
    );
    partsOf(user({ text: 'x', mediaResolution: { level: 'LOW' }, new_field: 1 }), losses);
    expect(losses.list).toEqual([
      '/contents/0/parts/0/videoMetadata',
      '/contents/0/parts/0/mediaResolution',
      '/contents/0/parts/0/new_field',
    ]);
  });

  it('keeps code that Gemini ran as text and drops its other hosted tools, each a loss', () => {
    const losses = collectLosses();
    const parts = partsOf(
      model(
        { executableCode: { language: 'PYTHON', code: 'print(1)' } },
        { codeExecutionResult: { outcome: 'OUTCOME_OK', output: '1' } },
        { toolCall: { toolType: 'GOOGLE_SEARCH_WEB' } },
      ),
      losses,
    );
    expect(parts).toEqual([
      { type: 'text', text: '\n```python\nprint(1)\n```\n' },
      { type: 'text', text: '\n```\n1\n```\n' },
    ]);
    expect(losses.list).toEqual(['/contents/0/parts/0', '/contents/0/parts/1', '/contents/0/parts/2']);
  });
});

describe('reasoning and signatures', () => {
  it('reads thoughts of the model, and never of the user', () => {
    expect(partsOf(model({ text: 'hm', thought: true }, { text: 'so' }))).toEqual([
      { type: 'reasoning', text: 'hm' },
      { type: 'text', text: 'so' },
    ]);
    expect(partsOf(user({ text: 'hm', thought: true }))).toEqual([{ type: 'text', text: 'hm' }]);
  });

  it('keeps signatures on text, thought and call, with a mint nobody knows', () => {
    const opaque = (data: string) => ({ mint: '', form: 'thought_signature', data });
    expect(
      partsOf(
        model(
          { text: 'hm', thought: true, thoughtSignature: 'YQ==' },
          { text: 'so', thought_signature: 'Yg==' },
          { functionCall: { id: 'c', name: 'f' }, thoughtSignature: 'Yw==' },
          { text: 'end', thoughtSignature: '' },
        ),
      ),
    ).toEqual([
      { type: 'reasoning', text: 'hm', opaque: opaque('YQ==') },
      { type: 'text', text: 'so', opaque: opaque('Yg==') },
      { type: 'tool-call', id: 'c', name: 'f', kind: 'function', input: '{}', opaque: opaque('Yw==') },
      { type: 'text', text: 'end' },
    ]);
  });

  it('keeps a signature that stands alone', () => {
    expect(partsOf(model({ thoughtSignature: 'YQ==' }))).toEqual([
      { type: 'reasoning', text: '', opaque: { mint: '', form: 'thought_signature', data: 'YQ==' } },
    ]);
  });
});

describe('calls and results', () => {
  const calls = (...names: string[]): JsonObject => model(...names.map((name) => ({ functionCall: { name } })));
  const result = (name: string, output: string, id?: string): JsonObject => ({
    functionResponse: { name, response: { output }, ...(id === undefined ? {} : { id }) },
  });
  const ids = (body: JsonObject): [string[], string[]] => {
    const parts = decode(body).messages.flatMap((message) => message.parts);
    return [
      parts.flatMap((part) => (part.type === 'tool-call' ? [part.id] : [])),
      parts.flatMap((part) => (part.type === 'tool-result' ? [part.callId] : [])),
    ];
  };

  it('reads a call with its id and arguments, and no arguments as an empty object', () => {
    expect(
      partsOf(
        model(
          { functionCall: { id: 'c1', name: 'get', args: { b: 1, a: [null, 'é'] } } },
          { functionCall: { id: 'c2', name: 'now' } },
          { functionCall: { id: 'c3', name: 'then', args: {} } },
        ),
      ),
    ).toEqual([
      { type: 'tool-call', id: 'c1', name: 'get', kind: 'function', input: '{"b":1,"a":[null,"é"]}' },
      { type: 'tool-call', id: 'c2', name: 'now', kind: 'function', input: '{}' },
      { type: 'tool-call', id: 'c3', name: 'then', kind: 'function', input: '{}' },
    ]);
  });

  it('pairs calls and results without ids by name, equal names by order', () => {
    expect(
      ids({ contents: [hello, calls('a', 'b', 'a'), user(result('b', '1'), result('a', '2'), result('a', '3'))] }),
    ).toEqual([
      ['call_1', 'call_2', 'call_3'],
      ['call_2', 'call_1', 'call_3'],
    ]);
  });

  it('pairs within a turn only: an id made up for one turn is not given to the next', () => {
    const [made, answered] = ids({
      contents: [hello, calls('a'), user(result('a', '1')), calls('a'), user(result('a', '2'))],
    });
    expect(made).toEqual(answered);
    expect(new Set(made).size).toBe(2);
  });

  it('keeps the ids a client sends, in any order', () => {
    const contents = [
      hello,
      model({ functionCall: { id: 'x', name: 'f' } }, { functionCall: { id: 'y', name: 'f' } }),
      user(result('f', '1', 'y'), result('f', '2', 'x')),
    ];
    expect(ids({ contents })).toEqual([
      ['x', 'y'],
      ['y', 'x'],
    ]);
  });

  it('makes a tool message of a run of results and a user message of what stands around', () => {
    const request = decode({
      contents: [hello, calls('f', 'g'), user(result('f', '1'), result('g', '2'), { text: 'and now?' })],
    });
    expect(request.messages.map((message) => [message.role, message.parts.map((part) => part.type)])).toEqual([
      ['user', ['text']],
      ['assistant', ['tool-call', 'tool-call']],
      ['tool', ['tool-result', 'tool-result']],
      ['user', ['text']],
    ]);
  });

  it('takes results in a turn of the role "function"', () => {
    const request = decode({ contents: [hello, calls('f'), { role: 'function', parts: [result('f', '1')] }] });
    expect(request.messages.at(-1)).toEqual({
      role: 'tool',
      parts: [
        { type: 'tool-result', callId: 'call_1', kind: 'function', name: 'f', parts: [{ type: 'text', text: '1' }] },
      ],
    });
  });

  it.each<[string, JsonObject, string, boolean]>([
    ['the key Google documents', { output: 'sunny' }, 'sunny', false],
    ['the key of many samples', { result: 'sunny' }, 'sunny', false],
    ['the AI SDK', { name: 'f', content: 'sunny' }, 'sunny', false],
    ['the AI SDK with an object', { name: 'f', content: { t: 1 } }, '{"t":1}', false],
    ['an object under output', { output: { t: 1 } }, '{"t":1}', false],
    ['an error', { error: 'boom' }, 'boom', true],
    ['an error that is an object', { error: { code: 1 } }, '{"code":1}', true],
    ['an object of its own', { temperature: 3, unit: 'C' }, '{"temperature":3,"unit":"C"}', false],
    ['an output beside other fields', { output: 'x', more: 1 }, '{"output":"x","more":1}', false],
    ['nothing', {}, '{}', false],
  ])('reads the result of %s', (_what, response, text, isError) => {
    const [part] = decode({
      contents: [hello, calls('f'), user({ functionResponse: { name: 'f', response } })],
    }).messages.at(-1)?.parts ?? [undefined];
    expect(part).toEqual({
      type: 'tool-result',
      callId: 'call_1',
      kind: 'function',
      name: 'f',
      parts: [{ type: 'text', text }],
      ...(isError ? { isError } : {}),
    });
  });

  it('keeps the text of a result before its images', () => {
    const parts = [{ inlineData: { mimeType: 'image/png', data: 'AAAA' } }];
    const response = { name: 'f', response: { output: 'seen' }, parts };
    expect(
      decode({ contents: [hello, calls('f'), user({ functionResponse: response })] }).messages.at(-1)?.parts,
    ).toMatchObject([{ parts: [{ type: 'text', text: 'seen' }, { type: 'image' }] }]);
  });

  it('reads images and documents inside a result, and records a sound', () => {
    const losses = collectLosses();
    const request = decode(
      {
        contents: [
          hello,
          calls('shoot'),
          user({
            functionResponse: {
              name: 'shoot',
              response: { output: '' },
              parts: [
                { inlineData: { mimeType: 'image/png', data: 'AAAA' } },
                { inlineData: { mimeType: 'application/pdf', data: 'JVBE' } },
                { inlineData: { mimeType: 'audio/wav', data: 'UklG' } },
              ],
            },
          }),
        ],
      },
      losses,
    );
    expect(request.messages.at(-1)?.parts).toMatchObject([
      {
        type: 'tool-result',
        parts: [
          { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'AAAA' } },
          { type: 'document', source: { kind: 'base64', mediaType: 'application/pdf', data: 'JVBE' } },
        ],
      },
    ]);
    expect(losses.list).toEqual(['/contents/2/parts/0/functionResponse']);
  });
});

describe('tools', () => {
  const tools = (...declarations: JsonObject[]): JsonObject => ({
    contents: [hello],
    tools: [{ functionDeclarations: declarations }],
  });

  it('reads parameters in Google’s Schema and in JSON Schema alike', () => {
    const request = decode(
      tools(
        {
          name: 'a',
          description: 'A',
          parameters: {
            type: 'OBJECT',
            properties: { city: { type: 'STRING', nullable: true }, n: { type: 'INTEGER', format: 'int32' } },
            required: ['city'],
          },
        },
        {
          name: 'b',
          parametersJsonSchema: { type: 'object', properties: { x: {} }, additionalProperties: false, $schema: 's' },
        },
        { name: 'c' },
      ),
    );
    expect(request.tools).toEqual([
      {
        kind: 'function',
        name: 'a',
        description: 'A',
        parameters: {
          type: 'object',
          properties: { city: { type: ['string', 'null'] }, n: { type: 'integer', format: 'int32' } },
          required: ['city'],
        },
      },
      {
        kind: 'function',
        name: 'b',
        parameters: { type: 'object', properties: { x: {} }, additionalProperties: false, $schema: 's' },
      },
      { kind: 'function', name: 'c', parameters: { type: 'object', properties: {} } },
    ]);
  });

  it('keeps tools that Google runs as they are', () => {
    const request = decode({
      contents: [hello],
      tools: [
        { google_search: {}, functionDeclarations: [{ name: 'f' }] },
        { codeExecution: {} },
        { urlContext: null },
      ],
    });
    expect(request.tools).toEqual([
      { kind: 'function', name: 'f', parameters: { type: 'object', properties: {} } },
      { kind: 'hosted', name: 'googleSearch', raw: { googleSearch: {} } },
      { kind: 'hosted', name: 'codeExecution', raw: { codeExecution: {} } },
    ]);
  });

  it('records what a declaration says and only Google is told', () => {
    const losses = collectLosses();
    decode(tools({ name: 'f', response: { type: 'STRING' }, behavior: 'NON_BLOCKING' }), losses);
    expect(losses.list).toEqual([
      'tools[0].functionDeclarations[0].response',
      'tools[0].functionDeclarations[0].behavior',
    ]);
  });

  it('refuses a function without a name and one declared twice', () => {
    expect(refusal(tools({ name: '' })).message).toContain('a function needs a name');
    expect(refusal(tools({ description: 'x' })).param).toBe('tools[0].functionDeclarations[0].name');
    expect(refusal(tools({ name: 'f' }, { name: 'f' })).message).toContain('"f" is declared twice');
  });

  it.each<[JsonObject, object | undefined]>([
    [{ mode: 'AUTO' }, { type: 'auto' }],
    [{ mode: 'auto' }, { type: 'auto' }],
    [{}, { type: 'auto' }],
    [{ mode: 'MODE_UNSPECIFIED' }, { type: 'auto' }],
    [{ mode: 'NONE' }, { type: 'none' }],
    [{ mode: 'ANY' }, { type: 'required' }],
    [
      { mode: 'ANY', allowedFunctionNames: ['a'] },
      { type: 'tool', name: 'a' },
    ],
    [
      { mode: 'ANY', allowedFunctionNames: ['a', 'b'] },
      { type: 'allowed', mode: 'required', names: ['a', 'b'] },
    ],
    [
      { mode: 'VALIDATED', allowedFunctionNames: ['a'] },
      { type: 'allowed', mode: 'auto', names: ['a'] },
    ],
    [
      { mode: 'AUTO', allowedFunctionNames: ['a'] },
      { type: 'allowed', mode: 'auto', names: ['a'] },
    ],
    [{ mode: 'VALIDATED' }, { type: 'auto' }],
  ])('reads the calling config %j as %j', (functionCallingConfig, choice) => {
    const request = decode({ ...tools({ name: 'a' }, { name: 'b' }), toolConfig: { functionCallingConfig } });
    expect(request.toolChoice).toEqual(choice);
  });

  it('records the promise of VALIDATED and settings of Google’s own tools', () => {
    const losses = collectLosses();
    const toolConfig = { functionCallingConfig: { mode: 'VALIDATED' }, retrievalConfig: { languageCode: 'de' } };
    decode({ ...tools({ name: 'a' }), toolConfig }, losses);
    expect(losses.list).toEqual(['toolConfig.retrievalConfig', 'toolConfig.functionCallingConfig.mode']);
  });

  it('refuses an unknown mode and a name that was not declared', () => {
    const config = (functionCallingConfig: JsonObject): JsonObject => ({
      ...tools({ name: 'a' }),
      toolConfig: { functionCallingConfig },
    });
    expect(refusal(config({ mode: 'SOME' })).message).toContain('got "SOME"');
    const stranger = refusal(config({ mode: 'ANY', allowedFunctionNames: ['b'] }));
    expect(stranger.param).toBe('toolConfig.functionCallingConfig.allowedFunctionNames');
    expect(stranger.message).toContain('"b" is not among the declared functions');
  });
});

describe('settings', () => {
  const config = (generationConfig: JsonObject, losses = collectLosses()) =>
    decode({ contents: [hello], generationConfig }, losses);

  it('reads sampling, length and stop sequences', () => {
    const request = config({
      temperature: 0.25,
      topP: 0.5,
      topK: 40,
      presencePenalty: 1,
      frequencyPenalty: -1,
      seed: 7,
      stopSequences: ['a', 'b'],
      responseLogprobs: true,
      logprobs: 5,
      maxOutputTokens: '100',
      candidateCount: 2,
    });
    expect(request.sampling).toEqual({
      temperature: 0.25,
      topP: 0.5,
      topK: 40,
      presencePenalty: 1,
      frequencyPenalty: -1,
      seed: 7,
      stop: ['a', 'b'],
      logprobs: true,
      topLogprobs: 5,
    });
    expect(request).toMatchObject({ maxOutputTokens: 100, candidateCount: 2 });
  });

  it.each<[JsonObject, string]>([
    [{ temperature: 'hot' }, 'generationConfig.temperature: expected a number, got a string.'],
    [{ stopSequences: 'x' }, 'generationConfig.stopSequences: expected an array, got a string.'],
    [{ stopSequences: [1] }, 'generationConfig.stopSequences[0]: expected a string, got a number.'],
    [{ responseLogprobs: 'yes' }, 'generationConfig.responseLogprobs: expected true or false, got a string.'],
    [
      { thinkingConfig: { thinkingLevel: 'huge' } },
      'generationConfig.thinkingConfig.thinkingLevel: expected "minimal"',
    ],
  ])('refuses %j', (generationConfig, words) => {
    expect(refusal({ contents: [hello], generationConfig }).message).toContain(words);
  });

  it.each<[JsonObject | undefined, object | undefined]>([
    [undefined, undefined],
    [{}, undefined],
    [{ includeThoughts: false }, undefined],
    [{ includeThoughts: true }, { mode: 'adaptive', summary: 'auto' }],
    [{ thinkingBudget: -1 }, { mode: 'adaptive', summary: undefined }],
    [
      { thinkingBudget: 0, includeThoughts: false },
      { mode: 'off', summary: 'none' },
    ],
    [
      { thinkingBudget: 2048, includeThoughts: true },
      { mode: 'on', budgetTokens: 2048, summary: 'auto' },
    ],
    [{ thinkingLevel: 'MINIMAL' }, { mode: 'on', effort: 'minimal', summary: undefined }],
    [
      { thinkingLevel: 'high', includeThoughts: true },
      { mode: 'on', effort: 'high', summary: 'auto' },
    ],
    [{ thinkingLevel: 'THINKING_LEVEL_UNSPECIFIED' }, undefined],
  ])('reads the thinking config %j as %j', (thinkingConfig, reasoning) => {
    expect(config(thinkingConfig === undefined ? {} : { thinkingConfig }).reasoning).toEqual(reasoning);
  });

  it.each<[JsonObject, object | undefined]>([
    [{}, undefined],
    [{ responseMimeType: 'text/plain' }, { type: 'text' }],
    [{ responseMimeType: 'application/json' }, { type: 'json' }],
    [
      {
        responseMimeType: 'application/json',
        responseSchema: { type: 'OBJECT', properties: { a: { type: 'STRING' } } },
      },
      { type: 'json_schema', name: 'response', schema: { type: 'object', properties: { a: { type: 'string' } } } },
    ],
    [
      // As Gemini CLI asks its routing question.
      { responseMimeType: 'application/json', responseJsonSchema: { type: 'OBJECT', required: ['a'] } },
      { type: 'json_schema', name: 'response', schema: { type: 'object', required: ['a'] } },
    ],
    [{ responseFormat: [{ text: { mimeType: 'APPLICATION_JSON' } }] }, { type: 'json' }],
    [
      { responseFormat: { text: { mimeType: 'application/json', schema: { type: 'array' } } } },
      { type: 'json_schema', name: 'response', schema: { type: 'array' } },
    ],
    [{ responseFormat: [{ text: { mimeType: 'TEXT_PLAIN' } }] }, { type: 'text' }],
  ])('reads the format %j as %j', (generationConfig, output) => {
    const losses = collectLosses();
    expect(config(generationConfig, losses).output).toEqual(output);
    expect(losses.list).toEqual([]);
  });

  it.each<[JsonObject, string]>([
    [{ responseMimeType: 'text/x.enum', responseSchema: { type: 'STRING' } }, 'generationConfig.responseMimeType'],
    [{ responseMimeType: 'application/xml' }, 'generationConfig.responseMimeType'],
    [{ responseModalities: ['TEXT', 'IMAGE'] }, 'generationConfig.responseModalities'],
    [{ responseFormat: [{ image: { aspectRatio: '1:1' } }] }, 'generationConfig.responseFormat'],
    [{ speechConfig: { voiceConfig: {} } }, 'generationConfig.speechConfig'],
    [{ media_resolution: 'LOW' }, 'generationConfig.media_resolution'],
    [{ somethingNew: 1 }, 'generationConfig.somethingNew'],
  ])('records that %j cannot cross', (generationConfig, path) => {
    const losses = collectLosses();
    expect(config(generationConfig, losses).output).toBeUndefined();
    expect(losses.list).toEqual([path]);
  });

  it('records safety settings and unknown fields, not empty ones', () => {
    const losses = collectLosses();
    decode({ contents: [hello], safetySettings: [{ category: 'c', threshold: 't' }], model_armor_config: {} }, losses);
    decode({ contents: [hello], safetySettings: [], routingConfig: null, store: false }, losses);
    expect(losses.list).toEqual(['safetySettings', 'model_armor_config']);
  });

  it('refuses content that is cached at Google and says how to go on', () => {
    const error = refusal({ contents: [hello], cachedContent: 'cachedContents/1' });
    expect(error.param).toBe('cachedContent');
    expect(error.message).toContain('use a Gemini target');
  });

  it('reads labels and the service tier', () => {
    expect(decode({ contents: [hello], labels: { team: 'a' }, serviceTier: 'SERVICE_TIER_FLEX' })).toMatchObject({
      metadata: { team: 'a' },
      serviceTier: 'flex',
    });
    expect(decode({ contents: [hello], serviceTier: 'unspecified' }).serviceTier).toBeUndefined();
    expect(refusal({ contents: [hello], labels: { team: 1 } }).param).toBe('labels.team');
  });
});

describe('what real clients sent', () => {
  it.each(['genai', 'ai-sdk'])('is read without a loss: %s', (client) => {
    const bodies = recorded(client).filter((one) => /:(?:stream)?[gG]enerateContent/.test(one.path));
    expect(bodies.length).toBeGreaterThan(5);
    for (const { body } of bodies) {
      const losses = collectLosses();
      const request = decode(body, losses);
      expect(losses.list).toEqual([]);
      expect(request.messages.length).toBeGreaterThan(0);
      const parts = request.messages.flatMap((message) => message.parts);
      const called = parts.flatMap((part) => (part.type === 'tool-call' ? [part.id] : []));
      const answered = parts.flatMap((part) => (part.type === 'tool-result' ? [part.callId] : []));
      expect(answered).toEqual(called);
    }
  });
});
