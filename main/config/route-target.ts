/** Targets and aliases as they are written in a config, for those who check and those who compile them. */
import { requestedModel, type RouteSettings } from '../../shared/config/route.ts';
import { isGlob, matchesGlob } from '../kit/glob.ts';

/** A target in its long form, whichever way it was written. */
export type TargetSettings = {
  readonly id: string | undefined;
  readonly weight: number;
  readonly when: RouteSettings['when'];
} & (
  | { readonly kind: 'model'; readonly provider: string; readonly model: string }
  | { readonly kind: 'alias'; readonly alias: string }
  | { readonly kind: 'requested' }
  /** Not enough of it is there to say. */
  | { readonly kind: 'half' }
);

/** The model of the short form may hold further slashes; without any slash it is an alias. */
export function expandTarget(target: RouteSettings['targets'][number]): TargetSettings {
  if (typeof target === 'string') return { id: undefined, weight: 1, when: undefined, ...shortForm(target) };
  const { id, weight, when, provider, model, alias } = target;
  const rest = { id, weight, when };
  if (alias !== undefined && provider === undefined && model === undefined) return { kind: 'alias', alias, ...rest };
  if (alias === undefined && provider !== undefined && model !== undefined)
    return { kind: 'model', provider, model, ...rest };
  return { kind: 'half', ...rest };
}

type ShortTarget =
  | { readonly kind: 'requested' }
  | { readonly kind: 'alias'; readonly alias: string }
  | { readonly kind: 'model'; readonly provider: string; readonly model: string };

function shortForm(text: string): ShortTarget {
  if (text === requestedModel) return { kind: 'requested' };
  const slash = text.indexOf('/');
  if (slash < 0) return { kind: 'alias', alias: text };
  return { kind: 'model', provider: text.slice(0, slash), model: text.slice(slash + 1) };
}

interface Names {
  has(name: string): boolean;
}

/** What `use_model` names. Unlike a target of a route it may be an alias with a slash, where no provider has that name. */
export function choiceTarget(text: string, known: { readonly providers: Names; readonly aliases: Names }): ShortTarget {
  const target = shortForm(text);
  if (target.kind !== 'model' || known.providers.has(target.provider) || !known.aliases.has(text)) return target;
  return { kind: 'alias', alias: text };
}

/** Which routes may answer a name. */
export class RouteLookup {
  readonly #routes: readonly RouteSettings[];
  readonly #byAlias = new Map<string, number[]>();
  readonly #globs: number[] = [];

  constructor(routes: readonly RouteSettings[]) {
    this.#routes = routes;
    for (const [index, { alias }] of routes.entries()) {
      const same = this.#byAlias.get(alias);
      if (same === undefined) this.#byAlias.set(alias, [index]);
      else same.push(index);
      if (isGlob(alias)) this.#globs.push(index);
    }
  }

  /**
   * In the order of the file, up to the first without a condition. Of a pattern, those that answer every name it fits: its
   * stars are only covered by stars, so patterns are compared like names.
   */
  answering(alias: string): readonly number[] {
    const fitting = new Set(this.#byAlias.get(alias));
    for (const index of this.#globs) if (matchesGlob(this.#routes[index]?.alias ?? '', alias)) fitting.add(index);
    const inOrder = [...fitting].sort((a, b) => a - b);
    const last = inOrder.findIndex((index) => this.#routes[index]?.when === undefined);
    return last < 0 ? inOrder : inOrder.slice(0, last + 1);
  }

  /** The route that answers whatever no condition of the others takes; `undefined` where some requests find none. */
  always(alias: string): number | undefined {
    const last = this.answering(alias).at(-1);
    return last !== undefined && this.#routes[last]?.when === undefined ? last : undefined;
  }
}
