/** Which rate limits count a request, and whose share of each it is. */
import type { Condition } from '../../../shared/config/condition.ts';
import { matchesGlob } from '../../kit/glob.ts';
import type { Spender } from '../exchange.ts';
import type { RateLimit } from '../ports.ts';
import { fitsModel, plainName, providerOf } from './limited-names.ts';
import type { RateClaim } from './rate-limit.ts';

/** Whose request it is, as far as limits tell people apart. */
export type LimitedSpender = Pick<Spender, 'team'> & { readonly key: Pick<Spender['key'], 'id' | 'name'> };

/** Where one try goes. */
export interface LimitedTarget {
  readonly providerId: string;
  readonly model: string;
  /** Who stands behind the provider, where that is known. */
  readonly vendor?: string | undefined;
}

/** All the names it goes by; the first is the one it is counted under. */
type Names = readonly [string, ...string[]];

/** Keys without a team share this count with all the others that have none. */
const nobody = '-';
/** Clients name models freely: longer names share a count with those that begin alike. */
const maxSubject = 200;

/**
 * The claims of a request (`target` is `undefined`: limits of all, of its key, of its team), or of one of its tries (limits
 * of providers and models). `lists` are those of the snapshot, of the key and of its team. With `match` all who fit share
 * one count, without it each has its own. Conditions are asked last, and only of limits that would count otherwise.
 */
export function limitClaims(
  lists: readonly (readonly RateLimit[] | undefined)[],
  spender: LimitedSpender,
  target: LimitedTarget | undefined,
  whenHolds: (condition: Condition) => boolean,
): readonly RateClaim[] {
  const claims: RateClaim[] = [];
  for (const list of lists) {
    for (const limit of list ?? []) {
      const names = target === undefined ? ofSpender(limit, spender) : ofTarget(limit, target);
      const subject = names === undefined ? undefined : subjectOf(limit, names);
      if (subject === undefined || (limit.when !== undefined && !whenHolds(limit.when))) continue;
      claims.push({ limit, subject: subject.slice(0, maxSubject) });
    }
  }
  return claims;
}

/** `undefined`: limits of this scope are counted at another time. */
function ofSpender({ scope }: RateLimit, { key, team = '' }: LimitedSpender): Names | undefined {
  switch (scope) {
    case 'global':
      return [''];
    case 'key':
      return [key.id, key.name];
    case 'team':
      return [team];
    default:
      return undefined;
  }
}

function ofTarget(limit: RateLimit, target: LimitedTarget): Names | undefined {
  const { providerId, model } = target;
  const provider = providerOf(limit, target);
  switch (limit.scope) {
    case 'provider':
      return [provider, providerId];
    case 'model':
      // The same model of two providers has two quotas.
      return [plainName(`${provider}/${model}`), `${provider}/${model}`, `${providerId}/${model}`, model];
    default:
      return undefined;
  }
}

function subjectOf({ scope, match }: RateLimit, names: Names): string | undefined {
  if (scope === 'global') return '';
  if (match === undefined) return names[0] === '' ? nobody : names[0];
  const isFit = scope === 'model' ? fitsModel(match, names) : names.some((name) => matchesGlob(match, name));
  return isFit ? '' : undefined;
}
