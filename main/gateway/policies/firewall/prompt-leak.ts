/** Whether an answer tells the instructions it was given: long runs of the system prompt's own words. */

/** Shorter prompts are sentences that anybody may say. */
const minPromptChars = 200;
/** So many characters in a row are no chance … */
const runChars = 60;
/** … when there are so many of these runs. */
const runsToTell = 3;
/** Of a prompt so much is looked for. */
const maxPromptChars = 65_536;

/** Letters and digits, in lower case: what stays of a text that was quoted, listed or set in bold. */
function plain(text: string): string {
  return text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, ' ');
}

/** How many separate runs of the system prompt the answer repeats. */
export class PromptLeak {
  readonly #runs: ReadonlySet<string>;

  constructor(systemPrompt: string) {
    const runs = new Set<string>();
    const text = systemPrompt.length < minPromptChars ? '' : plain(systemPrompt.slice(0, maxPromptChars));
    for (let at = 0; at + runChars <= text.length; at += runChars) runs.add(text.slice(at, at + runChars));
    this.#runs = runs;
  }

  isIn(answer: string): boolean {
    if (this.#runs.size === 0) return false;
    const text = plain(answer);
    const needed = Math.min(runsToTell, this.#runs.size);
    let found = 0;
    for (const run of this.#runs) if (text.includes(run) && ++found >= needed) return true;
    return false;
  }
}
