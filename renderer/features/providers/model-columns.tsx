/** The columns of the list of models. */
import { Star } from 'lucide-react';
import type { ReactNode } from 'react';
import type { ModelEntry, ModelPrice } from '../../../shared/contract/models.ts';
import { useText, type Text } from '../../text/text.ts';
import { Badge, IconButton } from '../../ui/controls.tsx';
import type { Column } from '../../ui/table.tsx';
import { CapabilityIcons } from './capability-icons.tsx';
import { fieldLabels, priceText } from './price-text.ts';

export function modelColumns(
  text: Text,
  { chosen, onFavourite }: { readonly chosen: string | null; readonly onFavourite: (model: ModelEntry) => void },
): readonly Column<ModelEntry>[] {
  const { t, compact } = text;
  const tokens = (id: string, header: string, of: (model: ModelEntry) => number | null): Column<ModelEntry> => ({
    id,
    header,
    numeric: true,
    cell: (model) => {
      const value = of(model);
      return value === null ? '—' : compact(value);
    },
    sortBy: of,
  });
  return [
    {
      id: 'favourite',
      header: <span className="visually-hidden">{t('models.column.favourite')}</span>,
      cell: (model) => <FavouriteButton model={model} onToggle={onFavourite} />,
      width: '3rem',
    },
    {
      id: 'model',
      header: t('models.column.model'),
      cell: (model) => <ModelName model={model} chosen={model.id === chosen} />,
      sortBy: ({ id }) => id,
    },
    tokens('context', t('models.column.context'), (model) => model.context_window),
    tokens('output', t('models.column.output'), (model) => model.max_output_tokens),
    {
      id: 'can',
      header: t('models.column.can'),
      cell: ({ capabilities }) => <CapabilityIcons can={capabilities} />,
      sortBy: ({ capabilities }) => -capabilities.length,
    },
    ...priceColumns(text, ['input', 'output']),
    {
      id: 'source',
      header: t('models.column.source'),
      cell: ({ price }) => <PriceSource price={price} short />,
      sortBy: ({ price }) => (price === null ? null : `${price.source} ${price.since ?? ''}`),
    },
    ...priceColumns(text, ['cache_read', 'cache_write']),
    {
      id: 'released',
      header: t('models.column.released'),
      cell: ({ released }) => (released === null ? '—' : text.date(released)),
      sortBy: ({ released }) => released,
    },
  ];
}

function priceColumns(
  { t, locale }: Text,
  fields: readonly (keyof typeof fieldLabels)[],
): readonly Column<ModelEntry>[] {
  return fields.map((field) => ({
    id: `price-${field}`,
    header: (
      <span title={t('models.perMillion')}>
        {t(fieldLabels[field])}
        <span className="visually-hidden">, {t('models.perMillion')}</span>
      </span>
    ),
    numeric: true,
    cell: ({ price }) => priceText(locale, price?.[field]),
    sortBy: ({ price }) => {
      const value = price?.[field] ?? null;
      return value === null ? null : Number(value);
    },
  }));
}

export function FavouriteButton({
  model,
  onToggle,
}: {
  readonly model: ModelEntry;
  readonly onToggle: (model: ModelEntry) => void;
}): ReactNode {
  const { t } = useText();
  const { id, favourite } = model;
  return (
    <IconButton
      size="small"
      className={favourite ? 'models-star on' : 'models-star'}
      aria-pressed={favourite}
      label={t(favourite ? 'models.favourite.remove' : 'models.favourite.add', { name: id })}
      onClick={() => onToggle(model)}
    >
      <Star size={15} aria-hidden fill={favourite ? 'currentColor' : 'none'} />
    </IconButton>
  );
}

function ModelName({ model, chosen }: { readonly model: ModelEntry; readonly chosen: boolean }): ReactNode {
  const { t } = useText();
  return (
    <span className="models-name">
      <span className="mono">
        <span className="muted">{model.provider}/</span>
        {model.model}
      </span>
      {chosen && <Badge tone="accent">{t('models.chosen')}</Badge>}
      {model.unsettled && <Badge title={t('models.unsettled.title')}>{t('models.unsettled')}</Badge>}
    </span>
  );
}

/** Whose price it is, and since when; `short`: the day of the list is told elsewhere. */
export function PriceSource({
  price,
  short = false,
}: {
  readonly price: ModelPrice | null;
  readonly short?: boolean;
}): ReactNode {
  const { t, date } = useText();
  if (price === null) return '—';
  const { source, since } = price;
  if (source === 'free') return <Badge tone="ok">{t('models.source.free')}</Badge>;
  if (source === 'you')
    return (
      <Badge tone="accent">
        {since === null ? t('models.source.you') : t('models.source.youSince', { date: date(since) })}
      </Badge>
    );
  const list = since === null ? '—' : t('models.source.list', { date: date(since) });
  return (
    <span className="muted" title={short ? list : undefined}>
      {short && since !== null ? t('models.source.listShort') : list}
    </span>
  );
}
