/** How an exchange ended, told by icon, word and colour together (UX-81). */
import { Ban, CircleAlert, CircleCheck, CircleDashed, CircleSlash, LoaderCircle, Unplug } from 'lucide-react';
import type { ReactNode } from 'react';
import type { ExchangeEntry } from '../../../shared/contract/traffic.ts';
import type { Outcome } from '../../../shared/contract/words.ts';
import { useText, type MessageKey } from '../../text/text.ts';

const faces = {
  open: { icon: LoaderCircle, tone: 'plain' },
  complete: { icon: CircleCheck, tone: 'ok' },
  incomplete: { icon: CircleDashed, tone: 'warning' },
  aborted: { icon: CircleSlash, tone: 'plain' },
  failed: { icon: CircleAlert, tone: 'error' },
  interrupted: { icon: Unplug, tone: 'warning' },
  refused: { icon: Ban, tone: 'warning' },
} as const;

export const outcomeLabels: Readonly<Record<keyof typeof faces, MessageKey>> = {
  open: 'traffic.outcome.open',
  complete: 'traffic.outcome.complete',
  incomplete: 'traffic.outcome.incomplete',
  aborted: 'traffic.outcome.aborted',
  failed: 'traffic.outcome.failed',
  interrupted: 'traffic.outcome.interrupted',
  refused: 'traffic.outcome.refused',
};

/** Refused is what our own rules turned away; the ledger knows it as failed. */
export function faceOf({ outcome, error }: Pick<ExchangeEntry, 'outcome' | 'error'>): Outcome | 'refused' {
  return outcome === 'failed' && error?.startsWith('admit.') === true ? 'refused' : outcome;
}

export function OutcomeMark({ entry }: { readonly entry: ExchangeEntry }): ReactNode {
  const { t } = useText();
  const face = faceOf(entry);
  const { icon: Icon, tone } = faces[face];
  // A number says more than `failed` where there is one; where room is short it stands alone.
  const status = face === 'complete' || face === 'open' ? null : entry.status;
  return (
    <span
      className={`traffic-outcome ${tone}`}
      title={entry.error ?? [status, t(outcomeLabels[face])].filter((one) => one !== null).join(' ')}
    >
      <Icon size={14} aria-hidden className={face === 'open' ? 'traffic-running' : undefined} />
      <span className="ellipsis">
        {status !== null && `${String(status)} `}
        <span className={status === null ? undefined : 'traffic-word'}>{t(outcomeLabels[face])}</span>
      </span>
    </span>
  );
}
