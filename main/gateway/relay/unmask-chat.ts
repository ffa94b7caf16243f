/** Which strings of a Chat Completions stream are pieces of which text. */
import type { Json, JsonObject } from '../dialects/canonical.ts';
import type { JsonNode, JsonTree } from './unmask-json.ts';
import { Slots, textContext, type EventReader, type Piece, type Reading, type Slot } from './unmask-slots.ts';
import type { ChannelSet, UnmaskContext } from './unmask-channel.ts';

/** Fields of a delta that are texts, and what they are. */
const plainFields = {
  content: 'text',
  reasoning_content: 'reasoning',
  reasoning: 'reasoning',
  refusal: 'refusal',
} as const;

type Kind = 'text' | 'reasoning' | 'refusal' | 'call';

/** A call that is under way. */
interface Call {
  readonly key: string;
  id: string;
  name: string;
}

interface ToSlot {
  readonly choice: number;
  readonly key: string;
  readonly kind: Kind;
  readonly context?: UnmaskContext;
  /** What of the choice says it: a delta. */
  readonly delta: (text: string) => JsonObject;
  /** Older completions have a text in its place. */
  readonly isBare?: boolean;
}

export class ChatReader implements EventReader {
  readonly #slots: Slots;
  /** By choice and index. */
  readonly #calls = new Map<string, Call>();
  /** By choice: where a piece without an index belongs. */
  readonly #lastIndex = new Map<number, number>();
  readonly #finished = new Set<number>();
  #callCount = 0;
  #pieces: Piece[] = [];
  #ended = new Set<Slot>();

  constructor(channels: ChannelSet) {
    this.#slots = new Slots(channels);
  }

  read(tree: JsonTree): Reading {
    this.#pieces = [];
    this.#ended = new Set();
    for (const choice of tree.list(tree.root, 'choices')) {
      const index = tree.number(choice, 'index') ?? 0;
      const from = this.#pieces.length;
      const delta = tree.get(choice, 'delta') ?? tree.get(choice, 'message');
      if (delta !== undefined) this.#delta(tree, delta, index);
      const text = tree.string(choice, 'text');
      if (text !== undefined) this.#bare(text, index);
      this.#settle(tree, choice, index, this.#pieces.slice(from));
    }
    return { pieces: this.#pieces, ended: this.#ended };
  }

  /** What ends with this chunk: texts of another kind where one of them goes on, and all with the finish. */
  #settle(tree: JsonTree, choice: JsonNode, index: number, pieces: readonly Piece[]): void {
    const kinds = new Set(pieces.filter(({ node }) => node.end > node.start).map(({ slot }) => slot.kind));
    const finish = tree.textOf(choice, 'finish_reason') ?? '';
    // Some servers say "stop" in every chunk.
    const isEnd = finish !== '' && finish !== 'null' && !this.#finished.has(index);
    if (isEnd) this.#finished.add(index);
    if (isEnd) for (const piece of pieces) piece.isLast = true;
    if (!isEnd && kinds.size !== 1) return;
    for (const slot of this.#slots.of(String(index))) if (isEnd || !kinds.has(slot.kind)) this.#ended.add(slot);
  }

  #bare(node: JsonNode, choice: number): void {
    const delta = (text: string): JsonObject => ({ text });
    this.#piece(node, this.#slot({ choice, key: 'text', kind: 'text', delta, isBare: true }));
  }

  #delta(tree: JsonTree, delta: JsonNode, choice: number): void {
    for (const [field, kind] of Object.entries(plainFields)) {
      const node = tree.string(delta, field);
      if (node === undefined) continue;
      const say = (text: string): JsonObject => ({ [field]: text });
      this.#piece(node, this.#slot({ choice, key: field, kind, delta: say }));
    }
    for (const part of tree.list(delta, 'content')) this.#contentPart(tree, part, choice);
    for (const [at, detail] of tree.list(delta, 'reasoning_details').entries()) this.#detail(tree, detail, choice, at);
    for (const call of tree.list(delta, 'tool_calls')) this.#call(tree, call, choice);
    const called = tree.get(delta, 'function_call');
    if (called !== undefined) this.#functionCall(tree, called, choice);
  }

  /** Mistral's contents are lists of texts and thoughts. */
  #contentPart(tree: JsonTree, part: JsonNode, choice: number): void {
    const text = tree.string(part, 'text');
    if (text !== undefined) this.#listed(text, choice, 'text', (said) => ({ type: 'text', text: said }));
    const thought = (said: Json): JsonObject => ({ type: 'thinking', thinking: said });
    const whole = tree.string(part, 'thinking');
    if (whole !== undefined) this.#listed(whole, choice, 'reasoning', thought);
    for (const one of tree.list(part, 'thinking')) {
      const said = tree.string(one, 'text');
      if (said === undefined) continue;
      this.#listed(said, choice, 'reasoning', (more) => thought([{ type: 'text', text: more }]));
    }
  }

  #listed(node: JsonNode, choice: number, kind: Kind, part: (text: string) => JsonObject): void {
    const slot = this.#slot({ choice, key: `content/${kind}`, kind, delta: (text) => ({ content: [part(text)] }) });
    this.#piece(node, slot);
  }

  /** OpenRouter says reasoning a second time, in the form it came in. */
  #detail(tree: JsonTree, detail: JsonNode, choice: number, at: number): void {
    const index = tree.number(detail, 'index') ?? at;
    const type = tree.textOf(detail, 'type') ?? '';
    for (const field of ['text', 'summary']) {
      const node = tree.string(detail, field);
      if (node === undefined) continue;
      const key = `reasoning_details/${String(index)}/${field}`;
      const delta = (text: string): JsonObject => ({ reasoning_details: [{ type, index, [field]: text }] });
      this.#piece(node, this.#slot({ choice, key, kind: 'reasoning', delta }));
    }
  }

  #call(tree: JsonTree, entry: JsonNode, choice: number): void {
    const called = tree.get(entry, 'function') ?? tree.get(entry, 'custom');
    const index = tree.number(entry, 'index') ?? this.#lastIndex.get(choice) ?? 0;
    const call = this.#callAt(choice, index, tree.textOf(entry, 'id') ?? '', tree.textOf(called, 'name') ?? '');
    const isCustom = tree.get(entry, 'custom') !== undefined;
    const node = tree.string(called, isCustom ? 'input' : 'arguments');
    if (node === undefined) return;
    const delta = (text: string): JsonObject => ({
      tool_calls: [{ index, ...(isCustom ? { custom: { input: text } } : { function: { arguments: text } }) }],
    });
    const context = { json: !isCustom, tool: call.name };
    this.#piece(node, this.#slot({ choice, key: call.key, kind: 'call', context, delta }));
  }

  /** The older form, one call at most. */
  #functionCall(tree: JsonTree, called: JsonNode, choice: number): void {
    const call = this.#callAt(choice, -1, '', tree.textOf(called, 'name') ?? '');
    const node = tree.string(called, 'arguments');
    if (node === undefined) return;
    const delta = (text: string): JsonObject => ({ function_call: { arguments: text } });
    const context = { json: true, tool: call.name };
    this.#piece(node, this.#slot({ choice, key: call.key, kind: 'call', context, delta }));
  }

  /** Some servers leave the index 0 for every call: one with another id, or without ids another name, is another call. */
  #callAt(choice: number, index: number, id: string, name: string): Call {
    const place = `${String(choice)}/${String(index)}`;
    this.#lastIndex.set(choice, index);
    const known = this.#calls.get(place);
    const differs =
      known !== undefined && name !== '' && (id !== '' && known.id !== '' ? id !== known.id : name !== known.name);
    if (known !== undefined && (!differs || known.name === '')) {
      if (known.id === '') known.id = id;
      if (known.name === '') known.name = name;
      return known;
    }
    const over = known && this.#slots.close(`${String(choice)}/${known.key}`);
    if (over !== undefined) this.#ended.add(over);
    const call = { key: `call/${String(this.#callCount++)}`, id, name };
    this.#calls.set(place, call);
    return call;
  }

  #slot({ choice, key, kind, context = textContext, delta, isBare = false }: ToSlot): Slot {
    return this.#slots.slot({
      key: `${String(choice)}/${key}`,
      owner: String(choice),
      kind,
      context,
      say(text, { choices: _choices, usage: _usage, obfuscation: _obfuscation, ...envelope }) {
        const said = isBare ? delta(text) : { delta: delta(text) };
        return { ...envelope, choices: [{ index: choice, ...said, finish_reason: null }] };
      },
    });
  }

  #piece(node: JsonNode, slot: Slot): void {
    this.#pieces.push({ node, slot, isLast: false });
  }
}
