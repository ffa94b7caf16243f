/** The end by an error that nobody caught: said, written down once, and the service is up again with a new process (SEC-29). */
import type { App } from 'electron';
import type { Log } from '../kit/log.ts';
import type { CrashJournal } from './crash-journal.ts';
import { hiddenArgument } from './login.ts';

export interface CrashEndOptions {
  readonly app: Pick<App, 'exit'>;
  readonly journal: Pick<CrashJournal, 'fatal'>;
  readonly log: Pick<Log, 'error' | 'flush'>;
  /** Has a new process take the place of this one, with arguments of its own. */
  readonly again: (more: readonly string[]) => void;
  /** People ended it already: it is not to come back. */
  readonly isEnding: () => boolean;
  /** It does not come back by itself: tells people, who would find nothing there otherwise. */
  readonly tell: (error: unknown) => Promise<void>;
  readonly wait: (ms: number) => Promise<void>;
}

/** What errors more come while the first one ends the process are said, and are neither another crash nor another process. */
export function createCrashEnd(options: CrashEndOptions): (error: unknown) => Promise<void> {
  const { app, journal, log, again, isEnding, tell, wait } = options;
  let isUnderWay = false;
  return async (error) => {
    log.error('ended by an error that nobody caught', { error });
    log.flush();
    if (isUnderWay) return;
    isUnderWay = true;
    const delayMs = journal.fatal(error);
    if (!isEnding()) {
      if (delayMs === undefined) await tell(error).catch(() => undefined);
      else if (delayMs > 0) await wait(delayMs);
      // Asked again: people may have ended it meanwhile.
      if (delayMs !== undefined && !isEnding()) again([hiddenArgument]);
    }
    app.exit(1);
  };
}
