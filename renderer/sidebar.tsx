/** The sidebar: pages, search, and whether the gateway runs. */
import { clsx } from 'clsx';
import { PanelLeftClose, PanelLeftOpen, Search } from 'lucide-react';
import type { ReactNode } from 'react';
import { Link, useLocation } from 'wouter';
import { pages } from './pages.ts';
import { openPalette } from './state/overlays.ts';
import { useLive } from './state/live.ts';
import { usePreferences } from './state/preferences.ts';
import { shortcutText } from './state/shortcut-text.ts';
import { useText } from './text/text.ts';
import { IconButton, Kbd } from './ui/controls.tsx';
import { StatusMark } from './ui/status.tsx';

export function Sidebar(): ReactNode {
  const { t } = useText();
  const [location] = useLocation();
  const collapsed = usePreferences((state) => state.sidebarCollapsed);
  const set = usePreferences((state) => state.set);
  return (
    <aside className={clsx('sidebar', collapsed && 'collapsed')}>
      <div className="brand">
        <img src="/icon.svg" width={26} height={26} alt="" />
        <span className="brand-name">Sluice</span>
        <IconButton
          label={t(collapsed ? 'shell.expand' : 'shell.collapse')}
          size="small"
          className="collapse"
          onClick={() => set({ sidebarCollapsed: !collapsed })}
        >
          {collapsed ? <PanelLeftOpen size={16} aria-hidden /> : <PanelLeftClose size={16} aria-hidden />}
        </IconButton>
      </div>
      <button type="button" className="search-button" title={t('shell.search')} onClick={openPalette}>
        <Search size={15} aria-hidden />
        <span className="item-label">{t('common.search')}</span>
        <Kbd>{shortcutText('Mod+k')}</Kbd>
      </button>
      <nav aria-label={t('shell.navigation')}>
        <ul>
          {pages.map(({ path, label, icon: Icon }) => (
            <li key={path}>
              <Link
                href={path}
                className="nav-item"
                title={t(label)}
                aria-current={location === path ? 'page' : undefined}
              >
                <Icon size={17} aria-hidden />
                <span className="item-label">{t(label)}</span>
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      <GatewayMark />
    </aside>
  );
}

function GatewayMark(): ReactNode {
  const { t } = useText();
  const connection = useLive((state) => state.connection);
  const snapshot = useLive((state) => state.snapshot);
  const url = snapshot?.status.gateway.urls[0];
  const state =
    connection !== 'live'
      ? connection === 'connecting' && snapshot === undefined
        ? ('connecting' as const)
        : ('stopped' as const)
      : snapshot?.status.paused !== null && snapshot?.status.paused !== undefined
        ? ('paused' as const)
        : ('running' as const);
  return (
    <div className="gateway-mark">
      <StatusMark state={state} label={t(`shell.${state}`)} />
      {url !== undefined && <span className="small muted ellipsis item-label">{url.replace('http://', '')}</span>}
    </div>
  );
}
