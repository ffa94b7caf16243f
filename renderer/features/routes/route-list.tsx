/** The routes of the file in their order, and behind them the names that are always answered. */
import { FlaskConical, Plus, Waypoints } from 'lucide-react';
import { useEffect, type ReactNode } from 'react';
import { useLive } from '../../state/live.ts';
import type { TeamEntry } from '../../state/team.ts';
import { useText } from '../../text/text.ts';
import { Button, IconButton } from '../../ui/controls.tsx';
import { Card } from '../../ui/layout.tsx';
import { Origin } from '../../ui/origin.tsx';
import { EmptyState } from '../../ui/states.tsx';
import { builtInAliases, type WrittenRoute } from './draft.ts';
import { fitter } from './models.ts';
import { RouteItem, type RouteActions } from './route-item.tsx';
import { SortableList } from './sortable.tsx';
import { routeOf, TeamRoutes, useTeamRoutes } from './team-routes.tsx';
import type { RouteRow } from './use-routes.ts';

export interface RouteListProps {
  readonly rows: readonly RouteRow[];
  readonly actions: RouteActions;
  readonly onAdd: () => void;
  /** Id of the route the link is about. */
  readonly marked: string | null;
}

export function RouteList({ rows, actions, onAdd, marked }: RouteListProps): ReactNode {
  const { t } = useText();
  const ofTeam = useTeamRoutes();
  useEffect(() => {
    if (marked === null) return;
    document.getElementById(`route-${marked}`)?.scrollIntoView({ block: 'center' });
  }, [marked]);
  return (
    <Card
      title={t('routes.list.title')}
      actions={rows.length > 1 ? <span className="muted small">{t('routes.list.order')}</span> : undefined}
    >
      <TeamRoutes entries={ofTeam} only="enforced" tryIt={actions.tryIt} />
      {rows.length === 0 && ofTeam.length > 0 ? (
        <p className="muted small">{t('locked.rows.none')}</p>
      ) : rows.length === 0 ? (
        <NoRoutes onAdd={onAdd} />
      ) : (
        <SortableList
          ids={rows.map(({ key }) => key)}
          label={t('routes.list.title')}
          className="routes-list"
          onMove={(from, to) => {
            const row = rows[from];
            if (row !== undefined) actions.move(row, to);
          }}
        >
          {rows.map((row) => (
            <RouteItem
              key={row.key}
              row={row}
              count={rows.length}
              marked={marked === row.id || marked === row.route.alias}
              actions={actions}
            />
          ))}
        </SortableList>
      )}
      <TeamRoutes entries={ofTeam} only="default" tryIt={actions.tryIt} />
      <BuiltInRoutes rows={rows} ofTeam={ofTeam} marked={marked} tryIt={actions.tryIt} />
    </Card>
  );
}

/** Says where everything goes now, and what to do about it (UX-50). */
function NoRoutes({ onAdd }: { readonly onAdd: () => void }): ReactNode {
  const { t } = useText();
  const chosen = useLive((state) => state.snapshot?.model_choice ?? null);
  const providers = useLive((state) => state.snapshot?.providers);
  const named = (providers ?? []).filter(({ id }) => id !== 'demo').map(({ id }) => id);
  const where = chosen ?? (named.length > 1 ? undefined : (named[0] ?? 'demo'));
  return (
    <EmptyState
      icon={<Waypoints size={28} aria-hidden />}
      title={where === undefined ? t('routes.empty.title') : t('routes.empty.goes', { target: where })}
      actions={
        <Button variant="primary" onClick={onAdd}>
          <Plus size={15} aria-hidden />
          {t('routes.empty.action')}
        </Button>
      }
    >
      {t('routes.empty.text')}
    </EmptyState>
  );
}

function BuiltInRoutes({
  rows,
  ofTeam,
  marked,
  tryIt,
}: {
  readonly rows: readonly RouteRow[];
  readonly ofTeam: readonly TeamEntry[];
  readonly marked: string | null;
  readonly tryIt: (model: string) => void;
}): ReactNode {
  const { t } = useText();
  return (
    <section className="stack tight" aria-labelledby="routes-built-in">
      <h3 id="routes-built-in" className="muted">
        {t('routes.builtIn.title')}
      </h3>
      <ul className="routes-built-in">
        {builtInAliases.map((alias) => {
          const replaces = ({ when, alias: name }: WrittenRoute): boolean => when === undefined && fitter(name)(alias);
          const byTeam = ofTeam.some((entry) => replaces(routeOf(entry)));
          const isReplaced = byTeam || rows.some(({ route }) => replaces(route));
          return (
            <li
              key={alias}
              id={isReplaced ? undefined : `route-${alias}`}
              className={marked === alias && !isReplaced ? 'routes-marked' : undefined}
            >
              <span className="mono routes-name">{alias}</span>
              <span className="muted grow">
                {isReplaced
                  ? t(byTeam ? 'locked.route.replaced' : 'routes.builtIn.replaced')
                  : t(`routes.builtIn.${alias as 'auto' | 'best' | 'fast' | 'cheap'}`)}
              </span>
              <Origin origin={undefined} />
              <IconButton label={t('routes.try.of', { alias })} size="small" onClick={() => tryIt(alias)}>
                <FlaskConical size={14} aria-hidden />
              </IconButton>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
