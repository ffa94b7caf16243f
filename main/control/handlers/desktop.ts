/** Answers what only a desktop can do; elsewhere each is `control.unsupported`. */
import { GatewayError } from '../../../shared/errors/gateway-error.ts';
import type { DesktopNeed } from '../desktop-need.ts';
import type { ControlNeeds } from '../needs.ts';
import type { Handlers } from './handler.ts';

export function desktopHandlers({ running }: ControlNeeds): Handlers {
  if (running === undefined) return {};
  const desktop = (): DesktopNeed => {
    const present = running.desktop?.();
    if (present !== undefined) return present;
    const message =
      running.hostKind === 'desktop'
        ? 'The desktop app is still starting; try again in a moment.'
        : 'Only the desktop app can do that; this instance runs without one.';
    throw new GatewayError('control.unsupported', message);
  };
  return {
    'desktop.state': () => desktop().state(),
    'desktop.set': (change) => desktop().set(change),
    'desktop.copy': ({ what, name }) => desktop().copy(what, name),
    'desktop.copy_text': ({ text }) => desktop().copyText(text),
    'desktop.open_external': async ({ url }) => ({ opened: await desktop().openExternal(url) }),
    'desktop.show': async ({ path }) => ({ shown: await desktop().show(path) }),
    'desktop.close_window': () => {
      desktop().closeWindow();
      return {};
    },
    'desktop.link': () => ({ link: desktop().link() ?? null }),
    'desktop.link_done': () => {
      desktop().linkDone();
      return {};
    },
    'updates.check': () => desktop().checkForUpdates(),
    'updates.install': () => desktop().installUpdate(),
  };
}
