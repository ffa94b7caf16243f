/** What a leaf is: a text of a checked body that a model or a person wrote, with its place in the bytes. */
import type { Span } from './document.ts';

/** Who says it. `tool`: arguments and results of tools, fetched documents. `definition`: descriptions of tools and schemas. `other`: the rest. */
export type LeafPlace = 'system' | 'user' | 'assistant' | 'tool' | 'definition' | 'other';

/** One string value of the body (or of JSON inside a string of the body). */
export interface Leaf {
  /** The bytes between its quotes as they stand in the body, one character a byte (latin1): names the same text cheaply. */
  readonly raw: string;
  /** Where `raw` begins in the bytes of the body. */
  readonly start: number;
  /** How many times a string in this place is escaped in the bytes: 1 in the body itself, 2 in JSON inside a string. */
  readonly layers: number;
  readonly place: LeafPlace;
  /** Name of the field whose value it is, where the object is data: arguments and results of tools, metadata, what is not known. */
  readonly field: string | undefined;
  /**
   * `text`; `key`: the name of a field of data; `number`: a number of data, long enough to be a card or an account;
   * `base64`: a document whose bytes are text.
   */
  readonly form: 'text' | 'key' | 'number' | 'base64';
  /** Reasoning that the provider signed, with its signature: it must go back as it came. */
  readonly signature?: string | undefined;
}

/** The text of a leaf, and where each part of it stands. */
export interface LeafText {
  readonly text: string;
  /**
   * The bytes of the body that are `text.slice(start, end)`; half a character counts as all of it. Of `base64` always the whole
   * value: bytes in it are no bytes of the text.
   */
  span(start: number, end: number): Span;
}

export interface LeafPolicy {
  /** Descriptions of tools and schemas are texts as well. */
  readonly definitions: boolean;
}
