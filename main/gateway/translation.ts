/** What goes to a target and what comes back: bytes with splices where the dialects are equal, canonical form where they are not. */
import { GatewayError } from '../../shared/errors/gateway-error.ts';
import { kindFacts } from '../../shared/config/provider.ts';
import type { ClientDialectId, DialectId } from '../../shared/domain/dialect.ts';
import type { CanonicalRequest, JsonObject, LossSink, StreamPart } from './dialects/canonical.ts';
import type { ClientDialect, Dialect, EncodeAnswerContext, Meter } from './dialects/dialect.ts';
import type { JsonDocument } from './dialects/document.ts';
import { usageInjection } from './dialects/openai-chat/openai-chat.ts';
import { createArrayFraming } from './dialects/gemini/gemini.ts';
import { dialectById } from './dialect-registry.ts';
import type { Surface, Target } from './exchange.ts';
import type { AnswerRewrite } from './responses-store.ts';
import { PlainBody, SameStreamBody, type ErrorEnding } from './relay/bodies.ts';
import { headerValue, type IncomingHeaders } from './relay/headers.ts';
import type { AnswerBody, Relay } from './relay/relay.ts';
import { TranslatedStreamBody, TranslatedWholeBody, partsOfResponse, type AnswerFacts } from './relay/translate.ts';
import { holdsHandle, ReasoningKeeper, restoreReasoning, type KeeperContext } from './reasoning-keeper.ts';
import { lowerTools, type ToolRestorer } from './tool-lowering.ts';

/** The client's request, read once and shared by all attempts. */
export interface ClientRequest {
  readonly surface: Surface;
  readonly dialect: ClientDialect;
  readonly document: JsonDocument;
  /** The answer becomes something else: a compaction. */
  readonly rewrite: AnswerRewrite | undefined;
  readonly model: string;
  readonly stream: boolean;
  readonly requestId: string;
  readonly createdAt: number;
  readonly newId: (prefix: string) => string;
  readonly keeper: KeeperContext;
}

/** Where what an answer tells is written down. */
export interface AnswerNotes {
  readonly facts: AnswerFacts;
  readonly losses: LossSink;
  meter: Meter | undefined;
  readonly onFirstContent: () => void;
  readonly onSkipped: (why: string) => void;
  /** The dialect's end was seen. */
  readonly onTerminal: () => void;
  /** Wire text of the client's final answer, for what must be kept of it. */
  onClientText?: ((text: string) => void) | undefined;
}

export interface OutgoingRequest {
  readonly dialect: DialectId;
  readonly isSame: boolean;
  readonly body: Buffer;
  /** Extra headers the body needs. */
  readonly headers: Readonly<Record<string, string>>;
  createBody(relay: Relay, status: number, headers: IncomingHeaders): AnswerBody;
}

/** The dialect a target is spoken to in: the client's if the target knows it, else the target's best. */
export function targetDialect(target: Target, client: ClientDialectId): DialectId {
  const spoken = target.provider.dialects.filter((id) => fitsModel(target, id));
  const best = spoken.find((id) => id === client) ?? spoken[0];
  if (best === undefined) {
    throw new GatewayError(
      'route.operation_unsupported',
      `Provider "${target.provider.id}" does not hold conversations. Ask for a model of one that does.`,
    );
  }
  return best;
}

/** Vertex serves Gemini and Claude under one roof, each in its own dialect only. */
function fitsModel(target: Target, id: DialectId): boolean {
  if (kindFacts[target.provider.kind].adapter !== 'vertex') return true;
  return target.model.startsWith('claude') === (id === 'anthropic-messages');
}

export interface FieldEdits {
  readonly setFields?: Readonly<Record<string, string>> | undefined;
  readonly removeFields?: readonly string[] | undefined;
}

/** Builds the body for one target. `edits` are the adapter's. */
export function outgoing(
  client: ClientRequest,
  target: Target,
  notes: AnswerNotes,
  edits: FieldEdits,
): OutgoingRequest {
  const id = targetDialect(target, client.dialect.id);
  const isSame = id === client.dialect.id && !holdsHandle(client.document.bytes);
  return isSame
    ? sameDialect(client, target, dialectById(id), notes, edits)
    : otherDialect(client, target, dialectById(id), notes, edits);
}

function sameDialect(
  client: ClientRequest,
  target: Target,
  dialect: Dialect,
  notes: AnswerNotes,
  edits: FieldEdits,
): OutgoingRequest {
  const { document } = client;
  document.resetEdits();
  const rules = target.provider.rulesFor(target.model);
  const namesTarget = client.model === target.model || client.model === `${target.provider.id}/${target.model}`;
  if (dialect.id !== 'gemini' && document.value('model') !== target.model)
    document.set('model', JSON.stringify(target.model));
  // A client that named this very model gets its own bytes answered; behind an alias it cannot know what the model refuses.
  if (!namesTarget) applyRules(document, dialect, rules, notes.losses);
  for (const [name, value] of Object.entries(edits.setFields ?? {})) document.set(name, value);
  for (const name of edits.removeFields ?? []) document.remove(name);
  const hideUsage =
    dialect.id === 'openai-chat' && client.stream && rules.noStreamOptions !== true && usageInjection(document);
  const meter = dialect.createMeter();
  notes.meter = meter;
  const body = document.render();
  return {
    dialect: dialect.id,
    isSame: true,
    body,
    headers: {},
    createBody(relay, _status, headers) {
      const kind = kindOfAnswer(headers, client.stream);
      if (kind === 'stream') {
        if (!client.stream) throw unaskedStream(target);
        return new SameStreamBody(relay, {
          meter,
          hideUsage,
          ending: endingOf(client),
          contentType: streamContentType(client),
          onFirstContent: notes.onFirstContent,
          onSkipped: notes.onSkipped,
          onTerminal: notes.onTerminal,
        });
      }
      if (client.stream || client.rewrite !== undefined)
        return wholeAsStream(client, target, dialect, notes, relay, undefined);
      return new PlainBody(relay, {
        meter,
        contentType: headerValue(headers, 'content-type') ?? 'application/json',
        isJson: kind === 'json',
        onFirstContent: notes.onFirstContent,
      });
    },
  };
}

function applyRules(
  document: JsonDocument,
  dialect: Dialect,
  rules: ReturnType<Target['provider']['rulesFor']>,
  losses: LossSink,
): void {
  for (const name of rules.refusedFields ?? []) {
    if (!document.has(name)) continue;
    document.remove(name);
    losses(name, 'this target refuses the field');
  }
  if (dialect.id !== 'openai-chat') return;
  const limit = document.span('max_tokens');
  if (rules.maxCompletionTokens === true && limit !== undefined && !document.has('max_completion_tokens')) {
    document.set('max_completion_tokens', document.bytes.toString('utf8', limit.start, limit.end));
    document.remove('max_tokens');
  }
  if (rules.noSampling !== true) return;
  for (const name of ['temperature', 'top_p', 'presence_penalty', 'frequency_penalty']) {
    if (!document.has(name) || document.value(name) === 1) continue;
    document.remove(name);
    losses(name, 'reasoning models refuse it');
  }
}

function otherDialect(
  client: ClientRequest,
  target: Target,
  dialect: Dialect,
  notes: AnswerNotes,
  edits: FieldEdits,
): OutgoingRequest {
  const { losses } = notes;
  const mint = target.provider.id;
  const decoded = client.dialect.decodeRequest(client.document.root(), {
    model: target.model,
    stream: client.stream,
    losses,
    newId: client.newId,
  });
  const own: CanonicalRequest = { ...decoded, model: target.model, stream: client.stream };
  const restored = restoreReasoning(own, mint, client.keeper, losses, dialect.id);
  const lowered = lowerTools(restored, dialect, losses);
  const encoded = dialect.encodeRequest(lowered.request, {
    mint,
    rules: target.provider.rulesFor(target.model),
    losses,
    newId: client.newId,
  });
  const body = withEdits(encoded.body, edits);
  return {
    dialect: dialect.id,
    isSame: false,
    body: Buffer.from(JSON.stringify(body), 'utf8'),
    headers: encoded.headers ?? {},
    createBody(relay, _status, headers) {
      const kind = kindOfAnswer(headers, client.stream);
      if (kind === 'stream' && !client.stream) throw unaskedStream(target);
      if (kind !== 'stream')
        return wholeAsStream(client, target, dialect, notes, relay, { request: own, restore: lowered.restore });
      return translatedStream(client, target, dialect, notes, relay, { request: own, restore: lowered.restore });
    },
  };
}

function unaskedStream(target: Target): GatewayError {
  return new GatewayError(
    'attempt.not_an_answer',
    `Provider "${target.provider.id}" answered with a stream that was not asked for.`,
  );
}

function withEdits(body: JsonObject, edits: FieldEdits): JsonObject {
  if (edits.setFields === undefined && edits.removeFields === undefined) return body;
  const changed: Record<string, JsonObject[string]> = { ...body };
  for (const [name, value] of Object.entries(edits.setFields ?? {}))
    changed[name] = JSON.parse(value) as JsonObject[string];
  for (const name of edits.removeFields ?? []) Reflect.deleteProperty(changed, name);
  return changed;
}

interface Turn {
  readonly request: CanonicalRequest;
  readonly restore: ToolRestorer | undefined;
}

function translatedStream(
  client: ClientRequest,
  target: Target,
  dialect: Dialect,
  notes: AnswerNotes,
  relay: Relay,
  turn: Turn,
): AnswerBody {
  const keeper = new ReasoningKeeper(client.keeper);
  const restore = turn.restore;
  const encoder = client.dialect.createStreamEncoder(answerContext(client, turn, notes.losses));
  return new TranslatedStreamBody(relay, {
    decoder: dialect.createStreamDecoder({ mint: target.provider.id, losses: notes.losses, newId: client.newId }),
    encoder: {
      encode(part: StreamPart): string {
        const text = encoder.encode(part);
        notes.onClientText?.(text);
        return text;
      },
    },
    transform: (part) => (restore === undefined ? [part] : restore.part(part)).map((one) => keeper.part(one)),
    framing: dialect.id === 'bedrock-converse' ? 'aws' : 'sse',
    ending: endingOf(client),
    contentType: streamContentType(client),
    facts: notes.facts,
    onFirstContent: notes.onFirstContent,
    onSkipped: notes.onSkipped,
    onTerminal: notes.onTerminal,
  });
}

/** A plain answer, given to the client as it asked: whole, or as the stream it would have been. */
function wholeAsStream(
  client: ClientRequest,
  target: Target,
  dialect: Dialect,
  notes: AnswerNotes,
  relay: Relay,
  turn: Turn | undefined,
): AnswerBody {
  const keeper = new ReasoningKeeper(client.keeper);
  const request = turn ?? { request: decodeForEcho(client, target), restore: undefined };
  const context = answerContext(client, request, notes.losses);
  return new TranslatedWholeBody(relay, {
    decode: (body) =>
      dialect.decodeAnswer(body, { mint: target.provider.id, losses: notes.losses, newId: client.newId }),
    transform: (response) =>
      keeper.response(request.restore === undefined ? response : request.restore.response(response)),
    encode: (response) => {
      if (client.rewrite !== undefined)
        return client.rewrite.text(client.dialect.encodeAnswer(response, context), response.usage);
      if (!client.stream) {
        const text = JSON.stringify(client.dialect.encodeAnswer(response, context));
        notes.onClientText?.(text);
        return text;
      }
      const encoder = client.dialect.createStreamEncoder(context);
      const text = partsOfResponse(response)
        .map((part) => encoder.encode(part))
        .join('');
      notes.onClientText?.(text);
      const { frame } = endingOf(client);
      return frame === undefined ? text : frame(text);
    },
    contentType: client.rewrite?.contentType ?? (client.stream ? streamContentType(client) : 'application/json'),
    facts: notes.facts,
    ending: endingOf(client),
    onFirstContent: notes.onFirstContent,
    onTerminal: notes.onTerminal,
  });
}

/** The client's request in canonical form, for answers that echo it; what is lost in it was not needed before. */
function decodeForEcho(client: ClientRequest, target: Target): CanonicalRequest {
  return client.dialect.decodeRequest(client.document.root(), {
    model: target.model,
    stream: client.stream,
    losses: () => undefined,
    newId: client.newId,
  });
}

function answerContext(client: ClientRequest, turn: Turn, losses: LossSink): EncodeAnswerContext {
  return {
    model: client.model,
    newId: client.newId,
    createdAt: client.createdAt,
    losses,
    request: turn.request,
    clientBody: client.document.root(),
  };
}

/** Gemini without `alt=sse` streams a JSON array (ai.google.dev, streamGenerateContent). */
function wantsArray(client: ClientRequest): boolean {
  return client.dialect.id === 'gemini' && client.stream && client.surface.query.get('alt') !== 'sse';
}

const arrayFrames = new WeakMap<ClientRequest, ReturnType<typeof createArrayFraming>>();

function endingOf(client: ClientRequest): ErrorEnding {
  const base = { dialect: client.dialect, requestId: client.requestId };
  if (!wantsArray(client)) return base;
  let framing = arrayFrames.get(client);
  if (framing === undefined) {
    framing = createArrayFraming();
    arrayFrames.set(client, framing);
  }
  const made = framing;
  return { ...base, frame: (text) => made.push(text), close: () => made.end() };
}

export function streamContentType(client: ClientRequest): string {
  if (client.dialect.id === 'ollama') return 'application/x-ndjson';
  return wantsArray(client) ? 'application/json' : 'text/event-stream; charset=utf-8';
}

type AnswerKind = 'stream' | 'json' | 'binary';

/** By content type; HTML is never an answer (FAULT-05). */
export function kindOfAnswer(headers: IncomingHeaders, stream: boolean): AnswerKind {
  const type = headerValue(headers, 'content-type')?.toLowerCase() ?? '';
  if (type.startsWith('text/html')) {
    throw new GatewayError(
      'attempt.not_an_answer',
      'A web page came back instead of an answer. A captive portal or a proxy may stand between, or base_url points to a website.',
    );
  }
  if (type.startsWith('text/event-stream') || type.startsWith('application/vnd.amazon.eventstream')) return 'stream';
  if (type.includes('json')) return 'json';
  // Small servers forget the type; what was asked for decides.
  if (type === '' || type.startsWith('text/plain')) return stream ? 'stream' : 'json';
  return 'binary';
}
