/** Runs the decision tests of bundles on a config made for them, the same on every machine (BND-96). */
import type { DecisionCase, DecisionSuite } from '../../shared/bundle/suite.ts';
import { failuresOf } from './expectations.ts';
import { pointersIn } from './rules-of.ts';
import { kindsFor, syntheticSnapshot, type Synthetic } from './synthetic-config.ts';
import { momentOf, trialRequest } from './trial-request.ts';
import type { Decide, ReadBundle, TrialOutcome } from './types.ts';

export interface TestFailure {
  readonly suite: string;
  readonly case: string;
  /** What was expected, what came, and which rule decided. */
  readonly text: string;
}

export interface TestResult {
  readonly suite: string;
  readonly case: string;
  /** Empty: it passed. */
  readonly failures: readonly string[];
}

export interface TestReport {
  readonly cases: number;
  readonly failures: readonly TestFailure[];
  /** In the order of the suites. */
  readonly results: readonly TestResult[];
  /** Names of all rules that had a say, as decisions name them. */
  readonly hit: ReadonlySet<string>;
}

export interface TestOptions {
  readonly bundles: readonly ReadBundle[];
  readonly suites: readonly DecisionSuite[];
  readonly decide: Decide;
  /** Milliseconds since 1970, of cases that name no clock. */
  readonly now: number;
  /** One failure is enough. */
  readonly untilFailure?: boolean | undefined;
}

/** So many decisions without a break: a few milliseconds. */
const atOnce = 25;

/** Never throws for what bundles and tests may say: what cannot be run fails. */
export async function runTests(options: TestOptions): Promise<TestReport> {
  const ground = new Ground(options);
  const results: TestResult[] = [];
  const hit = new Set<string>();
  for (const suite of options.suites) {
    for (const one of suite.cases) {
      if (results.length % atOnce === atOnce - 1) await new Promise(setImmediate);
      const { failures, outcome } = await ground.run(one, suite);
      results.push({ suite: suite.suite, case: one.name, failures });
      for (const rule of outcome?.hit ?? []) hit.add(rule);
      if (failures.length > 0 && options.untilFailure === true) return reportOf(results, hit);
    }
  }
  return reportOf(results, hit);
}

function reportOf(results: readonly TestResult[], hit: ReadonlySet<string>): TestReport {
  const failures = results.flatMap(({ failures: texts, ...which }) => texts.map((text) => ({ ...which, text })));
  return { cases: results.length, failures, results, hit };
}

/** What the cases are decided on: one snapshot for all that say the same of user, labels and clock. */
class Ground {
  readonly #options: TestOptions;
  readonly #kinds: ReturnType<typeof kindsFor>;
  readonly #pointersOf: ReturnType<typeof pointersIn>;
  readonly #snapshots = new Map<string, Promise<Synthetic>>();

  constructor(options: TestOptions) {
    const { bundles, suites } = options;
    this.#options = options;
    this.#pointersOf = pointersIn(bundles);
    const asked = suites.flatMap(({ cases, user }) => [
      [user],
      ...cases.map((one) => [one.request.model, one.expect.model, one.user]),
    ]);
    this.#kinds = kindsFor(bundles, asked);
  }

  async run(
    one: DecisionCase,
    suite: DecisionSuite,
  ): Promise<{ readonly failures: readonly string[]; readonly outcome?: TrialOutcome | undefined }> {
    const { decide, now } = this.#options;
    const synthetic = await this.#snapshotFor(one, suite);
    if (synthetic.kind === 'refused') return { failures: [synthetic.text] };
    try {
      const outcome = await decide(synthetic.snapshot, trialRequest(one, suite, now));
      return { failures: failuresOf(one.expect, outcome, this.#pointersOf), outcome };
    } catch (error) {
      return { failures: [`it could not be decided: ${error instanceof Error ? error.message : String(error)}`] };
    }
  }

  #snapshotFor(one: DecisionCase, suite: DecisionSuite): Promise<Synthetic> {
    const at = momentOf(one, suite, this.#options.now);
    const labels = { ...suite.labels, ...one.labels };
    const user = one.user === undefined && suite.user === undefined ? undefined : { ...suite.user, ...one.user };
    const name = JSON.stringify([at, labels, user]);
    const known = this.#snapshots.get(name);
    if (known !== undefined) return known;
    const bundles = this.#options.bundles.filter((bundle) => isFor(bundle, labels));
    const made = syntheticSnapshot({ bundles, user, kinds: this.#kinds, now: at }).catch(
      (error: unknown): Synthetic => ({
        kind: 'refused',
        text: `it cannot be run: ${error instanceof Error ? error.message : String(error)}`,
      }),
    );
    this.#snapshots.set(name, made);
    return made;
  }
}

/** A label that a test says nothing of is as the bundle wants it. */
function isFor({ payload: { applies_to } }: ReadBundle, labels: Readonly<Record<string, string>>): boolean {
  return Object.entries(applies_to?.labels ?? {}).every(([name, values]) => {
    const own = labels[name];
    return own === undefined || values.includes(own);
  });
}
