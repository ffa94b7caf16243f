/** The sets of rules a file can be run with: the file alone, and with each of its profiles. */
import type { Config } from '../../shared/config/config.ts';
import type { ProfileSettings } from '../../shared/config/profile.ts';
import { RouteLookup } from './route-target.ts';
import { nearestName, renderPath, type ConfigPath, type ConfigProblem, type Findings } from './problems.ts';
import { checkUnique } from './entry-checks.ts';

/** A config as it is under a profile, or under none. */
export interface RuleSet {
  /** `undefined`: the file alone. */
  readonly profile: { readonly index: number; readonly id: string } | undefined;
  readonly config: Config;
  /** Collects what is found in this set, with positions in the file. Paths are those of `config`. */
  readonly findings: Findings;
}

/** What `use_profile` says is in force, then the others: each of them may be chosen at any time. */
export function ruleSets(config: Config, findings: Findings): readonly [RuleSet, ...RuleSet[]] {
  const alone: RuleSet = { profile: undefined, config, findings: findings.elsewhere((path) => path) };
  const sets = config.profiles.map((profile, index) => withProfile(config, profile, index, findings));
  const inForce = sets.find(({ profile }) => profile?.id === config.use_profile);
  return inForce === undefined ? [alone, ...sets] : [inForce, alone, ...sets.filter((one) => one !== inForce)];
}

function withProfile(config: Config, profile: ProfileSettings, index: number, findings: Findings): RuleSet {
  const ofFile = leftOf(config, profile);
  const { use_model = config.use_model } = profile;
  const merged: Config = {
    ...config,
    use_model: use_model ?? undefined,
    masking: profile.masking ?? config.masking,
    logging: profile.logging ?? config.logging,
    routes: [...profile.routes, ...ofFile.map((at) => config.routes[at]).filter((route) => route !== undefined)],
    firewall: [...config.firewall, ...profile.firewall],
    budgets: [...config.budgets, ...profile.budgets],
  };
  return {
    profile: { index, id: profile.id },
    config: merged,
    findings: findings.elsewhere((path) => writtenAt(path, { config, profile, index, ofFile })),
  };
}

/** Routes of the file that a profile leaves something to answer, by their places. */
function leftOf({ routes }: Config, profile: ProfileSettings): readonly number[] {
  const lookup = new RouteLookup(profile.routes);
  return [...routes.keys()].filter((at) => lookup.always(routes[at]?.alias ?? '') === undefined);
}

interface Merged {
  readonly config: Config;
  readonly profile: ProfileSettings;
  readonly index: number;
  readonly ofFile: readonly number[];
}

function writtenAt(path: ConfigPath, { config, profile, index, ofFile }: Merged): ConfigPath {
  const [section, at, ...rest] = path;
  const inProfile: ConfigPath = ['profiles', index];
  switch (section) {
    case 'use_model':
      return profile.use_model === undefined ? path : [...inProfile, ...path];
    case 'masking':
    case 'logging':
      return profile[section] === undefined ? path : [...inProfile, ...path];
    case 'routes': {
      if (typeof at !== 'number') return path;
      if (at < profile.routes.length) return [...inProfile, ...path];
      return [section, ofFile[at - profile.routes.length] ?? at, ...rest];
    }
    case 'firewall':
    case 'budgets': {
      const before = config[section].length;
      return typeof at === 'number' && at >= before ? [...inProfile, section, at - before, ...rest] : path;
    }
    default:
      return path;
  }
}

// ---------------------------------------------------------------- checks

/** That each has a name of its own, and that the one to use is there. */
export function checkProfileNames({ profiles, use_profile }: Config, findings: Findings): void {
  checkUnique(profiles, ['profiles'], 'id', findings);
  const ids = profiles.map(({ id }) => id);
  if (use_profile === undefined || ids.includes(use_profile)) return;
  const near = nearestName(use_profile, ids);
  const known = ids.length === 0 ? 'Remove it: there are no profiles' : `Use one of ${ids.join(', ')}`;
  findings.problem(
    ['use_profile'],
    `there is no profile "${use_profile}"`,
    near === undefined ? known : `Did you mean ${near}?`,
  );
}

/**
 * Adds what was found in a set to what was found in the file. What the file has anyway is told once; what in it is only wrong
 * together with a profile says so. `warnings`: also those that stand outside of the profile.
 */
export function absorb(file: Findings, { profile, findings }: RuleSet, warnings: 'all' | 'of the profile'): void {
  const isOwn = ({ path }: ConfigProblem): boolean =>
    profile !== undefined && path.startsWith(renderPath(['profiles', profile.index]));
  const isKnownIn = (list: readonly ConfigProblem[], one: ConfigProblem): boolean =>
    list.some(({ line, column, problem }) => line === one.line && column === one.column && problem === one.problem);
  const fileIsGood = file.problems.every(({ path }) => path.startsWith('profiles'));
  for (const one of findings.problems) {
    if (isOwn(one) || profile === undefined) file.problems.push(one);
    else if (fileIsGood) file.problems.push({ ...one, problem: `with profile "${profile.id}": ${one.problem}` });
  }
  for (const one of findings.warnings)
    if ((warnings === 'all' || isOwn(one)) && !isKnownIn(file.warnings, one)) file.warnings.push(one);
}
