// The names of the icons that are drawn for the tray.
import { describe, expect, it } from 'vitest';
import { isPanelDark, trayIconName } from '../../../../main/electron/tray/tray-icon.ts';

const states = ['running', 'paused', 'attention', 'stopped'] as const;

describe('the icon', () => {
  it.each(states)('of %s has its shape on each system', (state) => {
    const name = (platform: 'darwin' | 'win32' | 'linux', dark: boolean): string =>
      trayIconName({ state, meter: undefined, platform, dark });
    expect([name('darwin', true), name('darwin', false)]).toEqual([`${state}Template.png`, `${state}Template.png`]);
    expect([name('win32', true), name('win32', false)]).toEqual([`${state}-dark.ico`, `${state}-light.ico`]);
    expect([name('linux', true), name('linux', false)]).toEqual([`${state}-dark.png`, `${state}-light.png`]);
  });

  it.each([25, 50, 75, 100] as const)('is filled to %i while it runs, and only then', (meter) => {
    const name = (state: (typeof states)[number]): string =>
      trayIconName({ state, meter, platform: 'darwin', dark: false });
    expect(states.map(name)).toEqual([
      ...[`running-${meter}Template.png`, 'pausedTemplate.png', 'attentionTemplate.png', 'stoppedTemplate.png'],
    ]);
  });
});

describe('what is behind the icon', () => {
  const theme = (app: boolean, system: boolean): Parameters<typeof isPanelDark>[0]['theme'] => ({
    shouldUseDarkColors: app,
    shouldUseDarkColorsForSystemIntegratedUI: system,
  });

  it('is as dark as the taskbar on Windows, whatever programs are', () => {
    const isDark = (app: boolean, system: boolean): boolean =>
      isPanelDark({ platform: 'win32', desktopName: undefined, theme: theme(app, system) });
    expect([isDark(false, true), isDark(true, false)]).toEqual([true, false]);
  });

  it('is dark on GNOME always, and elsewhere as the theme is', () => {
    const isDark = (desktopName: string | undefined, app: boolean): boolean =>
      isPanelDark({ platform: 'linux', desktopName, theme: theme(app, false) });
    expect([isDark('ubuntu:GNOME', false), isDark('KDE', false), isDark('KDE', true), isDark(undefined, true)]).toEqual(
      [...[true, false, true, true]],
    );
  });
});
