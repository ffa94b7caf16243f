/** What the whole window has to say: the instance does not answer, is paused, or this browser is not signed in. */
import { Unplug } from 'lucide-react';
import type { ReactNode } from 'react';
import { Link, useLocation } from 'wouter';
import { useAction } from './bridge/hooks.ts';
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
  if (!isPaused && problems === 0) return null;
  return (
    <div className="banners">
      {isPaused && (
        <Banner
          tone="warning"
          actions={
            <Button size="small" busy={resume.isPending} onClick={() => resume.mutate({})}>
              {t('action.resume')}
            </Button>
          }
        >
          {paused.until === null ? t('shell.pausedOpen') : t('shell.pausedUntil', { time: time(paused.until) })}
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
