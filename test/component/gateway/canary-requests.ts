// Requests of all surfaces that hold originals in every place of a body where a text can stand.
import type { Original } from './canary-originals.ts';
import type { Call } from './support.ts';

export interface Asked {
  readonly model: string;
  readonly stream: boolean;
  /** What the next place holds; asked once for each place. */
  readonly next: () => Original;
}

type Json = Readonly<Record<string, unknown>>;
const base64 = (text: string): string => Buffer.from(text, 'utf8').toString('base64');
const schema = { type: 'object', properties: { to: { type: 'string' } } };

function chat({ model, stream, next }: Asked): Call {
  const said = (): string => next().said;
  const described = { name: 'send', description: said(), parameters: schema };
  return {
    path: '/v1/chat/completions',
    body: {
      ...{ model, stream, user: said(), metadata: { note: said() }, prompt_cache_key: said() },
      messages: [
        { role: 'system', content: said() },
        { role: 'user', content: said() },
        { role: 'assistant', content: said(), reasoning_content: said() },
        { role: 'user', content: [{ type: 'text', text: said() }, textFile(said())] },
        {
          role: 'assistant',
          content: null,
          tool_calls: [{ id: 'call_1', type: 'function', function: called(said()) }],
        },
        { role: 'tool', tool_call_id: 'call_1', content: JSON.stringify({ found: [said()] }) },
        { role: 'user', content: 'zebra' },
      ],
      tools: [{ type: 'function', function: described }],
      hologram: { caption: said() },
    },
  };
}

const called = (said: string): Json => ({ name: 'send', arguments: JSON.stringify({ to: said }) });
const textFile = (said: string): Json => ({
  type: 'file',
  file: { filename: 'a.txt', file_data: `data:text/plain;base64,${base64(said)}` },
});

function responses({ model, stream, next }: Asked): Call {
  const said = (): string => next().said;
  return {
    path: '/v1/responses',
    body: {
      ...{ model, stream, instructions: said(), metadata: { note: said() }, safety_identifier: said() },
      input: [
        { role: 'user', content: said() },
        { type: 'function_call', call_id: 'call_1', ...called(said()) },
        { type: 'function_call_output', call_id: 'call_1', output: said() },
        { role: 'user', content: [{ type: 'input_text', text: said() }] },
      ],
      tools: [{ type: 'function', name: 'send', description: said(), parameters: schema }],
    },
  };
}

export function messages({ model, stream, next }: Asked): Call {
  const said = (): string => next().said;
  return {
    path: '/v1/messages',
    headers: { 'anthropic-version': '2023-06-01' },
    body: {
      ...{ model, stream, max_tokens: 500, metadata: { user_id: said() } },
      system: [{ type: 'text', text: said() }],
      messages: [
        { role: 'user', content: said() },
        { role: 'assistant', content: [{ type: 'tool_use', id: 'toolu_1', name: 'send', input: { to: [said()] } }] },
        {
          role: 'user',
          content: [
            { type: 'tool_result', tool_use_id: 'toolu_1', content: [{ type: 'text', text: said() }] },
            { type: 'document', source: { type: 'text', media_type: 'text/plain', data: said() }, title: said() },
            { type: 'text', text: said() },
          ],
        },
      ],
      tools: [{ name: 'send', description: said(), input_schema: schema }],
    },
  };
}

function gemini({ model, stream, next }: Asked): Call {
  const said = (): string => next().said;
  const text = (role: string): Json => ({ role, parts: [{ text: said() }] });
  return {
    path: `/v1beta/models/${encodeURIComponent(model)}:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
    body: {
      systemInstruction: { parts: [{ text: said() }] },
      contents: [
        text('user'),
        { role: 'model', parts: [{ functionCall: { name: 'send', args: { to: said() } } }] },
        { role: 'user', parts: [{ functionResponse: { name: 'send', response: { output: said() } } }] },
        text('model'),
        text('user'),
      ],
      tools: [{ functionDeclarations: [{ name: 'send', description: said(), parameters: schema }] }],
    },
  };
}

function completions({ model, stream, next }: Asked): Call {
  return { path: '/v1/completions', body: { model, stream, prompt: [next().said, next().said], suffix: next().said } };
}

function form({ model, next }: Asked): Call {
  const fields = [
    ['model', model, ''],
    ['prompt', next().said, ''],
    ['file', 'RIFF\x00\x01', '; filename="a.wav"\r\nContent-Type: audio/wav'],
    ['note', next().said, '; filename="a.txt"\r\nContent-Type: text/plain'],
  ];
  const parts = fields.map(
    ([name, value, head]) => `--mark\r\nContent-Disposition: form-data; name="${name}"${head}\r\n\r\n${value}\r\n`,
  );
  return {
    path: '/v1/audio/transcriptions',
    method: 'POST',
    headers: { 'content-type': 'multipart/form-data; boundary=mark' },
    raw: `${parts.join('')}--mark--\r\n`,
  };
}

function compact(asked: Asked): Call {
  const { path, body } = responses(asked);
  const { model, instructions, input } = body as Json;
  return { path: `${path}/compact`, body: { model, instructions, input } };
}

function count(asked: Asked): Call {
  const { path, headers, body } = messages({ ...asked, model: 'claude/claude-sonnet-4-5' });
  const { model, system, messages: said } = body as Json;
  return { path: `${path}/count_tokens`, headers: headers ?? {}, body: { model, system, messages: said } };
}

export type Surface = (asked: Asked) => Call;

/** Those that carry conversations, with a target of their own dialect and one of another. */
export const conversations: readonly (readonly [Surface, string, string])[] = [
  [chat, 'echo/say', 'claude/claude-sonnet-4-5'],
  [responses, 'gpt/gpt-5.2', 'echo/say'],
  [messages, 'claude/claude-sonnet-4-5', 'echo/say'],
  [gemini, 'gem/gemini-2.5-flash', 'echo/say'],
];
export const others: readonly Surface[] = [completions, form, compact, count];
export const talk: Surface = chat;

/** Where only names and ids fit. */
export function misnamed(value: string, model: string): Call[] {
  const path = '/v1/chat/completions';
  const hello = { role: 'user', content: 'hello' };
  const tool = (name: string): Json => ({ type: 'function', function: { name, parameters: schema } });
  const call = { id: value, type: 'function', function: { name: 'send', arguments: '{}' } };
  const bodies: Json[] = [
    { model: value, messages: [hello] },
    { model: `echo/${value}`, messages: [hello] },
    { model: `nobody/${value}`, messages: [hello] },
    { model, messages: [hello], tools: [tool(value)] },
    { model, messages: [hello], tools: [tool('send')], tool_choice: { type: 'function', function: { name: value } } },
    { model, messages: [hello, { role: 'assistant', tool_calls: [call] }, { role: 'tool', tool_call_id: value }] },
    { model, messages: [hello], [value]: 1 },
    { model, messages: [{ ...hello, [value]: 'hello' }] },
    { model, messages: [hello], service_tier: value, previous_response_id: value },
  ];
  return bodies.flatMap((body) => [
    { path, body },
    { path: '/v1/messages', body: { max_tokens: 5, ...body } },
    { path: '/v1/responses', body: { ...body, messages: undefined, input: body['messages'] } },
  ]);
}

/** What cannot be read, and says so. */
export function misread(next: () => Original, model: string): Call[] {
  const path = '/v1/chat/completions';
  const message = { role: 'user', content: 'hello' };
  const wrong: Json[] = [
    { messages: next().said },
    { messages: [message], temperature: next().said },
    { messages: [message], max_tokens: next().said },
    { messages: [{ role: next().said, content: 'hello' }] },
    { messages: [{ role: 'user', content: [{ type: next().said }] }] },
    { messages: [message], tools: next().said },
    { messages: [message], tool_choice: { type: next().said } },
    { messages: [message], stream: next().said },
    { messages: [message], response_format: { type: next().said } },
  ];
  return [
    { path, headers: { 'content-type': 'application/json' }, raw: `{"model": "${model}", "messages": ${next().said}` },
    { path, headers: { 'content-type': 'application/json' }, raw: `{"${next().value}": 1, "${next().value}": ` },
    ...wrong.map((body) => ({ path, body: { model, ...body } })),
    ...wrong.map((body) => ({ path: '/v1/messages', body: { model, max_tokens: 5, ...body } })),
  ];
}
