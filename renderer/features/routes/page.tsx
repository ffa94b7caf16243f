/** The page Routes: what answers, in which order, under which condition; and where a request would go. */
import { FlaskConical, Plus } from 'lucide-react';
import { lazy, Suspense, useCallback, useMemo, useState, type ReactNode } from 'react';
import { useSearchParams } from 'wouter';
import { useCall } from '../../bridge/hooks.ts';
import { useConfigChange, type ConfigReading } from '../../state/config-edits.ts';
import { useCommands } from '../../state/commands.ts';
import { useText } from '../../text/text.ts';
import { Button } from '../../ui/controls.tsx';
import { Page } from '../../ui/layout.tsx';
import { Confirm } from '../../ui/overlay.tsx';
import { ProfileNotice } from '../../ui/profile-notice.tsx';
import type { Profiles } from '../../ui/profile-part.ts';
import { Loaded } from '../../ui/states.tsx';
import { duplicateOf, namesLost, usersOf } from './draft.ts';
import { ModelChoice, useModelChoice } from './model-choice.tsx';
import { moved } from './minimal-edits.ts';
import { RouteList } from './route-list.tsx';
import { useRouteRows, type RouteRow } from './use-routes.ts';
import './routes.css';

const RouteEditor = lazy(async () => ({ default: (await import('./editor.tsx')).RouteEditor }));
const TrySheet = lazy(async () => ({ default: (await import('./try-sheet.tsx')).TrySheet }));

export function RoutesPage(): ReactNode {
  const { t } = useText();
  const [params, setParams] = useSearchParams();
  const reading = useCall('config.read', {});
  const [editing, setEditing] = useState<RouteRow | 'new' | null>(null);
  const { choose } = useModelChoice();
  const tryIt = useCallback(
    (model?: string): void => {
      setParams(model === undefined ? { try: '1' } : { try: '1', model }, { replace: true });
    },
    [setParams],
  );
  useCommands(
    useMemo(
      () => [
        {
          id: 'routes.new',
          label: t('routes.new'),
          group: t('page.routes'),
          shortcut: 'n',
          run: () => setEditing('new'),
        },
        { id: 'routes.try', label: t('routes.try'), group: t('page.routes'), shortcut: 't', run: () => tryIt() },
        { id: 'routes.auto', label: t('routes.choice.command'), group: t('page.routes'), run: () => choose(null) },
      ],
      [t, tryIt, choose],
    ),
  );
  const asked = params.get('id');
  return (
    <Page
      title={t('page.routes')}
      subtitle={t('routes.subtitle')}
      actions={
        <>
          <Button onClick={() => tryIt()}>
            <FlaskConical size={15} aria-hidden />
            {t('routes.try')}
          </Button>
          <Button variant="primary" onClick={() => setEditing('new')} disabled={reading.data === undefined}>
            <Plus size={15} aria-hidden />
            {t('routes.new')}
          </Button>
        </>
      }
    >
      <ModelChoice />
      <Loaded query={reading} lines={8}>
        {(value) => (
          <Routes reading={value} editing={editing} onEdit={setEditing} marked={params.get('route')} tryIt={tryIt} />
        )}
      </Loaded>
      <Suspense fallback={null}>
        {(params.get('try') !== null || asked !== null) && (
          <TrySheet
            request={asked}
            model={params.get('model') ?? 'auto'}
            onClose={() => setParams({}, { replace: true })}
          />
        )}
      </Suspense>
    </Page>
  );
}

interface Move {
  readonly from: number;
  readonly to: number;
  readonly revision: string;
}

interface RoutesProps {
  readonly reading: ConfigReading;
  readonly editing: RouteRow | 'new' | null;
  readonly onEdit: (editing: RouteRow | 'new' | null) => void;
  readonly marked: string | null;
  readonly tryIt: (model: string) => void;
}

function Routes({ reading, editing, onEdit, marked, tryIt }: RoutesProps): ReactNode {
  const { t } = useText();
  const inFile = useRouteRows(reading);
  const { change, busy } = useConfigChange();
  const [moving, setMoving] = useState<Move | null>(null);
  // A route stands where it was put while the file is written.
  const rows =
    moving?.revision === reading.revision
      ? moved(inFile, moving.from, moving.to).map((row, index) => ({ ...row, index }))
      : inFile;
  const [removing, setRemoving] = useState<RouteRow | null>(null);
  const routes = rows.map(({ route }) => route);
  return (
    <>
      <ProfileNotice config={reading.config as Profiles} section="routes" />
      <RouteList
        rows={rows}
        marked={marked}
        onAdd={() => onEdit('new')}
        actions={{
          edit: onEdit,
          tryIt,
          remove: setRemoving,
          move({ index, route }, to) {
            if (busy) return;
            setMoving({ from: index, to, revision: reading.revision });
            const edit = { op: 'move' as const, path: ['routes', index], to };
            void change([edit], { told: t('routes.told.moved', { alias: route.alias }) }).finally(() =>
              setMoving(null),
            );
          },
          duplicate({ index, route }) {
            const copy = duplicateOf(
              route,
              routes.map(({ alias }) => alias),
            );
            void change([{ op: 'insert', path: ['routes', index + 1], value: copy }], {
              told: t('routes.told.duplicated', { alias: copy.alias }),
            });
          },
        }}
      />
      <Suspense fallback={null}>
        {editing !== null && (
          <RouteEditor row={editing === 'new' ? null : editing} rows={rows} onClose={() => onEdit(null)} />
        )}
      </Suspense>
      <Confirm
        open={removing !== null}
        onClose={() => setRemoving(null)}
        title={t('routes.remove.title', { alias: removing?.route.alias ?? '' })}
        text={removing === null ? null : <RemovalText row={removing} rows={rows} />}
        action={t('routes.remove.action')}
        danger
        busy={busy}
        onConfirm={() => {
          if (removing === null) return;
          const { index, route } = removing;
          void change([{ op: 'remove', path: ['routes', index] }], {
            told: t('routes.told.removed', { alias: route.alias }),
          }).then(() => setRemoving(null));
        }}
      />
    </>
  );
}

function RemovalText({ row, rows }: { readonly row: RouteRow; readonly rows: readonly RouteRow[] }): ReactNode {
  const { t, locale } = useText();
  const routes = rows.map(({ route }) => route);
  const { alias } = row.route;
  const isLost = namesLost(routes, row.index).length > 0;
  const users = isLost ? usersOf(routes, alias) : [];
  const key = !isLost ? 'routes.remove.kept' : alias.includes('*') ? 'routes.remove.lostAll' : 'routes.remove.lost';
  return (
    <div className="stack tight">
      <p>{t(key, { alias })}</p>
      {users.length > 0 && <p>{t('routes.remove.used', { routes: new Intl.ListFormat(locale).format(users) })}</p>}
    </div>
  );
}
