/** Notifications: follows the events, has each kind's rules look at them, and shows what may be shown (UX-30, UX-31). */
import type { AnyEvent, CallInput, CallName } from '../../../shared/contract/contract.ts';
import type { DesktopPreferences, NoticeKind } from '../../../shared/contract/desktop.ts';
import type { DesktopText } from '../../../shared/text/desktop.ts';
import type { Dispatch } from '../../control/dispatch.ts';
import type { Events } from '../../control/events.ts';
import type { Clock } from '../../kit/clock.ts';
import type { Log } from '../../kit/log.ts';
import { zoneNamed, type Zone } from '../../kit/zone.ts';
import { BudgetNotices } from './budget-notices.ts';
import { BundleNotices } from './bundle-notices.ts';
import { ClientNotices } from './client-notices.ts';
import { MaskedNotices } from './masked-notices.ts';
import { outside, type Held, type Offer, type ShowNotice } from './notice.ts';
import { NoticeBook } from './notice-book.ts';
import { NoticeGate } from './notice-gate.ts';
import type { NoticeMemory } from './notice-memory.ts';
import type { NoticeTools } from './notice-tools.ts';
import { quietUntil } from './quiet-hours.ts';
import { TrafficNotices } from './traffic-notices.ts';
import { UpdateNotices } from './update-notices.ts';

export interface NoticesOptions {
  readonly events: Pick<Events, 'subscribe'>;
  readonly dispatch: Pick<Dispatch, 'ask'>;
  readonly clock: Pick<Clock, 'now'>;
  /** IANA name of the zone of the clock on the wall; asked each time, for people travel. */
  readonly timezone: () => string;
  readonly preferences: () => DesktopPreferences;
  readonly text: () => DesktopText;
  readonly memory: NoticeMemory;
  readonly show: ShowNotice;
  /** Opens the window on this page. */
  readonly goTo: (path: string) => void;
  /** As `OwnDeeds` has it. */
  readonly justDone: (subject: string) => boolean;
  /** The key of this program: what came with it was tried at the window, which shows what came of it. */
  readonly ownKeyId: string;
  readonly log: Pick<Log, 'error'>;
}

export interface Notices {
  /** The machine slept: what was waited for may be over. */
  wake(): void;
  /** Resolves once nothing is shown any more and what was told is kept. */
  stop(): Promise<void>;
}

const longestReason = 200;

/** Follows the events from now on. Nothing runs while nothing happens, but for a moment that is waited for. */
export function createNotices(options: NoticesOptions): Notices {
  const notices = new RunningNotices(options);
  return { wake: () => notices.wake(), stop: () => notices.stop() };
}

class RunningNotices {
  readonly #options: NoticesOptions;
  readonly #gate: NoticeGate;
  readonly #book: NoticeBook;
  readonly #budgets: BudgetNotices;
  readonly #traffic: TrafficNotices;
  readonly #masked: MaskedNotices;
  readonly #clients: ClientNotices;
  readonly #bundles: BundleNotices;
  readonly #updates: UpdateNotices;
  readonly #subscription: ReturnType<Events['subscribe']>;
  readonly #following: Promise<void>;
  readonly #underWay = new Set<Promise<void>>();
  #isStopped = false;

  constructor(options: NoticesOptions) {
    this.#options = options;
    const { clock, preferences, text, show, goTo, justDone, log } = options;
    const zone = (): Zone => zoneNamed(options.timezone());
    const book = new NoticeBook(options.memory, clock);
    this.#book = book;
    const stillHolds = (held: readonly Held[]): Promise<readonly Offer[]> => this.#stillHolds(held);
    const common = { clock, zone, text, book, goTo, justDone };
    this.#gate = new NoticeGate({ ...common, preferences, show, stillHolds, log });
    const tools: NoticeTools = {
      ...common,
      ask: (name, input) => options.dispatch.ask(name, input),
      act: (kind, name, input) => this.#act(kind, name, input),
      isWanted: (kind) => preferences().notices[kind],
      offer: (offer) => this.#gate.offer(offer),
      track: (work) => this.#track(work),
    };
    this.#budgets = new BudgetNotices(tools);
    this.#traffic = new TrafficNotices(tools);
    this.#masked = new MaskedNotices(tools, (now) => quietUntil(now, preferences().quiet_hours, zone()));
    this.#clients = new ClientNotices(tools);
    this.#bundles = new BundleNotices(tools);
    this.#updates = new UpdateNotices(tools);
    this.#subscription = options.events.subscribe();
    this.#following = this.#follow();
  }

  wake(): void {
    if (this.#isStopped) return;
    for (const part of [this.#gate, this.#masked, this.#clients, this.#updates]) part.wake();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#subscription.stop();
    await this.#following;
    for (const part of [this.#masked, this.#clients, this.#updates]) part.stop();
    await Promise.all(this.#underWay);
    await this.#gate.stop();
    await this.#book.keep();
  }

  async #follow(): Promise<void> {
    await this.#book.open();
    this.#gate.wake();
    this.#masked.resume();
    this.#budgets.look();
    this.#clients.look();
    for await (const event of this.#subscription) {
      try {
        this.#onEvent(event);
      } catch (error) {
        this.#options.log.error('A notification could not be made.', { event: event.event, error });
      }
    }
  }

  #onEvent(event: AnyEvent): void {
    switch (event.event) {
      case 'budget.alert':
        this.#budgets.onAlert(event.data);
        return;
      case 'budget.asked':
        this.#budgets.onAsked(event.data);
        return;
      case 'health.changed':
        this.#traffic.onHealth(event.data);
        return;
      case 'exchange.closed':
        // Also what was tried here costs money and is masked.
        this.#masked.onClosed(event.data);
        if (Number(event.data.cost_usd ?? 0) > 0) this.#budgets.onSpent();
        if (event.data.key !== this.#options.ownKeyId) this.#traffic.onClosed(event.data);
        return;
      case 'config.changed':
        // One that is broken is not in force.
        if (event.data.problems === 0) this.#clients.look();
        return;
      case 'desktop.changed':
        this.#gate.wake();
        this.#updates.onState(event.data);
        return;
      case 'bundle.notice':
        this.#bundles.onNotice(event.data);
        return;
      case 'events.dropped':
        // An alert may have been among them, or the end of a key.
        this.#budgets.look();
        this.#clients.look();
        return;
      default:
    }
  }

  async #stillHolds(held: readonly Held[]): Promise<readonly Offer[]> {
    const budgets = held.flatMap((one) => (one.what === 'budget' ? [one] : []));
    const isUpdate = held.some(({ what }) => what === 'update');
    const [usedUp, updates] = await Promise.all([
      this.#budgets.stillUsedUp(budgets),
      isUpdate ? this.#updates.stillThere() : [],
    ]);
    return [...usedUp, ...updates];
  }

  #act<Name extends CallName>(kind: NoticeKind, name: Name, input: CallInput<Name>): void {
    this.#track(async () => {
      const reply = await this.#options.dispatch.ask(name, input);
      if (reply.ok) return;
      const { text, goTo } = this.#options;
      const open = (): void => goTo('/');
      const title = text().t('notice.failed');
      this.#gate.answer({ kind, title, body: outside(reply.error.message, longestReason), open, actions: [] });
    });
  }

  #track(work: () => Promise<void>): void {
    const tracked = work()
      .catch((error: unknown) => this.#options.log.error('A notification could not be made.', { error }))
      .finally(() => this.#underWay.delete(tracked));
    this.#underWay.add(tracked);
  }
}
