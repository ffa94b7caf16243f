/** Draws notifications with Electron, and keeps them for as long as people can press something on them. */
import type { NativeImage, NotificationConstructorOptions } from 'electron';
import type { Log } from '../../kit/log.ts';
import type { Notice, ShowNotice } from './notice.ts';

/** The part of Electron's `Notification` that is used. */
export interface SystemNotice {
  on(event: 'click', listener: () => void): unknown;
  on(event: 'action', listener: (details: { readonly actionIndex: number }) => void): unknown;
  on(event: 'close', listener: (details: { readonly reason?: string }) => void): unknown;
  on(event: 'failed', listener: (event: unknown, error: string) => void): unknown;
  show(): void;
  close(): void;
}

export interface SystemNotices {
  new (options: NotificationConstructorOptions): SystemNotice;
  isSupported(): boolean;
}

export interface ElectronNoticesOptions {
  readonly Notification: SystemNotices;
  /** macOS shows that of the app. */
  readonly icon: NativeImage | string | undefined;
  readonly platform: NodeJS.Platform;
  readonly log: Pick<Log, 'warn'>;
}

/** One that nobody holds is collected, and its buttons do nothing from then on; so many are held. */
const maxKept = 20;

/** Where the system shows no notifications they are left out, which the log says once. */
export function electronNotices({ Notification, icon, platform, log }: ElectronNoticesOptions): ShowNotice {
  const kept = new Set<SystemNotice>();
  // Electron draws buttons on macOS and Windows; elsewhere a click on the whole does what the first of a page would.
  const hasButtons = platform === 'darwin' || platform === 'win32';
  let isFailureTold = false;

  function fails(reason: string): void {
    if (isFailureTold) return;
    isFailureTold = true;
    log.warn('This system shows no notifications.', { reason });
  }

  function optionsOf({ title, body, actions }: Notice): NotificationConstructorOptions {
    return {
      ...{ title, body },
      ...(icon === undefined || platform === 'darwin' ? {} : { icon }),
      // Electron's own default is `low`, which GNOME does not show over what people do.
      ...(platform === 'linux' ? { urgency: 'normal' } : {}),
      ...(hasButtons ? { actions: actions.map(({ label }) => ({ type: 'button', text: label })) } : {}),
    };
  }

  function keep(shown: SystemNotice): void {
    kept.add(shown);
    const [oldest] = kept;
    if (kept.size <= maxKept || oldest === undefined) return;
    kept.delete(oldest);
    oldest.close();
  }

  return (notice) => {
    if (!Notification.isSupported()) {
      fails('there is no service for them');
      return { close: () => undefined };
    }
    const shown = new Notification(optionsOf(notice));
    const done = (): void => void kept.delete(shown);
    shown.on('click', () => {
      done();
      notice.open();
    });
    shown.on('action', ({ actionIndex }) => {
      done();
      notice.actions[actionIndex]?.run();
    });
    shown.on('close', ({ reason }) => {
      // Off the screen, it is still in the list of the system, where people press it later.
      if (reason !== 'timedOut' && reason !== 'applicationHidden') done();
    });
    shown.on('failed', (_event, error) => {
      done();
      fails(error);
    });
    keep(shown);
    shown.show();
    return {
      close() {
        if (!kept.delete(shown)) return;
        shown.close();
      },
    };
  };
}
