/** One made-up exchange after the other, as people's work would leave them behind: all from one seed. */
import type { ExchangeRecord } from '../../main/ledger/ledger.ts';
import { users, type FakeModel, type FakeUser } from './ledger-world.ts';

type Attempt = ExchangeRecord['attempts'][number];
type Usage = NonNullable<ExchangeRecord['usage']>;

/** Numbers from 0 to 1, always the same for a seed (mulberry32). */
export function createDice(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}

interface Conversation {
  readonly id: string | undefined;
  readonly user: FakeUser;
  readonly asked: string;
  readonly models: readonly FakeModel[];
  /** What was said so far and is sent again with each turn. */
  tokens: number;
  left: number;
}

/** Of ten thousand. What is left goes as it should. */
const endings = [
  [180, 'refused'],
  [160, 'failed'],
  [150, 'aborted'],
  [60, 'cut'],
  [150, 'cached'],
  [420, 'fallback'],
  [90, 'retried'],
] as const;
type Ending = (typeof endings)[number][1] | 'fine';

export class ExchangeMaker {
  readonly #dice: () => number;
  readonly #talks: Conversation[] = [];
  #count = 0;

  constructor(seed: number) {
    this.#dice = createDice(seed);
  }

  /** The next one, at a moment in milliseconds since 1970. */
  next(at: number): ExchangeRecord {
    const talk = this.#talkAt(at);
    const usage = this.#usageOf(talk);
    const ending = this.#ending();
    const record = this.#begun(talk, at, usage.inputTokens + usage.cacheReadTokens);
    return { ...record, ...this.#ended(record, talk, usage, ending) };
  }

  #talkAt(at: number): Conversation {
    let share = this.#dice() * users.reduce((sum, user) => sum + user.share, 0);
    const user = users.find((one) => (share -= one.share) < 0) ?? users[0];
    if (user === undefined) throw new Error('There are no users.');
    const going = this.#talks.filter((one) => one.user === user);
    // Two conversations side by side, so that they lie across each other in time.
    const found = going.length < 2 && this.#dice() < 0.2 ? undefined : this.#pick(going);
    const talk = found ?? this.#begin(user, at);
    talk.left -= 1;
    if (talk.left <= 0 && found !== undefined) this.#talks.splice(this.#talks.indexOf(talk), 1);
    return talk;
  }

  #begin(user: FakeUser, at: number): Conversation {
    const [asked, models] = this.#pick(user.asks) ?? ['auto', []];
    const left = Math.ceil(user.turns * (0.3 + this.#dice() * 1.7));
    const id = user.turns === 1 ? undefined : `${user.client ?? 'app'}-${at.toString(36)}-${this.#letters(6)}`;
    const talk: Conversation = { id, user, asked, models, tokens: Math.round(this.#about(user.tokens[0])), left };
    if (user.turns > 1) this.#talks.push(talk);
    return talk;
  }

  #usageOf(talk: Conversation): Usage {
    const added = Math.round(this.#about(talk.user.tokens[0] / 12));
    const outputTokens = Math.round(this.#about(talk.user.tokens[1]));
    const known = talk.user.turns > 1 ? talk.tokens : 0;
    talk.tokens = Math.min(180_000, talk.tokens + added + outputTokens);
    const isRead = known > 1_024 && this.#dice() < 0.85;
    return {
      inputTokens: added + (isRead ? 0 : known),
      outputTokens,
      cacheReadTokens: isRead ? known : 0,
      cacheWriteTokens: isRead && talk.user.dialect === 'anthropic-messages' ? added : 0,
      reasoningTokens: this.#dice() < 0.3 ? Math.round(outputTokens * 0.4) : undefined,
    };
  }

  #begun({ user, asked, id }: Conversation, at: number, tokens: number): ExchangeRecord {
    this.#count += 1;
    return {
      ...nothingYet,
      ...{ requestId: `req_${this.#letters(20)}`, at, keyId: user.key, client: user.client, session: id },
      ...{ surface: user.surface, dialect: user.dialect, modelAsked: asked, user: user.user, team: user.team },
      stream: user.turns > 1 && this.#dice() < 0.96,
      requestBytes: tokens * 4 + 600,
    };
  }

  #ended(
    record: ExchangeRecord,
    { models, asked }: Conversation,
    usage: Usage,
    ending: Ending,
  ): Partial<ExchangeRecord> {
    const [first] = models;
    if (first === undefined || ending === 'refused') return this.#refused(asked);
    if (ending === 'cached') return this.#cached(record, first, usage);
    const attempts: Attempt[] = [];
    if (ending === 'retried') attempts.push(this.#failure(first, attempts));
    if (ending === 'fallback' && models.length > 1) attempts.push(this.#failure(first, attempts));
    const served = ending === 'fallback' ? (models[1] ?? first) : first;
    const told = {
      ...{ target: served.target, targetDialect: served.dialect },
      routeReason: asked === served.target.split('/')[1] ? 'exact' : `route "${asked}": ${attempts.length + 1}. target`,
    };
    if (ending === 'failed') return { ...told, ...this.#failed(models) };
    const isWhole = ending !== 'aborted' && ending !== 'cut';
    const used = isWhole ? usage : { ...usage, outputTokens: Math.round(usage.outputTokens * this.#dice()) };
    const answer = this.#answer(served, used, attempts, isWhole);
    const last = { ...answer, error: ending === 'cut' ? 'relay.stream_cut' : undefined };
    return {
      ...told,
      ...this.#safety(),
      attempts: [...attempts, last],
      status: 200,
      outcome: isWhole ? 'complete' : ending === 'cut' ? 'incomplete' : 'aborted',
      error: last.error,
      ttftMs: (last.startedMs ?? 0) + (last.ttftMs ?? 0),
      durationMs: (last.startedMs ?? 0) + last.ms,
      ...{ usage: used, usageSource: last.usageSource, cost: last.cost },
      finishReason: isWhole ? (this.#dice() < 0.6 ? 'stop' : 'tool_calls') : undefined,
      responseBytes: used.outputTokens * 40 + 300,
      losses: record.dialect === served.dialect || this.#dice() > 0.2 ? [] : [lost],
    };
  }

  #refused(asked: string): Partial<ExchangeRecord> {
    const ended = { outcome: 'failed', durationMs: 1 + this.#dice() * 4, cost: 0, responseBytes: 210 } as const;
    const roll = this.#dice();
    if (roll < 0.4) return { ...ended, status: 429, error: 'admit.budget_exhausted', rule: 'team-core-day' };
    if (roll < 0.7) return { ...ended, status: 429, error: 'admit.rate_limited', rule: 'key:ci' };
    if (roll < 0.85)
      return { ...ended, status: 404, error: 'route.model_not_found', routeReason: `nobody has "${asked}"` };
    const detail = 'prompt_injection 0.97: override, exfiltration';
    const event = { source: 'firewall', rule: 'injections', action: 'block', detail } as const;
    return { ...ended, status: 403, error: 'admit.firewall_blocked', safety: [event] };
  }

  #failed(models: readonly FakeModel[]): Partial<ExchangeRecord> {
    const attempts: Attempt[] = [];
    for (const one of models) attempts.push(this.#failure(one, attempts));
    const last = attempts.at(-1);
    const durationMs = (last?.startedMs ?? 0) + (last?.ms ?? 0);
    return { attempts, status: last?.status ?? 502, error: last?.error, outcome: 'failed', durationMs, cost: 0 };
  }

  #cached({ modelAsked }: ExchangeRecord, served: FakeModel, usage: Usage): Partial<ExchangeRecord> {
    return {
      ...{ target: served.target, targetDialect: served.dialect, routeReason: `route "${modelAsked}": cache` },
      ...{ status: 200, outcome: 'complete', ttftMs: 1 + this.#dice(), durationMs: 2 + this.#dice(), cost: 0 },
      cache: { savedCost: costOf(served, usage) },
      finishReason: 'stop',
      responseBytes: usage.outputTokens * 40,
    };
  }

  #answer(served: FakeModel, usage: Usage, before: readonly Attempt[], isWhole: boolean): Attempt {
    const ttftMs = this.#about(served.ttftMs);
    const cost = costOf(served, usage);
    const state = isWhole ? 'settled' : 'estimated';
    return {
      ...attemptOf(served, before),
      ...{ status: 200, ttftMs, ms: ttftMs + this.#about(served.tokenMs * usage.outputTokens), cost, state },
      ...{ usage, usageSource: isWhole ? 'provider' : 'estimated', basis: isWhole ? 'provider' : 'observed' },
      ...{ bound: cost === undefined ? undefined : cost * 3 + 1_000_000, counted: cost },
    };
  }

  #failure(target: FakeModel, before: readonly Attempt[]): Attempt {
    const [status, error] = this.#pick(failures) ?? [502, 'upstream.502'];
    const ms = this.#about(error === 'attempt.ttft_timeout' ? 20_000 : 350);
    return { ...attemptOf(target, before), status, error, ms, cost: 0, state: 'released', counted: 0 };
  }

  #safety(): Partial<ExchangeRecord> {
    const roll = this.#dice();
    if (roll < 0.06) return { masked: { email: 1 + Math.floor(this.#dice() * 3), secrets: roll < 0.02 ? 1 : 0 } };
    if (roll < 0.065) return { masked: {}, safety: [warned] };
    return roll < 0.6 ? { masked: {} } : {};
  }

  #ending(): Ending {
    let roll = this.#dice() * 10_000;
    return endings.find(([share]) => (roll -= share) < 0)?.[1] ?? 'fine';
  }

  #pick<Item>(items: readonly Item[]): Item | undefined {
    return items[Math.floor(this.#dice() * items.length)];
  }

  /** Mostly near it, now and then three times as much: as times and sizes are. */
  #about(typical: number): number {
    const spread = (this.#dice() + this.#dice() + this.#dice()) / 1.5 - 1;
    return typical * Math.exp(spread * 1.2);
  }

  #letters(count: number): string {
    let text = '';
    while (text.length < count)
      text += Math.floor(this.#dice() * 36 ** 6)
        .toString(36)
        .padStart(6, '0');
    return text.slice(0, count);
  }
}

const failures: readonly (readonly [number | undefined, string])[] = [
  [529, 'upstream.529'],
  [503, 'upstream.503'],
  [429, 'attempt.rate_limited'],
  [undefined, 'attempt.ttft_timeout'],
  [undefined, 'attempt.connect'],
];
const lost = { path: 'messages[3].cache_control', why: 'the provider has no such setting' };
const warned = { source: 'masking', rule: 'person', action: 'warn', detail: '1 × person' } as const;

/** What no ending has told yet. */
const nothingYet = {
  ...{ snapshotId: 'made-up', target: undefined, targetDialect: undefined, routeReason: undefined, status: undefined },
  ...{ error: undefined, outcome: 'open', attempts: [], losses: [], ttftMs: undefined, durationMs: undefined },
  ...{ usage: undefined, usageSource: 'none', rawUsage: undefined, finishReason: undefined, responseBytes: 0 },
  ...{ decision: undefined, cost: undefined, rule: undefined, downgrade: undefined, masked: undefined, safety: [] },
  cache: undefined,
} satisfies Partial<ExchangeRecord>;

function attemptOf({ target }: FakeModel, before: readonly Attempt[]): Attempt {
  const last = before.at(-1);
  return {
    ...{ target, credential: 'key', status: undefined, error: undefined, ms: 0, ttftMs: undefined },
    kind: last === undefined ? 'first' : last.target === target ? 'retry' : 'fallback',
    startedMs: last === undefined ? 0.6 : (last.startedMs ?? 0) + last.ms + 1,
    ...{ usage: undefined, usageSource: 'none', cost: undefined, state: undefined, bound: undefined },
    ...{ counted: undefined, basis: undefined },
  };
}

function costOf({ price }: FakeModel, usage: Usage): number | undefined {
  if (price === undefined) return undefined;
  const read = usage.cacheReadTokens * price.input * 0.1 + usage.cacheWriteTokens * price.input * 1.25;
  return Math.round(usage.inputTokens * price.input + read + usage.outputTokens * price.output);
}
