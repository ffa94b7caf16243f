/** Ways out of the popover: into the window, to its settings, or to the end of the app. */
import { Ellipsis } from 'lucide-react';
import type { ReactNode } from 'react';
import { Link, useLocation } from 'wouter';
import { useAction } from '../../bridge/hooks.ts';
import { useLive } from '../../state/live.ts';
import { useText } from '../../text/text.ts';
import { Button, IconButton } from '../../ui/controls.tsx';
import { Menu, type MenuItem } from '../../ui/overlay.tsx';

/** Opens a page: of the desktop in its window, in a browser here. */
export function useShowPage(): (path: string) => void {
  const isDesktop = useLive((state) => state.snapshot?.host.kind === 'desktop');
  const { mutate: show } = useAction('desktop.show');
  const [, navigate] = useLocation();
  return (path) => (isDesktop ? show({ path }) : navigate(path));
}

interface PageLinkProps {
  readonly path: string;
  readonly title?: string;
  readonly className?: string;
  readonly children: ReactNode;
}

export function PageLink({ path, title, className, children }: PageLinkProps): ReactNode {
  const show = useShowPage();
  return (
    <Link
      href={path}
      title={title}
      className={className}
      onClick={(event) => {
        event.preventDefault();
        show(path);
      }}
    >
      {children}
    </Link>
  );
}

export function PopoverFooter({ isDesktop }: { readonly isDesktop: boolean }): ReactNode {
  const { t } = useText();
  const show = useShowPage();
  const { mutate: stop } = useAction('app.stop');
  const items: readonly MenuItem[] = [
    { label: t('tray.connect'), onSelect: () => show('/clients') },
    { label: t('tray.settings'), onSelect: () => show('/settings') },
    ...(isDesktop ? (['separator', { label: t('tray.quit'), onSelect: () => stop({}) }] as const) : []),
  ];
  return (
    <footer className="row">
      <Button variant="primary" className="grow" onClick={() => show('/')}>
        {t('tray.dashboard')}
      </Button>
      <Menu
        trigger={
          <IconButton label={t('popover.menu')}>
            <Ellipsis size={16} aria-hidden />
          </IconButton>
        }
        items={items}
      />
    </footer>
  );
}
