/** The log of the desktop app: nobody reads what an app in the tray says, so it is in a file too, from where it can be sent. */
import { createLog, stderrSink, type Log, type LogLevel } from '../kit/log.ts';
import { openLogFile } from '../kit/log-file.ts';
import type { Redactor } from '../kit/redact.ts';

export interface DesktopLogOptions {
  readonly folder: string;
  readonly level: LogLevel;
  readonly redactor: Redactor;
}

/** Never throws: where no file can be had, the log says so on stderr, and goes on there. */
export function openDesktopLog({ folder, ...options }: DesktopLogOptions): Log {
  const stderr = stderrSink();
  try {
    return createLog({ ...options, sinks: [stderr, openLogFile({ folder })] });
  } catch (error) {
    const log = createLog({ ...options, sinks: [stderr] });
    log.warn('the log is not kept in a file', { folder, error });
    return log;
  }
}
