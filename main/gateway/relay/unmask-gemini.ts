/** Which strings of a Gemini stream are pieces of which text. */
import type { JsonObject } from '../dialects/canonical.ts';
import type { JsonNode, JsonTree } from './unmask-json.ts';
import { Slots, textContext, type EventReader, type Piece, type Reading, type Slot } from './unmask-slots.ts';
import type { ChannelSet, UnmaskContext } from './unmask-channel.ts';

interface ToSlot {
  readonly candidate: number;
  readonly key: string;
  readonly kind: 'text' | 'thought' | 'call';
  readonly context?: UnmaskContext;
  /** The part that says it. */
  readonly part: (text: string) => JsonObject;
}

export class GeminiReader implements EventReader {
  readonly #slots: Slots;
  /** Of the call whose arguments come in pieces, by candidate. */
  readonly #tools = new Map<number, string>();
  readonly #finished = new Set<number>();
  #calls = 0;
  #pieces: Piece[] = [];
  #ended = new Set<Slot>();

  constructor(channels: ChannelSet) {
    this.#slots = new Slots(channels);
  }

  read(tree: JsonTree): Reading {
    this.#pieces = [];
    this.#ended = new Set();
    for (const chunk of tree.root.kind === 'list' ? tree.root.values : [tree.root]) {
      for (const [at, candidate] of tree.list(chunk, 'candidates').entries())
        this.#candidate(tree, candidate, tree.number(candidate, 'index') ?? at);
    }
    return { pieces: this.#pieces, ended: this.#ended };
  }

  #candidate(tree: JsonTree, node: JsonNode, candidate: number): void {
    for (const part of tree.list(tree.get(node, 'content'), 'parts')) this.#part(tree, part, candidate);
    const finish = tree.textOf(node, 'finishReason') ?? '';
    if (finish === '' || finish === 'FINISH_REASON_UNSPECIFIED' || this.#finished.has(candidate)) return;
    // Early servers repeated the reason in every chunk: only the first ends anything.
    this.#finished.add(candidate);
    this.#end(candidate, () => true);
  }

  #part(tree: JsonTree, part: JsonNode, candidate: number): void {
    const node = tree.string(part, 'text');
    if (node !== undefined) {
      const isThought = isTrue(tree, tree.get(part, 'thought'));
      const kind = isThought ? 'thought' : 'text';
      if (node.end > node.start) this.#end(candidate, (slot) => slot.kind !== kind);
      const said = (text: string): JsonObject => (isThought ? { text, thought: true } : { text });
      this.#piece(node, this.#slot({ candidate, key: kind, kind, part: said }));
      return;
    }
    const call = tree.get(part, 'functionCall');
    if (call === undefined) return;
    this.#end(candidate, ({ kind }) => kind !== 'call');
    this.#call(tree, call, candidate);
  }

  /** Arguments that come as values at paths (Vertex AI): each path is a text of its own. */
  #call(tree: JsonTree, call: JsonNode, candidate: number): void {
    const name = tree.textOf(call, 'name') ?? '';
    if (name !== '') {
      this.#end(candidate, ({ kind }) => kind === 'call');
      this.#tools.set(candidate, name);
      this.#calls++;
    }
    const tool = this.#tools.get(candidate) ?? name;
    for (const piece of tree.list(call, 'partialArgs')) {
      const node = tree.string(piece, 'stringValue');
      if (node === undefined) continue;
      const jsonPath = tree.textOf(piece, 'jsonPath') ?? '';
      const slot = this.#slot({
        candidate,
        key: `call/${String(this.#calls)}/${jsonPath}`,
        kind: 'call',
        context: { json: false, tool },
        part: (text) => ({
          functionCall: { partialArgs: [{ jsonPath, stringValue: text, willContinue: true }], willContinue: true },
        }),
      });
      this.#piece(node, slot).isLast = !isTrue(tree, tree.get(piece, 'willContinue'));
    }
  }

  /** Texts that are over: with their last piece where this chunk has one of them, else before it. */
  #end(candidate: number, isOver: (slot: Slot) => boolean): void {
    for (const slot of this.#slots.of(String(candidate))) {
      if (!isOver(slot)) continue;
      const piece = this.#pieces.findLast((one) => one.slot === slot);
      if (piece === undefined) this.#ended.add(slot);
      else piece.isLast = true;
    }
  }

  #slot({ candidate, key, kind, context = textContext, part }: ToSlot): Slot {
    return this.#slots.slot({
      key: `${String(candidate)}/${key}`,
      owner: String(candidate),
      kind,
      context,
      say(text, { candidates: _candidates, usageMetadata: _usage, promptFeedback: _feedback, ...envelope }) {
        const content = { parts: [part(text)], role: 'model' };
        return { candidates: [{ content, index: candidate }], ...envelope };
      },
    });
  }

  #piece(node: JsonNode, slot: Slot): Piece {
    const piece = { node, slot, isLast: false };
    this.#pieces.push(piece);
    return piece;
  }
}

function isTrue(tree: JsonTree, node: JsonNode | undefined): boolean {
  return node?.kind === 'other' && tree.bytes[node.start] === 0x74;
}
