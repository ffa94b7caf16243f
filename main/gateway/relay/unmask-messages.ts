/** Which strings of an Anthropic Messages stream are pieces of which text. */
import type { JsonObject } from '../dialects/canonical.ts';
import type { JsonNode, JsonTree } from './unmask-json.ts';
import { Slots, textContext, type EventReader, type Piece, type Reading, type Slot } from './unmask-slots.ts';
import type { ChannelSet, UnmaskContext } from './unmask-channel.ts';

/** Fields of a delta that hold a piece, and the type of the delta. */
const fields = { text: 'text_delta', thinking: 'thinking_delta', partial_json: 'input_json_delta' } as const;
type Field = keyof typeof fields;
const fieldNames = Object.keys(fields) as readonly Field[];

export class MessagesReader implements EventReader {
  readonly #slots: Slots;
  readonly #thinking: UnmaskContext;
  /** Tools by the index of their block. */
  readonly #tools = new Map<number, string>();
  /** What came of a signature, by index. */
  readonly #signatures = new Map<number, string>();

  constructor(channels: ChannelSet, watchesSignatures: boolean) {
    this.#slots = new Slots(channels);
    this.#thinking = { ...textContext, isSigned: watchesSignatures };
  }

  read(tree: JsonTree, name: string): Reading {
    const { root } = tree;
    const index = tree.number(root, 'index') ?? 0;
    switch (tree.textOf(root, 'type') ?? name) {
      case 'content_block_start':
        return this.#start(tree, index);
      case 'content_block_delta':
        return this.#delta(tree, index);
      case 'content_block_stop':
        return { pieces: [], ended: this.#slots.of(String(index)) };
      case 'message_delta':
      case 'message_stop':
        return { pieces: [], ended: this.#slots.of() };
      default:
        return { pieces: [], ended: [] };
    }
  }

  #start(tree: JsonTree, index: number): Reading {
    const block = tree.get(tree.root, 'content_block');
    const ended = this.#slots.of(String(index));
    for (const field of fieldNames) this.#slots.close(keyOf(index, field));
    this.#tools.set(index, tree.textOf(block, 'name') ?? '');
    this.#signatures.delete(index);
    // Some begin a text here.
    return { pieces: this.#pieces(tree, block, index, ['text', 'thinking']), ended };
  }

  #delta(tree: JsonTree, index: number): Reading {
    const delta = tree.get(tree.root, 'delta');
    const piece = tree.textOf(delta, 'signature');
    if (piece !== undefined) {
      const signature = (this.#signatures.get(index) ?? '') + piece;
      this.#signatures.set(index, signature);
      const slot = this.#slots.get(keyOf(index, 'thinking'));
      return { pieces: [], ended: this.#slots.of(String(index)), signed: slot && { slot, signature } };
    }
    return { pieces: this.#pieces(tree, delta, index, fieldNames), ended: [] };
  }

  #pieces(tree: JsonTree, holder: JsonNode | undefined, index: number, names: readonly Field[]): Piece[] {
    const pieces: Piece[] = [];
    for (const field of names) {
      const node = tree.string(holder, field);
      if (node !== undefined) pieces.push({ node, slot: this.#slot(index, field), isLast: false });
    }
    return pieces;
  }

  #slot(index: number, field: Field): Slot {
    return this.#slots.slot({
      key: keyOf(index, field),
      owner: String(index),
      kind: field,
      context:
        field === 'partial_json'
          ? { json: true, tool: this.#tools.get(index) ?? '' }
          : field === 'thinking'
            ? this.#thinking
            : textContext,
      say: (text): JsonObject => ({
        type: 'content_block_delta',
        index,
        delta: { type: fields[field], [field]: text },
      }),
    });
  }
}

function keyOf(index: number, field: Field): string {
  return `${String(index)}/${field}`;
}
