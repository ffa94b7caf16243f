/** One bundle that is followed: who publishes it, how it stands and why, what it sets, and what it waits for. */
import { Building2, Eye, History, LogOut, RefreshCw } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import type { BundleCard } from '../../../shared/contract/bundles.ts';
import { useAction } from '../../bridge/hooks.ts';
import { useText } from '../../text/text.ts';
import { Badge, Button } from '../../ui/controls.tsx';
import { Card, Facts } from '../../ui/layout.tsx';
import { useClock } from '../../ui/use-clock.ts';
import { hostOf, shownAddress } from './join-link.ts';
import { sectionKey } from './join-parts.tsx';
import { TeamConsents } from './team-consents.tsx';
import { FingerprintWords, ShortFingerprint } from './team-fingerprint.tsx';
import { LeaveTeam } from './team-leave.tsx';
import { TeamProblem } from './team-problem.tsx';
import { TeamReport } from './team-report.tsx';
import { Contact, Said } from './team-said.tsx';
import { TeamSlots } from './team-slots.tsx';
import { countsInOrder, isUnconfirmed, versionOf } from './team-state.ts';
import { StateChip, StateText } from './team-state-chip.tsx';
import { failed } from './team-told.ts';
import { ConfirmTrust } from './team-trust.tsx';
import { teamSections } from './team-words.ts';

export interface TeamCardProps {
  readonly card: BundleCard;
  readonly onSets: (id: string) => void;
  readonly onHistory: (key: string) => void;
}

export function TeamCard({ card, onSets, onHistory }: TeamCardProps): ReactNode {
  const { t } = useText();
  return (
    <Card
      className="team-card"
      title={<Said text={card.name} className="team-name" />}
      actions={
        <span className="row wrap">
          <StateChip state={card.state} />
          {card.layer !== null && <Badge>{t(`team.layer.${card.layer}`)}</Badge>}
          {card.managed && (
            <Badge tone="accent" icon={<Building2 size={12} aria-hidden />} title={t('team.managed.hint')}>
              {t('team.managed')}
            </Badge>
          )}
          {card.trust === 'unsigned' && <Badge tone="warning">{t('team.unsigned')}</Badge>}
          {card.mode === 'audit' && (
            <Badge tone="mask" title={t('team.mode.audit.text')}>
              {t('team.mode.audit')}
            </Badge>
          )}
        </span>
      }
    >
      {card.description !== null && (
        <p className="muted team-description">
          <Said text={card.description} />
        </p>
      )}
      {!(card.state === 'limited' && isUnconfirmed(card)) && <StateText card={card} />}
      {card.error !== null && card.error.message !== card.state_reason && (
        <TeamProblem error={card.error} tone="warning" />
      )}
      {isUnconfirmed(card) && <ConfirmTrust card={card} />}
      <TeamConsents card={card} />
      {!isUnconfirmed(card) && <TeamSlots card={card} />}
      <div className="team-facts">
        <CardFacts card={card} />
        <CardSets card={card} />
      </div>
      {card.report !== null && <TeamReport card={card} report={card.report} />}
      <CardActions card={card} onSets={onSets} onHistory={onHistory} />
    </Card>
  );
}

function CardFacts({ card }: Pick<TeamCardProps, 'card'>): ReactNode {
  const { t, date } = useText();
  const { org, contact, url, expires_at, fingerprint, version } = card;
  // Of what was never read nobody knows more than where it would be.
  const read: readonly (readonly [string, ReactNode])[] = [
    [t('team.contact'), <Contact contact={contact} />],
    [t('team.version'), versionOf(card, t)],
    [t('team.expires'), expires_at === null ? t('team.expires.never') : date(expires_at)],
    [t('team.fingerprint'), fingerprint === null ? '—' : <FingerprintFact card={card} />],
  ];
  return (
    <Facts
      facts={[
        [t('team.publisher'), org === null ? t('team.publisher.unknown') : <Said text={org} />],
        [t('team.host'), <Said text={hostOf(url) ?? shownAddress(url)} />],
        [t('team.verified'), <Moment at={card.last_verified_at} />],
        [t('team.next'), <Moment at={card.next_check_at} />],
        ...(version === null ? [] : read),
      ]}
    />
  );
}

function FingerprintFact({ card }: Pick<TeamCardProps, 'card'>): ReactNode {
  const { t } = useText();
  const { signers, fingerprint, fingerprint_words: words } = card;
  return (
    <>
      <ShortFingerprint fingerprint={fingerprint} />
      <details className="team-details small">
        <summary>{t('team.fingerprint.show')}</summary>
        <FingerprintWords words={words} />
        <p className="muted wrap-anywhere">
          {t('team.signers')} <code>{signers.join(', ')}</code>
        </p>
      </details>
    </>
  );
}

/** Told by its age; the moment itself is a hover away. */
function Moment({ at }: { readonly at: string | null }): ReactNode {
  const { relative, dateTime } = useText();
  const now = useClock(at === null ? undefined : Date.parse(at));
  if (at === null) return '—';
  return (
    <time dateTime={at} title={dateTime(at)}>
      {relative(at, now)}
    </time>
  );
}

function CardSets({ card: { enforces, suggests, version } }: Pick<TeamCardProps, 'card'>): ReactNode {
  const { t } = useText();
  if (version === null) return null;
  return (
    <div className="stack tight">
      <h3>{t('team.enforces')}</h3>
      <Counts counts={enforces} none={t('team.locks.none')} />
      <h3>{t('team.suggests')}</h3>
      <Counts counts={suggests} none={t('team.suggests.none')} />
    </div>
  );
}

function Counts({
  counts,
  none,
}: {
  readonly counts: Readonly<Record<string, number>>;
  readonly none: string;
}): ReactNode {
  const { t, count } = useText();
  const all = countsInOrder(counts);
  if (all.length === 0) return <p className="muted">{none}</p>;
  return (
    <ul className="team-counts">
      {all.map(([name, size]) => (
        <li key={name}>
          <Badge>
            {t(sectionKey(teamSections.find((one) => one === name)))} {count(size)}
          </Badge>
        </li>
      ))}
    </ul>
  );
}

function CardActions({ card, onSets, onHistory }: TeamCardProps): ReactNode {
  const { t } = useText();
  const [leaving, setLeaving] = useState(false);
  const check = useAction('bundles.check', ['bundles.list', 'bundles.effective', 'bundles.audit']);
  const { id, key, name, managed } = card;
  return (
    <div className="team-actions">
      <Button size="small" busy={check.isPending} onClick={() => check.mutate({ key }, { onError: failed })}>
        {!check.isPending && <RefreshCw size={14} aria-hidden />}
        {t('team.check')}
      </Button>
      <Button size="small" disabled={id === null} onClick={() => id !== null && onSets(id)}>
        <Eye size={14} aria-hidden />
        {t('team.sets')}
      </Button>
      <Button size="small" disabled={id === null} onClick={() => onHistory(key)}>
        <History size={14} aria-hidden />
        {t('team.history')}
      </Button>
      <span className="grow" />
      {managed ? (
        <span className="small muted">{t('team.managed.stays')}</span>
      ) : (
        <Button size="small" aria-label={t('team.leave.name', { name })} onClick={() => setLeaving(true)}>
          <LogOut size={14} aria-hidden />
          {t('team.leave')}
        </Button>
      )}
      {leaving && <LeaveTeam card={card} onClose={() => setLeaving(false)} />}
    </div>
  );
}
