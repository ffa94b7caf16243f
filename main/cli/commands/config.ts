/** `sluice config`: checks a config file, prints its schema. Both work without a running instance and ask none. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { configJsonSchema } from '../../../shared/config/config.ts';
import { dataFiles } from '../../kit/data-directory.ts';
import { printable } from '../../kit/printable.ts';
import type { Arguments } from '../arguments.ts';
import { placeOf } from '../client.ts';
import { renderProblem } from '../problems.ts';
import { UsageError, type Shell } from '../shell.ts';

export async function validateConfig(args: Arguments, shell: Shell): Promise<number> {
  const place = placeOf(args, shell);
  const operand = args.operands[0];
  const shown = operand ?? place.configFile ?? dataFiles(place.dataDir).config;
  const text =
    operand === undefined
      ? await readText(shown, 'The first `sluice serve` writes it; `sluice config validate FILE` checks another.')
      : await readText(resolve(shell.cwd, operand), '');
  const { problems, warnings } = await shell.product.checkConfig(text, shown);
  if (args.flag('json')) shell.out(JSON.stringify({ valid: problems.length === 0, problems, warnings }));
  for (const problem of problems) shell.err(printable(renderProblem(problem)));
  for (const warning of warnings) shell.err(printable(`${renderProblem(warning)} (warning)`));
  if (problems.length > 0) return 2;
  if (!args.flag('json')) shell.err(`${printable(shown)} is valid.`);
  return 0;
}

export async function printSchema(_args: Arguments, shell: Shell): Promise<number> {
  shell.out(JSON.stringify(configJsonSchema(), undefined, 2));
  return 0;
}

async function readText(file: string, whenMissing: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    const reason = missing ? `does not exist. ${whenMissing}`.trimEnd() : `cannot be read: ${String(error)}.`;
    throw new UsageError(`${file} ${reason}`, 'config validate');
  }
}
