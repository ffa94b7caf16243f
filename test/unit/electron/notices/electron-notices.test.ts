import type { Notification, NotificationConstructorOptions } from 'electron';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  electronNotices,
  type SystemNotice,
  type SystemNotices,
} from '../../../../main/electron/notices/electron-notices.ts';
import type { Notice } from '../../../../main/electron/notices/notice.ts';

/** Electron's own class is one of these; the compiler says so. */
const isOne = (real: typeof Notification): SystemNotices => real;

type Listener = (...given: readonly never[]) => void;

let supported = true;
const made: FakeNotification[] = [];

class FakeNotification implements SystemNotice {
  static isSupported(): boolean {
    return supported;
  }
  readonly options: NotificationConstructorOptions;
  readonly #listeners = new Map<string, Listener>();
  state = 'made';

  constructor(options: NotificationConstructorOptions) {
    this.options = options;
    made.push(this);
  }

  on(event: string, listener: Listener): this {
    this.#listeners.set(event, listener);
    return this;
  }

  emit(event: string, ...given: readonly unknown[]): void {
    this.#listeners.get(event)?.(...(given as readonly never[]));
  }

  show(): void {
    this.state = 'shown';
  }

  close(): void {
    this.state = 'closed';
  }
}

const done: string[] = [];
const warnings: unknown[] = [];
const log = { warn: (message: string, fields?: object) => void warnings.push({ message, ...fields }) };
const notice: Notice = {
  ...{ kind: 'budget', title: 'Title', body: 'Body', open: () => void done.push('open') },
  actions: ['one', 'two'].map((label) => ({ label, run: () => void done.push(label) })),
};

function showOn(platform: NodeJS.Platform): (given: Notice) => { close(): void } {
  return electronNotices({ Notification: FakeNotification, icon: '/icon.png', platform, log });
}

beforeEach(() => {
  supported = true;
  for (const list of [made, done, warnings]) list.length = 0;
});

describe('a notification of the system', () => {
  it('has buttons on macOS and Windows, where Electron draws them', () => {
    const actions = [
      { type: 'button', text: 'one' },
      { type: 'button', text: 'two' },
    ];
    showOn('darwin')(notice);
    showOn('win32')(notice);
    showOn('linux')(notice);
    expect(made.map(({ options }) => options)).toEqual([
      { title: 'Title', body: 'Body', actions },
      { title: 'Title', body: 'Body', icon: '/icon.png', actions },
      { title: 'Title', body: 'Body', icon: '/icon.png', urgency: 'normal' },
    ]);
    expect(made.map(({ state }) => state)).toEqual(['shown', 'shown', 'shown']);
    expect(isOne).toBeTypeOf('function');
  });

  it('does what its buttons say, and opens its page by a click', () => {
    showOn('win32')(notice);
    made[0]?.emit('action', { actionIndex: 1 });
    made[0]?.emit('action', { actionIndex: 7 });
    made[0]?.emit('click', {});
    expect(done).toEqual(['two', 'open']);
  });

  it('is taken away once, and not after people closed it', () => {
    const show = showOn('linux');
    const [first, second, third] = [show(notice), show(notice), show(notice)];
    first.close();
    expect(made[0]?.state).toBe('closed');
    made[1]?.emit('close', { reason: 'userCanceled' });
    second.close();
    expect(made[1]?.state).toBe('shown');
    // It is in the list of the system still.
    made[2]?.emit('close', { reason: 'timedOut' });
    third.close();
    expect(made[2]?.state).toBe('closed');
  });

  it('is held so that it can be pressed, and of many the oldest goes', () => {
    const show = showOn('linux');
    for (let count = 0; count < 25; count++) show(notice);
    expect(made.filter(({ state }) => state === 'closed')).toHaveLength(5);
    expect(made[4]?.state).toBe('closed');
    expect(made[5]?.state).toBe('shown');
  });

  it('is left out where the system shows none, which is said once', () => {
    supported = false;
    const show = showOn('linux');
    show(notice).close();
    show(notice);
    expect(made).toEqual([]);
    expect(warnings).toHaveLength(1);
  });

  it('that could not be shown is said of once too', () => {
    const show = showOn('darwin');
    show(notice);
    show(notice);
    for (const one of made) one.emit('failed', {}, 'not signed');
    expect(warnings).toEqual([{ message: 'This system shows no notifications.', reason: 'not signed' }]);
  });
});
