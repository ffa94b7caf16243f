/** Stages read and route of one exchange: what the body says, and the targets that can and may serve it. */
import { kindFacts } from '../../shared/config/provider.ts';
import { GatewayError } from '../../shared/errors/gateway-error.ts';
import { clientDialectById } from './dialect-registry.ts';
import { JsonDocument } from './dialects/document.ts';
import type { Plan, Surface, Target } from './exchange.ts';
import { findMultipartModel } from './multipart.ts';
import { allowedTargets } from './policies/access.ts';
import type { RecordedRequest } from './recorder.ts';
import { headerValue } from './relay/headers.ts';
import { route } from './routing/router.ts';
import { withClientLogin } from './upstream/pass-through.ts';

/** A request whose key is known. */
export interface AdmittedRequest extends RecordedRequest {
  /** A login of the client's own, for its issuer only. */
  readonly foreignCredential: string | undefined;
}

/** What the body says, whatever kind of body it is. */
export interface ReadFacts {
  readonly model: string;
  readonly stream: boolean;
  readonly document: JsonDocument | undefined;
}

/** Moderations may leave the model out (platform.openai.com, moderations). */
const defaultModerationModel = 'omni-moderation-latest';

/** Longer than any name of a model: ARNs of Bedrock are the longest. */
const maxModelLength = 1_024;

/** Throws `read.*` when the body cannot be read or does not name a model. */
export function readFacts(input: RecordedRequest): ReadFacts {
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

function factsOf(input: RecordedRequest): ReadFacts {
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

/** Pure: `draw` is the random number of a weighted route. Throws `route.*` or `admit.model_denied` when no target is left. */
export function planFor(input: AdmittedRequest, facts: ReadFacts, draw: number): Plan {
  const { surface, snapshot, principal } = input;
  const plan = route({ snapshot, model: facts.model, draw });
  const able = plan.targets.filter((target) => canServe(target, surface));
  if (able.length === 0) {
    const names = plan.targets.map((target) => `"${target.provider.id}"`).join(', ');
    throw new GatewayError(
      'route.operation_unsupported',
      `${surface.id.replaceAll('_', ' ')} cannot be served by ${names}: the provider has no such endpoint. Ask for a model of one that has.`,
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
export function countsItself(target: Target, surface: Surface): boolean {
  return target.provider.dialects.some((id) => id === surface.dialect && id !== 'openai-chat');
}
