/** Reasoning that a provider signed, as it wrote it: the client got it with originals, and it must go back with placeholders. */
import { GenerationMap } from '../../../kit/generations.ts';

/** Some thousand thoughts: those of the conversations that are under way. They hold placeholders, no originals. */
const maxBytes = 16 * 1024 * 1024;

export class SignedReasoning {
  readonly #texts = new GenerationMap<string>(maxBytes);

  /** `scope`: the virtual key's id. */
  keep(scope: string, signature: string, text: string): void {
    this.#texts.set(`${scope}\0${signature}`, text, 2 * (scope.length + signature.length + text.length));
  }

  find(scope: string, signature: string): string | undefined {
    return this.#texts.get(`${scope}\0${signature}`);
  }
}
