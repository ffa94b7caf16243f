/** Values with a reason: `{value, reason, ref}` stands for its value anywhere in what a bundle says, and its words are kept apart. */
import { pointerOf, type LineOf, type ShapeProblem } from './check-shape.ts';
import { printable } from '../kit/printable.ts';
import type { LeafNote } from './types.ts';

const maxReason = 280;
const maxRef = 120;
const wrapperNames: ReadonlySet<string> = new Set(['value', 'reason', 'ref']);

type Path = readonly (string | number)[];

export class Leaves {
  /** By JSON Pointer of the value, as it is without the wrapping. */
  readonly notes = new Map<string, LeafNote>();
  readonly #wrapped = new Set<string>();
  readonly #problems: (Omit<ShapeProblem, 'line'> & { readonly at: string })[] = [];

  /** The value at `path` with every wrapped one replaced by what it wraps. Conditions stay: there `value` would be a word of theirs. */
  unwrap(value: unknown, path: Path): unknown {
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) {
      // Lists of thousands of plain texts are what takes time here.
      return value.map((one: unknown, index) => (typeof one === 'object' ? this.unwrap(one, [...path, index]) : one));
    }
    const fields = value as Readonly<Record<string, unknown>>;
    if (isWrapper(fields)) return this.#open(fields, path);
    const plain: Record<string, unknown> = {};
    for (const [name, inner] of Object.entries(fields)) {
      plain[name] = name === 'when' ? inner : this.unwrap(inner, [...path, name]);
    }
    return plain;
  }

  #open(fields: Readonly<Record<string, unknown>>, path: Path): unknown {
    const pointer = pointerOf(path);
    this.#wrapped.add(pointer);
    const inner = fields['value'];
    if (typeof inner === 'object' && inner !== null && !Array.isArray(inner) && isWrapper({ ...inner })) {
      this.#problems.push({
        at: pointer,
        pointer,
        problem: 'a value with a reason stands within another one',
        mend: 'Give one value, with one reason',
      });
    }
    const reason = this.#words(fields['reason'], pointer, 'reason', maxReason);
    const ref = this.#words(fields['ref'], pointer, 'ref', maxRef);
    if (reason !== undefined || ref !== undefined) this.notes.set(pointer, { reason, ref });
    return this.unwrap(inner, path);
  }

  #words(text: unknown, at: string, name: string, most: number): string | undefined {
    if (text === undefined) return undefined;
    if (typeof text === 'string' && text.length <= most) return printable(text);
    const problem = typeof text === 'string' ? 'is too long' : 'is not text';
    this.#problems.push({ at, pointer: `${at}/${name}`, problem, mend: `Use at most ${most} characters` });
    return undefined;
  }

  problems(lineOf: LineOf): readonly ShapeProblem[] {
    return this.#problems.map(({ at, ...one }) => ({ ...one, line: lineOf(at) }));
  }

  /** Where a value stands in the text, by its pointer without wrappings. */
  writtenAt(pointer: string): string {
    if (this.#wrapped.size === 0) return pointer;
    let plain = '';
    let written = '';
    for (const step of pointer.split('/').slice(1)) {
      if (this.#wrapped.has(plain)) written += '/value';
      plain += `/${step}`;
      written += `/${step}`;
    }
    return written;
  }
}

function isWrapper(fields: Readonly<Record<string, unknown>>): boolean {
  return Object.hasOwn(fields, 'value') && Object.keys(fields).every((name) => wrapperNames.has(name));
}
