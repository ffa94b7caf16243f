// Where a text can stand in an answer: a question for every surface that gives any, and what the provider answers to it.
import type { Plan } from '../../fakes/fake.ts';
import type { Call } from './support.ts';

export interface AnswerPlace {
  readonly surface: string;
  readonly place: string;
  /** `undefined` where there is no such way to be answered. */
  readonly call: (said: string, stream: boolean) => Call | undefined;
  readonly plan: (text: string) => Plan;
}

type Ask = AnswerPlace['call'];
type Json = Readonly<Record<string, unknown>>;

const inTurn: Readonly<Record<string, AnswerPlace['plan']>> = {
  text: (text) => ({ turn: { text: `So it is ${text} then.` } }),
  reasoning: (text) => ({ turn: { reasoning: `They mean ${text} here.`, text: 'ok' } }),
  'tool arguments': (text) => ({ turn: { calls: [{ name: 'send', args: { data: { type: `<${text}>` } } }] } }),
};

function conversation(surface: string, call: Ask, names: readonly string[] = Object.keys(inTurn)): AnswerPlace[] {
  return names.map((place) => ({ surface, place, call, plan: inTurn[place] as AnswerPlace['plan'] }));
}

const schema = { type: 'object', properties: { to: { type: 'array', items: { type: 'string' } } } };
const chatTools = [{ type: 'function', function: { name: 'send', parameters: schema } }];
const chat =
  (model: string): Ask =>
  (said, stream) => ({
    path: '/v1/chat/completions',
    body: { model, stream, messages: [{ role: 'user', content: said }], tools: chatTools },
  });
const responses =
  (model: string): Ask =>
  (said, stream) => ({
    path: '/v1/responses',
    body: {
      ...{ model, stream, input: said, reasoning: { effort: 'low', summary: 'auto' } },
      tools: [{ type: 'function', name: 'send', parameters: schema, strict: false }],
    },
  });
const messages =
  (model: string): Ask =>
  (said, stream) => ({
    path: '/v1/messages',
    headers: { 'anthropic-version': '2023-06-01' },
    body: {
      ...{ model, stream, max_tokens: 4_000, thinking: { type: 'enabled', budget_tokens: 1_024 } },
      messages: [{ role: 'user', content: said }],
      tools: [{ name: 'send', input_schema: schema }],
    },
  });
const gemini =
  (model: string, alt: string): Ask =>
  (said, stream) => ({
    path: `/v1beta/models/${encodeURIComponent(model)}:${stream ? `streamGenerateContent${alt}` : 'generateContent'}`,
    body: {
      contents: [{ role: 'user', parts: [{ text: said }] }],
      generationConfig: { thinkingConfig: { includeThoughts: true } },
      tools: [{ functionDeclarations: [{ name: 'send', parameters: schema }] }],
    },
  });
const streamed =
  (ask: Ask): Ask =>
  (said, stream) =>
    stream ? ask(said, true) : undefined;
const whole =
  (path: string, body: (said: string) => Json): Ask =>
  (said, stream) =>
    stream ? undefined : { path, body: body(said) };
const json =
  (body: (text: string) => unknown): AnswerPlace['plan'] =>
  (text) => ({ json: body(text) });

function transcription(said: string, stream: boolean): Call {
  const fields = [
    ['model', 'up/gpt-4o-transcribe'],
    ['prompt', said],
    ['stream', String(stream)],
    ['file', 'RIFF\x00\x01'],
  ] as const;
  const parts = fields.map(([name, value]) => {
    const file = name === 'file' ? '; filename="a.wav"\r\nContent-Type: audio/wav' : '';
    return `--mark\r\nContent-Disposition: form-data; name="${name}"${file}\r\n\r\n${value}\r\n`;
  });
  return {
    path: '/v1/audio/transcriptions',
    method: 'POST',
    headers: { 'content-type': 'multipart/form-data; boundary=mark' },
    raw: `${parts.join('')}--mark--\r\n`,
  };
}

const transcript = (text: string): Plan => {
  const said = `So it is ${text} then.`;
  const half = said.indexOf(text) + 3;
  const event = (type: string, more: Json): string => `data: ${JSON.stringify({ type, ...more })}\n\n`;
  return {
    sse: [
      event('transcript.text.delta', { delta: said.slice(0, half) }),
      event('transcript.text.delta', { delta: said.slice(half) }),
      event('transcript.text.done', { text: said }),
    ],
  };
};

export const answerPlaces: readonly AnswerPlace[] = [
  ...conversation('chat completions', chat('up/gpt-4o'), ['text', 'tool arguments']),
  ...conversation('chat completions, translated', chat('claude/claude-sonnet-4-5')),
  ...conversation('responses', responses('up/gpt-5.2')),
  ...conversation('responses, translated', responses('claude/claude-sonnet-4-5')),
  ...conversation('messages', messages('claude/claude-sonnet-4-5')),
  ...conversation('messages, translated', messages('plain/gpt-4o'), ['text', 'tool arguments']),
  ...conversation('Gemini', gemini('gem/gemini-2.5-flash', '?alt=sse')),
  ...conversation('Gemini, translated', gemini('claude/claude-sonnet-4-5', '?alt=sse')),
  ...conversation('Gemini, as a list', streamed(gemini('gem/gemini-2.5-flash', ''))),
  ...conversation(
    'Ollama /api/chat',
    (said, stream) => ({
      path: '/api/chat',
      body: {
        model: 'claude/claude-sonnet-4-5',
        stream,
        messages: [{ role: 'user', content: said }],
        tools: chatTools,
      },
    }),
    ['text', 'tool arguments'],
  ),
  ...conversation(
    'Ollama /api/generate',
    (said, stream) => ({
      path: '/api/generate',
      body: { model: 'claude/claude-sonnet-4-5', stream, prompt: said },
    }),
    ['text'],
  ),
  ...conversation(
    'completions',
    (said, stream) => ({
      path: '/v1/completions',
      body: { model: 'up/gpt-3.5-turbo-instruct', stream, prompt: said },
    }),
    ['text'],
  ),
  {
    surface: 'responses/compact',
    place: 'summary made here',
    call: whole('/v1/responses/compact', (said) => ({
      model: 'plain/gpt-4o',
      input: [{ role: 'user', content: said }],
    })),
    plan: inTurn['text'] as AnswerPlace['plan'],
  },
  {
    surface: 'images/generations',
    place: 'revised prompt',
    call: whole('/v1/images/generations', (said) => ({ model: 'up/gpt-image-1', prompt: said })),
    plan: json((text) => ({ created: 1, data: [{ b64_json: 'AAAA', revised_prompt: `A picture of ${text}.` }] })),
  },
  {
    surface: 'rerank',
    place: 'documents',
    call: whole('/v1/rerank', (said) => ({ model: 'co/rerank-v3.5', query: 'x', documents: [said] })),
    plan: json((text) => ({ results: [{ index: 0, relevance_score: 1, document: { text: `It is ${text}.` } }] })),
  },
  {
    surface: 'audio/transcriptions',
    place: 'text',
    call: (said, stream) => (stream ? undefined : transcription(said, false)),
    plan: json((text) => ({ text: `So it is ${text} then.` })),
  },
  {
    surface: 'audio/transcriptions',
    place: 'text, in events',
    call: (said, stream) => (stream ? transcription(said, true) : undefined),
    plan: transcript,
  },
];
