/** Hands over what was said in an exchange, where that is recorded. */
import type { AdmittedRequest } from './plan-exchange.ts';
import type { GatewayPorts } from './ports.ts';
import { isTextType, RecordingWriter } from './relay/recording-writer.ts';

/** What begins here ends with `keepContent`. Does nothing where content is not recorded. */
export function copyContent({ writer }: AdmittedRequest): void {
  if (writer instanceof RecordingWriter) writer.startCopy();
}

/** After the answer, whatever became of it. Files that are uploaded and answers that are no text are left out. */
export function keepContent(input: AdmittedRequest, { ledger }: GatewayPorts): void {
  const { writer, request, requestId, foreignCredential } = input;
  if (!(writer instanceof RecordingWriter)) return;
  const answer = writer.takeCopy();
  // A client's own login is never stored (SEC-47).
  const secrets = foreignCredential === undefined ? undefined : [foreignCredential];
  if (isTextType(request.headers['content-type']) && input.body.length > 0)
    ledger.keepBody?.({ requestId, part: 'request', bytes: input.body, secrets });
  if (answer !== undefined) ledger.keepBody?.({ requestId, part: 'answer', bytes: answer, secrets });
}
