/** The life of a request: receive → identify → read → admit → route → attempt → relay → settle. A table of contents, stage by stage. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { GatewayError } from '../../shared/errors/gateway-error.ts';
import { errorCodes } from '../../shared/errors/codes.ts';
import type { Family } from '../../shared/domain/dialect.ts';
import { checkHead, corsHeaders, speakerHints } from './receive.ts';
import { ownError, type ErrorAnswer } from './errors.ts';
import type { Principal, Surface } from './exchange.ts';
import { familyOfPath, identify, splitUrl, type SplitUrl } from './identify.ts';
import { answerModels, answerOllamaShow } from './model-list.ts';
import { authenticate, type FailureThrottle } from './policies/authenticate.ts';
import type { GatewayPorts, Snapshot } from './ports.ts';
import { readBody } from './read-body.ts';
import { ClientWriter } from './relay/client-writer.ts';
import { runExchange, type ExchangeDeps } from './run-exchange.ts';

export interface LifecycleDeps extends ExchangeDeps {
  readonly ports: GatewayPorts;
  readonly throttle: FailureThrottle;
  /** Host names and ports this listener answers to. */
  readonly hostNames: () => ReadonlySet<string>;
}

/** Serves one request to its end. Never throws: what fails is answered. `snapshot` stays this request's own. */
export async function handleRequest(
  request: IncomingMessage,
  response: ServerResponse,
  snapshot: Snapshot,
  deps: LifecycleDeps,
): Promise<void> {
  const requestId = `req_${deps.ports.random.id(20)}`;
  const writer = new ClientWriter(response);
  let family: Family = 'openai';
  let surface: Surface | undefined;
  try {
    const url = splitUrl(request.url ?? '/');
    const hints = speakerHints(request);
    family = familyOfPath(url.path, { hints, url });
    checkHead(request, snapshot, deps.hostNames());
    surface = identify({ method: request.method ?? 'GET', url, hints, ollama: snapshot.listen.ollama });
    family = surface.family;
    const { principal, foreignCredential } = admitCaller(request, url, surface, snapshot, deps);
    if (surface.operation === 'models' && surface.id !== 'ollama_show') {
      sendAnswer(writer, request, snapshot, requestId, answerModels({ surface, snapshot, key: principal.key }));
      return;
    }
    checkContentType(request, surface);
    const body = await readBody(request, snapshot.listen.maxBodyBytes);
    if (surface.id === 'ollama_show') {
      sendAnswer(
        writer,
        request,
        snapshot,
        requestId,
        answerOllamaShow({ surface, snapshot, key: principal.key, body }),
      );
      return;
    }
    await runExchange({ request, writer, body, snapshot, surface, principal, foreignCredential, requestId }, deps);
  } catch (error) {
    const known = asGatewayError(error, deps, requestId);
    const detail = known.details?.['family'];
    const shape =
      detail === 'anthropic' || detail === 'gemini' || detail === 'openai' || detail === 'ollama' ? detail : family;
    sendAnswer(writer, request, snapshot, requestId, ownError(shape, surface, known, requestId));
    if (errorCodes[known.code].status === 413 || known.code === 'receive.body_timeout') closeAfter(request, response);
  }
}

function admitCaller(
  request: IncomingMessage,
  url: SplitUrl,
  surface: Surface,
  snapshot: Snapshot,
  deps: LifecycleDeps,
): { principal: Principal; foreignCredential: string | undefined } {
  try {
    const places = { headers: request.headers, pathToken: url.pathToken, queryKey: url.queryKey };
    const { key, foreignCredential } = authenticate(places, snapshot.keys, deps.ports.clock.now());
    const origin = request.headers.origin;
    const origins = [...snapshot.listen.allowedOrigins, ...key.allowedOrigins];
    if (origin !== undefined && !origins.includes(origin)) {
      throw new GatewayError(
        'receive.origin_not_allowed',
        `Pages from ${clean(origin)} may not use this key. Add the origin to the key's allowed_origins if they should.`,
      );
    }
    return {
      principal: { key, client: key.metadata['client'] ?? productOf(request.headers['user-agent']) },
      foreignCredential,
    };
  } catch (error) {
    if (error instanceof GatewayError && error.kind === 'authentication' && error.code !== 'admit.key_missing') {
      const peer = request.socket.remoteAddress ?? '';
      if (deps.throttle.fail(peer, deps.ports.clock.monotonic())) {
        throw new GatewayError('admit.too_many_failures', 'Too many wrong keys from this address; wait a minute.', {
          retryAfterS: 60,
        });
      }
      deps.ports.log.warn('a request with an unusable key was refused', { code: error.code, surface: surface.id });
    }
    throw error;
  }
}

/** SEC-05: a body must be declared as what it is; forms and text/plain are what a web page can send without asking. */
function checkContentType(request: IncomingMessage, surface: Surface): void {
  const type = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  if (type === 'application/json' || /^application\/[a-z0-9.-]+\+json$/.test(type)) return;
  const takesForm =
    surface.path === '/images/edits' || surface.path === '/images/variations' || /^\/audio\/trans/.test(surface.path);
  if (type === 'multipart/form-data' && takesForm) return;
  throw new GatewayError(
    'receive.content_type',
    `${type === '' ? 'No Content-Type was sent' : `Content-Type "${clean(type)}" is not taken`}; send application/json${takesForm ? ' or multipart/form-data' : ''}.`,
    { param: 'content-type' },
  );
}

function asGatewayError(error: unknown, deps: LifecycleDeps, requestId: string): GatewayError {
  if (error instanceof GatewayError) return error;
  deps.ports.log.error('a request failed inside Sluice', {
    requestId,
    error: error instanceof Error ? (error.stack ?? error.message) : String(error),
  });
  return new GatewayError(
    'internal.bug',
    `Sluice failed on this request (${requestId}). This is a bug; its log has the details.`,
    { cause: error },
  );
}

/** Sends a whole answer with our own headers. */
export function sendAnswer(
  writer: ClientWriter,
  request: IncomingMessage,
  snapshot: Snapshot,
  requestId: string,
  answer: Omit<ErrorAnswer, 'code'>,
): void {
  writer.head(answer.status, [
    ...answer.headers,
    ...corsHeaders(request, snapshot),
    ['x-sluice-request-id', requestId],
    // Nothing was sent anywhere.
    ['x-sluice-attempts', '0'],
    ['content-length', String(answer.body.length)],
  ]);
  writer.end(request.method === 'HEAD' ? undefined : answer.body);
}

/** The rest of an unread body is not worth reading: the connection goes once the answer is out. */
function closeAfter(request: IncomingMessage, response: ServerResponse): void {
  response.once('finish', () => {
    request.socket.destroySoon();
  });
}

function productOf(userAgent: string | undefined): string | undefined {
  const product = userAgent?.split(/[/\s(]/)[0];
  return product === undefined || product === '' ? undefined : clean(product);
}

function clean(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?').slice(0, 120);
}
