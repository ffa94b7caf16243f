/** Results of decision tests as JUnit XML, which CI systems read. Without times: the same tests give the same file. */
import type { TestReport, TestResult } from './run-tests.ts';

export function junitXml({ results }: Pick<TestReport, 'results'>): string {
  const suites = Map.groupBy(results, ({ suite }) => suite);
  const failed = results.filter(isFailed).length;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="sluice bundle test" tests="${results.length}" failures="${failed}">`,
    ...[...suites].flatMap(([name, cases]) => suiteLines(name, cases)),
    '</testsuites>',
    '',
  ].join('\n');
}

function suiteLines(name: string, cases: readonly TestResult[]): readonly string[] {
  const head = `name="${attribute(name)}" tests="${cases.length}" failures="${cases.filter(isFailed).length}"`;
  return [`  <testsuite ${head}>`, ...cases.flatMap(caseLines), '  </testsuite>'];
}

function caseLines(one: TestResult): readonly string[] {
  const head = `classname="${attribute(one.suite)}" name="${attribute(one.case)}"`;
  const [first] = one.failures;
  if (first === undefined) return [`    <testcase ${head}/>`];
  return [
    `    <testcase ${head}>`,
    `      <failure message="${attribute(first)}">${text(one.failures.join('\n'))}</failure>`,
    '    </testcase>',
  ];
}

function isFailed({ failures }: TestResult): boolean {
  return failures.length > 0;
}

/** XML 1.0 has no words for most control characters and for halves of pairs. */
function text(value: string): string {
  return value
    .toWellFormed()
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}

function attribute(value: string): string {
  return text(value)
    .replaceAll('"', '&quot;')
    .replaceAll('\n', '&#10;')
    .replaceAll('\r', '&#13;')
    .replaceAll('\t', '&#9;');
}
