/** Function arguments that arrive as values at JSON paths (Vertex AI, `streamFunctionCallArguments`). */
import type { Json, JsonObject } from '../canonical.ts';

type Node = Record<string, unknown> | unknown[];
type Step = string | number;

/** Deeper than real arguments. */
const maxDepth = 64;

/**
 * Collects `partialArgs` (`{jsonPath: "$.a.b[0]", stringValue, willContinue}`); strings grow by later pieces of the same path.
 * Paths it cannot read are passed over.
 */
export class PartialArgs {
  readonly #root = bareObject();

  add(pieces: readonly JsonObject[]): void {
    for (const piece of pieces) this.#put(piece);
  }

  /** The arguments so far as JSON text. */
  text(): string {
    return JSON.stringify(this.#root);
  }

  #put(piece: JsonObject): void {
    const path = piece['jsonPath'];
    if (typeof path !== 'string') return;
    // `$.list[]` without a value ends a list, or says that it is empty.
    const isListEnd = path.endsWith('[]');
    const steps = stepsOf(isListEnd ? path.slice(0, -2) : path);
    if (steps === undefined || steps.length === 0) return;
    const value = valueOf(piece);
    let node: Node = this.#root;
    for (const [index, step] of steps.slice(0, -1).entries()) {
      const known = get(node, step);
      if (typeof known === 'object' && known !== null) {
        node = known as Node;
      } else {
        const made: Node = typeof steps[index + 1] === 'number' ? [] : bareObject();
        if (!set(node, step, made)) return;
        node = made;
      }
    }
    const last = steps.at(-1) as Step;
    const known = get(node, last);
    if (value === undefined) {
      if (known === undefined && piece['willContinue'] !== true) set(node, last, isListEnd ? [] : bareObject());
    } else {
      set(node, last, typeof known === 'string' && typeof value === 'string' ? known + value : value);
    }
  }
}

/** Without a prototype: a path is the provider's word, and `__proto__` in it must be a name like any other. */
function bareObject(): Record<string, unknown> {
  return Object.create(null) as Record<string, unknown>;
}

function valueOf(piece: JsonObject): Json | undefined {
  const { stringValue, numberValue, boolValue } = piece;
  if (typeof stringValue === 'string') return stringValue;
  if (typeof numberValue === 'number') return numberValue;
  if (typeof boolValue === 'boolean') return boolValue;
  return 'nullValue' in piece ? null : undefined;
}

function get(node: Node, step: Step): unknown {
  if (Array.isArray(node)) return typeof step === 'number' ? node[step] : undefined;
  return node[String(step)];
}

/** Lists grow at their end only: an index far out would cost memory out of all proportion. */
function set(node: Node, step: Step, value: unknown): boolean {
  if (!Array.isArray(node)) node[String(step)] = value;
  else if (typeof step === 'number' && step <= node.length) node[step] = value;
  else return false;
  return true;
}

const stepPattern = /\.([^.[\]*]+)|\[(\d+)\]|\['((?:[^'\\]|\\.)*)'\]|\["((?:[^"\\]|\\.)*)"\]/y;

/** Names and indexes of an RFC 9535 path without wildcards; `undefined` for any other. */
function stepsOf(path: string): Step[] | undefined {
  if (!path.startsWith('$')) return undefined;
  const steps: Step[] = [];
  stepPattern.lastIndex = 1;
  while (stepPattern.lastIndex < path.length) {
    const match = stepPattern.exec(path);
    if (match === null || steps.length >= maxDepth) return undefined;
    const [, name, index, single, double] = match;
    if (index === undefined) steps.push(name ?? (single ?? double ?? '').replace(/\\(.)/g, '$1'));
    else steps.push(Number(index));
  }
  return steps;
}
