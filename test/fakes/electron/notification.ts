// Notifications, as the system would have shown them; a test clicks them.
import { EventEmitter } from 'node:events';
import type { NotificationConstructorOptions } from 'electron';
import { guarded, standIn, type Members } from './guarded.ts';
import { note, refusable, settings, stage } from './stage.ts';

const shownNow = new Map<number, StandInNotification>();
let last = 0;

class StandInNotification extends EventEmitter {
  title: string;
  subtitle: string;
  body: string;
  silent: boolean;
  urgency: 'normal' | 'critical' | 'low';
  timeoutType: 'default' | 'never';
  hasReply: boolean;
  closeButtonText: string;
  actions: Electron.NotificationAction[];
  private readonly number_: number;

  constructor(options: NotificationConstructorOptions = {}) {
    super();
    last += 1;
    this.number_ = last;
    this.title = options.title ?? '';
    this.subtitle = options.subtitle ?? '';
    this.body = options.body ?? '';
    this.silent = options.silent ?? false;
    this.urgency = options.urgency ?? 'normal';
    this.timeoutType = options.timeoutType ?? 'default';
    this.hasReply = options.hasReply ?? false;
    this.closeButtonText = options.closeButtonText ?? '';
    this.actions = options.actions ?? [];
    return standIn<Electron.Notification>('Notification', this) as unknown as StandInNotification;
  }
  show(): void {
    if (!stage.ready) throw new Error('Cannot show a Notification before app is ready');
    if (settings.notifications === false) {
      this.emit('failed', refusable({}), 'notifications are not available');
      return;
    }
    shownNow.delete(this.number_);
    shownNow.set(this.number_, this);
    note('notification', this.describe_());
    this.emit('show', refusable({}));
  }
  close(): void {
    if (shownNow.delete(this.number_)) this.emit('close', refusable({ reason: 'applicationHidden' }));
  }
  describe_(): object {
    const { number_: number, title, subtitle, body, silent, urgency, actions } = this;
    return { number, title, subtitle, body, silent, urgency, actions: actions.map(({ text }) => text ?? '') };
  }
  /** By people: the text itself, or the action that says `action`. */
  act_(action: string | undefined): void {
    if (action === undefined) {
      this.emit('click', refusable({}));
      return;
    }
    const actionIndex = this.actions.findIndex(({ text }) => text === action);
    if (actionIndex < 0)
      throw new Error(
        `the notification has no action “${action}”: ${this.actions.map(({ text }) => text).join(' | ')}`,
      );
    this.emit('action', refusable({ actionIndex, selectionIndex: -1 }), actionIndex, -1);
  }
  dismiss_(): void {
    if (shownNow.delete(this.number_)) this.emit('close', refusable({ reason: 'userCanceled' }));
  }
  static isSupported(): boolean {
    return settings.notifications !== false;
  }
}
const typed: Members<typeof Electron.Notification> = StandInNotification;
export const Notification = guarded('Notification', typed) as unknown as typeof StandInNotification;

export function notificationsNow(): readonly StandInNotification[] {
  return [...shownNow.values()];
}

/** The latest whose title is this, or begins so with `*`. */
export function notificationTitled(title: string): StandInNotification {
  const found = notificationsNow().findLast(
    (one) => one.title === title || (title.endsWith('*') && one.title.startsWith(title.slice(0, -1))),
  );
  if (found === undefined)
    throw new Error(
      `no notification “${title}” is shown: ${notificationsNow()
        .map((one) => one.title)
        .join(' | ')}`,
    );
  return found;
}
