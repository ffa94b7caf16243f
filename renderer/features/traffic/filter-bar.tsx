/** What the list is narrowed by: search, time, quick chips, and every other filter. */
import { ListFilter, X } from 'lucide-react';
import { useEffect, useRef, useState, type ReactNode, type Ref } from 'react';
import { Button, Chip, SearchInput, Select } from '../../ui/controls.tsx';
import { Popover } from '../../ui/overlay.tsx';
import { useText, type MessageKey } from '../../text/text.ts';
import { activeFilters, ranges, type ActivityQuery, type FilterName, type Range, type SetParams } from './filters.ts';
import { FilterFields } from './filter-fields.tsx';
import { filterText } from './filter-text.ts';

export interface FilterBarProps {
  readonly query: ActivityQuery;
  readonly set: SetParams;
  readonly searchRef: Ref<HTMLInputElement>;
}

/** Filters one press away, with the value that turns each on. */
const quick: readonly (readonly [FilterName, value: string, label: MessageKey])[] = [
  ['error', '*', 'traffic.chip.errors'],
  ['masked', 'true', 'traffic.chip.masked'],
  ['firewall', '*', 'traffic.chip.firewall'],
  ['rule', '*', 'traffic.chip.rule'],
  ['cached', 'true', 'traffic.chip.cached'],
  ['losses', 'true', 'traffic.chip.losses'],
  ['stream', 'true', 'traffic.chip.stream'],
];
const rangeLabels: Readonly<Record<Range, MessageKey>> = {
  '1h': 'traffic.range.1h',
  '24h': 'traffic.range.24h',
  '7d': 'traffic.range.7d',
  '30d': 'traffic.range.30d',
  all: 'traffic.range.all',
  custom: 'traffic.range.custom',
};

export function FilterBar({ query, set, searchRef }: FilterBarProps): ReactNode {
  const { t } = useText();
  const isRequests = query.view === 'requests';
  return (
    <div className="traffic-filters" role="search" aria-label={t('traffic.filters')}>
      {isRequests && <Search value={query.filter.q ?? ''} onChange={(q) => set({ q })} ref={searchRef} />}
      <Select
        className="traffic-range"
        aria-label={t('traffic.range')}
        value={query.range}
        choices={ranges.map((value) => ({ value, label: t(rangeLabels[value]) }))}
        onChange={(range) => set({ range: range === 'all' ? undefined : range, since: undefined, until: undefined })}
      />
      {query.range === 'custom' && <CustomRange query={query} set={set} />}
      {isRequests && (
        <Popover
          label={t('traffic.filters')}
          trigger={
            <Button>
              <ListFilter size={15} aria-hidden />
              {t('traffic.filter')}
            </Button>
          }
        >
          <FilterFields query={query} set={set} />
        </Popover>
      )}
      {isRequests && <Chips query={query} set={set} />}
    </div>
  );
}

function Chips({ query, set }: Omit<FilterBarProps, 'searchRef'>): ReactNode {
  const { t } = useText();
  const isQuick = (name: FilterName, value: string): boolean => quick.some(([one, on]) => one === name && on === value);
  const others = activeFilters(query).filter(([name, value]) => name !== 'q' && !isQuick(name, value));
  return (
    <div className="traffic-chips">
      {quick.map(([name, value, label]) => {
        const pressed = String(query.filter[name] ?? '') === value;
        return (
          <Chip key={name} pressed={pressed} onClick={() => set({ [name]: pressed ? undefined : value })}>
            {t(label)}
          </Chip>
        );
      })}
      {others.map(([name, value]) => (
        <FilterChip key={name} name={name} value={value} set={set} />
      ))}
    </div>
  );
}

/** A filter that is on; pressing takes it away. */
export function FilterChip({
  name,
  value,
  set,
}: {
  readonly name: FilterName;
  readonly value: string;
  readonly set: SetParams;
}): ReactNode {
  const text = useText();
  const said = filterText(name, value, text);
  return (
    <Chip
      className="traffic-on"
      aria-label={text.t('traffic.filter.remove', { filter: said })}
      onClick={() => set({ [name]: undefined })}
    >
      <span className="ellipsis">{said}</span>
      <X size={13} aria-hidden />
    </Chip>
  );
}

/** So long after the last letter it is searched for. */
const searchAfterMs = 200;

function Search({
  value,
  onChange,
  ref,
}: {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly ref: Ref<HTMLInputElement>;
}): ReactNode {
  const { t } = useText();
  const [typed, setTyped] = useState(value);
  const asked = useRef(value);
  // A link, or a chip that was taken away, is another search than the one that was typed.
  useEffect(() => {
    if (value === asked.current) return;
    asked.current = value;
    setTyped(value);
  }, [value]);
  useEffect(() => {
    const wanted = typed.trim();
    if (wanted === asked.current) return;
    const timer = setTimeout(() => {
      asked.current = wanted;
      onChange(wanted);
    }, searchAfterMs);
    return () => clearTimeout(timer);
  }, [typed, onChange]);
  return (
    <SearchInput
      ref={ref}
      className="traffic-search"
      label={t('traffic.search')}
      maxLength={200}
      value={typed}
      onChange={(event) => setTyped(event.target.value)}
    />
  );
}

function CustomRange({ query: { since, until }, set }: Omit<FilterBarProps, 'searchRef'>): ReactNode {
  const { t } = useText();
  const field = (name: 'since' | 'until', value: number | undefined): ReactNode => (
    <input
      type="datetime-local"
      className="input traffic-moment"
      aria-label={t(name === 'since' ? 'traffic.range.since' : 'traffic.range.until')}
      value={value === undefined ? '' : localMoment(value)}
      onChange={({ target }) => {
        const moment = new Date(target.value).getTime();
        set({ range: 'custom', [name]: Number.isNaN(moment) ? undefined : String(moment) });
      }}
    />
  );
  return (
    <span className="row wrap">
      {field('since', since)}
      <span aria-hidden>–</span>
      {field('until', until)}
    </span>
  );
}

/** `2026-11-29T14:03`, as the field wants it, in the reader's time zone. */
function localMoment(ms: number): string {
  const date = new Date(ms);
  return new Date(ms - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
