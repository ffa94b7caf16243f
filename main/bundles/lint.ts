/** Looks for what is wrong with a bundle beyond its form: secrets in it, patterns that cannot be run, rules that never count. */
import { atOnce, type Steps } from '../kit/steps.ts';
import { lintEffect } from './lint/effect.ts';
import { LintReport, type LintFinding } from './lint/finding.ts';
import { lintFrame } from './lint/frame.ts';
import { lintSecrets } from './lint/secrets.ts';
import { lintSections } from './lint/sections.ts';
import type { GatewayTools, ReadBundle } from './types.ts';

export type { LintFinding } from './lint/finding.ts';

/** With problems it must not be used, by nobody; warnings are for its publisher. */
export interface LintResult {
  readonly problems: readonly LintFinding[];
  readonly warnings: readonly LintFinding[];
}

type Tools = Pick<GatewayTools, 'findSecrets'>;

/** Pure. Takes some dozen milliseconds for a bundle of 20,000 terms and 500 rules. */
export function lintBundle(bundle: ReadBundle, tools: Tools): LintResult {
  return atOnce(lintSteps(bundle, tools));
}

/** The same in steps. */
export function* lintSteps(bundle: ReadBundle, tools: Tools): Steps<LintResult> {
  const { payload } = bundle;
  const report = new LintReport();
  yield* lintSecrets(bundle, tools, report);
  yield undefined;
  lintFrame(payload, report);
  for (const part of ['enforced', 'defaults'] as const) {
    const sections = payload[part];
    if (sections === undefined) continue;
    yield* lintSections(sections, part, report);
    yield undefined;
  }
  lintEffect(payload, report);
  return report;
}
