// The session of all windows, and the schemes that the app serves.
import { EventEmitter } from 'node:events';
import type { Session, WebContents, WebRequest } from 'electron';
import { toPage, translateScheme } from './addresses.ts';
import { currentChromium } from './chromium-host.ts';
import { guarded, type Members } from './guarded.ts';
import { needReady, note, stage } from './stage.ts';

type Handler = (request: Request) => Response | Promise<Response>;

export const handlers = new Map<string, Handler>();
const privileged = new Set<string>();

export const protocol = guarded('protocol', {
  registerSchemesAsPrivileged(schemes) {
    if (stage.ready) throw new Error('protocol.registerSchemesAsPrivileged should be called before app is ready');
    privileged.clear();
    for (const { scheme, privileges } of schemes) {
      privileged.add(scheme);
      // Only a standard scheme has hosts, and so origins.
      if (privileges?.standard === true) translateScheme(scheme);
      note('privileged scheme', { scheme, privileges });
    }
  },
  handle(scheme, handler) {
    needReady('protocol.handle cannot be called before app is ready');
    if (handlers.has(scheme)) throw new Error(`The protocol scheme ${scheme} is already handled`);
    if (!privileged.has(scheme)) throw new Error(`the Electron stand-in serves privileged schemes only, not ${scheme}`);
    handlers.set(scheme, handler);
  },
  unhandle(scheme) {
    if (!handlers.delete(scheme)) throw new Error(`The protocol scheme ${scheme} is not handled`);
  },
  isProtocolHandled: (scheme) => handlers.has(scheme) || ['http', 'https', 'file', 'data', 'blob'].includes(scheme),
} satisfies Members<Electron.Protocol> as Members<Electron.Protocol>);

export const rules: {
  check?: Parameters<Session['setPermissionCheckHandler']>[0];
  request?: Parameters<Session['setPermissionRequestHandler']>[0];
  before?: (
    details: Electron.OnBeforeRequestListenerDetails,
    answer: (response: Electron.CallbackResponse) => void,
  ) => void;
  headers?: (
    details: Electron.OnHeadersReceivedListenerDetails,
    answer: (response: Electron.HeadersReceivedResponse) => void,
  ) => void;
} = {};

const webRequest = guarded('session.webRequest', {
  onBeforeRequest(...input: unknown[]) {
    const listener = input.at(-1) as typeof rules.before | null;
    if (input.length > 1) throw new Error('the Electron stand-in asks about all requests: no filter');
    if (listener === null || listener === undefined) delete rules.before;
    else rules.before = listener;
  },
  onHeadersReceived(...input: unknown[]) {
    const listener = input.at(-1) as typeof rules.headers | null;
    if (input.length > 1) throw new Error('the Electron stand-in asks about all requests: no filter');
    if (listener === null || listener === undefined) delete rules.headers;
    else rules.headers = listener;
  },
} satisfies Members<WebRequest>);

class DefaultSession extends EventEmitter {
  readonly protocol = protocol as Electron.Protocol;
  readonly webRequest = webRequest as WebRequest;
  private spellChecker = true;

  setPermissionCheckHandler(handler: Parameters<Session['setPermissionCheckHandler']>[0]): void {
    rules.check = handler;
  }
  setPermissionRequestHandler(handler: Parameters<Session['setPermissionRequestHandler']>[0]): void {
    rules.request = handler;
  }
  setDevicePermissionHandler(handler: Parameters<Session['setDevicePermissionHandler']>[0]): void {
    note('device permission handler', handler !== null);
  }
  setDisplayMediaRequestHandler(handler: Parameters<Session['setDisplayMediaRequestHandler']>[0]): void {
    note('display media handler', handler !== null);
  }
  setSpellCheckerEnabled(enable: boolean): void {
    this.spellChecker = enable;
  }
  isSpellCheckerEnabled(): boolean {
    return this.spellChecker;
  }
  setSpellCheckerLanguages(languages: string[]): void {
    note('spell checker languages', languages);
  }
  async resolveProxy(_url: string): Promise<string> {
    return 'DIRECT';
  }
  async setProxy(config: Electron.ProxyConfig): Promise<void> {
    note('proxy', config);
  }
  async clearStorageData(options?: Electron.ClearStorageDataOptions): Promise<void> {
    const chromium = await currentChromium();
    for (const scheme of privileged) {
      const origin = options?.origin ?? `${scheme}://`;
      note('storage cleared', origin);
      if (options?.origin !== undefined)
        await chromium?.cdp.send('Storage.clearDataForOrigin', {
          origin: toPage(origin).replace(/\/$/, ''),
          storageTypes: 'all',
        });
    }
  }
  async clearCache(): Promise<void> {
    note('cache cleared', null);
  }
  getUserAgent(): string {
    return `Mozilla/5.0 Electron/${process.versions['electron'] ?? ''}`;
  }
  isPersistent(): boolean {
    return true;
  }
  async closeAllConnections(): Promise<void> {
    note('connections closed', null);
  }
}
const typed: Members<Session> = new DefaultSession();

let made: Session | undefined;

/** `session.defaultSession`. */
export function defaultSession(): Session {
  needReady('Session can only be received when app is ready');
  made ??= guarded('session', typed) as Session;
  return made;
}

export const session = guarded('session', {
  get defaultSession() {
    return defaultSession();
  },
});

/** Of Electron's names; those a page of ours could think of. */
const permissions = [
  ['clipboard-read', { name: 'clipboard-read' }],
  ['clipboard-sanitized-write', { name: 'clipboard-write', allowWithoutSanitization: false }],
  ['notifications', { name: 'notifications' }],
  ['geolocation', { name: 'geolocation' }],
  ['media', { name: 'camera' }],
  ['media', { name: 'microphone' }],
  ['midi', { name: 'midi' }],
] as const;

/** Has Chromium grant and deny what the handlers of the app do. Without handlers Electron grants everything. */
export async function applyPermissions(contents: WebContents, origin: string): Promise<void> {
  const chromium = await currentChromium();
  for (const [name, permission] of permissions) {
    const checked = rules.check?.(contents, name, origin, { isMainFrame: true, requestingUrl: `${origin}/` }) ?? true;
    const { request } = rules;
    const granted =
      checked &&
      (request === null ||
        request === undefined ||
        (await new Promise<boolean>((resolve) => {
          request(contents, name, resolve, { isMainFrame: true, requestingUrl: `${origin}/` });
        })));
    await chromium?.cdp
      .send('Browser.setPermission', {
        permission,
        setting: granted ? 'granted' : 'denied',
        origin: toPage(origin).replace(/\/$/, ''),
      })
      .catch(() => undefined);
  }
}
