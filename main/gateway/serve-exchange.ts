/** Stages attempt and relay of one exchange: attempts, the relay of the one that answers, and what comes after an answer that broke. */
import { GatewayError } from '../../shared/errors/gateway-error.ts';
import { expectedCost } from '../../shared/domain/price.ts';
import type { AnswerCache, CacheTurn } from './answer-cache.ts';
import { saysNothing } from './content.ts';
import { answerCountLocally, countingHealth, isTold } from './count-tokens.ts';
import { clientDialectById } from './dialect-registry.ts';
import type { JsonDocument } from './dialects/document.ts';
import { errorText, failedAnswer, noteBug } from './errors.ts';
import type { Plan, Target } from './exchange.ts';
import type { HedgeBudget } from './hedge-budget.ts';
import { answerError, answerPlain, ownHeaders } from './own-answers.ts';
import type { AdmittedRequest, PlanDeps, Planned, ReadFacts } from './plan-exchange.ts';
import type { GatewayPorts } from './ports.ts';
import { prepareAttempt, type AttemptContext } from './prepare-attempt.ts';
import type { AnswerCheck } from './answer-check.ts';
import type { ExchangeProtection, ProtectionDeps } from './protection.ts';
import type { Protections } from './protections.ts';
import { createHandle } from './reasoning-keeper.ts';
import type { Recorder } from './recorder.ts';
import { endingText } from './relay/bodies.ts';
import { Continuation } from './relay/continuation.ts';
import type { Relay } from './relay/relay.ts';
import { prepareResponses, type ResponsesTurn } from './responses-store.ts';
import type { RouteFacts } from './routing/decision.ts';
import type { HealthBook } from './routing/health.ts';
import type { SessionStore } from './routing/sessions.ts';
import type { RunningExchanges } from './running.ts';
import type { SideStore } from './side-store.ts';
import type { ExchangeSpending, SpendingDeps } from './spending.ts';
import type { ClientRequest } from './client-request.ts';
import { endingOf, lastWords, streamContentType } from './client-wire.ts';
import type { Seat } from './seat.ts';
import { Attempts, type AttemptsOutcome } from './upstream/attempts.ts';
import type { UpstreamClient } from './upstream/client.ts';
import { noWayOut } from './way-out.ts';
import type { CredentialPool } from './upstream/credentials.ts';
import { isOfRequest, mayFallBack, meaningInside } from './upstream/failure.ts';
import type { AnswerEnd, AttemptsInput } from './upstream/one-attempt.ts';
import type { StopSignal } from './upstream/stop-signal.ts';

/** Of a plan without a target; there is none. */
const defaultTotalMs = 900_000;
/** An answer of this many tokens is expected where nothing tells better. */
const usualOutputTokens = 1_000;

/** What breaks an answer without anybody having meant it: another target may go on. */
const breaks: ReadonlySet<string> = new Set([
  ...['relay.stream_cut', 'relay.stream_incomplete', 'relay.stream_malformed', 'relay.idle_timeout'],
  ...['relay.upstream_error', 'attempt.decompression'],
]);

/** What outlives a single exchange. */
export interface ExchangeDeps extends PlanDeps, SpendingDeps, ProtectionDeps {
  readonly protections: Protections;
  readonly ports: GatewayPorts;
  readonly client: UpstreamClient;
  readonly credentials: CredentialPool;
  readonly health: HealthBook;
  readonly hedges: HedgeBudget;
  readonly sessions: SessionStore;
  readonly sideStore: SideStore;
  readonly answers: AnswerCache;
  readonly running: RunningExchanges;
}

export interface ServedExchange {
  readonly input: AdmittedRequest;
  readonly read: ReadFacts;
  readonly planned: Planned;
  readonly spending: ExchangeSpending;
  readonly protection: ExchangeProtection;
  readonly recorder: Recorder;
  readonly stop: StopSignal;
}

export class ExchangeServer {
  readonly #input: AdmittedRequest;
  readonly #read: ReadFacts;
  readonly #plan: Plan;
  readonly #facts: RouteFacts;
  readonly #recorder: Recorder;
  readonly #spending: ExchangeSpending;
  readonly #protection: ExchangeProtection;
  /** What an answer is looked through with before the client has any of it; `undefined` where it may have it at once. */
  readonly #inspection: AnswerCheck | undefined;
  readonly #stop: StopSignal;
  readonly #deps: ExchangeDeps;
  readonly #client: ClientRequest | undefined;
  readonly #turn: ResponsesTurn | undefined;
  /** Whether upstream is asked for a stream: what the client asked, except for a compaction made here. */
  readonly #stream: boolean;
  readonly #cache: CacheTurn | undefined;
  readonly #attempts: Attempts;

  constructor({ input, read, planned, recorder, spending, protection, stop }: ServedExchange, deps: ExchangeDeps) {
    this.#input = input;
    this.#read = read;
    this.#facts = planned.facts;
    this.#recorder = recorder;
    this.#spending = spending;
    this.#protection = protection;
    const check = protection.answerCheck();
    this.#inspection = check?.holds === true && !saysNothing(input.surface) ? check : undefined;
    this.#stop = stop;
    this.#deps = deps;
    this.#turn = this.#responsesTurn(planned.plan);
    this.#plan = this.#turn === undefined ? planned.plan : { ...planned.plan, targets: this.#turn.targets };
    this.#stream = this.#turn?.stream ?? read.stream;
    const { document } = read;
    this.#client = document === undefined ? undefined : this.#clientRequest(this.#turn?.document ?? document);
    this.#cache = this.#client === undefined ? undefined : this.#cacheTurn(this.#client);
    this.#attempts = new Attempts(this.#attemptsInput());
  }

  async run(): Promise<void> {
    const isRefused = (wire: Buffer): boolean => this.#inspection?.check(wire) !== undefined;
    if (this.#cache?.answer(this.#input, this.#recorder, isRefused) === true) return;
    const totalMs = this.#plan.targets[0]?.provider.timeouts.totalMs ?? defaultTotalMs;
    const total = setTimeout(() => {
      this.#onTotal(totalMs);
    }, totalMs);
    this.#keepClientWaiting();
    try {
      await this.#untilAnswered();
    } finally {
      clearTimeout(total);
    }
  }

  /** A client of a stream stays if it hears something now and then. */
  #keepClientWaiting(): void {
    const client = this.#client;
    if (!this.#stream || client === undefined) return;
    this.#input.writer.keepAlive({
      head: () => [['content-type', streamContentType(client)], ...ownHeaders(this.#input, this.#recorder)],
      comments: client.dialect.toleratesComments,
    });
  }

  async #untilAnswered(): Promise<void> {
    let broken: GatewayError | undefined;
    for (;;) {
      const outcome = await this.#attempts.next();
      if (outcome.kind === 'gone') return;
      if (outcome.kind === 'failed') {
        this.#failed(outcome, broken);
        return;
      }
      const end = await this.#relayed(outcome.done);
      this.#noteBug(end.error);
      if (end.kind === 'over') {
        this.#recorder.answered(this.#input.writer.status, end.error);
        this.#protection.answeredAs(this.#recorder.seat?.watched?.meter?.responseId);
        if (end.error === undefined) {
          this.#turn?.keep();
          this.#cache?.keep(this.#recorder.seat);
        }
        return;
      }
      broken = end.error;
      this.#client?.continuation?.next({ usedSoFar: this.#recorder.usedSoFar });
      this.#keepClientWaiting();
    }
  }

  /** The answer on its way, which the client's leaving and the end of its time still end. */
  async #relayed(done: Promise<AnswerEnd>): Promise<AnswerEnd> {
    const unlisten = this.#stop.onStop(() => {
      this.#stopRelay();
    });
    const end = await done;
    unlisten();
    return end;
  }

  /** `broken`: part of an answer is with the client already, and nobody could go on with it. */
  #failed({ failures }: Extract<AttemptsOutcome, { kind: 'failed' }>, broken: GatewayError | undefined): void {
    const { surface, requestId, writer } = this.#input;
    const client = this.#client;
    if (broken !== undefined && client !== undefined) {
      this.#endInStream(lastWords(client, broken));
      this.#recorder.answered(writer.status, broken);
      return;
    }
    if (surface.operation === 'count_tokens' && !isTold(failures)) {
      answerPlain(this.#input, this.#recorder, this.#countedHere());
      return;
    }
    const answer = failedAnswer({ surface, failures, requestId, offline: this.#deps.health.isOffline });
    this.#recorder.failed(answer.code, answer.status);
    // The head may be out already, because the client was kept waiting: then the error goes into the stream.
    if (!writer.headSent || client === undefined) {
      answerError(this.#input, this.#recorder, answer);
      return;
    }
    const error = failures[failures.length - 1]?.error;
    if (error !== undefined && error.code !== 'attempt.upstream_error') this.#endInStream(lastWords(client, error));
    else {
      const canonical = client.dialect.decodeError(answer.status, answer.body.toString('utf8'));
      this.#endInStream(endingText(endingOf(client), client.dialect.encodeStreamError(canonical, requestId)));
    }
  }

  #countedHere(): Buffer {
    const { document, model } = this.#read;
    const [target] = this.#plan.targets;
    const { surface } = this.#input;
    return answerCountLocally({ surface, document, model, target, learned: this.#deps.tokenRatios });
  }

  #endInStream({ text, tear }: { readonly text: string; readonly tear: boolean }): void {
    const { writer } = this.#input;
    if (tear) writer.tear(text);
    else writer.end(text);
  }

  #attemptsInput(): AttemptsInput {
    const { ports, health, client, credentials } = this.#deps;
    const cache = this.#cache;
    const shared: AttemptContext = {
      input: this.#input,
      read: this.#read,
      client: this.#client,
      turn: this.#turn,
      stream: this.#stream,
      hold: this.#plan.onBreak === 'hold' || this.#inspection !== undefined,
      protection: this.#protection,
      inspect: this.#inspection && ((answer) => this.#inspection?.check(answer)),
      recorder: this.#recorder,
      ports,
      answerHeaders: () => ownHeaders(this.#input, this.#recorder),
      collect: cache === undefined ? undefined : (seat) => cache.collector(seat),
      takeOver: (target, error) => this.#takeOver(target, error),
    };
    return {
      plan: this.#plan,
      stream: this.#stream,
      promptTokens: this.#facts.tokens,
      hedge: this.#hedge(),
      client,
      credentials,
      health: this.#input.surface.operation === 'count_tokens' ? countingHealth(health) : health,
      clock: ports.clock,
      random: ports.random,
      stopped: this.#stop,
      permit: (target) =>
        noWayOut(target.provider, { snapshot: this.#input.snapshot, ports }) ??
        this.#protection.refusalOf(target) ??
        this.#spending.permit(target),
      begin: (target, credential, kind, permit) => this.#recorder.begin(target, credential, kind, permit),
      onPassedOver: (target, error) => {
        this.#recorder.passedOver(target, error);
      },
      prepare: (target, credential, source, hooks, seat: Seat) =>
        prepareAttempt(shared, { target, credential, source, hooks, seat }),
      errorText,
      onFailure: (error) => {
        this.#noteBug(error);
      },
    };
  }

  /** Whether another attempt goes on with an answer that broke after its first content (RTE-47). */
  #takeOver(target: Target, error: GatewayError): boolean {
    const continuation = this.#client?.continuation;
    if (continuation === undefined || this.#stop.reason !== undefined) return false;
    return (
      breaks.has(error.code) &&
      continuation.canContinue &&
      this.#mayAskElsewhere(target, error) &&
      this.#attempts.goOn(target)
    );
  }

  /** What a provider refuses of a request is asked of another one only where the route says so, in the middle of an answer as well. */
  #mayAskElsewhere(target: Target, error: GatewayError): boolean {
    const meaning = meaningInside(error, target.provider, this.#deps.ports.clock.now());
    if (meaning === undefined || !isOfRequest(meaning.upstream)) return true;
    return mayFallBack(this.#plan, { target, error, answer: undefined, meaning });
  }

  /** Opt-in, for requests that may be served twice and cost little (RTE-48). */
  #hedge(): AttemptsInput['hedge'] {
    const { hedge, targets } = this.#plan;
    const [first, beside = first] = targets;
    if (hedge === undefined || first === undefined || beside === undefined) return undefined;
    const facts = this.#facts;
    if ((hedge.streamOnly && !this.#stream) || (hedge.noTools && facts.has('tools'))) return undefined;
    const { toolLoop, signedReasoning, providerIds } = facts.pins;
    if (toolLoop || signedReasoning || providerIds) return undefined;
    if (hedge.maxExtraCost !== undefined && !this.#costsAtMost(beside, hedge.maxExtraCost)) return undefined;
    const { after } = hedge;
    const measured = this.#deps.health.view().of(first.provider.id, first.model, facts.tokens).ttft;
    const afterMs = typeof after === 'number' ? after : measured?.[after];
    if (afterMs === undefined) return undefined;
    const { hedges } = this.#deps;
    hedges.earn();
    return { afterMs, mayStart: () => hedges.take() };
  }

  #costsAtMost({ provider, model }: Target, most: number): boolean {
    const { price } = provider.factsFor(model);
    if (price === undefined) return false;
    const outputTokens =
      this.#deps.health.view().expectedOutput(provider.id, model, undefined) ??
      this.#facts.maxTokens ??
      usualOutputTokens;
    return expectedCost({ inputTokens: this.#facts.tokens, cachedTokens: 0, outputTokens, price }) <= most;
  }

  #noteBug(error: GatewayError | undefined): void {
    noteBug(this.#deps.ports.log, this.#input.requestId, error);
  }

  #onTotal(ms: number): void {
    const relay = this.#recorder.relay;
    if (relay?.isCommitted === true && !relay.isOver) {
      relay.breakOff(
        new GatewayError(
          'relay.total_timeout',
          `The answer took longer than total_ms (${String(ms)} ms) and was ended. Raise timeouts.total_ms for long answers.`,
        ),
      );
    } else
      this.#stop.stop(
        new GatewayError(
          'attempt.total_timeout',
          `No answer within total_ms (${String(ms)} ms). Raise timeouts.total_ms for slow models.`,
        ),
      );
  }

  #stopRelay(): void {
    const { reason } = this.#stop;
    const { relay } = this.#recorder;
    if (relay === undefined || reason === undefined) return;
    if (reason !== 'gone') relay.breakOff(reason);
    else this.#leave(relay);
  }

  /** Where cancelling is charged for all the same, a provider's own count is worth the wait (FAULT-30). */
  #leave(relay: Relay): void {
    const drainMs = this.#recorder.seat?.target.provider.timeouts.drainMs ?? 0;
    const isCounted = this.#stream && (this.#client !== undefined || this.#input.surface.operation === 'completions');
    if (drainMs === 0 || !isCounted || !this.#deps.running.mayDrain) {
      relay.abandon();
      return;
    }
    this.#stop.onLateStop(() => {
      relay.abandon();
    });
    relay.drain(drainMs);
  }

  #responsesTurn({ targets }: Plan): ResponsesTurn | undefined {
    const { surface, principal } = this.#input;
    const { document, model, stream } = this.#read;
    if (document === undefined) return undefined;
    const { clock, random } = this.#deps.ports;
    return prepareResponses({
      surface,
      document,
      model,
      stream,
      scope: principal.key.id,
      store: this.#deps.sideStore,
      targets,
      createdAt: Math.floor(clock.now() / 1000),
      newId: (prefix) => `${prefix}${random.id(24)}`,
    });
  }

  #cacheTurn(client: ClientRequest): CacheTurn | undefined {
    const { cache } = this.#plan;
    if (cache === undefined) return undefined;
    return this.#deps.answers.turn({ settings: cache, client, input: this.#input, plan: this.#plan });
  }

  #clientRequest(document: JsonDocument): ClientRequest | undefined {
    const { surface, principal, requestId } = this.#input;
    const id = this.#turn === undefined ? surface.dialect : 'openai-responses';
    if (id === undefined || surface.operation === 'count_tokens') return undefined;
    const dialect = clientDialectById(id);
    const { random, clock } = this.#deps.ports;
    const { onBreak } = this.#plan;
    const continues = this.#stream && (onBreak === 'continue' || onBreak === 'restart');
    return {
      surface,
      dialect,
      document,
      rewrite: this.#turn?.rewrite,
      model: this.#read.model,
      stream: this.#stream,
      requestId,
      createdAt: Math.floor(clock.now() / 1000),
      newId: (prefix) => `${prefix}${random.id(24)}`,
      keeper: {
        store: this.#deps.sideStore,
        scope: principal.key.id,
        client: dialect,
        newHandle: () => createHandle((count) => random.id(count)),
      },
      continuation: continues ? new Continuation({ mode: onBreak }) : undefined,
      canonical: this.#plan.cache !== undefined,
      unmask: this.#protection.unmasker,
    };
  }
}
