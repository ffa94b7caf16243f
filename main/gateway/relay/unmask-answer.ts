/** Originals put back into whole values of an answer: a plain answer, or what of an event comes whole. */
import { isJsonText } from '../dialects/document.ts';
import { JsonTree, spliced, stringSplice, type JsonNode, type Splice } from './unmask-json.ts';
import { mayHoldPlaceholder } from './unmask-tags.ts';
import type { UnmaskContext } from './unmask-channel.ts';
import type { Unmasker } from './unmask.ts';

/** Strings that name things, or are sealed: a word in them that looks like a placeholder is none. Not among the arguments of tools. */
const protocolFields: ReadonlySet<string> = new Set([
  ...['id', 'type', 'object', 'role', 'model', 'name', 'status', 'call_id', 'item_id', 'response_id', 'tool_use_id'],
  ...['previous_response_id', 'finish_reason', 'stop_reason', 'finishReason', 'system_fingerprint', 'obfuscation'],
  ...['signature', 'encrypted_content', 'encrypted_index', 'thoughtSignature', 'thought_signature', 'container_id'],
  ...['data', 'b64_json', 'partial_image_b64', 'mimeType', 'media_type', 'file_id', 'responseId', 'modelVersion'],
]);

const texts: UnmaskContext = { json: false, tool: undefined };

function dataOf(tool: string): UnmaskContext {
  return { json: false, tool };
}

/** Walks over a value; what was changed is in `splices`. */
export class ValueRestorer {
  readonly splices: Splice[] = [];
  readonly #tree: JsonTree;
  readonly #unmasker: Unmasker;
  /** Strings whose place only the reader of the event knows; `undefined`: they are no business of this one. */
  readonly #known: ReadonlyMap<JsonNode, UnmaskContext | undefined>;

  constructor(
    tree: JsonTree,
    unmasker: Unmasker,
    known: ReadonlyMap<JsonNode, UnmaskContext | undefined> = new Map<JsonNode, undefined>(),
  ) {
    this.#tree = tree;
    this.#unmasker = unmasker;
    this.#known = known;
  }

  /** The value itself and all in it. */
  restore(node: JsonNode): void {
    this.#value(node, texts, false);
  }

  /** `isData`: what the object holds is not of the dialect, but arguments of a tool, whose names are texts as well. */
  #value(node: JsonNode, context: UnmaskContext, isData: boolean): void {
    if (this.#known.has(node)) {
      const known = this.#known.get(node);
      if (known !== undefined) this.#string(node, known);
      return;
    }
    if (node.kind === 'string') this.#string(node, context);
    else if (node.kind === 'list') for (const one of node.values) this.#value(one, context, isData);
    else if (node.kind !== 'object') return;
    else if (isData) this.#data(node, context);
    else this.#object(node, context);
  }

  #data(node: JsonNode, context: UnmaskContext): void {
    for (const name of node.names) this.#string(name, context);
    for (const value of node.values) this.#value(value, context, true);
  }

  #object(node: JsonNode, context: UnmaskContext): void {
    const tree = this.#tree;
    const type = tree.textOf(node, 'type') ?? '';
    const called = tree.textOf(node, 'name');
    // Items of tools that run at the vendor have a type alone.
    const tool = called ?? (type.endsWith('_call') ? type.slice(0, -'_call'.length) : undefined);
    for (const [index, nameNode] of node.names.entries()) {
      const name = tree.text(nameNode);
      const value = node.values[index] as JsonNode;
      if (value.kind === 'string' && protocolFields.has(name) && !this.#known.has(value)) continue;
      const argument = tool === undefined ? undefined : argumentContext(name, type, tool, value);
      if (argument === undefined) this.#value(value, context, false);
      else this.#value(value, argument, true);
    }
    if (type === 'thinking' && this.#unmasker.watchesSignatures) this.#signed(node);
  }

  #string(node: JsonNode, context: UnmaskContext): void {
    if (!mayHoldPlaceholder(this.#tree.bytes, node.start, node.end)) return;
    const text = this.#tree.text(node);
    const restored = this.#unmasker.text(text, context);
    if (restored !== text) this.splices.push(stringSplice(node.start, node.end, restored));
  }

  /** Reasoning of Anthropic's that is whole, with what it was signed with. */
  #signed(node: JsonNode): void {
    const thinking = this.#tree.string(node, 'thinking');
    const signature = this.#tree.textOf(node, 'signature') ?? '';
    if (thinking === undefined || signature === '') return;
    if (this.splices.some(({ start }) => start === thinking.start))
      this.#unmasker.signed(signature, this.#tree.text(thinking));
  }
}

/** What of a call is said to its tool, and in which form; `undefined` for the rest of it. */
function argumentContext(name: string, type: string, tool: string, value: JsonNode): UnmaskContext | undefined {
  if (name === 'arguments') return { json: value.kind === 'string', tool };
  if (name === 'input' || name === 'args' || name === 'partialArgs') return dataOf(tool);
  return type.endsWith('_call') && !protocolFields.has(name) ? dataOf(tool) : undefined;
}

/** A plain answer with its originals; the same bytes where there is nothing to restore, or where it is no JSON. */
export function restoreAnswer(body: Buffer, unmasker: Unmasker): Buffer {
  if (!mayHoldPlaceholder(body, 0, body.length) || !isJsonText(body)) return body;
  const tree = new JsonTree(body);
  const restorer = new ValueRestorer(tree, unmasker);
  restorer.restore(tree.root);
  return restorer.splices.length === 0 ? body : spliced(body, restorer.splices);
}
