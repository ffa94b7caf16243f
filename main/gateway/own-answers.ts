/** Answers that come from here and not from a provider: counts, refusals, failures before any content. */
import { corsHeaders } from './receive.ts';
import type { RecordedRequest, Recorder } from './recorder.ts';
import type { HeaderList } from './relay/client-writer.ts';

/** Our own headers on an answer, as they stand when it begins. */
export function ownHeaders(input: RecordedRequest, recorder: Recorder): HeaderList {
  return [...recorder.headers(), ...corsHeaders(input.request, input.snapshot)];
}

/** A whole JSON answer. */
export function answerPlain(input: RecordedRequest, recorder: Recorder, body: Buffer): void {
  recorder.completed(200);
  input.writer.head(200, [
    ...ownHeaders(input, recorder),
    ['content-type', 'application/json'],
    ['content-length', String(body.length)],
  ]);
  input.writer.end(body);
}

export function answerError(
  input: RecordedRequest,
  recorder: Recorder,
  answer: { readonly status: number; readonly headers: HeaderList; readonly body: Buffer },
): void {
  input.writer.head(answer.status, [
    ...answer.headers,
    ...ownHeaders(input, recorder),
    ['content-length', String(answer.body.length)],
  ]);
  input.writer.end(answer.body);
}
