// The page for publishers: its bundles are bundles, and the command lines of its CI files exist.
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { lintCompiled } from '../../../main/bundles/author/check.ts';
import { compileBundle } from '../../../main/bundles/author/compile.ts';
import { runTests } from '../../../main/bundles/run-tests.ts';
import { readArguments } from '../../../main/cli/arguments.ts';
import { commands } from '../../../main/cli/commands.ts';
import { createGatewayTools } from '../../../main/decide.ts';
import { makeFolder, now } from '../bundles/author-support.ts';
import { blocksOf } from './pages.ts';

const page = 'docs/publishing.md';
const blocks = blocksOf(page).filter(({ language }) => language === 'yml');
const tools = createGatewayTools();

function block(begin: string): string {
  const found = blocks.filter(({ text }) => text.includes(begin));
  expect(found).toHaveLength(1);
  return found[0]?.text ?? '';
}

describe('the bundle on it', () => {
  it('is valid, has nothing wrong, and passes the tests on it', async () => {
    const folder = makeFolder({
      'bundle.yaml': block('schema: sluice.bundle/1'),
      'tests/core.yaml': block('suite: core'),
    });
    const { bundle, problems, warnings } = lintCompiled(await compileBundle(folder, { now }), {
      tools,
      now,
      others: [],
    });
    expect({ problems, warnings }).toEqual({ problems: [], warnings: [] });
    const { cases, failures } = await runTests({
      bundles: [bundle],
      suites: bundle.payload.tests,
      decide: tools.decide,
      now,
    });
    expect({ cases, failures }).toEqual({ cases: 3, failures: [] });
  });
});

describe('the files for CI', () => {
  it.each([
    ['GitHub Actions', 'runs-on:', ['bundle validate', 'bundle lint', 'bundle test', 'bundle diff', 'bundle publish']],
    ['GitLab CI', 'stages:', ['bundle validate', 'bundle lint', 'bundle test', 'bundle diff', 'bundle publish']],
  ])('of %s are YAML, and call commands as they are', (_, begin, expected) => {
    const documents = parseAllDocuments(block(begin), { strict: true });
    const errors = documents.flatMap((one) => ('errors' in one ? [...one.errors, ...one.warnings] : []));
    expect(errors).toEqual([]);
    const lines = [...textsIn(documents.map((one) => ('toJS' in one ? (one.toJS() as unknown) : one)))].flatMap(
      commandLines,
    );
    expect(lines.map((words) => words.slice(0, 2).join(' '))).toEqual(expected);
    for (const words of lines) {
      const command = commands.find(({ name }) => name === words.slice(0, 2).join(' '));
      if (command === undefined) throw new Error(`There is no command ${words.join(' ')}.`);
      readArguments(command, words.slice(2));
    }
  });

  it('are told apart from what they must never hold: every key comes from a secret', () => {
    for (const { text } of blocks) expect(text).not.toMatch(/PRIVATE KEY|passphrase:/);
    for (const begin of ['runs-on:', 'stages:']) expect(block(begin)).toContain('--key env:SLUICE_SIGNING_KEY');
  });
});

function* textsIn(value: unknown): Generator<string> {
  if (typeof value === 'string') yield value;
  else if (typeof value === 'object' && value !== null) for (const inner of Object.values(value)) yield* textsIn(inner);
}

/** The words of each call of Sluice in a script, as a shell parts them. */
function commandLines(script: string): string[][] {
  return script.split('\n').flatMap((line) => {
    const call = /^\s*sluice ([^>|;&]+)/.exec(line)?.[1];
    return call === undefined
      ? []
      : [[...call.trim().matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '')];
  });
}
