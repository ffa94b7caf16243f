/** Entry of the window: finds out how the instance is reached, signs in, draws. */
import { QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import type { Bridge } from './bridge/bridge.ts';
import { BridgeContext, createQueryClient, valueOf } from './bridge/hooks.ts';
import { createHttpTransport, openSession } from './bridge/http-transport.ts';
import { createIpcTransport, type IpcBinding } from './bridge/ipc-transport.ts';
import { deliverBundleNotice } from './state/bundle-notices.ts';
import { askForLink, deliverDesktopEvent } from './state/desktop.ts';
import { followDesktopPreferences } from './state/desktop-preferences.ts';
import { followInstance } from './state/live.ts';
import { deliverRunEvent } from './state/runs.ts';
import { applyToDocument, usePreferences } from './state/preferences.ts';
import { languageFor, setLanguage } from './text/text.ts';
import { setClipboard } from './ui/copy.tsx';
import './ui/theme.css';
import './ui/controls.css';
import './ui/layout.css';
import './shell.css';

declare global {
  interface Window {
    /** The desktop window's way to the instance, from its preload script. */
    readonly sluice?: IpcBinding;
  }
}

async function start(): Promise<void> {
  const preferences = usePreferences.getState();
  applyToDocument(preferences);
  const language = languageFor(preferences.language);
  // English is there already: nothing waits for it.
  const speaking = language === 'en' ? undefined : setLanguage(language);
  const signedIn = await signIn();
  await speaking;
  const bridge: Bridge = window.sluice === undefined ? createHttpTransport() : createIpcTransport(window.sluice);
  const queries = createQueryClient();
  followInstance({
    bridge,
    onStale: (calls) => {
      for (const name of calls) void queries.invalidateQueries({ queryKey: [name] });
    },
    onEvent: (event) => {
      deliverRunEvent(event);
      deliverDesktopEvent(event);
      deliverBundleNotice(event);
    },
  });
  if (window.sluice !== undefined) beDesktop(bridge);
  const root = document.getElementById('root');
  if (root === null) throw new Error('index.html has no root');
  createRoot(root).render(
    <StrictMode>
      <BridgeContext value={bridge}>
        <QueryClientProvider client={queries}>
          <App linkRefused={signedIn === false} />
        </QueryClientProvider>
      </BridgeContext>
    </StrictMode>,
  );
}

/** Pages of the desktop app have no permission of their own: what they need, they ask for. */
function beDesktop(bridge: Bridge): void {
  setClipboard(async (text) => void valueOf(await bridge.call('desktop.copy_text', { text })));
  void askForLink(bridge);
  void followDesktopPreferences(bridge);
}

/** The token of the link is used once and taken out of the address at once. `undefined`: there was none. */
async function signIn(): Promise<boolean | undefined> {
  // A link that is opened where the window is already changes the address alone.
  addEventListener('hashchange', () => {
    if (tokenInAddress() !== null) location.reload();
  });
  const token = tokenInAddress();
  if (token === null) return undefined;
  history.replaceState(null, '', location.pathname + location.search);
  return await openSession(token);
}

function tokenInAddress(): string | null {
  return new URLSearchParams(location.hash.slice(1)).get('token');
}

void start();
