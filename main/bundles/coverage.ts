/** How much of what a bundle says its decision tests hold it to: rules that had a say, and rules without which some test fails. */
import type { TestOptions, TestReport } from './run-tests.ts';
import { runTests } from './run-tests.ts';
import { rulesOf, withoutRule, type BundleRule } from './rules-of.ts';
import type { ReadBundle } from './types.ts';

/** Rules by `acme-core /enforced/models/deny`. */
export interface Coverage {
  readonly rules: number;
  /** Rules that had a say in some case, or of mutation: whose absence some case notices. */
  readonly hit: number;
  /** The others. */
  readonly never: readonly string[];
}

export function coverageOf(bundles: readonly ReadBundle[], { hit }: Pick<TestReport, 'hit'>): Coverage {
  const rules = bundles.flatMap((bundle) => rulesOf(bundle.payload).map((rule) => ({ bundle, rule })));
  const never = rules.filter(({ rule }) => !wasHit(rule, hit));
  return { rules: rules.length, hit: rules.length - never.length, never: never.map(nameOf) };
}

/** Names of rules may go deeper than the rule: `/tools/mcp/allow` of `/tools/mcp`. */
function wasHit({ hit: name }: BundleRule, hit: ReadonlySet<string>): boolean {
  return hit.has(name) || [...hit].some((one) => one.startsWith(`${name}/`));
}

/** Drops each rule in turn and runs all tests: those whose loss no test notices are in `never`. The tests must pass as they are. */
export async function mutationOf(options: TestOptions): Promise<Coverage> {
  const { bundles } = options;
  const never: string[] = [];
  let rules = 0;
  for (const bundle of bundles) {
    for (const rule of rulesOf(bundle.payload)) {
      rules++;
      const mutant: ReadBundle = { ...bundle, payload: withoutRule(bundle.payload, rule) };
      const { failures } = await runTests({
        ...options,
        bundles: bundles.map((one) => (one === bundle ? mutant : one)),
        untilFailure: true,
      });
      if (failures.length === 0) never.push(nameOf({ bundle, rule }));
    }
  }
  return { rules, hit: rules - never.length, never };
}

function nameOf({ bundle, rule }: { readonly bundle: ReadBundle; readonly rule: BundleRule }): string {
  return `${bundle.payload.id} ${rule.label}`;
}
