/** `sluice bundle rotate` and `freshness`: who may sign from now on, and the word that a bundle still is the newest. */
import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { compileBundle, idOf } from '../../bundles/author/compile.ts';
import { makeFreshness } from '../../bundles/author/freshness-file.ts';
import { rotateTrust, type Rotated, type Rotation } from '../../bundles/author/trust-folder.ts';
import { fingerprintWords } from '../../bundles/fingerprint.ts';
import { keyIdOf } from '../../bundles/keys.ts';
import { writeFileAtomic } from '../../kit/atomic-file.ts';
import { matchesAny } from '../../kit/glob.ts';
import type { Arguments } from '../arguments.ts';
import { CommandError, UsageError, type Shell } from '../shell.ts';
import { readDuration, readMoment } from '../time.ts';
import { trustOf } from './bundle-publish.ts';
import { authored, bundleOperand, readKeys, readPublicKey } from './bundle-support.ts';
import { trustFacts } from './bundle-trust.ts';

const yearMs = 365 * 86_400_000;
const publicMode = 0o644;

export const rotateKeys = authored(async (args: Arguments, shell: Shell): Promise<number> => {
  const compiled = await compileBundle(bundleOperand(args), { cwd: shell.cwd, now: shell.now() });
  const id = idOf(compiled);
  const rotation = await rotationOf(args, shell);
  const rotated = await rotateTrust(compiled.root, rotation);
  const out = args.text('out') === undefined ? join(compiled.root, 'dist') : resolve(shell.cwd, args.text('out') ?? '');
  const chain =
    rotated.folder === undefined ? undefined : await writeChain({ out, id, chain: rotated.folder.chain }, shell);
  if (args.flag('json')) shell.out(JSON.stringify(factsOf(rotated, chain)));
  else tell(rotated, chain, shell);
  const { bundles } = rotated.document.signers;
  if (!matchesAny(bundles, id))
    shell.err(
      `${id} is not among them, so it cannot be published any more: sluice bundle rotate --bundles ${[...bundles, id].join(',')} changes that.`,
    );
  return 0;
});

async function rotationOf(args: Arguments, shell: Shell): Promise<Rotation> {
  const publicKeys = (name: string): Promise<string[]> =>
    Promise.all((args.list(name) ?? []).map((one) => readPublicKey(one, shell)));
  const count = (name: string): number | undefined => args.number(name, { min: 1, max: 32 });
  const [addRoots, addSigners] = [await publicKeys('add-root'), await publicKeys('add-signer')];
  return {
    org: args.text('org'),
    addRoots,
    addSigners,
    retire: args.list('retire') ?? [],
    bundles: args.list('bundles'),
    rootThreshold: count('root-threshold'),
    signerThreshold: count('signer-threshold'),
    freshness: await freshnessOf(args, shell),
    expires: expiryOf(args, shell.now()),
    now: shell.now(),
    keys: await readKeys('root-key', args, shell),
  };
}

async function freshnessOf(args: Arguments, shell: Shell): Promise<Rotation['freshness']> {
  const given = args.list('freshness-key');
  const [maxAge, required] = [args.text('max-age'), args.flag('freshness-required')];
  if (given === undefined) {
    if (maxAge !== undefined || required)
      throw new UsageError('--max-age and --freshness-required go with --freshness-key.');
    return undefined;
  }
  if (given.join() === 'none') return { keys: [], maxAge: 'P3D', required: false };
  const keys = await Promise.all(given.map((one) => readPublicKey(one, shell)));
  return { keys, maxAge: maxAge ?? 'P3D', required };
}

function expiryOf(args: Arguments, now: number): number {
  const text = args.text('expires');
  if (text === undefined) return now + yearMs;
  const distance = readDuration(text);
  const moment = distance === undefined ? readMoment('expires', text, now) : now + distance;
  if (moment > now) return moment;
  throw new UsageError(`--expires is "${text}", which is over: give a later date or a distance such as 365d.`);
}

/** Beside bundles that are published: whoever looks there next learns of it. Where none is, `publish` writes it. */
async function writeChain(
  { out, id, chain }: { readonly out: string; readonly id: string; readonly chain: string },
  shell: Shell,
): Promise<string | undefined> {
  const isFolder = await stat(out).then(
    (facts) => facts.isDirectory(),
    () => false,
  );
  if (!isFolder) return undefined;
  const file = resolve(shell.cwd, out, `${id}.trust.sluice`);
  await writeFileAtomic(file, chain, { mode: publicMode });
  return file;
}

function factsOf({ file, document, folder, missing }: Rotated, chain: string | undefined): unknown {
  return {
    file,
    ...trustFacts(document),
    fingerprint: folder?.fingerprint ?? null,
    chain: chain ?? null,
    waits_for: missing ?? null,
  };
}

function tell({ file, document, folder, missing }: Rotated, chain: string | undefined, shell: Shell): void {
  shell.err(`${file}: ${document.org}, epoch ${document.epoch}, until ${document.expires}.`);
  shell.err(`Signers: ${document.signers.keys.map(keyIdOf).join(', ')} for ${document.signers.bundles.join(', ')}.`);
  if (folder === undefined) {
    shell.err(
      `It is not in force yet: ${missing ?? 'signatures are missing.'} Let the others sign: sluice bundle sign ${file} --key FILE.`,
    );
    return;
  }
  if (chain !== undefined) shell.err(`The chain is in ${chain}.`);
  shell.err(`Fingerprint for new links: ${folder.fingerprint} (${fingerprintWords(folder.fingerprint).join(' ')})`);
  shell.err('Publish now, so that the bundle is of this epoch: sluice bundle publish --key FILE');
}

export const stateFreshness = authored(async (args: Arguments, shell: Shell): Promise<number> => {
  const now = shell.now();
  const compiled = await compileBundle(bundleOperand(args), { cwd: shell.cwd, now });
  const id = idOf(compiled);
  const out = args.text('out') === undefined ? join(compiled.root, 'dist') : resolve(shell.cwd, args.text('out') ?? '');
  const keys = await readKeys('key', args, shell);
  const [key] = keys;
  if (key === undefined || keys.length > 1) throw new UsageError('--key is one key: that of the role freshness.');
  const { statement, text, problem } = await makeFreshness({ out, id, key, trust: await trustOf(compiled, now), now });
  if (problem !== undefined) throw new CommandError(problem);
  const file = join(out, `${id}.freshness.sluice`);
  await writeFileAtomic(file, text, { mode: publicMode });
  if (args.flag('json')) shell.out(JSON.stringify({ ...statement, file }));
  else shell.err(`${id} version ${statement.version} is the newest as of ${statement.as_of}: ${file}.`);
  return 0;
});
