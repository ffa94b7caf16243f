/** The rules of a bundle that decisions can come from, one by one: for coverage, for mutation, and for pointers to them. */
import type { BundlePayload } from '../../shared/bundle/payload.ts';
import type { BundleSections } from '../../shared/bundle/sections.ts';
import { routeSettings } from '../../shared/config/route.ts';
import { routeName } from './merge/routes.ts';
import type { ReadBundle } from './types.ts';

export interface BundleRule {
  /** Into the payload: `/enforced/budgets/0`. */
  readonly pointer: string;
  /** `/enforced/budgets/per-user-day`: the same as people say it. */
  readonly label: string;
  /** As decisions name it: `acme-core@12:/models/deny`, `budget:per-user-day`. */
  readonly hit: string;
}

/** Values whose rules bear the name of their place. */
const places = [
  ...([
    ['providers', 'allow'],
    ['providers', 'deny'],
    ['models', 'allow'],
    ['models', 'deny'],
    ['models', 'max_context_tokens'],
    ['models', 'max_output_tokens'],
  ] as const),
] as const;
const toolPlaces = [...(['allow', 'deny', 'mcp'] as const)] as const;

/** In the order of the sections. What only prices, words or records is none. */
export function rulesOf(payload: BundlePayload): readonly BundleRule[] {
  const name = `${payload.id}@${payload.version}`;
  return (['enforced', 'defaults'] as const).flatMap((part) => {
    const sections = payload[part];
    return sections === undefined ? [] : rulesIn(sections, `/${part}`, name);
  });
}

function rulesIn(sections: BundleSections, base: string, bundle: string): readonly BundleRule[] {
  const { models, tools, masking } = sections;
  const at = (path: string, hit: string, label = path): BundleRule => ({
    ...{ pointer: `${base}${path}`, label: `${base}${label}`, hit },
  });
  const named = (path: string): BundleRule => at(path, `${bundle}:${path}`);
  const entries = (list: string, kind: string, ids: readonly string[]): readonly BundleRule[] =>
    ids.map((id, index) => at(`${list}/${index}`, `${kind}:${id}`, `${list}/${escaped(id)}`));
  const idsOf = (list: readonly { readonly id: string }[] | undefined): readonly string[] =>
    (list ?? []).map(({ id }) => id);
  return [
    ...places.flatMap(([section, field]) =>
      hasField(sections[section], field) ? [named(`/${section}/${field}`)] : [],
    ),
    ...Object.keys(models?.require ?? {}).map((one) => named(`/models/require/${one}`)),
    ...Object.keys(models?.aliases ?? {}).map((alias) =>
      at(`/models/aliases/${escaped(alias)}`, `route:${aliasRoute(alias)}`),
    ),
    ...entries('/routes', 'route', (sections.routes ?? []).map(routeName)),
    ...(sections.routes_default === 'deny' ? [named('/routes_default')] : []),
    ...entries('/budgets', 'budget', idsOf(sections.budgets)),
    ...entries(
      '/masking/detectors',
      'masking',
      (masking?.detectors ?? []).map((one) => (typeof one === 'string' ? one : one.id)),
    ),
    ...((masking?.terms ?? []).length > 0 ? [at('/masking/terms', 'masking:terms')] : []),
    ...entries('/masking/patterns', 'masking', idsOf(masking?.patterns)),
    ...entries('/firewall', 'firewall', idsOf(sections.firewall)),
    ...toolPlaces.flatMap((field) => (hasField(tools, field) ? [named(`/tools/${field}`)] : [])),
  ];
}

/** The id of the route that an alias is short for. */
function aliasRoute(alias: string): string {
  return routeName(routeSettings.parse({ alias, targets: ['@requested'] }));
}

function hasField(section: object | undefined, field: string): boolean {
  return section !== undefined && Object.hasOwn(section, field);
}

/** What a JSON Pointer says of a name. */
export function escaped(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}

/** Pointers to the rules that decisions name so, without the word for what they are. */
export function pointersIn(bundles: readonly ReadBundle[]): (id: string) => readonly string[] {
  const pointers = new Map<string, string[]>();
  for (const { payload } of bundles)
    for (const { pointer, label, hit } of rulesOf(payload)) {
      const id = hit.slice(hit.indexOf(':') + 1);
      pointers.set(id, [...(pointers.get(id) ?? []), pointer, label]);
    }
  return (id) => pointers.get(id) ?? [];
}

/** The payload as if the rule had never been written. */
export function withoutRule(payload: BundlePayload, { pointer }: BundleRule): BundlePayload {
  const copy = structuredClone(payload);
  const steps = pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
  const last = steps.pop() ?? '';
  let holder: unknown = copy;
  for (const step of steps) holder = isHolder(holder) ? holder[step] : undefined;
  if (Array.isArray(holder)) holder.splice(Number(last), 1);
  else if (isHolder(holder)) delete holder[last];
  return copy;
}

function isHolder(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
