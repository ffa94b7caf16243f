/** What stands in a row of Activity. */
import { Archive, ArrowRightLeft, EyeOff, Radio, Shield, ShieldAlert, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import type { ExchangeEntry } from '../../../shared/contract/traffic.ts';
import { useText, type MessageKey, type Text } from '../../text/text.ts';
import type { ColumnId } from './columns.ts';
import { OutcomeMark } from './outcome.tsx';

export const columnLabels: Readonly<Record<ColumnId, MessageKey>> = {
  time: 'traffic.column.time',
  status: 'traffic.column.status',
  model: 'traffic.column.model',
  client: 'traffic.column.client',
  tokens: 'traffic.column.tokens',
  cost: 'traffic.column.cost',
  duration: 'traffic.column.duration',
  marks: 'traffic.column.marks',
};
export const numericColumns: ReadonlySet<ColumnId> = new Set(['tokens', 'cost', 'duration']);

/** Attempts that went to another target than the first, or to it again. */
export function extraAttempts({ attempts }: ExchangeEntry): { readonly fallbacks: number; readonly retries: number } {
  const count = (kinds: readonly string[]): number => attempts.filter(({ kind }) => kinds.includes(kind)).length;
  return { fallbacks: count(['fallback', 'hedge', 'continue']), retries: count(['retry']) };
}

/** Money as the entry knows it: an estimate says that it is one. */
export function costText(
  { cost_usd, usage_source }: Pick<ExchangeEntry, 'cost_usd' | 'usage_source'>,
  text: Text,
): string {
  const amount = text.money(cost_usd);
  return cost_usd !== null && usage_source === 'estimated' ? `≈ ${amount}` : amount;
}

export function tokensText({ usage, usage_source }: Pick<ExchangeEntry, 'usage' | 'usage_source'>, text: Text): string {
  if (usage === null) return '—';
  const input = usage.input_tokens + usage.cache_read_tokens + usage.cache_write_tokens;
  return `${usage_source === 'estimated' ? '≈ ' : ''}${text.compact(input)} → ${text.compact(usage.output_tokens)}`;
}

const dayMs = 86_400_000;

export function Cell({
  column,
  entry,
  now,
}: {
  readonly column: ColumnId;
  readonly entry: ExchangeEntry;
  readonly now: number;
}): ReactNode {
  const text = useText();
  switch (column) {
    case 'time':
      return (
        <time dateTime={entry.at}>
          {now - Date.parse(entry.at) < dayMs ? text.time(entry.at) : text.dateTime(entry.at)}
        </time>
      );
    case 'status':
      return <OutcomeMark entry={entry} />;
    case 'model':
      return <ModelCell entry={entry} />;
    case 'client':
      return <ClientCell entry={entry} />;
    case 'tokens':
      return tokensText(entry, text);
    case 'cost':
      return <span title={costText(entry, text)}>{costText(entry, text)}</span>;
    case 'duration':
      return <DurationCell entry={entry} />;
    case 'marks':
      return <Marks entry={entry} />;
  }
}

function ModelCell({ entry: { model_asked, target, route_reason } }: { readonly entry: ExchangeEntry }): ReactNode {
  return (
    <span className="traffic-model" title={route_reason ?? undefined}>
      <span className="ellipsis">{model_asked ?? '—'}</span>
      {target !== null && target !== model_asked && <span className="ellipsis muted small">→ {target}</span>}
    </span>
  );
}

function ClientCell({ entry: { client, key } }: { readonly entry: ExchangeEntry }): ReactNode {
  return (
    <span className="traffic-model">
      <span className="ellipsis">{client ?? key ?? '—'}</span>
      {client !== null && key !== null && key !== client && <span className="ellipsis muted small">{key}</span>}
    </span>
  );
}

function DurationCell({ entry: { duration_ms, ttft_ms } }: { readonly entry: ExchangeEntry }): ReactNode {
  const { t, duration } = useText();
  return (
    <>
      {duration(duration_ms)}
      {ttft_ms !== null && (
        <span className="muted small traffic-ttft" title={t('traffic.ttft')}>
          {duration(ttft_ms)}
        </span>
      )}
    </>
  );
}

/** Pictures with a name each; only what is out of the ordinary has one. */
function Marks({ entry }: { readonly entry: ExchangeEntry }): ReactNode {
  const { t } = useText();
  const { fallbacks, retries } = extraAttempts(entry);
  const { firewall } = entry;
  return (
    <span className="traffic-marks">
      {entry.masked > 0 && (
        <Mark
          tone="mask"
          label={t('traffic.mark.masked', { count: entry.masked })}
          count={entry.masked}
          icon={EyeOff}
        />
      )}
      {fallbacks > 0 && (
        <Mark
          tone="warning"
          label={t('traffic.mark.fallback', { count: fallbacks })}
          count={fallbacks}
          icon={ArrowRightLeft}
        />
      )}
      {fallbacks === 0 && retries > 0 && (
        <Mark tone="plain" label={t('traffic.mark.retry', { count: retries })} count={retries} icon={ArrowRightLeft} />
      )}
      {entry.cache !== null && <Mark tone="ok" label={t('traffic.mark.cached')} icon={Archive} />}
      {firewall !== null && (
        <Mark
          tone={refuses(firewall.action) ? 'error' : 'warning'}
          label={t('traffic.mark.firewall', { rules: firewall.rules.join(', ') })}
          icon={refuses(firewall.action) ? ShieldAlert : Shield}
        />
      )}
      {entry.losses.length > 0 && (
        <Mark tone="warning" label={t('traffic.mark.losses', { count: entry.losses.length })} icon={TriangleAlert} />
      )}
      {entry.stream && <Mark tone="faint" label={t('traffic.mark.stream')} icon={Radio} />}
    </span>
  );
}

function refuses(action: NonNullable<ExchangeEntry['firewall']>['action']): boolean {
  return action === 'block' || action === 'require_justification';
}

interface MarkProps {
  readonly tone: string;
  readonly label: string;
  readonly count?: number;
  readonly icon: typeof EyeOff;
}

function Mark({ tone, label, count, icon: Icon }: MarkProps): ReactNode {
  return (
    <span className={`traffic-mark ${tone}`} title={label}>
      <Icon size={13} aria-hidden />
      {count !== undefined && <span aria-hidden>{count}</span>}
      <span className="visually-hidden">{label}</span>
    </span>
  );
}
