/** Requests that a firewall rule asks a reason for: what was refused so, and what may be sent once now that there is one. Memory only, and no word of any prompt. */
import { hash } from 'node:crypto';
import type { Clock } from '../kit/clock.ts';
import type { Random } from './ports.ts';

/** A refused request waits this long for its reason, and with one this long to be sent again. */
const waitsMs = 3_600_000;
/** More wait for nobody who reads them: the oldest go. */
const maxWaiting = 100;
const idLength = 12;

/** One request that was refused, or may pass once. */
export interface Release {
  readonly id: string;
  /** Milliseconds since 1970: when it was refused last. */
  readonly at: number;
  /** Id of the virtual key. */
  readonly key: string;
  readonly client: string | undefined;
  readonly model: string;
  /** Ids of the rules, with commas between them. */
  readonly rule: string;
  /** What the client was told. */
  readonly message: string;
  /** The next identical request passes, once. */
  readonly released: boolean;
}

/** What was asked: the same key, path, body and rules are the same request. */
export interface AskedRelease {
  readonly key: string;
  readonly path: string;
  readonly body: Buffer;
  /** Ids of the rules that ask for a reason. */
  readonly rules: readonly string[];
}

/** What people see of a request that is remembered. */
export type ReleaseFacts = Pick<Release, 'client' | 'model' | 'message'>;

export interface ReleasesOptions {
  readonly clock: Pick<Clock, 'now'>;
  readonly random: Pick<Random, 'id'>;
  /** Something waits that did not, or does not any more. */
  readonly onChange?: (() => void) | undefined;
  /** Somebody gave a reason: for the audit log. */
  readonly onReleased?: ((release: Release, reason: string) => void) | undefined;
}

interface Kept extends Release {
  readonly reason: string | undefined;
}

export class Releases {
  readonly #options: ReleasesOptions;
  /** By digests, the oldest first. */
  readonly #kept = new Map<string, Kept>();

  constructor(options: ReleasesOptions) {
    this.#options = options;
  }

  /** The newest first. */
  list(): readonly Release[] {
    this.#forgetOld();
    return [...this.#kept.values()].reverse().map(asSeen);
  }

  /** `undefined` where nothing waits by this id. A second reason takes the place of the first. */
  release(id: string, reason: string): Release | undefined {
    this.#forgetOld();
    for (const [digest, kept] of this.#kept) {
      if (kept.id !== id) continue;
      const released = { ...kept, at: this.#options.clock.now(), released: true, reason };
      this.#put(digest, released);
      this.#options.onReleased?.(asSeen(released), reason);
      this.#options.onChange?.();
      return asSeen(released);
    }
    return undefined;
  }

  /** The reason for which this very request may pass, and it may not again; `undefined`: there is none. */
  take(asked: AskedRelease): string | undefined {
    this.#forgetOld();
    const digest = digestOf(asked);
    const kept = this.#kept.get(digest);
    if (kept?.reason === undefined) return undefined;
    this.#kept.delete(digest);
    this.#options.onChange?.();
    return kept.reason;
  }

  /** It was refused, and waits for a reason. */
  remember(asked: AskedRelease, facts: ReleaseFacts): void {
    this.#forgetOld();
    const { clock, random, onChange } = this.#options;
    const digest = digestOf(asked);
    const known = this.#kept.get(digest);
    const id = known?.id ?? random.id(idLength);
    const release = { id, at: clock.now(), key: asked.key, rule: asked.rules.join(', '), released: false };
    const { client, model, message } = facts;
    this.#put(digest, { ...release, client, model, message, reason: undefined });
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= maxWaiting) break;
      this.#kept.delete(oldest);
    }
    if (known === undefined) onChange?.();
  }

  #put(digest: string, kept: Kept): void {
    this.#kept.delete(digest);
    this.#kept.set(digest, kept);
  }

  #forgetOld(): void {
    const before = this.#kept.size;
    const since = this.#options.clock.now() - waitsMs;
    for (const [digest, { at }] of this.#kept) if (at <= since) this.#kept.delete(digest);
    if (this.#kept.size < before) this.#options.onChange?.();
  }
}

function asSeen({ id, at, key, client, model, rule, message, released }: Kept): Release {
  return { id, at, key, client, model, rule, message, released };
}

function digestOf({ key, path, body, rules }: AskedRelease): string {
  return hash('sha256', Buffer.concat([Buffer.from(JSON.stringify([key, path, rules])), body]), 'base64');
}
