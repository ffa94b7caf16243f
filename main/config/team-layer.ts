/** What team bundles make of a config: the face by which the store knows them, and the config with it applied. */
import type { Config } from '../../shared/config/config.ts';
import type { ProvenanceEntry } from '../../shared/contract/bundles.ts';
import { atOnce, type Steps } from '../kit/steps.ts';
import type { TeamRules } from './compile.ts';
import type { ConfigPath } from './problems.ts';
import type { RuleSet } from './profiles.ts';

/** A place in a bundle: `file` is `team bundle acme-core@12`. */
export interface BundlePlace {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** The config of the user, as bundles see it. */
export interface OwnConfig {
  /** With its profile. */
  readonly config: Config;
  /** Somebody wrote this value, or a part of it: it is no default. */
  isWritten(path: ConfigPath): boolean;
  /** `sluice.yaml, line 4`. */
  origin(path: ConfigPath): string;
}

/** Pure: the same config and the same bundles give the same, on every machine. */
export interface TeamLayer {
  /** Changes with whatever the bundles say. */
  readonly hash: string;
  apply(own: OwnConfig): TeamApplied;
  /** The same in steps. */
  steps(own: OwnConfig): Steps<TeamApplied>;
}

export interface TeamApplied extends TeamRules {
  /** What is in force: a config like any other. */
  readonly config: Config;
  /** Where a value of `config` is written, if a bundle wrote it. */
  place(path: ConfigPath): BundlePlace | undefined;
  /** Where in the config of the user a value of `config` is written. */
  written(path: ConfigPath): ConfigPath;
  /** What every value comes from that somebody decided: user, bundles (BND-35). Pointers are those of a bundle's sections. */
  readonly provenance: readonly ProvenanceEntry[];
  /** Pointers into the config file (`/masking/enabled`) whose value there does not hold, with what does. */
  readonly locked: ReadonlyMap<string, ProvenanceEntry>;
  /** Pointers into the config file whose value a bundle suggests: what holds until somebody writes another. */
  readonly suggested: ReadonlyMap<string, ProvenanceEntry>;
}

/** A set of rules with the bundles applied. Findings name the bundle where it wrote what is wrong. */
export interface TeamSet extends RuleSet {
  readonly applied: TeamApplied;
}

/** What bundles made of a set, where there are any. */
export function appliedTo(set: RuleSet | TeamSet): TeamApplied | undefined {
  return 'applied' in set ? set.applied : undefined;
}

/** The set as it is without bundles where there are none. */
export function withTeam(...given: Parameters<typeof teamSteps>): RuleSet | TeamSet {
  return atOnce(teamSteps(...given));
}

/** The same in steps. */
export function* teamSteps(
  set: RuleSet,
  team: TeamLayer | undefined,
  hasIn: (path: ConfigPath) => boolean,
): Steps<RuleSet | TeamSet> {
  if (team === undefined) return set;
  const applied = yield* team.steps({
    config: set.config,
    isWritten: (path) => hasIn(set.findings.written(path)),
    origin: (path) => set.findings.origin(path),
  });
  return {
    profile: set.profile,
    config: applied.config,
    findings: set.findings.elsewhere(
      (path) => set.findings.written(applied.written(path)),
      (path) => applied.place(path),
    ),
    applied,
  };
}
