/** The last picture of the state, kept so that the tray and notifications answer at once: asked anew when something changed. */
import type { AnyEvent } from '../../shared/contract/contract.ts';
import type { AppSnapshot } from '../../shared/contract/snapshot.ts';
import type { ExchangeEntry } from '../../shared/contract/traffic.ts';
import type { Dispatch } from '../control/dispatch.ts';
import type { Events } from '../control/events.ts';
import type { Clock } from '../kit/clock.ts';
import type { Log } from '../kit/log.ts';

export interface Picture {
  readonly snapshot: AppSnapshot;
  /** Milliseconds since 1970: when it was asked for. */
  readonly at: number;
  /** Exchanges of the hour before that failed, newest first. */
  readonly failures: readonly ExchangeEntry[];
}

export interface Pictures {
  /** `undefined` until the first one is there. */
  readonly current: Picture | undefined;
  /** Told of each new one. Returns what ends it. */
  onChange(listener: (picture: Picture) => void): () => void;
  /** Resolves when a picture is there that was asked for after this call, or cannot be had. */
  refresh(): Promise<void>;
  /** Resolves once nothing is asked any more. */
  stop(): Promise<void>;
}

export interface PictureOptions {
  readonly dispatch: Pick<Dispatch, 'ask'>;
  readonly events: Pick<Events, 'subscribe'>;
  readonly clock: Pick<Clock, 'now'>;
  /** IANA name of the zone whose day is today; asked each time, for people travel. */
  readonly timezone: () => string;
  readonly log: Pick<Log, 'error'>;
}

/** More than this in an hour says the same. */
const mostFailures = 50;
export const failuresForMs = 3_600_000;
/** Sums are old after each exchange; they are asked for again at most so often. */
const sumsEveryMs = 2_000;

/** What says that the picture is old at once; all else comes with the exchanges. */
const changes: ReadonlySet<AnyEvent['event']> = new Set([
  ...(['config.changed', 'pause.changed', 'health.changed', 'budget.alert'] as const),
  ...(['documents.changed', 'bundles.changed', 'events.dropped'] as const),
]);

/** Follows the events until `stop`. The first picture comes with the first `refresh` or change. */
export function createPicture(options: PictureOptions): Pictures {
  const { events, log } = options;
  const listeners = new Set<(picture: Picture) => void>();
  let current: Picture | undefined;
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  let next: Promise<void> | undefined;

  async function take(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    const picture = await ask(options, current);
    if (stopped || picture === undefined) return;
    current = picture;
    for (const listener of listeners) tell(listener, picture);
  }

  function tell(listener: (picture: Picture) => void, picture: Picture): void {
    try {
      listener(picture);
    } catch (error) {
      log.error('A listener of the picture failed.', { error });
    }
  }

  /** One at a time: who asks while one is under way shares the one after it. */
  function refresh(): Promise<void> {
    if (stopped) return running ?? Promise.resolve();
    if (running === undefined) {
      running = take().finally(() => (running = undefined));
      return running;
    }
    next ??= running.then(() => {
      next = undefined;
      return refresh();
    });
    return next;
  }

  function onEvent({ event }: AnyEvent): void {
    if (changes.has(event)) void refresh();
    else if (event === 'exchange.closed') timer ??= setTimeout(() => void refresh(), sumsEveryMs).unref();
  }

  const subscription = events.subscribe();
  void (async () => {
    for await (const event of subscription) if (!stopped) onEvent(event);
  })();
  return {
    get current() {
      return current;
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    refresh,
    async stop() {
      stopped = true;
      subscription.stop();
      clearTimeout(timer);
      listeners.clear();
      await running;
    },
  };
}

/** Where failures cannot be read, those that are known stay; without a snapshot there is no picture. */
async function ask({ dispatch, clock, timezone }: PictureOptions, before?: Picture): Promise<Picture | undefined> {
  const at = clock.now();
  const since = at - failuresForMs;
  const [snapshot, failures] = await Promise.all([
    dispatch.ask('app.snapshot', { timezone: timezone() }),
    dispatch.ask('traffic.list', { since, limit: mostFailures, filter: { error: '*' } }),
  ]);
  if (!snapshot.ok) return undefined;
  return { snapshot: snapshot.value, at, failures: failures.ok ? failures.value.entries : (before?.failures ?? []) };
}
