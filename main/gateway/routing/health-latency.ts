/** How fast a provider's model is, from live traffic: first content by size of the request, and tokens a second (RTE-45). */
import { FadingMean, QuantileSketch, type SavedQuantiles } from '../../kit/quantiles.ts';
import type { AttemptOutcome } from '../exchange.ts';

/** Input tokens up to which a request is of a size; what is larger is of the last. */
const sizes = [4_000, 32_000, 128_000] as const;
/** Milliseconds; the sketch reaches from here to eleven minutes. */
const least = 2;
const recent = { halfLifeMs: 10 * 60_000, least };
const usual = { halfLifeMs: 24 * 60 * 60_000, least };
/** Fewer say nothing. */
const leastSamples = 5;
/** What is usual is not told from so few. */
const leastUsualSamples = 20;
/** Slower than usual by this is worth a note. */
const notableSlowdown = 1.5;
/** In shorter answers the speed is lost in the time of the first word and in the noise. */
const leastTokensForSpeed = 20;
/** Answers that come whole hold the wait for their first word: that is little in long ones. */
const leastTokensForWholeSpeed = 200;
/** Faster than any model: the answer was whole when its first part came. */
const maxSpeed = 20_000;

export interface Ttft {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

/** As it is kept in a file. Absent: nothing to keep. */
export interface SavedLatency {
  /** By size, smallest first: lately and usually. */
  readonly ttft?: readonly (readonly [recent: SavedQuantiles, usual: SavedQuantiles] | null)[] | undefined;
  /** Mean and weight. */
  readonly speed?: readonly [mean: number, weight: number] | undefined;
}

class SizeLatency {
  recent: QuantileSketch;
  usual: QuantileSketch;
  /** Quantiles stay as they are until something is added. */
  #quantiles: { readonly of: QuantileSketch; readonly ttft: Ttft } | undefined;
  #slowdown: number | undefined;

  constructor(now: number) {
    this.recent = new QuantileSketch(recent, now);
    this.usual = new QuantileSketch(usual, now);
  }

  add(ms: number, now: number): void {
    this.recent.add(ms, now);
    this.usual.add(ms, now);
    this.#quantiles = undefined;
    this.#slowdown = undefined;
  }

  /** From lately, and from the last days while there was too little lately. */
  ttft(now: number): Ttft | undefined {
    const of = [this.recent, this.usual].find((one) => one.total(now) >= leastSamples);
    if (of === undefined) return undefined;
    if (this.#quantiles?.of !== of) this.#quantiles = { of, ttft: quantilesOf(of) };
    return this.#quantiles.ttft;
  }

  slowdown(now: number): number | undefined {
    if (this.recent.total(now) < leastSamples || this.usual.total(now) < leastUsualSamples) return undefined;
    this.#slowdown ??= Math.round(((this.recent.quantile(0.5) ?? 0) / (this.usual.quantile(0.5) ?? 1)) * 10) / 10;
    return this.#slowdown >= notableSlowdown ? this.#slowdown : undefined;
  }
}

function quantilesOf(sketch: QuantileSketch): Ttft {
  const at = (p: number): number => Math.round(sketch.quantile(p) ?? 0);
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}

export class ModelLatency {
  readonly #sizes: (SizeLatency | undefined)[] = [];
  #speed: FadingMean | undefined;

  learn(outcome: Extract<AttemptOutcome, { kind: 'answered' }>, now: number): void {
    const { ttftMs, durationMs, inputTokens, outputTokens } = outcome;
    // Of a request of unknown size nothing can be said for others of its size.
    if (ttftMs !== undefined && inputTokens !== undefined) {
      const size = sizeOf(inputTokens);
      (this.#sizes[size] ??= new SizeLatency(now)).add(ttftMs, now);
    }
    const speed = speedOf(ttftMs, durationMs, outputTokens);
    if (speed === undefined) return;
    this.#speed ??= new FadingMean(recent.halfLifeMs, now);
    this.#speed.add(speed, now);
  }

  /** For requests of this size, else of the nearest size that was measured. */
  ttft(tokens: number, now: number): Ttft | undefined {
    const wanted = sizeOf(tokens);
    for (let distance = 0; distance <= sizes.length; distance++) {
      // The larger neighbour first: too careful is better than too hopeful.
      const found = this.#sizes[wanted + distance]?.ttft(now) ?? this.#sizes[wanted - distance]?.ttft(now);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** Lately over usually, where that is worth a note. */
  slowdown(tokens: number, now: number): number | undefined {
    return this.#sizes[sizeOf(tokens)]?.slowdown(now);
  }

  /** Output tokens a second. */
  get speed(): number | undefined {
    return this.#speed === undefined ? undefined : Math.round(this.#speed.mean * 10) / 10;
  }

  /** First content of the size that is asked for most. */
  typicalTtft(now: number): Ttft | undefined {
    let best: SizeLatency | undefined;
    for (const one of this.#sizes) {
      if (one !== undefined && (best === undefined || one.usual.total(now) > best.usual.total(now))) best = one;
    }
    return best?.ttft(now);
  }

  save(now: number): SavedLatency | undefined {
    const ttft = Array.from(this.#sizes, (one) =>
      one === undefined ? null : ([one.recent.save(now), one.usual.save(now)] as const),
    );
    const speed = this.#speed;
    if (ttft.length === 0 && speed === undefined) return undefined;
    return {
      ...(ttft.length === 0 ? {} : { ttft }),
      ...(speed === undefined ? {} : { speed: [round(speed.mean), round(speed.weight(now))] as const }),
    };
  }

  /** What `save` gave at the moment `at`; whatever is not that is left out. */
  static restore(saved: { readonly ttft?: unknown; readonly speed?: unknown }, at: number): ModelLatency {
    const latency = new ModelLatency();
    if (Array.isArray(saved.ttft)) {
      for (const [size, pair] of saved.ttft.slice(0, sizes.length + 1).entries()) {
        if (!Array.isArray(pair)) continue;
        const lately = QuantileSketch.restore(recent, pair[0], at);
        const before = QuantileSketch.restore(usual, pair[1], at);
        if (lately === undefined || before === undefined) continue;
        const one = new SizeLatency(at);
        one.recent = lately;
        one.usual = before;
        latency.#sizes[size] = one;
      }
    }
    if (Array.isArray(saved.speed)) {
      const [mean, weight] = saved.speed as readonly unknown[];
      if (isPositive(mean) && isPositive(weight) && mean <= maxSpeed && weight < 1e9)
        latency.#speed = new FadingMean(recent.halfLifeMs, at, mean, weight);
    }
    return latency;
  }
}

function sizeOf(tokens: number): number {
  const index = sizes.findIndex((limit) => tokens <= limit);
  return index === -1 ? sizes.length : index;
}

function speedOf(ttftMs: number | undefined, durationMs: number, outputTokens: number | undefined): number | undefined {
  if (
    outputTokens === undefined ||
    outputTokens < (ttftMs === undefined ? leastTokensForWholeSpeed : leastTokensForSpeed)
  )
    return undefined;
  const speed = (outputTokens * 1_000) / (durationMs - (ttftMs ?? 0));
  return speed > 0 && speed <= maxSpeed ? speed : undefined;
}

function isPositive(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0;
}

function round(value: number): number {
  return Number(value.toPrecision(4));
}
