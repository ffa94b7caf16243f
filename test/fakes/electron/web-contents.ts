// A page of the real Chromium, as main sees it.
import { EventEmitter, once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { Session, WebContents, WebFrameMain, WebPreferences } from 'electron';
import { fromPage, toPage } from './addresses.ts';
import { giveChromiumBack } from './chromium-host.ts';
import { guarded, standIn } from './guarded.ts';
import { codec, receive } from './ipc-main.ts';
import { checkPreferences, isUnnamed, openPage, themeFeatures, type Opened } from './open-page.ts';
import { defaultSession } from './session.ts';
import { note, refusable } from './stage.ts';
import { worldNames, type FromMain, type FromPage } from './worlds.ts';

type Load = PromiseWithResolvers<void>;

const all = new Map<number, Contents>();
let last = 0;
let onCreated: (contents: WebContents) => void = () => undefined;
let onGone: (contents: WebContents, details: object) => void = () => undefined;

/** `app` tells of both. */
export function onContents(created: typeof onCreated, gone: typeof onGone): void {
  onCreated = created;
  onGone = gone;
}

export class Contents extends EventEmitter {
  readonly id: number;
  private opening_: Promise<Opened> | undefined;
  private open_: Opened | undefined;
  private face_: WebContents | undefined;
  private handler_: Parameters<WebContents['setWindowOpenHandler']>[0] | undefined;
  private load_: Load | undefined;
  private destroyed_ = false;
  private crashed_ = false;
  private title_ = '';
  private readonly preferences_: WebPreferences;

  constructor(preferences: WebPreferences) {
    super();
    last += 1;
    this.id = last;
    this.preferences_ = preferences;
    checkPreferences(preferences);
    all.set(this.id, this);
    this.face_ = standIn<WebContents>('webContents', this);
    onCreated(this.face_);
    this.opening_ = openPage({
      preload: this.preloadSource(),
      contents: () => this.face,
      listen: (opened) => this.listen(opened),
    });
    void this.opening_.then((opened) => (this.open_ = opened)).catch(() => undefined);
    this.opening_.catch((error: unknown) => console.error('a window could not be opened:', error));
  }

  get face(): WebContents {
    return this.face_ as WebContents;
  }
  get session(): Session {
    return defaultSession();
  }
  get mainFrame(): WebFrameMain {
    const frame = this.open_?.frames.main();
    if (frame === undefined) throw new Error('the page has no frame yet');
    return frame;
  }
  getURL(): string {
    const url = this.open_?.frames.main()?.url ?? '';
    return url === 'about:blank' ? '' : url;
  }
  getTitle(): string {
    return this.title_;
  }
  getOSProcessId(): number {
    return this.crashed_ ? 0 : 1;
  }
  getType(): 'window' {
    return 'window';
  }
  isDestroyed(): boolean {
    return this.destroyed_;
  }
  isCrashed(): boolean {
    return this.crashed_;
  }
  isLoading(): boolean {
    return this.load_ !== undefined;
  }
  isFocused(): boolean {
    return false;
  }
  focus(): void {
    void this.tell('Page.bringToFront');
  }
  getLastWebPreferences(): WebPreferences {
    return this.preferences_;
  }
  setWindowOpenHandler(handler: Parameters<WebContents['setWindowOpenHandler']>[0]): void {
    this.handler_ = handler;
  }
  setWebRTCIPHandlingPolicy(policy: Parameters<WebContents['setWebRTCIPHandlingPolicy']>[0]): void {
    note('WebRTC policy', policy);
  }
  setBackgroundThrottling(_allowed: boolean): void {
    note('background throttling', _allowed);
  }
  setZoomFactor(factor: number): void {
    void this.tell('Emulation.setPageScaleFactor', { pageScaleFactor: factor });
  }
  setVisualZoomLevelLimits(_minimumLevel: number, _maximumLevel: number): Promise<void> {
    return Promise.resolve();
  }

  async loadURL(url: string): Promise<void> {
    const { cdp, session } = await this.whenOpen();
    this.load_?.reject(new Error(`ERR_ABORTED (-3) loading '${url}'`));
    const load: Load = Promise.withResolvers();
    load.promise.catch(() => undefined);
    this.load_ = load;
    const told = await cdp.send<{ errorText?: string }>('Page.navigate', { url: toPage(url) }, session);
    if (told.errorText !== undefined) {
      this.load_ = undefined;
      const code = told.errorText.replace('net::', '');
      this.emit('did-fail-load', refusable({}), -2, code, url, true);
      throw new Error(`${code} (-2) loading '${url}'`);
    }
    await load.promise;
  }
  reload(): void {
    void this.tell('Page.reload');
  }
  reloadIgnoringCache(): void {
    void this.tell('Page.reload', { ignoreCache: true });
  }
  stop(): void {
    void this.tell('Page.stopLoading');
  }
  async executeJavaScript(code: string, userGesture = false): Promise<unknown> {
    const { cdp, session } = await this.whenOpen();
    const parameters = { expression: code, userGesture, awaitPromise: true, returnByValue: true };
    const told = await cdp.send<{ result: { value: unknown }; exceptionDetails?: { text: string } }>(
      'Runtime.evaluate',
      parameters,
      session,
    );
    if (told.exceptionDetails !== undefined) throw new Error(`Script failed to execute: ${told.exceptionDetails.text}`);
    return told.result.value;
  }
  send(channel: string, ...input: unknown[]): void {
    // Refused at once, wherever the page is.
    const text = codec.encode({ kind: 'message', id: 0, channel, input } satisfies FromMain);
    if (this.destroyed_) throw new TypeError('Object has been destroyed');
    void this.deliver(text);
  }
  close(): void {
    this.destroy_();
  }
  /** As a renderer that dies. Resolves when it has, and main was told: until then the page still looks alive. */
  async crash_(): Promise<void> {
    const { cdp, session } = await this.whenOpen();
    const died = once(this, 'render-process-gone');
    void cdp.send('Page.crash', {}, session).catch(() => undefined);
    await died;
  }
  /** For the test that drives the page. */
  async target_(): Promise<{ readonly endpoint: string; readonly target: string }> {
    return await this.whenOpen();
  }
  async setSize_(width: number, height: number): Promise<void> {
    const { cdp, target } = await this.whenOpen();
    const { windowId } = await cdp.send<{ windowId: number }>('Browser.getWindowForTarget', { targetId: target });
    await cdp.send('Browser.setWindowBounds', { windowId, bounds: { width, height } });
  }
  async applyTheme_(): Promise<void> {
    await this.tell('Emulation.setEmulatedMedia', { features: themeFeatures() });
  }
  destroy_(): void {
    if (this.destroyed_) return;
    this.destroyed_ = true;
    all.delete(this.id);
    this.load_?.reject(new Error('ERR_FAILED (-2): the window was destroyed'));
    this.load_ = undefined;
    const closing = this.whenOpen().then(async ({ cdp, target, session }) => {
      cdp.forget(session);
      await cdp.send('Target.closeTarget', { targetId: target }).catch(() => undefined);
    });
    giveChromiumBack(closing.catch(() => undefined));
    this.emit('destroyed');
  }

  private whenOpen(): Promise<Opened> {
    return this.opening_ ?? Promise.reject(new Error('the page was not opened'));
  }
  private async tell(method: string, parameters: object = {}): Promise<void> {
    const { cdp, session } = await this.whenOpen();
    await cdp.send(method, parameters as Record<string, unknown>, session).catch(() => undefined);
  }
  private async deliver(text: string): Promise<void> {
    const { cdp, session, frames } = await this.whenOpen();
    const contextId = frames.preloadContext();
    if (contextId === undefined) return;
    const expression = `${worldNames.receive}(${JSON.stringify(text)})`;
    await cdp.send('Runtime.evaluate', { expression, contextId }, session).catch(() => undefined);
  }

  private preloadSource(): string {
    const { preload } = this.preferences_;
    if (preload === undefined) return '';
    try {
      return readFileSync(preload, 'utf8');
    } catch (error) {
      console.error(`Unable to load preload script: ${preload}`, error);
      setImmediate(() => this.emit('preload-error', refusable({}), preload, error));
      return '';
    }
  }

  private listen({ cdp, session, target, frames }: Opened): void {
    const on = <Event>(method: string, listener: (event: Event) => void): void =>
      cdp.on<Event>(method, session, listener);
    on(
      'Runtime.bindingCalled',
      ({ name, payload, executionContextId }: { name: string; payload: string; executionContextId: number }) => {
        if (name !== worldNames.binding) return;
        const frame = frames.ofContext(executionContextId);
        void receive(codec.decode(payload) as FromPage, {
          sender: this.face,
          senderFrame: () => (frame === undefined || frame.isDestroyed() ? null : frame),
          answer: (id, channel, outcome) => void this.deliver(reply(id, channel, outcome)),
        });
      },
    );
    on('Page.lifecycleEvent', ({ name, frameId }: { name: string; frameId: string }) => {
      if (!frames.isMain(frameId) || this.getURL() === '') return;
      if (name === 'DOMContentLoaded') this.emit('dom-ready', refusable({}));
      if (name === 'firstPaint' || name === 'firstContentfulPaint') this.emit('first paint of the stand-in');
      if (name !== 'load') return;
      this.load_?.resolve();
      this.load_ = undefined;
      this.emit('did-finish-load');
      this.emit('did-stop-loading');
    });
    on('Page.frameNavigated', ({ frame }: { frame: { parentId?: string; url: string } }) => {
      if (frame.parentId === undefined) this.emit('did-navigate', refusable({}), fromPage(frame.url), 200, 'OK');
    });
    on('Page.navigatedWithinDocument', ({ url, frameId }: { url: string; frameId: string }) =>
      this.emit('did-navigate-in-page', refusable({}), fromPage(url), frames.isMain(frameId)),
    );
    on('Page.windowOpen', (asked: { url: string; windowName: string; windowFeatures: string[] }) =>
      this.windowOpen(asked),
    );
    on('Inspector.targetCrashed', () => this.gone());
    on('Inspector.targetReloadedAfterCrash', () => (this.crashed_ = false));
    cdp.on(
      'Target.targetInfoChanged',
      undefined,
      ({ targetInfo }: { targetInfo: { targetId: string; title: string; url: string } }) => {
        if (targetInfo.targetId !== target || targetInfo.title === this.title_ || isUnnamed(targetInfo)) return;
        this.title_ = targetInfo.title;
        this.emit('page-title-updated', refusable({}), this.title_, true);
      },
    );
    cdp.on('Target.targetDestroyed', undefined, ({ targetId }: { targetId: string }) => {
      if (targetId === target && !this.destroyed_) this.emit('closed by the page');
    });
    void cdp.closed.then(() => {
      if (!this.destroyed_) this.gone();
    });
  }

  private windowOpen({
    url,
    windowName: frameName,
    windowFeatures,
  }: {
    url: string;
    windowName: string;
    windowFeatures: string[];
  }): void {
    const answer = this.handler_?.({
      ...{ url: fromPage(url), frameName, features: windowFeatures.join(','), disposition: 'foreground-tab' as const },
      referrer: { url: '', policy: 'strict-origin-when-cross-origin' },
    });
    if (answer?.action !== 'deny') note('a new window was allowed, which the stand-in does not do', fromPage(url));
  }

  private gone(): void {
    if (this.crashed_) return;
    this.crashed_ = true;
    const details = { reason: 'crashed' as const, exitCode: 5 };
    this.emit('render-process-gone', refusable({}), details);
    onGone(this.face, details);
  }
}

function reply(
  id: number,
  channel: string,
  outcome: { readonly result: unknown } | { readonly error: string },
): string {
  const head = { kind: 'reply' as const, id, channel };
  if ('error' in outcome) return codec.encode({ ...head, input: [], error: outcome.error });
  return codec.encode({ ...head, input: [outcome.result] });
}

export function allContents(): readonly Contents[] {
  return [...all.values()];
}

export const webContents = guarded('webContents', {
  getAllWebContents: () => allContents().map(({ face }) => face),
  fromId: (id: number) => all.get(id)?.face,
  getFocusedWebContents: () => null,
} satisfies Partial<typeof Electron.WebContents>);
