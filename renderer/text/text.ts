/** Words, numbers, money and dates in the language of the reader, for React. */
import { create } from 'zustand';
import { createText, type Text as AnyText } from '../../shared/text/text.ts';
import { languageOf, localeOf, type Language } from '../../shared/text/words.ts';
import { en } from './en.ts';
import type { MessageKey, Messages } from './messages.ts';

export { isLanguage, languageNames, languages, type Language, type Values } from '../../shared/text/words.ts';
export type { MessageKey, Messages };
export type Text = AnyText<MessageKey>;

interface TextState {
  readonly language: Language;
  readonly messages: Messages;
}

const useTextState = create<TextState>()(() => ({ language: 'en', messages: en }));

/** The first language of the browser that there is a catalogue for; unknown ones give English. */
export function languageFor(choice: Language | 'system', asked: readonly string[] = navigator.languages): Language {
  return choice === 'system' ? languageOf(asked) : choice;
}

/** Loads the catalogue and has everything that is shown say it anew. */
export async function setLanguage(language: Language): Promise<void> {
  const messages = language === 'de' ? (await import('./de.ts')).de : en;
  document.documentElement.lang = language;
  useTextState.setState({ language, messages });
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
