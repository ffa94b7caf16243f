/** All that is known of one model, what it costs, and what can be done with it. */
import { type ReactNode } from 'react';
import { toast } from 'sonner';
import { Link } from 'wouter';
import type { ModelEntry } from '../../../shared/contract/models.ts';
import { useAction } from '../../bridge/hooks.ts';
import { useLive } from '../../state/live.ts';
import { useText } from '../../text/text.ts';
import { Badge, Button } from '../../ui/controls.tsx';
import { CopyButton } from '../../ui/copy.tsx';
import { Facts } from '../../ui/layout.tsx';
import { Dialog } from '../../ui/overlay.tsx';
import { EmptyState, Loaded } from '../../ui/states.tsx';
import { CapabilityBadges } from './capability-icons.tsx';
import { FavouriteButton } from './model-columns.tsx';
import { PriceSection } from './price-section.tsx';
import { useFavourite, useModels } from './use-models.ts';

export interface ModelSheetProps {
  readonly id: string;
  readonly onClose: () => void;
  readonly onProvider: (id: string) => void;
}

export function ModelSheet({ id, onClose, onProvider }: ModelSheetProps): ReactNode {
  const { t } = useText();
  return (
    <Dialog open shape="sheet" title={id} onClose={onClose}>
      <Loaded query={useModels()} lines={8}>
        {({ models }) => {
          const model = models.find((one) => one.id === id);
          return model === undefined ? (
            <EmptyState title={t('models.gone.title', { id })}>{t('models.gone.text')}</EmptyState>
          ) : (
            <SheetContent model={model} onProvider={onProvider} />
          );
        }}
      </Loaded>
    </Dialog>
  );
}

function SheetContent({
  model,
  onProvider,
}: {
  readonly model: ModelEntry;
  readonly onProvider: (id: string) => void;
}): ReactNode {
  const { t } = useText();
  const onFavourite = useFavourite();
  const { id, provider, chat } = model;
  const filter = `provider=${encodeURIComponent(provider)}&model=${encodeURIComponent(model.model)}`;
  return (
    <>
      <div className="row wrap">
        <FavouriteButton model={model} onToggle={onFavourite} />
        {model.unsettled && <Badge title={t('models.unsettled.title')}>{t('models.unsettled')}</Badge>}
        {chat && (
          <>
            <Link className="button primary" href={`/playground?model=${encodeURIComponent(id)}`}>
              {t('providers.try')}
            </Link>
            <ChooseButton id={id} />
          </>
        )}
      </div>
      <ModelFacts model={model} onProvider={onProvider} />
      <PriceSection model={model} />
      <div className="row wrap">
        <Link className="button small" href={`/activity?target=${encodeURIComponent(id)}`}>
          {t('providers.activity')}
        </Link>
        <Link className="button small" href={`/usage?${filter}`}>
          {t('providers.usage')}
        </Link>
      </div>
    </>
  );
}

function ModelFacts({
  model,
  onProvider,
}: {
  readonly model: ModelEntry;
  readonly onProvider: (id: string) => void;
}): ReactNode {
  const { t, count, date } = useText();
  const tokens = (value: number | null): string => (value === null ? '—' : t('models.tokens', { count: count(value) }));
  return (
    <Facts
      facts={[
        [
          t('models.name'),
          <span key="name" className="row">
            <code>{model.id}</code>
            <CopyButton text={model.id} />
          </span>,
        ],
        [
          t('models.provider'),
          <Button key="provider" variant="link" onClick={() => onProvider(model.provider)}>
            {model.provider}
          </Button>,
        ],
        [t('models.column.context'), tokens(model.context_window)],
        [t('models.column.output'), tokens(model.max_output_tokens)],
        [t('models.column.can'), <CapabilityBadges key="can" can={model.capabilities} />],
        [t('models.chat'), t(model.chat ? 'common.yes' : 'common.no')],
        [t('models.column.released'), model.released === null ? '—' : date(model.released)],
      ]}
    />
  );
}

/** What answers every conversation from now on; the event that follows corrects what is shown. */
function ChooseButton({ id }: { readonly id: string }): ReactNode {
  const { t } = useText();
  const chosen = useLive((state) => state.snapshot?.model_choice);
  const choose = useAction('models.choose', ['config.read']);
  const isChosen = chosen === id;
  return (
    <>
      {isChosen && <Badge tone="accent">{t('models.chosen')}</Badge>}
      <Button
        busy={choose.isPending}
        onClick={() =>
          choose.mutate(
            { model: isChosen ? null : id },
            {
              onSuccess: () =>
                toast.success(isChosen ? t('models.unchoose.done') : t('models.choose.done', { name: id })),
              onError: ({ error }) => toast.error(error.message),
            },
          )
        }
      >
        {t(isChosen ? 'models.unchoose' : 'models.choose')}
      </Button>
    </>
  );
}
