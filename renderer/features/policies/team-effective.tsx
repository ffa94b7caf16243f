/** All that is in force and who says so: every value with its bundle, line and reason (BND-06, BND-35). */
import { useMemo, useState, type ReactNode } from 'react';
import { useSearchParams } from 'wouter';
import type { BundleCard, ProvenanceEntry } from '../../../shared/contract/bundles.ts';
import { provenanceModes } from '../../../shared/contract/words.ts';
import { useCall } from '../../bridge/hooks.ts';
import { useText } from '../../text/text.ts';
import { Button, SearchInput, Segmented, Select } from '../../ui/controls.tsx';
import { EmptyState, Loaded } from '../../ui/states.tsx';
import { DataTable } from '../../ui/table.tsx';
import { useEntryColumns } from './team-columns.tsx';
import { TeamEntry } from './team-entry.tsx';
import { EffectiveHash } from './team-hash.tsx';
import { filterEntries, type HoldsFilter, type WhoFilter } from './team-state.ts';
import { placeName, shownValue } from './team-words.ts';

const whoChoices: readonly WhoFilter[] = ['all', ...provenanceModes];

export function TeamEffective({ bundles }: { readonly bundles: readonly BundleCard[] }): ReactNode {
  const query = useCall('bundles.effective', {});
  return (
    <Loaded query={query} lines={8}>
      {({ hash, entries }) => <Entries hash={hash} entries={entries} bundles={bundles} />}
    </Loaded>
  );
}

interface EntriesProps {
  readonly hash: string;
  readonly entries: readonly ProvenanceEntry[];
  readonly bundles: readonly BundleCard[];
}

function Entries({ hash, entries, bundles }: EntriesProps): ReactNode {
  const text = useText();
  const { t } = text;
  const { filter, setFilter, clear } = useFilter();
  const [opened, setOpened] = useState<ProvenanceEntry>();
  const shown = useMemo(
    () => filterEntries(entries, filter, (entry) => searchedText(entry, text)),
    [entries, filter, text],
  );
  const columns = useEntryColumns(shown, setOpened);
  return (
    <div className="stack">
      <div className="row wrap">
        <p className="muted">{t('team.effective.text')}</p>
        {bundles.length === 0 && <EffectiveHash hash={hash} />}
      </div>
      <FilterBar filter={filter} setFilter={setFilter} bundles={bundles} />
      {shown.length === 0 ? (
        <EmptyState title={t('team.effective.none')} actions={<Button onClick={clear}>{t('common.clear')}</Button>}>
          {filter.words === '' ? undefined : t('team.effective.none.text', { words: filter.words })}
        </EmptyState>
      ) : (
        <>
          <p className="small muted" role="status">
            {t('team.effective.count', { count: shown.length })}
          </p>
          <DataTable
            className="team-effective"
            label={t('team.view.effective')}
            rows={shown}
            rowId={rowId}
            columns={columns}
            selected={opened === undefined ? undefined : rowId(opened)}
            onOpen={setOpened}
            openOnClick
          />
        </>
      )}
      {opened !== undefined && <TeamEntry entry={opened} onClose={() => setOpened(undefined)} />}
    </div>
  );
}

/** Two bundles may price one model from different days on. */
function rowId({ pointer, origin, mode }: ProvenanceEntry): string {
  return `${pointer} ${mode} ${origin ?? ''}`;
}

function searchedText(entry: ProvenanceEntry, text: ReturnType<typeof useText>): string {
  const { pointer, value, bundle, reason, ref } = entry;
  return [placeName(pointer, text.t), pointer, shownValue(value, text, pointer), bundle, reason, ref].join(' ');
}

interface UsedFilter {
  readonly filter: HoldsFilter;
  readonly setFilter: (change: Partial<HoldsFilter>) => void;
  readonly clear: () => void;
}

function useFilter(): UsedFilter {
  const [params, setParams] = useSearchParams();
  const filter = useMemo<HoldsFilter>(
    () => ({
      who: whoChoices.find((one) => one === params.get('who')) ?? 'all',
      bundle: params.get('bundle') ?? undefined,
      words: params.get('q') ?? '',
    }),
    [params],
  );
  const write = ({ who, bundle, words }: HoldsFilter): void =>
    setParams(
      (before) => {
        const next = new URLSearchParams(before);
        for (const [name, value] of [
          ['who', who === 'all' ? '' : who],
          ['bundle', bundle ?? ''],
          ['q', words],
        ] as const)
          if (value === '') next.delete(name);
          else next.set(name, value);
        return next;
      },
      { replace: true },
    );
  return {
    filter,
    setFilter: (change) => write({ ...filter, ...change }),
    clear: () => write({ who: 'all', bundle: undefined, words: '' }),
  };
}

function FilterBar({
  filter,
  setFilter,
  bundles,
}: Pick<UsedFilter, 'filter' | 'setFilter'> & { readonly bundles: readonly BundleCard[] }): ReactNode {
  const { t } = useText();
  const ids = [...new Set([...bundles.map(({ id }) => id), filter.bundle ?? null])].filter((id) => id !== null);
  return (
    <div className="team-filter">
      <SearchInput
        label={t('team.effective.search')}
        value={filter.words}
        onChange={(event) => setFilter({ words: event.target.value })}
      />
      <Segmented
        label={t('team.effective.who')}
        value={filter.who}
        choices={whoChoices.map((value) => ({ value, label: t(`team.who.${value}`) }))}
        onChange={(who) => setFilter({ who })}
      />
      {ids.length > 0 && (
        <Select
          aria-label={t('team.effective.bundle')}
          value={filter.bundle ?? ''}
          choices={[
            { value: '', label: t('team.effective.bundle.all') },
            ...ids.map((value) => ({ value, label: value })),
          ]}
          onChange={(bundle) => setFilter({ bundle: bundle === '' ? undefined : bundle })}
        />
      )}
    </div>
  );
}
