/** The notification that a newer version is there: ready to be started, or, where it is only looked for, to be had. */
import type { DesktopPreferences, DesktopState, UpdateState } from '../../../shared/contract/desktop.ts';
import { Alarm } from './alarm.ts';
import { forever, outside, type Notice, type Offer } from './notice.ts';
import { minuteMs, type NoticeTools } from './notice-tools.ts';

/** Where it is fetched by itself, that has begun by then: what is still only available will stay so. */
const fetchBeginsMs = 10 * minuteMs;

export class UpdateNotices {
  readonly #tools: NoticeTools;
  readonly #still: Alarm;
  /** Waits for its download to begin. */
  #available: UpdateState | undefined;

  constructor(tools: NoticeTools) {
    this.#tools = tools;
    this.#still = new Alarm(tools.clock, () => this.#tellAvailable());
  }

  onState({ updates, preferences }: Pick<DesktopState, 'updates' | 'preferences'>): void {
    if (updates.state !== 'available') {
      this.#wait(undefined);
      const offer = this.#offerOf(updates);
      if (offer !== undefined) this.#tools.offer(offer);
    } else if (waitsForFetch(preferences)) {
      if (this.#available?.version !== updates.version) this.#wait(updates);
    } else {
      this.#wait(undefined);
      this.#tell(updates);
    }
  }

  /** At the end of quiet hours: what is there now. */
  async stillThere(): Promise<Offer[]> {
    const reply = await this.#tools.ask('desktop.state', {});
    const offer = reply.ok ? this.#offerOf(reply.value.updates) : undefined;
    return offer === undefined ? [] : [offer];
  }

  /** The machine slept. */
  wake(): void {
    this.#still.recheck();
  }

  stop(): void {
    this.#wait(undefined);
  }

  #wait(updates: UpdateState | undefined): void {
    this.#available = updates;
    this.#still.set(updates === undefined ? undefined : this.#tools.clock.now() + fetchBeginsMs);
  }

  #tellAvailable(): void {
    const updates = this.#available;
    if (updates !== undefined) this.#tell(updates);
  }

  #tell(updates: UpdateState): void {
    const offer = this.#offerOf(updates);
    if (offer !== undefined) this.#tools.offer(offer);
  }

  /** Once for each version and what can be done with it. */
  #offerOf({ state, version }: UpdateState): Offer | undefined {
    if (state !== 'ready' && state !== 'available') return undefined;
    return {
      kind: 'update',
      rule: `update ${state} ${version ?? ''}`,
      until: forever,
      about: 'update',
      subject: 'update',
      later: { what: 'update' },
      make: () => this.#notice(state, version ?? ''),
    };
  }

  #notice(state: 'ready' | 'available', version: string): Notice {
    const { text, goTo, act } = this.#tools;
    const { t } = text();
    const open = (): void => goTo('/settings?at=updates');
    const later = { label: t('notice.update.later'), run: () => undefined };
    const values = { version: outside(version, 24) };
    return state === 'ready'
      ? {
          ...{ kind: 'update', open, title: t('notice.update.ready', values), body: t('notice.update.ready.body') },
          actions: [{ label: t('notice.update.restart'), run: () => act('update', 'updates.install', {}) }, later],
        }
      : {
          ...{ kind: 'update', open, title: t('notice.update.available', values) },
          body: t('notice.update.available.body'),
          actions: [{ label: t('notice.open'), run: open }, later],
        };
  }
}

function waitsForFetch({ updates }: DesktopPreferences): boolean {
  return updates === 'automatic';
}
