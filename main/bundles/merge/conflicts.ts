/** Lists that leave nothing when they are put together: told when publishing, and here, where nothing is allowed then (BND-34). */
import type { LayerConflict, LayeredBundle } from '../types.ts';
import { present } from './access.ts';
import { areApart, modelNames, type NameGlob } from './glob-lists.ts';
import { partsOf, type Part } from './parts.ts';
import { routesOf } from './routes.ts';
import { globCovers } from '../../kit/glob.ts';

interface Axis {
  readonly pointer: string;
  readonly listOf: (part: Part) => readonly string[] | undefined;
  readonly namesOf: (glob: string) => readonly NameGlob[];
  readonly what: string;
}

const whole = (glob: string): readonly NameGlob[] => [[glob]];

/** A region stands for those within it as well. */
function regionNames(region: string): readonly NameGlob[] {
  const name = region.toLowerCase();
  return [[name], [`${name}-*`], ...(name === 'eu' ? [['europe-*']] : [])];
}

const axes: readonly Axis[] = [
  {
    pointer: '/providers/allow',
    listOf: ({ says }) => present(says.providers?.allow),
    namesOf: whole,
    what: 'provider',
  },
  { pointer: '/models/allow', listOf: ({ says }) => present(says.models?.allow), namesOf: modelNames, what: 'model' },
  { pointer: '/tools/allow', listOf: ({ says }) => present(says.tools?.allow), namesOf: whole, what: 'tool' },
  {
    pointer: '/models/require/region',
    listOf: ({ says }) => present(says.models?.require?.region),
    namesOf: regionNames,
    what: 'region',
  },
];

/** One for each list that allows nothing any more. Enforced parts alone can come to that. */
export function conflictsOf(bundles: readonly LayeredBundle[]): readonly LayerConflict[] {
  const { enforced } = partsOf(bundles);
  // What has expired allows nothing, and says so itself.
  const inForce = enforced.filter(({ root }) => root === '/enforced');
  return [...axes.flatMap((axis) => conflictOn(axis, inForce)), ...conflictOfRoutes(inForce)];
}

function conflictOn({ pointer, listOf, namesOf, what }: Axis, parts: readonly Part[]): readonly LayerConflict[] {
  const saying = parts.flatMap((part) => {
    const list = listOf(part);
    return list === undefined || list.length === 0 ? [] : [{ part, list }];
  });
  if (saying.length < 2 || !areApart(saying.map(({ list }) => list.flatMap(namesOf)))) return [];
  const all = saying.map(({ part }) => part);
  return [{ pointer, ...said(all, `no ${what} is on all of their lists`) }];
}

function conflictOfRoutes(parts: readonly Part[]): readonly LayerConflict[] {
  const closing = parts.filter(({ says }) => says.routes_default === 'deny');
  const lists = closing.map((part) => routesOf(part).map(({ entry }) => entry));
  if (closing.length < 2 || lists.some((list) => list.length === 0)) return [];
  const isShared = lists
    .flat()
    .some(({ alias }) =>
      lists.every((list) =>
        list.some((route) => route.alias === alias || (route.when === undefined && globCovers(route.alias, alias))),
      ),
    );
  if (isShared) return [];
  return [{ pointer: '/routes_default', ...said(closing, 'no route of one is a route of the others') }];
}

function said(parts: readonly Part[], clause: string): Pick<LayerConflict, 'bundles' | 'text'> {
  const bundles = [...new Set(parts.map(({ name }) => name))];
  return { bundles, text: `${bundles.join(' and ')} allow nothing together: ${clause}.` };
}
