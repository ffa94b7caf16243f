/** The icon in the tray with its menu: draws what the last picture says, and hands on what people choose. */
import type { Menu, MenuItemConstructorOptions, NativeImage, Rectangle, Tray } from 'electron';
import { join } from 'node:path';
import type { PauseMode } from '../../../shared/contract/app.ts';
import type { CopyKind, DesktopState } from '../../../shared/contract/desktop.ts';
import type { DesktopText } from '../../../shared/text/desktop.ts';
import type { Clock } from '../../kit/clock.ts';
import type { Log } from '../../kit/log.ts';
import type { Pictures } from '../picture.ts';
import type { StatusNotifier } from './status-notifier.ts';
import { isPanelDark, trayIconName, type Surroundings } from './tray-icon.ts';
import { trayMenu, type TrayAction, type TrayMenuItem } from './tray-menu.ts';
import { titleOf, tooltipOf, trayState, type TrayState } from './tray-state.ts';

export interface TrayActions {
  show(path: string): void;
  copy(kind: CopyKind): void;
  /** `minutes`: `null` until people resume. */
  pause(minutes: number | null, mode: PauseMode): void;
  resume(): void;
  /** `null`: the rules decide. */
  chooseModel(id: string | null): void;
  chooseProfile(id: string | null): void;
  checkForUpdates(): void;
  installUpdate(): void;
  closeWindow(): void;
  quit(): void;
}

/** What of Electron is needed here. */
export interface TrayElectron {
  readonly Tray: new (image: NativeImage) => Tray;
  readonly Menu: { buildFromTemplate(template: MenuItemConstructorOptions[]): Menu };
  readonly nativeImage: { createFromPath(path: string): NativeImage };
  readonly nativeTheme: Surroundings['theme'] & {
    on(event: 'updated', listener: () => void): unknown;
    off(event: 'updated', listener: () => void): unknown;
  };
}

export interface TrayOptions {
  readonly electron: TrayElectron;
  readonly platform: DesktopState['platform'];
  /** Absolute; those of the tray are in its folder `tray`. */
  readonly iconsFolder: string;
  readonly pictures: Pick<Pictures, 'current' | 'onChange'>;
  readonly clock: Pick<Clock, 'now'>;
  /** IANA name of the zone whose day is today. */
  readonly timezone: () => string;
  readonly desktop: () => DesktopState;
  readonly text: () => DesktopText;
  readonly isWindowOpen: () => boolean;
  readonly actions: TrayActions;
  /** `XDG_CURRENT_DESKTOP`. */
  readonly desktopName: string | undefined;
  /** Whether Linux has a place for it. */
  readonly statusNotifier: StatusNotifier;
  /** What a left click opens on macOS and Windows. */
  readonly popover: { prepare(): void; toggle(icon: Rectangle): void } | undefined;
  readonly log: Pick<Log, 'warn'>;
}

export interface TrayHandle {
  readonly shown: boolean;
  /** Why it is not, for people. */
  readonly reason: string | null;
  /** Draws anew what changed: after preferences, updates, language or the window did. Pictures and theme are followed. */
  redraw(): void;
  close(): void;
}

/** Never throws: an app without a tray is told so in `shown`. */
export function openTray(options: TrayOptions): TrayHandle {
  let shown: ShownTray;
  try {
    shown = new ShownTray(options);
  } catch (error) {
    options.log.warn('The tray icon could not be shown.', { error });
    const reason = error instanceof Error ? error.message : String(error);
    return { shown: false, reason: options.text().t('tray.none.failed', { reason }), redraw() {}, close() {} };
  }
  // It is made all the same: should a place for it come later, some desktops take it in.
  const isHidden = options.platform === 'linux' && options.statusNotifier === 'missing';
  return {
    shown: !isHidden,
    get reason() {
      return isHidden ? options.text().t('tray.none.linux') : null;
    },
    redraw: () => shown.redraw(),
    close: () => shown.close(),
  };
}

interface Drawn {
  readonly icon: string;
  readonly tooltip: string;
  readonly title: string;
  /** The model, as JSON. */
  readonly menu: string;
}

class ShownTray {
  readonly #options: TrayOptions;
  readonly #tray: Tray;
  readonly #endings: (() => void)[];
  #menu: Menu | undefined;
  /** What is drawn now: only what differs is drawn again. */
  #drawn: Drawn = { icon: '', tooltip: '', title: '', menu: '' };

  constructor(options: TrayOptions) {
    this.#options = options;
    const { electron, pictures } = options;
    const icon = this.#iconName(this.#state());
    this.#tray = new electron.Tray(this.#image(icon));
    this.#drawn = { ...this.#drawn, icon };
    this.#listen();
    const redraw = (): void => this.redraw();
    electron.nativeTheme.on('updated', redraw);
    this.#endings = [pictures.onChange(redraw), () => electron.nativeTheme.off('updated', redraw)];
    this.redraw();
  }

  redraw(): void {
    const { platform, text, desktop } = this.#options;
    const [state, words, { preferences }] = [this.#state(), text(), desktop()];
    this.#draw('icon', this.#iconName(state), (name) => this.#tray.setImage(this.#image(name)));
    this.#draw('tooltip', tooltipOf(state, words), (tooltip) => this.#tray.setToolTip(tooltip));
    if (platform === 'darwin')
      this.#draw('title', titleOf(state, preferences.tray_title, words), (title) =>
        this.#tray.setTitle(title, { fontType: 'monospacedDigit' }),
      );
    this.#drawMenu(state);
  }

  close(): void {
    for (const end of this.#endings.splice(0)) end();
    this.#tray.destroy();
  }

  #state(): TrayState {
    const { pictures, clock, timezone, desktop, text } = this.#options;
    const { preferences } = desktop();
    return trayState(pictures.current, { now: clock.now(), timezone: timezone(), preferences, text: text() });
  }

  #iconName({ state, meter }: TrayState): string {
    const { platform, desktopName, electron } = this.#options;
    const dark = isPanelDark({ platform, desktopName, theme: electron.nativeTheme });
    return trayIconName({ state, meter, platform, dark });
  }

  #image(name: string): NativeImage {
    const image = this.#options.electron.nativeImage.createFromPath(join(this.#options.iconsFolder, 'tray', name));
    if (image.isEmpty()) throw new Error(`there is no icon ${name}`);
    return image;
  }

  #draw(what: keyof Drawn, value: string, set: (value: string) => void): void {
    if (this.#drawn[what] === value) return;
    set(value);
    this.#drawn = { ...this.#drawn, [what]: value };
  }

  #drawMenu(state: TrayState): void {
    const { platform, electron, text, desktop, isWindowOpen, popover } = this.#options;
    const model = trayMenu(state, { text: text(), desktop: desktop(), isWindowOpen: isWindowOpen() });
    this.#draw('menu', JSON.stringify(model), () => {
      this.#menu = electron.Menu.buildFromTemplate(templateOf(model, (action) => this.#run(action)));
      // On macOS a menu of its own would come up with the left click too, in place of the popover.
      if (platform !== 'darwin' || popover === undefined) this.#tray.setContextMenu(this.#menu);
    });
  }

  #listen(): void {
    const { platform, popover, actions } = this.#options;
    const tray = this.#tray;
    if (platform === 'linux') {
      tray.on('click', () => actions.show('/'));
      return;
    }
    // What is said of today is of the day on which people look.
    tray.on('mouse-enter', () => {
      this.redraw();
      popover?.prepare();
    });
    if (popover === undefined) {
      if (platform === 'win32') tray.on('click', () => actions.show('/'));
      return;
    }
    tray.on('click', ({ ctrlKey }, bounds) => {
      if (platform === 'darwin' && ctrlKey === true) this.#popUp();
      else popover.toggle(bounds);
    });
    if (platform !== 'darwin') return;
    tray.setIgnoreDoubleClickEvents(true);
    tray.on('right-click', () => this.#popUp());
  }

  #popUp(): void {
    this.redraw();
    if (this.#menu !== undefined) this.#tray.popUpContextMenu(this.#menu);
  }

  /** Electron marks what was clicked, whatever comes of it: the mark goes where it belongs until that is known. */
  #unmark(): void {
    this.#drawn = { ...this.#drawn, menu: '' };
    this.redraw();
  }

  #run(action: TrayAction): void {
    const { actions } = this.#options;
    switch (action.do) {
      case 'show':
        return actions.show(action.path);
      case 'copy':
        return actions.copy(action.kind);
      case 'pause':
        return actions.pause(action.minutes, action.mode);
      case 'chooseModel':
      case 'chooseProfile':
        actions[action.do](action.id);
        this.#unmark();
        return;
      default:
        return actions[action.do]();
    }
  }
}

function templateOf(model: readonly TrayMenuItem[], run: (action: TrayAction) => void): MenuItemConstructorOptions[] {
  return model.map(({ kind, label, enabled, checked, submenu, action, accelerator }) =>
    kind === 'separator'
      ? { type: 'separator' }
      : {
          ...{ type: kind, label, enabled },
          ...(checked === undefined ? {} : { checked }),
          ...(submenu === undefined ? {} : { submenu: templateOf(submenu, run) }),
          ...(action === undefined ? {} : { click: () => run(action) }),
          ...(accelerator === undefined ? {} : { accelerator, registerAccelerator: false }),
        },
  );
}
