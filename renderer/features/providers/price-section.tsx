/** What a model costs, whose price that is, and one's own prices with the days from which they hold. */
import { Trash2 } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { toast } from 'sonner';
import type { CallOutput } from '../../../shared/contract/contract.ts';
import type { ModelEntry } from '../../../shared/contract/models.ts';
import { useAction, useCall } from '../../bridge/hooks.ts';
import { useTeamValues } from '../../state/team.ts';
import { useText, type Text } from '../../text/text.ts';
import { Banner, Facts } from '../../ui/layout.tsx';
import { Button, IconButton } from '../../ui/controls.tsx';
import { Loaded } from '../../ui/states.tsx';
import { TeamMark } from '../../ui/team-mark.tsx';
import { PriceSource } from './model-columns.tsx';
import { ownPrices, priceAtProvider, priceFields, removalEdits, type OwnPrice } from './price-edit.ts';
import { PriceEditor } from './price-editor.tsx';
import { teamPrice } from './team-price.ts';
import { fieldLabels, priceText } from './price-text.ts';
import { today } from './today.ts';

export function PriceSection({ model }: { readonly model: ModelEntry }): ReactNode {
  const { t, locale } = useText();
  const config = useCall('config.read', {});
  const { price } = model;
  const told = teamPrice(useTeamValues(), model.id);
  return (
    <section className="card models-price" aria-labelledby="models-price">
      <header>
        <h3 id="models-price">{t('models.price')}</h3>
        {told === undefined ? <PriceSource price={price} /> : <TeamMark entry={told} name={t('models.price')} />}
      </header>
      {price === null ? (
        <p>{t('models.price.unknown')}</p>
      ) : (
        <>
          {price.source === 'free' && <p className="muted">{t('models.price.free')}</p>}
          <Facts facts={priceFields.map((field) => [t(fieldLabels[field]), priceText(locale, price[field])])} />
          <p className="muted small">{t('models.perMillion')}</p>
        </>
      )}
      <Loaded query={config} lines={1}>
        {(read) => told?.mode !== 'enforced' && <OwnPrices model={model} read={read} />}
      </Loaded>
    </section>
  );
}

interface OwnPricesProps {
  readonly model: ModelEntry;
  readonly read: CallOutput<'config.read'>;
}

function OwnPrices({ model, read }: OwnPricesProps): ReactNode {
  const { t } = useText();
  const [isEditing, setEditing] = useState(false);
  const atProvider = priceAtProvider(read.config, model.id);
  if (atProvider !== undefined)
    return <Banner>{t('models.price.atProvider', { where: read.origins[atProvider]?.where ?? 'sluice.yaml' })}</Banner>;
  const own = ownPrices(read.config, model.id);
  return (
    <>
      {own.length > 0 && <OwnList model={model} own={own} revision={read.revision} />}
      {isEditing ? (
        <PriceEditor model={model} read={read} own={own} onClose={() => setEditing(false)} />
      ) : (
        <div className="row wrap">
          <Button variant={model.price === null ? 'primary' : undefined} onClick={() => setEditing(true)}>
            {t(model.price === null ? 'models.price.set' : 'models.price.change')}
          </Button>
          {own.length === 1 && <RemoveButton model={model} prices={own} revision={read.revision} />}
        </div>
      )}
    </>
  );
}

interface RemovalProps {
  readonly model: ModelEntry;
  readonly prices: readonly OwnPrice[];
  readonly revision: string;
}

function useRemoval({ model, prices, revision }: RemovalProps): { readonly busy: boolean; readonly run: () => void } {
  const { t } = useText();
  const change = useAction('config.change', ['config.read', 'models.list']);
  return {
    busy: change.isPending,
    run: () =>
      change.mutate(
        { edits: removalEdits(prices), revision },
        {
          onSuccess: () => toast.success(t('models.price.removed', { name: model.id })),
          onError: ({ error }) => toast.error(error.message),
        },
      ),
  };
}

function RemoveButton(props: RemovalProps): ReactNode {
  const { t } = useText();
  const { busy, run } = useRemoval(props);
  return (
    <Button busy={busy} onClick={run}>
      {t('models.price.remove')}
    </Button>
  );
}

function OwnList({
  model,
  own,
  revision,
}: {
  readonly model: ModelEntry;
  readonly own: readonly OwnPrice[];
  readonly revision: string;
}): ReactNode {
  const text = useText();
  const { t, locale } = text;
  return (
    <div className="stack tight">
      <h4 className="small muted">{t('models.price.mine')}</h4>
      <ul className="models-own">
        {own.map((price) => (
          <li key={price.index}>
            <span>{dayText(text, price.from)}</span>
            <span className="grow muted">
              {priceFields
                .filter((field) => price.form[field] !== '')
                .map((field) => `${t(fieldLabels[field])} ${priceText(locale, price.form[field])}`)
                .join(' · ')}
            </span>
            {own.length > 1 && <RemoveOne model={model} prices={[price]} revision={revision} />}
          </li>
        ))}
      </ul>
    </div>
  );
}

function RemoveOne(props: RemovalProps): ReactNode {
  const text = useText();
  const { busy, run } = useRemoval(props);
  const [price] = props.prices;
  return (
    <IconButton
      size="small"
      busy={busy}
      label={text.t('models.price.removeOne', { when: dayText(text, price?.from ?? '') })}
      onClick={run}
    >
      {!busy && <Trash2 size={14} aria-hidden />}
    </IconButton>
  );
}

function dayText({ t, date }: Text, from: string): string {
  if (from === '') return t('models.price.always');
  return t(from.slice(0, 10) > today() ? 'models.price.coming' : 'models.price.since', { date: date(from) });
}
