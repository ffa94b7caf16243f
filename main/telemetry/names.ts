/** Names of providers, models and the like as label values: bounded in number and length, printable, without secrets. */
import { printable } from '../kit/printable.ts';
import type { Provider } from '../gateway/ports.ts';

/** What telemetry knows of a configured provider. */
export type KnownProvider = Pick<Provider, 'kind' | 'baseUrl' | 'models'>;

/** What stands for everything there is no room for. */
export const other = 'other';

const maxProviders = 100;
/** Of all providers together. */
const maxModels = 200;
/** Of each kind of word: error codes, surfaces, names of limits. */
const maxWords = 300;
const maxLength = 128;

export interface TargetName {
  readonly provider: string;
  readonly model: string;
}

/** A target nobody was sent to. */
export const noTarget: TargetName = { provider: '', model: '' };

export interface NamesOptions {
  readonly redact: (text: string) => string;
  readonly provider: (id: string) => KnownProvider | undefined;
}

export class Names {
  readonly #options: NamesOptions;
  readonly #words = new Map<string, Map<string, string>>();
  readonly #targets = new Map<string, TargetName>();
  #models = 0;

  constructor(options: NamesOptions) {
    this.#options = options;
  }

  /**
   * `target` is `provider/model`. A model that no list knows gets a name of its own only once it answered: clients can ask
   * for any name they like, and must not be able to use up the room with names that mean nothing.
   */
  target(target: string, answered: boolean): TargetName {
    const kept = this.#targets.get(target);
    if (kept !== undefined) return kept;
    const { providerId, model } = splitTarget(target);
    const provider = this.word('provider', providerId);
    const known = answered || this.#options.provider(providerId)?.models.has(model) === true;
    if (!known || provider === other || this.#models >= maxModels) return { provider, model: other };
    const name = { provider, model: this.clean(model) };
    this.#models++;
    this.#targets.set(target, name);
    return name;
  }

  /** One of a kind of words; the ones that come first have names of their own. */
  word(kind: string, text: string): string {
    const words = this.#words.get(kind) ?? new Map<string, string>();
    this.#words.set(kind, words);
    const kept = words.get(text);
    if (kept !== undefined) return kept;
    if (words.size >= (kind === 'provider' ? maxProviders : maxWords)) return other;
    const clean = this.clean(text);
    words.set(text, clean);
    return clean;
  }

  clean(text: string): string {
    return printable(this.#options.redact(text)).slice(0, maxLength).toWellFormed();
  }
}

export function splitTarget(target: string): { readonly providerId: string; readonly model: string } {
  const slash = target.indexOf('/');
  return slash === -1
    ? { providerId: target, model: '' }
    : { providerId: target.slice(0, slash), model: target.slice(slash + 1) };
}
