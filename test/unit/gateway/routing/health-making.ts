// A health book with a clock that stands still until it is told to move, and providers made by hand.
import type { AttemptOutcome, AttemptProgress, TargetRef } from '../../../../main/gateway/exchange.ts';
import type { Credential, Provider } from '../../../../main/gateway/ports.ts';
import { HealthBook, type HealthChange } from '../../../../main/gateway/routing/health.ts';
import { Secret } from '../../../../main/kit/secret.ts';

export class FakeClock {
  wall = Date.UTC(2026, 0, 7, 12);
  mono = 5_000;

  now(): number {
    return this.wall;
  }

  monotonic(): number {
    return this.mono;
  }

  pass(ms: number): void {
    this.wall += ms;
    this.mono += ms;
  }
}

export function credential(name: string, value = `secret of ${name}`, models: readonly string[] = ['*']): Credential {
  return { name, weight: 1, models, secret: { kind: 'key', value: new Secret(value) } };
}

export function provider(id: string, changes: Partial<Provider> = {}): Provider {
  return {
    id,
    kind: 'openai',
    baseUrl: `https://${id}.example`,
    dialects: ['openai-chat'],
    credentials: [credential('default')],
    timeouts: { connectMs: 1, ttftMs: 1, plainTtftMs: undefined, idleMs: 1, totalMs: 1, drainMs: 0 },
    retry: { attempts: 2, backoffMs: 1, onStatusCodes: [], useRetryAfter: true },
    headers: {},
    proxy: { kind: 'direct' },
    local: false,
    models: new Map(),
    rulesFor: () => ({}),
    factsFor: (model) => ({ id: model }),
    closedModels: false,
    options: {},
    ...changes,
  };
}

export const answered: Extract<AttemptOutcome, { kind: 'answered' }> = {
  kind: 'answered',
  ttftMs: 400,
  durationMs: 1_400,
  inputTokens: 1_000,
  outputTokens: 100,
};

export const abandoned: AttemptOutcome = { kind: 'abandoned' };

type Failed = Extract<AttemptOutcome, { kind: 'failed' }>;

export function failed(code: Failed['code'], more: Partial<Failed> = {}): Failed {
  return { kind: 'failed', code, status: undefined, upstream: undefined, waitMs: undefined, committed: false, ...more };
}

/** The provider's own error answer. */
export function status(code: number, more: Partial<Failed> = {}): Failed {
  return failed('attempt.upstream_error', { status: code, ...more });
}

export interface Rig {
  readonly clock: FakeClock;
  readonly book: HealthBook;
  readonly changes: HealthChange[];
  /** One call from beginning to end. */
  readonly call: (outcome: AttemptOutcome, ref?: TargetRef) => void;
  readonly begin: (ref?: TargetRef) => (told: AttemptOutcome | AttemptProgress) => void;
}

export const openai = provider('openai');

export function refTo(to: Provider, model = 'm', name = to.credentials[0]?.name ?? 'default'): TargetRef {
  return { provider: to, model, credential: name };
}

/** `providers` are what is configured; refs default to the first of them. */
export function rig(providers: readonly Provider[] = [openai], clock = new FakeClock()): Rig {
  const changes: HealthChange[] = [];
  const book = new HealthBook({ clock, onChange: (change) => changes.push(change) });
  book.apply(mapOf(providers));
  const first = refTo(providers[0] ?? openai);
  return {
    clock,
    book,
    changes,
    call: (outcome, ref = first) => {
      book.begin(ref)(outcome);
    },
    begin: (ref = first) => book.begin(ref),
  };
}

export function mapOf(providers: readonly Provider[]): ReadonlyMap<string, Provider> {
  return new Map(providers.map((one) => [one.id, one]));
}

export function times(count: number, run: () => void): void {
  for (let done = 0; done < count; done++) run();
}
