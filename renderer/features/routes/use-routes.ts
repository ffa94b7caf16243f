/** The routes of the file as people wrote them, with the place of each, and what is always there behind them. */
import { useMemo } from 'react';
import type { OriginEntry } from '../../../shared/contract/config.ts';
import type { RouteSummary } from '../../../shared/contract/snapshot.ts';
import type { ConfigReading } from '../../state/config-edits.ts';
import { originAt, valueAt, writtenTree } from '../../state/config-tree.ts';
import { useLive } from '../../state/live.ts';
import type { WrittenRoute } from './draft.ts';

export interface RouteRow {
  /** The same as long as the route says the same, wherever it stands. */
  readonly key: string;
  readonly index: number;
  /** As the log and explanations name it. */
  readonly id: string;
  readonly route: WrittenRoute;
  readonly origin: OriginEntry | undefined;
}

export function routeRows({ config, origins }: ConfigReading, summaries: readonly RouteSummary[]): readonly RouteRow[] {
  const written = valueAt(writtenTree(config, origins), ['routes']);
  if (!Array.isArray(written)) return [];
  const seen = new Map<string, number>();
  return (written as readonly WrittenRoute[]).map((route, index) => {
    const summary = summaries[index];
    const said = JSON.stringify(route);
    const count = (seen.get(said) ?? 0) + 1;
    seen.set(said, count);
    return {
      key: `${said} ${String(count)}`,
      index,
      id: route.id ?? (summary?.alias === route.alias ? summary.id : route.alias),
      route,
      origin: originAt(origins, ['routes', index]),
    };
  });
}

export function useRouteRows(reading: ConfigReading): readonly RouteRow[] {
  const summaries = useLive((state) => state.snapshot?.routes);
  return useMemo(
    () =>
      routeRows(
        reading,
        (summaries ?? []).filter(({ origin }) => origin !== null && !origin.startsWith('team bundle ')),
      ),
    [reading, summaries],
  );
}

/** Where a new route goes: before the first that takes every name, since nothing behind that is reached. */
export function placeForNew(routes: readonly WrittenRoute[]): number {
  const last = routes.findIndex(({ alias, when }) => alias === '*' && when === undefined);
  return last < 0 ? routes.length : last;
}
