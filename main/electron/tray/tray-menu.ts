/** The tray's menu as plain data, from the state alone (UX-21): the same on every system but for what one of them lacks. */
import type { CopyKind, DesktopState } from '../../../shared/contract/desktop.ts';
import type { PauseMode } from '../../../shared/contract/app.ts';
import {
  issueText,
  passRefusedText,
  spendText,
  statusText,
  type NamedChoice,
} from '../../../shared/contract/standing-text.ts';
import type { DesktopText } from '../../../shared/text/desktop.ts';
import { printable } from '../../kit/printable.ts';
import type { TrayState } from './tray-state.ts';

export type TrayAction =
  | { readonly do: 'show'; readonly path: string }
  | { readonly do: 'copy'; readonly kind: CopyKind }
  | { readonly do: 'pause'; readonly minutes: number | null; readonly mode: PauseMode }
  | { readonly do: 'chooseModel' | 'chooseProfile'; readonly id: string | null }
  | { readonly do: 'resume' | 'checkForUpdates' | 'installUpdate' | 'closeWindow' | 'quit' };

export interface TrayMenuItem {
  readonly kind: 'normal' | 'radio' | 'submenu' | 'separator';
  /** Ready for a menu: short, one line, `&` doubled, which menus take for a shortcut. */
  readonly label: string;
  readonly enabled: boolean;
  readonly checked?: boolean;
  readonly submenu?: readonly TrayMenuItem[];
  readonly action?: TrayAction;
  /** As Electron writes it; shown, never registered by the menu. */
  readonly accelerator?: string;
}

export interface TrayMenuOptions {
  readonly text: DesktopText;
  readonly desktop: Pick<DesktopState, 'platform' | 'preferences' | 'shortcut' | 'updates' | 'safe_mode'>;
  readonly isWindowOpen: boolean;
}

/** More than this is for the window. */
const mostFavourites = 8;
const mostAliases = 12;
const mostProfiles = 20;
const mostTeams = 3;
const mostIssues = 3;
/** A menu is as wide as its longest line. */
const maxLabel = 64;
const maxName = 40;
const barCells = 9;

const separator: TrayMenuItem = { kind: 'separator', label: '', enabled: true };

export function trayMenu(state: TrayState, options: TrayMenuOptions): readonly TrayMenuItem[] {
  const { text, desktop, isWindowOpen } = options;
  const { t } = text;
  const sections: readonly (readonly TrayMenuItem[])[] = [
    statusItems(state, text),
    state.isStarting
      ? []
      : [modelMenu(state, text), ...profileMenu(state, text), ...teamItems(state, text), ...pauseItems(state, text)],
    issueItems(state, options),
    [
      ...(state.baseUrl === null ? [] : [copyMenu(text)]),
      ...(state.isStarting ? [] : [item(t('tray.connect'), { do: 'show', path: '/clients' })]),
      dashboardItem(options),
    ],
    [
      item(t('tray.settings'), { do: 'show', path: '/settings' }),
      ...updateItems(desktop.updates, text),
      ...(isWindowOpen ? [item(t('tray.closeWindow'), { do: 'closeWindow' })] : []),
      item(t('tray.quit'), { do: 'quit' }),
    ],
  ];
  return sections.filter((one) => one.length > 0).flatMap((one, index) => (index === 0 ? one : [separator, ...one]));
}

function item(label: string, action: TrayAction): TrayMenuItem {
  return { kind: 'normal', label: menuLabel(label), enabled: true, action };
}

function radio(label: string, checked: boolean, action: TrayAction): TrayMenuItem {
  return { kind: 'radio', label: menuLabel(label, maxName), enabled: true, checked, action };
}

/** A line that only says something. */
const line = (label: string): TrayMenuItem => ({ kind: 'normal', label: menuLabel(label), enabled: false });

const menu = (label: string, submenu: readonly TrayMenuItem[]): TrayMenuItem => {
  return { kind: 'submenu', label: menuLabel(label), enabled: true, submenu };
};

/** Cut in the middle: names of models differ at their ends. */
function menuLabel(label: string, max: number = maxLabel): string {
  const letters = [...printable(label)];
  const half = Math.floor((max - 1) / 2);
  const short = letters.length <= max ? letters : [...letters.slice(0, max - 1 - half), '…', ...letters.slice(-half)];
  return short.join('').replaceAll('&', '&&');
}

const marks = { running: '●', attention: '!', paused: '❚❚', stopped: '○' } as const;

function statusItems(state: TrayState, text: DesktopText): readonly TrayMenuItem[] {
  if (state.isStarting) return [line(`${marks.stopped} ${text.t('tray.starting')}`)];
  const { budget } = state;
  const bar = budget?.isKnown === true ? `  ${barOf(budget.share)}  (${text.percent(budget.share)})` : '';
  return [
    item(`${marks[state.state]} ${statusText(state, text, state.now)}`, { do: 'show', path: '/' }),
    item(`${spendText(state, text)}${bar}`, { do: 'show', path: '/usage' }),
  ];
}

/** What was spent shows as something, and what is left as well. */
function barOf(share: number): string {
  const [least, most] = [share > 0 ? 1 : 0, share < 1 ? barCells - 1 : barCells];
  const full = Math.min(most, Math.max(least, Math.round(share * barCells)));
  return '▓'.repeat(full) + '░'.repeat(barCells - full);
}

function modelMenu({ chosen, favourites, aliases }: TrayState, { t }: DesktopText): TrayMenuItem {
  const few = [...favourites.slice(0, mostFavourites), ...aliases.slice(0, mostAliases)];
  return menu(t('tray.model'), [
    ...choices(few, { chosen, none: t('tray.model.auto'), do: 'chooseModel' }),
    separator,
    item(t('tray.model.more'), { do: 'show', path: '/models?tab=models' }),
  ]);
}

function profileMenu({ profiles, profile }: TrayState, { t }: DesktopText): readonly TrayMenuItem[] {
  if (profiles.length === 0) return [];
  const chosen =
    profile === null ? null : (profiles.find(({ id }) => id === profile) ?? { id: profile, label: profile });
  const none = t('tray.profile.none');
  return [menu(t('tray.profile'), choices(profiles.slice(0, mostProfiles), { chosen, none, do: 'chooseProfile' }))];
}

function teamItems({ teams }: TrayState, { t }: DesktopText): readonly TrayMenuItem[] {
  return teams
    .slice(0, mostTeams)
    .map(({ name, version }) =>
      item(t('tray.team', { name, version: String(version) }), { do: 'show', path: '/policies?tab=team' }),
    );
}

interface Choosing {
  readonly chosen: NamedChoice | null;
  /** What stands for none of them. */
  readonly none: string;
  readonly do: 'chooseModel' | 'chooseProfile';
}

/**
 * One of these is chosen, and is always among them. They stand together: with a line between them Electron would take them for several
 * choices, and mark the first of each where none is chosen.
 */
function choices(few: readonly NamedChoice[], { chosen, none, do: action }: Choosing): readonly TrayMenuItem[] {
  const isListed = chosen === null || few.some(({ id }) => id === chosen.id);
  const listed = new Map([...(isListed ? [] : [chosen]), ...few].map((one) => [one.id, one]));
  return [
    radio(none, chosen === null, { do: action, id: null }),
    ...[...listed.values()].map(({ id, label }) => radio(label, id === chosen?.id, { do: action, id })),
  ];
}

const pauses = [
  [15, 'tray.pause.15'],
  [60, 'tray.pause.60'],
  [null, 'tray.pause.open'],
] as const;

function pauseItems({ paused, passThroughRefused }: TrayState, text: DesktopText): readonly TrayMenuItem[] {
  const { t } = text;
  const lengths = (mode: PauseMode): readonly TrayMenuItem[] =>
    pauses.map(([minutes, key]) => item(t(key), { do: 'pause', minutes, mode }));
  const block = menu(t('tray.pause.block'), [line(t('tray.pause.block.hint')), ...lengths('block')]);
  const pass =
    passThroughRefused === null
      ? [line(t('tray.pause.pass.hint')), ...lengths('pass_through')]
      : [line(t('tray.pause.pass.refused', { reason: passRefusedText(passThroughRefused, text) }))];
  return [
    ...(paused === null ? [] : [item(t('tray.resume'), { do: 'resume' })]),
    menu(t('tray.pause'), [block, menu(t('tray.pause.pass'), pass)]),
  ];
}

function issueItems({ issues, now }: TrayState, { text, desktop }: TrayMenuOptions): readonly TrayMenuItem[] {
  const more = issues.length - mostIssues;
  return [
    ...(desktop.safe_mode === null ? [] : [item(`⚠ ${text.t('tray.safeMode')}`, { do: 'show', path: '/settings' })]),
    ...issues.slice(0, mostIssues).map((issue) => {
      const mark = issue.kind === 'failures' ? '' : '⚠ ';
      return item(`${mark}${issueText(issue, text, now)}`, { do: 'show', path: issue.path });
    }),
    ...(more > 0 ? [item(text.t('tray.issue.more', { count: more }), { do: 'show', path: '/' })] : []),
  ];
}

function copyMenu({ t }: DesktopText): TrayMenuItem {
  return menu(t('tray.copy'), [
    item(t('tray.copy.baseUrl'), { do: 'copy', kind: 'base_url' }),
    item(t('tray.copy.openai'), { do: 'copy', kind: 'openai_env' }),
    item(t('tray.copy.anthropic'), { do: 'copy', kind: 'anthropic_env' }),
    item(t('tray.copy.key'), { do: 'copy', kind: 'key' }),
  ]);
}

function dashboardItem({ text, desktop }: TrayMenuOptions): TrayMenuItem {
  const { preferences, shortcut } = desktop;
  const shown = item(text.t('tray.dashboard'), { do: 'show', path: '/' });
  // One that the system refused opens nothing.
  return preferences.shortcut !== null && shortcut.registered ? { ...shown, accelerator: preferences.shortcut } : shown;
}

function updateItems(updates: DesktopState['updates'], { t }: DesktopText): readonly TrayMenuItem[] {
  if (!updates.supported) return [];
  const version = updates.version ?? '—';
  switch (updates.state) {
    case 'ready':
      return [item(t('tray.update.ready', { version }), { do: 'installUpdate' })];
    case 'available':
      return [item(t('tray.update.available', { version }), { do: 'show', path: '/settings?at=updates' })];
    case 'downloading':
      return [line(t('tray.update.downloading', { version }))];
    case 'checking':
      return [line(t('tray.update.checking'))];
    default:
      return [item(t('tray.update.check'), { do: 'checkForUpdates' })];
  }
}
