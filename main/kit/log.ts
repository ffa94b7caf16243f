/** Leveled log, on stderr and where else it is wanted: JSON lines, or readable ones at a terminal; every line passes the redactor (SEC-50). */
import { write, writeSync } from 'node:fs';
import { systemClock, type Clock } from './clock.ts';
import type { Redactor } from './redact.ts';
import { printable } from './printable.ts';
import { messageOf, stackOf } from './unquoted.ts';

export const logLevels = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

export type LogFields = Readonly<Record<string, unknown>>;

export interface Log {
  readonly debug: (message: string, fields?: LogFields) => void;
  readonly info: (message: string, fields?: LogFields) => void;
  readonly warn: (message: string, fields?: LogFields) => void;
  readonly error: (message: string, fields?: LogFields) => void;
  /** Writes what is still queued, at once; for the end of the process. */
  readonly flush: () => void;
}

/**
 * Where lines go. `write` calls `done` once it can take the next; `writeNow` is for the end of the process, and sees to what
 * is not done yet as far as that can be.
 */
export interface LogSink {
  write(text: string, done: () => void): void;
  writeNow(text: string): void;
}

export interface LogOptions {
  readonly redactor: Redactor;
  readonly level?: LogLevel | undefined;
  /** `pretty` for people at a terminal, `json` (one object per line) for everything else. */
  readonly format?: 'json' | 'pretty' | undefined;
  /** Default: stderr. Each goes at its own pace: one that stands still takes nothing from the others. */
  readonly sinks?: readonly LogSink[] | undefined;
  readonly clock?: Clock | undefined;
}

/** A sink that stands still must not hold memory or requests (FAULT-55). */
const maxQueuedLines = 1_000;
/** Longer lines are cut: a stack or an upstream's error page is still recognisable. */
const maxLineChars = 16_384;

/** A log that never throws and never waits: lines queue while the sink is busy, the oldest go first when it stays so. */
export function createLog(options: LogOptions): Log {
  const clock = options.clock ?? systemClock;
  const threshold = logLevels.indexOf(options.level ?? 'info');
  const pretty = options.format === 'pretty';
  const queues = (options.sinks ?? [stderrSink()]).map(createQueue);

  function emit(level: LogLevel, message: string, fields: LogFields): void {
    if (logLevels.indexOf(level) < threshold) return;
    const time = new Date(clock.now()).toISOString();
    const text = lineOf(pretty, time, level, message, fields);
    const safe = options.redactor.redact(text);
    const line = safe.length > maxLineChars ? cut(safe, pretty) : safe;
    for (const lines of queues) lines.add(line);
  }

  return {
    debug: (message, fields = {}) => emit('debug', message, fields),
    info: (message, fields = {}) => emit('info', message, fields),
    warn: (message, fields = {}) => emit('warn', message, fields),
    error: (message, fields = {}) => emit('error', message, fields),
    flush() {
      for (const lines of queues) lines.flush();
    },
  };
}

interface LineQueue {
  add(line: string): void;
  flush(): void;
}

function createQueue(sink: LogSink): LineQueue {
  let waiting: string[] = [];
  let dropped = 0;
  let busy = false;

  function take(): string {
    const notice = dropped > 0 ? [`{"level":"warn","message":"log lines dropped","count":${dropped}}`] : [];
    const text = [...notice, ...waiting].map((line) => `${line}\n`).join('');
    waiting = [];
    dropped = 0;
    return text;
  }

  function pump(): void {
    if (busy || (waiting.length === 0 && dropped === 0)) return;
    busy = true;
    sink.write(take(), () => {
      busy = false;
      pump();
    });
  }

  return {
    add(line) {
      waiting.push(line);
      if (waiting.length > maxQueuedLines) {
        waiting.shift();
        dropped += 1;
      }
      pump();
    },
    flush() {
      if (busy || waiting.length > 0 || dropped > 0) sink.writeNow(take());
    },
  };
}

/** Writes through the thread pool: `process.stderr.write` would stop the whole process while a pipe is full. */
export function stderrSink(): LogSink {
  const descriptor = 2;
  const writeAll = (bytes: Buffer, done: () => void): void => {
    write(descriptor, bytes, (error, written) => {
      if (error?.code === 'EAGAIN') setTimeout(() => writeAll(bytes, done), 20).unref();
      // Nobody to tell when the log itself cannot be written.
      else if (error !== null) done();
      else if (written < bytes.length) writeAll(bytes.subarray(written), done);
      else done();
    });
  };
  return {
    write: (text, done) => writeAll(Buffer.from(text), done),
    writeNow: (text) => {
      try {
        writeSync(descriptor, text);
      } catch {
        // As above.
      }
    },
  };
}

function lineOf(pretty: boolean, time: string, level: LogLevel, message: string, fields: LogFields): string {
  const toLine = pretty ? prettyLine : jsonLine;
  try {
    return toLine(time, level, message, fields);
  } catch {
    // A field that throws when it is read.
    return toLine(time, level, message, { fields: '[unprintable]' });
  }
}

function jsonLine(time: string, level: LogLevel, message: string, fields: LogFields): string {
  return toJson({ time, level, message, ...fields });
}

function prettyLine(time: string, level: LogLevel, message: string, fields: LogFields): string {
  const details = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : toJson(value)}`);
  return printable(`${time.slice(11, 23)} ${level.padEnd(5)} ${[message, ...details].join('  ')}`);
}

function cut(text: string, pretty: boolean): string {
  const head = text.slice(0, maxLineChars);
  return pretty ? `${head}…` : JSON.stringify({ level: 'warn', message: 'log line cut', start: head });
}

/** JSON of anything: errors with their causes, big integers, cycles. */
function toJson(value: unknown): string {
  const seen = new Set<unknown>();
  try {
    return (
      JSON.stringify(value, (_key, item: unknown) => {
        if (typeof item === 'bigint') return item.toString();
        if (typeof item !== 'object' || item === null) return item;
        if (seen.has(item)) return '[seen]';
        seen.add(item);
        return item instanceof Error ? errorFields(item) : item;
      }) ?? 'null'
    );
  } catch {
    return '"[unprintable]"';
  }
}

function errorFields(error: Error): Record<string, unknown> {
  return {
    name: error.name,
    message: messageOf(error),
    ...('code' in error ? { code: error.code } : {}),
    ...(error.cause === undefined ? {} : { cause: error.cause }),
    ...(error instanceof AggregateError ? { errors: error.errors as unknown[] } : {}),
    stack: stackOf(error),
  };
}
