/** Which strings of a Responses stream are pieces of which text. */
import type { JsonNode, JsonTree } from './unmask-json.ts';
import { Slots, textContext, type EventReader, type Reading, type Slot } from './unmask-slots.ts';
import type { ChannelSet, UnmaskContext } from './unmask-channel.ts';

/** Where one text stands in the answer. */
interface Place {
  readonly item: string;
  /** Of a content or a summary. */
  readonly part: number | undefined;
}

/** Sound, in base64. */
const soundType = 'response.audio.delta';
const terminalTypes: ReadonlySet<string> = new Set([
  'response.completed',
  'response.incomplete',
  'response.failed',
  'response.cancelled',
  'error',
]);
/** The tool that an event is about, where it is that of a call, and which part of the call. */
const callPattern = /^response\.([a-z_]+?)_call(?:_([a-z_]+))?\./;

export class ResponsesReader implements EventReader {
  readonly #slots: Slots;
  /** Names of the tools that are called, by item. */
  readonly #tools = new Map<string, string>();

  constructor(channels: ChannelSet) {
    this.#slots = new Slots(channels);
  }

  read(tree: JsonTree, name: string): Reading {
    const type = tree.textOf(tree.root, 'type') ?? name;
    const place = placeOf(tree);
    if (terminalTypes.has(type)) return { pieces: [], ended: this.#slots.of() };
    if (type === 'response.output_item.added') {
      const called = tree.textOf(tree.get(tree.root, 'item'), 'name');
      if (called !== undefined) this.#tools.set(place.item, called);
      return { pieces: [], ended: [] };
    }
    const node = type.endsWith('.delta') && type !== soundType ? tree.string(tree.root, 'delta') : undefined;
    if (node !== undefined) return { pieces: [{ node, slot: this.#slot(type, place), isLast: false }], ended: [] };
    if (!type.endsWith('.done')) return { pieces: [], ended: [] };
    return { pieces: [], ended: this.#endedBy(type, place), contexts: this.#wholeContexts(tree, type, place) };
  }

  /** The end of an item ends all its texts, that of a text or a part only those at its place. */
  #endedBy(type: string, { item, part }: Place): Slot[] {
    const slots = this.#slots.of(item);
    if (part === undefined) return slots;
    const isPart = type.endsWith('_part.done');
    const ended = isPart ? `/${String(part)}` : `${type.replace(/\.done$/, '.delta')}/${String(part)}`;
    return slots.filter(({ kind }) => kind.endsWith(ended));
  }

  /** Input that is repeated whole is said to its tool as its pieces were. */
  #wholeContexts(tree: JsonTree, type: string, place: Place): Map<JsonNode, UnmaskContext> | undefined {
    const context = this.#contextOf(type, place);
    if (context.tool === undefined) return undefined;
    const contexts = new Map<JsonNode, UnmaskContext>();
    for (const field of ['arguments', 'input', 'code', 'diff', 'command']) {
      const node = tree.string(tree.root, field);
      if (node !== undefined) contexts.set(node, context);
    }
    return contexts;
  }

  #slot(type: string, place: Place): Slot {
    const { item, part } = place;
    const kind = `${type}/${String(part ?? '')}`;
    return this.#slots.slot({
      key: `${item}/${kind}`,
      owner: item,
      kind,
      context: this.#contextOf(type, place),
      say: (text, { obfuscation: _obfuscation, ...last }) => ({
        ...last,
        delta: text,
        ...(last['logprobs'] === undefined ? {} : { logprobs: [] }),
      }),
    });
  }

  #contextOf(type: string, { item }: Place): UnmaskContext {
    const [, tool, what] = callPattern.exec(type) ?? [];
    if (tool === undefined) return textContext;
    return { json: what === 'arguments', tool: this.#tools.get(item) ?? tool };
  }
}

/** Some servers make a new id for every event, others have none: the index comes first. */
function placeOf(tree: JsonTree): Place {
  const { root } = tree;
  const index = tree.number(root, 'output_index');
  const id = tree.textOf(root, 'item_id') ?? tree.textOf(tree.get(root, 'item'), 'id');
  return {
    item: index === undefined ? (id ?? '') : String(index),
    part: tree.number(root, 'content_index') ?? tree.number(root, 'summary_index'),
  };
}
