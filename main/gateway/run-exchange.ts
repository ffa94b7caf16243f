/** Stages attempt to settle of one exchange: attempts, the relay of the one that answers, and the record that is always closed. */
import { GatewayError, internalBug } from '../../shared/errors/gateway-error.ts';
import { answerCountLocally } from './count-tokens.ts';
import { clientDialectById } from './dialect-registry.ts';
import type { JsonDocument } from './dialects/document.ts';
import { failedAnswer, noteBug, ownError } from './errors.ts';
import type { Plan } from './exchange.ts';
import { countsItself, planFor, readFacts, type AdmittedRequest, type ReadFacts } from './plan-exchange.ts';
import type { GatewayPorts } from './ports.ts';
import { prepareAttempt, type AttemptContext } from './prepare-attempt.ts';
import { createHandle } from './reasoning-keeper.ts';
import { corsHeaders } from './receive.ts';
import { createRecorder, type Recorder } from './recorder.ts';
import type { HeaderList } from './relay/client-writer.ts';
import { prepareResponses, type ResponsesTurn } from './responses-store.ts';
import type { RunningExchanges } from './running.ts';
import type { SideStore } from './side-store.ts';
import { streamContentType, type ClientRequest } from './translation.ts';
import { runAttempts, StopSignal } from './upstream/attempts.ts';
import type { UpstreamClient } from './upstream/client.ts';
import type { CredentialPool } from './upstream/credentials.ts';

export interface ExchangeDeps {
  readonly ports: GatewayPorts;
  readonly client: UpstreamClient;
  readonly credentials: CredentialPool;
  readonly sideStore: SideStore;
  readonly running: RunningExchanges;
}

export async function runExchange(input: AdmittedRequest, deps: ExchangeDeps): Promise<void> {
  const { surface } = input;
  const facts = readFacts(input);
  const recorder = createRecorder(input, facts, deps.ports, (target, bodyBytes, inputTokens) => {
    deps.running.tokenRatios.learn(target, bodyBytes, inputTokens);
  });
  const stop = new StopSignal();
  const unregister = deps.running.add({ key: input.principal.key, stop });
  input.writer.listen({
    onGone: () => {
      recorder.clientGone();
      stop.stop('gone');
    },
    onDrain: () => recorder.relay?.onDrain(),
  });
  try {
    const plan = planFor(input, facts, deps.ports.random.next());
    recorder.planned(plan);
    if (surface.operation === 'count_tokens' && !plan.targets.some((target) => countsItself(target, surface))) {
      answerPlain(
        input,
        recorder,
        answerCountLocally({
          surface,
          document: facts.document,
          model: facts.model,
          target: plan.targets[0],
          learned: deps.running.tokenRatios,
        }),
      );
      return;
    }
    await new Exchange(input, facts, plan, recorder, stop, deps).run();
  } catch (error) {
    const known = error instanceof GatewayError ? error : internalBug('answering this request', error);
    noteBug(deps.ports.log, input.requestId, known);
    recorder.failed(known.code, known.status);
    if (input.writer.headSent) input.writer.tear();
    else answerError(input, recorder, ownError(surface.family, surface, known, input.requestId));
  } finally {
    unregister();
    recorder.settle();
  }
}

function answerPlain(input: AdmittedRequest, recorder: Recorder, body: Buffer): void {
  recorder.completed(200);
  input.writer.head(200, [
    ...ownHeaders(input, recorder),
    ['content-type', 'application/json'],
    ['content-length', String(body.length)],
  ]);
  input.writer.end(body);
}

function answerError(
  input: AdmittedRequest,
  recorder: Recorder,
  answer: { status: number; headers: HeaderList; body: Buffer },
): void {
  input.writer.head(answer.status, [
    ...answer.headers,
    ...ownHeaders(input, recorder),
    ['content-length', String(answer.body.length)],
  ]);
  input.writer.end(answer.body);
}

function ownHeaders(input: AdmittedRequest, recorder: Recorder): HeaderList {
  return [...recorder.headers(), ...corsHeaders(input.request, input.snapshot)];
}

/** The running part: attempts, and the relay of the one that answers. */
class Exchange {
  readonly #input: AdmittedRequest;
  readonly #facts: ReadFacts;
  readonly #plan: Plan;
  readonly #recorder: Recorder;
  readonly #stop: StopSignal;
  readonly #deps: ExchangeDeps;
  readonly #client: ClientRequest | undefined;
  readonly #turn: ResponsesTurn | undefined;
  /** Whether upstream is asked for a stream: what the client asked, except for a compaction made here. */
  readonly #stream: boolean;

  constructor(
    input: AdmittedRequest,
    facts: ReadFacts,
    plan: Plan,
    recorder: Recorder,
    stop: StopSignal,
    deps: ExchangeDeps,
  ) {
    this.#input = input;
    this.#facts = facts;
    this.#plan = plan;
    this.#recorder = recorder;
    this.#stop = stop;
    this.#deps = deps;
    const { surface, principal } = input;
    const { document } = facts;
    this.#turn =
      document !== undefined && (surface.id === 'responses' || surface.id === 'responses_compact')
        ? prepareResponses({
            surface,
            document,
            model: facts.model,
            stream: facts.stream,
            scope: principal.key.id,
            store: deps.sideStore,
            targets: plan.targets,
            createdAt: Math.floor(deps.ports.clock.now() / 1000),
            newId: (prefix) => `${prefix}${deps.ports.random.id(24)}`,
          })
        : undefined;
    this.#stream = this.#turn?.stream ?? facts.stream;
    this.#client = document === undefined ? undefined : this.#clientRequest(this.#turn?.document ?? document);
  }

  async run(): Promise<void> {
    const { writer, surface } = this.#input;
    const totalMs = this.#plan.targets[0]?.provider.timeouts.totalMs ?? 900_000;
    const total = setTimeout(() => {
      this.#onTotal(totalMs);
    }, totalMs);
    const client = this.#client;
    if (this.#stream && client !== undefined) {
      writer.keepAlive({
        head: () => [['content-type', streamContentType(client)], ...ownHeaders(this.#input, this.#recorder)],
        comments: client.dialect.toleratesComments,
      });
    }
    const shared: AttemptContext = {
      input: this.#input,
      facts: this.#facts,
      client,
      turn: this.#turn,
      stream: this.#stream,
      recorder: this.#recorder,
      ports: this.#deps.ports,
      answerHeaders: () => ownHeaders(this.#input, this.#recorder),
    };
    try {
      const outcome = await runAttempts({
        plan: this.#plan,
        stream: this.#stream,
        client: this.#deps.client,
        credentials: this.#deps.credentials,
        clock: this.#deps.ports.clock,
        random: this.#deps.ports.random,
        stopped: this.#stop,
        prepare: (target, credential, source, hooks) => prepareAttempt(shared, target, credential, source, hooks),
        onAttempt: (record) => {
          this.#recorder.attempt(record);
        },
        onFailure: (error) => {
          this.#noteBug(error);
        },
      });
      if (outcome.kind === 'committed') {
        const unlisten = this.#stop.onStop(() => {
          this.#stopRelay();
        });
        const error = await outcome.done;
        unlisten();
        this.#noteBug(error);
        this.#recorder.answered(writer.status, error);
        if (error === undefined) this.#turn?.keep();
        return;
      }
      if (outcome.kind === 'gone') return;
      const answer = failedAnswer({
        surface,
        failures: outcome.failures,
        requestId: this.#input.requestId,
        now: this.#deps.ports.clock.now(),
      });
      this.#recorder.failed(answer.code, answer.status);
      this.#fail(answer, outcome.failures[outcome.failures.length - 1]?.error);
    } finally {
      clearTimeout(total);
    }
  }

  /** The head may be out already, because the client was kept waiting: then the error goes into the stream. */
  #fail(answer: { status: number; headers: HeaderList; body: Buffer }, error: GatewayError | undefined): void {
    const { writer, requestId } = this.#input;
    if (!writer.headSent || this.#client === undefined) {
      answerError(this.#input, this.#recorder, answer);
      return;
    }
    const { dialect } = this.#client;
    const canonical =
      error === undefined || error.code === 'attempt.upstream_error'
        ? dialect.decodeError(answer.status, answer.body.toString('utf8'))
        : { status: error.status, kind: error.kind, message: error.message, code: error.code };
    const text = dialect.encodeStreamError(canonical, requestId);
    if (dialect.family === 'gemini') writer.tear(text);
    else writer.end(text);
  }

  #noteBug(error: GatewayError | undefined): void {
    noteBug(this.#deps.ports.log, this.#input.requestId, error);
  }

  #onTotal(ms: number): void {
    const relay = this.#recorder.relay;
    if (relay?.isCommitted === true) {
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
    if (reason === 'gone') relay.abandon();
    else relay.breakOff(reason);
  }

  #clientRequest(document: JsonDocument): ClientRequest | undefined {
    const { surface, principal, requestId } = this.#input;
    const id = this.#turn === undefined ? surface.dialect : 'openai-responses';
    if (id === undefined || surface.operation === 'count_tokens') return undefined;
    const dialect = clientDialectById(id);
    const { random, clock } = this.#deps.ports;
    return {
      surface,
      dialect,
      document,
      rewrite: this.#turn?.rewrite,
      model: this.#facts.model,
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
    };
  }
}
