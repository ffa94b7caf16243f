/** Hands over what was said in an exchange, where that is recorded, and has answers looked through, where that is wanted. */
import type { Surface } from './exchange.ts';
import type { AdmittedRequest } from './plan-exchange.ts';
import type { GatewayPorts, Snapshot } from './ports.ts';
import type { ExchangeProtection } from './protection.ts';
import { isTextType, RecordingWriter } from './relay/recording-writer.ts';

/** Whether answers hold texts at all: numbers and sound do not, and may be long. */
export function saysNothing({ operation, path }: Surface): boolean {
  return operation === 'embeddings' || operation === 'count_tokens' || path.endsWith('/audio/speech');
}

/** Whether answers under this snapshot are copied as they go out. */
export function isCopied({ recording, masking, firewall }: Snapshot): boolean {
  if (recording !== 'none') return true;
  return (masking !== undefined && masking.answers !== 'off') || firewall.some(({ inAnswer }) => inAnswer);
}

/** What begins here ends with `checkAnswer`. Does nothing where nothing is copied. */
export function copyContent({ writer, snapshot, surface }: AdmittedRequest): void {
  if (!(writer instanceof RecordingWriter)) return;
  if (snapshot.recording !== 'none' || !saysNothing(surface)) writer.startCopy();
}

/** After the answer, whatever became of it: what the client got, looked through unless that was done before it got any of it. */
export function checkAnswer(
  { writer, surface }: AdmittedRequest,
  protection: ExchangeProtection | undefined,
): Buffer | undefined {
  if (!(writer instanceof RecordingWriter)) return undefined;
  const answer = writer.takeCopy();
  const check = protection?.answerCheck();
  if (answer !== undefined && check?.holds === false && writer.status < 400 && !saysNothing(surface))
    check.check(answer);
  return answer;
}

/** Files that are uploaded and answers that are no text are left out. */
export function keepContent(
  input: AdmittedRequest,
  answer: Buffer | undefined,
  protection: ExchangeProtection | undefined,
  { ledger }: GatewayPorts,
): void {
  const { snapshot, request, requestId, foreignCredential, body } = input;
  if (snapshot.recording === 'none') return;
  // A client's own login is never stored (SEC-47).
  const secrets = foreignCredential === undefined ? undefined : [foreignCredential];
  const kept = snapshot.recording === 'full' ? { request: body, answer } : redacted(answer, protection);
  if (isTextType(request.headers['content-type']) && kept.request !== undefined && kept.request.length > 0)
    ledger.keepBody?.({ requestId, part: 'request', bytes: kept.request, secrets });
  if (kept.answer !== undefined) ledger.keepBody?.({ requestId, part: 'answer', bytes: kept.answer, secrets });
}

interface Kept {
  readonly request: Buffer | undefined;
  readonly answer: Buffer | undefined;
}

/**
 * As it left the machine. Nothing of what did not leave it, and nothing that went out unmasked: to a provider that is excluded,
 * or because it could not be looked through.
 */
function redacted(answer: Buffer | undefined, protection: ExchangeProtection | undefined): Kept {
  const sent = protection?.lastSent;
  if (protection === undefined || sent === undefined) return { request: undefined, answer: undefined };
  return { request: sent.body, answer: answer && protection.withoutOriginals(answer) };
}
