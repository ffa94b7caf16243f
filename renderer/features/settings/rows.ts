/** The rows of the page, and which of them a search finds. */
import type { ReactNode } from 'react';

export interface SettingRow {
  readonly id: string;
  readonly label: string;
  readonly hint?: string;
  /** Further words by which it is found. */
  readonly words?: string;
  readonly content: ReactNode;
  /** Below its name, over the whole width. */
  readonly isWide?: boolean;
}

export interface SettingSection {
  readonly id: string;
  readonly title: string;
  readonly text?: string;
  readonly rows: readonly SettingRow[];
}

/** Rows of which every word of the search is somewhere; all of a section whose name has them. */
export function foundSections(sections: readonly SettingSection[], sought: string): readonly SettingSection[] {
  const words = sought
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  const fits = (...texts: readonly (string | undefined)[]): boolean => {
    const text = texts.join(' ').toLowerCase();
    return words.every((word) => text.includes(word));
  };
  return sections
    .map((section) => ({
      ...section,
      rows: section.rows.filter(({ label, hint, words: more }) => fits(section.title, label, hint, more)),
    }))
    .filter(({ rows }) => rows.length > 0);
}
