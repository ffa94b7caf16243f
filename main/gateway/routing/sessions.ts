/** Where conversations were answered last, and what the provider's prompt cache holds for them (RTE-51). */
import { createHash } from 'node:crypto';
import { totalInputTokens, type Usage } from '../../../shared/domain/usage.ts';
import type { ProviderKind } from '../../../shared/config/provider.ts';
import type { Clock } from '../../kit/clock.ts';
import { RecentMap } from '../../kit/recent-map.ts';
import { SteadyTime } from '../../kit/steady-time.ts';
import type { Provider } from '../ports.ts';
import type { SessionView } from './decision.ts';

const maxSessions = 10_000;
const maxIdleMs = 24 * 60 * 60_000;
/** A conversation without a turn for so long has ended, as far as its length is concerned. */
const endedMs = 60 * 60_000;
/** Ended ones looked after in one call: a thousand at once would keep a request waiting. */
const endedAtOnce = 64;

/** Anthropic's two lifetimes of a prompt cache; both start anew with each use. */
const shortTtlMs = 5 * 60_000;
const longTtlMs = 60 * 60_000;
/** Caches nobody asked for live about so long (OpenAI: 5 to 10 minutes; Gemini says nothing). */
const implicitTtlMs = 10 * 60_000;
/** Shorter prompts are not cached by themselves. */
const leastImplicitTokens = 1_024;

/** Kinds that cache every longer prompt without being asked. */
const implicitKinds: ReadonlySet<ProviderKind> = new Set([
  ...(['openai', 'azure-openai', 'gemini', 'vertex', 'deepseek', 'xai'] as const),
]);

/** Turns of a session before any has ended: agents go on for longer, chats end sooner. */
const priorTurns = 6;
const learningRate = 0.1;
const maxClients = 1_000;
/** Longer names are told apart by their hash: clients choose them, and ten thousand are kept. */
const maxKeyChars = 200;

interface Session {
  readonly clientKey: string;
  providerId: string;
  model: string;
  credential: string | undefined;
  cachedTokens: number;
  ttlMs: number;
  usedAt: number;
  turns: number;
}

export interface SessionLesson {
  /** Of the virtual key: no principal ever meets another's sessions. */
  readonly keyId: string;
  readonly sessionKey: string;
  /**
   * The model as the client named it. Agents ask a small model beside the large one within one conversation; each of the two
   * has its own place and its own cache.
   */
  readonly asked?: string | undefined;
  readonly client: string | undefined;
  readonly provider: Pick<Provider, 'id' | 'kind'>;
  readonly model: string;
  readonly credential: string | undefined;
  /** `undefined` when the provider did not count. */
  readonly usage: Usage | undefined;
  /** Lifetime the request asked for; `undefined` when it did not. */
  readonly cacheTtlMs?: number | undefined;
}

/** Bounded: the least recently used are forgotten, and all after a day without a turn. */
export class SessionStore {
  readonly #time: SteadyTime;
  /** Those with a turn in the last hour, as far as has been looked. */
  readonly #awake = new RecentMap<Session>(maxSessions, (session) => {
    this.#learnLength(session);
  });
  /** The others, in the order in which they fell asleep. */
  readonly #asleep = new RecentMap<Session>(maxSessions);
  /** Mean turns of a session, by client. */
  readonly #lengths = new RecentMap<number>(maxClients);

  constructor({ clock }: { readonly clock: Clock }) {
    this.#time = new SteadyTime(clock);
  }

  get size(): number {
    return this.#awake.size + this.#asleep.size;
  }

  /** Pure look. */
  view(keyId: string, sessionKey: string, asked = ''): SessionView | undefined {
    const now = this.#time.now();
    const key = keyOf(keyId, sessionKey, asked);
    const session = this.#awake.peek(key) ?? this.#asleep.peek(key);
    if (session === undefined || now - session.usedAt >= maxIdleMs) return undefined;
    return {
      providerId: session.providerId,
      model: session.model,
      credential: session.credential,
      cachedTokens: session.cachedTokens,
      cacheLeftMs: Math.round(session.usedAt + session.ttlMs - now),
      turns: session.turns,
      expectedTurns: this.#expectedTurns(session),
    };
  }

  /** An exchange of the session was answered. */
  learn(lesson: SessionLesson): void {
    const now = this.#time.now();
    this.#lookAfterEnded(now);
    const key = keyOf(lesson.keyId, lesson.sessionKey, lesson.asked ?? '');
    const known = this.#awake.peek(key) ?? this.#asleep.peek(key);
    this.#asleep.delete(key);
    const session = known !== undefined && now - known.usedAt < maxIdleMs ? known : newSession(lesson, now);
    const cache = cacheAfter(lesson, session.turns > 0 ? session : undefined, now);
    session.providerId = lesson.provider.id;
    session.model = lesson.model;
    session.credential = lesson.credential;
    session.cachedTokens = cache.tokens;
    session.ttlMs = cache.ttlMs;
    session.usedAt = now;
    session.turns++;
    this.#awake.set(key, session);
    while (this.size > maxSessions) (this.#asleep.size > 0 ? this.#asleep : this.#awake).dropOldest();
  }

  /** On the average of its client, and more the longer it has lasted: what went on for long seldom ends at once. */
  #expectedTurns({ clientKey, turns }: Session): number {
    const mean = this.#lengths.peek(clientKey) ?? priorTurns;
    return Math.round(Math.max(1, mean - turns, turns / 3) * 10) / 10;
  }

  #lookAfterEnded(now: number): void {
    let left = endedAtOnce;
    for (const [key, session] of this.#awake.entries()) {
      if (now - session.usedAt < endedMs || left-- <= 0) break;
      this.#awake.delete(key);
      this.#asleep.set(key, session);
      this.#learnLength(session);
    }
    for (const [key, session] of this.#asleep.entries()) {
      if (now - session.usedAt < maxIdleMs || left-- <= 0) break;
      this.#asleep.delete(key);
    }
  }

  #learnLength({ clientKey, turns }: Session): void {
    const mean = this.#lengths.get(clientKey) ?? priorTurns;
    this.#lengths.set(clientKey, mean + learningRate * (turns - mean));
  }
}

function newSession({ client, provider, model, credential }: SessionLesson, now: number): Session {
  const clientKey = bounded(client ?? '');
  const place = { providerId: provider.id, model, credential };
  return { clientKey, ...place, cachedTokens: 0, ttlMs: implicitTtlMs, usedAt: now, turns: 0 };
}

/** What the provider holds after this turn, and for how long from now. */
function cacheAfter(
  lesson: SessionLesson,
  before: Session | undefined,
  now: number,
): { readonly tokens: number; readonly ttlMs: number } {
  const { provider, model, usage, cacheTtlMs } = lesson;
  const stayed =
    before !== undefined && before.providerId === provider.id && before.model === model ? before : undefined;
  const isAlive = stayed !== undefined && now < stayed.usedAt + stayed.ttlMs;
  // Uncounted: what was there was most likely used again.
  if (usage === undefined)
    return { tokens: isAlive ? stayed.cachedTokens : 0, ttlMs: ttlOf(cacheTtlMs, stayed?.ttlMs) };
  const counted = usage.cacheReadTokens + usage.cacheWriteTokens;
  if (implicitKinds.has(provider.kind) && !isClaude(model)) {
    const input = totalInputTokens(usage);
    // The whole prompt is kept, of which the part that was read is all that is counted.
    const tokens = input >= leastImplicitTokens ? input : counted;
    return { tokens, ttlMs: ttlOf(cacheTtlMs, implicitTtlMs) };
  }
  const written = usage.cacheWriteTokens > 0;
  const told = (usage.cacheWrite1hTokens ?? 0) > 0 ? longTtlMs : written ? shortTtlMs : undefined;
  const isExplicit = written || isClaude(model) || provider.kind === 'anthropic' || provider.kind === 'bedrock';
  // Reading alone says nothing of the lifetime: it is the one it was written with.
  const ttlMs = told ?? (counted > 0 && isAlive ? stayed.ttlMs : isExplicit ? shortTtlMs : implicitTtlMs);
  return { tokens: counted, ttlMs: ttlOf(cacheTtlMs, ttlMs) };
}

function ttlOf(asked: number | undefined, otherwise: number | undefined): number {
  return Math.min(Math.max(asked ?? otherwise ?? implicitTtlMs, 0), maxIdleMs);
}

/** Caches on request only, wherever it is served. */
function isClaude(model: string): boolean {
  return model.includes('claude');
}

function keyOf(keyId: string, sessionKey: string, asked: string): string {
  return `${bounded(keyId)}\n${bounded(asked)}\n${bounded(sessionKey)}`;
}

/** A line break would let one key pass for two parts. */
function bounded(text: string): string {
  if (text.length <= maxKeyChars && !text.includes('\n')) return text;
  return createHash('sha256').update(text).digest('hex');
}
