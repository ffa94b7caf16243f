/** `sluice bundle validate` and `lint`: what is wrong with a bundle, with file, line and column. */
import { resolve } from 'node:path';
import { lintCompiled, readCompiled } from '../../bundles/author/check.ts';
import { compileBundle } from '../../bundles/author/compile.ts';
import { AuthorError, type AuthorProblem } from '../../bundles/author/problems.ts';
import { bundleJsonSchema } from '../../bundles/author/schema.ts';
import { verifyFile } from '../../bundles/author/verify.ts';
import type { ReadBundle } from '../../bundles/types.ts';
import { printable } from '../../kit/printable.ts';
import type { Arguments } from '../arguments.ts';
import { counted } from '../output.ts';
import { UsageError, type Shell } from '../shell.ts';
import { authored, bundleOperand, tellProblems } from './bundle-support.ts';

export const validateBundle = authored(async (args: Arguments, shell: Shell): Promise<number> => {
  const isAuthoring = args.flag('authoring');
  if (args.flag('schema')) {
    shell.out(JSON.stringify(bundleJsonSchema({ authoring: isAuthoring }), undefined, 2));
    return 0;
  }
  if (isAuthoring) throw new UsageError('--authoring goes with --schema.');
  const given = bundleOperand(args);
  const { problems, id } = await problemsOf(given, shell);
  if (args.flag('json')) shell.out(JSON.stringify({ valid: problems.length === 0, problems }));
  tellProblems(problems, shell);
  if (problems.length > 0) return 2;
  if (!args.flag('json')) shell.err(printable(`${id} is valid.`));
  return 0;
});

/** With `--json` what is wrong is the answer, and no failure of the command. */
async function problemsOf(given: string, shell: Shell): Promise<{ problems: readonly AuthorProblem[]; id: string }> {
  try {
    const compiled = await compileBundle(given, { cwd: shell.cwd, now: shell.now() });
    return { problems: [], id: readCompiled(compiled).payload.id };
  } catch (error) {
    if (error instanceof AuthorError) return { problems: error.problems, id: '' };
    throw error;
  }
}

export const lintBundleFiles = authored(async (args: Arguments, shell: Shell): Promise<number> => {
  const others = await otherBundles(args, shell);
  const { problems, warnings } = await findings(bundleOperand(args), others, shell);
  if (args.flag('json'))
    shell.out(JSON.stringify({ clean: problems.length + warnings.length === 0, problems, warnings }));
  tellProblems(problems, shell);
  tellProblems(warnings, shell, ' (warning)');
  if (!args.flag('json'))
    shell.err(
      problems.length + warnings.length === 0
        ? 'Nothing to say against it.'
        : `${counted(problems.length, 'problem')}, ${counted(warnings.length, 'warning')}.`,
    );
  return problems.length > 0 ? 2 : 0;
});

interface Found {
  readonly problems: readonly AuthorProblem[];
  readonly warnings: readonly AuthorProblem[];
}

async function findings(given: string, others: readonly ReadBundle[], shell: Shell): Promise<Found> {
  try {
    const { createGatewayTools } = await import('../../decide.ts');
    const compiled = await compileBundle(given, { cwd: shell.cwd, now: shell.now() });
    return lintCompiled(compiled, { tools: createGatewayTools(), now: shell.now(), others });
  } catch (error) {
    if (error instanceof AuthorError) return { problems: error.problems, warnings: [] };
    throw error;
  }
}

/** Bundles that people follow besides: signed ones are verified, folders are compiled. */
async function otherBundles(args: Arguments, shell: Shell): Promise<ReadBundle[]> {
  const trust = args.text('trust');
  const given = args.list('with') ?? [];
  if (trust !== undefined && given.length === 0) throw new UsageError('--trust goes with --with.');
  const bundles: ReadBundle[] = [];
  for (const one of given) {
    if (!one.endsWith('.sluice')) {
      bundles.push(readCompiled(await compileBundle(one, { cwd: shell.cwd, now: shell.now() })));
      continue;
    }
    const path = resolve(shell.cwd, one);
    const found = await verifyFile({ path, shown: one, trust, cwd: shell.cwd, now: shell.now() });
    if (found.by === 'beside')
      shell.err(`${one}: signed, by whom the file of trust beside it says. --trust FINGERPRINT makes sure.`);
    bundles.push(found.bundle);
  }
  return bundles;
}
