/** How a written number is described: its shape, its check, the words that stand beside it, and when it is known without them. */
import type { FoundKind } from '../../../../../shared/domain/masking.ts';

export interface Scheme {
  readonly subtype: string;
  readonly kind: FoundKind;
  /** Sticky; matches exactly the value, wherever it begins. */
  readonly pattern: RegExp;
  /** Check digits, or dates inside, of the value in capital letters and digits alone. */
  readonly valid?: (compact: string) => boolean;
  /** What else a value must have, where there is no check: it says nothing for the value. */
  readonly fits?: (compact: string) => boolean;
  /** Words that announce it. */
  readonly words?: readonly string[];
  /** Its word is enough: a wrong check digit does not clear it. */
  readonly lenient?: boolean;
  /** Known without a word: `always`, or only with its usual separators. */
  readonly alone?: 'always' | 'written';
  /** Groups of words that announce it besides its own: `id`, `tax`, `health`. */
  readonly groups?: readonly WordGroup[];
}

/** Words that announce more than one scheme. */
export type WordGroup = 'id' | 'tax' | 'health' | 'account';

/** What may stand between the groups of a number: spaces of all widths, full stop, slash, hyphens and dashes. */
const separator = '[ \\u00a0\\u2009\\u202f./\\u2010-\\u2015\\u2212-]?';

/** The pattern of a shape, in which `_` is an optional separator: nothing that is a letter, digit or underscore follows. */
export function shape(source: string, flags: 'iy' | 'y' = 'iy'): RegExp {
  return new RegExp(`(?:${source.replaceAll('_', separator)})(?![A-Za-z0-9_])`, flags);
}

/** The same in capital letters alone: for shapes that words of a sentence have as well. */
export function exactShape(source: string): RegExp {
  return shape(source, 'y');
}

/** Capital letters and digits of a value. */
export function compactOf(value: string): string {
  return value.replace(/[^A-Za-z0-9]+/g, '').toUpperCase();
}
