/** One change of the config file: read, rewritten, checked, and written unless somebody else wrote meanwhile. */
import type { Document } from 'yaml';
import { GatewayError } from '../../shared/errors/gateway-error.ts';
import type { Snapshot } from '../gateway/ports.ts';
import { AtomicWriteError, writeFileAtomic } from '../kit/atomic-file.ts';
import { inTurns, type Steps } from '../kit/steps.ts';
import { parseSteps, type ParsedConfig } from './parse.ts';
import { ConfigError } from './problems.ts';
import type { RuleSet } from './profiles.ts';
import type { Resolutions } from './secrets.ts';
import { writeSteps } from './source.ts';
import type { TeamSet } from './team-layer.ts';

/** How often a write is tried again when somebody else saves at the same moment. */
const maxTries = 20;

/** A text of the file, checked and compiled. */
export interface Loaded {
  readonly text: string;
  readonly parsed: ParsedConfig;
  /** What is run, and what it can be switched to: as the file says it, with what team bundles make of it. */
  readonly sets: readonly [RuleSet | TeamSet, ...(RuleSet | TeamSet)[]];
  readonly snapshot: Snapshot;
  readonly resolutions: Resolutions;
  /** Milliseconds since 1970: the moment for which it was compiled. */
  readonly at: number;
}

export interface FileChange {
  /** The new text, in steps. Runs again, on what the file holds then, when somebody else saved in between. `before` may be changed. */
  readonly rewrite: (before: ParsedConfig, text: string) => Steps<string>;
  /** Throws when what it came to may not be, before anything is read or looked up that it names. */
  readonly accept?: ((before: ParsedConfig, after: ParsedConfig) => void) | undefined;
  /** Stops before it writes. */
  readonly dryRun?: boolean | undefined;
}

export interface FileChanged {
  readonly before: string;
  readonly loaded: Loaded;
}

export interface FileChangeNeeds {
  readonly file: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** `undefined` when there is no file. */
  readonly read: () => Promise<string | undefined>;
  /** Rejects with `ConfigError` when a text cannot be used. */
  readonly load: (text: string) => Promise<Loaded>;
}

/** Rejects with a `GatewayError`, with nothing written, when the change cannot be. What is written is not in force yet. */
export async function changeFile(needs: FileChangeNeeds, change: FileChange): Promise<FileChanged> {
  const { file, now } = needs;
  for (let tries = 0; tries < maxTries; tries += 1) {
    const before = await needs.read();
    if (before === undefined)
      throw new GatewayError('config.invalid', `${file} is gone. Restore it, or start Sluice again.`);
    const parsed = await parsedOrRefused(before, file, now());
    const next = await inTurns(change.rewrite(parsed, before));
    if (change.accept !== undefined)
      change.accept(await parsedOrRefused(before, file, now()), await parsedOrRefused(next, file, now()));
    const loaded = await needs.load(next).catch((error: unknown) => {
      throw refusal(error);
    });
    if (change.dryRun === true || next === before || (await write(file, next, before)) === 'written')
      return { before, loaded };
  }
  throw new GatewayError(
    'config.invalid',
    `${file} keeps changing while it is to be written. Close what writes it and try again.`,
  );
}

/** The text of a document that was changed, in steps. */
export function* rewritten(document: Document, habits: ParsedConfig['habits']): Steps<string> {
  try {
    return yield* writeSteps(document, habits);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new GatewayError('config.invalid', `The change cannot be written into the file: ${reason}`, { cause: error });
  }
}

/** Why a change was not made, for whoever asked for it. Anything but a config or file that will not do passes through. */
export function refusal(error: unknown): unknown {
  if (error instanceof ConfigError)
    return new GatewayError('config.invalid', error.message, { details: { problems: error.problems } });
  const ofFile = error instanceof AtomicWriteError || (error instanceof Error && 'code' in error && 'syscall' in error);
  return ofFile
    ? new GatewayError('config.invalid', `The config file cannot be written: ${error.message}`, { cause: error })
    : error;
}

async function parsedOrRefused(text: string, file: string, now: number): Promise<ParsedConfig> {
  const result = await inTurns(parseSteps(text, { file, now }));
  if (!result.ok) throw refusal(new ConfigError(result.problems));
  return result.parsed;
}

async function write(file: string, next: string, expected: string): Promise<'written' | 'changed'> {
  try {
    return await writeFileAtomic(file, next, { backup: true, expected });
  } catch (error) {
    throw refusal(error);
  }
}
