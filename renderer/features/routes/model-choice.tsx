/** What answers every conversation: one model for everything, or the rules. */
import { Check } from 'lucide-react';
import { useCallback, type ReactNode } from 'react';
import { toast } from 'sonner';
import { useAction } from '../../bridge/hooks.ts';
import { useLive } from '../../state/live.ts';
import { useModelSources } from '../../state/model-sources.ts';
import { useText } from '../../text/text.ts';
import { Chip } from '../../ui/controls.tsx';
import { Card } from '../../ui/layout.tsx';
import { namedAliases } from '../../ui/model-choices.ts';
import { ModelPicker } from '../../ui/model-picker.tsx';
import { Origin } from '../../ui/origin.tsx';

/** As many chips as are read at a glance; the rest is found by search. */
const shownChips = 8;

export function useModelChoice(): { readonly choose: (model: string | null) => void; readonly busy: boolean } {
  const { t } = useText();
  const { mutate, isPending } = useAction('models.choose', ['config.read']);
  const choose = useCallback(
    (model: string | null): void => {
      const before = useLive.getState().snapshot?.model_choice ?? null;
      if (before === model) return;
      mutate(
        { model },
        {
          onSuccess: () =>
            toast.success(model === null ? t('routes.choice.saidAuto') : t('routes.choice.said', { model }), {
              action: { label: t('common.undo'), onClick: () => mutate({ model: before }) },
            }),
          onError: (error) => toast.error(error.message),
        },
      );
    },
    [mutate, t],
  );
  return { choose, busy: isPending };
}

export function ModelChoice(): ReactNode {
  const { t } = useText();
  const snapshot = useLive((state) => state.snapshot);
  const sources = useModelSources();
  const { choose, busy } = useModelChoice();
  if (snapshot === undefined) return null;
  const chosen = snapshot.model_choice;
  const names = [...new Set([...snapshot.favourites, ...namedAliases(snapshot).map(({ alias }) => alias)])];
  const chips = names.slice(0, shownChips);
  const isElse = chosen !== null && !chips.includes(chosen);
  return (
    <Card
      title={t('routes.choice.title')}
      actions={
        <Origin
          origin={chosen === null ? undefined : { source: 'you', where: 'use_model', locked: false, reason: null }}
        />
      }
    >
      <div className="row wrap" role="group" aria-label={t('routes.choice.title')}>
        <Choice pressed={chosen === null} busy={busy} onChoose={() => choose(null)}>
          {t('routes.choice.auto')}
        </Choice>
        {chips.map((name) => (
          <Choice key={name} pressed={chosen === name} busy={busy} onChoose={() => choose(name)}>
            {name}
          </Choice>
        ))}
        {isElse && (
          <Choice pressed busy={busy} onChoose={() => undefined}>
            {chosen}
          </Choice>
        )}
        <ModelPicker
          sources={sources}
          shown={t('routes.choice.any')}
          label={t('routes.choice.title')}
          busy={busy}
          onChoose={choose}
        />
      </div>
      <p className="muted">
        {chosen === null ? t('routes.choice.autoMeans') : t('routes.choice.means', { model: chosen })}
      </p>
    </Card>
  );
}

function Choice({
  pressed,
  busy,
  onChoose,
  children,
}: {
  readonly pressed: boolean;
  readonly busy: boolean;
  readonly onChoose: () => void;
  readonly children: ReactNode;
}): ReactNode {
  return (
    <Chip pressed={pressed} disabled={busy} onClick={onChoose} className="routes-choice">
      {pressed && <Check size={13} aria-hidden />}
      <span className="ellipsis">{children}</span>
    </Chip>
  );
}
