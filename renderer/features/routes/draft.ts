/** A route as it is written in the file and as the editor holds it: what nobody wrote is absent, what is not known is kept. */
import type { FallbackReason, Strategy } from '../../../shared/config/route.ts';
import type { SparseCondition } from './condition-words.ts';

export const strategies = [
  ...([
    'fallback',
    'single',
    'weighted',
    'lowest_cost',
    'lowest_latency',
    'least_busy',
    'conditional',
    'auto',
  ] as const),
] as const satisfies readonly Strategy[];
export const fallbackReasons = [
  ...(['error', 'timeout', 'ttft', 'rate_limited', 'context_window', 'content_policy'] as const),
] as const satisfies readonly FallbackReason[];
export const defaultReasons: readonly FallbackReason[] = ['error', 'timeout', 'ttft', 'rate_limited'];
export const breakWays = ['fail', 'continue', 'hold', 'restart'] as const;
export type BreakWay = (typeof breakWays)[number];
export const objectiveWords = ['balanced', 'best', 'fast', 'cheap'] as const;
export type ObjectiveWord = (typeof objectiveWords)[number];
/** Names that are answered without a route. */
export const builtInAliases: readonly string[] = ['auto', 'best', 'fast', 'cheap'];

export interface LongTarget {
  readonly id?: string | undefined;
  readonly provider?: string | undefined;
  readonly model?: string | undefined;
  readonly alias?: string | undefined;
  readonly weight?: number | undefined;
  readonly when?: SparseCondition | undefined;
}
export type WrittenTarget = string | LongTarget;

export type WrittenReason =
  FallbackReason | { readonly status?: number | undefined; readonly body?: string | undefined };

export interface WrittenRoute {
  readonly id?: string | undefined;
  readonly alias: string;
  readonly when?: SparseCondition | undefined;
  readonly strategy?: Strategy | undefined;
  readonly targets: readonly WrittenTarget[];
  readonly fallbacks?: { readonly on?: readonly WrittenReason[] | undefined } | undefined;
  readonly max_attempts?: number | undefined;
  readonly on_break?: BreakWay | undefined;
  readonly session_affinity?: { readonly scope?: 'session' | 'none' | undefined } | undefined;
  readonly objective?: ObjectiveWord | Readonly<Record<string, unknown>> | undefined;
  readonly hedge?: Hedge | undefined;
  readonly cache?: Cache | undefined;
}

export interface Hedge {
  readonly after: string | number;
  readonly max_extra_cost_usd?: string | undefined;
  readonly only?: readonly string[] | undefined;
}

export interface Cache {
  readonly mode: 'exact';
  readonly ttl_s?: number | undefined;
  readonly max_size_mb?: number | undefined;
  readonly only?: 'deterministic' | undefined;
}

/** `provider/model`, an alias, `@requested`. */
export function nameOf(target: WrittenTarget): string {
  if (typeof target === 'string') return target;
  return target.alias ?? `${target.provider ?? ''}/${target.model ?? ''}`;
}

export function whenOf(target: WrittenTarget): SparseCondition | undefined {
  return typeof target === 'string' ? undefined : target.when;
}

/** The weight in force: 1 unless written. */
export function weightOf(target: WrittenTarget): number {
  return typeof target === 'string' ? 1 : (target.weight ?? 1);
}

/** The target with something changed; in its short form again where nothing is left that needs the long one. */
export function withTarget(target: WrittenTarget, change: Pick<LongTarget, 'weight' | 'when'>): WrittenTarget {
  const next = { ...longForm(target), ...change };
  const rest = Object.fromEntries(Object.entries(next).filter(([, value]) => value !== undefined)) as LongTarget;
  const { id, weight, when } = rest;
  const isShort = typeof target === 'string' && id === undefined && weight === undefined && when === undefined;
  return isShort ? target : rest;
}

function longForm(target: WrittenTarget): LongTarget {
  if (typeof target !== 'string') return target;
  const slash = target.indexOf('/');
  return slash < 0 ? { alias: target } : { provider: target.slice(0, slash), model: target.slice(slash + 1) };
}

/** `@requested` has no long form: it can have neither a weight nor a condition. */
export function canHaveMore(target: WrittenTarget): boolean {
  return target !== '@requested';
}

export function reasonsOf({ fallbacks }: WrittenRoute): readonly WrittenReason[] {
  return fallbacks?.on ?? defaultReasons;
}

/** With or without a reason, in the order of the list; rules people wrote stay behind them. */
export function withReason(route: WrittenRoute, reason: FallbackReason, isOn: boolean): WrittenRoute {
  const current = reasonsOf(route);
  const names = fallbackReasons.filter((one) => (one === reason ? isOn : current.includes(one)));
  const on = [...names, ...current.filter((one) => typeof one !== 'string')];
  const isDefault = on.length === defaultReasons.length && on.every((one, index) => one === defaultReasons[index]);
  return {
    ...route,
    fallbacks: isDefault && route.fallbacks?.on === undefined ? undefined : { ...route.fallbacks, on },
  };
}

/** A field in place, or away where it says what holds anyway and nobody wrote it before. */
export function withField<Name extends keyof WrittenRoute>(
  route: WrittenRoute,
  name: Name,
  value: WrittenRoute[Name] | undefined,
): WrittenRoute {
  return { ...route, [name]: value };
}

/** A name nobody has yet: `smart`, `smart-2`. */
export function freeName(wanted: string, taken: readonly string[]): string {
  if (!taken.includes(wanted)) return wanted;
  for (let number = 2; ; number += 1) if (!taken.includes(`${wanted}-${number}`)) return `${wanted}-${number}`;
}

/** The same again under another name; a name of its own is not taken along. */
export function duplicateOf(route: WrittenRoute, taken: readonly string[]): WrittenRoute {
  const { id: _id, ...rest } = route;
  return { ...rest, alias: freeName(route.alias === '*' ? 'copy' : route.alias, taken) };
}

/** Names that nothing answers any more when a route goes: those no other route of the file and no built-in alias has. */
export function namesLost(routes: readonly WrittenRoute[], index: number): readonly string[] {
  const gone = routes[index]?.alias;
  if (gone === undefined || builtInAliases.includes(gone)) return [];
  return routes.some(({ alias }, at) => at !== index && (alias === gone || alias === '*')) ? [] : [gone];
}

/** Routes that lead to an alias. */
export function usersOf(routes: readonly WrittenRoute[], alias: string): readonly string[] {
  return routes.filter(({ targets }) => targets.some((target) => nameOf(target) === alias)).map((route) => route.alias);
}
