/**
 * What the instance says in English whoever asks, in the language of the reader: of sentences that are known word by word, and of
 * those whose form is known. What is known in neither way stays as it was said.
 */
export interface SaidTable {
  /** Whole sentences. */
  readonly sentences: Readonly<Record<string, string>>;
  /** Sentences with something in them, the first that fits counts. */
  readonly forms: readonly (readonly [form: RegExp, told: (...parts: readonly string[]) => string])[];
}

export interface Retold {
  readonly text: string;
  /** `en` where it is still as the instance said it, and the page is in another language. */
  readonly lang: 'en' | undefined;
}

/** `table`: of the language of the reader; `undefined` for English. A full stop at the end is as it was. */
export function retold(english: string, table: SaidTable | undefined): Retold {
  if (table === undefined || english === '') return { text: english, lang: undefined };
  const { sentences, forms } = table;
  if (Object.hasOwn(sentences, english)) return { text: sentences[english] ?? english, lang: undefined };
  for (const [form, told] of forms) {
    const found = form.exec(english);
    if (found !== null) return { text: told(...found.slice(1).map((part) => part ?? '')), lang: undefined };
  }
  return { text: english, lang: 'en' };
}
