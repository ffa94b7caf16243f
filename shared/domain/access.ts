/** What rules of access say of models and providers: plain data, so that a decision can keep what it rested on. */

/** The rules of one who has them, a key or a team. Models are globs of names, providers of ids; denials win. */
export interface ModelAccess {
  /** `key:<id>` or `team:<id>`: what refusals and records name. */
  readonly rule: string;
  /** Where it is written, for people; `undefined` in decisions kept before refusals named it. */
  readonly origin: string | undefined;
  readonly allowedModels: readonly string[];
  readonly deniedModels: readonly string[];
  readonly allowedProviders: readonly string[];
  readonly deniedProviders: readonly string[];
}

/** A rule that refused a model. */
export interface Denial {
  readonly rule: string;
  /** For people: `denied_models of team "core" (sluice.yaml, line 12)`; `undefined` as the origin is. */
  readonly why: string | undefined;
}
