/** The buttons of an exchange that is open. */
import { Braces, ChevronDown, Play, Repeat2, Signpost, SquarePen } from 'lucide-react';
import { lazy, Suspense, useState, type ReactNode } from 'react';
import { useLive } from '../../state/live.ts';
import { useText } from '../../text/text.ts';
import { Button } from '../../ui/controls.tsx';
import { Menu, type MenuItem } from '../../ui/overlay.tsx';
import { ModelDialog } from './model-dialog.tsx';
import type { ExchangeActions } from './use-actions.ts';

/** The editor is large. */
const ResendDialog = lazy(async () => ({ default: (await import('./resend-dialog.tsx')).ResendDialog }));

export function ActionBar({ actions }: { readonly actions: ExchangeActions }): ReactNode {
  const { t } = useText();
  const favourites = useLive((state) => state.snapshot?.favourites);
  const [choosing, setChoosing] = useState(false);
  const { blocked, busy, kinds } = actions;
  const why = blocked === undefined ? undefined : t(blocked);
  const isBlocked = blocked !== undefined;
  const models: readonly MenuItem[] = [
    { heading: t('traffic.replay.on') },
    ...(favourites ?? []).map((model) => ({ label: model, onSelect: () => actions.replay({ model }) })),
    ...(favourites === undefined || favourites.length === 0 ? [] : (['separator'] as const)),
    { label: t('traffic.replay.other'), onSelect: () => setChoosing(true) },
  ];
  return (
    <div className="traffic-actions" role="toolbar" aria-label={t('traffic.actions')}>
      <span className="traffic-split">
        <Button size="small" busy={busy} disabled={isBlocked} title={why} onClick={() => actions.replay()}>
          {!busy && <Repeat2 size={14} aria-hidden />}
          {t('traffic.replay')}
        </Button>
        <Menu
          trigger={
            <Button size="small" disabled={isBlocked || busy} title={why} aria-label={t('traffic.replay.on')}>
              <ChevronDown size={14} aria-hidden />
            </Button>
          }
          items={models}
        />
      </span>
      <Button size="small" disabled={isBlocked} title={why} onClick={() => actions.edit(true)}>
        <SquarePen size={14} aria-hidden />
        {t('traffic.resend')}
      </Button>
      <Button size="small" disabled={isBlocked} title={why} onClick={actions.playground}>
        <Play size={14} aria-hidden />
        {t('traffic.playground')}
      </Button>
      <Menu
        trigger={
          <Button size="small" disabled={isBlocked} title={why}>
            <Braces size={14} aria-hidden />
            {t('traffic.copy')}
          </Button>
        }
        items={kinds.map((kind) => ({ label: t(`traffic.copy.${kind}`), onSelect: () => actions.copy(kind) }))}
      />
      <Button size="small" onClick={actions.explain}>
        <Signpost size={14} aria-hidden />
        {t('traffic.explain')}
      </Button>
      {blocked === 'traffic.blocked.notRecorded' && <p className="muted small traffic-blocked">{why}</p>}
      {choosing && <ModelDialog onClose={() => setChoosing(false)} onChoose={(model) => actions.replay({ model })} />}
      {actions.editing && (
        <Suspense fallback={null}>
          <ResendDialog actions={actions} />
        </Suspense>
      )}
    </div>
  );
}
