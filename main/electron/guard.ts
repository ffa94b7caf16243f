/** What no page may do, whatever it shows: leave, open windows, embed others, use a device, load from anywhere (SEC-22, SEC-24). */
import type { App, Session, WebContents } from 'electron';
import { isWindowUrl } from './app-protocol.ts';

/** Every page that is ever made, also those nobody meant to make. `open` asks people first. */
export function guardPages(app: Pick<App, 'on'>, open: (url: string) => void): void {
  app.on('web-contents-created', (_event, contents: WebContents) => {
    contents.setWindowOpenHandler(({ url }) => {
      open(url);
      return { action: 'deny' };
    });
    contents.on('will-navigate', (event) => {
      if (isWindowUrl(event.url)) return;
      event.preventDefault();
      // A link without a target: meant to be read, and not in place of us.
      if (event.isMainFrame) open(event.url);
    });
    contents.on('will-frame-navigate', (event) => {
      if (!event.isMainFrame) event.preventDefault();
    });
    contents.on('will-redirect', (event) => {
      if (!isWindowUrl(event.url)) event.preventDefault();
    });
    contents.on('will-attach-webview', (event) => event.preventDefault());
    // Neither a policy nor a rule for requests reaches what pages say to each other over UDP.
    contents.setWebRTCIPHandlingPolicy('disable_non_proxied_udp');
  });
}

/** Loaded besides our own files: what the page made itself, such as a file to be saved. `devtools:` is there in development alone. */
const ownSchemes = new Set(['app:', 'blob:', 'data:', 'devtools:']);

export function guardSession(session: Session): void {
  session.setPermissionRequestHandler((_contents, _permission, answer) => answer(false));
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
  session.setSpellCheckerEnabled(false);
  session.webRequest.onBeforeRequest((details, answer) => {
    answer({ cancel: !ownSchemes.has(schemeOf(details.url)) });
  });
}

function schemeOf(url: string): string {
  const end = url.indexOf(':');
  return url.slice(0, end + 1).toLowerCase();
}
