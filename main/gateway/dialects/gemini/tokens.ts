/** countTokens, for answering it without Google: request to canonical, count to response (Gemini API reference, models.countTokens). */
import type { CanonicalRequest, JsonObject } from '../canonical.ts';
import type { DecodeRequestContext } from '../dialect.ts';
import { field, optionalObject } from './read.ts';
import { refuse } from '../fields.ts';
import { decodeRequest } from './request-decode.ts';

/**
 * What is to be counted: the body's own `contents` (with `systemInstruction` and `tools`, as Vertex AI sends them), or the whole
 * `generateContentRequest`. Throws `read.invalid_field` when neither or both are there.
 */
export function decodeCountTokens(body: JsonObject, context: DecodeRequestContext): CanonicalRequest {
  const whole = optionalObject(body, 'generateContentRequest', '');
  if (whole === undefined) return decodeRequest(body, context);
  if (field(body, 'contents') !== undefined)
    refuse('contents', 'send either contents or generateContentRequest, not both.');
  return decodeRequest(whole, context);
}

export function encodeCountTokens(totalTokens: number): JsonObject {
  return { totalTokens, promptTokensDetails: [{ modality: 'TEXT', tokenCount: totalTokens }] };
}
