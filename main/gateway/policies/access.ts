/** Policy access: may this key use this surface, this provider, this model? Its own rules and its team's must both allow it. */
import type { Denial, ModelAccess } from '../../../shared/domain/access.ts';
import { GatewayError } from '../../../shared/errors/gateway-error.ts';
import { matchesAny, matchesInAnyCase } from '../../kit/glob.ts';
import type { Surface } from '../exchange.ts';
import type { AccessRules, Team, VirtualKey } from '../ports.ts';

type RuledKey = AccessRules &
  Pick<VirtualKey, 'id' | 'origin'> & { readonly team: (AccessRules & Pick<Team, 'id' | 'origin'>) | undefined };

/** What a decision keeps of whoever asks. */
export interface KeptPrincipal {
  readonly key: string;
  readonly allowedModels: readonly string[];
  readonly deniedModels: readonly string[];
  readonly access?: readonly ModelAccess[] | undefined;
}

/** A key of a snapshot never changes, and neither does its team. */
const known = new WeakMap<RuledKey, readonly ModelAccess[]>();
const everything: readonly ModelAccess[] = [];

/** Whose rules keep this key from any model or provider: its own, its team's. Empty for one that may use all there are. */
export function modelAccessOf(key: RuledKey): readonly ModelAccess[] {
  let access = known.get(key);
  if (access === undefined) {
    access = holdersOf(key)
      .map(([rule, rules]) => modelAccess(rule, rules))
      .filter(restricts);
    known.set(key, access);
  }
  return access;
}

/** The same of a decision's principal: of one that was kept before teams had rules, the key's own models. */
export function modelAccessKept({ key, allowedModels, deniedModels, access }: KeptPrincipal): readonly ModelAccess[] {
  if (access !== undefined) return access;
  const earlier: ModelAccess = {
    ...{ rule: `key:${key}`, origin: undefined, allowedModels, deniedModels },
    ...{ allowedProviders: ['*'], deniedProviders: [] },
  };
  return restricts(earlier) ? [earlier] : everything;
}

/**
 * The first rule that keeps a model from being used, by any of the names it goes by: as asked, as `provider/model`, bare.
 * `providerId` is `undefined` where it does not matter who serves it.
 */
export function denialOf(
  access: readonly ModelAccess[],
  names: readonly string[],
  providerId: string | undefined,
): Denial | undefined {
  for (const rules of access) {
    const refusing = refusingList(rules, names, providerId);
    if (refusing === undefined) continue;
    return {
      rule: rules.rule,
      why: rules.origin === undefined ? undefined : reasonOf(refusing, rules.rule, rules.origin),
    };
  }
  return undefined;
}

export function mayUseModel(
  access: readonly ModelAccess[],
  names: readonly string[],
  providerId: string | undefined,
): boolean {
  return denialOf(access, names, providerId) === undefined;
}

/** Throws `admit.surface_denied`, which names the rule that refused. */
export function checkSurface(key: RuledKey, { id, path }: Pick<Surface, 'id' | 'path'>): void {
  for (const [rule, { deniedSurfaces, allowedSurfaces, origin }] of holdersOf(key)) {
    const isDenied = matchesAny(deniedSurfaces, id);
    if (!isDenied && matchesAny(allowedSurfaces, id)) continue;
    const why = reasonOf(isDenied ? 'denied_surfaces' : 'allowed_surfaces', rule, origin);
    throw new GatewayError(
      'admit.surface_denied',
      `Key "${key.id}" may not use the surface ${id.replaceAll('_', ' ')} (${path}): ${why}.`,
      { details: { rule } },
    );
  }
}

type Holder = readonly [rule: string, rules: AccessRules & { readonly origin: string }];

function holdersOf(key: RuledKey): readonly Holder[] {
  const own: Holder = [`key:${key.id}`, key];
  return key.team === undefined ? [own] : [own, [`team:${key.team.id}`, key.team]];
}

function modelAccess(rule: string, rules: Holder[1]): ModelAccess {
  const { origin, allowedModels, deniedModels, allowedProviders, deniedProviders } = rules;
  return { rule, origin, allowedModels, deniedModels, allowedProviders, deniedProviders };
}

function restricts({ allowedModels, deniedModels, allowedProviders, deniedProviders }: ModelAccess): boolean {
  const allowsAll = allowedModels.includes('*') && allowedProviders.includes('*');
  return !allowsAll || deniedModels.length > 0 || deniedProviders.length > 0;
}

/** The list of the file that refuses. */
type AccessList = `${'allowed' | 'denied'}_${'models' | 'providers' | 'surfaces'}`;

function refusingList(
  { allowedModels, deniedModels, allowedProviders, deniedProviders }: ModelAccess,
  names: readonly string[],
  providerId: string | undefined,
): AccessList | undefined {
  if (providerId !== undefined && matchesAny(deniedProviders, providerId)) return 'denied_providers';
  // Denied in every spelling, allowed in the one that is listed: another may reach the same model.
  if (names.some((name) => deniedModels.some((pattern) => matchesInAnyCase(pattern, name)))) return 'denied_models';
  if (providerId !== undefined && !matchesAny(allowedProviders, providerId)) return 'allowed_providers';
  return names.some((name) => matchesAny(allowedModels, name)) ? undefined : 'allowed_models';
}

/** `denied_models of team "core" (sluice.yaml, line 12)`. */
function reasonOf(list: AccessList, rule: string, origin: string): string {
  const colon = rule.indexOf(':');
  const whose = `${list} of ${rule.slice(0, colon)} "${rule.slice(colon + 1)}" (${origin})`;
  return list.startsWith('denied') ? whose : `it is not among ${whose}`;
}
