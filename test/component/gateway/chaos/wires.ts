// How the three simulated providers write answers and errors: the shapes of the real ones, as text.
import type { ProviderAnswer, ProviderName } from './answers.ts';

export interface Frames {
  /** What comes before the first content. */
  readonly open: readonly string[];
  readonly content: readonly string[];
  /** What ends the answer; without the last of them it is not finished. */
  readonly close: readonly string[];
}

export type ErrorKind =
  'server' | 'overloaded' | 'limited' | 'refused' | 'invalid' | 'too_long' | 'no_model' | 'limited_in_words';

/** What an answer is written with. `usage` replaces the true one; `undefined` leaves it out. */
export interface Writing {
  readonly id: string;
  readonly model: string;
  readonly answer: ProviderAnswer;
  readonly usage: 'true' | 'absurd' | 'twice' | 'none';
  /** It thinks aloud before it answers. */
  readonly thinks: boolean;
  /** The request asks for a last event with usage. */
  readonly asksUsage: boolean;
}

export interface Wire {
  readonly frames: (writing: Writing) => Frames;
  readonly plain: (writing: Writing) => string;
  readonly error: (status: number, kind: ErrorKind) => string;
  readonly errorFrame: string;
  /** An event cut in the middle of its JSON. */
  readonly brokenFrame: string;
  /** Of a request: whether it asks for a stream. */
  readonly isStream: (url: string, body: string) => boolean;
  readonly keyOf: (headers: Readonly<Record<string, string | string[] | undefined>>) => string;
}

const messages: Readonly<Record<ErrorKind, string>> = {
  server: 'The server had an error while processing your request.',
  overloaded: 'Overloaded',
  limited: 'Rate limit reached for requests.',
  limited_in_words: 'Rate limit reached for requests. Please try again in 40ms.',
  refused: 'The key is not valid.',
  invalid: 'temperature: must be at most 2.',
  too_long: 'The prompt is too long: it has more tokens than the context window of this model.',
  no_model: 'The model does not exist.',
};

const thoughts = ['Let me think', ' about it.'] as const;
/** Of a thought: nobody looks into it. */
const signature = 'c2lnbmF0dXJlIG9mIGEgdGhvdWdodA==';

/** Counts no provider can mean. */
const absurd = [-5, 1e300, 'many', null, 1.5, 1e12] as const;

function data(event: unknown): string {
  return `data: ${typeof event === 'string' ? event : JSON.stringify(event)}\n\n`;
}

// ---------------------------------------------------------------- Chat Completions

function chatUsage({ answer, usage }: Writing): Record<string, unknown> | undefined {
  if (usage === 'none') return undefined;
  if (usage === 'absurd') return { prompt_tokens: absurd[0], completion_tokens: absurd[1], total_tokens: absurd[2] };
  const { input, output } = answer.usage;
  return { prompt_tokens: input, completion_tokens: output, total_tokens: input + output };
}

const chat: Wire = {
  frames(writing) {
    const { id, model, answer, asksUsage } = writing;
    const head = { id, object: 'chat.completion.chunk', created: 1_790_000_000, model };
    const chunk = (delta: Record<string, unknown>, finish: string | null = null): string =>
      data({ ...head, choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }] });
    const usage = asksUsage ? chatUsage(writing) : undefined;
    const usageFrames = usage === undefined ? [] : [data({ ...head, choices: [], usage })];
    return {
      open: [chunk({ role: 'assistant', content: '', refusal: null })],
      content: [
        ...(writing.thinks ? thoughts.map((thought) => chunk({ reasoning_content: thought })) : []),
        ...answer.pieces.map((content) => chunk({ content })),
      ],
      close: [chunk({}, 'stop'), ...usageFrames, ...(writing.usage === 'twice' ? usageFrames : []), data('[DONE]')],
    };
  },
  plain(writing) {
    const { id, model, answer } = writing;
    const thought = writing.thinks ? { reasoning_content: thoughts.join('') } : {};
    const message = { role: 'assistant', ...thought, content: answer.text, refusal: null };
    const choices = [{ index: 0, message, logprobs: null, finish_reason: 'stop' }];
    return JSON.stringify({
      ...{ id, object: 'chat.completion', created: 1_790_000_000, model, choices },
      usage: chatUsage(writing),
    });
  },
  error: (status, kind) =>
    JSON.stringify({
      error: {
        message: messages[kind],
        type: status >= 500 ? 'server_error' : status === 429 ? 'requests' : 'invalid_request_error',
        param: null,
        code:
          kind === 'too_long'
            ? 'context_length_exceeded'
            : kind === 'no_model'
              ? 'model_not_found'
              : kind.startsWith('limited')
                ? 'rate_limit_exceeded'
                : null,
      },
    }),
  errorFrame: data({ error: { message: messages.server, type: 'server_error', param: null, code: null } }),
  brokenFrame: 'data: {"id":"chatcmpl-broken","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"con\n\n',
  isStream: (_url, body) => body.includes('"stream":true'),
  keyOf: (headers) => String(headers['authorization']).replace(/^Bearer /, ''),
};

// ---------------------------------------------------------------- Messages

function named(event: Record<string, unknown>): string {
  return `event: ${String(event['type'])}\n${data(event)}`;
}

function messagesUsage({ answer, usage }: Writing): Record<string, unknown> | undefined {
  if (usage === 'none') return undefined;
  if (usage === 'absurd')
    return { input_tokens: absurd[2], output_tokens: absurd[5], cache_read_input_tokens: absurd[0] };
  return { input_tokens: answer.usage.input, cache_read_input_tokens: 0, output_tokens: answer.usage.output };
}

const thinkingFrames: readonly string[] = [
  named({ type: 'content_block_start', index: 0, content_block: { type: 'thinking', thinking: '', signature: '' } }),
  ...thoughts.map((thinking) =>
    named({ type: 'content_block_delta', index: 0, delta: { type: 'thinking_delta', thinking } }),
  ),
  named({ type: 'content_block_delta', index: 0, delta: { type: 'signature_delta', signature } }),
  named({ type: 'content_block_stop', index: 0 }),
];

const anthropic: Wire = {
  frames(writing) {
    const { id, model, answer } = writing;
    const usage = messagesUsage(writing);
    const message = { id, type: 'message', role: 'assistant', model, content: [], stop_reason: null };
    const first = usage === undefined ? {} : { usage: { ...usage, output_tokens: 1 } };
    const index = writing.thinks ? 1 : 0;
    const start = named({ type: 'content_block_start', index, content_block: { type: 'text', text: '' } });
    const delta = { type: 'message_delta', delta: { stop_reason: 'end_turn', stop_sequence: null }, usage };
    return {
      open: [
        named({ type: 'message_start', message: { ...message, stop_sequence: null, ...first } }),
        ...(writing.thinks ? [] : [start]),
        named({ type: 'ping' }),
      ],
      content: [
        ...(writing.thinks ? [...thinkingFrames, start] : []),
        ...answer.pieces.map((text) =>
          named({ type: 'content_block_delta', index, delta: { type: 'text_delta', text } }),
        ),
      ],
      close: [
        named({ type: 'content_block_stop', index }),
        named(delta),
        ...(writing.usage === 'twice' ? [named({ ...delta, delta: {} })] : []),
        named({ type: 'message_stop' }),
      ],
    };
  },
  plain(writing) {
    const { id, model, answer } = writing;
    const thinking = writing.thinks ? [{ type: 'thinking', thinking: thoughts.join(''), signature }] : [];
    const content = [...thinking, { type: 'text', text: answer.text }];
    const end = { stop_reason: 'end_turn', stop_sequence: null, usage: messagesUsage(writing) };
    return JSON.stringify({ id, type: 'message', role: 'assistant', model, content, ...end });
  },
  error: (status, kind) =>
    JSON.stringify({
      type: 'error',
      error: {
        type:
          status === 529
            ? 'overloaded_error'
            : status >= 500
              ? 'api_error'
              : status === 429
                ? 'rate_limit_error'
                : status === 401
                  ? 'authentication_error'
                  : status === 404
                    ? 'not_found_error'
                    : 'invalid_request_error',
        message: kind === 'too_long' ? 'prompt is too long: 210000 tokens > 200000 maximum' : messages[kind],
      },
      request_id: 'req_011CSHoEeqs5C35K2UUqR7Fy',
    }),
  errorFrame: named({ type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }),
  brokenFrame: 'event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"te\n\n',
  isStream: (_url, body) => body.includes('"stream":true'),
  keyOf: (headers) => String(headers['x-api-key'] ?? String(headers['authorization']).replace(/^Bearer /, '')),
};

// ---------------------------------------------------------------- Gemini

function geminiUsage({ answer, usage }: Writing): Record<string, unknown> | undefined {
  if (usage === 'none') return undefined;
  if (usage === 'absurd')
    return { promptTokenCount: absurd[4], candidatesTokenCount: absurd[0], totalTokenCount: absurd[3] };
  const { input, output } = answer.usage;
  return { promptTokenCount: input, candidatesTokenCount: output, totalTokenCount: input + output };
}

const gemini: Wire = {
  frames(writing) {
    const { id, model, answer } = writing;
    const usage = geminiUsage(writing);
    const chunk = (text: string, finish: Record<string, unknown>, thought = {}): string =>
      `data: ${JSON.stringify({
        candidates: [{ content: { parts: [{ text, ...thought }], role: 'model' }, ...finish, index: 0 }],
        ...{ usageMetadata: usage, modelVersion: model, responseId: id },
      })}\r\n\r\n`;
    // Google says the reason with the last piece.
    const last = answer.pieces.at(-1) ?? '';
    const end = chunk(last, { finishReason: 'STOP' });
    const again = chunk('', { finishReason: 'STOP' });
    return {
      open: [],
      content: [
        ...(writing.thinks ? thoughts.map((text) => chunk(text, {}, { thought: true })) : []),
        ...answer.pieces.slice(0, -1).map((text) => chunk(text, {})),
      ],
      close: writing.usage === 'twice' ? [end, again] : [end],
    };
  },
  plain(writing) {
    const { id, model, answer } = writing;
    const thought = writing.thinks ? [{ text: thoughts.join(''), thought: true }] : [];
    const content = { parts: [...thought, { text: answer.text }], role: 'model' };
    const usageMetadata = geminiUsage(writing);
    return JSON.stringify({
      candidates: [{ content, finishReason: 'STOP', index: 0 }],
      ...{ usageMetadata, modelVersion: model, responseId: id },
    });
  },
  error: (status, kind) =>
    JSON.stringify({
      error: {
        code: status,
        message:
          kind === 'too_long'
            ? 'The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).'
            : messages[kind],
        status:
          status === 429
            ? 'RESOURCE_EXHAUSTED'
            : status === 401
              ? 'UNAUTHENTICATED'
              : status === 404
                ? 'NOT_FOUND'
                : status >= 500
                  ? 'UNAVAILABLE'
                  : 'INVALID_ARGUMENT',
        ...(kind === 'limited_in_words'
          ? { details: [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '0.04s' }] }
          : {}),
      },
    }),
  errorFrame: `data: ${JSON.stringify({
    error: { code: 503, message: 'The model is overloaded. Please try again later.', status: 'UNAVAILABLE' },
  })}\r\n\r\n`,
  brokenFrame: 'data: {"candidates": [{"content": {"parts": [{"te\r\n\r\n',
  isStream: (url) => url.includes(':streamGenerateContent'),
  keyOf: (headers) => String(headers['x-goog-api-key']),
};

export const wires: Readonly<Record<ProviderName, Wire>> = { a: chat, b: anthropic, c: gemini };
