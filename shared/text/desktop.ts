/** What tray, system dialogs and notifications say, in each language. It is part of the window's catalogue, which shows some of it too. */
import { desktopShellDe } from './de/desktop.ts';
import { desktopStateDe } from './de/desktop-state.ts';
import { dialogsDe } from './de/dialogs.ts';
import { noticesDe } from './de/notices.ts';
import { trayDe } from './de/tray.ts';
import { desktopShellEn } from './en/desktop.ts';
import { desktopStateEn } from './en/desktop-state.ts';
import { dialogsEn } from './en/dialogs.ts';
import { noticesEn } from './en/notices.ts';
import { trayEn } from './en/tray.ts';
import type { Text } from './text.ts';
import type { Language } from './words.ts';

export const desktopEn = { ...trayEn, ...noticesEn, ...dialogsEn, ...desktopShellEn, ...desktopStateEn } as const;

export type DesktopKey = keyof typeof desktopEn;
export type DesktopMessages = Readonly<Record<DesktopKey, string>>;
export type DesktopText = Text<DesktopKey>;

export const desktopDe: DesktopMessages = {
  ...trayDe,
  ...noticesDe,
  ...dialogsDe,
  ...desktopShellDe,
  ...desktopStateDe,
};

export const desktopMessages: Readonly<Record<Language, DesktopMessages>> = { en: desktopEn, de: desktopDe };
