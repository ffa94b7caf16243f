import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startFake, type Fake } from '../../fakes/fake.ts';

type Case = [name: string, body: unknown, status: number, message: RegExp, headers?: Record<string, string>];

const tool = (name: string) => ({ type: 'function', function: { name } });
const user = { role: 'user', content: 'x' };
const chat = { model: 'gpt-4.1', messages: [user] };
const called = (...ids: string[]) => ({
  role: 'assistant',
  content: null,
  tool_calls: ids.map((id) => ({ id, type: 'function', function: { name: 'f', arguments: '{}' } })),
});
const loose = { type: 'object', properties: { a: { type: 'string' } } };

let openai: Fake;
let anthropic: Fake;
let gemini: Fake;
beforeAll(async () => {
  [openai, anthropic, gemini] = await Promise.all([
    startFake({ dialect: 'openai', models: ['gpt-4.1', 'gpt-5.2', 'o3'] }),
    startFake({ dialect: 'anthropic' }),
    startFake({ dialect: 'gemini' }),
  ]);
});
afterAll(() => Promise.all([openai.close(), anthropic.close(), gemini.close()]));

async function refused(
  fake: Fake,
  path: string,
  [, body, status, message, headers]: Case,
  base: Record<string, string>,
): Promise<void> {
  const raw = typeof body === 'string' ? body : JSON.stringify(body);
  const response = await fetch(`${fake.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...base, ...headers },
    body: raw,
  });
  const answer = await response.text();
  expect(answer).toMatch(message);
  expect(response.status).toBe(status);
  expect(fake.requests.at(-1)?.refusal).toEqual(JSON.parse(answer));
}

describe('chat completions refuse', () => {
  it.each<Case>([
    ['a body that is not JSON', '{"model":', 400, /could not parse the JSON body/],
    ['another content type', chat, 415, /Unsupported content type/, { 'content-type': 'text/plain' }],
    ['a missing model', { messages: [user] }, 400, /you must provide a model parameter/],
    ['an unknown model', { ...chat, model: 'gpt-9' }, 404, /does not exist or you do not have access/],
    ['missing messages', { model: 'gpt-4.1' }, 400, /Missing required parameter: 'messages'/],
    ['an unknown field', { ...chat, top_k: 3 }, 400, /Unknown parameter: 'top_k'/],
    [
      'a wrong type',
      { ...chat, temperature: '0.2' },
      400,
      /Invalid type for 'temperature': expected a decimal number, but got a string/,
    ],
    ['an unknown role', { ...chat, messages: [{ role: 'model', content: 'x' }] }, 400, /Invalid value: 'model'/],
    [
      'a tool result nobody asked for',
      { ...chat, messages: [user, { role: 'tool', tool_call_id: 'c', content: 'x' }] },
      400,
      /must be a response to a preceeding message with 'tool_calls'/,
    ],
    [
      'a call left without its result',
      { ...chat, messages: [user, called('a', 'b'), { role: 'tool', tool_call_id: 'a', content: 'x' }, user] },
      400,
      /did not have response messages: b/,
    ],
    [
      'tool arguments as an object',
      {
        ...chat,
        messages: [
          { ...called('a'), tool_calls: [{ id: 'a', type: 'function', function: { name: 'f', arguments: {} } }] },
        ],
      },
      400,
      /arguments': expected a string, but got an object/,
    ],
    ['a tool name with a dot', { ...chat, tools: [tool('a.b')] }, 400, /does not match pattern/],
    [
      'a tool name of 65 characters',
      { ...chat, tools: [tool('a'.repeat(65))] },
      400,
      /maximum length 64, but got a string with length 65/,
    ],
    [
      'alternatives at the root of arguments',
      { ...chat, tools: [{ type: 'function', function: { name: 'f', parameters: { ...loose, anyOf: [{}] } } }] },
      400,
      /not have 'oneOf'\/'anyOf'\/'allOf'\/'enum'\/'not' at the top level/,
    ],
    [
      'arguments without properties',
      { ...chat, tools: [{ type: 'function', function: { name: 'f', parameters: { type: 'object' } } }] },
      400,
      /object schema missing properties/,
    ],
    ['an empty tool list', { ...chat, tools: [] }, 400, /empty array/],
    ['a tool choice without tools', { ...chat, tool_choice: 'auto' }, 400, /only allowed when 'tools' are specified/],
    [
      'stream_options without stream',
      { ...chat, stream_options: { include_usage: true } },
      400,
      /only allowed when 'stream' is enabled/,
    ],
    [
      'a content part of another dialect',
      { ...chat, messages: [{ role: 'user', content: [{ type: 'input_text', text: 'x' }] }] },
      400,
      /Invalid value: 'input_text'/,
    ],
    [
      'max_tokens on a reasoning model',
      { ...chat, model: 'gpt-5.2', max_tokens: 5 },
      400,
      /Use 'max_completion_tokens' instead/,
    ],
    [
      'a temperature on a reasoning model',
      { ...chat, model: 'o3', temperature: 0.2 },
      400,
      /Only the default \(1\) value is supported/,
    ],
    [
      'reasoning effort on another model',
      { ...chat, reasoning_effort: 'low' },
      400,
      /'reasoning_effort' is not supported with this model/,
    ],
    ['both token limits', { ...chat, max_tokens: 5, max_completion_tokens: 5 }, 400, /at the same time/],
    [
      'a strict schema that is open',
      { ...chat, response_format: { type: 'json_schema', json_schema: { name: 'w', strict: true, schema: loose } } },
      400,
      /'additionalProperties' is required to be supplied and to be false/,
    ],
    [
      'a strict schema with an optional property',
      {
        ...chat,
        tools: [
          {
            type: 'function',
            function: { name: 'f', strict: true, parameters: { ...loose, additionalProperties: false } },
          },
        ],
      },
      400,
      /Missing 'a'/,
    ],
    [
      'parameters that are no object',
      { ...chat, tools: [{ type: 'function', function: { name: 'f', parameters: {} } }] },
      400,
      /got 'type: .{1,3}None/,
    ],
    [
      'json_object without the word',
      { ...chat, response_format: { type: 'json_object' } },
      400,
      /must contain the word 'json'/,
    ],
    [
      'an image that is no data URL',
      { ...chat, messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'iVBORw0' } }] }] },
      400,
      /Invalid image URL/,
    ],
    ['five stop sequences', { ...chat, stop: ['a', 'b', 'c', 'd', 'e'] }, 400, /array too long/],
  ])('%s', async (...one) => refused(openai, '/v1/chat/completions', one, { authorization: 'Bearer k' }));

  it('a request without a key', async () =>
    refused(openai, '/v1/chat/completions', ['', chat, 401, /You didn't provide an API key/], {}));
});

describe('responses refuse', () => {
  const base = { model: 'gpt-5.2', input: 'x' };
  const call = { type: 'function_call', call_id: 'c1', name: 'f', arguments: '{}' };
  it.each<Case>([
    ['an unknown field', { ...base, messages: [] }, 400, /Unknown parameter: 'messages'/],
    ['no input at all', { model: 'gpt-5.2' }, 400, /must be provided/],
    [
      'an output without its call',
      { ...base, input: [{ type: 'function_call_output', call_id: 'c1', output: 'x' }] },
      400,
      /No tool call found for function call output with call_id c1/,
    ],
    [
      'a call without its output',
      { ...base, input: [call, { role: 'user', content: 'x' }] },
      400,
      /No tool output found for function call c1/,
    ],
    [
      'a custom output for a function call',
      { ...base, input: [call, { type: 'custom_tool_call_output', call_id: 'c1', output: 'x' }] },
      400,
      /No tool call found for custom tool call/,
    ],
    [
      'encrypted content that was never minted',
      {
        ...base,
        input: [
          { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'gAAAA' },
          call,
          { type: 'function_call_output', call_id: 'c1', output: 'x' },
        ],
      },
      400,
      /could not be verified/,
    ],
    [
      'reasoning with nothing after it',
      { ...base, input: [{ type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'x' }] },
      400,
      /could not be verified/,
    ],
    [
      'an item id of the wrong kind',
      { ...base, input: [{ ...call, id: 'call_1' }] },
      400,
      /Expected an ID that begins with 'fc'/,
    ],
    [
      'chat content parts',
      { ...base, input: [{ role: 'user', content: [{ type: 'text', text: 'x' }] }] },
      400,
      /Invalid value: 'text'/,
    ],
    [
      'input parts said by the assistant',
      {
        ...base,
        input: [
          { role: 'assistant', content: [{ type: 'input_text', text: 'x' }] },
          { role: 'user', content: 'x' },
        ],
      },
      400,
      /Supported values are: 'output_text', and 'refusal'/,
    ],
    ['fewer than sixteen output tokens', { ...base, max_output_tokens: 5 }, 400, /Expected a value >= 16/],
    ['a nested chat-style tool', { ...base, tools: [tool('f')] }, 400, /Unknown parameter: 'tools\[0\].function'/],
    [
      'a response format without a name',
      { ...base, text: { format: { type: 'json_schema', schema: loose } } },
      400,
      /Missing required parameter: 'text.format.name'/,
    ],
    [
      'a namespace without tools',
      { ...base, tools: [{ type: 'namespace', name: 'n', description: 'd', tools: [] }] },
      400,
      /empty array/,
    ],
    ['a tool nobody knows', { ...base, tools: [{ type: 'gizmo' }] }, 400, /Invalid value: 'gizmo'/],
    [
      'a temperature on a reasoning model',
      { ...base, temperature: 0.5 },
      400,
      /'temperature' is not supported with this model/,
    ],
  ])('%s', async (...one) => refused(openai, '/v1/responses', one, { authorization: 'Bearer k' }));
});

describe('messages refuse', () => {
  const headers = { 'x-api-key': 'k', 'anthropic-version': '2023-06-01' };
  const base = { model: 'claude-sonnet-4-5', max_tokens: 2000, messages: [user] };
  const use = (...ids: string[]) => ({
    role: 'assistant',
    content: ids.map((id) => ({ type: 'tool_use', id, name: 'f', input: {} })),
  });
  const result = (id: string) => ({ type: 'tool_result', tool_use_id: id, content: 'y' });
  const custom = (name: string, rest: object = {}) => ({ name, input_schema: { type: 'object' }, ...rest });
  it.each<Case>([
    ['a missing max_tokens', { model: 'm', messages: [user] }, 400, /max_tokens: Field required/],
    ['an unknown field', { ...base, frequency_penalty: 1 }, 400, /frequency_penalty: Extra inputs are not permitted/],
    [
      'an unknown field in a block',
      { ...base, messages: [{ role: 'user', content: [{ type: 'text', text: 'x', foo: 1 }] }] },
      400,
      /messages.0.content.0.text.foo: Extra inputs/,
    ],
    [
      'a tool role',
      { ...base, messages: [user, { role: 'tool', content: 'x' }] },
      400,
      /messages.1.role: Input should be 'user' or 'assistant'/,
    ],
    [
      'a system message on a model that takes none',
      { ...base, messages: [user, { role: 'system', content: 'x' }] },
      400,
      /Unexpected role \\"system\\"/,
    ],
    [
      'an assistant message first',
      { ...base, messages: [{ role: 'assistant', content: 'x' }] },
      400,
      /first message must use the \\"user\\" role/,
    ],
    [
      'an empty text block',
      { ...base, messages: [{ role: 'user', content: [{ type: 'text', text: '' }] }] },
      400,
      /text content blocks must be non-empty/,
    ],
    [
      'a call without its result',
      { ...base, messages: [user, use('t1'), user] },
      400,
      /`tool_use` ids were found without `tool_result` blocks immediately after: t1/,
    ],
    [
      'a result after text',
      { ...base, messages: [user, use('t1'), { role: 'user', content: [{ type: 'text', text: 'x' }, result('t1')] }] },
      400,
      /without `tool_result` blocks immediately after/,
    ],
    [
      'a result without its call',
      { ...base, messages: [user, { role: 'user', content: [result('t9')] }] },
      400,
      /unexpected `tool_use_id` found in `tool_result` blocks: t9/,
    ],
    [
      'a tool used twice by one id',
      { ...base, messages: [user, use('t1', 't1'), { role: 'user', content: [result('t1'), result('t1')] }] },
      400,
      /ids must be unique/,
    ],
    [
      'a tool id with a dot',
      { ...base, messages: [user, use('a.b')] },
      400,
      /tool_use.id: String should match pattern/,
    ],
    ['two tools of one name', { ...base, tools: [custom('f'), custom('f')] }, 400, /Tool names must be unique/],
    [
      'a tool name with a slash',
      { ...base, tools: [custom('a/b')] },
      400,
      /tools.0.custom.name: String should match pattern/,
    ],
    [
      'a tool without a schema type',
      { ...base, tools: [{ name: 'f', input_schema: {} }] },
      400,
      /input_schema.type: Field required/,
    ],
    [
      'a tool choice as a string',
      { ...base, tools: [custom('f')], tool_choice: 'auto' },
      400,
      /tool_choice: Input should be a valid dictionary/,
    ],
    [
      'a temperature above one',
      { ...base, temperature: 1.5 },
      400,
      /temperature: Input should be less than or equal to 1/,
    ],
    [
      'a temperature with thinking',
      { ...base, temperature: 0.5, thinking: { type: 'enabled', budget_tokens: 1024 } },
      400,
      /may only be set to 1 when thinking is enabled/,
    ],
    [
      'temperature beside top_p on a 4.5 model',
      { ...base, temperature: 0.5, top_p: 0.9 },
      400,
      /cannot both be specified/,
    ],
    [
      'a sampling parameter on a self-deciding model',
      { ...base, model: 'claude-opus-4-8', temperature: 0.5 },
      400,
      /`temperature` is deprecated for this model/,
    ],
    [
      'a thinking budget on a self-deciding model',
      { ...base, model: 'claude-opus-5', thinking: { type: 'enabled', budget_tokens: 1024 } },
      400,
      /is not supported for this model/,
    ],
    [
      'a prefilled answer on a model that takes none',
      { ...base, model: 'claude-opus-4-8', messages: [user, { role: 'assistant', content: 'So' }] },
      400,
      /does not support assistant message prefill/,
    ],
    [
      'a budget as large as max_tokens',
      { ...base, thinking: { type: 'enabled', budget_tokens: 2000 } },
      400,
      /must be greater than `thinking.budget_tokens`/,
    ],
    [
      'a budget below 1024',
      { ...base, thinking: { type: 'enabled', budget_tokens: 100 } },
      400,
      /greater than or equal to 1024/,
    ],
    [
      'a forced tool with thinking',
      {
        ...base,
        tools: [custom('f')],
        tool_choice: { type: 'any' },
        thinking: { type: 'enabled', budget_tokens: 1024 },
      },
      400,
      /Thinking may not be enabled/,
    ],
    [
      'thinking without its signature',
      {
        ...base,
        messages: [
          user,
          {
            role: 'assistant',
            content: [
              { type: 'thinking', thinking: 'hm' },
              { type: 'text', text: 'y' },
            ],
          },
          user,
        ],
      },
      400,
      /thinking.signature: Field required/,
    ],
    [
      'a foreign signature',
      {
        ...base,
        messages: [
          user,
          {
            role: 'assistant',
            content: [
              { type: 'thinking', thinking: 'hm', signature: 'abc' },
              { type: 'text', text: 'y' },
            ],
          },
          user,
        ],
      },
      400,
      /Invalid `signature` in `thinking` block/,
    ],
    [
      'context_management without its beta',
      { ...base, context_management: { edits: [] } },
      400,
      /context_management: Extra inputs are not permitted/,
    ],
    [
      'a thread without its beta',
      { ...base, thread: { type: 'create' } },
      400,
      /thread: Extra inputs are not permitted/,
    ],
    [
      'an unknown thread',
      { ...base, thread: { type: 'continue', previous_message_id: 'msg_x' } },
      404,
      /thread_not_found/,
      { 'anthropic-beta': 'message-threads-2026-08-12' },
    ],
    [
      'five cache marks',
      {
        ...base,
        messages: [
          {
            role: 'user',
            content: ['a', 'b', 'c', 'd', 'e'].map((text) => ({
              type: 'text',
              text,
              cache_control: { type: 'ephemeral' },
            })),
          },
        ],
      },
      400,
      /maximum of 4 blocks with cache_control/,
    ],
    [
      'an open output schema',
      { ...base, output_config: { format: { type: 'json_schema', schema: loose } } },
      400,
      /'additionalProperties' must be explicitly set to false/,
    ],
    [
      'an image of an unknown type',
      {
        ...base,
        messages: [
          {
            role: 'user',
            content: [{ type: 'image', source: { type: 'base64', media_type: 'image/bmp', data: 'QUJD' } }],
          },
        ],
      },
      400,
      /media_type: Input should be/,
    ],
    ['a body that is not JSON', '{', 400, /not valid JSON/],
  ])('%s', async (...one) => refused(anthropic, '/v1/messages', one, headers));

  it('a missing key, a missing version, an unknown version', async () => {
    await refused(anthropic, '/v1/messages', ['', base, 401, /x-api-key header is required/], {
      'anthropic-version': '2023-06-01',
    });
    await refused(anthropic, '/v1/messages', ['', base, 400, /anthropic-version: header is required/], {
      'x-api-key': 'k',
    });
    await refused(anthropic, '/v1/messages', ['', base, 400, /is not a valid version/], {
      'x-api-key': 'k',
      'anthropic-version': '2025-01-01',
    });
    await refused(anthropic, '/v1/messages/count_tokens', ['', base, 400, /max_tokens: Extra inputs/], headers);
  });

  it('nothing when the beta header is there, or the model takes system messages', async () => {
    const post = (body: unknown, more: Record<string, string>) =>
      fetch(`${anthropic.url}/v1/messages?beta=true`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers, ...more },
        body: JSON.stringify(body),
      });
    expect(
      (
        await post(
          { ...base, context_management: { edits: [{ type: 'clear_thinking_20251015', keep: 'all' }] } },
          { 'anthropic-beta': 'foo,context-management-2025-06-27' },
        )
      ).status,
    ).toBe(200);
    expect(
      (
        await post(
          { ...base, messages: [user, { role: 'system', content: 'x' }] },
          { 'anthropic-beta': 'mid-conversation-tool-changes-2026-07-01' },
        )
      ).status,
    ).toBe(200);
    expect(
      (await post({ ...base, model: 'claude-opus-4-8', messages: [user, { role: 'system', content: 'x' }] }, {}))
        .status,
    ).toBe(200);
  });
});

describe('generateContent refuses', () => {
  const said = (role: string, ...parts: object[]) => ({ role, parts });
  const base = { contents: [said('user', { text: 'x' })] };
  const declared = (rest: object) => ({ ...base, tools: [{ functionDeclarations: [{ name: 'f', ...rest }] }] });
  const call = { functionCall: { name: 'f', args: {} } };
  const answer = { functionResponse: { name: 'f', response: { output: 'y' } } };
  it.each<Case>([
    ['an unknown field', { ...base, messages: [] }, 400, /Unknown name \\"messages\\": Cannot find field/],
    [
      'an unknown field deep down',
      { contents: [said('user', { text: 'x', cache_control: {} })] },
      400,
      /Unknown name \\"cache_control\\" at 'contents\[0\].parts\[0\]'/,
    ],
    ['no contents', {}, 400, /contents is not specified/],
    [
      'an assistant role',
      { contents: [said('assistant', { text: 'x' })] },
      400,
      /Please use a valid role: user, model/,
    ],
    ['a model content first', { contents: [said('model', { text: 'x' })] }, 400, /start with a user role/],
    ['empty parts', { contents: [said('user')] }, 400, /parts must not be empty/],
    [
      '$ref in parameters',
      declared({ parameters: { type: 'OBJECT', properties: { a: { $ref: '#/x' } } } }),
      400,
      /Unknown name \\"\$ref\\" at 'tools\[0\].function_declarations\[0\].parameters/,
    ],
    [
      'additionalProperties in parameters',
      declared({ parameters: { ...loose, additionalProperties: false } }),
      400,
      /Unknown name \\"additionalProperties\\"/,
    ],
    ['$schema in parameters', declared({ parameters: { ...loose, $schema: 'x' } }), 400, /Unknown name \\"\$schema\\"/],
    [
      'exclusiveMinimum in parameters',
      declared({ parameters: { type: 'OBJECT', properties: { a: { type: 'NUMBER', exclusiveMinimum: 0 } } } }),
      400,
      /Unknown name \\"exclusiveMinimum\\"/,
    ],
    [
      'a list of types',
      declared({ parameters: { type: 'OBJECT', properties: { a: { type: ['string', 'null'] } } } }),
      400,
      /Proto field is not repeating, cannot start list/,
    ],
    [
      'an object without properties',
      declared({ parameters: { type: 'OBJECT', properties: {} } }),
      400,
      /should be non-empty for OBJECT type/,
    ],
    [
      'a numeric enum',
      declared({ parameters: { type: 'OBJECT', properties: { a: { type: 'INTEGER', enum: ['1'] } } } }),
      400,
      /only allowed for STRING type/,
    ],
    [
      'a required property that is not defined',
      declared({ parameters: { ...loose, required: ['b'] } }),
      400,
      /required\[0\]: property is not defined/,
    ],
    [
      'a tool name with a space',
      { ...base, tools: [{ functionDeclarations: [{ name: 'a b' }] }] },
      400,
      /Invalid function name/,
    ],
    [
      'two tools of one name',
      { ...base, tools: [{ functionDeclarations: [{ name: 'f' }, { name: 'f' }] }] },
      400,
      /Duplicate function declaration found: f/,
    ],
    [
      'fewer responses than calls',
      { contents: [said('user', { text: 'x' }), said('model', call, call), said('user', answer)] },
      400,
      /number of function response parts is equal/,
    ],
    [
      'a response without a call',
      { contents: [said('user', { text: 'x' }), said('user', answer)] },
      400,
      /comes immediately after a function call turn/,
    ],
    [
      'a response of another name',
      {
        contents: [
          said('user', { text: 'x' }),
          said('model', call),
          said('user', { functionResponse: { name: 'g', response: {} } }),
        ],
      },
      400,
      /name matches/,
    ],
    [
      'a response that is a string',
      {
        contents: [
          said('user', { text: 'x' }),
          said('model', call),
          said('user', { functionResponse: { name: 'f', response: 'y' } }),
        ],
      },
      400,
      /Invalid value at 'contents\[2\].parts\[0\].function_response.response'/,
    ],
    [
      'JSON output beside functions',
      { ...declared({}), generationConfig: { responseMimeType: 'application/json' } },
      400,
      /Function calling with a response mime type/,
    ],
    [
      'a schema without its MIME type',
      { ...base, generationConfig: { responseSchema: { type: 'STRING' } } },
      400,
      /response_mime_type must be/,
    ],
    [
      'a thinking level on a 2.5 model',
      { ...base, generationConfig: { thinkingConfig: { thinkingLevel: 'low' } } },
      400,
      /Thinking level is not supported/,
    ],
    ['an id of its own for the temperature', { ...base, temperature: 1 }, 400, /Unknown name \\"temperature\\"/],
    [
      'inline data that is not base64',
      { contents: [said('user', { inlineData: { mimeType: 'image/png', data: '***' } })] },
      400,
      /Base64 decoding failed/,
    ],
  ])('%s', async (...one) =>
    refused(gemini, '/v1beta/models/gemini-2.5-flash:generateContent', one, { 'x-goog-api-key': 'k' }),
  );

  it('nothing in snake_case, with a lower-case type, or with JSON Schema where it belongs', async () => {
    const body = {
      contents: [{ parts: [{ text: 'call f' }] }],
      system_instruction: { parts: [{ text: 'x' }] },
      tools: [
        {
          function_declarations: [
            { name: 'f', parameters: loose },
            {
              name: 'g',
              parameters_json_schema: {
                type: 'object',
                $ref: '#/$defs/x',
                additionalProperties: false,
                exclusiveMinimum: 1,
              },
            },
          ],
        },
      ],
      generation_config: { max_output_tokens: 50, thinking_config: { include_thoughts: true } },
    };
    const response = await fetch(`${gemini.url}/v1beta/models/gemini-2.5-flash:generateContent?key=k`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    expect(await response.json()).toMatchObject({
      candidates: [
        {
          content: {
            parts: [
              { thought: true },
              { functionCall: { name: 'f', args: {} }, thoughtSignature: expect.any(String) as unknown },
            ],
          },
        },
      ],
    });
  });

  it('a request without a key', async () =>
    refused(gemini, '/v1beta/models/g:generateContent', ['', base, 403, /unregistered callers/], {}));
});
