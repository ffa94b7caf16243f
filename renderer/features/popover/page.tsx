/** The popover at the tray icon: state, spend, model, pause, what is wrong, what is copied; nothing that is not in the window too. */
import { CircleAlert, TriangleAlert } from 'lucide-react';
import { useEffect, type ReactNode } from 'react';
import { issueText, spendText, statusText } from '../../../shared/contract/standing-text.ts';
import type { Issue, Standing } from '../../../shared/contract/standing.ts';
import type { AppSnapshot } from '../../../shared/contract/snapshot.ts';
import { useLive } from '../../state/live.ts';
import { useTeamsInForce } from '../../state/team.ts';
import { useText } from '../../text/text.ts';
import { printable } from '../../ui/copy.tsx';
import { Skeleton } from '../../ui/states.tsx';
import { StatusMark } from '../../ui/status.tsx';
import { toneOf } from './choices.ts';
import { CopyButtons } from './copy-buttons.tsx';
import { ModelChoice, ProfileChoice } from './model-choice.tsx';
import { PageLink, PopoverFooter } from './footer.tsx';
import { PauseControls } from './pause-controls.tsx';
import { useStanding } from './use-standing.ts';
import './popover.css';

/** More than these are on Home. */
const mostIssues = 3;

export function PopoverPage(): ReactNode {
  const { t } = useText();
  const snapshot = useLive((state) => state.snapshot);
  const isLost = useLive((state) => state.connection === 'lost');
  useEscape();
  return (
    <main className="popover-page">
      <h1 className="visually-hidden">Sluice</h1>
      {isLost ? (
        <StatusMark state="stopped" label={t('shell.lost.title')} />
      ) : snapshot === undefined ? (
        <Skeleton lines={6} />
      ) : (
        <Parts snapshot={snapshot} />
      )}
    </main>
  );
}

function Parts({ snapshot }: { readonly snapshot: AppSnapshot }): ReactNode {
  const text = useText();
  const { standing, now } = useStanding(snapshot);
  return (
    <>
      <div className="popover-parts">
        <StatusMark state={standing.state} label={statusText(standing, text, now)} />
        <Spend standing={standing} />
        <Issues issues={standing.issues} now={now} />
        <div className="popover-choices">
          <ModelChoice snapshot={snapshot} />
          <ProfileChoice snapshot={snapshot} />
          <Teams />
        </div>
        <PauseControls snapshot={snapshot} isPaused={standing.state === 'paused'} />
        <CopyButtons snapshot={snapshot} />
      </div>
      <PopoverFooter isDesktop={snapshot.host.kind === 'desktop'} />
    </>
  );
}

/** Whose rules hold besides, whichever profile is chosen; nothing where nobody's do. */
function Teams(): ReactNode {
  const { t } = useText();
  const teams = useTeamsInForce();
  if (teams.length === 0) return null;
  const names = teams
    .map(({ name, version }) => t('team.inForce.version', { name: printable(name), version: String(version) }))
    .join(', ');
  return (
    <>
      <span>{t('team.inForce')}</span>
      <PageLink path="/policies?tab=team" className="ellipsis" title={names}>
        {names}
      </PageLink>
    </>
  );
}

function Spend({ standing }: { readonly standing: Standing }): ReactNode {
  const text = useText();
  const { budget } = standing;
  const words = spendText(standing, text);
  return (
    <div className="popover-spend">
      <p className="row between">
        <PageLink path="/usage" className="popover-sum">
          {words}
        </PageLink>
        {budget?.isKnown === true && <span className="number">{text.percent(budget.share)}</span>}
      </p>
      {budget?.isKnown === true && (
        <div
          className={`popover-bar ${toneOf(budget.share)}`}
          role="meter"
          aria-label={text.t('popover.spendBar')}
          aria-valuemin={0}
          aria-valuemax={100}
          aria-valuenow={Math.min(100, Math.round(budget.share * 100))}
          aria-valuetext={words}
        >
          <span style={{ inlineSize: `${Math.min(100, budget.share * 100)}%` }} />
        </div>
      )}
    </div>
  );
}

function Issues({ issues, now }: { readonly issues: readonly Issue[]; readonly now: number }): ReactNode {
  const text = useText();
  if (issues.length === 0) return null;
  const more = issues.length - mostIssues;
  return (
    <ul className="popover-issues">
      {issues.slice(0, mostIssues).map((issue) => {
        const isMild = issue.kind === 'failures' || issue.kind === 'resting';
        const Icon = isMild ? TriangleAlert : CircleAlert;
        const words = issueText(issue, text, now);
        return (
          <li key={words} className={isMild ? 'warning' : 'error'}>
            <Icon size={15} role="img" aria-label={text.t(isMild ? 'status.warning' : 'status.error')} />
            <PageLink path={issue.path} title={words}>
              {words}
            </PageLink>
          </li>
        );
      })}
      {more > 0 && (
        <li>
          <PageLink path="/">{text.t('tray.issue.more', { count: more })}</PageLink>
        </li>
      )}
    </ul>
  );
}

/** Esc closes the window, unless something in it took the key. */
function useEscape(): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key === 'Escape' && !event.defaultPrevented) close();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
}
