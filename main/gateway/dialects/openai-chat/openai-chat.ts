/** OpenAI's Chat Completions as a dialect, with its many compatible relatives. */
import { isObject, type Dialect, type RequestFacts } from '../dialect.ts';
import type { JsonDocument } from '../document.ts';
import { decodeAnswer, encodeAnswer } from './answer.ts';
import { decodeRequest } from './decode-request.ts';
import { encodeRequest } from './encode-request.ts';
import { decodeError, encodeError, encodeStreamError } from './errors.ts';
import { needString, optionalBoolean } from '../fields.ts';
import { ChatMeter } from './meter.ts';
import { ChatStreamDecoder } from './stream-decoder.ts';
import { ChatStreamEncoder } from './stream-encoder.ts';
import { survey } from './survey.ts';

function readFacts(document: JsonDocument): RequestFacts {
  return {
    model: needString(document.value('model'), 'model'),
    stream: optionalBoolean(document.value('stream'), 'stream') ?? false,
  };
}

export const openaiChat: Dialect = {
  id: 'openai-chat',
  family: 'openai',
  toolKinds: ['function'],
  toolName: { maxLength: 64, pattern: /^[a-zA-Z0-9_-]+$/ },
  toleratesComments: true,
  opaqueForms: [],
  readFacts,
  survey,
  decodeRequest,
  encodeRequest,
  decodeAnswer,
  encodeAnswer,
  createStreamDecoder: (context) => new ChatStreamDecoder(context),
  createStreamEncoder: (context) => new ChatStreamEncoder(context),
  createMeter: () => new ChatMeter(),
  decodeError,
  encodeError,
  encodeStreamError,
};

/**
 * Asks a streaming target for usage the client did not ask for, as a splice (`stream_options.include_usage`). `true` when it did:
 * then the extra chunk is to be hidden from the client.
 */
export function usageInjection(document: JsonDocument): boolean {
  const options = document.value('stream_options');
  if (isObject(options)) {
    if (options['include_usage'] === true) return false;
    document.set('stream_options', JSON.stringify({ ...options, include_usage: true }));
    return true;
  }
  document.set('stream_options', '{"include_usage":true}');
  return true;
}
