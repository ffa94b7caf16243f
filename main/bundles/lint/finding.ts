/** What lint says of a bundle, and the list it says it in. */

export interface LintFinding {
  /** JSON Pointer into the payload. */
  readonly pointer: string;
  readonly code: 'bundle.secret_found' | 'bundle.lint';
  /** A sentence on one line, without its full stop. Never holds a secret. */
  readonly text: string;
  /** What to do about it, likewise; may be empty. */
  readonly mend: string;
}

export class LintReport {
  readonly problems: LintFinding[] = [];
  readonly warnings: LintFinding[] = [];

  problem(path: Path, text: string, mend: string): void {
    this.problems.push({ pointer: pointerTo(path), code: 'bundle.lint', text, mend });
  }

  warning(path: Path, text: string, mend: string): void {
    this.warnings.push({ pointer: pointerTo(path), code: 'bundle.lint', text, mend });
  }

  secret(path: Path, text: string, mend: string): void {
    this.problems.push({ pointer: pointerTo(path), code: 'bundle.secret_found', text, mend });
  }
}

export type Path = readonly (string | number)[];

function pointerTo(path: Path): string {
  return path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** `1 day`, `13 days`: begun ones count. */
export function daysText(days: number): string {
  const count = Math.ceil(days);
  return `${count} ${count === 1 ? 'day' : 'days'}`;
}
