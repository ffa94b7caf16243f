/** What can be wrong with a config file, where, and what mends it: `FILE:LINE:COL: problem. mend`. */
import { basename } from 'node:path';
import { nearestNames } from '../kit/nearest.ts';
import { printable } from '../kit/printable.ts';

export interface ConfigProblem {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
  /** `providers[0].base_url`; empty for the file as a whole. */
  readonly path: string;
  /** A sentence on one line; its full stop may be left out. Never holds a secret. */
  readonly problem: string;
  /** What to do about it, likewise. */
  readonly mend: string;
}

/** Keys and indexes from the root of the file. */
export type ConfigPath = readonly (string | number)[];

export function renderProblem(problem: ConfigProblem): string {
  const where = `${problem.file}:${problem.line}:${problem.column}`;
  const mend = problem.mend === '' ? '' : ` ${sentence(problem.mend)}`;
  return `${where}: ${sentence(problem.problem)}${mend}`;
}

function sentence(text: string): string {
  return /[.?!]$/.test(text) ? text : `${text}.`;
}

export function renderPath(path: ConfigPath): string {
  let text = '';
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`;
    else text += text === '' ? step : `.${step}`;
  }
  return text;
}

/** A config that cannot be used. `problems` has at least one entry; the message lists them, one a line. */
export class ConfigError extends Error {
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[]) {
    super(problems.map(renderProblem).join('\n'));
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

/** Finds the place of a value, or of its key; `file` where that is another one. */
export type Locate = (
  path: ConfigPath,
  part: 'key' | 'value',
) => { readonly file?: string; readonly line: number; readonly column: number };

/** Where something stands that a config says. */
export type WrittenAt = (path: ConfigPath) => ConfigPath;

/** The place of a value that does not stand in the file. */
export type Outside = (
  path: ConfigPath,
) => { readonly file: string; readonly line: number; readonly column: number } | undefined;

/** Collects problems and warnings of one file; `locate` finds the place. */
export class Findings {
  readonly problems: ConfigProblem[] = [];
  readonly warnings: ConfigProblem[] = [];
  readonly #file: string;
  readonly #locate: Locate;
  readonly #written: WrittenAt;
  readonly #outside: Outside;

  /**
   * `written`: where in the file a path of the config stands, where that is another one. `outside`: where it stands if not in the
   * file at all.
   */
  constructor(file: string, locate: Locate, written: WrittenAt = (path) => path, outside: Outside = () => undefined) {
    this.#file = file;
    this.#locate = locate;
    this.#written = written;
    this.#outside = outside;
  }

  /** Without any so far, of a config that was put together from other parts of the same file, and from outside of it. */
  elsewhere(written: WrittenAt, outside?: Outside): Findings {
    return new Findings(this.#file, this.#locate, written, outside);
  }

  /** Where in the file a path of this config stands. */
  written(path: ConfigPath): ConfigPath {
    return this.#written(path);
  }

  problem(path: ConfigPath, problem: string, mend: string, part: 'key' | 'value' = 'value'): void {
    this.problems.push(this.#finding(path, problem, mend, part));
  }

  warning(path: ConfigPath, problem: string, mend: string, part: 'key' | 'value' = 'value'): void {
    this.warnings.push(this.#finding(path, problem, mend, part));
  }

  /** Where something is written, for people: `sluice.yaml, line 58`. */
  origin(path: ConfigPath): string {
    const file = this.#outside(path)?.file ?? basename(this.#file);
    return printable(`${file}, line ${this.line(path)}`);
  }

  /** From 1. */
  line(path: ConfigPath): number {
    return (this.#outside(path) ?? this.#locate(this.#written(path), 'value')).line;
  }

  #finding(at: ConfigPath, problem: string, mend: string, part: 'key' | 'value'): ConfigProblem {
    const path = this.#written(at);
    const place: ReturnType<Locate> = this.#outside(at) ?? this.#locate(path, part);
    const { file = this.#file, line, column } = place;
    // Parts of the file are repeated in it, and a file may come from anywhere.
    return {
      file,
      line,
      column,
      path: printable(renderPath(path)),
      problem: printable(problem),
      mend: printable(mend),
    };
  }
}

/** The known name most like `name`, if one is near enough to be meant. */
export function nearestName(name: string, known: Iterable<string>): string | undefined {
  return nearestNames(name, [...known], 1)[0];
}
