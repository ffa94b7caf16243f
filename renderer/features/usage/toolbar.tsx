/** Range, grouping, measure and the filters that are on. */
import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { usageDimensions, type UsageDimension } from '../../../shared/contract/words.ts';
import { useText } from '../../text/text.ts';
import { Checkbox, Chip, Input, Segmented, Select } from '../../ui/controls.tsx';
import { activeFilters, measures, ranges, type Range } from './address.ts';
import { midnight } from './span.ts';
import type { UsageView } from './use-usage.ts';

export function Toolbar({ view }: { readonly view: UsageView }): ReactNode {
  const { t } = useText();
  const { address, change, span } = view;
  const onRange = (range: Range): void => {
    if (range !== 'custom') change({ range });
    else change({ since: String(span.since), until: String(span.until) });
  };
  return (
    <div className="usage-bar" role="group" aria-label={t('usage.controls')}>
      <Segmented
        label={t('usage.range')}
        value={address.range}
        choices={ranges.map((value) => ({ value, label: t(`usage.range.${value}`) }))}
        onChange={onRange}
      />
      {address.range === 'custom' && <CustomRange view={view} />}
      <Segmented
        label={t('usage.measure')}
        value={address.measure}
        choices={measures.map((value) => ({ value, label: t(`usage.measure.${value}`) }))}
        onChange={(measure) => change({ measure, rank: undefined })}
      />
      <Grouping view={view} />
      <Checkbox
        label={t('usage.cumulative')}
        checked={address.cumulative}
        onChange={(event) => change({ cumulative: event.target.checked ? '1' : undefined })}
      />
      <FilterChips view={view} />
    </div>
  );
}

function Grouping({ view: { address, change } }: { readonly view: UsageView }): ReactNode {
  const { t } = useText();
  const choices = usageDimensions.map((value) => ({ value, label: t(`usage.dimension.${value}`) }));
  const inner: readonly { value: UsageDimension | 'none'; label: string }[] = [
    { value: 'none', label: t('usage.sub.none') },
    ...choices.filter(({ value }) => value !== address.by),
  ];
  return (
    <>
      <label className="usage-choice">
        <span>{t('usage.by')}</span>
        <Select value={address.by} choices={choices} onChange={(by) => change({ by })} />
      </label>
      <label className="usage-choice">
        <span>{t('usage.sub')}</span>
        <Select
          value={address.sub ?? 'none'}
          choices={inner}
          onChange={(sub) => change({ sub: sub === 'none' ? undefined : sub })}
        />
      </label>
    </>
  );
}

/** Days of the calendar, the last one with all of it. */
function CustomRange({ view: { change, span } }: { readonly view: UsageView }): ReactNode {
  const { t } = useText();
  const first = dayText(span.since);
  const last = dayText(span.until - 1);
  const set = (from: string, to: string): void => {
    const [since, until] = [dayFrom(from), dayFrom(to)];
    if (since === undefined || until === undefined) return;
    change({ since: String(Math.min(since, until)), until: String(midnight(Math.max(since, until), 1)) });
  };
  return (
    <>
      <label className="usage-choice">
        <span>{t('usage.from')}</span>
        <Input type="date" value={first} onChange={(event) => set(event.target.value, last)} />
      </label>
      <label className="usage-choice">
        <span>{t('usage.to')}</span>
        <Input type="date" value={last} onChange={(event) => set(first, event.target.value)} />
      </label>
    </>
  );
}

function dayText(at: number): string {
  const date = new Date(at);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

function dayFrom(text: string): number | undefined {
  const at = Date.parse(`${text}T00:00`);
  return Number.isNaN(at) ? undefined : at;
}

function FilterChips({ view: { address, change } }: { readonly view: UsageView }): ReactNode {
  const { t } = useText();
  const filters = activeFilters(address.filter);
  if (filters.length === 0) return null;
  return (
    <ul className="row wrap usage-filters" aria-label={t('usage.filters')}>
      {filters.map(([name, value]) => {
        const dimension = t(`usage.dimension.${name}`);
        return (
          <li key={name}>
            <Chip
              aria-label={t('usage.filter.remove', { name: dimension, value })}
              onClick={() => change({ [name]: undefined })}
            >
              <span className="muted">{dimension}</span>
              <span className="ellipsis">{value}</span>
              <X size={13} aria-hidden />
            </Chip>
          </li>
        );
      })}
    </ul>
  );
}
