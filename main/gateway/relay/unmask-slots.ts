/** The texts of a streamed answer that come in pieces, and what a reader of a dialect's events tells of them. */
import type { JsonObject } from '../dialects/canonical.ts';
import type { JsonNode, JsonTree } from './unmask-json.ts';
import type { ChannelSet, UnmaskChannel, UnmaskContext } from './unmask-channel.ts';

/** Where a text belongs: texts of one answer that are of another kind end where this one begins. */
export interface SlotPlace {
  /** The choice, candidate, block or item. */
  readonly owner: string;
  /** What it is within its owner. */
  readonly kind: string;
}

/** One text that comes in pieces. */
export interface Slot extends SlotPlace {
  readonly channel: UnmaskChannel;
  /** The data of an event that says `text` in this place; `last` is the data of one that did. */
  readonly say: (text: string, last: JsonObject) => JsonObject;
  /** The event that left something waiting. */
  last: Buffer | undefined;
}

export interface SlotOptions extends SlotPlace {
  readonly key: string;
  readonly context: UnmaskContext;
  readonly say: Slot['say'];
}

/** A string of an event that is a piece of a text. */
export interface Piece {
  readonly node: JsonNode;
  readonly slot: Slot;
  /** The text ends with it. */
  isLast: boolean;
}

/** What an event is made of. */
export interface Reading {
  readonly pieces: readonly Piece[];
  /** Texts that are over before this event. */
  readonly ended: Iterable<Slot>;
  /** Strings whose context only the reader knows. */
  readonly contexts?: ReadonlyMap<JsonNode, UnmaskContext> | undefined;
  /** Reasoning and the signature under it. */
  readonly signed?: { readonly slot: Slot; readonly signature: string } | undefined;
}

/** Knows the events of one dialect. One per stream. */
export interface EventReader {
  read(tree: JsonTree, name: string): Reading;
}

export class Slots {
  readonly #channels: ChannelSet;
  readonly #slots = new Map<string, Slot>();

  constructor(channels: ChannelSet) {
    this.#channels = channels;
  }

  /** The slot of this key, made where there is none. */
  slot(options: SlotOptions): Slot {
    const known = this.#slots.get(options.key);
    if (known !== undefined) return known;
    const { key, owner, kind, context, say } = options;
    const slot = { owner, kind, say, channel: this.#channels.channel(key, context), last: undefined };
    this.#slots.set(key, slot);
    return slot;
  }

  get(key: string): Slot | undefined {
    return this.#slots.get(key);
  }

  /** The text is over, and another may have its key. What waits of it is the caller's to end. */
  close(key: string): Slot | undefined {
    const slot = this.#slots.get(key);
    this.#slots.delete(key);
    this.#channels.close(key);
    return slot;
  }

  /** Those of an owner, or all. */
  of(owner?: string): Slot[] {
    const all = [...this.#slots.values()];
    return owner === undefined ? all : all.filter((slot) => slot.owner === owner);
  }
}

export const textContext: UnmaskContext = { json: false, tool: undefined };
