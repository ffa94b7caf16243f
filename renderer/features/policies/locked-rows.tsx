/** What team bundles add to the lists of this page: rules, limits, patterns and words, read alone. */
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import type { FirewallSettings } from '../../../shared/config/firewall.ts';
import type { RateLimitSettings } from '../../../shared/config/policy.ts';
import { lastStep } from '../../state/team.ts';
import { useText } from '../../text/text.ts';
import { Badge } from '../../ui/controls.tsx';
import { printable } from '../../ui/copy.tsx';
import { ruleSentence, whoOf } from '../../ui/policy-words.ts';
import { TeamGroups, TeamRow } from '../../ui/team-mark.tsx';
import { usePolicyConfig } from './config-context.tsx';
import { actionTones } from './rule-words.ts';

/** Over the own ones, which they stand before. */
function OwnHeading({ count }: { readonly count: number }): ReactNode {
  const { t } = useText();
  return (
    <>
      <h3 className="muted small">{t('locked.rows.own')}</h3>
      {count === 0 && <p className="muted small">{t('locked.rows.none')}</p>}
    </>
  );
}

export function TeamRules({ own }: { readonly own: number }): ReactNode {
  const { t } = useText();
  const entries = usePolicyConfig().team.below('/firewall');
  if (entries.length === 0) return null;
  return (
    <>
      <TeamGroups entries={entries}>
        {(entry) => {
          // As the bundle says it, with the defaults of the config filled in.
          const rule = entry.value as FirewallSettings;
          const id = lastStep(entry.pointer);
          return (
            <TeamRow
              entry={entry}
              name={id}
              aside={
                <>
                  <Badge tone={actionTones[rule.action]}>{t(`policies.action.${rule.action}`)}</Badge>
                  <Link href={`/activity?firewall=${encodeURIComponent(id)}`} className="small">
                    {t('policies.rule.activity')}
                  </Link>
                </>
              }
            >
              <p className="wrap-anywhere">{printable(ruleSentence(rule, t))}</p>
              {rule.message !== undefined && (
                <p className="muted small wrap-anywhere">
                  <q dir="auto">{printable(rule.message)}</q>
                </p>
              )}
            </TeamRow>
          );
        }}
      </TeamGroups>
      <OwnHeading count={own} />
    </>
  );
}

export function TeamLimits({ own }: { readonly own: number }): ReactNode {
  const { t, count } = useText();
  const entries = usePolicyConfig().team.below('/rate_limits');
  if (entries.length === 0) return null;
  return (
    <>
      <TeamGroups entries={entries}>
        {(entry) => {
          const limit = entry.value as RateLimitSettings;
          const figures = [
            [t('policies.limit.rpm'), limit.rpm],
            [t('policies.limit.tpm'), limit.tpm],
            [t('policies.limit.parallel'), limit.max_parallel_requests],
          ] as const;
          return (
            <TeamRow entry={entry} name={lastStep(entry.pointer)}>
              <p className="small">
                {whoOf(limit.scope, limit.match ?? null, t)}
                {figures
                  .filter(([, figure]) => figure !== undefined)
                  .map(([label, figure]) => ` · ${label}: ${count(figure ?? 0)}`)}
              </p>
            </TeamRow>
          );
        }}
      </TeamGroups>
      <OwnHeading count={own} />
    </>
  );
}

export function TeamPatterns(): ReactNode {
  const entries = usePolicyConfig().team.below('/masking/patterns');
  return (
    <TeamGroups entries={entries}>
      {(entry) => (
        <TeamRow entry={entry} name={lastStep(entry.pointer)}>
          <code className="wrap-anywhere small">
            {printable((entry.value as { readonly pattern: string }).pattern)}
          </code>
        </TeamRow>
      )}
    </TeamGroups>
  );
}

/** How many, never which: there may be as many as twenty thousand. */
export function TeamTerms(): ReactNode {
  const { t } = useText();
  const entry = usePolicyConfig().team.of('/masking/terms');
  if (entry === undefined) return null;
  const { count } = entry.value as { readonly count: number };
  return (
    <ul className="team-rows">
      <TeamRow entry={entry} name={t('locked.terms.title', { count })}>
        <p className="muted small">{t('locked.terms.hint')}</p>
      </TeamRow>
    </ul>
  );
}
