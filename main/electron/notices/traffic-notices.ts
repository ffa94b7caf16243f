/** Notifications about what exchanges show: a provider is down, nothing answers, a price is missing. */
import type { HealthEntry } from '../../../shared/contract/app.ts';
import type { AttemptEntry, ExchangeEntry } from '../../../shared/contract/traffic.ts';
import { errorCodes, type ErrorCode } from '../../../shared/errors/codes.ts';
import { RecentMap } from '../../kit/recent-map.ts';
import { forever, outside } from './notice.ts';
import { dayLongMs, leadingTo, minuteMs, type NoticeTools } from './notice-tools.ts';

/** After it came back, a provider that fails again so soon has the same trouble still. */
const sameIncidentMs = 30 * minuteMs;
const routeEveryMs = 30 * minuteMs;
/** A limit that resets sooner is everyday business, and nobody need know. */
const longLimitMs = 15 * minuteMs;
/** Who answered instead may be known a moment before the target is seen to rest. */
const justNowMs = minuteMs;
/** More than anyone configures. */
const maxProviders = 200;
const maxTargets = 300;
const namedTargets = 3;

/** Of these statuses the request is to blame, and no other target would do better. */
const requestStatuses: ReadonlySet<number> = new Set([400, 404, 405, 409, 413, 415, 422]);

interface Instead {
  readonly by: string;
  readonly at: number;
}

export class TrafficNotices {
  readonly #tools: NoticeTools;
  /** By provider, what of it rests: `model credential`. */
  readonly #resting = new RecentMap<Set<string>>(maxProviders);
  readonly #instead = new RecentMap<Instead>(maxProviders);
  #isOffline = false;

  constructor(tools: NoticeTools) {
    this.#tools = tools;
  }

  onHealth({ offline, entry }: { readonly offline: boolean; readonly entry: HealthEntry | null }): void {
    this.#isOffline = offline;
    if (entry === null) return;
    const now = this.#tools.clock.now();
    const target = `${entry.model} ${entry.credential}`;
    if (entry.state === 'closed') this.#recovered(entry.provider, target, now);
    else if (isDown(entry, now)) this.#down(entry.provider, target, now);
  }

  /** Without those of this program itself: who tried something in the window sees what came of it. */
  onClosed(entry: ExchangeEntry): void {
    const now = this.#tools.clock.now();
    if (entry.outcome === 'failed') this.#failed(entry, now);
    else if (entry.outcome === 'complete') this.#served(entry, now);
    if (entry.cost_usd === null) for (const attempt of entry.attempts) this.#unpriced(attempt);
  }

  #down(provider: string, target: string, now: number): void {
    const resting = this.#resting.peek(provider) ?? new Set<string>();
    if (resting.size < maxTargets) resting.add(target);
    this.#resting.set(provider, resting);
    const instead = this.#instead.peek(provider);
    if (instead !== undefined && Math.abs(now - instead.at) < justNowMs) this.#tellDown(provider, instead.by);
  }

  #recovered(provider: string, target: string, now: number): void {
    const resting = this.#resting.peek(provider);
    if (resting?.delete(target) !== true || resting.size > 0) return;
    this.#resting.delete(provider);
    this.#tools.book.rearm(`provider ${provider}`, now + sameIncidentMs);
  }

  #served({ target, attempts }: ExchangeEntry, now: number): void {
    if (target === null) return;
    const by = providerOf(target);
    const failing = new Set(attempts.filter(isProvidersFailure).map((attempt) => providerOf(attempt.target)));
    failing.delete(by);
    for (const provider of failing) {
      this.#instead.set(provider, { by: target, at: now });
      if (this.#resting.peek(provider) !== undefined) this.#tellDown(provider, target);
    }
  }

  #tellDown(provider: string, by: string): void {
    // Without a network nobody is to blame, and the system says so itself.
    if (this.#isOffline) return;
    const models = new Set([...(this.#resting.peek(provider) ?? [])].map((one) => one.slice(0, one.lastIndexOf(' '))));
    const [model] = models;
    const what = models.size === 1 && model !== undefined ? `${provider}/${model}` : provider;
    this.#tools.offer({
      kind: 'provider',
      rule: `provider ${provider}`,
      until: this.#tools.clock.now() + dayLongMs,
      about: `provider ${provider}`,
      subject: `provider:${provider}`,
      make: () => {
        const { t } = this.#tools.text();
        return {
          kind: 'provider',
          title: t('notice.provider.title', { provider: outside(what) }),
          body: t('notice.provider.body', { by: outside(by) }),
          ...leadingTo(this.#tools, `/models?tab=providers&provider=${encodeURIComponent(provider)}`, t('notice.open')),
        };
      },
    });
  }

  #failed(entry: ExchangeEntry, now: number): void {
    if (this.#isOffline || !isRouteFailure(entry)) return;
    const asked = entry.model_asked ?? '';
    this.#tools.offer({
      kind: 'route',
      rule: `route ${asked}`,
      until: now + routeEveryMs,
      about: `route ${asked}`,
      make: () => {
        const { t } = this.#tools.text();
        const targets = triedTargets(entry);
        return {
          kind: 'route',
          title: t('notice.route.title', { model: outside(asked) }),
          body:
            targets === ''
              ? t('notice.route.nobody')
              : t('notice.route.body', { targets, count: entry.attempts.length }),
          ...leadingTo(
            this.#tools,
            `/activity?outcome=failed&id=${encodeURIComponent(entry.request_id)}`,
            t('notice.open'),
          ),
        };
      },
    });
  }

  #unpriced({ target, cost_usd, usage }: AttemptEntry): void {
    if (cost_usd !== null || usage === null || usage.input_tokens + usage.output_tokens === 0) return;
    this.#tools.offer({
      kind: 'price',
      rule: `price ${target}`,
      until: forever,
      about: `price ${target}`,
      make: () => {
        const { t } = this.#tools.text();
        return {
          kind: 'price',
          title: t('notice.price.title', { model: outside(target) }),
          body: t('notice.price.body'),
          ...leadingTo(
            this.#tools,
            `/models?tab=models&model=${encodeURIComponent(target.slice(0, 512))}`,
            t('notice.price.set'),
          ),
        };
      },
    });
  }
}

function isDown({ state, until, needs_attention }: HealthEntry, now: number): boolean {
  if (state === 'open' || state === 'refused' || needs_attention) return true;
  return state === 'limited' && until !== null && Date.parse(until) - now >= longLimitMs;
}

function providerOf(target: string): string {
  const end = target.indexOf('/');
  return end < 0 ? target : target.slice(0, end);
}

function isProvidersFailure({ error, status }: AttemptEntry): boolean {
  if (error === null || (status !== null && requestStatuses.has(status))) return false;
  return isBlameOfOthers(error);
}

function isBlameOfOthers(code: string): boolean {
  const { blame } = isErrorCode(code) ? errorCodes[code] : { blame: undefined };
  return blame === 'provider' || blame === 'network';
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(errorCodes, code);
}

/** Every target had its turn, and what failed was not the request. */
function isRouteFailure({ error }: ExchangeEntry): boolean {
  if (error === null) return false;
  // An error of a provider is passed on under its status.
  const status = /^upstream\.(\d{3})$/.exec(error)?.[1];
  if (status !== undefined) return !requestStatuses.has(Number(status));
  return isBlameOfOthers(error) || error === 'route.no_credential' || error === 'attempt.credential';
}

/** `anthropic/claude (503), openai/gpt (timeout)`: the last thing that each said. */
function triedTargets({ attempts }: ExchangeEntry): string {
  const last = new Map(attempts.map(({ target, status, error }) => [target, status ?? error] as const));
  const named = [...last].slice(0, namedTargets).map(([target, why]) => {
    const name = outside(target, 40);
    return why === null ? name : `${name} (${outside(String(why).replace(/^attempt\./, ''), 24)})`;
  });
  return named.join(', ');
}
