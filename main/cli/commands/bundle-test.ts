/** `sluice bundle test`: the decision tests of a bundle, and how much of it they hold to its word. */
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { coverageOf, mutationOf, type Coverage } from '../../bundles/coverage.ts';
import { junitXml } from '../../bundles/junit.ts';
import { runTests, type TestReport } from '../../bundles/run-tests.ts';
import { isErrno } from '../../kit/atomic-file.ts';
import { printable } from '../../kit/printable.ts';
import type { Arguments } from '../arguments.ts';
import { counted } from '../output.ts';
import { UsageError, type Shell } from '../shell.ts';
import { readGivenBundle, type GivenBundle } from './bundle-read.ts';
import { authored, bundleOperand } from './bundle-support.ts';

export const testBundle = authored(async (args: Arguments, shell: Shell): Promise<number> => {
  const given = await readGivenBundle(bundleOperand(args), args, shell, { mustTrust: true });
  const { bundle } = given;
  const { createGatewayTools } = await import('../../decide.ts');
  const { decide } = createGatewayTools();
  const asked = { bundles: [bundle], suites: bundle.payload.tests, decide, now: shell.now() };
  const report = await runTests(asked);
  const file = args.text('junit');
  if (file !== undefined) await writeResults(file, junitXml(report), shell);
  const isGood = report.failures.length === 0;
  const coverage = args.flag('coverage') ? coverageOf(asked.bundles, report) : undefined;
  // Tests that fail as they are notice nothing.
  const mutation = args.flag('mutation') && isGood ? await mutationOf(asked) : undefined;
  if (args.flag('json')) {
    const { cases, failures } = report;
    shell.out(
      JSON.stringify({
        bundle: bundle.payload.id,
        cases,
        failures,
        coverage: coverage ?? null,
        mutation: mutation ?? null,
      }),
    );
  } else tell(report, { coverage, mutation, wantsMutation: args.flag('mutation'), places: placesOf(given) }, shell);
  return isGood && (mutation?.never.length ?? 0) === 0 ? 0 : 1;
});

async function writeResults(file: string, xml: string, shell: Shell): Promise<void> {
  try {
    await writeFile(resolve(shell.cwd, file), xml);
  } catch (error) {
    const reason = isErrno(error, 'ENOENT')
      ? 'its folder does not exist'
      : isErrno(error, 'EISDIR')
        ? 'it is a folder'
        : undefined;
    if (reason === undefined) throw error;
    throw new UsageError(`--junit ${file} cannot be written: ${reason}. Name a file in a folder that is there.`);
  }
}

interface Measured {
  readonly coverage: Coverage | undefined;
  readonly mutation: Coverage | undefined;
  readonly wantsMutation: boolean;
  /** Where each case stands, in the order of the suites. */
  readonly places: readonly string[];
}

function placesOf({ bundle, place }: GivenBundle): readonly string[] {
  return bundle.payload.tests.flatMap(({ cases }, suite) =>
    cases.map((_, index) => place(`/tests/${suite}/cases/${index}`)),
  );
}

function tell({ cases, results, failures }: TestReport, measured: Measured, shell: Shell): void {
  for (const [index, one] of results.entries()) {
    if (one.failures.length === 0) continue;
    shell.out(printable(`FAILED  ${one.suite}: ${one.case} (${measured.places[index] ?? ''})`));
    for (const text of one.failures) shell.out(printable(`        ${text}`));
  }
  const { coverage, mutation, wantsMutation } = measured;
  if (coverage !== undefined) {
    shell.out(`${coverage.hit} of ${counted(coverage.rules, 'rule')} had a say in some test.`);
    for (const rule of coverage.never) shell.out(printable(`        never: ${rule}`));
  }
  if (mutation !== undefined) {
    shell.out(`${mutation.hit} of ${counted(mutation.rules, 'rule')} cannot be left out without a test that fails.`);
    for (const rule of mutation.never) shell.out(printable(`        no test needs ${rule}`));
  }
  if (cases === 0) shell.err('There are no tests: they stand in tests/*.yaml beside bundle.yaml.');
  else if (failures.length === 0) shell.err(`${counted(cases, 'test')} passed.`);
  else {
    const failed = results.filter((one) => one.failures.length > 0).length;
    shell.err(`${failed} of ${counted(cases, 'test')} failed.`);
    if (wantsMutation) shell.err('Rules are left out on trial once all tests pass.');
  }
}
