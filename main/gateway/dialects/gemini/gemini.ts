/** The Gemini API's generateContent and streamGenerateContent, for clients and as a target; Vertex AI speaks the same. */
import type { Dialect, RequestFacts } from '../dialect.ts';
import type { JsonDocument } from '../document.ts';
import { decodeAnswer, encodeAnswer } from './answer.ts';
import { decodeError, encodeError, encodeStreamError } from './errors.ts';
import { createMeter } from './meter.ts';
import { checkFacts, decodeRequest } from './request-decode.ts';
import { encodeRequest } from './request-encode.ts';
import { createStreamDecoder } from './stream-decode.ts';
import { createStreamEncoder } from './stream-encode.ts';

export { createArrayFraming } from './array-framing.ts';
export { decodeCountTokens, encodeCountTokens } from './tokens.ts';

export const gemini: Dialect = {
  id: 'gemini',
  family: 'gemini',
  toolKinds: ['function'],
  // The API reference says 128 since 2026, Vertex AI and older API versions refuse more than 64.
  toolName: { maxLength: 64, pattern: /^[a-zA-Z_][a-zA-Z0-9_.:-]{0,63}$/ },
  toleratesComments: false,
  opaqueForms: ['thought_signature'],
  readFacts,
  decodeRequest,
  encodeRequest,
  decodeAnswer,
  encodeAnswer,
  createStreamDecoder,
  createStreamEncoder,
  createMeter,
  decodeError,
  encodeError,
  encodeStreamError,
};

/** Model and stream are said by the path: here they are empty and `false`, and the path's word counts. */
function readFacts(document: JsonDocument): RequestFacts {
  checkFacts(document.value('contents'));
  return { model: '', stream: false };
}
