/** Placeholders: the same for the same value throughout a conversation, without any place where the values are kept. */
import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { placeholderTags, type FoundKind } from '../../../../shared/domain/masking.ts';

/** No vowels, so that no words come of it, and nothing that looks like something else (0 O 1 l I). */
const digits = '23456789';
const letters = 'bcdfghjkmnpqrstvwxyz23456789';
/** Of the value's own id, behind the digit. */
const stemLetters = 4;
/** Longer ids than this are made for nobody: sixteen values of one kind that share 27 bits. */
const maxForms = 16;

/** Kinds whose values are the same however they are grouped. */
const grouped: ReadonlySet<FoundKind> = new Set<FoundKind>([
  ...(['phone', 'credit_card', 'iban', 'bank_account', 'national_id', 'tax_id', 'medical_id', 'mac_address'] as const),
]);

/** What two spellings of one value have in common. */
export function normalised(kind: FoundKind, value: string): string {
  if (kind === 'secrets' || kind === 'patterns') return value;
  const folded = value.normalize('NFC').toLowerCase();
  return grouped.has(kind) ? folded.replace(/[\s.\-()/:]+/g, '') : folded.replace(/\s+/g, ' ');
}

export class PlaceholderMaker {
  readonly #key: KeyObject;
  readonly #made = new Map<string, string>();
  /** Values by the placeholders they have. */
  readonly #taken = new Map<string, string>();

  /** `key`: of one conversation; nothing can be compared across two of them. */
  constructor(key: Uint8Array) {
    this.#key = createSecretKey(key);
  }

  get size(): number {
    return this.#made.size;
  }

  /** The last that were given, this many at most, with what they stand for. */
  given(most: number): readonly { readonly kind: FoundKind; readonly placeholder: string; readonly text: string }[] {
    return [...this.#made].slice(-most).map(([name, placeholder]) => {
      const end = name.indexOf('\0');
      return { kind: name.slice(0, end) as FoundKind, placeholder, text: name.slice(end + 1) };
    });
  }

  /**
   * Tag and id: a digit and four letters that the value's spellings share, then one or more for this spelling. Ids grow where two
   * values would meet; the first one asked for keeps the short one.
   */
  placeholder(kind: FoundKind, value: string): string {
    const name = `${kind}\0${value}`;
    const known = this.#made.get(name);
    if (known !== undefined) return known;
    const stem = this.#id(`${kind}\0stem\0${normalised(kind, value)}`);
    const form = this.#id(`${kind}\0form\0${value}`);
    for (let length = 1; length <= maxForms; length++) {
      const made = `${placeholderTags[kind]}${stem.slice(0, 1 + stemLetters)}${form.slice(1, 1 + length)}`;
      const holder = this.#taken.get(made);
      if (holder !== undefined && holder !== name) continue;
      this.#taken.set(made, name);
      this.#made.set(name, made);
      return made;
    }
    throw new Error('Two values share a placeholder of the greatest length.');
  }

  #id(text: string): string {
    const bytes = createHmac('sha256', this.#key).update(text).digest();
    let id = digits.charAt((bytes[0] as number) % digits.length);
    for (let i = 1; i <= maxForms; i++) id += letters.charAt((bytes[i] as number) % letters.length);
    return id;
  }
}
