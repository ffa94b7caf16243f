/** What was replaced in one exchange so far, by what stands for it, and where it comes back. */
import type { FoundKind } from '../../shared/domain/masking.ts';
import { matchesAny } from '../kit/glob.ts';
import type { Original } from './exchange.ts';
import type { Replaced } from './policies/masking/body-scan.ts';
import { policiesOf } from './policies/masking/kind-modes.ts';
import { maskedHost } from './policies/masking/places.ts';
import type { Masking } from './ports.ts';

export class ReplacedSoFar {
  /** By the placeholder in lower case. */
  readonly originals = new Map<string, Original>();
  readonly #replaced = new Map<string, Replaced>();
  readonly #masking: Masking | undefined;

  constructor(masking: Masking | undefined) {
    this.#masking = masking;
  }

  /** All of it, of turns that a vendor keeps as well. */
  get all(): readonly Replaced[] {
    return [...this.#replaced.values()];
  }

  learn(one: Replaced): void {
    const { kind, placeholder, text } = one;
    // A value that several patterns found comes back where all of them let it.
    const before = this.#replaced.get(placeholder);
    const rules = before?.rules && one.rules && [...new Set([...before.rules, ...one.rules])];
    this.#replaced.set(placeholder, rules === undefined ? one : { ...one, rules });
    const policies = this.#masking === undefined ? [] : policiesOf(this.#masking, { kind, rules: rules ?? one.rules });
    const restores = this.#masking?.restore === true && policies.every(({ restore }) => restore);
    this.originals.set(placeholder.toLowerCase(), {
      placeholder,
      suffix: this.suffixOf(kind),
      text,
      kind,
      inText: restores,
      inTool: (tool) => restores && policies.every(({ restoreInTools }) => matchesAny(restoreInTools, tool)),
    });
  }

  /** What makes a placeholder look like what it stands for, where that is asked for. */
  suffixOf(kind: FoundKind): string {
    return kind === 'email' && this.#masking?.kinds.get(kind)?.replace === 'format' ? maskedHost : '';
  }
}
