/** Settings of masking and firewall in a snapshot: part of `ports.ts`, by which everybody else knows them. */
import type { Condition, TextRole } from '../../shared/config/condition.ts';
import type { FoundKind, MaskMode } from '../../shared/domain/masking.ts';
import type { Secret } from '../kit/secret.ts';

export interface Masking {
  /** What becomes of each kind that is looked for. */
  readonly kinds: ReadonlyMap<FoundKind, KindPolicy>;
  /** Where that is different; the last one that fits counts. */
  readonly overrides: readonly MaskOverride[];
  /** Values that are secret on this machine: credentials, virtual keys, chosen `.env` files. */
  readonly exact: readonly Secret[];
  readonly terms: readonly MaskTerm[];
  readonly patterns: readonly MaskPattern[];
  /** Values, or globs of them, that may leave; without regard to case. */
  readonly allowed: readonly string[];
  /** Ids or globs. What goes to these providers, or comes from these clients, is left as it is. */
  readonly excludedProviders: readonly string[];
  readonly excludedClients: readonly string[];
  /** Originals come back in the client's copy of the answer. */
  readonly restore: boolean;
  /** What becomes of secrets that an answer holds and the request did not. */
  readonly answers: 'off' | 'warn' | 'block';
  /** Descriptions of tools are looked through as well. */
  readonly definitions: boolean;
  /** Pictures, sound and binary documents, which nobody looks into. */
  readonly media: 'pass' | 'block';
  /** What becomes of a request that could not be looked through: a detector failed, or its time was up. */
  readonly onFailure: 'block' | 'warn';
  /** Milliseconds that looking through one request may take. */
  readonly timeBudgetMs: number;
}

export interface KindPolicy {
  readonly mode: MaskMode;
  /** Whether originals come back at all. */
  readonly restore: boolean;
  /** Globs of names of tools in whose arguments they come back. */
  readonly restoreInTools: readonly string[];
  /** `format`: in the shape of the original, from reserved ranges, where there is one for the kind. */
  readonly replace: 'tag' | 'format';
}

export interface MaskOverride {
  /** Ids or globs; empty: any. */
  readonly providers: readonly string[];
  readonly routes: readonly string[];
  readonly clients: readonly string[];
  /** Empty: all of them. */
  readonly kinds: readonly FoundKind[];
  readonly mode: MaskMode;
}

export interface MaskTerm {
  readonly text: string;
  readonly caseSensitive: boolean;
  readonly wholeWord: boolean;
}

export interface MaskPattern {
  readonly id: string;
  /** RE2. */
  readonly pattern: string;
  /** What becomes of what it finds, where that is not what becomes of all patterns. */
  readonly policy?: KindPolicy | undefined;
}

export interface FirewallRule {
  readonly id: string;
  /** What is looked for: an attack on the model, its instructions in an answer, or a kind that masking knows. */
  readonly detect: 'prompt_injection' | 'system_prompt_leak' | FoundKind | undefined;
  /** RE2. */
  readonly pattern: string | undefined;
  /** Words and phrases, whole and without regard to case. */
  readonly topics: readonly string[];
  readonly when: Condition | undefined;
  /** Whose texts; `assistant` are those of earlier turns. */
  readonly in: readonly TextRole[];
  /** Looks at the answer as well. */
  readonly inAnswer: boolean;
  /**
   * `require_justification` refuses until the owner releases that very request by giving a reason; `strip` takes what was found out
   * of what is sent.
   */
  readonly action: 'block' | 'require_justification' | 'strip' | 'warn' | 'log';
  /** What a client is told that was refused. */
  readonly message: string | undefined;
  /** Score from which an attack is one; `undefined`: what is usual for the role. */
  readonly threshold: number | undefined;
  /** An alias whose model is asked whether what was found is an attack indeed. */
  readonly judge: string | undefined;
  /** Where it is written, for people. */
  readonly origin: string;
  /** Of a bundle that only watches: what it would have refused is recorded as such. */
  readonly audit?: boolean | undefined;
}
