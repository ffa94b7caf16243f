/** The names of fields and kinds by which a survey tells what a body certainly does not hold, noted while the body is checked. */

/** Lower and upper case letters and `_` only: each stands in a body as it stands here, unless its letters are spelt as escapes. */
export const words = [
  ...(['image', 'image_url', 'input_image', 'images', 'image_generation_call', 'computer_screenshot'] as const),
  ...(['input_audio', 'audio', 'video_url', 'file', 'input_file', 'document', 'document_url'] as const),
  ...(['inlineData', 'inline_data', 'fileData', 'file_data'] as const),
  ...(['cache_control', 'prompt_cache_breakpoint'] as const),
  ...(['signature', 'redacted_thinking', 'encrypted_content', 'reasoning_details'] as const),
  ...(['thoughtSignature', 'thought_signature'] as const),
  ...(['tool_use', 'server_tool_use', 'mcp_tool_use', 'tool_result', 'tool_calls', 'tool', 'function'] as const),
  ...(['functionCall', 'function_call', 'functionResponse', 'function_response'] as const),
  ...(['executableCode', 'executable_code', 'call_id', 'web_search_call', 'file_search_call'] as const),
  ...([
    'code_interpreter_call',
    'mcp_call',
    'mcp_approval_response',
    'additional_tools',
    'tool_search_output',
  ] as const),
  ...(['file_id', 'container_upload', 'item_reference', 'vector_store_ids', 'container'] as const),
] as const;
export type Word = (typeof words)[number];

const longest = Math.max(...words.map((word) => word.length));
const spellings = words.map((word) => Buffer.from(word, 'latin1'));
const slotBits = 12;

/** Where a string of these properties is looked for. The three bytes and the length part all words from each other. */
function slotOf(first: number, middle: number, last: number, length: number, factor: number): number {
  return (Math.imul((first << 16) | (middle << 8) | last, factor) + Math.imul(length, 0x9e3779b1)) >>> (32 - slotBits);
}

/** Word number + 1 by slot, 0 for none, and the factor with which no two words share one. */
function tableOf(): { readonly slots: Uint8Array; readonly factor: number } {
  for (let factor = 0x85ebca6b; ; factor += 2) {
    const slots = new Uint8Array(1 << slotBits);
    const isFree = spellings.every((word, index) => {
      const [first, middle, last] = [word[0] ?? 0, word[word.length >> 1] ?? 0, word[word.length - 1] ?? 0];
      const slot = slotOf(first, middle, last, word.length, factor);
      if (slots[slot] !== 0) return false;
      slots[slot] = index + 1;
      return true;
    });
    if (isFree) return { slots, factor };
  }
}

const { slots, factor } = tableOf();
const numbers: ReadonlyMap<Word, number> = new Map(words.map((word, index) => [word, index]));

/** The words met in one body. */
export class WordsSeen {
  readonly #seen = new Uint8Array(words.length);
  /** A letter stood as an escape (`\u0074ool`), which nobody writes by accident: any word may be there. */
  #isSpelt = false;

  /** A string without escapes, by where its content stands. */
  note(bytes: Buffer, start: number, end: number): void {
    const length = end - start;
    if (length > longest || length === 0) return;
    const middle = bytes[start + (length >> 1)] as number;
    const number = slots[slotOf(bytes[start] as number, middle, bytes[end - 1] as number, length, factor)] as number;
    if (number === 0 || this.#seen[number - 1] === 1) return;
    const word = spellings[number - 1] as Buffer;
    if (word.length !== length) return;
    for (let at = 0; at < length; at++) if (word[at] !== bytes[start + at]) return;
    this.#seen[number - 1] = 1;
  }

  noteSpeltLetter(): void {
    this.#isSpelt = true;
  }

  has(word: Word): boolean {
    return this.#isSpelt || this.#seen[numbers.get(word) as number] === 1;
  }
}
