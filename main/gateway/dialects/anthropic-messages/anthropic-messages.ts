/** Anthropic's Messages API as a dialect, for clients and as a target; Vertex AI and Bedrock's InvokeModel speak the same. */
import type { Dialect, RequestFacts } from '../dialect.ts';
import type { JsonDocument } from '../document.ts';
import { decodeAnswer, encodeAnswer } from './answer.ts';
import { decodeRequest } from './decode-request.ts';
import { encodeRequest } from './encode-request.ts';
import { decodeError, encodeError, encodeStreamError } from './errors.ts';
import { needString, optionalBoolean } from '../fields.ts';
import { MessagesMeter } from './meter.ts';
import { MessagesStreamDecoder } from './stream-decoder.ts';
import { MessagesStreamEncoder } from './stream-encoder.ts';
import { survey } from './survey.ts';

function readFacts(document: JsonDocument): RequestFacts {
  return {
    model: needString(document.value('model'), 'model'),
    stream: optionalBoolean(document.value('stream'), 'stream') ?? false,
  };
}

export const anthropicMessages: Dialect = {
  id: 'anthropic-messages',
  family: 'anthropic',
  toolKinds: ['function'],
  // The reference says 128 since 2025; older models and Claude on other clouds refuse more than 64.
  toolName: { maxLength: 64, pattern: /^[a-zA-Z0-9_-]+$/ },
  toleratesComments: true,
  opaqueForms: ['signature', 'redacted'],
  readFacts,
  survey,
  decodeRequest,
  encodeRequest,
  decodeAnswer,
  encodeAnswer,
  createStreamDecoder: (context) => new MessagesStreamDecoder(context),
  createStreamEncoder: (context) => new MessagesStreamEncoder(context),
  createMeter: () => new MessagesMeter(),
  decodeError,
  encodeError,
  encodeStreamError,
};
