/** What the model's name leads to: a target the client means, or an alias. */
import { kindFacts } from '../../../shared/config/provider.ts';
import { GatewayError } from '../../../shared/errors/gateway-error.ts';
import { isGlob, matchesGlob } from '../../kit/glob.ts';
import { nearestNames } from '../../kit/nearest.ts';
import type { AwaitedProvider } from '../ports.ts';
import type { RoutingProvider, RoutingSnapshot } from './routing-snapshot.ts';

/** A target as a name says it. */
export interface NamedTarget {
  readonly provider: RoutingProvider;
  readonly model: string;
  /** How the name led here, a sentence for people. */
  readonly reason: string;
}

/** A name that stands for something else than a route's alias. */
export type Meaning =
  | { readonly kind: 'target'; readonly target: NamedTarget }
  /** It was listed in place of this alias. */
  | { readonly kind: 'alias'; readonly alias: string };

/** An error message names this many providers at most. */
const namesShown = 5;

/** `provider/model`, exactly: it skips the routes (RTE-10). */
export function explicitTarget(snapshot: RoutingSnapshot, asked: string): NamedTarget | undefined {
  const slash = asked.indexOf('/');
  if (slash <= 0) return undefined;
  const provider = snapshot.providers.get(asked.slice(0, slash));
  const model = asked.slice(slash + 1);
  if (provider === undefined || model === '') return undefined;
  if (provider.closedModels && !provider.models.has(model)) return undefined;
  if (provider.kind === 'demo' && !isDemoModel(provider, model)) return undefined;
  return { provider, model, reason: `The client named ${clean(asked)}.` };
}

function isDemoModel(provider: RoutingProvider, name: string): boolean {
  return provider.models.has(name) || /^error-[45]\d\d$/.test(name) || ['echo', 'slow', 'flaky'].includes(name);
}

/**
 * What a name means that no route answers to: a `claude-` alias of a list, then a bare id that one provider knows. Throws
 * `route.model_not_found` with the nearest names, or `route.ambiguous_model`.
 */
export function meaningOf(snapshot: RoutingSnapshot, asked: string): Meaning {
  // Claude Code's picker only keeps names with "claude": other models are listed under such alias names (CLI-02).
  // They are asked for before the vendor's prefix is believed.
  const disguised = fromClaudeAlias(snapshot, asked);
  if (disguised !== undefined) return disguised;
  const provider = ownerOf(snapshot, asked);
  if (provider === undefined) throw notFound(snapshot, asked);
  return {
    kind: 'target',
    target: { provider, model: asked, reason: `"${clean(asked)}" is a model of "${provider.id}".` },
  };
}

/**
 * The one provider a bare id belongs to: it lists the id, or the id carries its vendor's prefix. A vendor's own API goes before
 * resellers and clouds that offer the same names.
 */
function ownerOf(snapshot: RoutingSnapshot, model: string): RoutingProvider | undefined {
  const providers = [...snapshot.providers.values()];
  const listing = providers.filter((one) => one.kind !== 'demo' && one.models.has(model));
  if (listing.length === 1) return listing[0];
  const prefixed = providers.filter(
    (one) => !one.closedModels && kindFacts[one.kind].modelPrefixes.some((prefix) => model.startsWith(prefix)),
  );
  const candidates = listing.length > 0 ? listing : prefixed;
  if (candidates.length <= 1) return candidates[0];
  const native = candidates.filter((one) => prefixed.includes(one));
  if (native.length === 1) return native[0];
  const names = candidates.slice(0, namesShown).map((one) => `"${one.id}/${model}"`);
  throw new GatewayError(
    'route.ambiguous_model',
    `"${model}" is known to ${candidates.length} providers. Ask for one of ${names.join(', ')}.`,
    { param: 'model' },
  );
}

/** `claude-<provider>-<model>` for models that are not Claude's. */
export function claudeAlias(target: { readonly providerId: string; readonly model: string }): string {
  return `claude-${target.providerId}-${target.model.replace(/[^A-Za-z0-9._-]/g, '-')}`;
}

function fromClaudeAlias(snapshot: RoutingSnapshot, asked: string): Meaning | undefined {
  if (!asked.startsWith('claude-')) return undefined;
  const aliased = snapshot.routes.find(
    (one) => !isGlob(one.alias) && claudeAlias({ providerId: 'route', model: one.alias }) === asked,
  );
  if (aliased !== undefined) return { kind: 'alias', alias: aliased.alias };
  for (const provider of snapshot.providers.values()) {
    if (!asked.startsWith(`claude-${provider.id}-`)) continue;
    for (const model of provider.models.keys()) {
      if (claudeAlias({ providerId: provider.id, model }) !== asked) continue;
      const reason = `"${asked}" stands for ${provider.id}/${model} in lists that show Claude's names only.`;
      return { kind: 'target', target: { provider, model, reason } };
    }
  }
  return undefined;
}

/** A route may answer to it at other times, also by the name it has in lists that show Claude's names only. */
function isResting({ resting = [] }: RoutingSnapshot, asked: string): boolean {
  return resting.some(
    (alias) => matchesGlob(alias, asked) || claudeAlias({ providerId: 'route', model: alias }) === asked,
  );
}

/** What would answer to it, had somebody agreed. */
function awaitedFor({ policy }: RoutingSnapshot, asked: string): AwaitedProvider | undefined {
  const all = policy?.awaited ?? [];
  return (
    all.find(({ provider }) => asked.startsWith(`${provider}/`)) ??
    all.find(({ aliases }) => aliases.some((alias) => matchesGlob(alias, asked)))
  );
}

function notFound(snapshot: RoutingSnapshot, asked: string): GatewayError {
  if (isResting(snapshot, asked)) {
    return new GatewayError(
      'route.model_not_found',
      `"${clean(asked)}" is answered by a route, and routes rest while Sluice is paused and lets requests pass through. Ask for provider/model, or resume in Sluice.`,
      { param: 'model' },
    );
  }
  const awaited = awaitedFor(snapshot, asked);
  if (awaited !== undefined) {
    return new GatewayError(
      'route.model_not_found',
      `"${clean(asked)}" is answered by the provider "${awaited.provider}", which ${awaited.origin} defines and which is used once somebody on this machine agrees. Decide about it in Sluice under Policies, Team; \`sluice open\` leads there.`,
      { param: 'model' },
    );
  }
  const names: string[] = snapshot.routes.filter((one) => !isGlob(one.alias)).map((one) => one.alias);
  for (const provider of snapshot.providers.values()) {
    for (const id of provider.models.keys()) names.push(`${provider.id}/${id}`, id);
  }
  const near = nearestNames(asked, names, 3);
  const hint =
    near.length > 0
      ? `Did you mean ${near.map((name) => `"${name}"`).join(', ')}?`
      : 'GET /v1/models lists what there is; "demo/echo" always answers.';
  return new GatewayError('route.model_not_found', `The model "${clean(asked)}" is not known here. ${hint}`, {
    param: 'model',
  });
}

/** A name a client sent, fit for a message. */
export function clean(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f]/g, '?').slice(0, 200);
}
