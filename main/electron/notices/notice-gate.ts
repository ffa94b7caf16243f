/** Decides of everything that could be told whether it is: by kind, period, quiet hours, and how much people can bear. */
import type { DesktopPreferences } from '../../../shared/contract/desktop.ts';
import type { DesktopText } from '../../../shared/text/desktop.ts';
import type { Clock } from '../../kit/clock.ts';
import type { Log } from '../../kit/log.ts';
import { RecentMap } from '../../kit/recent-map.ts';
import type { Zone } from '../../kit/zone.ts';
import { Alarm } from './alarm.ts';
import type { Held, Notice, Offer, OfferOutcome, ShowNotice, ShownNotice } from './notice.ts';
import type { NoticeBook } from './notice-book.ts';
import { quietUntil } from './quiet-hours.ts';

/** More is noise, whatever it says: the rest is told together later. */
const mostAnHour = 6;
/** Of one kind, so that one thing that goes wrong leaves room for others. */
const mostOfAKind = 3;
const hourMs = 3_600_000;
/** A digest names a few and counts the rest. */
const digestLines = 4;
const maxWaiting = 20;
/** Those that may still be seen; older ones are the system's to keep. */
const maxShown = 20;

export interface NoticeGateOptions {
  readonly clock: Pick<Clock, 'now'>;
  readonly zone: () => Zone;
  readonly preferences: () => DesktopPreferences;
  readonly text: () => DesktopText;
  readonly book: NoticeBook;
  readonly show: ShowNotice;
  readonly goTo: (path: string) => void;
  readonly justDone: (subject: string) => boolean;
  /** Those of what was held back that still hold. */
  readonly stillHolds: (held: readonly Held[]) => Promise<readonly Offer[]>;
  readonly log: Pick<Log, 'error'>;
}

export class NoticeGate {
  readonly #options: NoticeGateOptions;
  readonly #quietEnd: Alarm;
  readonly #roomAgain: Alarm;
  readonly #shown = new RecentMap<ShownNotice>(maxShown);
  /** One after the other: what was offered later must not be replaced by what took longer to say. */
  #line: Promise<void> = Promise.resolve();
  /** Of the last hour, oldest first. */
  #recent: { readonly at: number; readonly kind: Notice['kind'] | undefined }[] = [];
  #waiting: Offer[] = [];
  #waitingMore = 0;
  #stopped = false;

  constructor(options: NoticeGateOptions) {
    this.#options = options;
    this.#quietEnd = new Alarm(options.clock, () => this.wake());
    this.#roomAgain = new Alarm(options.clock, () => this.#tellWaiting());
  }

  /** Never throws. What is told is on its way when this returns. */
  offer(offer: Offer): OfferOutcome {
    const { clock, preferences, book, justDone } = this.#options;
    const now = clock.now();
    if (this.#stopped || !preferences().notices[offer.kind] || book.isTold(offer.rule, now)) return 'dropped';
    if (offer.subject !== undefined && justDone(offer.subject)) {
      // Who did it knows it, now and for the rest of the period.
      book.tell(offer.rule, offer.until);
      return 'dropped';
    }
    if (this.#isQuiet(now)) {
      if (offer.later === undefined) return 'dropped';
      book.tell(offer.rule, offer.until);
      this.#hold(offer.later);
      return 'held';
    }
    book.tell(offer.rule, offer.until);
    this.#tell(offer);
    return 'told';
  }

  /** Shows at once what answers something people just pressed: for that there is no quiet and no too much. */
  answer(notice: Notice): void {
    if (!this.#stopped) this.#options.show(notice);
  }

  /** Preferences may have changed, quiet hours have ended, or the machine slept: what is held is told if its time has come. */
  wake(): void {
    this.#roomAgain.recheck();
    const { clock, preferences, book, zone } = this.#options;
    if (this.#stopped || book.held.length === 0) {
      this.#quietEnd.set(undefined);
      return;
    }
    const until = quietUntil(clock.now(), preferences().quiet_hours, zone());
    this.#quietEnd.set(until);
    if (until === undefined) this.#next(() => this.#tellHeld());
  }

  /** Resolves when nothing is on its way any more. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#quietEnd.set(undefined);
    this.#roomAgain.set(undefined);
    this.#waiting = [];
    await this.#line;
    // Their buttons would do nothing any more.
    for (const shown of this.#shown.values()) shown.close();
  }

  #isQuiet(now: number): boolean {
    return quietUntil(now, this.#options.preferences().quiet_hours, this.#options.zone()) !== undefined;
  }

  #hold(held: Held): void {
    this.#options.book.hold(held);
    this.wake();
  }

  async #tellHeld(): Promise<void> {
    const { book, preferences, stillHolds } = this.#options;
    const offers = await stillHolds(book.takeHeld());
    const wanted = offers.filter(({ kind }) => preferences().notices[kind]);
    const [first] = wanted;
    if (first === undefined || this.#stopped) return;
    if (wanted.length === 1) this.#tell(first);
    else if (this.#hasRoom(undefined, this.#options.clock.now()))
      await this.#tellTogether(wanted, 0, 'notice.digest.quiet');
    else for (const offer of wanted) this.#wait(offer);
  }

  #tell(offer: Offer): void {
    const now = this.#options.clock.now();
    if (this.#hasRoom(offer.kind, now)) {
      this.#recent.push({ at: now, kind: offer.kind });
      this.#next(() => this.#show(offer.about, offer.make));
      return;
    }
    this.#wait(offer);
  }

  #wait(offer: Offer): void {
    if (this.#waiting.length === 0) this.#roomAgain.set(this.#roomAt(this.#options.clock.now()));
    if (this.#waiting.length < maxWaiting) this.#waiting.push(offer);
    else this.#waitingMore += 1;
  }

  /** `undefined`: several kinds together. */
  #hasRoom(kind: Notice['kind'] | undefined, now: number): boolean {
    this.#recent = this.#recent.filter(({ at }) => at <= now && now - at < hourMs);
    const ofKind = this.#recent.filter((one) => one.kind === kind).length;
    return this.#recent.length < mostAnHour && (kind === undefined || ofKind < mostOfAKind);
  }

  /** An hour after the oldest, whatever kind it was of: until then it is calm enough to wait. */
  #roomAt(now: number): number {
    return (this.#recent[0]?.at ?? now) + hourMs;
  }

  #tellWaiting(): void {
    const now = this.#options.clock.now();
    const [waiting, more] = [this.#waiting, this.#waitingMore];
    this.#waiting = [];
    this.#waitingMore = 0;
    if (this.#isQuiet(now)) {
      for (const { later } of waiting) if (later !== undefined) this.#hold(later);
      return;
    }
    const [first] = waiting;
    if (first === undefined) return;
    if (waiting.length === 1 && more === 0) this.#tell(first);
    else this.#next(() => this.#tellTogether(waiting, more, 'notice.digest.more'));
  }

  async #tellTogether(
    offers: readonly Offer[],
    more: number,
    title: 'notice.digest.more' | 'notice.digest.quiet',
  ): Promise<void> {
    const { clock, text, goTo } = this.#options;
    this.#recent.push({ at: clock.now(), kind: undefined });
    const named = await Promise.all(offers.slice(0, digestLines).map(async ({ make }) => await make()));
    const { t } = text();
    const kind = offers[0]?.kind ?? 'budget';
    const rest = offers.length + more - named.length;
    const lines = [...named.map((one) => one.title), ...(rest > 0 ? [t('notice.digest.rest', { count: rest })] : [])];
    const open = (): void => goTo('/');
    await this.#show('digest', () => ({
      ...{ kind, open, title: t(title, { count: offers.length + more }), body: lines.join('\n') },
      actions: [{ label: t('notice.open'), run: open }],
    }));
  }

  async #show(about: string, make: Offer['make']): Promise<void> {
    const notice = await make();
    if (this.#stopped) return;
    this.#shown.peek(about)?.close();
    this.#shown.set(about, this.#options.show(notice));
  }

  #next(work: () => Promise<void>): void {
    this.#line = this.#line
      .then(work)
      .catch((error: unknown) => this.#options.log.error('A notification could not be shown.', { error }));
  }
}
