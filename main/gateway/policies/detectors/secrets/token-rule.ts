/** How one kind of token with a fixed beginning looks. */
import type { Alphabet } from './shapes.ts';

export interface TokenRule {
  /** What it is, in snake_case; shown to people. */
  readonly kind: string;
  /** Text that every token of the kind begins with (or holds, where `before` says what stands in front), case as written. */
  readonly prefix: string;
  /** Characters behind the prefix, and how many of them there are at least (and at most). */
  readonly body: Alphabet;
  readonly min: number;
  readonly max: number;
  /** The whole from the prefix on, sticky. A group, if any, is the secret part and ends the match. */
  readonly shape?: RegExp;
  /** What stands in front of the prefix and is part of the token: the alphabet and how many characters. */
  readonly before?: { readonly body: Alphabet; readonly min: number; readonly max: number };
  /** The prefix as well is found in any case. */
  readonly anyCase?: true;
  /** The body ends in its own CRC-32. */
  readonly crc?: true;
  /** The prefix is short or the body has words in it: the body must look drawn at random. `no`: nothing is asked of the body; `spread`: it may look like words. */
  readonly random?: 'no' | 'spread';
}
