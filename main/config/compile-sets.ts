/** Compiles every set of rules of a file: the one in force to be run, the others so that they can be switched to. */
import type { Snapshot } from '../gateway/ports.ts';
import { atOnce, type Steps } from '../kit/steps.ts';
import { compileProviders, compileRules, configSteps, type CompileInput, type TeamRules } from './compile.ts';
import type { ParsedConfig } from './parse.ts';
import { absorb, type RuleSet } from './profiles.ts';
import type { TeamSet } from './team-layer.ts';

/**
 * The snapshot of the set in force, the first. `undefined` where there is something wrong with any of them: the findings of the
 * file say what, as they say what is worth a word.
 */
export function compileSets(...given: Parameters<typeof compileSteps>): Snapshot | undefined {
  return atOnce(compileSteps(...given));
}

/** The same in steps. */
export function* compileSteps(
  { findings }: Pick<ParsedConfig, 'findings'>,
  sets: readonly [RuleSet | TeamSet, ...(RuleSet | TeamSet)[]],
  input: Omit<CompileInput, 'config' | 'findings' | 'team'>,
): Steps<Snapshot | undefined> {
  const [inForce, ...others] = sets;
  const before = findings.problems.length;
  // The same in all sets.
  const providers = compileProviders({
    ...input,
    config: inForce.config,
    findings: 'applied' in inForce ? inForce.findings : findings,
    team: teamRules(inForce),
  });
  yield undefined;
  const snapshot = yield* configSteps({ ...input, ...inForce, team: teamRules(inForce) }, providers);
  for (const set of others) {
    yield undefined;
    compileRules({ ...input, ...set, team: teamRules(set) }, providers);
  }
  // What the file says anyway is told before what is only so together with a profile.
  const inOrder = [...sets].sort((a, b) => Number(a.profile !== undefined) - Number(b.profile !== undefined));
  for (const set of inOrder) absorb(findings, set, set === inForce ? 'all' : 'of the profile');
  return findings.problems.length > before ? undefined : snapshot;
}

function teamRules(set: RuleSet | TeamSet): TeamRules | undefined {
  return 'applied' in set ? set.applied : undefined;
}
