/** What becomes of bundles as time passes: told once as each moment comes, and in force as their own rules say (BND-64). */
import { ageOf } from './expiry.ts';
import { ageNow } from './followed.ts';
import type { FollowContext, Follower } from './follower.ts';

/** A machine that slept, or the limit of timers, cannot hide a moment for longer. */
const longestWaitMs = 3_600_000;

export class Aging {
  readonly #context: FollowContext;
  #timer: NodeJS.Timeout | undefined;

  constructor(context: FollowContext) {
    this.#context = context;
  }

  /** In its turn. */
  async look(): Promise<void> {
    clearTimeout(this.#timer);
    const { followers, signal, options } = this.#context;
    const now = this.#context.state.now();
    let isNews = false;
    const moments = followers.flatMap((follower) => {
      const age = ageNow(follower.standing, now);
      if (age === undefined) return [];
      if (age.phase !== follower.phase) {
        isNews = true;
        this.#tell(follower, age.phase);
      }
      follower.phase = age.phase;
      return age.nextAt === undefined ? [] : [age.nextAt];
    });
    await this.#context.putInForce().catch((error: unknown) => {
      options.log.error('what an expired bundle says cannot be put in force', { error: String(error) });
    });
    // Its card says something else now, though nothing that holds need have changed.
    if (isNews) this.#context.changed();
    if (moments.length === 0 || signal.aborted) return;
    const wait = Math.min(Math.max(0, Math.min(...moments) - now), longestWaitMs);
    this.#timer = setTimeout(() => {
      this.soon();
    }, wait).unref();
  }

  /** Time may have passed in which nothing ran. */
  soon(): void {
    void this.#context.inTurn(() => this.look()).catch(() => undefined);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #tell(follower: Follower, phase: Follower['phase']): void {
    if (phase === undefined || phase === 'valid' || toldBefore(this.#context, follower) === phase) return;
    const text = this.#context.cardOf(follower).state_reason ?? 'It expires soon.';
    this.#context.audit('expire', follower, text);
    this.#context.tell(phase === 'expiring' ? 'expiring' : 'expired', follower, text);
  }
}

/** The phase of which people were told before this start. */
function toldBefore(context: FollowContext, follower: Follower): Follower['phase'] {
  const { active } = follower.standing;
  const last = context.recordOf(follower)?.last_checked;
  if (follower.phase !== undefined || active === undefined || last === undefined || last === null) return undefined;
  return last < active.since ? undefined : ageOf(active.bundle.payload, last).phase;
}
