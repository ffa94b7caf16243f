/** `sluice bundle sign`, `verify` and `inspect`: signatures made, and looked at. */
import type { KeyObject } from 'node:crypto';
import { resolve } from 'node:path';
import { anyApp, lintCompiled, readCompiled } from '../../bundles/author/check.ts';
import { compileBundle, type CompiledBundle } from '../../bundles/author/compile.ts';
import { AuthorError } from '../../bundles/author/problems.ts';
import { missingSigners, sealBundle, signPartly } from '../../bundles/author/publish.ts';
import { summaryOf, type BundleSummary } from '../../bundles/author/summary.ts';
import { isTrustFile, readTrustFile, rootKeysFor } from '../../bundles/author/trust-file.ts';
import { readSigned, verifyFile, type VerifiedFile } from '../../bundles/author/verify.ts';
import { readEnvelope, withSignatures } from '../../bundles/envelope.ts';
import { fingerprintWords } from '../../bundles/fingerprint.ts';
import { keyIdOf, publicKeyOf } from '../../bundles/keys.ts';
import { readBundle } from '../../bundles/read.ts';
import type { ReadBundle } from '../../bundles/types.ts';
import { writeFileAtomic } from '../../kit/atomic-file.ts';
import { printable } from '../../kit/printable.ts';
import type { Arguments } from '../arguments.ts';
import { counted } from '../output.ts';
import { UsageError, type Shell } from '../shell.ts';
import { authored, bundleOperand, readKeys } from './bundle-support.ts';
import { trustOf } from './bundle-publish.ts';
import { inspectTrust, trustLines } from './bundle-trust.ts';

const publicMode = 0o644;

export const signBundle = authored(async (args: Arguments, shell: Shell): Promise<number> => {
  const given = bundleOperand(args);
  return /\.(?:sluice|json)$/.test(given) ? addSignature(given, args, shell) : signFiles(given, args, shell);
});

/** One more signature on what others signed before: a bundle, or a trust document. */
async function addSignature(given: string, args: Arguments, shell: Shell): Promise<number> {
  if (args.text('version') !== undefined)
    throw new UsageError('--version is for the files of a bundle: what is signed already has one.');
  const path = resolve(shell.cwd, given);
  const bytes = await readSigned(path, given);
  const { payload, signatures } = readEnvelope(bytes, given);
  const keys = await readKeys('key', args, shell);
  if (isTrustFile(bytes)) await checkTrust({ bytes, path, keys }, shell);
  else tellBundle(readBundle(payload, { appVersion: anyApp }), shell);
  const signed = withSignatures(bytes, keys);
  const output = args.text('output');
  await writeFileAtomic(output === undefined ? path : resolve(shell.cwd, output), signed.toString('utf8'), {
    mode: publicMode,
  });
  const count = (JSON.parse(signed.toString('utf8')) as { readonly signatures: readonly unknown[] }).signatures.length;
  const news = count === signatures.length ? ', as before: these keys signed it already' : '';
  shell.err(`${output ?? given} has ${counted(count, 'signature')} now${news}.`);
  return 0;
}

interface TrustToSign {
  readonly bytes: Uint8Array;
  readonly path: string;
  readonly keys: readonly KeyObject[];
}

/** Says what is about to be signed. Throws `UsageError` for keys whose signature would count for nothing. */
async function checkTrust({ bytes, path, keys }: TrustToSign, shell: Shell): Promise<void> {
  const { document } = readTrustFile(bytes, undefined);
  const known = new Set((await rootKeysFor(document, path)).map(keyIdOf));
  const stranger = keys.map((key) => keyIdOf(publicKeyOf(key))).find((id) => !known.has(id));
  if (stranger !== undefined)
    throw new UsageError(
      `The key ${stranger} is no root key, of this document or of the one before. Nothing was signed.`,
    );
  for (const line of trustLines(document)) shell.err(printable(line));
}

/** Nobody puts their name to what they have not seen. */
function tellBundle(bundle: ReadBundle, shell: Shell): void {
  const { id, version, epoch } = bundle.payload;
  shell.err(`Bundle       ${id} version ${version}, epoch ${epoch}`);
  for (const line of setsLines(summaryOf(bundle))) shell.err(printable(line));
}

/** The envelope alone, as it would be published; tests are for `publish`. */
async function signFiles(given: string, args: Arguments, shell: Shell): Promise<number> {
  const now = shell.now();
  const first = await compileBundle(given, { cwd: shell.cwd, now });
  const trust = await trustOf(first, now);
  const version = args.number('version', { min: 1, max: Number.MAX_SAFE_INTEGER });
  const compiled = await compileBundle(given, { cwd: shell.cwd, now, version, epoch: trust.inForce.epoch });
  const { id, version: made } = readCompiled(compiled).payload;
  await checkLint(compiled, now);
  const keys = await readKeys('key', args, shell);
  const { payload } = compiled;
  const missing = missingSigners(trust, keys);
  const envelope =
    missing === 0 ? sealBundle({ payload, trust, keys, now }).envelope : signPartly({ payload, trust, keys });
  const output = args.text('output');
  if (output === undefined) shell.out(envelope.replace(/\n$/, ''));
  else {
    await writeFileAtomic(resolve(shell.cwd, output), envelope, { mode: publicMode });
    shell.err(`${id} version ${made}, signed, is in ${output}.`);
  }
  if (missing > 0)
    shell.err(
      `${missing} more ${missing === 1 ? 'signer has' : 'signers have'} to sign: sluice bundle sign ${output ?? 'FILE'} --key FILE; then publish it: sluice bundle publish --signed ${output ?? 'FILE'}.`,
    );
  return 0;
}

/** What is signed is handed on before `publish` looks at it: a secret in it would be out. */
async function checkLint(compiled: CompiledBundle, now: number): Promise<void> {
  const { createGatewayTools } = await import('../../decide.ts');
  const { problems } = lintCompiled(compiled, { tools: createGatewayTools(), now, others: [] });
  if (problems.length > 0) throw new AuthorError(problems);
}

// ---------------------------------------------------------------- looking at one

function fileOf(args: Arguments): string {
  const [file = ''] = args.operands;
  return file;
}

async function verified(args: Arguments, shell: Shell): Promise<VerifiedFile> {
  const shown = fileOf(args);
  const options = {
    path: resolve(shell.cwd, shown),
    shown,
    trust: args.text('trust'),
    cwd: shell.cwd,
    now: shell.now(),
  };
  return verifyFile(options);
}

/** What is wrong with it is the answer: 1, and with `--json` a document all the same. */
export const verifyBundle = authored(async (args: Arguments, shell: Shell): Promise<number> => {
  if (args.text('trust') === undefined)
    throw new UsageError(
      '--trust is missing: the fingerprint of its publisher, a link with it, or a file of trust documents.',
    );
  try {
    const found = await verified(args, shell);
    if (args.flag('json')) shell.out(JSON.stringify({ verified: true, ...factsOf(found) }));
    else {
      const { payload, signers } = found.bundle;
      shell.out(
        printable(
          `${payload.id} version ${payload.version} (epoch ${payload.epoch}) is signed by ${signers.join(' and ')}.`,
        ),
      );
      tellExpiry(found, shell);
    }
    return 0;
  } catch (error) {
    if (!isRefusal(error)) throw error;
    if (args.flag('json')) shell.out(JSON.stringify({ verified: false, code: error.code, problem: error.message }));
    else shell.err(printable(`${fileOf(args)} is NOT verified: ${error.message} (${error.code})`));
    return 1;
  }
});

function isRefusal(error: unknown): error is Error & { readonly code: string } {
  return (
    error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code.startsWith('bundle.')
  );
}

function factsOf({ bundle, by }: VerifiedFile): Readonly<Record<string, unknown>> {
  const { payload, signers, trustDocument, fingerprint = null, sha256 } = bundle;
  const { id, version, epoch, name = null, issued_at, expires_at = null } = payload;
  return {
    id,
    version,
    epoch,
    name,
    issued_at,
    expires_at,
    org: trustDocument?.org ?? null,
    signers,
    fingerprint,
    sha256,
    trusted_by: by,
  };
}

function tellExpiry({ bundle }: VerifiedFile, shell: Shell): void {
  const { expires_at } = bundle.payload;
  if (expires_at !== undefined && Date.parse(expires_at) <= shell.now()) shell.err(`It expired on ${expires_at}.`);
}

const trustedBy: Readonly<Record<VerifiedFile['by'], string>> = {
  fingerprint: 'Verified: its publisher has the fingerprint that was given.',
  file: 'Verified with the trust documents that were given.',
  beside:
    'Signed as the trust documents beside it say, which anybody could have put there. Make sure with --trust FINGERPRINT.',
};

export const inspectBundle = authored(async (args: Arguments, shell: Shell): Promise<number> => {
  const bytes = await readSigned(resolve(shell.cwd, fileOf(args)), fileOf(args));
  if (isTrustFile(bytes)) return inspectTrust(bytes, args, shell);
  const found = await verified(args, shell);
  const summary = summaryOf(found.bundle);
  if (args.flag('json')) {
    shell.out(JSON.stringify({ verified: found.by !== 'beside', ...factsOf(found), ...summary }));
    return 0;
  }
  shell.out(textOf(found, summary).map(printable).join('\n'));
  tellExpiry(found, shell);
  return 0;
});

function textOf(found: VerifiedFile, { sets, slots, tests }: BundleSummary): string[] {
  const { payload, signers, trustDocument, fingerprint } = found.bundle;
  const words =
    fingerprint === undefined
      ? []
      : [`Fingerprint  ${fingerprint}`, `             ${fingerprintWords(fingerprint).join(' ')}`];
  return [
    trustedBy[found.by],
    '',
    `Bundle       ${payload.id} version ${payload.version}, epoch ${payload.epoch}${payload.name === undefined ? '' : ` (${payload.name})`}`,
    `Publisher    ${trustDocument?.org ?? '–'}`,
    `Signed by    ${signers.join(', ')}`,
    ...words,
    `Issued       ${payload.issued_at}`,
    `Expires      ${payload.expires_at ?? 'never'}`,
    ...setsLines({ sets }),
    ...slots.map((slot, index) => `${index === 0 ? 'Keys        ' : '            '} ${slot.id}: ${slot.label}`),
    `Tests        ${tests}`,
    ...(payload.changelog === undefined ? [] : [`New          ${payload.changelog}`]),
  ];
}

function setsLines({ sets }: Pick<BundleSummary, 'sets'>): string[] {
  return sets.map(
    ({ mode, section, text }, index) => `${index === 0 ? 'Sets        ' : '            '} ${mode} ${section}: ${text}`,
  );
}
