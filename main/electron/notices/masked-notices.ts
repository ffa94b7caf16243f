/** The digest of what was masked: how much and for whom, once a day at most, and never what it was. */
import type { ExchangeEntry } from '../../../shared/contract/traffic.ts';
import { RecentMap } from '../../kit/recent-map.ts';
import { Alarm } from './alarm.ts';
import { outside, type Notice } from './notice.ts';
import type { MaskedDay } from './notice-book.ts';
import { leadingTo, minuteMs, type NoticeTools } from './notice-tools.ts';
import { endOfDay } from './quiet-hours.ts';
import { dayMs, startOfDay } from '../../kit/zone.ts';

/** A first one is soon followed by others. */
const gatherMs = 30 * minuteMs;
const maxClients = 20;
const maxSessions = 1_000;
const maxClientChars = 64;
const namedClients = 3;

interface Found {
  readonly secrets: number;
  readonly others: number;
}

export class MaskedNotices {
  readonly #tools: NoticeTools;
  readonly #quietEnd: (now: number) => number | undefined;
  readonly #due: Alarm;
  /** A conversation is sent again with each turn: its secrets count once. */
  readonly #sessions = new RecentMap<Found>(maxSessions);

  /** It was told today; until the day ends there is nothing to count. */
  #toldUntil = 0;

  constructor(tools: NoticeTools, quietEnd: (now: number) => number | undefined) {
    this.#tools = tools;
    this.#quietEnd = quietEnd;
    this.#due = new Alarm(tools.clock, () => this.#tell());
  }

  /** What an earlier run counted and did not tell. */
  resume(): void {
    this.#due.set(this.#tools.book.masked?.due);
  }

  onClosed(entry: ExchangeEntry): void {
    const { book, clock, zone, isWanted } = this.#tools;
    if (entry.masked <= 0 || !isWanted('masked')) return;
    const now = clock.now();
    // A clock that was put back by more than that is on another day.
    if (now < this.#toldUntil && this.#toldUntil - now < 2 * dayMs) return;
    // While something waits, this is still its day; to look at a calendar takes longer than all the rest.
    const day = book.masked?.day ?? zone().dateAt(now);
    if (book.isTold(ruleOf(day), now)) {
      this.#toldUntil = startOfDay(day + dayMs, zone());
      return;
    }
    const found = this.#newIn(entry);
    if (found.secrets + found.others === 0) return;
    const before = book.masked;
    const due = before?.due ?? Math.min(now + gatherMs, endOfDay(now, zone()));
    book.masked = { day, due, clients: added(before?.clients ?? {}, entry.client, found) };
    if (before === undefined) this.#due.set(due);
    book.changed();
  }

  /** The machine slept. */
  wake(): void {
    this.#due.recheck();
  }

  stop(): void {
    this.#due.set(undefined);
  }

  /** What this exchange has more than its conversation had before. */
  #newIn({ masked, masked_kinds, session, client, key }: ExchangeEntry): Found {
    const secrets = Math.min(masked_kinds?.secrets ?? 0, masked);
    const all = { secrets, others: masked - secrets };
    if (session === null) return all;
    const name = `${key ?? ''}\n${client ?? ''}\n${session}`;
    const before = this.#sessions.get(name) ?? { secrets: 0, others: 0 };
    this.#sessions.set(name, {
      secrets: Math.max(before.secrets, all.secrets),
      others: Math.max(before.others, all.others),
    });
    return {
      secrets: Math.max(0, all.secrets - before.secrets),
      others: Math.max(0, all.others - before.others),
    };
  }

  #tell(): void {
    const { book, clock, zone, offer } = this.#tools;
    const { masked } = book;
    if (masked === undefined) return;
    const now = clock.now();
    const dayEnd = startOfDay(masked.day + dayMs, zone());
    const quietEnd = this.#quietEnd(now);
    // Within the day it can wait for the end of quiet hours; a count of yesterday wakes nobody either.
    if (quietEnd !== undefined && quietEnd < dayEnd) {
      book.masked = { ...masked, due: quietEnd };
      this.#due.set(quietEnd);
    } else {
      book.masked = undefined;
      const rule = ruleOf(masked.day);
      offer({ kind: 'masked', rule, until: now + dayMs * 2, about: 'masked', make: () => this.#notice(masked, now) });
    }
    book.changed();
  }

  async #notice({ day, clients }: MaskedDay, now: number): Promise<Notice> {
    const { text, ask, zone } = this.#tools;
    const { t, date } = text();
    const sums = Object.entries(clients).map(([client, { secrets, others }]) => ({ client, secrets, others }));
    const total = (one: Found): number => one.secrets + one.others;
    sums.sort((a, b) => total(b) - total(a));
    const [secrets, others] = (['secrets', 'others'] as const).map((kind) =>
      sums.reduce((sum, one) => sum + one[kind], 0),
    ) as [number, number];
    const reply = await ask('clients.list', {});
    const names = new Map((reply.ok ? reply.value.clients : []).map(({ id, name }) => [id, name]));
    const nameOf = (client: string): string => {
      const name = outside(names.get(client) ?? client);
      return name === '' ? t('notice.masked.unnamed') : name;
    };
    const [first] = sums;
    const where = sums.length === 1 && first !== undefined ? nameOf(first.client) : '';
    const shown = sums
      .slice(0, namedClients)
      .map((one) => t('notice.masked.client', { client: nameOf(one.client), count: total(one) }));
    const isToday = zone().dateAt(now) === day;
    return {
      kind: 'masked',
      title: t('notice.masked.title', {
        count: secrets > 0 ? secrets : others,
        what: secrets > 0 ? 'secrets' : 'others',
        client: where,
        place: where === '' ? 'several' : 'one',
        day: isToday ? 'today' : 'earlier',
        // The noon of a date has that date nearly everywhere.
        date: date(startOfDay(day, zone()) + dayMs / 2),
      }),
      body: [
        ...(secrets > 0 && others > 0 ? [t('notice.masked.others', { count: others })] : []),
        ...(where === '' ? [`${shown.join(' · ')}.`] : []),
        t('notice.masked.body'),
      ].join(' '),
      ...leadingTo(this.#tools, '/activity?masked=true', t('notice.open')),
    };
  }
}

function ruleOf(day: number): string {
  return `masked ${String(day)}`;
}

function added(clients: MaskedDay['clients'], client: string | null, found: Found): MaskedDay['clients'] {
  const asked = (client ?? '').slice(0, maxClientChars);
  const isKnown = Object.hasOwn(clients, asked);
  const name = isKnown || Object.keys(clients).length < maxClients ? asked : '';
  const before = Object.hasOwn(clients, name) ? clients[name] : undefined;
  const sum = {
    secrets: (before?.secrets ?? 0) + found.secrets,
    others: (before?.others ?? 0) + found.others,
  };
  return { ...clients, [name]: sum };
}
