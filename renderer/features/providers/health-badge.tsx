/** How a provider or one of its models does: icon, word and colour, and why. */
import {
  Circle,
  CircleAlert,
  CircleCheck,
  CirclePause,
  CircleX,
  Hourglass,
  KeyRound,
  RefreshCw,
  type LucideIcon,
} from 'lucide-react';
import { useEffect, useState, type ReactNode } from 'react';
import { useText } from '../../text/text.ts';
import { Badge, type Tone } from '../../ui/controls.tsx';
import type { ProviderState } from './provider-health.ts';

const looks: Readonly<Record<ProviderState, { readonly icon: LucideIcon; readonly tone: Tone }>> = {
  closed: { icon: CircleCheck, tone: 'ok' },
  failing: { icon: CircleAlert, tone: 'warning' },
  half_open: { icon: RefreshCw, tone: 'accent' },
  limited: { icon: Hourglass, tone: 'warning' },
  open: { icon: CirclePause, tone: 'warning' },
  refused: { icon: CircleX, tone: 'error' },
  no_key: { icon: KeyRound, tone: 'error' },
  idle: { icon: Circle, tone: 'plain' },
};

export function HealthBadge({ state }: { readonly state: ProviderState }): ReactNode {
  const { t } = useText();
  const { icon: Icon, tone } = looks[state];
  return (
    <Badge tone={tone} icon={<Icon size={12} aria-hidden />}>
      {t(`providers.state.${state}`)}
    </Badge>
  );
}

const tickMs = 1_000;

/** Why it does so, and when it is asked again. */
export function HealthReason({
  why,
  until,
}: {
  readonly why: string | null;
  readonly until: string | null;
}): ReactNode {
  if (why === null && until === null) return null;
  return (
    <p className="small wrap-anywhere">
      {why}
      {until !== null && (
        <>
          {why !== null && ' · '}
          <Until at={until} />
        </>
      )}
    </p>
  );
}

function Until({ at }: { readonly at: string }): ReactNode {
  const { t, relative } = useText();
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), tickMs);
    return () => clearInterval(timer);
  }, []);
  // A moment that is over and of which nothing was heard yet is now.
  const shown = Math.max(new Date(at).getTime(), now);
  return <span title={at}>{t('providers.until', { when: relative(shown, now) })}</span>;
}
