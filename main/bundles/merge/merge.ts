/** Team bundles as one layer on the config: what they enforce restricts it, what they suggest fills what nobody wrote (BND-30…37). */
import { createHash } from 'node:crypto';
import type { OwnConfig, TeamApplied, TeamLayer } from '../../config/team-layer.ts';
import type { AccessPolicy } from '../../gateway/ports.ts';
import { canonicalJson } from '../../kit/canonical-json.ts';
import { atOnce, type Steps } from '../../kit/steps.ts';
import type { LayeredBundle } from '../types.ts';
import { applyAccess } from './access-told.ts';
import { refusalsOf } from './access.ts';
import { distrustedBy, hasWord } from './authority.ts';
import { awaitedIn } from './awaited.ts';
import { Draft } from './draft.ts';
import { effectiveHash } from './effective.ts';
import { hintsIn, templatesIn } from './extras.ts';
import { applyFirewall } from './firewall.ts';
import { applyBudgets, applyRateLimits } from './limits.ts';
import { applyMasking } from './masking.ts';
import { inOrder, nameOf, partsOf, ruleOf, sourceAt, type Parts } from './parts.ts';
import { applyPricing } from './pricing.ts';
import { applyProviders } from './providers.ts';
import { applyRoutes, routesOf } from './routes.ts';
import { applyApp, applyLogging } from './settings.ts';

export { conflictsOf } from './conflicts.ts';
export { appRulesOf, clientHintsOf, templatesOf, type AppRules, type Told } from './extras.ts';
export { explainPointer } from './provenance.ts';

/** `bundles` in the order of enrolment: they are put in order of their layers here. */
export function createTeamLayer(bundles: readonly LayeredBundle[]): TeamLayer {
  const names = inOrder(bundles).map(({ bundle }) => nameOf(bundle));
  const parts = partsOf(bundles);
  const awaited = awaitedIn(bundles);
  const steps = (own: OwnConfig): Steps<TeamApplied> => appliedSteps(own, { parts, awaited, bundles: names });
  return { hash: layerHash(bundles), apply: (own) => atOnce(steps(own)), steps };
}

interface Said {
  readonly parts: Parts;
  readonly awaited: NonNullable<AccessPolicy['awaited']>;
  /** Their names. */
  readonly bundles: readonly string[];
}

function* appliedSteps(own: OwnConfig, { parts, awaited, bundles }: Said): Steps<TeamApplied> {
  const draft = new Draft(own, parts);
  const { dataPolicies, definers } = applyProviders(draft);
  const { routesOnly, enforcedRoutes } = applyRoutes(draft);
  yield undefined;
  const masking = applyMasking(draft);
  yield undefined;
  const auditRules = applyFirewall(draft);
  const enforcedBudgets = applyBudgets(draft);
  applyRateLimits(draft);
  applyPricing(draft);
  const { noExport } = applyLogging(draft, masking.inLogs);
  const { proxyOnly, localOnly } = applyApp(draft);
  applyAccess(draft);
  for (const { entry } of [...templatesIn(parts), ...hintsIn(parts)]) draft.told.entries.push(entry);
  const watched = refusalsOf(parts.watching, definers);
  const policy: AccessPolicy = {
    ...refusalsOf(parts.enforced, definers),
    ...{ hash: '', bundles, routesOnly, enforcedRoutes, noExport, proxyOnly, localOnly },
    // Another one of that name answers instead.
    awaited: awaited.filter(({ provider }) => !draft.config.providers.some(({ id }) => id === provider)),
    holdsThroughPause: [...masking.holds, ...routesHold(parts)],
    audit: parts.watching.length === 0 ? undefined : watched,
  };
  const budgeting = parts.enforced.filter(({ says }) => says.budgets?.some((one) => one?.action !== 'ask') === true);
  yield undefined;
  return {
    config: draft.config,
    policy: { ...policy, hash: effectiveHash(draft) },
    ...{
      dataPolicies,
      auditRules,
      enforcedBudgets,
      teamTerms: masking.terms,
      imposesMasking: masking.holds.length > 0,
    },
    isOfTeam: (path) => draft.place(path) !== undefined,
    isLastWord: (path) => {
      const writers = draft.writers(path);
      return writers.length > 0 && budgeting.every((one) => writers.every((writer) => hasWord(writer, one)));
    },
    distrustedAt: (path) => distrustedBy(draft.writers(path), definers),
    distrustedByMasking: distrustedBy(
      parts.enforced.filter(({ says }) => says.masking !== undefined),
      definers,
    ),
    isLoose: (path, provider) => isLoose(draft, path, provider),
    place: (path) => draft.place(path),
    written: (path) => draft.written(path),
    provenance: draft.told.entries,
    locked: draft.told.locked,
    suggested: draft.told.suggested,
  };
}

/** Passing through skips routes: also where they are all that may answer. */
function routesHold({ enforced }: Parts): AccessPolicy['holdsThroughPause'] {
  return enforced
    .filter((part) => part.says.routes_default === 'deny' || routesOf(part).length > 0)
    .map((part) => ruleOf(sourceAt(part, part.says.routes_default === 'deny' ? 'routes_default' : 'routes')));
}

/** A pattern of models may fit none here where a bundle wrote it, or the provider it is about. */
function isLoose(draft: Draft, path: readonly (string | number)[], provider: string): boolean {
  if (draft.place(path) !== undefined) return true;
  const index = draft.config.providers.findIndex(({ id }) => id === provider);
  return index >= 0 && draft.place(['providers', index, 'id']) !== undefined;
}

/** Of all that the bundles say, and of how far each of them counts. */
function layerHash(bundles: readonly LayeredBundle[]): string {
  const said = bundles.map(({ bundle, layer, defaultsOnly, expired, held }) => ({
    ...{ id: bundle.payload.id, sha256: bundle.sha256, layer, defaultsOnly, expired },
    held: Object.fromEntries([...held].map(([pointer, value]) => [pointer, value ?? null])),
  }));
  return createHash('sha256').update(canonicalJson(said)).digest('hex');
}
