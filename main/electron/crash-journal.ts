/** Remembers from one start to the next whether the last run ended well, and how often of late it did not (SEC-29). */
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import type { Clock } from '../kit/clock.ts';

/** So many crashes within this time are a state, not an accident (SEC-29). */
const safeModeCrashes = 5;
const windowMs = 5 * 60_000;
/** More are of no use to anybody. */
const keptCrashes = 20;
/** Of a message; a stack is in the log. */
const maxReasonChars = 300;
const longestDelayMs = 60_000;

const crashEntry = z.object({ at: z.number(), version: z.string(), reason: z.string() });
export type CrashEntry = z.output<typeof crashEntry>;

const journalFile = z.object({
  running: z.object({ version: z.string(), started_at: z.number() }).nullable(),
  /** The last run told of its own end, and that it was a bad one. */
  crashed: z.boolean(),
  crashes: z.array(crashEntry),
});
type JournalFile = z.output<typeof journalFile>;

export interface CrashJournalOptions {
  /** `<data>/run/crashes.json`. */
  readonly file: string;
  readonly clock: Clock;
  /** Of this program. */
  readonly version: string;
  /** What was thrown may quote anything: only its redacted words are kept. */
  readonly redact: (text: string) => string;
}

export interface CrashStanding {
  /** `true` at the first start of all. */
  readonly previousEndedClean: boolean;
  /** Within the last five minutes. */
  readonly recentCrashes: number;
  /** It has crashed again and again: start with the least, and say so. */
  readonly safeMode: boolean;
}

/** Writes at once, since the process may be at its end. Never throws: a disk that cannot be written means no memory of crashes. */
export interface CrashJournal {
  /** Once, by the one instance that runs. From then on a run without `end` counts as a crash. */
  begin(): CrashStanding;
  /** This run ends well. */
  end(): void;
  /** This run ends badly. What it answers is when to start again; `undefined`: not by itself, it would only crash again. */
  fatal(error: unknown): number | undefined;
  /** All that are remembered of a version, oldest first. */
  crashesOf(version: string): readonly CrashEntry[];
}

/** How long to wait before starting again after so many crashes in a row: 0, 1 s, 2 s, 4 s, … up to a minute. */
export function relaunchDelayMs(crashes: number): number {
  return crashes <= 1 ? 0 : Math.min(longestDelayMs, 1000 * 2 ** (crashes - 2));
}

const emptyJournal: JournalFile = { running: null, crashed: false, crashes: [] };

export function openCrashJournal({ file, clock, version, redact }: CrashJournalOptions): CrashJournal {
  let state: JournalFile = emptyJournal;

  const recent = (): number => state.crashes.filter(({ at }) => isRecent(at, clock.now())).length;

  function note(reason: string, ofVersion: string): void {
    const crash = { at: clock.now(), version: ofVersion, reason: redact(reason).slice(0, maxReasonChars) };
    state = { running: null, crashed: true, crashes: [...state.crashes, crash].slice(-keptCrashes) };
  }

  return {
    begin() {
      state = read(file);
      const lost = state.running;
      // Its end was not told: killed, out of memory, the power went. When, nobody knows; it is known since now.
      if (lost !== null) note('ended without a word', lost.version);
      const recentCrashes = recent();
      const previousEndedClean = !state.crashed;
      state = { ...state, crashed: false, running: { version, started_at: clock.now() } };
      write(file, state);
      return { previousEndedClean, recentCrashes, safeMode: recentCrashes >= safeModeCrashes };
    },
    end() {
      if (state.running === null) return;
      state = { ...state, running: null };
      write(file, state);
    },
    fatal(error) {
      const wasSafe = recent() >= safeModeCrashes;
      note(error instanceof Error ? `${error.name}: ${error.message}` : String(error), version);
      write(file, state);
      return wasSafe ? undefined : relaunchDelayMs(recent());
    },
    crashesOf: (asked) => state.crashes.filter((crash) => crash.version === asked),
  };
}

/** A clock that was set back has crashes in the future; those say nothing of the last minutes. */
function isRecent(at: number, now: number): boolean {
  return at <= now && now - at < windowMs;
}

function read(file: string): JournalFile {
  try {
    return journalFile.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    // Missing, or broken by the crash it should tell of: nothing is known.
    return emptyJournal;
  }
}

function write(file: string, state: JournalFile): void {
  const temporary = `${file}.tmp`;
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    // Removed first: writing must not follow a link that somebody put there (SEC-46).
    rmSync(temporary, { force: true });
    writeFileSync(temporary, JSON.stringify(state), { flag: 'wx', mode: 0o600 });
    renameSync(temporary, file);
  } catch {
    // As promised: no memory then.
  }
}
