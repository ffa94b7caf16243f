/** `sluice bundle init`: the files of a new bundle, and where it is asked for the keys that sign it. */
import type { KeyObject } from 'node:crypto';
import { existsSync } from 'node:fs';
import { basename, join, relative, resolve, sep } from 'node:path';
import { draftFromConfig, type BundleDraft } from '../../bundles/author/from-config.ts';
import { checkScaffold, scaffoldFiles, writeScaffold } from '../../bundles/author/scaffold.ts';
import { rotateTrust, type TrustFolder } from '../../bundles/author/trust-folder.ts';
import { fingerprintWords } from '../../bundles/fingerprint.ts';
import { generateSigningKey, type NewSigningKey } from '../../bundles/keys.ts';
import { printable } from '../../kit/printable.ts';
import { bundleId } from '../../../shared/bundle/payload.ts';
import type { Arguments } from '../arguments.ts';
import { withClient } from '../client.ts';
import { UsageError, type Shell } from '../shell.ts';
import { authored, bundleOperand, newPassphrase, openKeyFile, readPublicKey, writeKey } from './bundle-support.ts';

const yearMs = 365 * 86_400_000;

export const initBundle = authored(async (args: Arguments, shell: Shell): Promise<number> => {
  const given = bundleOperand(args);
  const folder = resolve(shell.cwd, given);
  const id = nameOf(args.text('id') ?? asName(basename(folder)), '--id');
  const org = nameOf(args.text('org') ?? id, '--org');
  const keys = args.text('keys');
  if (keys !== undefined) checkOutside(folder, resolve(shell.cwd, keys));
  const draft = await draftOf(args, shell);
  const files = scaffoldFiles({ id, draft });
  await checkScaffold(folder, files);
  // Before the files are written: whoever gives up at a passphrase has nothing half made.
  const pair = keys === undefined ? undefined : await keysIn(keys, args, shell);
  await writeScaffold(folder, files);
  const trust = pair === undefined ? undefined : await firstTrust({ folder, org, pair }, shell);
  if (args.flag('json')) {
    const { fingerprint = null } = trust ?? {};
    shell.out(JSON.stringify({ folder, id, org, files: [...files.keys()], left_out: draft?.left ?? [], fingerprint }));
    return 0;
  }
  shell.err(`Made ${[...files.keys()].join(', ')} in ${folder}.`);
  for (const pointer of draft?.left ?? []) shell.err(printable(`Left out, as a bundle cannot say it: ${pointer}`));
  tellNext({ given, keys, trust }, shell);
  return 0;
});

function asName(text: string): string {
  return text
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
    .slice(0, 63);
}

function nameOf(text: string, option: string): string {
  if (bundleId.safeParse(text).success) return text;
  throw new UsageError(`${option} is "${text}": give 2 to 63 small letters, digits or "-", for example acme-core.`);
}

/** A key in the repository would be pushed with it one day. */
function checkOutside(folder: string, keys: string): void {
  const way = relative(folder, keys);
  if (way !== '..' && !way.startsWith(`..${sep}`) && resolve(folder, way) === keys)
    throw new UsageError(
      '--keys is inside of the folder of the bundle, which others will read. Name a folder outside of it.',
    );
}

async function draftOf(args: Arguments, shell: Shell): Promise<BundleDraft | undefined> {
  const from = args.text('from');
  if (from === undefined) return undefined;
  if (from !== 'current')
    throw new UsageError(`--from does not know "${from}": it takes current, the config of this machine.`);
  const { createGatewayTools } = await import('../../decide.ts');
  let draft: BundleDraft | undefined;
  await withClient(args, shell, async (client) => {
    const { config, origins } = await client.ask('config.read', {});
    draft = draftFromConfig(config, origins, createGatewayTools());
    return 0;
  });
  return draft;
}

interface KeyPair {
  readonly root: KeyObject;
  /** The public key. */
  readonly signer: string;
}

/** Keys that are there are used: one publisher may have many bundles. Those that are missing are made. */
async function keysIn(folder: string, args: Arguments, shell: Shell): Promise<KeyPair> {
  const [rootFile, signerFile] = [join(folder, 'root.key'), join(folder, 'signer.key')];
  const isThere = (file: string): boolean => existsSync(resolve(shell.cwd, file));
  const missing = [rootFile, signerFile].filter((file) => !isThere(file));
  const passphrase = missing.length === 0 ? undefined : await newPassphrase(args, shell);
  const made = new Map<string, NewSigningKey>();
  for (const file of missing) {
    const key = generateSigningKey();
    await writeKey(key, file, passphrase, shell);
    made.set(file, key);
  }
  const root = made.get(rootFile)?.privateKey ?? (await openKeyFile(rootFile, shell));
  return {
    root,
    signer: made.get(signerFile)?.publicKey ?? (await readPublicKey(`${signerFile}.pub`, shell)),
  };
}

interface FirstTrust {
  readonly folder: string;
  readonly org: string;
  readonly pair: KeyPair;
}

async function firstTrust({ folder, org, pair }: FirstTrust, shell: Shell): Promise<TrustFolder | undefined> {
  const { folder: trust } = await rotateTrust(folder, {
    ...{ org, addRoots: [], addSigners: [pair.signer], retire: [], bundles: undefined },
    ...{ rootThreshold: undefined, signerThreshold: undefined, freshness: undefined },
    ...{ expires: shell.now() + yearMs, now: shell.now(), keys: [pair.root] },
  });
  return trust;
}

interface Next {
  readonly given: string;
  readonly keys: string | undefined;
  readonly trust: TrustFolder | undefined;
}

function tellNext({ given, keys, trust }: Next, shell: Shell): void {
  const here = given === '.' ? '' : ` ${shellWord(given)}`;
  if (keys === undefined) {
    shell.err(`Next: sluice bundle test${here}, then keys: sluice bundle keygen --role root.`);
    return;
  }
  if (trust !== undefined)
    shell.err(
      `Publisher ${trust.inForce.document.org}: ${fingerprintWords(trust.fingerprint).join(' ')} (${trust.fingerprint})`,
    );
  shell.err(`Keys are in ${resolve(shell.cwd, keys)}: keep root.key offline, and both out of any repository.`);
  shell.err(`Next: sluice bundle publish${here} --key ${shellWord(join(keys, 'signer.key'))}`);
}

/** As a shell takes it for one word. */
function shellWord(text: string): string {
  return /^[\p{L}\p{N}._/:\\~-]+$/u.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
