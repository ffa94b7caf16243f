/** Answers in canonical form on their way to the client: streams event by event, plain answers whole. */
import { GatewayError } from '../../shared/errors/gateway-error.ts';
import type { AnswerNotes, ClientRequest } from './client-request.ts';
import { endingOf, streamContentType } from './client-wire.ts';
import type { CanonicalRequest, CanonicalResponse, LossSink, StreamPart } from './dialects/canonical.ts';
import type { Dialect, EncodeAnswerContext, StreamEncoder } from './dialects/dialect.ts';
import type { Target } from './exchange.ts';
import type { ReasoningKeeper } from './reasoning-keeper.ts';
import type { AttemptParts } from './relay/running-attempt.ts';
import type { AnswerBody, Relay } from './relay/relay.ts';
import { partsOfResponse, TranslatedStreamBody, TranslatedWholeBody } from './relay/translate.ts';
import { PartRestorer } from './relay/unmask-parts.ts';
import type { ToolRestorer } from './tool-lowering.ts';

/** What the answer of one attempt is read and written with. */
export interface Turn {
  readonly client: ClientRequest;
  readonly target: Target;
  /** The target's. */
  readonly dialect: Dialect;
  readonly notes: AnswerNotes;
  /** For answers that echo it. */
  readonly request: CanonicalRequest;
  readonly restore: ToolRestorer | undefined;
  readonly keeper: ReasoningKeeper;
  /** The target speaks the client's dialect: what it signed is the client's to carry, as it is. */
  readonly isOwn: boolean;
  /** Its part of an answer that may be made of several attempts. */
  readonly attempt: AttemptParts | undefined;
}

/** The client's request in canonical form, for answers that echo it; what is lost in it was not needed before. */
export function decodeForEcho(client: ClientRequest, model: string): CanonicalRequest {
  return client.dialect.decodeRequest(client.document.root(), {
    model,
    stream: client.stream,
    losses: () => undefined,
    newId: client.newId,
  });
}

export function translatedStream(turn: Turn, relay: Relay): AnswerBody {
  const { client, target, dialect, notes, restore, attempt } = turn;
  return new TranslatedStreamBody(relay, {
    decoder: dialect.createStreamDecoder({ mint: target.provider.id, losses: notes.losses, newId: client.newId }),
    encoder: encoderOf(turn),
    transform: (part) => (restore === undefined ? [part] : restore.part(part)).map((one) => kept(turn, one)),
    deliver: attempt?.transform,
    restorer: restorerOf(turn),
    onPart: onPartOf(turn),
    framing: dialect.id === 'bedrock-converse' ? 'aws' : 'sse',
    ending: endingOf(client),
    contentType: streamContentType(client),
    facts: notes.facts,
    onFirstContent: notes.onFirstContent,
    onSkipped: notes.onSkipped,
    onTerminal: notes.onTerminal,
  });
}

/** Attempts that go on with each other's answer share what is half said in it. */
function restorerOf({ client: { unmask }, attempt }: Turn): PartRestorer | undefined {
  if (unmask === undefined || unmask.isEmpty) return undefined;
  return new PartRestorer(unmask, attempt === undefined ? unmask.separateChannels() : unmask.channels);
}

/** Reasoning that was open when an answer broke is kept even where nothing else is: nobody signs it any more. */
function kept({ keeper, isOwn }: Turn, part: StreamPart): StreamPart {
  if (!isOwn) return keeper.part(part);
  if (part.type === 'reasoning-delta') keeper.part(part);
  return part;
}

/** A plain answer, given to the client as it asked: whole, or as the stream it would have been. */
export function translatedWhole(turn: Turn, relay: Relay): AnswerBody {
  const { client, target, dialect, notes, restore, keeper, isOwn } = turn;
  return new TranslatedWholeBody(relay, {
    decode: (body) =>
      dialect.decodeAnswer(body, { mint: target.provider.id, losses: notes.losses, newId: client.newId }),
    transform: (response) => {
      const restored = restore === undefined ? response : restore.response(response);
      return isOwn ? restored : keeper.response(restored);
    },
    encode: (response) => encodeWhole(turn, response),
    contentType: client.rewrite?.contentType ?? (client.stream ? streamContentType(client) : 'application/json'),
    facts: notes.facts,
    ending: endingOf(client),
    onFirstContent: notes.onFirstContent,
    onTerminal: notes.onTerminal,
  });
}

/** A whole answer that is there already, as the client asked for it: the pieces of its wire text. */
export function replay(client: ClientRequest, response: CanonicalResponse): string[] {
  const context = answerContext(client, decodeForEcho(client, response.model), () => undefined);
  if (!client.stream) return [JSON.stringify(client.dialect.encodeAnswer(response, context))];
  const encoder = client.dialect.createStreamEncoder(context);
  const { framing } = endingOf(client);
  const pieces = partsOfResponse(response).map((part) => encoder.encode(part));
  return framing === undefined ? pieces : [...pieces.map((piece) => framing.push(piece)), framing.end()];
}

function encodeWhole(turn: Turn, response: CanonicalResponse): string {
  const { client, notes, request, attempt } = turn;
  const context = answerContext(client, request, notes.losses);
  const restorer = restorerOf(turn);
  const isJoined = client.stream && attempt !== undefined;
  // What is joined is joined by what the providers said; the client's words come last.
  const restored = isJoined && notes.onResponse === undefined ? response : (restorer?.response(response) ?? response);
  if (client.rewrite !== undefined)
    return client.rewrite.text(client.dialect.encodeAnswer(restored, context), response.usage);
  if (attempt?.isLater !== true) notes.onResponse?.(restored);
  if (client.stream)
    return isJoined ? encodeAsStream(turn, response, restorer) : encodeAsStream(turn, restored, undefined);
  const text = JSON.stringify(client.dialect.encodeAnswer(restored, context));
  notes.onClientText?.(text);
  return text;
}

function encodeAsStream(turn: Turn, response: CanonicalResponse, restorer: PartRestorer | undefined): string {
  const encoder = encoderOf(turn);
  let text = '';
  for (const part of partsOfResponse(response)) {
    for (const sent of turn.attempt?.transform(part) ?? [part]) {
      if (sent.type === 'error') throw new GatewayError('relay.stream_incomplete', sent.error.message);
      for (const restored of restorer?.part(sent) ?? [sent]) text += encoder.encode(restored);
    }
  }
  return text;
}

/** All attempts at an answer that may be made of several share one. */
function encoderOf(turn: Turn): StreamEncoder {
  const { client, notes, request, attempt } = turn;
  const create = (): StreamEncoder => client.dialect.createStreamEncoder(answerContext(client, request, notes.losses));
  const encoder = (attempt === undefined ? undefined : client.continuation?.encoder(create)) ?? create();
  const { onClientText } = notes;
  if (onClientText === undefined) return encoder;
  return {
    encode(part: StreamPart): string {
      const text = encoder.encode(part);
      onClientText(text);
      return text;
    },
  };
}

/** The rest of an answer is no answer: who collects one is not given it. */
function onPartOf({ notes, attempt }: Turn): ((part: StreamPart) => void) | undefined {
  return attempt?.isLater === true ? undefined : notes.onPart;
}

function answerContext(client: ClientRequest, request: CanonicalRequest, losses: LossSink): EncodeAnswerContext {
  return {
    model: client.model,
    newId: client.newId,
    createdAt: client.createdAt,
    losses,
    request,
    clientBody: (client.own ?? client.document).root(),
  };
}
