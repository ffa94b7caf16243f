/** What the desktop app tells its window: a page to go to, a link that waits for a decision. */
import { navigate } from 'wouter/use-browser-location';
import { create } from 'zustand';
import type { AnyEvent } from '../../shared/contract/contract.ts';
import type { LinkReview } from '../../shared/contract/desktop.ts';
import type { Bridge } from '../bridge/bridge.ts';
import { takeDesktopPreferences } from './desktop-preferences.ts';

interface DesktopLinks {
  readonly link: LinkReview | undefined;
}

/** The small window at the tray icon stays what it is: pages are for the large one. */
const popoverPath = '/popover';

export const useDesktopLinks = create<DesktopLinks>()(() => ({ link: undefined }));

export function deliverDesktopEvent(event: AnyEvent): void {
  if (event.event === 'desktop.changed') takeDesktopPreferences(event.data.preferences);
  if (event.event === 'desktop.navigate' && location.pathname !== popoverPath) navigate(event.data.path);
  if (event.event === 'desktop.link') useDesktopLinks.setState({ link: event.data.link });
}

/** A link may be what opened this window: then nobody listened when it came. */
export async function askForLink(bridge: Bridge): Promise<void> {
  const reply = await bridge.call('desktop.link', {});
  if (reply.ok && reply.value.link !== null) useDesktopLinks.setState({ link: reply.value.link });
}

/** It was decided about, or put aside. */
export async function endLink(bridge: Bridge): Promise<void> {
  useDesktopLinks.setState({ link: undefined });
  await bridge.call('desktop.link_done', {});
}
