/** How many tokens a prompt has at most, by a tokenizer and by what is known of how far off it is for a target. */
import { clientDialectById } from './dialect-registry.ts';
import type { JsonDocument } from './dialects/document.ts';
import type { Surface, Target } from './exchange.ts';
import { promptText } from './prompt-text.ts';
import { TokenCalibration } from './token-calibration.ts';
import { tokenizerFor, TokenCounter } from './token-counter.ts';
import type { Tokenizer } from './token-worker.ts';

/** A request as far as it is counted. */
interface Asked {
  readonly surface: Pick<Surface, 'dialect'>;
}
interface Read {
  readonly document: JsonDocument | undefined;
}

/** Token counts are asked for between the keys of a typing person. */
const quickMs = 100;

export class PromptCounter {
  readonly #counter: TokenCounter;
  readonly #calibration: TokenCalibration;
  /** Counts of a body, by tokenizer: several targets may want them. */
  readonly #counts = new WeakMap<JsonDocument, Map<Tokenizer, Promise<number | undefined>>>();

  constructor(counter = new TokenCounter(), calibration = new TokenCalibration()) {
    this.#counter = counter;
    this.#calibration = calibration;
  }

  /**
   * The most tokens the text of a request has for a target, media and template apart. `undefined`: nobody knows in time. Takes
   * some milliseconds, the first time half a second: for those whose bytes are more than a budget has.
   */
  async count(asked: Asked, read: Read, target: Target): Promise<number | undefined> {
    const { tokenizer, isExact } = tokenizerFor(target.provider.kind, target.model);
    const factor = this.#calibration.factor(nameOf(target), isExact);
    if (factor === Infinity) return undefined;
    const counted = await this.#counted(asked, read, tokenizer);
    return counted === undefined ? undefined : Math.ceil(counted * factor);
  }

  /** Whether its count was asked for here, so that there is something to learn of it. */
  wasCounted({ document }: Read): boolean {
    return document !== undefined && this.#counts.has(document);
  }

  /** What a provider counted of a request that was counted here. Of requests of text alone, all of which stood in the body. */
  async learn({ document }: Read, target: Target, actualInput: number): Promise<void> {
    if (document === undefined) return;
    const { tokenizer } = tokenizerFor(target.provider.kind, target.model);
    const counted = await this.#counts.get(document)?.get(tokenizer);
    if (counted !== undefined) this.#calibration.learn(nameOf(target), counted, actualInput);
  }

  /**
   * Tokens of a request by the target's own tokenizer, if that costs no time worth mentioning: its tables are loaded because a
   * budget needed them. They are not loaded for this, since what was learned of a model's bytes tells it as well.
   */
  async quickly(text: Buffer, target: Target): Promise<number | undefined> {
    const { tokenizer, isExact } = tokenizerFor(target.provider.kind, target.model);
    return isExact && this.#counter.isWarm(tokenizer) ? this.#counter.count(text, tokenizer, quickMs) : undefined;
  }

  /** Tokens of a text by the target's own tokenizer, or the nearest that there is. `undefined`: nobody knows in time. */
  async countText(
    text: Buffer,
    target: Target,
  ): Promise<{ readonly tokens: number; readonly isExact: boolean } | undefined> {
    const { tokenizer, isExact } = tokenizerFor(target.provider.kind, target.model);
    const tokens = await this.#counter.count(text, tokenizer);
    return tokens === undefined ? undefined : { tokens, isExact };
  }

  stop(): void {
    this.#counter.stop();
  }

  #counted({ surface }: Asked, { document }: Read, tokenizer: Tokenizer): Promise<number | undefined> {
    if (document === undefined) return Promise.resolve(undefined);
    let counts = this.#counts.get(document);
    if (counts === undefined) {
      counts = new Map();
      this.#counts.set(document, counts);
    }
    let counted = counts.get(tokenizer);
    if (counted === undefined) {
      const survey = surface.dialect === undefined ? undefined : clientDialectById(surface.dialect).survey(document);
      const text = promptText(document.bytes, survey);
      counted = text === undefined ? Promise.resolve(undefined) : this.#counter.count(text, tokenizer);
      counts.set(tokenizer, counted);
    }
    return counted;
  }
}

function nameOf({ provider, model }: Target): string {
  return `${provider.id}/${model}`;
}
