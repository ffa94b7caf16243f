/** Whether an alias leads a key to anything it may use: what it does not is not worth listing. */
import type { ModelAccess } from '../../shared/domain/access.ts';
import { requestedModel } from '../../shared/config/route.ts';
import { mayUseModel } from './policies/access.ts';
import type { RouteTarget } from './ports.ts';
import { offersIn } from './routing/offers.ts';
import { explicitTarget } from './routing/resolve.ts';
import { routesNamed, type RoutingSnapshot } from './routing/routing-snapshot.ts';

export class AliasReach {
  readonly #snapshot: RoutingSnapshot;
  readonly #access: readonly ModelAccess[];

  constructor(snapshot: RoutingSnapshot, access: readonly ModelAccess[]) {
    this.#snapshot = snapshot;
    this.#access = access;
  }

  /** Conditions aside: any of its targets may be used, under the target's names or the alias itself. */
  leadsSomewhere(alias: string): boolean {
    if (!this.isAnswered(alias)) return false;
    // Most keys may use everything: nothing needs to be looked at.
    return this.#access.length === 0 || this.#leads(alias, alias, new Set());
  }

  /** Whether a route that may be answered is for this name, where only some routes are. */
  isAnswered(name: string): boolean {
    const only = this.#snapshot.policy?.routesOnly;
    if (only === undefined) return true;
    return (
      explicitTarget(this.#snapshot, name) === undefined &&
      routesNamed(this.#snapshot, name).some(({ id }) => only.routes.includes(id))
    );
  }

  #leads(alias: string, asked: string, seen: Set<string>): boolean {
    if (seen.has(alias)) return false;
    seen.add(alias);
    const targets = routesNamed(this.#snapshot, alias).flatMap((route) => route.targets);
    return targets.some((target) => this.#mayUse(target, asked, seen));
  }

  #mayUse(target: RouteTarget, asked: string, seen: Set<string>): boolean {
    switch (target.kind) {
      case 'model': {
        const model = target.model === requestedModel ? asked : target.model;
        return this.#mayUseModel(target.providerId, model, asked);
      }
      case 'alias':
        return this.#leads(target.alias, asked, seen);
      case 'all':
        return offersIn(this.#snapshot).some(({ provider, facts }) => this.#mayUseModel(provider.id, facts.id, asked));
      case 'requested':
        // Whose model that is, is found out when it is asked for.
        return mayUseModel(this.#access, [asked], undefined);
    }
  }

  #mayUseModel(providerId: string, model: string, asked: string): boolean {
    return mayUseModel(this.#access, [`${providerId}/${model}`, model, asked], providerId);
  }
}
