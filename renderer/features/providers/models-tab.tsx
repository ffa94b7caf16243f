/** Every model that can be asked for: searched, filtered, sorted, with what it costs and can do. */
import { Star } from 'lucide-react';
import { useMemo, type ReactNode } from 'react';
import type { CallOutput } from '../../../shared/contract/contract.ts';
import { useLive } from '../../state/live.ts';
import { useText, type Text } from '../../text/text.ts';
import { Button, Chip, SearchInput, Select } from '../../ui/controls.tsx';
import { EmptyState, Loaded } from '../../ui/states.tsx';
import { DataTable } from '../../ui/table.tsx';
import type { Address } from './address.ts';
import { modelColumns } from './model-columns.tsx';
import {
  capabilities,
  filterModels,
  filterOf,
  hiddenBy,
  queryOf,
  noFilter,
  withoutParts,
  type Capability,
  type FilterPart,
  type ModelFilter,
} from './model-filter.ts';
import { useFavourite, useModels } from './use-models.ts';

/** Of the field that `/` goes to. */
export const searchFieldId = 'models-search';

export function ModelsTab({ address }: { readonly address: Address }): ReactNode {
  return (
    <Loaded query={useModels()} lines={10}>
      {(list) => <ModelList list={list} address={address} />}
    </Loaded>
  );
}

function ModelList({
  list: { models, catalogue_date: day },
  address,
}: {
  readonly list: CallOutput<'models.list'>;
  readonly address: Address;
}): ReactNode {
  const text = useText();
  const { t, count, date } = text;
  const filter = useMemo(() => filterOf(address.query), [address.query]);
  const shown = useMemo(() => filterModels(models, filter), [models, filter]);
  const chosen = useLive((state) => state.snapshot?.model_choice) ?? null;
  const onFavourite = useFavourite();
  const columns = useMemo(() => modelColumns(text, { chosen, onFavourite }), [text, chosen, onFavourite]);
  const change = (part: Partial<ModelFilter>): void => address.change(queryOf(part));
  const providers = useMemo(() => [...new Set(models.map(({ provider }) => provider))], [models]);
  if (models.length === 0) return <EmptyState title={t('models.empty.none')}>{t('models.empty.noneText')}</EmptyState>;
  return (
    <div className="models-list">
      <Filters filter={filter} providers={providers} onChange={change} />
      <p className="muted small row between wrap">
        <span role="status">
          {shown.length === models.length
            ? t('models.count', { count: models.length })
            : t('models.countOf', { shown: count(shown.length), count: models.length })}
        </span>
        <span>
          {t('models.perMillion')} · {t('models.catalogue', { date: date(day) })}
        </span>
      </p>
      {shown.length === 0 ? (
        <NothingFits models={models} filter={filter} onChange={change} />
      ) : (
        <DataTable
          rows={shown}
          columns={columns}
          rowId={({ id }) => id}
          label={t('models.table')}
          openOnClick
          onOpen={({ id }) => address.change({ model: id }, 'push')}
          className="models-table"
        />
      )}
    </div>
  );
}

function Filters({
  filter,
  providers,
  onChange,
}: {
  readonly filter: ModelFilter;
  readonly providers: readonly string[];
  readonly onChange: (part: Partial<ModelFilter>) => void;
}): ReactNode {
  const { t } = useText();
  const names =
    providers.includes(filter.provider) || filter.provider === '' ? providers : [...providers, filter.provider];
  return (
    <div className="models-filters" role="search">
      <SearchInput
        id={searchFieldId}
        label={t('models.search')}
        value={filter.text}
        onChange={(event) => onChange({ text: event.target.value })}
      />
      <Select
        aria-label={t('models.filter.provider')}
        value={filter.provider}
        choices={[
          { value: '', label: t('models.filter.allProviders') },
          ...names.map((name) => ({ value: name, label: name })),
        ]}
        onChange={(provider) => onChange({ provider })}
      />
      <Select
        aria-label={t('models.filter.capability')}
        value={filter.capability ?? ''}
        choices={[
          { value: '', label: t('models.filter.anyCapability') },
          ...capabilities.map((one) => ({ value: one, label: t(`models.can.${one}`) })),
        ]}
        onChange={(can: Capability | '') => onChange({ capability: can === '' ? undefined : can })}
      />
      <div className="row wrap">
        <Chip pressed={filter.favourites} onClick={() => onChange({ favourites: !filter.favourites })}>
          <Star size={13} aria-hidden />
          {t('models.filter.favourites')}
        </Chip>
        <Chip pressed={filter.chat} onClick={() => onChange({ chat: !filter.chat })}>
          {t('models.filter.chat')}
        </Chip>
        <Chip pressed={filter.priced} onClick={() => onChange({ priced: !filter.priced })}>
          {t('models.filter.priced')}
        </Chip>
      </div>
    </div>
  );
}

/** Says which filter hides how many, and takes it away. */
function NothingFits({
  models,
  filter,
  onChange,
}: {
  readonly models: CallOutput<'models.list'>['models'];
  readonly filter: ModelFilter;
  readonly onChange: (part: Partial<ModelFilter>) => void;
}): ReactNode {
  const text = useText();
  const { t } = text;
  const hiding = hiddenBy(models, filter);
  return (
    <EmptyState
      title={t('models.empty.title')}
      actions={
        <>
          {hiding.slice(0, 3).map(({ part, count }) => (
            <Button key={part} onClick={() => onChange(withoutParts[part])}>
              {t('models.empty.hides', { filter: partText(text, part, filter), count })}
            </Button>
          ))}
          <Button variant="primary" onClick={() => onChange(noFilter)}>
            {t('models.empty.clear')}
          </Button>
        </>
      }
    />
  );
}

function partText({ t }: Text, part: FilterPart, filter: ModelFilter): string {
  if (part === 'text') return t('models.filter.text', { text: filter.text });
  if (part === 'provider') return t('models.filter.providerIs', { name: filter.provider });
  if (part === 'capability') return t(`models.can.${filter.capability ?? 'tools'}`);
  return t(`models.filter.${part}`);
}
