/** What a team bundle had to do with an exchange: the rule that refused it, or the one that would have. */
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import type { ExchangeEntry, SafetyEntry } from '../../../shared/contract/traffic.ts';
import { ruleOfTeam, useTeamValues } from '../../state/team.ts';
import { useText } from '../../text/text.ts';
import { printable } from '../../ui/copy.tsx';
import { Banner } from '../../ui/layout.tsx';
import { TeamMark, TeamValueText } from '../../ui/team-mark.tsx';
import { entryOf, teamRefusal } from './team-refusal.ts';

/** Nothing where no bundle refused it. */
export function TeamRefusal({ exchange }: { readonly exchange: ExchangeEntry }): ReactNode {
  const { t } = useText();
  const found = teamRefusal(exchange, useTeamValues());
  if (found === undefined) return null;
  const { entry, bundle, pointer } = found;
  return (
    <section className="traffic-team" aria-label={t('locked.refused')}>
      <h3>{t('locked.refused')}</h3>
      <p>
        <code className="wrap-anywhere">{pointer}</code>
      </p>
      {entry === undefined ? (
        <p className="muted">{t('locked.refused.gone', { bundle, pointer })}</p>
      ) : (
        <TeamValueText entry={entry} title={false} />
      )}
      {exchange.error === 'admit.justification_required' && (
        <Link href="/policies?tab=firewall">{t('overview.attention.release.action')}</Link>
      )}
    </section>
  );
}

/** What bundles that only watch found. */
export function Watched({ safety }: { readonly safety: readonly SafetyEntry[] }): ReactNode {
  const { t } = useText();
  const team = useTeamValues();
  const found = safety.filter(({ source }) => source === 'policy');
  if (found.length === 0) return null;
  return (
    <Banner>
      <strong>{t('locked.watched')}</strong> {t('locked.watched.text')}
      <ul className="traffic-list">
        {found.map(({ rule, detail }, index) => {
          const named = ruleOfTeam(rule);
          // Of one that only watches nothing is in force.
          const entry = named === undefined ? undefined : entryOf(named, team);
          return (
            <li key={index} className="row wrap">
              <code className="wrap-anywhere">{printable(rule)}</code>
              <span className="wrap-anywhere">{printable(detail)}</span>
              {entry !== undefined && <TeamMark entry={entry} name={rule} />}
            </li>
          );
        })}
      </ul>
    </Banner>
  );
}
