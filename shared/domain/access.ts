/** What rules of access say of models and providers: plain data, so that a decision can keep what it rested on. */
import type { PolicyWords } from './policy-words.ts';

/** The rules of one who has them, a key or a team. Models are globs of names, providers of ids; denials win. */
export interface ModelAccess {
  /** `key:<id>` or `team:<id>`; of what holds for every key as in `PolicyRule`. What refusals and records name. */
  readonly rule: string;
  /** Where it is written, for people; `undefined` in decisions kept before refusals named it. */
  readonly origin: string | undefined;
  readonly allowedModels: readonly string[];
  readonly deniedModels: readonly string[];
  readonly allowedProviders: readonly string[];
  readonly deniedProviders: readonly string[];
  /** Why there is such a rule, in the words of who made it. */
  readonly reason?: string | undefined;
  /** Whom to ask, likewise. */
  readonly contact?: string | undefined;
  /** Ids of providers that are to this rule what they are, whatever the bundle that defines them says of them. */
  readonly distrusts?: readonly string[] | undefined;
  /** What is wanting of a denied provider, by its id, as a clause: `it is not known where "openai" computes`. */
  readonly lacks?: Readonly<Record<string, string>> | undefined;
}

/** A rule that refused a model. */
export interface Denial {
  readonly rule: string;
  /** For people: `denied_models of team "core" (sluice.yaml, line 12)`; `undefined` as the origin is. */
  readonly why: string | undefined;
  /** Of a rule that holds for every key. */
  readonly policy?: PolicyWords | undefined;
  /** As in `lacks`. */
  readonly lack?: string | undefined;
}
