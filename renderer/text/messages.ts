/** What a catalogue holds: a message for each key of the language of reference. */
import type { en } from './en.ts';

export type MessageKey = keyof typeof en;
export type Messages = Readonly<Record<MessageKey, string>>;
