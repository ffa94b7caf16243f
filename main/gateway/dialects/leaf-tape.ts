/** Where every name and value of a JSON text stands, found in one pass, so that an object's fields can be looked at in any order. */

const quote = 0x22;
const backslash = 0x5c;

/** 1 for what ends a number or a word: white space, a comma, a closing bracket. */
const ending = new Uint8Array(128);
for (const letter of ' \n\r\t,]}') ending[letter.charCodeAt(0)] = 1;

/** Node, name or value: where it starts, where it ends, and the number of the node behind all that is inside it. */
const stride = 3;

/** Characters to a node, in bodies of agents rather more. */
const charsPerNode = 32;

/**
 * The nodes of a text in its order. In an object names and values alternate. Strings start behind their opening quote and end
 * before the closing one.
 */
export class Tape {
  readonly text: string;
  readonly #nodes: Int32Array;

  /** `text`: JSON known to be valid. */
  constructor(text: string) {
    this.text = text;
    this.#nodes = nodesOf(text);
  }

  start(node: number): number {
    return this.#nodes[node * stride] as number;
  }

  end(node: number): number {
    return this.#nodes[node * stride + 1] as number;
  }

  /** The node behind this one and all that is inside it. */
  next(node: number): number {
    return this.#nodes[node * stride + 2] as number;
  }

  /** The character that tells what a value is: `"`, `{`, `[`, or the first of a number or a word. */
  kind(node: number): number {
    const start = this.start(node);
    // A string may begin with a brace; the byte before it is its quote, which stands before no other value.
    return start > 0 && this.text.charCodeAt(start - 1) === quote ? quote : this.text.charCodeAt(start);
  }
}

function nodesOf(text: string): Int32Array {
  const { length } = text;
  let nodes = new Int32Array(stride * (16 + Math.floor(length / charsPerNode)));
  const open: number[] = [];
  let next = 0;
  for (let at = 0; at < length; at++) {
    const code = text.charCodeAt(at);
    if (isBetween(code)) continue;
    if (code === 0x7d || code === 0x5d) {
      const node = open.pop() as number;
      nodes[node + 1] = at + 1;
      nodes[node + 2] = next / stride;
      continue;
    }
    if (next === nodes.length) nodes = doubled(nodes);
    const node = next;
    next += stride;
    if (code === quote) {
      nodes[node] = ++at;
      at = closingQuote(text, at);
    } else {
      nodes[node] = at;
      if (code === 0x7b || code === 0x5b) {
        open.push(node);
        continue;
      }
      while (at + 1 < length && ending[text.charCodeAt(at + 1)] !== 1) at++;
    }
    nodes[node + 1] = code === quote ? at : at + 1;
    nodes[node + 2] = next / stride;
  }
  return nodes;
}

/** White space, a comma, a colon. */
function isBetween(code: number): boolean {
  return code === 0x2c || code === 0x3a || code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}

function doubled(nodes: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(nodes.length * 2);
  larger.set(nodes);
  return larger;
}

/** A quote ends the string where the backslashes before it are escapes of each other. Each run of them is counted once. */
function closingQuote(text: string, start: number): number {
  for (let end = text.indexOf('"', start); ; end = text.indexOf('"', end + 1)) {
    let run = end;
    while (run > start && text.charCodeAt(run - 1) === backslash) run--;
    if (((end - run) & 1) === 0) return end;
  }
}
