/** One attempt made ready: the body in the target's dialect, the call its adapter shapes, and the relay that takes the answer. */
import type { ClientDialectId, DialectId, Operation } from '../../shared/domain/dialect.ts';
import { GatewayError } from '../../shared/errors/gateway-error.ts';
import { Scrub } from '../kit/scrub.ts';
import type { AnswerNotes, ClientRequest } from './client-request.ts';
import { dialectById } from './dialect-registry.ts';
import type { JsonDocument } from './dialects/document.ts';
import type { Surface, Target } from './exchange.ts';
import { findMultipartModel, spliceBuffer } from './multipart.ts';
import { limitOf, limitOutput } from './output-limit.ts';
import type { AnswerCollector } from './answer-cache.ts';
import { overrunOf } from './overrun.ts';
import type { ReadFacts } from './plan-exchange.ts';
import type { ExchangeProtection, SentBody } from './protection.ts';
import type { Credential, GatewayPorts } from './ports.ts';
import type { RecordedRequest, Recorder } from './recorder.ts';
import { PlainBody } from './relay/plain-body.ts';
import type { HeaderList } from './relay/client-writer.ts';
import { headerValue, upstreamHeaders } from './relay/headers.ts';
import { Relay } from './relay/relay.ts';
import { emptyAnswerFacts } from './relay/translate.ts';
import type { ResponsesTurn } from './responses-store.ts';
import type { Seat } from './seat.ts';
import {
  keepToModel,
  kindOfAnswer,
  outgoing,
  targetDialect,
  type FieldEdits,
  type OutgoingRequest,
} from './translation.ts';
import type { CallSpec } from './upstream/adapters/adapter.ts';
import { adapterFor } from './upstream/adapters/registry.ts';
import type { PreparedAttempt, SinkHooks } from './upstream/one-attempt.ts';
import { callHeaders } from './upstream/call-headers.ts';
import type { UpstreamCall } from './upstream/client.ts';
import { wayOut } from './way-out.ts';

/** What all attempts of one exchange share. */
export interface AttemptContext {
  readonly input: RecordedRequest;
  readonly read: ReadFacts;
  /** `undefined` for surfaces without a conversation: their bodies are passed on. */
  readonly client: ClientRequest | undefined;
  readonly turn: ResponsesTurn | undefined;
  /** Whether upstream is asked for a stream. */
  readonly stream: boolean;
  /** The whole answer is held back, so that fallback stays free (RTE-47). */
  readonly hold: boolean;
  readonly recorder: Recorder;
  /** What of the body each target gets. */
  readonly protection: ExchangeProtection;
  /** Asked of a whole answer that was held back: why the client must not have it. */
  readonly inspect: ((answer: Buffer) => GatewayError | undefined) | undefined;
  readonly ports: Pick<GatewayPorts, 'log' | 'systemProxy'>;
  /** Our own headers on the answer, as they stand when it begins. */
  readonly answerHeaders: () => HeaderList;
  /** Keeps what an answer is made of, for the exact cache. */
  readonly collect: ((seat: Seat) => AnswerCollector) | undefined;
  /** An answer broke after commit: `true` when another attempt goes on with it. */
  readonly takeOver: (target: Target, error: GatewayError) => boolean;
}

/** One try to make ready. */
export interface AttemptToPrepare {
  readonly target: Target;
  readonly credential: Credential;
  readonly source: UpstreamCall;
  readonly hooks: SinkHooks;
  readonly seat: Seat;
}

/** The body for one target and how its answer is taken. No dialect: a surface that is passed on. */
interface Outgoing extends Omit<OutgoingRequest, 'dialect'> {
  readonly dialect: DialectId | undefined;
  readonly contentType: string;
}

/** Throws when this target cannot be asked; the next one may still be. */
export async function prepareAttempt(
  context: AttemptContext,
  { target, credential, source, hooks, seat }: AttemptToPrepare,
): Promise<PreparedAttempt> {
  const { surface, writer } = context.input;
  const adapter = adapterFor(target.provider);
  const asked = context.turn?.isPassedOn(target) === true ? undefined : context.client;
  const sent = await context.protection.sent(asked?.document ?? context.read.document, target);
  const client = asked && withSent(asked, sent);
  const dialect = client === undefined ? countedIn(target, surface) : targetDialect(target, client.dialect.id);
  const spec: CallSpec = {
    provider: target.provider,
    model: target.model,
    credential,
    // A compaction made here is an ordinary conversation to the target.
    operation: client === undefined ? surface.operation : 'generate',
    dialect,
    surfacePath: surface.path,
    stream: context.stream,
    query: isSameFamily(target, surface, dialect) ? surface.query : new URLSearchParams(),
  };
  const shape = adapter.shape(spec);
  const proxyUrl = wayOut(target.provider, shape.url.origin, {
    snapshot: context.input.snapshot,
    ports: context.ports,
  });
  if (proxyUrl instanceof GatewayError) throw proxyUrl;
  const { maxOutputTokens, limitReason } = seat.permit;
  const edits: FieldEdits = { ...shape, maxOutputTokens, limitReason };
  const out = client === undefined ? passedOn(context, sent, seat, edits) : conversation(context, client, seat, edits);
  const authorization = await adapter.authorize(spec, shape.url, out.body);
  const headers = {
    ...(out.isSame ? upstreamHeaders(context.input.request.headers) : {}),
    ...callHeaders({
      target,
      dialect: out.dialect,
      isSame: out.isSame,
      request: context.input.request,
      contentType: out.contentType,
    }),
    ...out.headers,
    ...target.provider.headers,
    ...authorization,
  };
  const scrub = new Scrub(secretsIn(authorization));
  const relay = new Relay({
    writer,
    scrub,
    source,
    hooks,
    idleMs: target.provider.timeouts.idleMs,
    overrun: context.stream ? overrunOf(seat) : undefined,
    passHeaders: out.isSame,
    hold: context.hold,
    inspect: context.inspect,
    takeOver: (error) => context.takeOver(target, error),
    answerHeaders: context.answerHeaders,
    createBody: (made, status, head) => out.createBody(made, status, head),
  });
  // What runs in the background is written to its end, whoever looks on.
  const runsOn = client?.document.value('background') === true;
  seat.prepared({ dialect: out.dialect, stream: context.stream && !runsOn }, relay);
  return {
    sink: relay,
    scrub,
    request: {
      origin: shape.url.origin,
      hostname: shape.url.hostname.replace(/^\[|\]$/g, ''),
      method: 'POST',
      path: `${shape.url.pathname}${shape.url.search}`,
      headers,
      body: out.body,
      connectMs: target.provider.timeouts.connectMs,
      allowPrivate: target.provider.local,
      proxyUrl,
      tlsCa: target.provider.tlsCa,
    },
  };
}

function withSent(client: ClientRequest, { document }: SentBody): ClientRequest {
  if (document === undefined || document === client.document) return client;
  return { ...client, document, own: client.document };
}

/** Headers of ours that hold a secret, whole or behind `Bearer`. A signature is none: it opens nothing else. */
const secretHeaders = ['authorization', 'x-api-key', 'api-key', 'x-goog-api-key', 'x-amz-security-token'];

function secretsIn(authorization: Readonly<Record<string, string>>): string[] {
  return secretHeaders.flatMap((name) => authorization[name]?.replace(/^Bearer /, '') ?? []);
}

/** The dialect of a token count that is passed on; other passed-on surfaces have none. */
function countedIn(target: Target, surface: Surface): DialectId | undefined {
  return surface.operation === 'count_tokens'
    ? target.provider.dialects.find((id) => id === surface.dialect)
    : undefined;
}

/** A conversation, in the dialect the target speaks best. */
function conversation(context: AttemptContext, client: ClientRequest, seat: Seat, edits: FieldEdits): Outgoing {
  const collector = context.collect?.(seat);
  const notes: AnswerNotes = {
    facts: emptyAnswerFacts(),
    losses: (path, why) => {
      context.recorder.loss(path, why);
    },
    meter: undefined,
    onFirstContent: () => {
      seat.firstContent();
    },
    onSkipped: (why) => {
      context.ports.log.warn('an event of an upstream stream was skipped', {
        requestId: context.input.requestId,
        why,
      });
    },
    onTerminal: () => {
      seat.isTerminal = true;
    },
    onClientText: context.turn?.onClientText,
    onPart: collector?.onPart,
    onResponse: collector?.onResponse,
  };
  const out = outgoing(client, seat.target, notes, edits);
  seat.watched = notes;
  return { ...out, contentType: 'application/json' };
}

/** Transcripts come in the events of Responses, by other names (platform.openai.com, "transcript.text.delta"). */
const eventsOf: Readonly<Partial<Record<Operation, ClientDialectId>>> = {
  completions: 'openai-chat',
  audio: 'openai-responses',
};

/** Surfaces without a conversation: the body with the model's name replaced, the answer as it comes. */
function passedOn(context: AttemptContext, sent: SentBody, seat: Seat, edits: FieldEdits): Outgoing {
  const { target } = seat;
  const { document } = sent;
  const { surface } = context.input;
  const contentType = headerValue(context.input.request.headers, 'content-type') ?? 'application/json';
  const meter = context.input.surface.family === 'openai' ? dialectById('openai-chat').createMeter() : undefined;
  const facts = emptyAnswerFacts();
  let { body } = sent;
  if (document === undefined) {
    const found = findMultipartModel(contentType, body);
    if (found.model !== target.model) body = spliceBuffer(body, found.span, target.model);
  } else {
    document.resetEdits();
    if (document.has('model') && document.value('model') !== target.model)
      document.set('model', JSON.stringify(target.model));
    keepToModel(document, (path, why) => {
      context.recorder.loss(path, why);
    });
    for (const [name, value] of Object.entries(edits.setFields ?? {})) document.set(name, value);
    for (const name of edits.removeFields ?? []) document.remove(name);
    if (context.input.surface.operation === 'completions') limitCompletion(context, document, target, edits);
    body = document.render();
  }
  seat.watched = { facts, meter };
  return {
    dialect: countedIn(target, context.input.surface),
    isSame: true,
    body,
    headers: {},
    contentType,
    createBody: (relay, _status, headers) => {
      const kind = kindOfAnswer(headers, context.stream);
      return new PlainBody(relay, {
        meter,
        contentType: headerValue(headers, 'content-type'),
        isJson: kind === 'json',
        // Numbers hold no texts, and there may be more of them than are held in memory.
        unmask: surface.operation === 'embeddings' ? undefined : context.protection.unmasker,
        streams: kind !== 'json',
        isMetered: kind === 'stream' && context.input.surface.operation === 'completions',
        eventsAs: kind === 'stream' ? eventsOf[context.input.surface.operation] : undefined,
        onFirstContent: () => {
          seat.firstContent();
        },
        onTerminal: () => {
          seat.isTerminal = true;
        },
      });
    },
  };
}

function limitCompletion(
  { recorder }: AttemptContext,
  document: JsonDocument,
  target: Target,
  edits: FieldEdits,
): void {
  const limit = limitOf(edits);
  if (limit === undefined) return;
  const losses = (path: string, why: string): void => {
    recorder.loss(path, why);
  };
  const rules = target.provider.rulesFor(target.model);
  const zeroIsNone = target.provider.kind === 'ollama';
  limitOutput({ format: 'completions', document, limit, rules, keepsNames: true, zeroIsNone, losses });
}

/** The client's query means something only to a target of its own kind. */
function isSameFamily(target: Target, surface: Surface, dialect: DialectId | undefined): boolean {
  if (dialect !== undefined) return dialect === surface.dialect;
  return target.provider.dialects.some((id) => dialectById(id).family === surface.family);
}
