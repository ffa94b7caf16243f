/** Error answers before any content: ours in the client's dialect, an upstream's own as it came. */
import { messageOf, stackOf } from '../kit/unquoted.ts';
import type { Family } from '../../shared/domain/dialect.ts';
import { GatewayError } from '../../shared/errors/gateway-error.ts';
import type { CanonicalError, JsonObject } from './dialects/canonical.ts';
import { clientDialectById, dialectById } from './dialect-registry.ts';
import { isJsonText } from './dialects/document.ts';
import type { Surface } from './exchange.ts';
import type { LogPort } from './ports.ts';
import { canonicalErrorOf } from './relay/bodies.ts';
import type { HeaderList } from './relay/client-writer.ts';
import { encodingsOf, unpack } from './relay/decompress.ts';
import { clientHeaders, headerValue } from './relay/headers.ts';
import type { HeadMap } from './upstream/client.ts';
import type { AttemptFailure, UpstreamErrorAnswer } from './upstream/failure.ts';

export interface ErrorAnswer {
  readonly status: number;
  readonly headers: HeaderList;
  readonly body: Buffer;
  /** For the record: our code, or `upstream.<status>`. */
  readonly code: string;
}

/** The dialect whose error shape a family's surfaces use. */
const familyDialect = { openai: 'openai-chat', anthropic: 'anthropic-messages', gemini: 'gemini' } as const;

export function encodeErrorFor(family: Family, error: CanonicalError, requestId: string): JsonObject {
  if (family === 'ollama') return { error: error.message };
  return dialectById(familyDialect[family]).encodeError(error, requestId);
}

/** One of our refusals or failures. */
export function ownError(
  family: Family,
  surface: Surface | undefined,
  error: GatewayError,
  requestId: string,
): ErrorAnswer {
  const canonical = withoutHints(canonicalErrorOf(error));
  const body =
    surface?.dialect === undefined
      ? encodeErrorFor(family, canonical, requestId)
      : clientDialectById(surface.dialect).encodeError(canonical, requestId);
  const headers: [string, string][] = [
    ['content-type', 'application/json'],
    ['x-sluice-error', error.code],
  ];
  if (error.retryAfterS !== undefined) headers.push(['retry-after', String(error.retryAfterS)]);
  const allow = error.details?.['allow'];
  if (typeof allow === 'string') headers.push(['allow', allow]);
  // Our own faults are not worth the storm of retries that agents start on a 5xx (WIRE 1.10); the OpenAI and Anthropic SDKs obey this.
  // Nor is what a budget has no money for, unless that is only kept back by requests that run, nor what people paused.
  if (error.code === 'internal.bug' || isLongWait(error)) headers.push(['x-should-retry', 'false']);
  return { status: error.status, headers, body: Buffer.from(JSON.stringify(body)), code: error.code };
}

/** Clients try again within seconds, whatever they are told: that is in vain where it takes longer. */
const patienceS = 60;

function isLongWait({ code, retryAfterS }: GatewayError): boolean {
  const waits = code === 'admit.budget_exhausted' || code === 'admit.paused';
  return waits && (retryAfterS === undefined || retryAfterS > patienceS);
}

/** A bug is told in full to the log, where its message sends people; other errors have said all there is. */
export function noteBug(log: LogPort, requestId: string, error: GatewayError | undefined): void {
  if (error?.code !== 'internal.bug') return;
  const { cause } = error;
  log.error('a request failed inside Sluice', {
    requestId,
    error: cause instanceof Error ? (stackOf(cause) ?? messageOf(cause)) : String(cause),
  });
}

/** These steer how an answer is made and what comes after it; a client has no use for them in its body. */
const hints: ReadonlySet<string> = new Set(['family', 'allow', 'webPage']);

function withoutHints(error: CanonicalError): CanonicalError {
  const told = Object.entries(error.details ?? {}).filter(([name]) => !hints.has(name));
  return { ...error, details: told.length === 0 ? undefined : Object.fromEntries(told) };
}

export interface FailedAnswerInput {
  readonly surface: Surface;
  readonly failures: readonly AttemptFailure[];
  readonly requestId: string;
  /** Every provider failed on the way to it. */
  readonly offline: boolean;
}

/** Everything failed: the last upstream answer as it came (same family) or translated; else our own error with its children. */
export function failedAnswer(input: FailedAnswerInput): ErrorAnswer {
  const { surface, failures, requestId, offline } = input;
  const last = failures[failures.length - 1];
  if (last === undefined)
    return ownError(
      surface.family,
      surface,
      new GatewayError('route.no_target', 'There was no target to try.'),
      requestId,
    );
  const { answer } = last;
  if (answer === undefined) {
    return ownError(surface.family, surface, withChildren(failures, last, offline), requestId);
  }
  return upstreamError(surface, answer, requestId);
}

/** The last failure, with those before it and what they have in common. */
function withChildren(failures: readonly AttemptFailure[], { error }: AttemptFailure, offline: boolean): GatewayError {
  const isDown = offline && error.blame === 'network';
  if (failures.length === 1 && !isDown) return error;
  const lead = isDown ? 'This machine is offline: every provider failed on the way to it. ' : '';
  const all =
    failures.length === 1 ? '' : ` (${String(failures.length)} attempts failed: ${failures.map(brief).join('; ')}.)`;
  return new GatewayError(error.code, `${lead}${error.message}${all}`, {
    status: error.status,
    retryAfterS: error.retryAfterS,
    children: failures.map((one) => one.error),
  });
}

function brief(failure: AttemptFailure): string {
  const what = failure.answer === undefined ? failure.error.code : String(failure.answer.status);
  return `${failure.target.provider.id}/${failure.target.model}: ${what}`;
}

/** An error body as text; empty when it cannot be unpacked. */
export function errorText(headers: HeadMap, body: Buffer): string {
  return unpack(body, encodingsOf(headerValue(headers, 'content-encoding')))?.toString('utf8') ?? '';
}

function upstreamError(surface: Surface, answer: UpstreamErrorAnswer, requestId: string): ErrorAnswer {
  const encodings = encodingsOf(headerValue(answer.headers, 'content-encoding'));
  const unpacked = unpack(answer.body, encodings);
  if (unpacked === undefined) {
    const problem = `Provider "${answer.target.provider.id}" answered ${String(answer.status)} with a body that could not be unpacked (${encodings.join(', ')}).`;
    const error = new GatewayError('attempt.decompression', problem, { status: answer.status });
    return ownError(surface.family, surface, error, requestId);
  }
  // SEC-52: it passes unmodified, except that a credential it echoes is taken out.
  const body = answer.scrub.bytes(unpacked);
  const code = `upstream.${String(answer.status)}`;
  const retryMs = answer.waitMs;
  const retry: [string, string][] =
    retryMs === undefined ? [] : [['retry-after', String(Math.max(1, Math.ceil(retryMs / 1000)))]];
  const contentType = headerValue(answer.headers, 'content-type') ?? 'application/json';
  // Clients parse what claims to be JSON without a look; what was cut on its way is none.
  if (speaksSame(surface, answer) && (!/json/i.test(contentType) || isJsonText(body))) {
    const passed = clientHeaders(answer.headers).filter(
      ([name, value]) => (name !== 'retry-after' || retryMs === undefined) && answer.scrub.text(value) === value,
    );
    return {
      status: answer.status,
      headers: [...passed, ...retry, ['content-type', contentType], ['x-sluice-error', code]],
      body,
      code,
    };
  }
  const spoken = answer.target.provider.dialects[0] ?? 'openai-chat';
  const canonical = dialectById(spoken).decodeError(answer.status, body.toString('utf8'));
  const encoded =
    surface.dialect === undefined
      ? encodeErrorFor(surface.family, canonical, requestId)
      : clientDialectById(surface.dialect).encodeError(canonical, requestId);
  return {
    status: answer.status,
    headers: [['content-type', 'application/json'], ...retry, ['x-sluice-error', code]],
    body: Buffer.from(JSON.stringify(encoded)),
    code,
  };
}

/** The upstream's words are the client's words: same dialect, or the same family's error shape. */
function speaksSame(surface: Surface, answer: UpstreamErrorAnswer): boolean {
  if (answer.target.provider.dialects.some((id) => id === surface.dialect)) return true;
  // Bedrock's words are nobody else's, whatever family its dialect is filed under.
  return answer.target.provider.dialects.some(
    (id) => id !== 'bedrock-converse' && dialectById(id).family === surface.family,
  );
}
