/** Stages read to settle of one exchange: facts, access, plan, attempts, relay, and the record that is always closed. */
import { kindFacts } from '../../shared/config/provider.ts';
import type { DialectId } from '../../shared/domain/dialect.ts';
import { GatewayError } from '../../shared/errors/gateway-error.ts';
import {
  kindOfAnswer,
  outgoing,
  streamContentType,
  targetDialect,
  type AnswerNotes,
  type ClientRequest,
  type OutgoingRequest,
} from './translation.ts';
import { JsonDocument } from './dialects/document.ts';
import { clientDialectById, dialectById } from './dialect-registry.ts';
import { failedAnswer, ownError } from './errors.ts';
import type { Plan, Surface, Target } from './exchange.ts';
import { createRecorder, type RecordedRequest, type Recorder } from './recorder.ts';
import { findMultipartModel, spliceBuffer } from './multipart.ts';
import { answerCountLocally } from './count-tokens.ts';
import { prepareResponses, type ResponsesTurn } from './responses-store.ts';
import { allowedTargets } from './policies/access.ts';
import type { GatewayPorts, Credential } from './ports.ts';
import { createHandle } from './reasoning-keeper.ts';
import { PlainBody } from './relay/bodies.ts';
import type { HeaderList } from './relay/client-writer.ts';
import { headerValue, upstreamHeaders } from './relay/headers.ts';
import { Relay } from './relay/relay.ts';
import { emptyAnswerFacts } from './relay/translate.ts';
import { route } from './routing/router.ts';
import type { RunningExchanges } from './running.ts';
import type { SideStore } from './side-store.ts';
import type { CallSpec } from './upstream/adapters/adapter.ts';
import { adapterFor } from './upstream/adapters/registry.ts';
import { runAttempts, StopSignal, type PreparedAttempt, type SinkHooks } from './upstream/attempts.ts';
import type { UpstreamCall, UpstreamClient } from './upstream/client.ts';
import type { CredentialPool } from './upstream/credentials.ts';
import { withClientLogin } from './upstream/pass-through.ts';
import { callHeaders } from './upstream/call-headers.ts';
import { corsHeaders } from './receive.ts';

export interface ExchangeDeps {
  readonly ports: GatewayPorts;
  readonly client: UpstreamClient;
  readonly credentials: CredentialPool;
  readonly sideStore: SideStore;
  readonly running: RunningExchanges;
}

export interface ExchangeInput extends RecordedRequest {
  readonly foreignCredential: string | undefined;
}

/** What the body says, whatever kind of body it is. */
interface ReadFacts {
  readonly model: string;
  readonly stream: boolean;
  readonly document: JsonDocument | undefined;
}

/** Moderations may leave the model out (platform.openai.com, moderations). */
const defaultModerationModel = 'omni-moderation-latest';

export async function runExchange(input: ExchangeInput, deps: ExchangeDeps): Promise<void> {
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
    const plan = planFor(input, facts, deps);
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
    if (!(error instanceof GatewayError)) throw error;
    recorder.failed(error.code, error.status);
    answerError(input, recorder, ownError(surface.family, surface, error, input.requestId));
  } finally {
    unregister();
    recorder.settle();
  }
}

function readFacts(input: ExchangeInput): ReadFacts {
  const { surface, request, body } = input;
  const contentType = headerValue(request.headers, 'content-type') ?? '';
  if (contentType.toLowerCase().startsWith('multipart/')) {
    return { model: findMultipartModel(contentType, body).model, stream: false, document: undefined };
  }
  const document = JsonDocument.read(body);
  if (surface.pathModel !== undefined) {
    if (surface.dialect !== undefined) clientDialectById(surface.dialect).readFacts(document);
    return { model: surface.pathModel, stream: surface.pathStream, document };
  }
  if (surface.dialect !== undefined && surface.operation === 'generate') {
    const { model, stream } = clientDialectById(surface.dialect).readFacts(document);
    return { model, stream, document };
  }
  const model = document.value('model');
  if (model === undefined && surface.operation === 'moderations') {
    const vendor = [...input.snapshot.providers.values()].find((one) => one.kind === 'openai');
    return {
      model: vendor === undefined ? defaultModerationModel : `${vendor.id}/${defaultModerationModel}`,
      stream: false,
      document,
    };
  }
  if (typeof model !== 'string' || model === '') {
    throw new GatewayError('read.invalid_field', 'model: expected the name of a model, e.g. "demo/echo".', {
      param: 'model',
    });
  }
  return { model, stream: document.value('stream') === true, document };
}

function planFor(input: ExchangeInput, facts: ReadFacts, deps: ExchangeDeps): Plan {
  const { surface, snapshot, principal } = input;
  const plan = route({ snapshot, model: facts.model, draw: deps.ports.random.next() });
  const able = plan.targets.filter((target) => canServe(target, surface));
  if (able.length === 0) {
    const names = plan.targets.map((target) => `"${target.provider.id}"`).join(', ');
    throw new GatewayError(
      'route.operation_unsupported',
      `${surface.id.replaceAll('_', ' ')} cannot be served by ${names}: the provider has no such endpoint.`,
      {
        param: 'model',
      },
    );
  }
  const allowed = { ...plan, targets: allowedTargets(principal.key, facts.model, able) };
  return withClientLogin(allowed, input.foreignCredential);
}

/** Conversations can be translated; everything else needs a target of the surface's own family. */
function canServe(target: Target, surface: Surface): boolean {
  if (surface.operation === 'generate' || surface.operation === 'count_tokens') return true;
  if (surface.operation === 'compact') return true;
  const { adapter } = kindFacts[target.provider.kind];
  if (adapter === 'demo') return surface.operation !== 'images' && surface.operation !== 'audio';
  if (surface.family === 'gemini') return adapter === 'gemini' || adapter === 'vertex';
  return adapter === 'openai' || adapter === 'azure';
}

/** The target has a token counter of the surface's own dialect. */
function countsItself(target: Target, surface: Surface): boolean {
  return target.provider.dialects.some((id) => id === surface.dialect && id !== 'openai-chat');
}

function answerPlain(input: ExchangeInput, recorder: Recorder, body: Buffer): void {
  recorder.completed(200);
  input.writer.head(200, [
    ...ownHeaders(input, recorder),
    ['content-type', 'application/json'],
    ['content-length', String(body.length)],
  ]);
  input.writer.end(body);
}

function answerError(
  input: ExchangeInput,
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

function ownHeaders(input: ExchangeInput, recorder: Recorder): HeaderList {
  return [...recorder.headers(), ...corsHeaders(input.request, input.snapshot)];
}

/** The running part: attempts, and the relay of the one that answers. */
class Exchange {
  readonly #input: ExchangeInput;
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
    input: ExchangeInput,
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
    try {
      const outcome = await runAttempts({
        plan: this.#plan,
        stream: this.#stream,
        client: this.#deps.client,
        credentials: this.#deps.credentials,
        clock: this.#deps.ports.clock,
        random: this.#deps.ports.random,
        stopped: this.#stop,
        prepare: (target, credential, source, hooks) => this.#prepare(target, credential, source, hooks),
        onAttempt: (record) => {
          this.#recorder.attempt(record);
        },
      });
      if (outcome.kind === 'committed') {
        const unlisten = this.#stop.onStop(() => {
          this.#stopRelay();
        });
        const error = await outcome.done;
        unlisten();
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

  #onTotal(ms: number): void {
    const relay = this.#recorder.relay;
    if (relay?.isCommitted === true) {
      relay.breakOff(
        new GatewayError(
          'relay.total_timeout',
          `The answer took longer than total_ms (${String(ms)} ms) and was ended.`,
        ),
      );
    } else this.#stop.stop(new GatewayError('attempt.total_timeout', `No answer within total_ms (${String(ms)} ms).`));
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

  async #prepare(
    target: Target,
    credential: Credential,
    source: UpstreamCall,
    hooks: SinkHooks,
  ): Promise<PreparedAttempt> {
    const { surface, writer } = this.#input;
    const adapter = adapterFor(target.provider);
    const passthrough = this.#client === undefined || this.#turn?.isPassedOn(target) === true;
    const dialect = passthrough ? this.#countedIn(target) : spokenDialect(this.#client, target);
    const spec: CallSpec = {
      provider: target.provider,
      model: target.model,
      credential,
      // A compaction made here is an ordinary conversation to the target.
      operation: passthrough ? surface.operation : 'generate',
      dialect,
      surfacePath: surface.path,
      stream: this.#stream,
      query: isSameFamily(target, surface, dialect) ? surface.query : new URLSearchParams(),
    };
    const shape = adapter.shape(spec);
    const out = passthrough ? this.#passedOn(target, shape) : this.#outgoing(target, shape);
    const headers = {
      ...(out.isSame ? upstreamHeaders(this.#input.request.headers) : {}),
      ...callHeaders({
        target,
        dialect: out.dialect,
        isSame: out.isSame,
        request: this.#input.request,
        contentType: out.contentType,
      }),
      ...out.headers,
      ...target.provider.headers,
      ...(await adapter.authorize(spec, shape.url, out.body)),
    };
    const relay = new Relay({
      writer,
      source,
      hooks,
      idleMs: target.provider.timeouts.idleMs,
      passHeaders: out.isSame,
      answerHeaders: () => ownHeaders(this.#input, this.#recorder),
      createBody: (made, status, head) => out.createBody(made, status, head),
    });
    this.#recorder.attempting(target, out, relay);
    return {
      sink: relay,
      request: {
        origin: shape.url.origin,
        hostname: shape.url.hostname.replace(/^\[|\]$/g, ''),
        method: 'POST',
        path: `${shape.url.pathname}${shape.url.search}`,
        headers,
        body: out.body,
        connectMs: target.provider.timeouts.connectMs,
        allowPrivate: target.provider.local,
        proxyUrl: proxyOf(target, shape.url.origin, this.#deps.ports),
      },
    };
  }

  /** The dialect of a token count that is passed on; other passed-on surfaces have none. */
  #countedIn(target: Target): DialectId | undefined {
    const { surface } = this.#input;
    return surface.operation === 'count_tokens'
      ? target.provider.dialects.find((id) => id === surface.dialect)
      : undefined;
  }

  #outgoing(
    target: Target,
    shape: { setFields?: Readonly<Record<string, string>> | undefined; removeFields?: readonly string[] | undefined },
  ): Outgoing {
    const client = this.#client;
    if (client === undefined)
      throw new GatewayError('internal.bug', 'A conversation without a dialect cannot be sent.');
    const notes: AnswerNotes = {
      facts: emptyAnswerFacts(),
      losses: (path, why) => {
        this.#recorder.loss(path, why);
      },
      meter: undefined,
      onFirstContent: () => {
        this.#recorder.firstContent();
      },
      onSkipped: (why) => {
        this.#deps.ports.log.warn('an event of an upstream stream was skipped', {
          requestId: this.#input.requestId,
          why,
        });
      },
      onTerminal: () => {
        this.#recorder.terminalSeen();
      },
      onClientText: this.#turn?.onClientText,
    };
    const out = outgoing(client, target, notes, shape);
    this.#recorder.watch(notes);
    return { ...out, contentType: 'application/json' };
  }

  /** Surfaces without a conversation: the body with the model's name replaced, the answer as it comes. */
  #passedOn(
    target: Target,
    shape: { setFields?: Readonly<Record<string, string>> | undefined; removeFields?: readonly string[] | undefined },
  ): Outgoing {
    const { document } = this.#facts;
    const contentType = headerValue(this.#input.request.headers, 'content-type') ?? 'application/json';
    const meter = this.#input.surface.family === 'openai' ? dialectById('openai-chat').createMeter() : undefined;
    const facts = emptyAnswerFacts();
    let body = this.#input.body;
    if (document === undefined) {
      const found = findMultipartModel(contentType, body);
      if (found.model !== target.model) body = spliceBuffer(body, found.span, target.model);
    } else {
      document.resetEdits();
      if (document.has('model') && document.value('model') !== target.model)
        document.set('model', JSON.stringify(target.model));
      for (const [name, value] of Object.entries(shape.setFields ?? {})) document.set(name, value);
      for (const name of shape.removeFields ?? []) document.remove(name);
      body = document.render();
    }
    this.#recorder.watch({ facts, meter });
    return {
      dialect: this.#countedIn(target),
      isSame: true,
      body,
      headers: {},
      contentType,
      createBody: (relay, _status, headers) => {
        const kind = kindOfAnswer(headers, this.#stream);
        return new PlainBody(relay, {
          meter,
          contentType: headerValue(headers, 'content-type'),
          isJson: kind === 'json',
          streams: kind !== 'json',
          onFirstContent: () => {
            this.#recorder.firstContent();
          },
        });
      },
    };
  }
}

interface Outgoing extends Omit<OutgoingRequest, 'dialect'> {
  readonly dialect: OutgoingRequest['dialect'] | undefined;
  readonly contentType: string;
}

function spokenDialect(client: ClientRequest | undefined, target: Target): OutgoingRequest['dialect'] | undefined {
  return client === undefined ? undefined : targetDialect(target, client.dialect.id);
}

function proxyOf(target: Target, origin: string, ports: GatewayPorts): string | undefined {
  const { proxy } = target.provider;
  if (proxy.kind === 'url') return proxy.url;
  return proxy.kind === 'system' ? ports.systemProxy(origin) : undefined;
}

/** The client's query means something only to a target of its own kind. */
function isSameFamily(target: Target, surface: Surface, dialect: OutgoingRequest['dialect'] | undefined): boolean {
  if (dialect !== undefined) return dialect === surface.dialect;
  return target.provider.dialects.some((id) => dialectById(id).family === surface.family);
}
