// Menus and the tray icon, as main built them; a test reads and clicks them.
import { EventEmitter } from 'node:events';
import type { MenuItemConstructorOptions, Rectangle } from 'electron';
import { guarded, standIn, type Members } from './guarded.ts';
import { describeImage } from './native-image.ts';
import { needReady, note, refusable } from './stage.ts';

let commands = 0;

class Item {
  label: string;
  type: Electron.MenuItem['type'];
  id: string;
  sublabel: string;
  toolTip: string;
  accelerator: string | null;
  accessibilityLabel = '';
  enabled: boolean;
  visible: boolean;
  checked: boolean;
  registerAccelerator: boolean;
  commandId: number;
  click: (...input: unknown[]) => void;
  role: Electron.MenuItem['role'];
  submenu: Electron.Menu | undefined;
  /** Those it is one choice with. */
  group_: Item[] = [];
  icon: Electron.NativeImage | string | undefined;

  constructor(options: MenuItemConstructorOptions) {
    const { role, type, label = role ?? '', submenu, click, checked = false, accelerator } = options;
    if (type === 'submenu' && submenu === undefined) throw new Error('Invalid submenu');
    commands += 1;
    this.commandId = commands;
    this.role = role as Electron.MenuItem['role'];
    this.type = type ?? (submenu === undefined ? 'normal' : 'submenu');
    this.label = label;
    this.id = options.id ?? '';
    this.sublabel = options.sublabel ?? '';
    this.toolTip = options.toolTip ?? '';
    this.accelerator = accelerator === undefined ? null : String(accelerator);
    this.enabled = options.enabled ?? true;
    this.visible = options.visible ?? true;
    this.checked = checked;
    this.registerAccelerator = options.registerAccelerator ?? true;
    this.icon = typeof options.icon === 'object' ? options.icon : options.icon;
    this.submenu = Array.isArray(submenu) ? Menu.buildFromTemplate(submenu) : submenu;
    this.click = () => {
      if (!this.enabled) return;
      // Before anybody is told; of those that stand together one is marked.
      if (this.type === 'checkbox') this.checked = !this.checked;
      if (this.type === 'radio') for (const other of this.group_) other.checked = other.commandId === this.commandId;
      const face = this as unknown as Electron.MenuItem;
      click?.(face, undefined, {
        triggeredByAccelerator: false,
        preventDefault: () => undefined,
        defaultPrevented: false,
      } as never);
      if (click === undefined && role !== undefined) note('role', role);
    };
    return guarded('MenuItem', this as Item);
  }
}
export const MenuItem = Item as unknown as typeof Electron.MenuItem;

/** As Electron does whenever a menu is about to be seen: of what stands together between two lines, one is marked. */
function markEach(menu: Electron.Menu): void {
  for (const { group_: group } of menu.items as unknown as readonly Item[]) {
    const [first] = group;
    if (first !== undefined && !group.some(({ checked }) => checked)) first.checked = true;
  }
}

class StandInMenu extends EventEmitter {
  items: Electron.MenuItem[] = [];

  append(item: Electron.MenuItem): void {
    this.insert(this.items.length, item);
  }
  insert(position: number, item: Electron.MenuItem): void {
    this.items.splice(position, 0, item);
    let group: Item[] = [];
    for (const one of this.items as unknown as readonly Item[]) {
      if (one.type === 'separator') group = [];
      if (one.type !== 'radio') continue;
      group.push(one);
      one.group_ = group;
    }
  }
  getMenuItemById(id: string): Electron.MenuItem | null {
    for (const item of this.items) {
      if (item.id === id) return item;
      const within = item.submenu?.getMenuItemById(id);
      if (within !== null && within !== undefined) return within;
    }
    return null;
  }
  popup(options: Electron.PopupOptions = {}): void {
    needReady('Menu.popup cannot be called before app is ready');
    shown.popup = this;
    this.emit('menu-will-show', refusable({}));
    note('menu popped up', { x: options.x, y: options.y });
  }
  closePopup(): void {
    delete shown.popup;
    this.emit('menu-will-close', refusable({}));
  }
  static buildFromTemplate(template: readonly (MenuItemConstructorOptions | Electron.MenuItem)[]): Electron.Menu {
    if (!Array.isArray(template)) throw new TypeError('Invalid template for Menu: Menu template must be an array');
    const menu = new Menu();
    for (const one of template as readonly MenuItemConstructorOptions[]) {
      if (one.label === undefined && one.role === undefined && one.type !== 'separator' && !('commandId' in one))
        throw new TypeError('Invalid template for MenuItem: must have at least one of label, role or type');
      menu.append('commandId' in one ? (one as unknown as Electron.MenuItem) : new MenuItem(one));
    }
    return menu;
  }
  static getApplicationMenu(): Electron.Menu | null {
    return shown.application;
  }
  static setApplicationMenu(menu: Electron.Menu | null): void {
    shown.application = menu;
  }
}
const typedMenu: Members<Electron.Menu> = new StandInMenu();
const typedMenus: Members<typeof Electron.Menu> = StandInMenu;
void typedMenu;
export const Menu = guarded('Menu', typedMenus) as typeof Electron.Menu;

/** What could be seen. */
export const shown: {
  application: Electron.Menu | null;
  popup?: Electron.Menu;
  readonly trays: Set<StandInTray>;
  bounds: Rectangle;
} = { application: null, trays: new Set(), bounds: { x: 1000, y: 0, width: 22, height: 22 } };

class StandInTray extends EventEmitter {
  private image_: Electron.NativeImage | string;
  private toolTip_ = '';
  private title_ = '';
  private menu_: Electron.Menu | null = null;
  private destroyed_ = false;
  private face_: Electron.Tray;

  constructor(image: Electron.NativeImage | string) {
    needReady('Cannot create Tray before app is ready');
    super();
    this.image_ = image;
    shown.trays.add(this);
    this.face_ = standIn<Electron.Tray>('Tray', this);
    return this.face_ as unknown as StandInTray;
  }
  private need(): void {
    if (this.destroyed_) throw new Error('Tray is destroyed');
  }
  setImage(image: Electron.NativeImage | string): void {
    this.need();
    this.image_ = image;
  }
  setPressedImage(image: Electron.NativeImage | string): void {
    this.need();
    note('pressed image', describeImage(image));
  }
  setToolTip(toolTip: string): void {
    this.need();
    this.toolTip_ = toolTip;
  }
  setTitle(title: string): void {
    this.need();
    this.title_ = title;
  }
  getTitle(): string {
    return this.title_;
  }
  setIgnoreDoubleClickEvents(ignore: boolean): void {
    note('ignores double clicks', ignore);
  }
  setContextMenu(menu: Electron.Menu | null): void {
    this.need();
    this.menu_ = menu;
  }
  popUpContextMenu(menu?: Electron.Menu): void {
    this.need();
    const popped = menu ?? this.menu_;
    if (popped === null) return;
    shown.popup = popped;
    popped.emit('menu-will-show', refusable({}));
    note('tray menu popped up', null);
  }
  closeContextMenu(): void {
    delete shown.popup;
  }
  getBounds(): Rectangle {
    return { ...shown.bounds };
  }
  focus(): void {
    note('tray focused', null);
  }
  destroy(): void {
    this.destroyed_ = true;
    shown.trays.delete(this);
  }
  isDestroyed(): boolean {
    return this.destroyed_;
  }
  describe_(): object {
    const { toolTip_: toolTip, title_: title, menu_: menu } = this;
    return { toolTip, title, image: describeImage(this.image_), menu: menu === null ? null : describeMenu(menu) };
  }
  get shownMenu_(): Electron.Menu | null {
    return this.menu_ ?? shown.popup ?? null;
  }
  /** As people do. */
  act_(event: 'click' | 'right-click' | 'double-click' | 'mouse-enter' | 'mouse-leave'): void {
    const keys = { ctrlKey: false, metaKey: false, shiftKey: false, altKey: false, triggeredByAccelerator: false };
    this.emit(event, keys, { ...shown.bounds }, { x: shown.bounds.x + 5, y: shown.bounds.y + 5 });
  }
}
export const Tray = StandInTray;

export interface MenuLine {
  readonly label: string;
  readonly type: string;
  readonly enabled: boolean;
  readonly visible: boolean;
  readonly checked: boolean;
  readonly role?: string;
  readonly accelerator?: string;
  readonly sublabel?: string;
  readonly items?: readonly MenuLine[];
}

export function describeMenu(menu: Electron.Menu): readonly MenuLine[] {
  markEach(menu);
  return menu.items.map(({ label, type, enabled, visible, checked, role, accelerator, sublabel, submenu }) => ({
    ...{ label, type, enabled, visible, checked },
    ...(role === undefined ? {} : { role }),
    ...(accelerator === null ? {} : { accelerator: String(accelerator) }),
    ...(sublabel === '' ? {} : { sublabel }),
    ...(submenu === undefined ? {} : { items: describeMenu(submenu) }),
  }));
}

/** By labels from the outermost on; each the label itself or a beginning of it and `*`. */
export function clickMenu(menu: Electron.Menu | null, path: readonly string[]): void {
  const [first = '', ...rest] = path;
  const item = menu?.items.find(({ label, visible }) => visible && matches(label, first));
  if (item === undefined) {
    const there = menu?.items.map(({ label }) => label).filter((label) => label !== '') ?? [];
    throw new Error(`there is no “${first}” in the menu: ${there.join(' | ')}`);
  }
  if (!item.enabled) throw new Error(`“${first}” cannot be clicked`);
  if (rest.length > 0) clickMenu(item.submenu ?? null, rest);
  else (item.click as () => void)();
}

function matches(label: string, asked: string): boolean {
  return label === asked || (asked.endsWith('*') && label.startsWith(asked.slice(0, -1)));
}
