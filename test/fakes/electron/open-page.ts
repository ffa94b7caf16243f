// Opens a page in Chromium and sets up all that has to be there before its first document.
import { randomUUID } from 'node:crypto';
import type { WebContents, WebPreferences } from 'electron';
import { takeChromium, type ChromiumHost } from './chromium-host.ts';
import { Frames } from './frames.ts';
import { watchRequests } from './requests.ts';
import { stage } from './stage.ts';
import { worldNames, worldScripts } from './worlds.ts';

export interface Opened extends ChromiumHost {
  readonly session: string;
  readonly target: string;
  readonly frames: Frames;
}

export interface PageOptions {
  /** Text of the preload script. */
  readonly preload: string;
  readonly contents: () => WebContents;
  /** Called before anything can happen in it. */
  readonly listen: (opened: Opened) => void;
}

export async function openPage({ preload, contents, listen }: PageOptions): Promise<Opened> {
  const host = await takeChromium();
  const { cdp } = host;
  const { targetId: target } = await cdp.send<{ targetId: string }>('Target.createTarget', { url: 'about:blank' });
  const { sessionId: session } = await cdp.send<{ sessionId: string }>('Target.attachToTarget', {
    targetId: target,
    flatten: true,
  });
  const frames = new Frames(cdp, session);
  const opened = { ...host, session, target, frames };
  listen(opened);
  const scripts = worldScripts(randomUUID(), preload);
  const ask = (method: string, parameters: Record<string, unknown> = {}): Promise<unknown> =>
    cdp.send(method, parameters, session);
  const first = cdp.send<{ frameTree: { frame: { id: string; url: string } } }>('Page.getFrameTree', {}, session);
  await Promise.all([
    ask('Page.enable'),
    ask('Page.setLifecycleEventsEnabled', { enabled: true }),
    ask('Runtime.enable'),
    ask('Runtime.addBinding', { name: worldNames.binding, executionContextName: worldNames.world }),
    // In this order: the page listens before the preload script exposes.
    ask('Page.addScriptToEvaluateOnNewDocument', { source: scripts.page }),
    ask('Page.addScriptToEvaluateOnNewDocument', { source: scripts.preload, worldName: worldNames.world }),
    watchRequests({ cdp, session, frames, contents }),
    ask('Emulation.setEmulatedMedia', { features: themeFeatures() }),
  ]);
  frames.begin((await first).frameTree.frame);
  return opened;
}

/** What media queries of pages say of the app's theme. */
export function themeFeatures(): readonly { readonly name: string; readonly value: string }[] {
  const isDark = stage.theme === 'system' ? stage.dark : stage.theme === 'dark';
  return [{ name: 'prefers-color-scheme', value: isDark ? 'dark' : 'light' }];
}

/** Chromium calls a page by its address as long as it has no title. */
export function isUnnamed({ title, url }: { readonly title: string; readonly url: string }): boolean {
  return title === '' || url === title || url.replace(/^https:\/\//, '').replace(/\/$/, '') === title;
}

/** What a stand-in cannot hold is refused, so that no test passes on it. */
export function checkPreferences({
  sandbox = true,
  contextIsolation = true,
  nodeIntegration = false,
  webviewTag = false,
  ...more
}: WebPreferences): void {
  if (!sandbox || !contextIsolation || nodeIntegration || webviewTag || more.webSecurity === false)
    throw new Error('the Electron stand-in shows pages in the sandbox, isolated, and without Node, only');
  if (more.partition !== undefined || more.session !== undefined)
    throw new Error('the Electron stand-in has one session');
}
