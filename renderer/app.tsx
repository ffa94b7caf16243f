/** The frame around all pages: sidebar, banners, palette, shortcuts, and the page that the address names. */
import { Suspense, useEffect, type ReactNode } from 'react';
import { Toaster } from 'sonner';
import { Redirect, Route, Switch, useLocation } from 'wouter';
import { AppBanners, SignedOut, Unreachable } from './banners.tsx';
import { PageBoundary } from './boundary.tsx';
import { LinkReviewDialog } from './link-review.tsx';
import { Palette } from './palette.tsx';
import { pages, popoverPage, welcomePage } from './pages.ts';
import { Shortcuts } from './shortcuts.tsx';
import { Sidebar } from './sidebar.tsx';
import { useShellCommands } from './shell-commands.ts';
import { useLive } from './state/live.ts';
import { effectiveTheme, usePreferences } from './state/preferences.ts';
import { useTeamNotices } from './team-commands.ts';
import { useText } from './text/text.ts';
import { Page } from './ui/layout.tsx';
import { Skeleton } from './ui/states.tsx';

export function App({ linkRefused }: { readonly linkRefused: boolean }): ReactNode {
  const { t } = useText();
  const connection = useLive((state) => state.connection);
  const isKnown = useLive((state) => state.snapshot !== undefined);
  const theme = usePreferences((state) => state.theme);
  const [location] = useLocation();
  useShellCommands();
  useTeamNotices();
  if (connection === 'signed_out') return <SignedOut linkRefused={linkRefused} />;
  if (location === popoverPage.path) return <Popover />;
  return (
    <div className="shell">
      <a className="skip-link" href="#content">
        {t('shell.skip')}
      </a>
      <Sidebar />
      <main id="content" className="content" tabIndex={-1}>
        <AppBanners />
        <div className="content-scroll">
          {isKnown || connection === 'connecting' ? <CurrentPage /> : <Unreachable />}
        </div>
      </main>
      <Palette />
      <Shortcuts />
      <LinkReviewDialog />
      <Toaster
        theme={effectiveTheme(theme)}
        position="bottom-left"
        offset={{ left: '14.5rem', bottom: '1rem' }}
        // Above the bar that the sidebar is there.
        mobileOffset={{ bottom: '4rem' }}
        closeButton
      />
    </div>
  );
}

function Popover(): ReactNode {
  return (
    <PageBoundary>
      <Suspense fallback={null}>
        <popoverPage.component />
      </Suspense>
    </PageBoundary>
  );
}

function CurrentPage(): ReactNode {
  const [location] = useLocation();
  const welcomed = useLive((state) => state.snapshot?.welcomed);
  useTitle(location);
  // The first minutes come by themselves once; everything else may be opened all the while.
  if (welcomed === false && location === '/' && !sessionStorage.getItem('sluice.welcome-left'))
    return <Redirect to="/welcome" replace />;
  return (
    <PageBoundary key={location}>
      <Suspense
        fallback={
          <div className="page">
            <Skeleton lines={6} />
          </div>
        }
      >
        <Switch>
          {pages.map(({ path, component: PageComponent }) => (
            <Route key={path} path={path}>
              <PageComponent />
            </Route>
          ))}
          <Route path={welcomePage.path}>
            <welcomePage.component />
          </Route>
          <Route>
            <NotFound />
          </Route>
        </Switch>
      </Suspense>
    </PageBoundary>
  );
}

function NotFound(): ReactNode {
  const { t } = useText();
  const [, navigate] = useLocation();
  return (
    <Page title={t('shell.notFound')} subtitle={t('shell.notFound.mend')}>
      <div>
        <button type="button" className="button primary" onClick={() => navigate('/')}>
          {t('shell.goHome')}
        </button>
      </div>
    </Page>
  );
}

function useTitle(location: string): void {
  const { t } = useText();
  const label = location === welcomePage.path ? 'page.welcome' : pages.find(({ path }) => path === location)?.label;
  const title = label === undefined ? 'Sluice' : `${t(label)} · Sluice`;
  useEffect(() => {
    document.title = title;
  }, [title]);
}
