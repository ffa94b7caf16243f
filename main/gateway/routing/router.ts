/** Stage route: the model a client names becomes an ordered plan of targets. Pure: same inputs, same plan. */
import { kindFacts } from '../../../shared/config/provider.ts';
import { GatewayError } from '../../../shared/errors/gateway-error.ts';
import { isGlob, matchesGlob } from '../../kit/glob.ts';
import { nearestNames } from '../../kit/nearest.ts';
import type { Plan, Target } from '../exchange.ts';
import type { Provider, Route, RouteTarget, Snapshot } from '../ports.ts';

export interface RouteInput {
  readonly snapshot: Snapshot;
  /** As the client sent it. */
  readonly model: string;
  /** In [0, 1): decides weighted choices. */
  readonly draw: number;
}

/** Fallback classes when nothing was configured. */
const defaultFallbackOn: readonly string[] = ['error', 'timeout', 'ttft', 'rate_limited'];
/** An error message names this many providers at most. */
const namesShown = 5;

/**
 * `provider/model` exact · a route's alias · a bare model id known to one provider. Throws `route.model_not_found` with the
 * nearest names, or `route.ambiguous_model`.
 */
export function route(input: RouteInput): Plan {
  const model = input.model.replace(/^models\//, '');
  const explicit = explicitTarget(input.snapshot, model);
  if (explicit !== undefined) return single(explicit, 'the client named provider and model');
  const found = input.snapshot.routes.find((one) => matchesGlob(one.alias, model));
  if (found !== undefined) return planOf(found, input, model);
  // Claude Code's picker only keeps names with "claude": other models are listed under such alias names (CLI-02).
  // They are asked for before the vendor's prefix is believed.
  const disguised = fromClaudeAlias(input.snapshot, model);
  if (disguised !== undefined) return single(disguised, 'listed under a claude- alias');
  const owner = ownerOf(input.snapshot, model);
  if (owner !== undefined)
    return single({ id: owner.id, provider: owner, model }, `the model is known to provider "${owner.id}"`);
  throw notFound(input.snapshot, model);
}

function single(target: Target, reason: string): Plan {
  return { targets: [target], reason, fallbackOn: defaultFallbackOn, routeId: undefined };
}

function explicitTarget(snapshot: Snapshot, model: string): Target | undefined {
  const slash = model.indexOf('/');
  if (slash <= 0) return undefined;
  const provider = snapshot.providers.get(model.slice(0, slash));
  const name = model.slice(slash + 1);
  if (provider === undefined || name === '') return undefined;
  if (provider.closedModels && !provider.models.has(name)) return undefined;
  if (provider.kind === 'demo' && !isDemoModel(provider, name)) return undefined;
  return { id: provider.id, provider, model: name };
}

function isDemoModel(provider: Provider, name: string): boolean {
  return provider.models.has(name) || /^error-[45]\d\d$/.test(name) || ['echo', 'slow', 'flaky'].includes(name);
}

function planOf(found: Route, input: RouteInput, asked: string): Plan {
  const targets: Target[] = [];
  for (const one of ordered(found, input.draw)) {
    const provider = input.snapshot.providers.get(one.providerId);
    if (provider === undefined) continue;
    const model = one.model === '@requested' ? asked : one.model;
    targets.push({ id: one.id, provider, model });
  }
  if (targets.length === 0)
    throw new GatewayError('route.no_target', `Route "${found.id}" has no target that exists. Correct its targets.`);
  return {
    targets: found.strategy === 'single' ? targets.slice(0, 1) : targets,
    reason: `route "${found.id}" (${found.strategy})`,
    fallbackOn: found.fallbackOn,
    routeId: found.id,
  };
}

/** Weighted: one draw picks the first, the others follow by weight. */
function ordered(found: Route, draw: number): readonly RouteTarget[] {
  if (found.strategy !== 'weighted') return found.targets;
  const usable = found.targets.filter((one) => one.weight > 0);
  const total = usable.reduce((sum, one) => sum + one.weight, 0);
  let at = draw * total;
  const first = usable.find((one) => (at -= one.weight) < 0) ?? usable[0];
  if (first === undefined) return found.targets;
  return [first, ...usable.filter((one) => one !== first).sort((a, b) => b.weight - a.weight)];
}

/**
 * The one provider a bare id belongs to: it lists the id, or the id carries its vendor's prefix. A vendor's own API goes before
 * resellers and clouds that offer the same names.
 */
function ownerOf(snapshot: Snapshot, model: string): Provider | undefined {
  const listing = [...snapshot.providers.values()].filter((one) => one.kind !== 'demo' && one.models.has(model));
  if (listing.length === 1) return listing[0];
  const prefixed = [...snapshot.providers.values()].filter(
    (one) => !one.closedModels && kindFacts[one.kind].modelPrefixes.some((prefix) => model.startsWith(prefix)),
  );
  const candidates = listing.length > 0 ? listing : prefixed;
  if (candidates.length <= 1) return candidates[0];
  const native = candidates.filter((one) => prefixed.includes(one));
  if (native.length === 1) return native[0];
  const names = candidates.slice(0, namesShown).map((one) => `"${one.id}/${model}"`);
  throw new GatewayError(
    'route.ambiguous_model',
    `"${model}" is known to ${String(candidates.length)} providers. Ask for one of ${names.join(', ')}.`,
    {
      param: 'model',
    },
  );
}

/** `claude-<provider>-<model>` for models that are not Claude's. */
export function claudeAlias(target: { readonly providerId: string; readonly model: string }): string {
  return `claude-${target.providerId}-${target.model.replace(/[^A-Za-z0-9._-]/g, '-')}`;
}

function fromClaudeAlias(snapshot: Snapshot, model: string): Target | undefined {
  if (!model.startsWith('claude-')) return undefined;
  const aliased = snapshot.routes.find(
    (one) => !isGlob(one.alias) && claudeAlias({ providerId: 'route', model: one.alias }) === model,
  );
  const first = aliased?.targets[0];
  const routed = first === undefined ? undefined : snapshot.providers.get(first.providerId);
  if (first !== undefined && routed !== undefined) return { id: first.id, provider: routed, model: first.model };
  for (const provider of snapshot.providers.values()) {
    if (!model.startsWith(`claude-${provider.id}-`)) continue;
    for (const id of provider.models.keys()) {
      if (claudeAlias({ providerId: provider.id, model: id }) === model)
        return { id: provider.id, provider, model: id };
    }
  }
  return undefined;
}

function notFound(snapshot: Snapshot, model: string): GatewayError {
  const names: string[] = snapshot.routes.filter((one) => !isGlob(one.alias)).map((one) => one.alias);
  for (const provider of snapshot.providers.values()) {
    for (const id of provider.models.keys()) names.push(`${provider.id}/${id}`, id);
  }
  const near = nearestNames(model, names, 3);
  const hint =
    near.length > 0
      ? `Did you mean ${near.map((name) => `"${name}"`).join(', ')}?`
      : 'GET /v1/models lists what there is; "demo/echo" always answers.';
  return new GatewayError('route.model_not_found', `The model "${clean(model)}" is not known here. ${hint}`, {
    param: 'model',
  });
}

function clean(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f]/g, '?').slice(0, 200);
}
