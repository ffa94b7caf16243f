// Where a text can stand in a request: a call for every surface of the data port and every such place in it.
import type { Call } from './support.ts';

/** `said`: a sentence that holds what was planted. `word`: what was planted alone, where no sentence fits. */
export interface Planted {
  readonly said: string;
  readonly word: string;
}

export interface Place {
  readonly surface: string;
  readonly place: string;
  readonly call: (planted: Planted, model: string) => Call;
  /** `undefined` where requests are always translated. */
  readonly model: string | undefined;
  /** A model of another dialect, for surfaces whose requests can be translated. */
  readonly translated?: string | undefined;
}

type Json = Readonly<Record<string, unknown>>;

const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const base64 = (text: string): string => Buffer.from(text, 'utf8').toString('base64');
/** Bytes of a picture with the text in them, as a camera writes a comment. */
const picture = (text: string): string =>
  Buffer.concat([Buffer.from(png, 'base64'), Buffer.from(text, 'utf8')]).toString('base64');
const schema = { type: 'object', properties: { to: { type: 'string' } } };

interface Family {
  readonly surface: string;
  readonly model?: string;
  readonly translated?: string;
  readonly path: (model: string) => string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly base: (model: string) => Json;
}

/** `places`: what each adds to the plain body. */
function family(of: Family, places: Readonly<Record<string, (planted: Planted) => Json>>): Place[] {
  return Object.entries(places).map(([place, more]) => ({
    surface: of.surface,
    place,
    model: of.model,
    translated: of.translated,
    call: (planted, model) => ({
      path: of.path(model),
      headers: of.headers ?? {},
      body: { ...of.base(model), ...more(planted) },
    }),
  }));
}

const hello = { role: 'user', content: 'hello' };

// ---------------------------------------------------------------- Chat Completions

const chatCall = (args: string, id = 'call_1'): Json[] => [
  hello,
  {
    role: 'assistant',
    content: null,
    tool_calls: [{ id, type: 'function', function: { name: 'send', arguments: args } }],
  },
  { role: 'tool', tool_call_id: id, content: 'done' },
];
const chatTool = { type: 'function', function: { name: 'send', description: 'Sends mail.', parameters: schema } };
const chatUser = (...parts: Json[]): Json => ({ messages: [{ role: 'user', content: parts }] });

const chat = family(
  {
    surface: 'chat completions',
    model: 'up/gpt-4o',
    translated: 'claude/claude-sonnet-4-5',
    path: () => '/v1/chat/completions',
    base: (model) => ({ model, messages: [hello] }),
  },
  {
    'system prompt': ({ said }) => ({ messages: [{ role: 'system', content: said }, hello] }),
    'user, a string': ({ said }) => ({ messages: [{ role: 'user', content: said }] }),
    'user, a part': ({ said }) => chatUser({ type: 'text', text: said }),
    "user's name": ({ word }) => ({ messages: [{ ...hello, name: word }] }),
    'earlier answer': ({ said }) => ({ messages: [hello, { role: 'assistant', content: said }, hello] }),
    reasoning: ({ said }) => ({
      messages: [hello, { role: 'assistant', content: 'ok', reasoning_content: said }, hello],
    }),
    'tool arguments': ({ said }) => ({ messages: chatCall(JSON.stringify({ to: said })), tools: [chatTool] }),
    'tool arguments, no JSON': ({ said }) => ({ messages: chatCall(`{"to": ${said}`), tools: [chatTool] }),
    'tool arguments, a name': ({ word }) => ({ messages: chatCall(JSON.stringify({ [word]: 1 })), tools: [chatTool] }),
    'tool result': ({ said }) => ({
      messages: [...chatCall('{}').slice(0, 2), { role: 'tool', tool_call_id: 'call_1', content: said }],
      tools: [chatTool],
    }),
    'tool result, a part': ({ said }) => ({
      messages: [
        ...chatCall('{}').slice(0, 2),
        { role: 'tool', tool_call_id: 'call_1', content: [{ type: 'text', text: said }] },
      ],
      tools: [chatTool],
    }),
    'document, text in base64': ({ said }) =>
      chatUser({ type: 'file', file: { filename: 'a.txt', file_data: `data:text/plain;base64,${base64(said)}` } }),
    'document, its name': ({ said }) =>
      chatUser({ type: 'file', file: { filename: said, file_data: `data:text/plain;base64,${base64('hello')}` } }),
    picture: ({ said }) =>
      chatUser({ type: 'image_url', image_url: { url: `data:image/png;base64,${picture(said)}` } }),
    'tool description': ({ said }) => ({
      tools: [{ ...chatTool, function: { ...chatTool.function, description: said } }],
    }),
    'tool name': ({ word }) => ({ tools: [{ ...chatTool, function: { ...chatTool.function, name: word } }] }),
    'id of a call': ({ word }) => ({ messages: chatCall('{}', word), tools: [chatTool] }),
    'predicted output': ({ said }) => ({ prediction: { type: 'content', content: said } }),
    metadata: ({ said }) => ({ metadata: { note: said } }),
    user: ({ word }) => ({ user: word }),
    'unknown part': ({ said }) => chatUser({ type: 'hologram', layers: [{ caption: said }] }),
    'unknown field': ({ said }) => ({ hologram: { caption: said } }),
    'name of an unknown field': ({ word }) => ({ [word]: { caption: 'hello' } }),
    'name inside an unknown field': ({ word }) => ({ hologram: { [word]: 'hello' } }),
  },
);

// ---------------------------------------------------------------- Responses

const responsesCall = (args: string, output: unknown = 'done', id = 'call_1'): Json => ({
  input: [
    hello,
    { type: 'function_call', call_id: id, name: 'send', arguments: args },
    { type: 'function_call_output', call_id: id, output },
  ],
  tools: [{ type: 'function', name: 'send', parameters: schema }],
});
const responsesUser = (...parts: Json[]): Json => ({ input: [{ role: 'user', content: parts }] });

const responsesPlaces: Readonly<Record<string, (planted: Planted) => Json>> = {
  'system prompt': ({ said }) => ({ instructions: said }),
  'user, a string': ({ said }) => ({ input: said }),
  'user, a part': ({ said }) => responsesUser({ type: 'input_text', text: said }),
  'earlier answer': ({ said }) => ({
    input: [hello, { role: 'assistant', content: [{ type: 'output_text', text: said }] }, hello],
  }),
  reasoning: ({ said }) => ({
    input: [hello, { type: 'reasoning', id: 'rs_1', summary: [{ type: 'summary_text', text: said }] }, hello],
  }),
  'tool arguments': ({ said }) => responsesCall(JSON.stringify({ to: said })),
  'tool arguments, no JSON': ({ said }) => responsesCall(`{"to": ${said}`),
  'tool result': ({ said }) => responsesCall('{}', said),
  'tool result, a part': ({ said }) => responsesCall('{}', [{ type: 'input_text', text: said }]),
  'document, text in base64': ({ said }) =>
    responsesUser({ type: 'input_file', filename: 'a.txt', file_data: `data:text/plain;base64,${base64(said)}` }),
  picture: ({ said }) => responsesUser({ type: 'input_image', image_url: `data:image/png;base64,${picture(said)}` }),
  'tool description': ({ said }) => ({
    tools: [{ type: 'function', name: 'send', description: said, parameters: schema }],
  }),
  'tool name': ({ word }) => ({ tools: [{ type: 'function', name: word, parameters: schema }] }),
  'id of a call': ({ word }) => responsesCall('{}', 'done', word),
  metadata: ({ said }) => ({ metadata: { note: said } }),
  'unknown item': ({ said }) => ({ input: [hello, { type: 'hologram', layers: [{ caption: said }] }] }),
  'unknown field': ({ said }) => ({ hologram: { caption: said } }),
};
const responses = family(
  {
    surface: 'responses',
    model: 'up/gpt-5.2',
    translated: 'claude/claude-sonnet-4-5',
    path: () => '/v1/responses',
    base: (model) => ({ model, input: [hello] }),
  },
  responsesPlaces,
);
const compact = family(
  {
    surface: 'responses/compact',
    model: 'up/gpt-5.2',
    translated: 'claude/claude-sonnet-4-5',
    path: () => '/v1/responses/compact',
    base: (model) => ({ model, input: [hello] }),
  },
  Object.fromEntries(
    ['system prompt', 'user, a string', 'earlier answer', 'tool arguments', 'tool result', 'unknown item'].map(
      (place) => [place, responsesPlaces[place] as (planted: Planted) => Json],
    ),
  ),
);

// ---------------------------------------------------------------- Messages

const messagesCall = (input: Json, content: unknown = 'done', id = 'toolu_1'): Json => ({
  messages: [
    hello,
    { role: 'assistant', content: [{ type: 'tool_use', id, name: 'send', input }] },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: id, content }] },
  ],
  tools: [{ name: 'send', input_schema: schema }],
});
const messagesUser = (...parts: Json[]): Json => ({ messages: [{ role: 'user', content: parts }] });

const messagesPlaces: Readonly<Record<string, (planted: Planted) => Json>> = {
  'system prompt': ({ said }) => ({ system: said }),
  'system prompt, a block': ({ said }) => ({
    system: [{ type: 'text', text: said, cache_control: { type: 'ephemeral' } }],
  }),
  'user, a string': ({ said }) => ({ messages: [{ role: 'user', content: said }] }),
  'user, a part': ({ said }) => messagesUser({ type: 'text', text: said }),
  'earlier answer': ({ said }) => ({
    messages: [hello, { role: 'assistant', content: [{ type: 'text', text: said }] }, hello],
  }),
  'reasoning, signed elsewhere': ({ said }) => ({
    messages: [
      hello,
      { role: 'assistant', content: [{ type: 'thinking', thinking: said, signature: 'c2lnbmF0dXJl' }] },
      hello,
    ],
  }),
  'tool arguments': ({ said }) => messagesCall({ to: { list: [said] } }),
  'tool arguments, a name': ({ word }) => messagesCall({ [word]: 1 }),
  'tool result': ({ said }) => messagesCall({}, said),
  'tool result, a part': ({ said }) => messagesCall({}, [{ type: 'text', text: said }]),
  'document, text': ({ said }) =>
    messagesUser({ type: 'document', source: { type: 'text', media_type: 'text/plain', data: said } }),
  'document, text in base64': ({ said }) =>
    messagesUser({ type: 'document', source: { type: 'base64', media_type: 'text/plain', data: base64(said) } }),
  'document, its title': ({ said }) =>
    messagesUser({ type: 'document', title: said, source: { type: 'text', media_type: 'text/plain', data: 'hello' } }),
  picture: ({ said }) =>
    messagesUser({ type: 'image', source: { type: 'base64', media_type: 'image/png', data: picture(said) } }),
  'tool description': ({ said }) => ({ tools: [{ name: 'send', description: said, input_schema: schema }] }),
  'tool name': ({ word }) => ({ tools: [{ name: word, input_schema: schema }] }),
  'id of a call': ({ word }) => messagesCall({}, 'done', word),
  'metadata.user_id': ({ word }) => ({ metadata: { user_id: word } }),
  'unknown block': ({ said }) => messagesUser({ type: 'hologram', layers: [{ caption: said }] }),
  'unknown block, a name': ({ word }) => messagesUser({ type: 'hologram', layers: [{ [word]: 'hello' }] }),
  'unknown field': ({ said }) => ({ hologram: { caption: said } }),
};
const anthropicVersion = { 'anthropic-version': '2023-06-01' };
const messages = family(
  {
    surface: 'messages',
    model: 'claude/claude-sonnet-4-5',
    translated: 'plain/gpt-4o',
    path: () => '/v1/messages',
    headers: anthropicVersion,
    base: (model) => ({ model, max_tokens: 100, messages: [hello] }),
  },
  messagesPlaces,
);
const countTokens = family(
  {
    surface: 'messages/count_tokens',
    model: 'claude/claude-sonnet-4-5',
    path: () => '/v1/messages/count_tokens',
    headers: anthropicVersion,
    base: (model) => ({ model, messages: [hello] }),
  },
  Object.fromEntries(
    ['system prompt', 'user, a part', 'tool arguments', 'tool result', 'unknown block'].map((place) => [
      place,
      messagesPlaces[place] as (planted: Planted) => Json,
    ]),
  ),
);

// ---------------------------------------------------------------- Gemini

const text = (said: string): Json => ({ role: 'user', parts: [{ text: said }] });
const geminiCall = (args: Json, response: Json = {}): Json => ({
  contents: [
    text('hello'),
    { role: 'model', parts: [{ functionCall: { name: 'send', args } }] },
    { role: 'user', parts: [{ functionResponse: { name: 'send', response } }] },
  ],
  tools: [{ functionDeclarations: [{ name: 'send', parameters: schema }] }],
});
const geminiPlaces: Readonly<Record<string, (planted: Planted) => Json>> = {
  'system prompt': ({ said }) => ({ systemInstruction: { parts: [{ text: said }] } }),
  'user, a part': ({ said }) => ({ contents: [text(said)] }),
  'earlier answer': ({ said }) => ({
    contents: [text('hello'), { role: 'model', parts: [{ text: said }] }, text('hello')],
  }),
  reasoning: ({ said }) => ({
    contents: [text('hello'), { role: 'model', parts: [{ text: said, thought: true }, { text: 'ok' }] }, text('hello')],
  }),
  'tool arguments': ({ said }) => geminiCall({ to: { list: [said] } }),
  'tool arguments, a name': ({ word }) => geminiCall({ [word]: 1 }),
  'tool result': ({ said }) => geminiCall({}, { output: said }),
  'document, text in base64': ({ said }) => ({
    contents: [{ role: 'user', parts: [{ inlineData: { mimeType: 'text/plain', data: base64(said) } }] }],
  }),
  picture: ({ said }) => ({
    contents: [{ role: 'user', parts: [{ inlineData: { mimeType: 'image/png', data: picture(said) } }] }],
  }),
  'tool description': ({ said }) => ({
    tools: [{ functionDeclarations: [{ name: 'send', description: said, parameters: schema }] }],
  }),
  'tool name': ({ word }) => ({ tools: [{ functionDeclarations: [{ name: word, parameters: schema }] }] }),
  'unknown part': ({ said }) => ({ contents: [{ role: 'user', parts: [{ hologram: { caption: said } }] }] }),
  'unknown field': ({ said }) => ({ hologram: { caption: said } }),
};
const geminiFamily = (surface: string, method: string): Family => ({
  surface,
  model: 'gem/gemini-2.5-flash',
  path: (model) => `/v1beta/models/${encodeURIComponent(model)}:${method}`,
  base: () => ({ contents: [text('hello')] }),
});
const geminiGenerate = family(
  { ...geminiFamily('Gemini generateContent', 'generateContent'), translated: 'plain/gpt-4o' },
  geminiPlaces,
);
const some = (...names: string[]): Readonly<Record<string, (planted: Planted) => Json>> =>
  Object.fromEntries(names.map((name) => [name, geminiPlaces[name] as (planted: Planted) => Json]));
const geminiStream = family(
  { ...geminiFamily('Gemini streamGenerateContent', 'streamGenerateContent?alt=sse'), translated: 'plain/gpt-4o' },
  some('system prompt', 'user, a part', 'tool arguments', 'tool result', 'unknown part'),
);
const geminiCount = family(geminiFamily('Gemini countTokens', 'countTokens'), {
  ...some('user, a part', 'tool result'),
  'a whole request': ({ said }) => ({
    contents: undefined,
    generateContentRequest: { model: 'models/gemini-2.5-flash', contents: [text(said)] },
  }),
});
const geminiEmbed = family(
  { ...geminiFamily('Gemini embedContent', 'embedContent'), model: 'gem/gemini-embedding-001', base: () => ({}) },
  { content: ({ said }) => ({ content: text(said) }), title: ({ said }) => ({ content: text('x'), title: said }) },
);
const geminiBatch = family(
  {
    ...geminiFamily('Gemini batchEmbedContents', 'batchEmbedContents'),
    model: 'gem/gemini-embedding-001',
    base: () => ({}),
  },
  { content: ({ said }) => ({ requests: [{ model: 'models/gemini-embedding-001', content: text(said) }] }) },
);

// ---------------------------------------------------------------- Ollama

const ollamaChat = family(
  {
    surface: 'Ollama /api/chat',
    translated: 'up/gpt-4o',
    path: () => '/api/chat',
    base: (model) => ({ model, stream: false, messages: [hello] }),
  },
  {
    'system prompt': ({ said }) => ({ messages: [{ role: 'system', content: said }, hello] }),
    user: ({ said }) => ({ messages: [{ role: 'user', content: said }] }),
    'earlier answer': ({ said }) => ({ messages: [hello, { role: 'assistant', content: said }, hello] }),
    'tool arguments': ({ said }) => ({
      messages: [
        hello,
        { role: 'assistant', content: '', tool_calls: [{ function: { name: 'send', arguments: { to: said } } }] },
        { role: 'tool', tool_name: 'send', content: 'done' },
      ],
      tools: [chatTool],
    }),
    'tool result': ({ said }) => ({
      messages: [
        hello,
        { role: 'assistant', content: '', tool_calls: [{ function: { name: 'send', arguments: {} } }] },
        { role: 'tool', tool_name: 'send', content: said },
      ],
      tools: [chatTool],
    }),
    picture: ({ said }) => ({ messages: [{ ...hello, images: [picture(said)] }] }),
  },
);
const ollamaGenerate = family(
  {
    surface: 'Ollama /api/generate',
    translated: 'up/gpt-4o',
    path: () => '/api/generate',
    base: (model) => ({ model, stream: false, prompt: 'hello' }),
  },
  { 'system prompt': ({ said }) => ({ system: said }), prompt: ({ said }) => ({ prompt: said }) },
);

// ---------------------------------------------------------------- without a conversation

const plain = (surface: string, model: string, places: Readonly<Record<string, (planted: Planted) => Json>>): Place[] =>
  family({ surface, model, path: () => `/v1/${surface}`, base: (asked) => ({ model: asked }) }, places);

interface Field {
  readonly name: string;
  readonly value: string;
  readonly head?: string;
}

function form(surface: string, model: string, fields: (planted: Planted) => readonly Field[], place: string): Place {
  return {
    surface,
    place,
    model,
    call: (planted, asked) => ({
      path: `/v1/${surface}`,
      method: 'POST',
      headers: { 'content-type': 'multipart/form-data; boundary=mark' },
      raw: `${[{ name: 'model', value: asked }, ...fields(planted)]
        .map(
          ({ name, value, head }) =>
            `--mark\r\nContent-Disposition: form-data; name="${name}"${head ?? ''}\r\n\r\n${value}\r\n`,
        )
        .join('')}--mark--\r\n`,
    }),
  };
}

const imageHead = '; filename="a.png"\r\nContent-Type: image/png';
const imageField = { name: 'image', value: `\x89PNG\x00`, head: imageHead };
const soundHead = '; filename="a.wav"\r\nContent-Type: audio/wav';
const soundField = { name: 'file', value: 'RIFF\x00\x01', head: soundHead };
const edits = (place: string, fields: (planted: Planted) => readonly Field[]): Place =>
  form('images/edits', 'up/gpt-image-1', fields, place);
const sound = (place: string, fields: (planted: Planted) => readonly Field[]): Place =>
  form('audio/transcriptions', 'up/whisper-1', fields, place);

const passedOn: Place[] = [
  ...plain('completions', 'up/gpt-3.5-turbo-instruct', {
    prompt: ({ said }) => ({ prompt: said }),
    'prompts, a list': ({ said }) => ({ prompt: ['hello', said] }),
    suffix: ({ said }) => ({ prompt: 'hello', suffix: said }),
  }),
  ...plain('embeddings', 'up/text-embedding-3-small', {
    input: ({ said }) => ({ input: said }),
    'input, a list': ({ said }) => ({ input: ['hello', said] }),
  }),
  ...plain('moderations', 'up/omni-moderation-latest', {
    input: ({ said }) => ({ input: said }),
    'input, a part': ({ said }) => ({ input: [{ type: 'text', text: said }] }),
  }),
  ...plain('images/generations', 'up/gpt-image-1', { prompt: ({ said }) => ({ prompt: said }) }),
  edits('prompt', ({ said }) => [imageField, { name: 'prompt', value: said }]),
  edits('picture', ({ said }) => [
    { ...imageField, value: `${imageField.value}${said}` },
    { name: 'prompt', value: 'hello' },
  ]),
  edits("picture, its file's name", ({ word }) => [
    { ...imageField, head: `; filename="${word}.png"\r\nContent-Type: image/png` },
    { name: 'prompt', value: 'hello' },
  ]),
  form(
    'images/variations',
    'up/dall-e-2',
    ({ said }) => [{ ...imageField, value: `${imageField.value}${said}` }],
    'picture',
  ),
  ...plain('audio/speech', 'up/gpt-4o-mini-tts', {
    input: ({ said }) => ({ input: said, voice: 'alloy' }),
    instructions: ({ said }) => ({ input: 'hello', instructions: said, voice: 'alloy' }),
  }),
  sound('prompt', ({ said }) => [soundField, { name: 'prompt', value: said }]),
  sound('prompt, sent as a file', ({ said }) => [
    soundField,
    { name: 'prompt', value: said, head: '; filename="a.txt"\r\nContent-Type: text/plain' },
  ]),
  sound('prompt, in base64', ({ said }) => [
    soundField,
    { name: 'prompt', value: base64(said), head: '\r\nContent-Transfer-Encoding: base64' },
  ]),
  sound('sound', ({ said }) => [{ ...soundField, value: `${soundField.value}${said}` }]),
  form('audio/translations', 'up/whisper-1', ({ said }) => [soundField, { name: 'prompt', value: said }], 'prompt'),
  ...plain('rerank', 'co/rerank-v3.5', {
    query: ({ said }) => ({ query: said, documents: ['a'] }),
    documents: ({ said }) => ({ query: 'x', documents: ['a', said] }),
    'documents, fields': ({ said }) => ({ query: 'x', documents: [{ text: said }] }),
  }),
];

export const places: readonly Place[] = [
  ...[...chat, ...responses, ...compact, ...messages, ...countTokens, ...geminiGenerate, ...geminiStream],
  ...[...geminiCount, ...geminiEmbed, ...geminiBatch, ...ollamaChat, ...ollamaGenerate, ...passedOn],
];
