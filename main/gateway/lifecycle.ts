/** The life of a request: receive → identify → admit → read → route → attempt → relay → settle. A table of contents, stage by stage. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { GatewayError, internalBug } from '../../shared/errors/gateway-error.ts';
import type { Family } from '../../shared/domain/dialect.ts';
import { checkHead, corsHeaders, productOf, speakerHints } from './receive.ts';
import type { BodyBudget } from './body-budget.ts';
import { noteBug, ownError, type ErrorAnswer } from './errors.ts';
import type { Principal, Surface } from './exchange.ts';
import { familyOfPath, identify, splitUrl, type SplitUrl } from './identify.ts';
import { answerModels, answerOllamaShow } from './model-list.ts';
import type { Pause } from './pause.ts';
import { checkSurface } from './policies/access.ts';
import { authenticate, type FailureThrottle } from './policies/authenticate.ts';
import type { GatewayPorts, Snapshot, VirtualKey } from './ports.ts';
import { readBody, type HeldBody } from './read-body.ts';
import { ClientWriter } from './relay/client-writer.ts';
import { RecordingWriter, type CopyRoom } from './relay/recording-writer.ts';
import { isCopied } from './content.ts';
import { runExchange } from './run-exchange.ts';
import type { ExchangeDeps } from './serve-exchange.ts';

/** A client that is refused in the middle of its upload gets this long to notice. */
const lingerMs = 5_000;

export interface LifecycleDeps extends ExchangeDeps {
  readonly ports: GatewayPorts;
  readonly throttle: FailureThrottle;
  readonly bodies: BodyBudget;
  /** For answers that are recorded. */
  readonly copies: CopyRoom;
  readonly pause: Pause;
  /** Whether a key is one of the latest snapshot, whatever snapshot a request runs on. */
  readonly isCurrent: (key: VirtualKey) => boolean;
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
  const writer = isCopied(snapshot) ? new RecordingWriter(response, deps.copies) : new ClientWriter(response);
  let family: Family = 'openai';
  let surface: Surface | undefined;
  let body: HeldBody | undefined;
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
    const paused = deps.pause.state;
    // What runs goes on, with the judge it asks; what we answer ourselves needs nobody.
    if (paused?.mode === 'block' && surface.operation !== 'models' && !deps.judge.isOwn({ request })) {
      throw deps.pause.refusal(paused);
    }
    checkContentType(request, surface);
    body = await readBody(request, {
      maxBytes: snapshot.listen.maxBodyBytes,
      budget: deps.bodies,
      // A client that waits to be asked for its body is not asked for one that is refused.
      onWanted: () => {
        if (waitsToBeAsked(request)) response.writeContinue();
      },
    });
    // An upload can take its time: a key that was revoked or disabled meanwhile is no key any more.
    if (!deps.isCurrent(principal.key)) {
      throw new GatewayError(
        'admit.key_invalid',
        `The key "${principal.key.name}" was revoked or disabled. Give the client another one: sluice keys create --name NAME.`,
      );
    }
    const { bytes } = body;
    if (surface.id === 'ollama_show') {
      const shown = answerOllamaShow({ surface, snapshot, key: principal.key, body: bytes });
      sendAnswer(writer, request, snapshot, requestId, shown);
      return;
    }
    await runExchange(
      { request, writer, body: bytes, snapshot, surface, principal, foreignCredential, requestId },
      deps,
    );
  } catch (error) {
    const known = error instanceof GatewayError ? error : internalBug('answering this request', error);
    noteBug(deps.ports.log, requestId, known);
    deps.ports.metrics?.refused(known.code);
    const detail = known.details?.['family'];
    const shape =
      detail === 'anthropic' || detail === 'gemini' || detail === 'openai' || detail === 'ollama' ? detail : family;
    sendAnswer(writer, request, snapshot, requestId, ownError(shape, surface, known, requestId));
  } finally {
    body?.release();
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
    const { headers, rawHeaders } = request;
    const places = { headers, rawHeaders, pathToken: url.pathToken, queryKeys: url.queryKeys };
    const { key, foreignCredential } = authenticate(places, snapshot.keys, deps.ports.clock.now());
    const origin = request.headers.origin;
    const origins = [...snapshot.listen.allowedOrigins, ...key.allowedOrigins];
    if (origin !== undefined && !origins.includes(origin)) {
      throw new GatewayError(
        'receive.origin_not_allowed',
        `Pages from ${clean(origin)} may not use this key. Add the origin to the key's allowed_origins if they should.`,
      );
    }
    checkSurface(key, surface);
    return {
      principal: { key, client: clientOf(key, request) },
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

/** A key says whose it is, else the client does. Only we ourselves may name another with each request. */
function clientOf({ isOwn, metadata }: VirtualKey, { headers }: IncomingMessage): string | undefined {
  const named = isOwn === true ? [headers['x-sluice-client']].flat()[0] : undefined;
  return named ?? metadata['client'] ?? productOf(headers['user-agent']);
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

/** Sends a whole answer with our own headers. A body nobody will read takes its connection with it. */
export function sendAnswer(
  writer: ClientWriter,
  request: IncomingMessage,
  snapshot: Snapshot,
  requestId: string,
  answer: Omit<ErrorAnswer, 'code'>,
): void {
  const unread = hasBody(request) && !request.complete;
  writer.head(answer.status, [
    ...answer.headers,
    ...corsHeaders(request, snapshot),
    ['x-sluice-request-id', requestId],
    // Nothing was sent anywhere.
    ['x-sluice-attempts', '0'],
    ...(unread ? ([['connection', 'close']] as const) : []),
    ['content-length', String(answer.body.length)],
  ]);
  const text = request.method === 'HEAD' ? undefined : answer.body;
  // From a client that has closed its side there is no rest to come.
  if (!unread || request.socket.readableEnded) {
    writer.end(text);
    return;
  }
  if (text !== undefined) writer.write(text);
  afterRest(request, () => {
    writer.end();
  });
}

function waitsToBeAsked(request: IncomingMessage): boolean {
  return request.httpVersion !== '1.0' && request.headers.expect?.toLowerCase() === '100-continue';
}

export function hasBody(request: IncomingMessage): boolean {
  const { headers } = request;
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

/**
 * Throws away what still comes of a body, for a while: a connection closed with bytes unread is reset, and the answer may be
 * lost with it. The answer is whole by its length, so that no client has to wait for this.
 */
function afterRest(request: IncomingMessage, done: () => void): void {
  const timer = setTimeout(finish, lingerMs);
  function finish(): void {
    clearTimeout(timer);
    done();
  }
  request.once('end', finish);
  request.once('close', finish);
  request.resume();
}

function clean(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?').slice(0, 120);
}
