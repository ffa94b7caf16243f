/** One route of the list: what it answers, when, by whom, and what can be done with it. */
import { Copy, FlaskConical, MoreHorizontal, MoveDown, MoveUp, Pencil, Trash2 } from 'lucide-react';
import type { ReactNode } from 'react';
import { useText } from '../../text/text.ts';
import { Badge, IconButton } from '../../ui/controls.tsx';
import { copyText } from '../../ui/copy.tsx';
import { Origin } from '../../ui/origin.tsx';
import { Menu, type MenuItem } from '../../ui/overlay.tsx';
import { whereText } from '../../ui/team-value.ts';
import { conditionText } from './condition-words.ts';
import type { WrittenRoute } from './draft.ts';
import { fallbackText, marksOf } from './route-words.ts';
import { SortableItem } from './sortable.tsx';
import { TargetChain } from './target-chain.tsx';
import type { RouteRow } from './use-routes.ts';
import { yamlOf } from './yaml.ts';

export interface RouteActions {
  readonly edit: (row: RouteRow) => void;
  readonly move: (row: RouteRow, to: number) => void;
  readonly duplicate: (row: RouteRow) => void;
  readonly remove: (row: RouteRow) => void;
  readonly tryIt: (model: string) => void;
}

export interface RouteItemProps {
  readonly row: RouteRow;
  readonly count: number;
  readonly marked: boolean;
  readonly actions: RouteActions;
}

export function RouteItem({ row, count, marked, actions }: RouteItemProps): ReactNode {
  const { t } = useText();
  const { route, origin } = row;
  const isLocked = origin?.locked === true;
  return (
    <SortableItem
      id={row.key}
      elementId={`route-${row.id}`}
      className={marked ? 'routes-item routes-marked' : 'routes-item'}
      handleLabel={t('routes.drag.route', { alias: route.alias })}
      disabled={isLocked || count < 2}
    >
      <div className="routes-body">
        <div className="routes-head">
          <h3 className="mono">{route.alias}</h3>
          {row.id !== route.alias && <span className="muted small">{row.id}</span>}
          {route.alias === '*' && <span className="muted small">{t('routes.everyName')}</span>}
          <span className="grow" />
          {typeof origin?.where === 'string' && (
            <span className="muted small routes-where">{whereText(origin.where, t)}</span>
          )}
          <Origin origin={origin} />
          {!isLocked && (
            <IconButton label={t('routes.edit', { alias: route.alias })} size="small" onClick={() => actions.edit(row)}>
              <Pencil size={14} aria-hidden />
            </IconButton>
          )}
          <Menu
            trigger={
              <IconButton label={t('routes.more', { alias: route.alias })} size="small">
                <MoreHorizontal size={15} aria-hidden />
              </IconButton>
            }
            items={menuItems(row, count, actions, t)}
          />
        </div>
        <RouteSentence route={route} />
        <TargetChain route={route} />
        <RouteMarks route={route} />
      </div>
    </SortableItem>
  );
}

function menuItems(
  row: RouteRow,
  count: number,
  actions: RouteActions,
  t: ReturnType<typeof useText>['t'],
): readonly MenuItem[] {
  const { index, route, origin } = row;
  const isLocked = origin?.locked === true;
  return [
    ...(/[*?]/.test(route.alias)
      ? []
      : [
          {
            label: t('routes.menu.try'),
            icon: <FlaskConical size={14} aria-hidden />,
            onSelect: () => actions.tryIt(route.alias),
          },
        ]),
    {
      label: t('routes.menu.copy'),
      icon: <Copy size={14} aria-hidden />,
      onSelect: () => void copyText(yamlOf([route])),
    },
    { label: t('routes.menu.duplicate'), icon: <Copy size={14} aria-hidden />, onSelect: () => actions.duplicate(row) },
    'separator',
    {
      ...{ label: t('routes.menu.up'), icon: <MoveUp size={14} aria-hidden />, disabled: isLocked || index === 0 },
      onSelect: () => actions.move(row, index - 1),
    },
    {
      ...{
        label: t('routes.menu.down'),
        icon: <MoveDown size={14} aria-hidden />,
        disabled: isLocked || index === count - 1,
      },
      onSelect: () => actions.move(row, index + 1),
    },
    'separator',
    {
      ...{ label: t('routes.menu.remove'), icon: <Trash2 size={14} aria-hidden />, disabled: isLocked },
      onSelect: () => actions.remove(row),
    },
  ];
}

export function RouteSentence({ route }: { readonly route: WrittenRoute }): ReactNode {
  const text = useText();
  const strategy = text.t(`routes.strategy.${route.strategy ?? 'fallback'}`);
  return (
    <p className="routes-sentence">
      {route.when !== undefined && (
        <>
          <span>{text.t('routes.when', { condition: conditionText(route.when, text) })}</span>{' '}
        </>
      )}
      <span className="muted">{strategy}</span>
    </p>
  );
}

export function RouteMarks({ route }: { readonly route: WrittenRoute }): ReactNode {
  const text = useText();
  const fallback = fallbackText(route, text);
  const marks = marksOf(route, text);
  if (marks.length === 0 && fallback === undefined) return null;
  return (
    <div className="row wrap routes-marks">
      {fallback !== undefined && <span className="muted small">{fallback}</span>}
      {marks.map((mark) => (
        <Badge key={mark}>{mark}</Badge>
      ))}
    </div>
  );
}
