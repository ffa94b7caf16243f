/** Which of a provider's credentials the next call uses, and which of them rest (FAULT-20, FAULT-23). */
import type { Clock } from '../../kit/clock.ts';
import { matchesAny } from '../../kit/glob.ts';
import type { Credential, Provider, Random } from '../ports.ts';

/** Waits longer than this are not believed (FAULT-20). */
const longestRestMs = 5 * 60_000;
/** A 429 without a hint. */
const defaultRestMs = 10_000;

export interface CredentialChoice {
  readonly credential: Credential;
}

export type CredentialPick =
  | { readonly kind: 'chosen'; readonly credential: Credential }
  /** All that fit rest after a 429; `inMs` until the first is usable. */
  | { readonly kind: 'resting'; readonly inMs: number }
  | { readonly kind: 'none'; readonly reason: string };

/** Rest of credentials, shared by all requests; survives configuration changes that keep the credential. */
export class CredentialPool {
  readonly #clock: Clock;
  readonly #random: Random;
  /** provider/credential/model → monotonic ms until it may be used. */
  readonly #restUntil = new Map<string, number>();
  /** provider/credential → monotonic ms until it is preferred again. */
  readonly #retiredUntil = new Map<string, number>();

  constructor(clock: Clock, random: Random) {
    this.#clock = clock;
    this.#random = random;
  }

  /** Weighted choice among the usable; a retired one is used only when nothing else is left. */
  pick(provider: Provider, model: string, tried: ReadonlySet<string>): CredentialPick {
    const fitting = provider.credentials.filter((one) => matchesAny(one.models, model));
    const present = fitting.filter((one) => one.secret.kind !== 'missing');
    if (present.length === 0) return { kind: 'none', reason: reasonForNone(provider, fitting, model) };
    const fresh = present.filter((one) => !tried.has(one.name));
    const now = this.#clock.monotonic();
    const rested = fresh.filter((one) => this.#restLeft(provider, one, model, now) === 0);
    const good = rested.filter((one) => (this.#retiredUntil.get(retireKey(provider, one)) ?? 0) <= now);
    const chosen = this.#weighted(good.length > 0 ? good : rested);
    if (chosen !== undefined) return { kind: 'chosen', credential: chosen };
    const waits = present.map((one) => this.#restLeft(provider, one, model, now)).filter((left) => left > 0);
    if (waits.length > 0) return { kind: 'resting', inMs: Math.min(...waits) };
    return { kind: 'none', reason: `every key of provider "${provider.id}" was tried` };
  }

  /** After a 429: this credential rests for this model. */
  rest(provider: Provider, credential: Credential, model: string, retryAfterMs: number | undefined): void {
    const ms = Math.min(Math.max(retryAfterMs ?? defaultRestMs, 0), longestRestMs);
    if (this.#restUntil.size > 10_000) this.#restUntil.clear();
    this.#restUntil.set(restKey(provider, credential, model), this.#clock.monotonic() + ms);
  }

  /** After a 401, 402 or 403: others are preferred. */
  retire(provider: Provider, credential: Credential): void {
    this.#retiredUntil.set(retireKey(provider, credential), this.#clock.monotonic() + longestRestMs);
  }

  #restLeft(provider: Provider, credential: Credential, model: string, now: number): number {
    return Math.max(0, (this.#restUntil.get(restKey(provider, credential, model)) ?? 0) - now);
  }

  #weighted(credentials: readonly Credential[]): Credential | undefined {
    if (credentials.length <= 1) return credentials[0];
    const total = credentials.reduce((sum, one) => sum + one.weight, 0);
    let at = this.#random.next() * total;
    for (const one of credentials) {
      at -= one.weight;
      if (at < 0) return one;
    }
    return credentials[credentials.length - 1];
  }
}

function restKey(provider: Provider, credential: Credential, model: string): string {
  return `${provider.id}\n${credential.name}\n${model}`;
}

function retireKey(provider: Provider, credential: Credential): string {
  return `${provider.id}\n${credential.name}`;
}

function reasonForNone(provider: Provider, fitting: readonly Credential[], model: string): string {
  const missing = fitting.find((one) => one.secret.kind === 'missing');
  if (missing?.secret.kind === 'missing')
    return `key "${missing.name}" of provider "${provider.id}": ${missing.secret.reason}`;
  if (provider.credentials.length > 0)
    return `no key of provider "${provider.id}" may be used for "${model}"; see keys[].models`;
  return `provider "${provider.id}" has no key; add one under keys`;
}
