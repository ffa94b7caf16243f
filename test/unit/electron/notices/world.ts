/** Notices with everything around them: events, a dispatch that answers from a table, a clock that is moved by hand. */
import { vi } from 'vitest';
import { createEvents, type Events } from '../../../../main/control/events.ts';
import type { Dispatch } from '../../../../main/control/dispatch.ts';
import type { Notice } from '../../../../main/electron/notices/notice.ts';
import type { NoticeMemory } from '../../../../main/electron/notices/notice-memory.ts';
import { createNotices, type Notices } from '../../../../main/electron/notices/notices.ts';
import type { HealthEntry } from '../../../../shared/contract/app.ts';
import type { BudgetEntry } from '../../../../shared/contract/budgets.ts';
import type { AnyEvent, CallName, CallOutput } from '../../../../shared/contract/contract.ts';
import { noticeKinds, type DesktopPreferences, type DesktopState } from '../../../../shared/contract/desktop.ts';
import type { KeyEntry } from '../../../../shared/contract/keys.ts';
import { failed, succeeded } from '../../../../shared/contract/reply.ts';
import type { AttemptEntry, ExchangeEntry } from '../../../../shared/contract/traffic.ts';
import { desktopMessages } from '../../../../shared/text/desktop.ts';
import { createText } from '../../../../shared/text/text.ts';
import type { Language } from '../../../../shared/text/words.ts';

/** Wednesday, 14:00 in Berlin. */
export const start = Date.UTC(2026, 10, 25, 13);
export const minute = 60_000;
export const hour = 60 * minute;
export const day = 24 * hour;

export const allWanted = Object.fromEntries(noticeKinds.map((kind) => [kind, true])) as DesktopPreferences['notices'];

export const usual: DesktopPreferences = {
  ...{ language: 'system', theme: 'system', open_at_login: false, tray_title: 'off', tray_meter: false },
  ...{ shortcut: null, notices: allWanted, quiet_hours: null, updates: 'notify' },
};

/** What was saved, as another run would find it. */
export function memoryOf(): NoticeMemory & { saved: unknown; saves: number } {
  return {
    saved: undefined,
    saves: 0,
    load() {
      return Promise.resolve(
        this.saved === undefined ? undefined : (JSON.parse(JSON.stringify(this.saved)) as unknown),
      );
    },
    save(state) {
      this.saved = JSON.parse(JSON.stringify(state));
      this.saves += 1;
      return Promise.resolve();
    },
  };
}

type Answers = { [Name in CallName]?: CallOutput<Name> };

export class World {
  readonly events: Events = createEvents();
  readonly shown: Notice[] = [];
  readonly gone: Notice[] = [];
  readonly paths: string[] = [];
  readonly calls: (readonly [CallName, unknown])[] = [];
  readonly errors: unknown[] = [];
  readonly memory: ReturnType<typeof memoryOf>;
  preferences: DesktopPreferences = usual;
  language: Language = 'en';
  own: string[] = [];
  answers: Answers = {
    'budgets.list': { budgets: [] },
    'keys.list': { keys: [] },
    'clients.list': { clients: [] },
    'providers.list': { providers: [] },
    'models.list': { models: [], catalogue_date: '2026-11-01' },
    'traffic.list': { entries: [], next: null },
  };
  #notices: Notices | undefined;

  constructor(memory: ReturnType<typeof memoryOf> = memoryOf()) {
    this.memory = memory;
  }

  async begin(): Promise<void> {
    const ask = ((name: CallName, input: unknown) => {
      this.calls.push([name, input]);
      const value = this.answers[name];
      const error = { code: 'control.refused', message: `${name} was refused.`, requestId: 'call-1' };
      return Promise.resolve(value === undefined ? failed(error) : succeeded(value));
    }) as Dispatch['ask'];
    this.#notices = createNotices({
      ...{ events: this.events, dispatch: { ask }, clock: { now: () => Date.now() }, memory: this.memory },
      ...{ timezone: () => 'Europe/Berlin', ownKeyId: 'own', preferences: () => this.preferences },
      text: () => createText(this.language, this.language, desktopMessages[this.language]),
      show: (notice) => {
        this.shown.push(notice);
        return { close: () => void this.gone.push(notice) };
      },
      goTo: (path) => this.paths.push(path),
      justDone: (subject) => this.own.includes(subject),
      log: { error: (message, fields) => this.errors.push([message, fields]) },
    });
    await this.settle();
  }

  async stop(): Promise<void> {
    await this.#notices?.stop();
  }

  /** The clock on the wall goes on and timers stand still, as on Linux and macOS; then the machine wakes up. */
  async sleep(ms: number): Promise<void> {
    vi.setSystemTime(Date.now() + ms);
    this.#notices?.wake();
    await this.pass(0);
  }

  /** All that follows from what happened has happened. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
  }

  async publish(...events: readonly AnyEvent[]): Promise<void> {
    for (const event of events) this.events.publish(event);
    await this.settle();
  }

  async pass(ms: number): Promise<void> {
    await vi.advanceTimersByTimeAsync(ms);
    await this.settle();
  }

  /** Timers there are once what was told is written down. */
  async timers(): Promise<number> {
    await this.pass(1_000);
    return vi.getTimerCount();
  }

  /** Titles of those that were shown since it was asked last. */
  titles(): string[] {
    return this.shown.splice(0).map(({ title }) => title);
  }

  press(notice: Notice | undefined, label: string): Promise<void> {
    const action = notice?.actions.find((one) => one.label === label);
    if (action === undefined) throw new Error(`There is no button "${label}".`);
    action.run();
    return this.settle();
  }
}

export function budget(change: Partial<BudgetEntry> = {}): BudgetEntry {
  return {
    ...{ id: 'daily', scope: 'global', match: null, subject: null, period: 'day', action: 'reject' },
    ...{ since: '2026-11-24T23:00:00.000Z', resets_at: '2026-11-25T23:00:00.000Z', limit_usd: '10', raised_usd: '0' },
    ...{ spent_usd: '8.4', reserved_usd: '0', remaining_usd: '1.6', state: 'alerted', reason: null },
    ...{ exhausted_at: null, enforced: false, forecast: null, origin: 'sluice.yaml, line 3' },
    ...change,
  };
}

export const usedUp = (change: Partial<BudgetEntry> = {}): BudgetEntry =>
  budget({ state: 'exhausted', spent_usd: '10.02', remaining_usd: '0', ...change });

export const alert = (share: number, entry: BudgetEntry): AnyEvent => ({
  event: 'budget.alert',
  data: { share, at: new Date(Date.now()).toISOString(), entry },
});

export function attempt(target: string, change: Partial<AttemptEntry> = {}): AttemptEntry {
  return {
    ...{ target, status: 200, error: null, ms: 10, kind: 'first', started_ms: 0, ttft_ms: 5, usage: null },
    ...{ usage_source: 'none', cost_usd: '0', state: 'settled', bound_usd: null, counted_usd: '0', basis: null },
    ...change,
  };
}

export const brokenAttempt = (target: string): AttemptEntry =>
  attempt(target, { status: 503, error: 'attempt.upstream_error' });

let serial = 0;
export function exchange(change: Partial<ExchangeEntry> = {}): ExchangeEntry {
  serial += 1;
  return {
    ...{ request_id: `req-${String(serial)}`, at: new Date(Date.now()).toISOString(), key: 'ide', client: 'cursor' },
    ...{ session: null, surface: 'openai_chat', dialect: 'openai-chat', model_asked: 'smart', target: 'b/two' },
    ...{ target_dialect: 'openai-chat', status: 200, error: null, outcome: 'complete', ttft_ms: 5, duration_ms: 10 },
    ...{ attempts: [attempt('b/two')], usage: null, usage_source: 'none', cost_usd: '0', cache: null, masked: 0 },
    ...{ masked_kinds: null, firewall: null, route_reason: null, stream: false, losses: [], finish_reason: 'stop' },
    ...{ request_bytes: 10, response_bytes: 10, user: null, team: null, rule: null, downgrade: null },
    ...change,
  };
}

export const closed = (change: Partial<ExchangeEntry> = {}): AnyEvent => ({
  event: 'exchange.closed',
  data: exchange(change),
});

export const failedExchange = (change: Partial<ExchangeEntry> = {}): AnyEvent =>
  closed({
    ...{ outcome: 'failed', status: 503, error: 'upstream.503', target: 'b/two' },
    attempts: [brokenAttempt('a/one'), brokenAttempt('b/two')],
    ...change,
  });

/** One that failed at `a` and was answered by `b`. */
export const fallback = (): AnyEvent => closed({ attempts: [brokenAttempt('a/one'), attempt('b/two')] });

export const health = (change: Partial<HealthEntry> = {}, offline = false): AnyEvent => ({
  event: 'health.changed',
  data: {
    offline,
    entry: {
      ...{ provider: 'a', model: 'one', credential: 'k', state: 'open', why: '5 of 8 calls failed (503)' },
      ...{ until: null, ttft_p50_ms: null, ttft_p95_ms: null, tokens_per_second: null, running: 0 },
      ...{ calls: 8, failures: 5, needs_attention: false, ...change },
    },
  },
});

export function key(id: string, change: Partial<KeyEntry> = {}): KeyEntry {
  return {
    ...{ id, name: id, state: 'active', allowed_models: ['*'], denied_models: [], allowed_providers: ['*'] },
    ...{ denied_providers: [], allowed_surfaces: ['*'], denied_surfaces: [], allowed_origins: [], budgets: [] },
    rate_limits: { rpm: null, tpm: null, max_parallel_requests: null },
    ...{ expires_at: null, previous_until: null, metadata: {}, origin: 'sluice.yaml, line 9' },
    ...change,
  };
}

export const configChanged: AnyEvent = { event: 'config.changed', data: { snapshot: 's', problems: 0 } };

export function desktop(
  updates: Partial<DesktopState['updates']>,
  preferences: DesktopPreferences = usual,
): DesktopState {
  return {
    ...{ platform: 'linux', preferences, safe_mode: null },
    login: { opens: false, supported: true, reason: null },
    tray: { shown: true, reason: null },
    shortcut: { registered: false, reason: null },
    updates: {
      ...{ supported: true, reason: null, state: 'idle', version: null, progress: null },
      ...{ last_checked_at: null, error: null, ...updates },
    },
  };
}

export const desktopChanged = (state: DesktopState): AnyEvent => ({ event: 'desktop.changed', data: state });
