/** What goes to a target and what comes back: bytes with splices where the dialects are equal, canonical form where they are not. */
import { GatewayError } from '../../shared/errors/gateway-error.ts';
import { kindFacts } from '../../shared/config/provider.ts';
import type { ClientDialectId, DialectId } from '../../shared/domain/dialect.ts';
import type { AnswerNotes, ClientRequest } from './client-request.ts';
import { endingOf, streamContentType } from './client-wire.ts';
import type { CanonicalRequest, JsonObject, LossSink, StreamPart } from './dialects/canonical.ts';
import type { Dialect, EncodedRequest } from './dialects/dialect.ts';
import type { JsonDocument } from './dialects/document.ts';
import { usageInjection } from './dialects/openai-chat/openai-chat.ts';
import { dialectById } from './dialect-registry.ts';
import type { Target } from './exchange.ts';
import { limitOf, limitOutput, limitRequest } from './output-limit.ts';
import { SameStreamBody, webPage } from './relay/bodies.ts';
import type { Continuation } from './relay/continuation.ts';
import { headerValue, type IncomingHeaders } from './relay/headers.ts';
import { PlainBody } from './relay/plain-body.ts';
import type { AnswerBody, Relay } from './relay/relay.ts';
import type { AttemptParts } from './relay/running-attempt.ts';
import { holdsHandle, ReasoningKeeper, restoreReasoning } from './reasoning-keeper.ts';
import { lowerTools } from './tool-lowering.ts';
import { decodeForEcho, translatedStream, translatedWhole, type Turn } from './translated-answers.ts';
import { markPrefix, takesPrefix, withPrefix } from './translation-prefix.ts';

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

/** What is asked of the body beyond the client's words. */
export interface FieldEdits {
  readonly setFields?: Readonly<Record<string, string>> | undefined;
  readonly removeFields?: readonly string[] | undefined;
  /** The most output of one answer, in tokens, and why there is such a limit, for people. */
  readonly maxOutputTokens?: number | undefined;
  readonly limitReason?: string | undefined;
}

/** Builds the body for one target. `edits` are the adapter's. */
export function outgoing(
  client: ClientRequest,
  target: Target,
  notes: AnswerNotes,
  edits: FieldEdits,
): OutgoingRequest {
  const dialect = dialectById(targetDialect(target, client.dialect.id));
  if (dialect.id !== client.dialect.id || holdsHandle(client.document.bytes))
    return asPrepared(prepare({ client, target, dialect, losses: notes.losses, isOwn: false, edits }), notes, edits);
  const continuation = client.stream ? client.continuation : undefined;
  const same = sameDialect(client, target, dialect, notes, edits);
  if (continuation === undefined && client.canonical !== true) return same;
  return ownWords(same, { client, target, dialect, notes, edits, continuation });
}

/** The client's own words to a target that knows them, while the answer takes canonical form on its way back. */
function ownWords(
  same: OutgoingRequest,
  {
    client,
    target,
    dialect,
    notes,
    edits,
    continuation,
  }: Pick<Turn, 'client' | 'target' | 'dialect' | 'notes'> & {
    readonly edits: FieldEdits;
    readonly continuation: Continuation | undefined;
  },
): OutgoingRequest {
  const lost = new Set<string>();
  const request = decodeOwn(client, target, lost);
  const hasBegun = continuation?.hasBegun === true;
  if (request === undefined || (!hasBegun && !fitsCanonicalForm(request, lost))) return same;
  notes.meter = undefined;
  if (hasBegun && continuation.mode === 'continue' && lost.size === 0 && takesPrefix(target, request)) {
    // What a limit takes is told as it is everywhere; anything else is a reason not to go this way.
    const losses: LossSink = (path, why) => {
      if (why === edits.limitReason) notes.losses(path, why);
      else lost.add(path);
    };
    const prepared = prepare({ client, target, dialect, losses, isOwn: true, edits });
    if (lost.size === 0) return asPrepared(prepared, notes, edits);
  }
  const keeper = new ReasoningKeeper(client.keeper);
  const keep = (part: StreamPart): StreamPart => keeper.part(part);
  const attempt = continuation?.attempt({ takesPrefix: false, keep });
  const turn: Turn = { client, target, dialect, notes, request, restore: undefined, keeper, attempt, isOwn: true };
  return { ...same, createBody: answersOf(turn) };
}

/** `undefined`: canonical form has no words for it, though its own target may have. */
function decodeOwn(client: ClientRequest, target: Target, lost: Set<string>): CanonicalRequest | undefined {
  try {
    return client.dialect.decodeRequest(client.document.root(), {
      model: target.model,
      stream: client.stream,
      losses: (path) => lost.add(path),
      newId: client.newId,
    });
  } catch (error) {
    if (error instanceof GatewayError) return undefined;
    throw error;
  }
}

/** Fields that ask for answers of which canonical form holds a part only. */
const beyondCanonical =
  /^(?:modalities|audio|mcp_servers|container|web_search_options|plugins|background|.*[rR]esponseModalities|input\.compaction_trigger)$/;

/** Whether the answer to it does: tools that run at the vendor leave their own traces in it. */
function fitsCanonicalForm(request: CanonicalRequest, lost: ReadonlySet<string>): boolean {
  if (request.tools.some((tool) => tool.kind === 'hosted') || (request.candidateCount ?? 1) > 1) return false;
  return ![...lost].some((path) => beyondCanonical.test(path));
}

function namesTarget(client: ClientRequest, target: Target): boolean {
  return client.model === target.model || client.model === `${target.provider.id}/${target.model}`;
}

/** OpenRouter's other models, and those that Claude's API or LiteLLM turn to. */
const otherModels: ReadonlySet<string> = new Set(['models', 'fallbacks']);

/**
 * Who answers is decided here, by what the key may use and what a budget can pay: a body that names more models to its provider
 * would go around both, and be counted at the wrong price. Servers in Go take a name in any case, and of two the last.
 */
export function keepToModel(document: JsonDocument, losses: LossSink): void {
  for (const name of document.keys()) {
    const plain = name.toLowerCase();
    if (!otherModels.has(plain) && (plain !== 'model' || name === 'model')) continue;
    if (document.value(name) === null) continue;
    document.remove(name);
    losses(name, 'routes decide which models may answer: list them as targets of one');
  }
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
  if (dialect.id !== 'gemini' && document.value('model') !== target.model)
    document.set('model', JSON.stringify(target.model));
  // A client that named this very model gets its own bytes answered; behind an alias it cannot know what the model refuses.
  const keepsNames = namesTarget(client, target);
  if (!keepsNames) applyRules(document, dialect, rules, notes.losses);
  keepToModel(document, notes.losses);
  for (const [name, value] of Object.entries(edits.setFields ?? {})) document.set(name, value);
  for (const name of edits.removeFields ?? []) document.remove(name);
  const limit = limitOf(edits);
  if (limit !== undefined)
    limitOutput({ format: dialect.id, document, limit, rules, keepsNames, losses: notes.losses });
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
          unmask: client.unmask,
        });
      }
      if (client.stream || client.rewrite !== undefined) {
        const request = decodeForEcho(client, target.model);
        const keeper = new ReasoningKeeper(client.keeper);
        const turn = { client, target, dialect, notes, request, restore: undefined, keeper, attempt: undefined };
        return translatedWhole({ ...turn, isOwn: true }, relay);
      }
      return new PlainBody(relay, {
        meter,
        contentType: headerValue(headers, 'content-type') ?? 'application/json',
        isJson: kind === 'json',
        onFirstContent: notes.onFirstContent,
        unmask: client.unmask,
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

/** A request in the target's dialect, and what its answer is read with. */
interface Prepared extends Omit<Turn, 'notes'> {
  readonly encoded: EncodedRequest;
}

interface ToPrepare extends Pick<Turn, 'client' | 'target' | 'dialect' | 'isOwn'> {
  readonly losses: LossSink;
  readonly edits: FieldEdits;
}

function prepare({ client, target, dialect, losses, isOwn, edits }: ToPrepare): Prepared {
  const mint = target.provider.id;
  const decoded = client.dialect.decodeRequest(client.document.root(), {
    model: target.model,
    stream: client.stream,
    losses,
    newId: client.newId,
  });
  const request: CanonicalRequest = { ...decoded, model: target.model, stream: client.stream };
  const keeper = new ReasoningKeeper(client.keeper);
  const attempt = client.stream
    ? client.continuation?.attempt({
        takesPrefix: takesPrefix(target, request),
        keep: (part) => keeper.part(part),
      })
    : undefined;
  const restored = restoreReasoning(withBeginningOf(attempt, request), mint, client.keeper, losses, dialect.id);
  const lowered = lowerTools(restored, dialect, losses);
  const limit = limitOf(edits);
  const limited = limit === undefined ? lowered.request : limitRequest(lowered.request, limit, losses);
  const encoded = dialect.encodeRequest(limited, {
    mint,
    rules: target.provider.rulesFor(target.model),
    losses,
    newId: client.newId,
  });
  const marked = attempt?.prefix === undefined ? encoded : { ...encoded, body: markPrefix(target, encoded.body) };
  return { client, target, dialect, keeper, attempt, isOwn, request, restore: lowered.restore, encoded: marked };
}

function withBeginningOf(attempt: AttemptParts | undefined, request: CanonicalRequest): CanonicalRequest {
  return attempt?.prefix === undefined ? request : withPrefix(request, attempt.prefix, attempt.usedSoFar);
}

function asPrepared(prepared: Prepared, notes: AnswerNotes, edits: FieldEdits): OutgoingRequest {
  const { dialect, encoded } = prepared;
  return {
    dialect: dialect.id,
    isSame: false,
    body: Buffer.from(JSON.stringify(withEdits(encoded.body, edits)), 'utf8'),
    headers: encoded.headers ?? {},
    createBody: answersOf({ ...prepared, notes }),
  };
}

function answersOf(turn: Turn): OutgoingRequest['createBody'] {
  return (relay, _status, headers) => {
    const kind = kindOfAnswer(headers, turn.client.stream);
    if (kind === 'stream' && !turn.client.stream) throw unaskedStream(turn.target);
    return kind === 'stream' ? translatedStream(turn, relay) : translatedWhole(turn, relay);
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

type AnswerKind = 'stream' | 'json' | 'binary';

/** By content type; HTML is never an answer (FAULT-05). */
export function kindOfAnswer(headers: IncomingHeaders, stream: boolean): AnswerKind {
  const type = headerValue(headers, 'content-type')?.toLowerCase() ?? '';
  if (type.startsWith('text/html') || type.startsWith('application/xhtml')) throw webPage();
  if (type.startsWith('text/event-stream') || type.startsWith('application/vnd.amazon.eventstream')) return 'stream';
  if (type.includes('json')) return 'json';
  // Small servers forget the type; what was asked for decides.
  if (type === '' || type.startsWith('text/plain')) return stream ? 'stream' : 'json';
  return 'binary';
}
