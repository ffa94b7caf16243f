/** Notifications of the running app, put together with what remembers them and what draws them. */
import { join } from 'node:path';
import { Notification } from 'electron';
import type { DesktopText } from '../../shared/text/desktop.ts';
import type { Dispatch } from '../control/dispatch.ts';
import type { Events } from '../control/events.ts';
import type { Clock } from '../kit/clock.ts';
import type { Log } from '../kit/log.ts';
import { localTimeZone } from '../kit/time-zone.ts';
import { electronNotices } from './notices/electron-notices.ts';
import { createNoticeMemory } from './notices/notice-memory.ts';
import { createNotices, type Notices } from './notices/notices.ts';
import type { OwnDeeds } from './notices/own-deeds.ts';
import type { Preferences } from './preferences.ts';

export interface ShellNoticesOptions {
  readonly dispatch: Dispatch;
  readonly events: Events;
  readonly preferences: Preferences;
  readonly deeds: Pick<OwnDeeds, 'justDone'>;
  /** Id of the key of this program. */
  readonly ownKeyId: string;
  /** Electron's folder for this user. */
  readonly directory: string;
  /** Of the app, where the system shows none by itself. */
  readonly icon: string | undefined;
  readonly text: () => DesktopText;
  readonly goTo: (path: string) => void;
  readonly clock: Clock;
  readonly log: Log;
}

export function openShellNotices(options: ShellNoticesOptions): Notices {
  const { dispatch, events, preferences, deeds, ownKeyId, text, goTo, clock, log } = options;
  return createNotices({
    ...{ dispatch, events, clock, text, goTo, ownKeyId, log, timezone: localTimeZone },
    preferences: () => preferences.current,
    memory: createNoticeMemory({ file: join(options.directory, 'notices.json'), log }),
    show: electronNotices({ Notification, icon: options.icon, platform: process.platform, log }),
    justDone: deeds.justDone,
  });
}
