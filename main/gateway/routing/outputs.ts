/** How long a model's answers are, by what the prompt asks for: half of what a request will cost (RTE-64). */
import { promptTypes, type PromptType } from '../../../shared/domain/prompt-type.ts';

/** Weight of the newest answer; the first ones count alike. */
const learningRate = 0.1;
/** Of a type with fewer answers the model's own mean says more. */
const leastAnswers = 3;

interface Mean {
  mean: number;
  count: number;
}

/** As it is kept in a file: mean and count by type; `all` for all of them together. */
export type SavedOutputs = Readonly<Record<string, readonly [mean: number, count: number]>>;

const all = 'all';

/** Running means of one provider's model. */
export class ModelOutputs {
  readonly #means = new Map<string, Mean>();

  learn(type: PromptType | undefined, tokens: number): void {
    if (!(tokens >= 0) || tokens === Infinity) return;
    this.#add(all, tokens);
    if (type !== undefined) this.#add(type, tokens);
  }

  expected(type: PromptType | undefined): number | undefined {
    const own = type === undefined ? undefined : this.#means.get(type);
    const found = own !== undefined && own.count >= leastAnswers ? own : this.#means.get(all);
    return found === undefined ? undefined : Math.round(found.mean);
  }

  save(): SavedOutputs {
    return Object.fromEntries(
      [...this.#means].map(([type, one]) => [type, [Math.round(one.mean), one.count] as const]),
    );
  }

  /** What `save` gave; whatever is not that is left out. */
  static restore(saved: unknown): ModelOutputs {
    const outputs = new ModelOutputs();
    if (typeof saved !== 'object' || saved === null) return outputs;
    for (const type of [all, ...promptTypes]) {
      const pair: unknown = Object.getOwnPropertyDescriptor(saved, type)?.value;
      if (!Array.isArray(pair)) continue;
      const [mean, count] = pair as readonly unknown[];
      if (typeof mean !== 'number' || typeof count !== 'number') continue;
      if (mean >= 0 && mean < 1e9 && Number.isInteger(count) && count > 0) outputs.#means.set(type, { mean, count });
    }
    return outputs;
  }

  #add(type: string, tokens: number): void {
    const known = this.#means.get(type);
    if (known === undefined) {
      this.#means.set(type, { mean: tokens, count: 1 });
      return;
    }
    known.count++;
    known.mean += (tokens - known.mean) * Math.max(learningRate, 1 / known.count);
  }
}
