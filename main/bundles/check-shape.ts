/** Checks of payloads against their schemas, explained for people: where, in which line, what is wrong, what mends it. */
import type * as z from 'zod';
import { GatewayError } from '../../shared/errors/gateway-error.ts';
import { explainIssues } from '../config/explain.ts';
import { Findings, type ConfigPath } from '../config/problems.ts';
import { printable } from '../kit/printable.ts';

/** More are not read by anybody. */
const maxShown = 8;

export interface ShapeProblem {
  /** JSON Pointer. */
  readonly pointer: string;
  /** From 1. */
  readonly line: number;
  readonly problem: string;
  readonly mend: string;
}

/** Where a value stands in the text. */
export type LineOf = (pointer: string) => number;

export function pointerOf(path: ConfigPath): string {
  return path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** What the schema makes of a value. Throws `bundle.schema` that lists what is wrong. */
export function checkedShape<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  what: string,
  lineOf: LineOf,
): z.output<Schema> {
  const checked = schema.safeParse(value);
  if (checked.success) return checked.data;
  const found = new ShapeFindings(what, lineOf);
  explainIssues(firstOf(checked.error.issues), schema, value, found);
  throw shapeError(what, found.all);
}

/** Of at least one problem. */
export function shapeError(what: string, problems: readonly ShapeProblem[]): GatewayError {
  const shown = problems.slice(0, maxShown).map(({ pointer, line, problem, mend }) => {
    const sentences = [problem, mend]
      .filter((text) => text !== '')
      .map((text) => `${clipped(text).replace(/[.]$/, '')}.`);
    return `${what}:${line}: ${pointer === '' ? '' : `${clipped(pointer)}: `}${sentences.join(' ').replaceAll('?.', '?')}`;
  });
  const more = problems.length > maxShown ? ['There are more problems than these.'] : [];
  return new GatewayError('bundle.schema', [...shown, ...more].join('\n'), {
    param: problems[0]?.pointer,
    details: { problems },
  });
}

/** Names in a file may be as long as the file. */
function clipped(text: string): string {
  const safe = printable(text);
  return safe.length > 400 ? `${safe.slice(0, 400)}…` : safe;
}

/** The first ones: a file of nothing but mistakes would keep this busy for long. */
function firstOf(issues: readonly z.core.$ZodIssue[]): readonly z.core.$ZodIssue[] {
  return issues
    .slice(0, maxShown + 1)
    .map((issue) =>
      issue.code === 'unrecognized_keys' ? { ...issue, keys: issue.keys.slice(0, maxShown + 1) } : issue,
    );
}

class ShapeFindings extends Findings {
  readonly all: ShapeProblem[] = [];
  readonly #lineOf: LineOf;

  constructor(what: string, lineOf: LineOf) {
    super(what, (path) => ({ line: lineOf(pointerOf(path)), column: 1 }));
    this.#lineOf = lineOf;
  }

  override problem(path: ConfigPath, problem: string, mend: string, part: 'key' | 'value' = 'value'): void {
    super.problem(path, problem, mend, part);
    const last = this.problems.at(-1);
    const pointer = pointerOf(path);
    this.all.push({
      pointer,
      line: this.#lineOf(pointer),
      problem: last?.problem ?? problem,
      mend: last?.mend ?? mend,
    });
  }
}
