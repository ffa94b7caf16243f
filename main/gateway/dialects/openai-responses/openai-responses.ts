/** OpenAI's Responses API as a dialect (https://platform.openai.com/docs/api-reference/responses). */
import type { Dialect, RequestFacts } from '../dialect.ts';
import type { JsonDocument } from '../document.ts';
import { decodeAnswer, encodeAnswer } from './answer.ts';
import { encodeRequest } from './encode-request.ts';
import { decodeError, encodeError, encodeStreamError } from './errors.ts';
import { needText, optionalBoolean } from '../fields.ts';
import { ResponsesMeter } from './meter.ts';
import { decodeRequest } from './request.ts';
import { ResponsesStreamDecoder } from './stream-decoder.ts';
import { ResponsesStreamEncoder } from './stream-encoder.ts';
import { survey } from './survey.ts';

function readFacts(document: JsonDocument): RequestFacts {
  return {
    model: needText(document.value('model'), 'model'),
    stream: optionalBoolean(document.value('stream'), 'stream') ?? false,
  };
}

export const openaiResponses: Dialect = {
  id: 'openai-responses',
  family: 'openai',
  toolKinds: ['function', 'custom', 'tool_search', 'namespace'],
  toolName: { maxLength: 64, pattern: /^[a-zA-Z0-9_-]+$/ },
  toleratesComments: true,
  opaqueForms: ['encrypted'],
  readFacts,
  survey,
  decodeRequest,
  encodeRequest,
  decodeAnswer,
  encodeAnswer,
  createStreamDecoder: (context) => new ResponsesStreamDecoder(context),
  createStreamEncoder: (context) => new ResponsesStreamEncoder(context),
  createMeter: () => new ResponsesMeter(),
  decodeError,
  encodeError,
  encodeStreamError,
};
