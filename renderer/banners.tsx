/** What the whole window has to say: the instance does not answer, is paused, or this browser is not signed in. */
import { Unplug } from 'lucide-react';
import type { ReactNode } from 'react';
import { Link, useLocation } from 'wouter';
import type { PauseState } from '../shared/contract/app.ts';
import { useAction } from './bridge/hooks.ts';
import { DesktopBanner } from './desktop-banner.tsx';
import { KeyringBanner } from './features/settings/keyring-banner.tsx';
import { useLive } from './state/live.ts';
import { useText } from './text/text.ts';
import { Button } from './ui/controls.tsx';
import { CodeBlock } from './ui/copy.tsx';
import { Banner } from './ui/layout.tsx';
import { EmptyState } from './ui/states.tsx';

/** Pages that say by themselves what is wrong with the config file. */
const pagesWithConfig: ReadonlySet<string> = new Set(['/', '/settings']);

export function AppBanners(): ReactNode {
  const { t, time } = useText();
  const connection = useLive((state) => state.connection);
  const snapshot = useLive((state) => state.snapshot);
  const at = useLive((state) => state.snapshotAt);
  const paused = snapshot?.status.paused;
  const resume = useAction('app.resume');
  const [location] = useLocation();
  if (snapshot === undefined) return null;
  if (connection === 'lost')
    return (
      <div className="banners">
        <Banner tone="error">
          <strong>{t('shell.lost.title')}.</strong> {t('shell.lost.text', { time: time(at) })}
        </Banner>
      </div>
    );
  const problems = pagesWithConfig.has(location) ? 0 : snapshot.status.config.problems.length;
  const isPaused = paused !== null && paused !== undefined;
  return (
    <div className="banners">
      <DesktopBanner />
      <KeyringBanner />
      {isPaused && (
        <Banner
          tone="warning"
          actions={
            <Button size="small" busy={resume.isPending} onClick={() => resume.mutate({})}>
              {t('action.resume')}
            </Button>
          }
        >
          <PauseText paused={paused} />
        </Banner>
      )}
      {problems > 0 && (
        <Banner
          tone="error"
          actions={
            <Link href="/settings?at=config" className="button small">
              {t('shell.configBroken.show')}
            </Link>
          }
        >
          {t('shell.configBroken', { count: problems })}
        </Banner>
      )}
    </div>
  );
}

/** Until when, and what becomes of requests meanwhile. */
function PauseText({ paused: { mode, until } }: { readonly paused: PauseState }): ReactNode {
  const { t, time } = useText();
  const passes = mode === 'pass_through';
  if (until === null) return t(passes ? 'shell.passingOpen' : 'shell.pausedOpen');
  return t(passes ? 'shell.passingUntil' : 'shell.pausedUntil', { time: time(until) });
}

export function Unreachable(): ReactNode {
  const { t } = useText();
  return (
    <EmptyState icon={<Unplug size={28} aria-hidden />} title={t('shell.lost.title')}>
      {t('shell.lost.never')}
    </EmptyState>
  );
}

export function SignedOut({ linkRefused }: { readonly linkRefused: boolean }): ReactNode {
  const { t } = useText();
  return (
    <main className="signed-out">
      <div className="card">
        <img src="/icon.svg" width={40} height={40} alt="" />
        <h1>{t('shell.signedOut.title')}</h1>
        {linkRefused && <p>{t('shell.signedOut.used')}</p>}
        <p className="muted">{t('shell.signedOut.text')}</p>
        <CodeBlock text="sluice open" label={t('common.copy')} />
      </div>
    </main>
  );
}
