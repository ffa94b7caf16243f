import { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { App, Session } from 'electron';
import { describe, expect, it } from 'vitest';
import { guardPages, guardSession } from '../../../main/electron/guard.ts';
import { Page } from './support.ts';

type OpenHandler = (details: { readonly url: string }) => { readonly action: string };

class GuardedPage extends Page {
  openHandler: OpenHandler | undefined;
  webRtc: string | undefined;

  setWindowOpenHandler(handler: OpenHandler): void {
    this.openHandler = handler;
  }

  setWebRTCIPHandlingPolicy(policy: string): void {
    this.webRtc = policy;
  }

  /** Whether it was let happen. */
  tells(event: string, url: string, isMainFrame = true): boolean {
    let isPrevented = false;
    this.emit(event, { url, isMainFrame, preventDefault: () => (isPrevented = true) });
    return !isPrevented;
  }
}

function guarded(): { readonly page: GuardedPage; readonly opened: string[] } {
  const app = new EventEmitter();
  const opened: string[] = [];
  guardPages(app as unknown as App, (url) => opened.push(url));
  const page = new GuardedPage();
  app.emit('web-contents-created', {}, page);
  return { page, opened };
}

const away = [
  ...[
    'https://example.com/',
    'http://127.0.0.1:4791/',
    'file:///etc/passwd',
    'data:text/html,x',
    'javascript:alert(1)',
  ],
  ...[
    'app://sluice.evil/',
    'app://evil/',
    'app://sluice@evil/',
    'blob:app://sluice/1',
    'about:blank',
    'mailto:a@b.example',
    '',
  ],
];

describe('a page', () => {
  it.each([...away, 'app://sluice/activity'])('opens no window for %j, and asks people about it', (url) => {
    const { page, opened } = guarded();
    expect(page.openHandler?.({ url })).toEqual({ action: 'deny' });
    expect(opened).toEqual([url]);
  });

  it.each(away)('does not go away to %j; people are asked', (url) => {
    const { page, opened } = guarded();
    expect(page.tells('will-navigate', url)).toBe(false);
    expect(opened).toEqual([url]);
  });

  it.each(away)('is not led away to %j, and nobody is asked', (url) => {
    const { page, opened } = guarded();
    expect(page.tells('will-redirect', url)).toBe(false);
    expect(opened).toEqual([]);
  });

  it.each(['app://sluice/', 'app://sluice/activity?x=1#y'])('goes to %s, which is ours', (url) => {
    const { page, opened } = guarded();
    expect(page.tells('will-navigate', url)).toBe(true);
    expect(page.tells('will-frame-navigate', url)).toBe(true);
    expect(page.tells('will-redirect', url)).toBe(true);
    expect(opened).toEqual([]);
  });

  it.each([...away, 'app://sluice/activity'])('shows no frame with %j, and asks nobody', (url) => {
    const { page, opened } = guarded();
    expect(page.tells('will-frame-navigate', url, false)).toBe(false);
    if (!url.startsWith('app://sluice/')) expect(page.tells('will-navigate', url, false)).toBe(false);
    expect(opened).toEqual([]);
  });

  it('embeds no other', () => {
    const { page } = guarded();
    expect(page.tells('will-attach-webview', 'app://sluice/')).toBe(false);
  });

  it('speaks to nobody over UDP', () => {
    expect(guarded().page.webRtc).toBe('disable_non_proxied_udp');
  });

  it('is guarded whoever made it, each on its own', () => {
    const app = new EventEmitter();
    const opened: string[] = [];
    guardPages(app as unknown as App, (url) => opened.push(url));
    const pages = [new GuardedPage(1), new GuardedPage(2)];
    for (const page of pages) app.emit('web-contents-created', {}, page);
    for (const page of pages) expect(page.tells('will-navigate', 'https://example.com/')).toBe(false);
    expect(opened).toHaveLength(2);
  });
});

type BeforeRequest = (
  details: { readonly url: string },
  answer: (verdict: { readonly cancel?: boolean }) => void,
) => void;

/** What a session was told, to be asked as Electron asks it. */
class GuardedSession {
  request: ((contents: unknown, permission: string, answer: (granted: boolean) => void) => void) | undefined;
  check: ((contents: unknown, permission: string) => boolean) | undefined;
  device: ((details: unknown) => boolean) | undefined;
  before: BeforeRequest | undefined;
  spellChecker = true;
  readonly webRequest = {
    onBeforeRequest: (listener: BeforeRequest): void => {
      this.before = listener;
    },
  };

  setPermissionRequestHandler(handler: typeof this.request): void {
    this.request = handler;
  }

  setPermissionCheckHandler(handler: typeof this.check): void {
    this.check = handler;
  }

  setDevicePermissionHandler(handler: typeof this.device): void {
    this.device = handler;
  }

  setSpellCheckerEnabled(enabled: boolean): void {
    this.spellChecker = enabled;
  }
}

function guardedSession(): GuardedSession {
  const session = new GuardedSession();
  guardSession(session as unknown as Session);
  return session;
}

/** Every permission that Electron knows, by its own types. */
function permissions(): string[] {
  const folder = dirname(createRequire(import.meta.url).resolve('electron/package.json'));
  const types = readFileSync(join(folder, 'electron.d.ts'), 'utf8');
  const lines = types.split('\n').filter((line) => /^\s*setPermission(?:Request|Check)Handler\(/.test(line));
  return [...new Set(lines.flatMap((line) => [...line.matchAll(/'([\w-]+)'/g)].map(([, name = '']) => name)))];
}

describe('a session', () => {
  it('grants no permission that Electron knows, asked or looked up', () => {
    const session = guardedSession();
    const all = permissions();
    expect(all).toEqual(
      expect.arrayContaining(['clipboard-read', 'media', 'notifications', 'geolocation', 'usb', 'unknown']),
    );
    expect(all.length).toBeGreaterThan(30);
    for (const permission of [...all, 'one-of-tomorrow']) {
      const answers: boolean[] = [];
      session.request?.({}, permission, (granted) => answers.push(granted));
      expect([permission, ...answers, session.check?.({}, permission)]).toEqual([permission, false, false]);
    }
  });

  it('gives no device, and sends no word to a spell checker', () => {
    const session = guardedSession();
    expect(session.device?.({ deviceType: 'usb' })).toBe(false);
    expect(session.spellChecker).toBe(false);
  });

  const isLoaded = (url: string): boolean => {
    const answers: boolean[] = [];
    guardedSession().before?.({ url }, ({ cancel = false }) => answers.push(!cancel));
    expect(answers).toHaveLength(1);
    return answers[0] === true;
  };

  it.each([
    ...[
      'http://127.0.0.1:4790/',
      'https://example.com/',
      'HTTPS://example.com/',
      'ws://127.0.0.1/',
      'wss://example.com/',
    ],
    ...[
      'file:///etc/passwd',
      'ftp://example.com/',
      'chrome://gpu',
      'chrome-extension://x/',
      'filesystem:app://sluice/x',
    ],
    ...['view-source:app://sluice/', 'about:blank', 'javascript:1', 'appx://sluice/', 'app', '', ':', 'x:app:'],
  ])('loads nothing from %j', (url) => {
    expect(isLoaded(url)).toBe(false);
  });

  it.each(['app://sluice/', 'blob:app://sluice/0', 'data:image/png;base64,x', 'devtools://devtools/x.js'])(
    'loads %s',
    (url) => {
      expect(isLoaded(url)).toBe(true);
    },
  );
});
