/** Stages read and route of one exchange: what the body says, and the targets that can and may serve it. */
import type { ConditionSurface } from '../../shared/config/condition.ts';
import { kindFacts } from '../../shared/config/provider.ts';
import type { FallbackReason } from '../../shared/config/route.ts';
import type { SurfaceId } from '../../shared/domain/dialect.ts';
import { GatewayError } from '../../shared/errors/gateway-error.ts';
import { clientDialectById } from './dialect-registry.ts';
import type { Survey } from './dialects/dialect.ts';
import { JsonDocument } from './dialects/document.ts';
import type { Plan, Surface, Target } from './exchange.ts';
import { findMultipartModel } from './multipart.ts';
import { accessIn, denialOf, modelAccessKept, modelAccessOf, type RuledSnapshot } from './policies/access.ts';
import type { GatewayPorts, Provider, Snapshot } from './ports.ts';
import type { ReadableRequest, RecordedRequest } from './recorder.ts';
import { headerValue } from './relay/headers.ts';
import type { HealthView, RouteFacts } from './routing/decision.ts';
import { createFacts } from './routing/facts.ts';
import type { HealthBook } from './routing/health.ts';
import { route, type RouteInput, type Routing } from './routing/router.ts';
import type { SessionStore } from './routing/sessions.ts';
import type { TokenRatios } from './token-ratios.ts';
import { mayPassThrough, withClientLogin } from './upstream/pass-through.ts';

/** A request whose key is known, as far as routing looks at it. */
export interface PlannableRequest extends ReadableRequest {
  /** A login of the client's own, for its issuer only. */
  readonly foreignCredential: string | undefined;
}

export type AdmittedRequest = RecordedRequest & PlannableRequest;

/** What the body says, whatever kind of body it is. */
export interface ReadFacts {
  readonly model: string;
  readonly stream: boolean;
  readonly document: JsonDocument | undefined;
}

/** Moderations may leave the model out (platform.openai.com, moderations). */
const defaultModerationModel = 'omni-moderation-latest';

/** What a client that named its target falls back on: nothing but tries at that target. */
const defaultFallbackOn: readonly FallbackReason[] = ['error', 'timeout', 'ttft', 'rate_limited'];

/** Longer than any name of a model: ARNs of Bedrock are the longest. */
const maxModelLength = 1_024;

/** Throws `read.*` when the body cannot be read or does not name a model. */
export function readFacts(input: ReadableRequest): ReadFacts {
  const facts = factsOf(input);
  checkModel(facts.model);
  return facts;
}

/** A model's name becomes part of addresses: half a character cannot be spelt there, and dots alone lead elsewhere. */
function checkModel(model: string): void {
  const isName =
    model.length <= maxModelLength &&
    model.isWellFormed() &&
    !model.split('/').some((segment) => segment === '.' || segment === '..');
  if (isName) return;
  throw new GatewayError(
    'read.invalid_field',
    'model: this cannot be the name of a model; GET /v1/models lists them.',
    {
      param: 'model',
    },
  );
}

function factsOf(input: ReadableRequest): ReadFacts {
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

/** What routing looks at besides the request: what is known of targets and conversations. */
export interface PlanDeps {
  readonly ports: Pick<GatewayPorts, 'clock' | 'random'>;
  readonly health: Pick<HealthBook, 'view'>;
  readonly sessions: Pick<SessionStore, 'view'>;
  readonly tokenRatios: TokenRatios;
}

export interface Planned {
  readonly plan: Plan;
  readonly facts: RouteFacts;
}

/**
 * Throws `route.*`, `attempt.rate_limited` or `admit.model_denied` when no target is left. `byRule`: the name in `read` is one
 * that a rule of the file gave, not the client.
 */
export function planFor(input: PlannableRequest, read: ReadFacts, deps: PlanDeps, byRule = false): Planned {
  const facts = routeFacts(input, read, deps);
  const routing = route(new AskedRoute(input, facts, deps, byRule));
  return { plan: withClientLogin(planOf(routing, input.snapshot), usableLogin(input)), facts };
}

/** One request as the router is asked about it. A class, because every request makes one: literals with accessors are slow. */
class AskedRoute implements RouteInput {
  readonly snapshot: Snapshot;
  readonly facts: RouteFacts;
  readonly health: HealthView;
  readonly principal: RouteInput['principal'];
  readonly denialOf: RouteInput['denialOf'];
  readonly serves: RouteInput['serves'];
  readonly hasLogin: RouteInput['hasLogin'];
  readonly draw: number;
  readonly sessions: Pick<SessionStore, 'view'>;

  constructor(input: PlannableRequest, facts: RouteFacts, deps: PlanDeps, byRule: boolean) {
    const { surface, principal } = input;
    const { key } = principal;
    const access = modelAccessOf(key);
    this.snapshot = input.snapshot;
    this.facts = facts;
    this.health = deps.health.view();
    this.principal = {
      key: key.id,
      allowedModels: key.allowedModels,
      deniedModels: key.deniedModels,
      access: access.length === 0 ? undefined : access,
      operation: surface.operation,
      family: surface.family,
      byRule: byRule ? true : undefined,
    };
    const { denialOf: denial, serves } = rulesOf(this.principal, input.snapshot);
    this.denialOf = denial;
    this.serves = serves;
    this.hasLogin = loginOf(input);
    this.draw = deps.ports.random.next();
    this.sessions = deps.sessions;
  }

  /** Found out when it is asked for: it may be dear. */
  get session(): RouteInput['session'] {
    const { session } = this.facts;
    return session === undefined ? undefined : this.sessions.view(this.principal.key, session.key, this.facts.model);
  }
}

/** The client's own login, where it may be used: it comes with terms of its own, of which nothing is known. */
function usableLogin({ foreignCredential, snapshot }: PlannableRequest): string | undefined {
  return (snapshot.policy?.requires.length ?? 0) > 0 ? undefined : foreignCredential;
}

/** Whether the client's own login stands in for a credential of ours. */
function loginOf(input: PlannableRequest): RouteInput['hasLogin'] {
  const { snapshot } = input;
  const foreignCredential = usableLogin(input);
  if (foreignCredential === undefined) return undefined;
  return ({ id }) => {
    const provider = snapshot.providers.get(id);
    return provider !== undefined && mayPassThrough(provider, foreignCredential);
  };
}

/**
 * What may be asked, whatever is best: models and providers that the key, its team and what holds for every key allow, and that
 * have the endpoint.
 */
export function rulesOf(
  principal: RouteInput['principal'],
  snapshot: RuledSnapshot,
): Pick<RouteInput, 'denialOf' | 'serves'> {
  const access = accessIn(snapshot, modelAccessKept(principal));
  return {
    denialOf: (names, providerId) => denialOf(access, names, providerId),
    serves: (provider) => canServe(provider, principal),
  };
}

function planOf(routing: Routing, snapshot: Snapshot): Plan {
  const targets: Target[] = [];
  for (const { id, providerId, model } of routing.targets) {
    const provider = snapshot.providers.get(providerId);
    if (provider !== undefined) targets.push({ id, provider, model });
  }
  const { route: found } = routing;
  return {
    targets,
    reason: routing.reason,
    routeId: found?.id,
    fallbackOn: found?.fallbackOn ?? defaultFallbackOn,
    fallbackRules: found?.fallbackRules ?? [],
    maxAttempts: found?.maxAttempts ?? routing.attempts,
    onBreak: found?.onBreak ?? 'fail',
    hedge: found?.hedge,
    cache: found?.cache,
    credentialName: routing.credentialName,
    decision: routing.decision,
  };
}

function routeFacts(input: PlannableRequest, read: ReadFacts, { ports, tokenRatios }: PlanDeps): RouteFacts {
  const { surface, principal } = input;
  return createFacts({
    // With the earlier turns that were joined to it.
    body: read.document?.bytes ?? input.body,
    survey: surveyOf(surface, read.document),
    surface: conditionSurfaces[surface.id] ?? 'chat',
    model: read.model,
    stream: read.stream,
    client: principal.client,
    keyMetadata: principal.key.metadata,
    headers: input.request.headers,
    at: ports.clock.now(),
    bytesPerToken: tokenRatios.overall,
  });
}

/** What routing and policies want to know of a body that carries a conversation. */
export function surveyOf(surface: Surface, document: JsonDocument | undefined): Survey | undefined {
  if (surface.dialect === undefined || document === undefined) return undefined;
  return clientDialectById(surface.dialect).survey(document);
}

/** Surfaces by the words that conditions use for them. */
const conditionSurfaces: Readonly<Partial<Record<SurfaceId, ConditionSurface>>> = {
  chat: 'chat',
  responses: 'responses',
  responses_compact: 'responses',
  completions: 'completions',
  embeddings: 'embeddings',
  moderations: 'moderations',
  images: 'images',
  audio: 'audio',
  rerank: 'rerank',
  messages: 'messages',
  messages_count_tokens: 'count_tokens',
  gemini_generate: 'gemini',
  gemini_stream: 'gemini',
  gemini_count_tokens: 'count_tokens',
  gemini_embed: 'embeddings',
};

/** Conversations can be translated; everything else needs a target of the surface's own family. */
function canServe(provider: Pick<Provider, 'kind'>, surface: Pick<Surface, 'operation' | 'family'>): boolean {
  if (surface.operation === 'generate' || surface.operation === 'count_tokens') return true;
  if (surface.operation === 'compact') return true;
  const { adapter } = kindFacts[provider.kind];
  if (adapter === 'demo') return surface.operation !== 'images' && surface.operation !== 'audio';
  if (surface.family === 'gemini') return adapter === 'gemini' || adapter === 'vertex';
  return adapter === 'openai' || adapter === 'azure';
}
