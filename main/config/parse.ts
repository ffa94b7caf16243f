/** From the text of a config file to a checked config, or to a list of what is wrong and where. Pure: looks nothing up. */
import type { Document } from 'yaml';
import { configSchema, configVersion, type Config } from '../../shared/config/config.ts';
import { atOnce, type Steps } from '../kit/steps.ts';
import { checkConfig } from './checks.ts';
import { explainIssues } from './explain.ts';
import { migrateDocument } from './migrations.ts';
import { absorb, checkProfileNames, ruleSets, type RuleSet } from './profiles.ts';
import { Findings, type ConfigPath, type ConfigProblem, type Locate } from './problems.ts';
import { sourceSteps, writeSteps, type ConfigSource, type TextHabits } from './source.ts';

export interface ParsedConfig {
  /** As the file says it. */
  readonly config: Config;
  /** What the file can be run with; the first is in force. */
  readonly sets: readonly [RuleSet, ...RuleSet[]];
  readonly document: Document;
  readonly habits: TextHabits;
  /** Collects what later stages find, with positions in this text. */
  readonly findings: Findings;
  /** The text in the current format when the file was written in an older one. */
  readonly migratedText: string | undefined;
}

export type ParseResult =
  | { readonly ok: true; readonly parsed: ParsedConfig }
  | { readonly ok: false; readonly problems: readonly ConfigProblem[]; readonly warnings: readonly ConfigProblem[] };

export interface ParseOptions {
  /** Name of the file as people know it. */
  readonly file: string;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Where a part of the text was taken from; `undefined` for the rest. */
  readonly takenFrom?: ((...asked: Parameters<Locate>) => ReturnType<Locate> | undefined) | undefined;
}

/** Never throws for anything a file can hold. */
export function parseConfig(text: string, options: ParseOptions): ParseResult {
  return atOnce(parseSteps(text, options));
}

/** The same in steps. */
export function* parseSteps(text: string, options: ParseOptions): Steps<ParseResult> {
  const read = yield* sourceSteps(text, options.file);
  if (!read.ok) return { ok: false, problems: read.problems, warnings: [] };
  const { source } = read;
  const findings = new Findings(
    options.file,
    (path, part) => options.takenFrom?.(path, part) ?? source.locate(path, part),
  );
  const value = plainValue(source, findings);
  if (value === undefined || !checkVersion(value, findings)) {
    return { ok: false, problems: findings.problems, warnings: [] };
  }
  const version = value['version'];
  if (version !== configVersion) return yield* parseOlder(source, Number(version), options);
  yield undefined;
  const result = configSchema.safeParse(value);
  if (!result.success) {
    explainIssues(result.error.issues, configSchema, value, findings);
    return { ok: false, problems: sorted(findings.problems), warnings: [] };
  }
  yield undefined;
  checkSets(result.data, findings, options.now);
  if (findings.problems.length > 0) {
    return { ok: false, problems: sorted(findings.problems), warnings: sorted(findings.warnings) };
  }
  const parsed = {
    config: result.data,
    sets: ruleSets(result.data, findings),
    document: source.document,
    habits: source.habits,
    findings,
    migratedText: undefined,
  };
  return { ok: true, parsed };
}

/** Each profile as if it were in force: a file with one that is broken is not used. */
function checkSets(config: Config, findings: Findings, now: number): void {
  checkConfig(config, findings, { now });
  checkProfileNames(config, findings);
  for (const set of ruleSets(config, findings)) {
    if (set.profile === undefined) continue;
    checkConfig(set.config, set.findings, { now });
    absorb(findings, set, 'of the profile');
  }
}

/** Positions of what is wrong then are those of the migrated text, which is what would be written. */
function* parseOlder(source: ConfigSource, version: number, options: ParseOptions): Steps<ParseResult> {
  migrateDocument(source.document, version);
  const text = yield* writeSteps(source.document, source.habits);
  const result = yield* parseSteps(text, options);
  return result.ok ? { ok: true, parsed: { ...result.parsed, migratedText: text } } : result;
}

/** The file as plain data. A section that was left empty, as `routes:` alone, is as good as absent. */
function plainValue(source: ConfigSource, findings: Findings): Record<string, unknown> | undefined {
  let value: unknown;
  try {
    value = source.document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    findings.problem(
      [],
      `cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      'Write repeated values out',
    );
    return undefined;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    findings.problem([], 'the file is not a set of "name: value" pairs', 'Start the file with "version: 1"');
    return undefined;
  }
  return Object.fromEntries(Object.entries(value).filter(([, section]) => section !== null));
}

function checkVersion(value: Readonly<Record<string, unknown>>, findings: Findings): boolean {
  const version = value['version'];
  const path: ConfigPath = ['version'];
  if (version === undefined) {
    findings.problem([], 'version is missing', `Start the file with "version: ${configVersion}"`);
    return false;
  }
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 0) {
    findings.problem(path, 'version is not a whole number', `Write "version: ${configVersion}"`);
    return false;
  }
  if (version > configVersion) {
    const problem = `version ${version} is newer than what this Sluice understands (${configVersion})`;
    findings.problem(path, problem, 'Update Sluice, or go back to the file of this version');
    return false;
  }
  return true;
}

/** In the order of the file, each once. */
function sorted(problems: readonly ConfigProblem[]): readonly ConfigProblem[] {
  const unique = new Map(problems.map((one) => [`${one.line}:${one.column}:${one.problem}`, one]));
  return [...unique.values()].sort((a, b) => a.line - b.line || a.column - b.column);
}
