/** A pause that people make: until it ends, what would need a provider is refused, or passes through. It needs no timer: the clock says when it is over. */
import { GatewayError } from '../../shared/errors/gateway-error.ts';
import type { Clock } from '../kit/clock.ts';
import { localTimeZone } from '../kit/time-zone.ts';

/** `block`: what would need a provider is refused. `pass_through`: it goes to the model it names, by no route and unmasked. */
export type PauseMode = 'block' | 'pass_through';

export interface Paused {
  readonly mode: PauseMode;
  /** Milliseconds since 1970. */
  readonly since: number;
  /** Milliseconds since 1970; `undefined`: until somebody resumes. */
  readonly until: number | undefined;
}

/** Told where no end is known: long enough that nobody asks in vain all the time. */
const longestRetryS = 3_600;

export class Pause {
  readonly #clock: Pick<Clock, 'now'>;
  #paused: Paused | undefined;

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
  }

  /** `undefined` while requests are served as configured. */
  get state(): Paused | undefined {
    // Every request comes past here.
    if (this.#paused === undefined) return undefined;
    const { until } = this.#paused;
    if (until !== undefined && this.#clock.now() >= until) this.#paused = undefined;
    return this.#paused;
  }

  /** Replaces a pause there is. */
  begin(until: number | undefined, mode: PauseMode = 'block'): void {
    this.#paused = { mode, since: this.#clock.now(), until };
  }

  end(): void {
    this.#paused = undefined;
  }

  /** What a client is told meanwhile: `admit.paused`. */
  refusal({ until }: Pick<Paused, 'until'>): GatewayError {
    if (until === undefined) {
      return new GatewayError('admit.paused', 'Paused by you. Resume in Sluice.', { retryAfterS: longestRetryS });
    }
    const retryAfterS = Math.max(1, Math.ceil((until - this.#clock.now()) / 1_000));
    const message = `Paused by you until ${timeOfDay(until)}. Resume in Sluice, or wait.`;
    return new GatewayError('admit.paused', message, { retryAfterS });
  }
}

/** `14:30` on the clock of this machine. */
function timeOfDay(at: number): string {
  return new Date(at).toLocaleTimeString('en-GB', { timeZone: localTimeZone(), hour: '2-digit', minute: '2-digit' });
}
