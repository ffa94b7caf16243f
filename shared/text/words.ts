/** The languages there are, and what a message may hold. */
export const languages = ['en', 'de'] as const;
export type Language = (typeof languages)[number];
/** Each language by its own name. */
export const languageNames: Readonly<Record<Language, string>> = { en: 'English', de: 'Deutsch' };

export type Values = Readonly<Record<string, string | number>>;

export function isLanguage(value: unknown): value is Language {
  return languages.some((language) => language === value);
}

/** The first of the languages that are asked for that there is a catalogue for; unknown ones give English. */
export function languageOf(asked: readonly string[]): Language {
  for (const one of asked) {
    const [name] = one.toLowerCase().split(/[-_]/);
    if (isLanguage(name)) return name;
  }
  return 'en';
}

/** Dates and numbers as the region of the reader writes them, where its language is the one that is shown. */
export function localeOf(language: Language, asked: readonly string[]): string {
  const regional = asked.find((one) => one.toLowerCase().startsWith(language));
  return supported(regional) ?? language;
}

function supported(tag: string | undefined): string | undefined {
  if (tag === undefined) return undefined;
  try {
    return Intl.getCanonicalLocales(tag)[0];
  } catch {
    // `en-US@posix`, as some systems name it.
    return undefined;
  }
}
