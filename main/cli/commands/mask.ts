/** `sluice mask`: what would leave the machine of a text, or of a request. */
import { resolve } from 'node:path';
import { foundKinds, totalOf, type FoundKind, type KindCounts, type MaskMode } from '../../../shared/domain/masking.ts';
import type { CallOutput } from '../../../shared/contract/contract.ts';
import { printable } from '../../kit/printable.ts';
import type { Arguments } from '../arguments.ts';
import { withClient } from '../client.ts';
import { isOfTheRequest, readRequestFile } from '../explain/request-file.ts';
import { counted } from '../output.ts';
import { readText } from '../read-text.ts';
import { FileProblem, UsageError, type Shell } from '../shell.ts';

type Masked = CallOutput<'policy.mask'>;

const off = 'Masking is off, so everything leaves as it is. `masking: { enabled: true }` in sluice.yaml turns it on.';

export async function maskText(args: Arguments, shell: Shell): Promise<number> {
  const [file] = args.operands;
  if (args.flag('request')) return maskRequest(file, args, shell);
  for (const name of ['key', 'client'])
    if (args.text(name) !== undefined) throw new UsageError(`--${name} goes with --request.`, 'mask');
  const text =
    file === undefined
      ? await shell.readInput()
      : await readText({ path: resolve(shell.cwd, file), shown: file }, 'another, or the text on stdin');
  return withClient(args, shell, async (client) => {
    const result = await client.ask('policy.mask', { text });
    const blocked = countsOf(result, 'block');
    const isRefused = totalOf(blocked) > 0;
    if (args.flag('json')) shell.out(JSON.stringify({ ...result, counts: countsOf(result, 'mask') }));
    else {
      if (!isRefused) shell.out(result.masked.replace(/\n$/, ''));
      for (const line of summary(result, blocked)) shell.err(line);
    }
    return isRefused ? 1 : 0;
  });
}

async function maskRequest(file: string | undefined, args: Arguments, shell: Shell): Promise<number> {
  if (file === undefined) throw new UsageError('--request needs a file: sluice mask --request FILE.', 'mask');
  const request = await readRequestFile({ path: resolve(shell.cwd, file), shown: file }, undefined);
  const [key, client] = [args.text('key'), args.text('client')];
  return withClient(args, shell, async (instance) => {
    const asked = { request, ...(key === undefined ? {} : { key }), ...(client === undefined ? {} : { client }) };
    const examined = await instance.ask('policy.examine', asked).catch((error: unknown) => {
      throw isOfTheRequest(error) ? new FileProblem(`${file}: ${error.message}`) : error;
    });
    if (args.flag('json')) shell.out(JSON.stringify(examined));
    else tellRequest(examined, shell);
    return examined.refusal === null ? 0 : 1;
  });
}

function tellRequest(examined: CallOutput<'policy.examine'>, shell: Shell): void {
  const { body, refusal, safety, masked_kinds, target, enabled } = examined;
  if (refusal === null) {
    shell.out(body);
    shell.err(printable(`To ${target ?? 'nobody'}: ${enabled ? told(masked_kinds) : off}`));
  } else shell.err(printable(`Nothing would be sent: ${refusal.message} (${refusal.code})`));
  for (const { source, rule, action, detail } of safety)
    shell.err(printable(`${action}: ${source} ${rule}: ${detail}`));
}

function countsOf({ findings }: Masked, wanted: MaskMode): KindCounts {
  const counts: Partial<Record<FoundKind, number>> = {};
  for (const { kind, mode } of findings) if (mode === wanted) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

function summary(result: Masked, blocked: KindCounts): string[] {
  if (!result.enabled) return [off];
  if (totalOf(blocked) > 0)
    return [
      `Nothing would be sent: it holds ${listed(blocked)}, and masking.detectors says to refuse that (mode: block).`,
    ];
  const noticed = countsOf(result, 'warn');
  const replaced = told(countsOf(result, 'mask'));
  return [totalOf(noticed) === 0 ? replaced : `${replaced} Found and left as it is (mode: warn): ${listed(noticed)}.`];
}

function told(counts: KindCounts): string {
  const total = totalOf(counts);
  return total === 0
    ? 'Nothing would be replaced.'
    : `${counted(total, 'value')} would be replaced: ${listed(counts)}.`;
}

function listed(counts: KindCounts): string {
  return foundKinds
    .flatMap((kind) => {
      const count = counts[kind] ?? 0;
      return count === 0 ? [] : [`${String(count)} ${kind}`];
    })
    .join(', ');
}
