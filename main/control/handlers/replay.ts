/** Sends recorded requests once more, as a client of their dialect would. */
import type { ParsedInput } from '../../../shared/contract/contract.ts';
import type { ExchangeEntry } from '../../../shared/contract/traffic.ts';
import type { SurfaceId } from '../../../shared/domain/dialect.ts';
import { namedSurfaces, pathOf } from '../../../shared/domain/request-shape.ts';
import { GatewayError } from '../../../shared/errors/gateway-error.ts';
import type { LedgerQueries } from '../../ledger/ledger.ts';
import type { ControlNeeds } from '../needs.ts';
import { failureOf, headOf } from '../own-answer.ts';
import type { OwnAnswer, OwnRequest, OwnRequests } from '../window-needs.ts';
import type { Handlers } from './handler.ts';
import { noSuchExchange } from './traffic.ts';

/** Each holds a body of megabytes. */
const maxRunning = 8;
/** More of an answer is not waited for; nobody reads it. */
const maxAnswerBytes = 256 * 1024 * 1024;

export function replayHandlers({ ledger, running }: ControlNeeds): Handlers {
  const own = running?.own;
  if (own === undefined) return {};
  let count = 0;
  return {
    'traffic.replay': async (input) => {
      if (count >= maxRunning)
        throw refused(`${String(maxRunning)} requests are being sent again: wait until one ends.`);
      count += 1;
      try {
        return await replay(input, ledger, own);
      } finally {
        count -= 1;
      }
    },
  };
}

async function replay(
  input: ParsedInput<'traffic.replay'>,
  ledger: LedgerQueries,
  own: OwnRequests,
): Promise<{ request_id: string; status: number }> {
  const found = await ledger.byRequestId(input.request_id);
  if (found === undefined) throw noSuchExchange(input.request_id);
  const body = input.body ?? (await recordedBody(ledger, input.request_id));
  let answer: OwnAnswer;
  try {
    answer = await own.send(requestOf(found.entry, body, input.model));
  } catch (error) {
    throw error instanceof GatewayError ? error : refused(failureOf(error).message);
  }
  const { requestId } = headOf(answer.headers);
  if (requestId === null) throw refused('What answered is not our own port: it named no request.');
  await throwAway(answer.body);
  return { request_id: requestId, status: answer.status };
}

async function recordedBody(ledger: LedgerQueries, requestId: string): Promise<Uint8Array> {
  const body = (await ledger.bodiesOf(requestId)).find(({ part }) => part === 'request');
  if (body?.bytes !== undefined) return body.bytes;
  throw refused(
    body === undefined
      ? 'What this request said was not recorded, so it cannot be sent again. Set `logging.content` to `redacted` or `full`; requests from then on can.'
      : 'What this request said is recorded but cannot be opened: the key it was sealed with is gone. It cannot be sent again.',
  );
}

/** Its end is in the ledger, whatever it is. */
async function throwAway(body: AsyncIterable<Uint8Array>): Promise<void> {
  let bytes = 0;
  try {
    for await (const chunk of body) {
      bytes += chunk.length;
      if (bytes > maxAnswerBytes) return;
    }
  } catch {
    // It broke off: the exchange says so.
  }
}

function requestOf(entry: ExchangeEntry, body: string | Uint8Array, model: string | undefined): OwnRequest {
  const path = pathFor(entry, model, body);
  const isGemini = entry.surface.startsWith('gemini_');
  return {
    path,
    headers: headersFor(entry),
    // A path of Gemini's names the model, its body does not.
    body: model === undefined || isGemini ? body : withModel(body, model),
    client: 'Replay',
  };
}

/** Paths of surfaces whose words are not those of conditions. */
const paths: Partial<Record<SurfaceId, string>> = {
  ...Object.fromEntries(namedSurfaces.map((name) => [name, pathOf(name, {})])),
  responses_compact: '/v1/responses/compact',
  messages_count_tokens: '/v1/messages/count_tokens',
  ollama_chat: '/api/chat',
  ollama_generate: '/api/generate',
};

const geminiMethods: Partial<Record<SurfaceId, string>> = {
  gemini_generate: 'generateContent',
  gemini_stream: 'streamGenerateContent?alt=sse',
  gemini_count_tokens: 'countTokens',
};

function pathFor(
  { surface, model_asked }: ExchangeEntry,
  model: string | undefined,
  body: string | Uint8Array,
): string {
  const method =
    surface === 'gemini_embed'
      ? fieldsOf(body)?.['requests'] === undefined
        ? 'embedContent'
        : 'batchEmbedContents'
      : rowOf(geminiMethods, surface);
  if (method === undefined) {
    const path = rowOf(paths, surface);
    if (path !== undefined) return path;
    throw refused(`Requests of this kind (${surface}) cannot be sent again: they hold no conversation.`);
  }
  const path = pathOf('gemini', { model: model ?? model_asked });
  if (path === undefined) throw refused('It named no model, which a Gemini path needs: choose one to send it to.');
  return path.replace(/:generateContent$/, () => `:${method}`);
}

function rowOf<Value>(table: Readonly<Partial<Record<string, Value>>>, name: string): Value | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

/** What clients of a dialect send with it. Credentials are added by who sends it. */
function headersFor({ surface, stream }: ExchangeEntry): Record<string, string> {
  return {
    'content-type': 'application/json',
    accept: stream ? 'text/event-stream' : 'application/json',
    // The only version there is of it (Anthropic API reference, "Versions").
    ...(surface.startsWith('messages') ? { 'anthropic-version': '2023-06-01' } : {}),
  };
}

function withModel(body: string | Uint8Array, model: string): string {
  const fields = fieldsOf(body);
  if (fields === undefined) throw refused('What it said is no JSON object, so it cannot be sent to another model.');
  return JSON.stringify({ ...fields, model });
}

function fieldsOf(body: string | Uint8Array): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(typeof body === 'string' ? body : new TextDecoder().decode(body));
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

function refused(message: string): GatewayError {
  return new GatewayError('control.refused', message);
}
