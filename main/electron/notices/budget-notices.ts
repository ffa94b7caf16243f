/** Notifications about budgets: a share was reached, a raise is asked for, a month will not last. */
import type { BudgetAlert, BudgetAsk, BudgetEntry } from '../../../shared/contract/budgets.ts';
import { picoToUsd, usdToPicoExact } from '../../../shared/domain/money.ts';
import type { DesktopText } from '../../../shared/text/desktop.ts';
import { outside, type Notice, type NoticeAction, type Offer } from './notice.ts';
import { dayLongMs, minuteMs, type NoticeTools } from './notice-tools.ts';

/** As the buttons in the window offer it (UX-30). */
const raiseUsd = '5';
/** How a budget does is asked for at most so often while money is spent. */
const lookEveryMs = 10 * minuteMs;
const projectionEveryMs = 7 * dayLongMs;
/** Less of a month's budget foretells nothing worth a word. */
const leastSpent = 0.1;

export class BudgetNotices {
  readonly #tools: NoticeTools;
  #lookedAt: number | undefined;
  #isLooking = false;

  constructor(tools: NoticeTools) {
    this.#tools = tools;
  }

  onAlert({ share, entry }: BudgetAlert): void {
    this.#tools.offer(this.#alertOffer(entry, share));
  }

  onAsked(asked: BudgetAsk): void {
    this.#tools.track(async () => {
      const entry = (await this.#list()).find(({ id, subject }) => id === asked.id && subject === asked.subject);
      // One that is used up was told of as that.
      if (entry === undefined || entry.state === 'exhausted') return;
      const remaining = asked.remaining_usd;
      this.#tools.offer({ ...this.#offerOf(entry, 'asked'), make: () => this.#askedNotice(entry, remaining) });
    });
  }

  /** Money was spent: now and then it is looked where that leads. */
  onSpent(): void {
    const now = this.#tools.clock.now();
    if (this.#lookedAt !== undefined && Math.abs(now - this.#lookedAt) < lookEveryMs) return;
    this.look();
  }

  /** What holds now, also where no event told of it. */
  look(): void {
    this.#lookedAt = this.#tools.clock.now();
    if (this.#isLooking) return;
    this.#isLooking = true;
    this.#tools.track(async () => {
      const entries = await this.#list();
      this.#isLooking = false;
      for (const entry of entries) {
        if (entry.state === 'exhausted') this.#tools.offer(this.#alertOffer(entry, 1));
        else if (endsEarly(entry)) this.#tools.offer(this.#projectionOffer(entry));
      }
    });
  }

  /** To be told at the end of quiet hours: those of these that are still used up. */
  async stillUsedUp(held: readonly { readonly id: string; readonly subject: string | null }[]): Promise<Offer[]> {
    if (held.length === 0) return [];
    return (await this.#list())
      .filter(({ id, subject, state }) => {
        const isHeld = held.some((one) => one.id === id && one.subject === subject);
        return isHeld && state === 'exhausted';
      })
      .map((entry) => this.#alertOffer(entry, 1));
  }

  async #list(): Promise<readonly BudgetEntry[]> {
    const reply = await this.#tools.ask('budgets.list', {});
    return reply.ok ? reply.value.budgets : [];
  }

  /** Once in its window for each level; a raise makes another budget of it. */
  #offerOf(entry: BudgetEntry, level: string): Omit<Offer, 'make'> {
    const { id, subject, since, raised_usd, resets_at } = entry;
    return {
      kind: 'budget',
      rule: ['budget', level, id, subject, since, raised_usd].join(' '),
      until: resets_at === null ? this.#tools.clock.now() + dayLongMs : Date.parse(resets_at),
      about: nameOf(entry),
      subject: `budget:${id}`,
    };
  }

  #alertOffer(entry: BudgetEntry, share: number): Offer {
    const { id, subject } = entry;
    const isUsedUp = entry.state === 'exhausted' || share >= 1;
    return {
      ...this.#offerOf(entry, isUsedUp ? 'used up' : String(share)),
      later: isUsedUp ? { what: 'budget', id, subject } : undefined,
      make: () => this.#alertNotice(entry, isUsedUp),
    };
  }

  #projectionOffer(entry: BudgetEntry): Offer {
    return {
      ...this.#offerOf(entry, 'projection'),
      kind: 'projection',
      rule: `projection ${nameOf(entry)}`,
      until: this.#tools.clock.now() + projectionEveryMs,
      make: () => this.#projectionNotice(entry),
    };
  }

  async #alertNotice(entry: BudgetEntry, isUsedUp: boolean): Promise<Notice> {
    const text = this.#tools.text();
    const [scope, limit] = [scopeName(entry, text), limitOf(entry)];
    const share = text.percent(Number(entry.spent_usd) / Number(limit));
    const sentences = [
      text.t('notice.budget.body', {
        spent: text.money(entry.spent_usd),
        limit: text.money(limit),
        period: entry.period,
      }),
      ...(isUsedUp ? [consequence(entry, text)] : []),
    ];
    return {
      kind: 'budget',
      title: text.t(isUsedUp ? 'notice.budget.usedUp' : 'notice.budget.share', { scope, share }),
      body: sentences.join(' '),
      ...(await this.#doors(entry)),
    };
  }

  async #askedNotice(entry: BudgetEntry, remaining: string): Promise<Notice> {
    const text = this.#tools.text();
    return {
      kind: 'budget',
      title: text.t('notice.budget.asked', { scope: scopeName(entry, text) }),
      body: text.t('notice.budget.asked.body', { left: text.money(remaining), limit: text.money(limitOf(entry)) }),
      ...(await this.#doors(entry)),
    };
  }

  #projectionNotice(entry: BudgetEntry): Notice {
    const text = this.#tools.text();
    const open = this.#why(entry);
    return {
      kind: 'projection',
      title: text.t('notice.projection.title', { scope: scopeName(entry, text) }),
      body: text.t('notice.projection.body', {
        limit: text.money(limitOf(entry)),
        when: text.date(entry.exhausted_at ?? ''),
      }),
      open,
      actions: [{ label: text.t('notice.why'), run: open }],
    };
  }

  async #doors(entry: BudgetEntry): Promise<Pick<Notice, 'open' | 'actions'>> {
    const { text, act } = this.#tools;
    const { t } = text();
    const open = this.#why(entry);
    const local = await this.#localModel();
    const actions: NoticeAction[] = [...this.#raise(entry)];
    if (local !== undefined)
      actions.push({ label: t('notice.useLocal'), run: () => act('budget', 'models.choose', { model: local }) });
    actions.push({ label: t('notice.why'), run: open });
    return { open, actions };
  }

  /** A conversation has its budget for itself, and a new one begins anew: that is raised where it is seen. */
  #raise(entry: BudgetEntry): NoticeAction[] {
    const { id, subject, period, state, enforced } = entry;
    if (period === 'session' || state === 'unknown' || enforced) return [];
    const { text, act } = this.#tools;
    const { t, money } = text();
    const input = { id, by_usd: raiseUsd, note: t('notice.budget.note'), ...(subject === null ? {} : { subject }) };
    const label = t(period === 'day' ? 'notice.budget.raiseToday' : 'notice.budget.raise', { amount: money(raiseUsd) });
    return [{ label, run: () => act('budget', 'budgets.raise', input) }];
  }

  /** A favourite before others. */
  async #localModel(): Promise<string | undefined> {
    const providers = await this.#tools.ask('providers.list', {});
    const local = new Set(
      (providers.ok ? providers.value.providers : [])
        .filter((one) => one.local && one.kind !== 'demo')
        .map(({ id }) => id),
    );
    if (local.size === 0) return undefined;
    const models = await this.#tools.ask('models.list', {});
    const own = (models.ok ? models.value.models : []).filter(({ provider, chat }) => chat && local.has(provider));
    return (own.find(({ favourite }) => favourite) ?? own[0])?.id;
  }

  #why({ id }: BudgetEntry): () => void {
    return () => this.#tools.goTo(`/usage?budget=${encodeURIComponent(id)}`);
  }
}

function endsEarly({ period, exhausted_at, spent_usd, limit_usd }: BudgetEntry): boolean {
  return period === 'month' && exhausted_at !== null && Number(spent_usd) >= Number(limit_usd) * leastSpent;
}

function nameOf({ id, subject }: BudgetEntry): string {
  return `${id} ${subject ?? ''}`;
}

/** With what it was raised by. */
function limitOf({ limit_usd, raised_usd }: BudgetEntry): string {
  return picoToUsd((usdToPicoExact(limit_usd) ?? 0n) + (usdToPicoExact(raised_usd) ?? 0n));
}

function scopeName({ scope, subject, match }: BudgetEntry, { t }: DesktopText): string {
  const name = outside(subject ?? match ?? '');
  return name === '' ? t('notice.budget.scope', { scope }) : name;
}

/** What becomes of the requests that it counts. */
function consequence({ action, resets_at }: BudgetEntry, text: DesktopText): string {
  if (action === 'alert') return text.t('notice.budget.then.alert');
  if (action.startsWith('downgrade:'))
    return text.t('notice.budget.then.downgrade', { alias: outside(action.slice('downgrade:'.length)) });
  return resets_at === null
    ? text.t('notice.budget.then.refused')
    : text.t('notice.budget.then.refusedUntil', { when: text.dateTime(resets_at) });
}
