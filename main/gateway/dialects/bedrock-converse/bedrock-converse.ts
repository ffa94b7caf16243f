/** Amazon Bedrock's Converse and ConverseStream as a dialect. */
import type { Dialect, RequestFacts } from '../dialect.ts';
import type { JsonDocument } from '../document.ts';
import { decodeAnswer, encodeAnswer } from './answer.ts';
import { decodeRequest } from './decode-request.ts';
import { encodeRequest } from './encode-request.ts';
import { decodeError, encodeError, encodeStreamError } from './errors.ts';
import { optionalArray } from '../fields.ts';
import { ConverseMeter } from './meter.ts';
import { ConverseStreamDecoder, ConverseStreamEncoder } from './stream.ts';
import { blankSurvey } from '../survey.ts';

/** Model and stream are said by the path (`/model/{modelId}/converse-stream`): here they are empty and `false`, and the path's word counts. */
function readFacts(document: JsonDocument): RequestFacts {
  optionalArray(document.value('messages'), 'messages');
  return { model: '', stream: false };
}

export const bedrockConverse: Dialect = {
  id: 'bedrock-converse',
  // No family of ours is AWS's. The type demands one; Anthropic's is nearest in its blocks and turns. No surface has this dialect.
  family: 'anthropic',
  toolKinds: ['function'],
  toolName: { maxLength: 64, pattern: /^[a-zA-Z0-9_-]+$/ },
  toleratesComments: false,
  opaqueForms: ['signature', 'redacted'],
  readFacts,
  // No client speaks it.
  survey: () => blankSurvey,
  decodeRequest,
  encodeRequest,
  decodeAnswer,
  encodeAnswer,
  createStreamDecoder: (context) => new ConverseStreamDecoder(context),
  createStreamEncoder: (context) => new ConverseStreamEncoder(context),
  createMeter: () => new ConverseMeter(),
  decodeError,
  encodeError,
  encodeStreamError,
};
