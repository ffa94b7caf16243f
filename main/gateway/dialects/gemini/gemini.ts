/** The Gemini API's generateContent and streamGenerateContent, for clients and as a target; Vertex AI speaks the same. */
import { GatewayError } from '../../../../shared/errors/gateway-error.ts';
import { isObject, type Dialect, type RequestFacts } from '../dialect.ts';
import type { JsonDocument } from '../document.ts';
import { wrong } from '../fields.ts';
import { decodeAnswer, encodeAnswer } from './answer.ts';
import { decodeError, encodeError, encodeStreamError } from './errors.ts';
import { createMeter } from './meter.ts';
import { camelOf } from './read.ts';
import { decodeRequest } from './request-decode.ts';
import { encodeRequest } from './request-encode.ts';
import { createStreamDecoder } from './stream-decode.ts';
import { createStreamEncoder } from './stream-encode.ts';
import { survey } from './survey.ts';

export { createArrayFraming } from './array-framing.ts';

export const gemini: Dialect = {
  id: 'gemini',
  family: 'gemini',
  toolKinds: ['function'],
  // The API reference says 128 since 2026, Vertex AI and older API versions refuse more than 64.
  toolName: { maxLength: 64, pattern: /^[a-zA-Z_][a-zA-Z0-9_.:-]{0,63}$/ },
  toleratesComments: false,
  opaqueForms: ['thought_signature'],
  readFacts,
  survey,
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

/** `[` and, for a single content without its list, `{`. */
const messageStarts: ReadonlySet<number | undefined> = new Set([0x5b, 0x7b]);

/** Model and stream are said by the path: here they are empty and `false`, and the path's word counts. */
function readFacts(document: JsonDocument): RequestFacts {
  const span = document.span('contents');
  // Looked at, not parsed: the contents are all but the whole of a body.
  const isMessage = span !== undefined && messageStarts.has(document.bytes[span.start]);
  const contents = isMessage ? undefined : document.value('contents');
  if (contents !== undefined && contents !== null) throw wrong('contents', 'an array', contents);
  refuseTwice(document.keys());
  const config = document.value('generationConfig') ?? document.value('generation_config');
  if (isObject(config)) refuseTwice(Object.keys(config));
  return { model: '', stream: false };
}

/** Google may take either spelling of a field that is there in both: a limit that was judged must be the one that holds. */
function refuseTwice(names: Iterable<string>): void {
  const seen = new Set<string>();
  for (const name of names) {
    const camel = camelOf(name);
    if (seen.has(camel))
      throw new GatewayError('read.duplicate_key', `The field "${camel}" occurs in two spellings. Send it once.`, {
        param: camel,
      });
    seen.add(camel);
  }
}
