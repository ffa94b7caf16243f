/** Words, numbers, money and dates in the language of the reader, for React. */
import { useCallback } from 'react';
import { create } from 'zustand';
import { createText, type Text as AnyText } from '../../shared/text/text.ts';
import { languageOf, localeOf, type Language } from '../../shared/text/words.ts';
import { en } from './en.ts';
import type { MessageKey, Messages } from './messages.ts';
import { retold, type Retold, type SaidTable } from './said.ts';

export { isLanguage, languageNames, languages, type Language, type Values } from '../../shared/text/words.ts';
export type { MessageKey, Messages };
export type Text = AnyText<MessageKey>;

interface TextState {
  readonly language: Language;
  readonly messages: Messages;
  readonly said: SaidTable | undefined;
}

const useTextState = create<TextState>()(() => ({ language: 'en', messages: en, said: undefined }));

/** The first language of the browser that there is a catalogue for; unknown ones give English. */
export function languageFor(choice: Language | 'system', asked: readonly string[] = navigator.languages): Language {
  return choice === 'system' ? languageOf(asked) : choice;
}

/** Loads the catalogue and has everything that is shown say it anew. */
export async function setLanguage(language: Language): Promise<void> {
  const { messages, said } = await catalogueOf(language);
  document.documentElement.lang = language;
  useTextState.setState({ language, messages, said });
}

async function catalogueOf(language: Language): Promise<Pick<TextState, 'messages' | 'said'>> {
  if (language !== 'de') return { messages: en, said: undefined };
  const { de, saidDe } = await import('./de.ts');
  return { messages: de, said: saidDe };
}

/** Tells what the instance said in English in the language in force, as far as that is known. */
export function useSaid(): (english: string) => Retold {
  const said = useTextState((state) => state.said);
  return useCallback((english) => retold(english, said), [said]);
}

/** The words of the language in force; the component is drawn again when it changes. */
export function useText(): Text {
  const { language, messages } = useTextState();
  return textOf(language, messages);
}

/** The same outside of components, at the moment it is called. */
export function currentText(): Text {
  const { language, messages } = useTextState.getState();
  return textOf(language, messages);
}

const made = new WeakMap<Messages, Text>();

function textOf(language: Language, messages: Messages): Text {
  const known = made.get(messages);
  if (known !== undefined) return known;
  const text = createText(language, localeOf(language, navigator.languages), messages);
  made.set(messages, text);
  return text;
}
