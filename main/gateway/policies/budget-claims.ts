/** Which budgets count a request, and whose sum it is in each (BUD-09). */
import type { Condition } from '../../../shared/config/condition.ts';
import { matchesGlob } from '../../kit/glob.ts';
import type { Spender } from '../exchange.ts';
import type { Budget } from '../ports.ts';
import type { BudgetClaim } from './budget-types.ts';
import { fitsModel, plainName, providerOf } from './limited-names.ts';

/** Whose request it is, as far as budgets tell people apart. */
export type BudgetedSpender = Omit<Spender, 'key'> & { readonly key: Pick<Spender['key'], 'id' | 'name'> };

/** Where one try goes. */
export interface BudgetedTarget {
  readonly providerId: string;
  readonly model: string;
  /** Who stands behind the provider, where that is known. */
  readonly vendor?: string | undefined;
}

/** Who has no client, user or team of his own shares this sum with all the others who have none. */
export const nobody = '-';
/** Those for whom no sum of their own could be kept, because there are too many, share this one. */
export const others = '*';
/** Longer names share a sum with those that begin alike: what is kept stays small, and nothing goes uncounted. */
const maxSubject = 200;

/** `true`: all whom it counts share one sum. `false`: each has his own. */
export function isShared({ scope, match, period }: Pick<Budget, 'scope' | 'match' | 'period'>): boolean {
  return period !== 'session' && (scope === 'global' || scope === 'tag' || match !== undefined);
}

/**
 * The claims on one try, in the order of the lists: budgets of all, of the key, of its team. Without a target budgets of
 * providers and models are left out. Conditions are asked last, and only of budgets that would count otherwise.
 */
export function claimsOf(
  lists: readonly (readonly Budget[] | undefined)[],
  spender: BudgetedSpender,
  target: BudgetedTarget | undefined,
  whenHolds: (condition: Condition) => boolean,
): BudgetClaim[] {
  const claims: BudgetClaim[] = [];
  for (const budgets of lists) {
    if (budgets === undefined) continue;
    for (const budget of budgets) {
      const subject = subjectOf(budget, spender, target);
      if (subject === undefined || (budget.when !== undefined && !whenHolds(budget.when))) continue;
      claims.push({ budget, subject: subject.length > maxSubject ? subject.slice(0, maxSubject) : subject });
    }
  }
  return claims;
}

/** `undefined`: it does not count this request. */
function subjectOf(budget: Budget, spender: BudgetedSpender, target: BudgetedTarget | undefined): string | undefined {
  const own = ownSubject(budget, spender, target);
  if (own === undefined || budget.period !== 'session' || budget.scope === 'session') return own;
  // For a session means for each of them. Those of a provider or a model are told apart as well.
  const session = sessionOf(spender);
  return own === '' || isOfSpender(budget) ? session : `${own} ${session}`;
}

function ownSubject(budget: Budget, spender: BudgetedSpender, target: BudgetedTarget | undefined): string | undefined {
  const { match } = budget;
  switch (budget.scope) {
    case 'global':
      return '';
    case 'key':
      return of(match, spender.key.id, spender.key.name);
    case 'client':
      return of(match, spender.client);
    case 'user':
      return of(match, spender.user);
    case 'team':
      return of(match, spender.team);
    case 'provider':
      return target && of(match, providerOf(budget, target), target.providerId);
    case 'model':
      return target && ofModel(budget, target);
    case 'tag':
      return match === undefined || hasTag(match, spender) ? '' : undefined;
    case 'session':
      return budget.period === 'session'
        ? matchingSession(match, spender)
        : of(match, sessionOf(spender), spender.session);
  }
}

/** With `match` the sum of all who fit, by any of the names; without it the sum of the first name. */
function of(match: string | undefined, name: string | undefined, other?: string): string | undefined {
  if (match === undefined) return name === undefined || name === '' ? nobody : name;
  return matchesGlob(match, name ?? '') || (other !== undefined && matchesGlob(match, other)) ? '' : undefined;
}

function ofModel(budget: Budget, target: BudgetedTarget): string | undefined {
  const name = `${providerOf(budget, target)}/${target.model}`;
  if (budget.match === undefined) return plainName(name);
  return fitsModel(budget.match, [name, `${target.providerId}/${target.model}`, target.model]) ? '' : undefined;
}

function matchingSession(match: string | undefined, spender: BudgetedSpender): string | undefined {
  const session = sessionOf(spender);
  return of(match, session, spender.session) === undefined ? undefined : session;
}

/** Clients name their sessions themselves: those of another key are never the same one. */
function sessionOf({ session, key }: BudgetedSpender): string {
  const alone = `key:${key.id}`;
  return session === alone ? alone : `${key.id}/${session}`;
}

function hasTag(match: string, spender: BudgetedSpender): boolean {
  const at = match.indexOf('=');
  if (at < 0) return spender.tag(match) !== undefined;
  const value = spender.tag(match.slice(0, at));
  return value !== undefined && matchesGlob(match.slice(at + 1), value);
}

/** A session has one key, and with it one user and one team: its sum needs no other name. */
function isOfSpender({ scope }: Budget): boolean {
  return scope !== 'provider' && scope !== 'model';
}
