/**
 * The exact cache of a route that asks for one (RTE-49): the same question by the same key is answered with the answer it got,
 * byte-for-byte the same in content, at no cost. Never for turns of tools, never for answers that were cut.
 */
import { createHash } from 'node:crypto';
import type { Clock } from '../kit/clock.ts';
import type { CanonicalResponse, StreamPart } from './dialects/canonical.ts';
import type { Plan, Target } from './exchange.ts';
import { ownHeaders } from './own-answers.ts';
import type { CacheSettings } from './ports.ts';
import type { RecordedRequest, Recorder } from './recorder.ts';
import { headerValue } from './relay/headers.ts';
import { responseOfParts } from './response-of-parts.ts';
import { SideStore } from './side-store.ts';
import type { ClientRequest } from './client-request.ts';
import { streamContentType } from './client-wire.ts';
import type { Seat } from './seat.ts';
import { replay } from './translated-answers.ts';

/** Routes that keep answers of their own; beyond it the one unused longest starts anew. */
const maxRoutes = 100;
/** An entry knows its own end; this is the bound of the store below. */
const longestMs = 31_536_000_000;

interface Kept {
  readonly response: CanonicalResponse;
  /** `provider/model` that gave it. */
  readonly target: string;
  /** Pico-USD it cost; `undefined` when unknown. */
  readonly cost: number | undefined;
  readonly expiresAt: number;
}

export interface CacheQuestion {
  readonly settings: CacheSettings;
  readonly client: ClientRequest;
  readonly input: RecordedRequest;
  readonly plan: Plan;
}

export class AnswerCache {
  readonly #clock: Clock;
  readonly #stores = new Map<string, { readonly maxBytes: number; readonly store: SideStore }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** `undefined` for requests that are never answered from here. */
  turn({ settings, client, input, plan }: CacheQuestion): CacheTurn | undefined {
    if (client.rewrite !== undefined || input.surface.operation !== 'generate') return undefined;
    const wish = headerValue(input.request.headers, 'cache-control')?.toLowerCase() ?? '';
    if (wish.includes('no-store')) return undefined;
    const survey = client.dialect.survey(client.document);
    if (settings.deterministicOnly && !survey.isDeterministic()) return undefined;
    // What is stored elsewhere may be another thing the next time.
    if (survey.hasToolTurns() || survey.hasProviderIds()) return undefined;
    return new CacheTurn({
      clock: this.#clock,
      store: this.#storeOf(plan.routeId ?? '', settings.maxBytes),
      scope: input.principal.key.id,
      question: digestOf(input, client),
      first: plan.targets[0],
      client,
      settings,
      mayAnswer: !wish.includes('no-cache'),
    });
  }

  #storeOf(routeId: string, maxBytes: number): SideStore {
    const known = this.#stores.get(routeId);
    this.#stores.delete(routeId);
    const kept =
      known?.maxBytes === maxBytes
        ? known
        : { maxBytes, store: new SideStore({ clock: this.#clock, capBytes: maxBytes, ttlMs: longestMs }) };
    this.#stores.set(routeId, kept);
    const [oldest] = this.#stores.keys();
    if (this.#stores.size > maxRoutes && oldest !== undefined) this.#stores.delete(oldest);
    return kept.store;
  }
}

interface TurnParts {
  readonly clock: Clock;
  readonly store: SideStore;
  /** The virtual key: nobody is given another's answer. */
  readonly scope: string;
  readonly question: string;
  /** The target that would be asked. */
  readonly first: Target | undefined;
  readonly client: ClientRequest;
  readonly settings: CacheSettings;
  readonly mayAnswer: boolean;
}

/** Takes what an answer is made of, whichever way it comes. */
export interface AnswerCollector {
  readonly onPart: (part: StreamPart) => void;
  readonly onResponse: (response: CanonicalResponse) => void;
}

/** One request and the cache. */
export class CacheTurn {
  readonly #parts: TurnParts;
  readonly #collected = new Map<Seat, StreamPart[] | CanonicalResponse>();

  constructor(parts: TurnParts) {
    this.#parts = parts;
  }

  /**
   * Answers from the cache, as a stream where the client wants one; `false` when there is nothing to answer with, or `isRefused`
   * says of the whole answer, as it would go over the wire, that the client must not have it: rules may have changed since.
   */
  answer(input: RecordedRequest, recorder: Recorder, isRefused: (wire: Buffer) => boolean): boolean {
    const { store, scope, question, first, client, clock, mayAnswer } = this.#parts;
    if (!mayAnswer || first === undefined) return false;
    const kept = store.get(scope, keyOf(question, first)) as Kept | undefined;
    if (kept === undefined || kept.expiresAt <= clock.monotonic()) return false;
    const text = replay(client, kept.response);
    if (isRefused(Buffer.from(text.join(''), 'utf8'))) return false;
    recorder.fromCache(200, kept.target, kept.cost);
    const head: [string, string][] = [['content-type', client.stream ? streamContentType(client) : 'application/json']];
    if (!client.stream) head.push(['content-length', String(Buffer.byteLength(text.join('')))]);
    input.writer.head(200, [...ownHeaders(input, recorder), ...head]);
    for (const piece of text) input.writer.write(piece);
    input.writer.end();
    return true;
  }

  /** For one try: what becomes of the others is forgotten. */
  collector(seat: Seat): AnswerCollector {
    const parts: StreamPart[] = [];
    this.#collected.set(seat, parts);
    return {
      onPart: (part) => parts.push(part),
      onResponse: (response) => this.#collected.set(seat, response),
    };
  }

  /** The client has the whole answer of this try. */
  keep(seat: Seat | undefined): void {
    const collected = seat === undefined ? undefined : this.#collected.get(seat);
    if (seat === undefined || collected === undefined) return;
    const response = Array.isArray(collected) ? responseOfParts(collected) : collected;
    if (response === undefined || !isKeepable(response)) return;
    const { store, scope, question, settings, clock } = this.#parts;
    const kept: Kept = {
      response,
      target: seat.name,
      cost: seat.cost,
      expiresAt: clock.monotonic() + settings.ttlMs,
    };
    // Under the target that gave it: another model's answer is none of the one that failed.
    store.put(scope, keyOf(question, seat.target), kept, Buffer.byteLength(JSON.stringify(response)));
  }
}

/** Text alone, and all of it: what a provider refused, cut or signed is asked for anew. */
function isKeepable({ finish, parts }: CanonicalResponse): boolean {
  if (finish.reason !== 'stop' && finish.reason !== 'length') return false;
  return parts.every((part) => (part.type === 'text' || part.type === 'reasoning') && part.opaque === undefined);
}

/** Fields of a body on which no answer depends: who asks, how it is delivered, and how it is accounted for. */
const besideTheQuestion: ReadonlySet<string> = new Set([
  ...['model', 'stream', 'stream_options', 'user', 'safety_identifier', 'metadata', 'client_metadata', 'keep_alive'],
  ...['prompt_cache_key', 'prompt_cache_retention', 'prompt_cache_options'],
]);

/** Headers by which vendors switch on what changes an answer. */
const vendorHeader = /^(?:anthropic|openai)-/;

/**
 * What the answer depends on. The client's own bytes, field by field: a field nobody here has heard of, which a target of the same
 * dialect gets all the same, makes another question.
 */
function digestOf({ surface, request }: RecordedRequest, { dialect, document, model }: ClientRequest): string {
  const hash = createHash('sha256');
  const add = (name: string, value: string | Buffer): void => {
    // With its length before it, no text can pass for two.
    hash.update(`${name}\0${String(value.length)}\0`).update(value);
  };
  add('dialect', dialect.id);
  add('model', model);
  for (const [name, value] of surface.query) if (name !== 'alt') add(`?${name}`, value);
  for (const name of Object.keys(request.headers).sort())
    if (vendorHeader.test(name)) add(`${name}:`, headerValue(request.headers, name) ?? '');
  for (const name of [...document.keys()].sort()) {
    const span = besideTheQuestion.has(name) ? undefined : document.span(name);
    if (span !== undefined) add(name, document.bytes.subarray(span.start, span.end));
  }
  return hash.digest('base64url');
}

/** A provider at another address is another one. */
function keyOf(question: string, { provider, model }: Target): string {
  return `${question}\n${provider.id}/${model}\n${provider.baseUrl}`;
}
