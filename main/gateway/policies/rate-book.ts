/** Rate limits kept in memory: sliding windows of requests and tokens, and leases of what runs. */
import { RecentMap } from '../../kit/recent-map.ts';
import type { SteadyTime } from '../../kit/steady-time.ts';
import type { RateClaim, RateKeeper, RateLease, RateOutcome, RateRefused, RateTokens } from './rate-limit.ts';
import { SlidingWindow, type Counted } from './sliding-window.ts';
import { TokenBucket, type Drawn } from './token-bucket.ts';

/** Clients name models freely, and each may have a count of its own: so many are kept apart, some kilobytes each at most. */
const maxCounters = 10_000;
/** Looks for one to forget among so many that were not used for longest. */
const maxTried = 8;
/** No request takes longer: the most that `total_ms` may say. */
const longestHoldMs = 86_400_000;
/** Nobody knows when a running request ends: when to look again. */
const parallelRetryMs = 1_000;

/** What one subject of one limit has used. All of it is counted, whatever the limit names: a new file may name more. */
interface Counter {
  readonly requests: SlidingWindow;
  /** Of those at once; of limits that name a burst. */
  readonly burst: TokenBucket;
  readonly tokens: SlidingWindow;
  /** What runs, with the moment it is taken for lost. */
  readonly running: Map<Lease, number>;
  /** No lease in it is lost before. */
  firstLostAt: number;
}

/** What a lease has taken of one counter. */
interface Share {
  readonly counter: Counter;
  readonly request: Counted;
  readonly drawn: Drawn | undefined;
  /** Oldest first. */
  readonly tokens: { readonly counted: Counted; amount: number }[];
}

/**
 * Ours, because the limiter library's memory store (rate-limiter-flexible 11.4.0) has windows that begin anew, which let
 * twice the limit through around their edges; counts who is refused; takes one key at a time, so that several limits
 * cannot be all or none; and follows the wall clock. It knows no leases. `RateKeeper` is where a store that several
 * processes share comes in.
 */
export class RateBook implements RateKeeper {
  readonly #time: Pick<SteadyTime, 'now'>;
  readonly #max: number;
  readonly #counters: RecentMap<Counter>;
  /** By limit: what all share who came when there was no room for a count of their own. */
  readonly #crowded = new Map<string, Counter>();

  constructor(time: Pick<SteadyTime, 'now'>, max = maxCounters) {
    this.#time = time;
    this.#max = max;
    this.#counters = new RecentMap(max);
  }

  take(claims: readonly RateClaim[], tokens: RateTokens, holdMs = longestHoldMs): RateOutcome {
    const now = this.#time.now();
    const wanted = { input: Math.ceil(tokens.input), output: Math.ceil(tokens.output) };
    const asking = claims.map((claim) => ({ claim, counter: this.#counterOf(claim, now) }));
    let worst: RateRefused | undefined;
    for (const { claim, counter } of asking) worst = worse(worst, refusalBy(claim, counter, wanted, now));
    if (worst !== undefined) return { kind: 'refused', ...worst };
    const lease = new Lease(this.#time);
    for (const { claim, counter } of asking) {
      lease.take(counter, { claim, tokens: askedOf(claim, wanted) }, { now, lostAt: now + holdMs });
    }
    return { kind: 'taken', lease };
  }

  /** How many are kept apart. */
  get size(): number {
    return this.#counters.size + this.#crowded.size;
  }

  #counterOf({ limit, subject }: RateClaim, now: number): Counter {
    const key = `${limit.id}\0${subject}`;
    const known = this.#counters.get(key);
    if (known !== undefined) return known;
    // What a newcomer has used may stand there: as long as it counts, so does the crowd.
    const crowd = this.#crowded.get(limit.id);
    if (crowd !== undefined && !isIdle(crowd, now)) return crowd;
    if (this.#counters.size >= this.#max) this.#forgetIdle(now);
    const counter = newCounter();
    // All may be in use. To forget one would give its limit anew; together the newcomers are limited too strictly, never too little.
    if (this.#counters.size < this.#max) this.#counters.set(key, counter);
    else this.#crowded.set(limit.id, counter);
    return counter;
  }

  #forgetIdle(now: number): void {
    for (const [id, crowd] of this.#crowded) if (isIdle(crowd, now)) this.#crowded.delete(id);
    let tried = 0;
    for (const [key, counter] of this.#counters.entries()) {
      if (isIdle(counter, now)) this.#counters.delete(key);
      tried += 1;
      if (tried >= maxTried) return;
    }
  }
}

class Lease implements RateLease {
  readonly #time: Pick<SteadyTime, 'now'>;
  readonly #shares: Share[] = [];
  #isCancelled = false;

  constructor(time: Pick<SteadyTime, 'now'>) {
    this.#time = time;
  }

  take(
    counter: Counter,
    { claim, tokens: asked }: { readonly claim: RateClaim; readonly tokens: number },
    { now, lostAt }: { readonly now: number; readonly lostAt: number },
  ): void {
    const request = counter.requests.add(1, now);
    const { rpm } = claim.limit;
    const drawn = rpm === undefined ? undefined : counter.burst.draw(rpm, now);
    const tokens = asked === 0 ? [] : [{ counted: counter.tokens.add(asked, now), amount: asked }];
    counter.running.set(this, lostAt);
    counter.firstLostAt = Math.min(counter.firstLostAt, lostAt);
    this.#shares.push({ counter, request, drawn, tokens });
  }

  tokens(actual: number): void {
    if (this.#isCancelled) return;
    const now = this.#time.now();
    for (const share of this.#shares) correct(share, Math.ceil(actual), now);
  }

  end(): void {
    for (const { counter } of this.#shares) counter.running.delete(this);
  }

  cancel(): void {
    if (this.#isCancelled) return;
    this.tokens(0);
    this.#isCancelled = true;
    const now = this.#time.now();
    for (const { counter, request, drawn } of this.#shares) {
      counter.requests.takeBack(request, 1, now);
      if (drawn !== undefined) counter.burst.giveBack(drawn, now);
    }
    this.end();
  }
}

function correct({ counter, tokens }: Share, actual: number, now: number): void {
  let less = tokens.reduce((sum, one) => sum + one.amount, 0) - actual;
  if (less < 0) {
    tokens.push({ counted: counter.tokens.add(-less, now), amount: -less });
    return;
  }
  for (let newest = tokens.at(-1); less > 0 && newest !== undefined; newest = tokens.at(-1)) {
    const back = Math.min(less, newest.amount);
    counter.tokens.takeBack(newest.counted, back, now);
    newest.amount -= back;
    less -= back;
    if (newest.amount === 0) tokens.pop();
  }
}

/** What is taken of a limit: of the output no more than fits beside the input. */
function askedOf({ limit }: RateClaim, { input, output }: RateTokens): number {
  return Math.min(input + output, Math.max(input, limit.tpm ?? Number.MAX_SAFE_INTEGER));
}

function refusalBy(claim: RateClaim, counter: Counter, wanted: RateTokens, now: number): RateRefused | undefined {
  const { rpm, tpm, maxParallel } = claim.limit;
  let worst: RateRefused | undefined;
  if (rpm !== undefined)
    worst = worse(worst, windowRefusal({ claim, what: 'rpm', limit: rpm, asked: 1 }, counter, now));
  worst = worse(worst, burstRefusal(claim, counter, now));
  if (tpm !== undefined) {
    const asked = askedOf(claim, wanted);
    worst = worse(worst, windowRefusal({ claim, what: 'tpm', limit: tpm, asked }, counter, now));
  }
  if (maxParallel === undefined || counter.running.size < maxParallel) return worst;
  dropLost(counter, now);
  const remaining = Math.max(0, maxParallel - counter.running.size);
  if (remaining > 0) return worst;
  const retryAfterMs = Math.min(parallelRetryMs, wholeMs(counter.firstLostAt - now));
  return worse(worst, { claim, what: 'parallel', limit: maxParallel, asked: 1, remaining, retryAfterMs });
}

function burstRefusal(claim: RateClaim, { burst: bucket }: Counter, now: number): RateRefused | undefined {
  const { rpm, burst } = claim.limit;
  if (rpm === undefined || burst === undefined) return undefined;
  const waitMs = bucket.waitFor(burst, rpm, now);
  if (waitMs === 0) return undefined;
  const remaining = bucket.left(burst, rpm, now);
  return { claim, what: 'burst', limit: burst, asked: 1, remaining, retryAfterMs: wholeMs(waitMs) };
}

function windowRefusal(
  asking: Pick<RateRefused, 'claim' | 'limit' | 'asked'> & { readonly what: 'rpm' | 'tpm' },
  counter: Counter,
  now: number,
): RateRefused | undefined {
  const { what, limit, asked } = asking;
  const window = what === 'rpm' ? counter.requests : counter.tokens;
  const waitMs = window.waitFor(asked, limit, now);
  if (waitMs === 0) return undefined;
  const remaining = Math.max(0, limit - window.total(now));
  return { ...asking, remaining, retryAfterMs: waitMs === undefined ? undefined : wholeMs(waitMs) };
}

/** The one that takes longer; what never fits takes longest. */
function worse(one: RateRefused | undefined, other: RateRefused | undefined): RateRefused | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return (other.retryAfterMs ?? Infinity) > (one.retryAfterMs ?? Infinity) ? other : one;
}

function wholeMs(ms: number): number {
  return Math.max(1, Math.ceil(ms));
}

function newCounter(): Counter {
  return {
    ...{ requests: new SlidingWindow(), burst: new TokenBucket(), tokens: new SlidingWindow() },
    ...{ running: new Map(), firstLostAt: Infinity },
  };
}

/** Whoever holds a lease longer than it said does not run any more. */
function dropLost(counter: Counter, now: number): void {
  if (now < counter.firstLostAt) return;
  let first = Infinity;
  for (const [lease, lostAt] of counter.running) {
    if (lostAt <= now) counter.running.delete(lease);
    else first = Math.min(first, lostAt);
  }
  counter.firstLostAt = first;
}

function isIdle(counter: Counter, now: number): boolean {
  dropLost(counter, now);
  const isUsed = counter.running.size > 0 || !counter.requests.isEmpty(now) || !counter.tokens.isEmpty(now);
  return !isUsed && counter.burst.isFull(now);
}
