/** Which picture the tray shows: the state by its shape, the budget by how full it is (UX-20). */
import type { DesktopState } from '../../../shared/contract/desktop.ts';
import type { Meter, TrayState } from './tray-state.ts';

export interface IconChoice {
  readonly state: TrayState['state'];
  readonly meter: Meter | undefined;
  readonly platform: DesktopState['platform'];
  /** What is behind it is dark: the ink is light. */
  readonly dark: boolean;
}

/** A file of `icons/tray`. macOS colours its template itself and finds the larger scales beside it, as Linux does. */
export function trayIconName({ state, meter, platform, dark }: IconChoice): string {
  const shape = state === 'running' && meter !== undefined ? `running-${meter}` : state;
  if (platform === 'darwin') return `${shape}Template.png`;
  return `${shape}-${dark ? 'dark' : 'light'}.${platform === 'win32' ? 'ico' : 'png'}`;
}

export interface Surroundings {
  readonly platform: DesktopState['platform'];
  /** `XDG_CURRENT_DESKTOP`, of Linux. */
  readonly desktopName: string | undefined;
  readonly theme: {
    readonly shouldUseDarkColors: boolean;
    readonly shouldUseDarkColorsForSystemIntegratedUI: boolean;
  };
}

/** Desktops of Linux whose panel is dark under a light theme too. */
const darkPanels = /gnome|unity|cinnamon|pantheon/i;

export function isPanelDark({ platform, desktopName, theme }: Surroundings): boolean {
  if (platform !== 'linux') return theme.shouldUseDarkColorsForSystemIntegratedUI;
  return darkPanels.test(desktopName ?? '') || theme.shouldUseDarkColors;
}
