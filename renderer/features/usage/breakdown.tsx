/** The ranked list: who or what it went to, with its share, its parts, and a filter in every name. */
import { ChevronDown, ChevronRight, ListFilter } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { Link } from 'wouter';
import type { UsageReport } from '../../../shared/contract/usage.ts';
import type { UsageDimension } from '../../../shared/contract/words.ts';
import { useText, type Text } from '../../text/text.ts';
import { CsvButton } from '../../ui/charts/csv-button.tsx';
import { saveCsv, toCsv } from '../../ui/charts/csv.ts';
import { IconButton, Select } from '../../ui/controls.tsx';
import { Card } from '../../ui/layout.tsx';
import { activityHref, limits, measures } from './address.ts';
import { rankGroups, tokensOf, type RankedGroup } from './groups.ts';
import type { UsageView } from './use-usage.ts';

interface BreakdownProps {
  readonly view: UsageView;
  readonly report: UsageReport;
  readonly before: UsageReport | undefined;
  /** Grouped by both, where a second is asked for. */
  readonly parts: UsageReport | undefined;
}

export function Breakdown({ view, report, before, parts }: BreakdownProps): ReactNode {
  const text = useText();
  const { t } = text;
  const { by, sub, rank, measure, limit } = view.address;
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set());
  const ranking = { by, rank, measure, limit };
  const rows = rankGroups(report.groups, before?.groups ?? [], ranking);
  const dimension = t(`usage.dimension.${by}`);
  const toggle = (id: string): void => {
    const next = new Set(opened);
    if (!next.delete(id)) next.add(id);
    setOpened(next);
  };
  return (
    <Card
      title={t('usage.list.title', { dimension })}
      actions={<ListControls view={view} onSave={() => saveCsv(`sluice-${by}.csv`, csvOf(text, by, rows))} />}
    >
      <div className="table-frame" tabIndex={0} role="group" aria-label={t('usage.list.title', { dimension })}>
        <table className="table usage-list">
          <ListHead dimension={dimension} />
          <tbody>
            {rows.map((row) => {
              const id = row.others > 0 ? 'others' : `name ${row.name}`;
              const inner = (parts?.groups ?? []).filter((group) => (group[by] ?? null) === row.name);
              const canOpen = sub !== undefined && row.others === 0 && inner.length > 0;
              const isOpen = canOpen && opened.has(id);
              return (
                <GroupRows
                  key={id}
                  view={view}
                  row={row}
                  opener={canOpen ? { isOpen, toggle: () => toggle(id) } : undefined}
                  parts={isOpen ? rankGroups(inner, [], { ...ranking, by: sub }) : []}
                />
              );
            })}
          </tbody>
        </table>
      </div>
    </Card>
  );
}

interface ListControlsProps {
  readonly view: UsageView;
  readonly onSave: () => void;
}

function ListControls({ view: { address, change }, onSave }: ListControlsProps): ReactNode {
  const { t } = useText();
  return (
    <div className="usage-list-controls">
      <label className="usage-choice">
        <span>{t('usage.list.rank')}</span>
        <Select
          value={address.rank}
          choices={measures.map((value) => ({ value, label: t(`usage.measure.${value}`) }))}
          onChange={(rank) => change({ rank })}
        />
      </label>
      <label className="usage-choice">
        <span>{t('usage.list.limit')}</span>
        <Select
          value={String(address.limit)}
          choices={limits.map((count) => ({ value: String(count), label: t('usage.list.top', { count }) }))}
          onChange={(limit) => change({ limit })}
        />
      </label>
      <CsvButton onSave={onSave} />
    </div>
  );
}

function ListHead({ dimension }: { readonly dimension: string }): ReactNode {
  const { t } = useText();
  const numbers = [
    t('usage.list.share'),
    t('usage.figure.cost'),
    t('usage.list.change'),
    t('usage.figure.requests'),
    t('usage.list.errors'),
    t('usage.figure.tokens'),
    t('usage.list.cache'),
  ];
  return (
    <thead>
      <tr>
        <th scope="col">{dimension}</th>
        {numbers.map((name) => (
          <th key={name} scope="col" className="number">
            {name}
          </th>
        ))}
      </tr>
    </thead>
  );
}

interface GroupRowsProps {
  readonly view: UsageView;
  readonly row: RankedGroup;
  readonly opener: { readonly isOpen: boolean; readonly toggle: () => void } | undefined;
  readonly parts: readonly RankedGroup[];
}

function GroupRows({ view, row, opener, parts }: GroupRowsProps): ReactNode {
  const { by, sub, filter } = view.address;
  const inner = row.name === null ? filter : { ...filter, [by]: row.name };
  return (
    <>
      <GroupRow view={view} by={by} row={row} opener={opener} depth={0} />
      {sub !== undefined &&
        parts.map((part) => (
          <GroupRow
            key={part.others > 0 ? 'others' : `name ${part.name}`}
            view={{ ...view, address: { ...view.address, filter: inner } }}
            by={sub}
            row={part}
            opener={undefined}
            depth={1}
          />
        ))}
    </>
  );
}

interface GroupRowProps extends Omit<GroupRowsProps, 'parts'> {
  readonly by: UsageDimension;
  readonly depth: 0 | 1;
}

function GroupRow({ view, by, row, opener, depth }: GroupRowProps): ReactNode {
  const text = useText();
  const { t, count, compact, percent } = text;
  const { address, span, change } = view;
  const { sums, share } = row;
  const name = nameOf(text, row);
  const filter = row.name === null ? address.filter : { ...address.filter, [by]: row.name };
  const isNamed = row.name !== null && row.name !== '';
  // What has no such name cannot be asked for: no link says that it were only these.
  const link = (shown: string, more: Readonly<Record<string, string>> = {}): ReactNode =>
    isNamed ? <Link href={activityHref(filter, span, more)}>{shown}</Link> : shown;
  const onFilter = (): void => change({ ...filter });
  return (
    <tr className={depth === 1 ? 'usage-part' : undefined}>
      <th scope="row">
        <div className="usage-name">
          {opener !== undefined && (
            <IconButton
              label={t('usage.list.expand', { name })}
              size="small"
              aria-expanded={opener.isOpen}
              onClick={opener.toggle}
            >
              {opener.isOpen ? <ChevronDown size={14} aria-hidden /> : <ChevronRight size={14} aria-hidden />}
            </IconButton>
          )}
          {isNamed ? (
            <button
              type="button"
              className="usage-name-button"
              title={t('usage.list.filter', { name })}
              onClick={onFilter}
            >
              <span className="ellipsis">{name}</span>
              <ListFilter size={13} aria-hidden />
            </button>
          ) : (
            <span className="muted">{name}</span>
          )}
        </div>
      </th>
      <td className="number">
        <span className="usage-share">
          <span className="usage-share-bar" aria-hidden>
            <span style={{ width: `${share * 100}%` }} />
          </span>
          <span className="usage-share-figure">{percent(share, share < 0.1 ? 1 : 0)}</span>
        </span>
      </td>
      <td className="number">{link(costText(text, row))}</td>
      <td className="number muted">{depth === 1 ? '' : changeText(text, row.change)}</td>
      <td className="number">{link(count(sums.requests))}</td>
      <td className="number">{sums.errors === 0 ? '0' : link(count(sums.errors), { error: '*' })}</td>
      <td className="number">{compact(tokensOf(sums))}</td>
      <td className="number">{percent(sums.cache_hit_rate)}</td>
    </tr>
  );
}

function nameOf({ t }: Text, { name, others }: Pick<RankedGroup, 'name' | 'others'>): string {
  if (others > 0) return t('usage.others', { count: others });
  return name === null || name === '' ? t('usage.unnamed') : name;
}

/** `≥` where a price in it is unknown. */
function costText({ money }: Text, { sums }: RankedGroup): string {
  if (sums.cost_usd !== null) return money(sums.cost_usd);
  return Number(sums.known_cost_usd) === 0 ? money(null) : `≥ ${money(sums.known_cost_usd)}`;
}

function changeText({ locale }: Text, change: number | null): string {
  if (change === null) return '—';
  return new Intl.NumberFormat(locale, {
    style: 'percent',
    maximumFractionDigits: 0,
    signDisplay: 'exceptZero',
  }).format(change);
}

function csvOf(text: Text, by: UsageDimension, rows: readonly RankedGroup[]): string {
  const { t } = text;
  const header = [t(`usage.dimension.${by}`), 'cost_usd', 'known_cost_usd', 'unknown_costs', 'requests', 'errors'];
  const more = ['input_tokens', 'output_tokens', 'cache_read_tokens', 'cache_write_tokens', 'cache_hit_rate'] as const;
  return toCsv(
    [...header, ...more, 'share', 'change'],
    rows.map((row) => {
      const { sums, share, change } = row;
      const cost = sums.cost_usd === null ? null : Number(sums.cost_usd);
      const first = [nameOf(text, row), cost, Number(sums.known_cost_usd), sums.unknown_costs] as const;
      return [...first, sums.requests, sums.errors, ...more.map((name) => sums[name]), share, change];
    }),
  );
}
