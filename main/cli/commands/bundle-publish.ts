/** `sluice bundle publish` and `revert`: the files of a static host, signed; and an old version as a new one. */
import { join, relative, resolve } from 'node:path';
import { anyApp, lintCompiled } from '../../bundles/author/check.ts';
import { compileBundle, idOf, type CompiledBundle } from '../../bundles/author/compile.ts';
import { AuthorError, problemAt } from '../../bundles/author/problems.ts';
import {
  publishedEpoch,
  sealBundle,
  verifySealed,
  writeBundle,
  type Published,
  type Sealed,
} from '../../bundles/author/publish.ts';
import { highestPublished, readCopy, revertedPayload } from '../../bundles/author/revert.ts';
import { readTrustFolder, rootName, type TrustFolder } from '../../bundles/author/trust-folder.ts';
import { readSigned } from '../../bundles/author/verify.ts';
import { readEnvelope } from '../../bundles/envelope.ts';
import { fingerprintWords } from '../../bundles/fingerprint.ts';
import { lintBundle } from '../../bundles/lint.ts';
import { readBundle } from '../../bundles/read.ts';
import { runTests } from '../../bundles/run-tests.ts';
import type { GatewayTools, ReadBundle } from '../../bundles/types.ts';
import { printable, printableLines } from '../../kit/printable.ts';
import type { Arguments } from '../arguments.ts';
import { counted } from '../output.ts';
import { CommandError, UsageError, type Shell } from '../shell.ts';
import { authored, bundleOperand, readKeys, tellProblems } from './bundle-support.ts';

const maxVersion = 999_999_999_999_999;

export const publishBundle = authored(async (args: Arguments, shell: Shell): Promise<number> => {
  const given = bundleOperand(args);
  const now = shell.now();
  const first = await compileBundle(given, { cwd: shell.cwd, now });
  const out = outOf(args, first, shell);
  const trust = await trustOf(first, now);
  tellTrustEnd(trust, shell);
  const signed = args.text('signed');
  if (signed !== undefined) return await publishSigned(signed, { id: idOf(first), out, trust }, args, shell);
  const { version: written } = JSON.parse(first.payload) as { readonly version?: unknown };
  const highest = await highestPublished({ out, id: idOf(first), trust, now });
  const version = versionOf(args, typeof written === 'number' ? written : 1, highest);
  const compiled = await compileBundle(given, { cwd: shell.cwd, now, version, epoch: trust.inForce.epoch });
  await checkAll(compiled, shell);
  const keys = await readKeys('key', args, shell);
  const sealed = sealBundle({ payload: compiled.payload, trust, keys, now });
  return await write({ out, sealed, trust }, args, shell);
});

interface Place {
  readonly id: string;
  readonly out: string;
  readonly trust: TrustFolder;
}

/** What several people signed, each where their key is. */
async function publishSigned(file: string, place: Place, args: Arguments, shell: Shell): Promise<number> {
  const { id, out, trust } = place;
  const other = ['key', 'version'].find((name) => args.text(name) !== undefined);
  if (other !== undefined) throw new UsageError(`--${other} does not go with --signed: what is signed stays as it is.`);
  const now = shell.now();
  const bytes = await readSigned(resolve(shell.cwd, file), file);
  // What is no signed file at all is told by its name.
  readEnvelope(bytes, file);
  const sealed = verifySealed(bytes, trust, now);
  const { payload } = sealed.bundle;
  if (payload.id !== id) throw new UsageError(`${file} is ${payload.id}, and the folder is that of ${id}.`);
  const highest = await highestPublished({ out, id, trust, now });
  if (payload.version <= highest)
    throw new UsageError(
      `${file} is version ${payload.version}, and version ${highest} is published: clients take higher ones only.`,
    );
  await checkSigned(sealed.bundle, file, shell);
  return await write({ out, sealed, trust }, args, shell);
}

const dayMs = 86_400_000;
/** Root keys lie in safes: their owners need time. */
const nearDays = 30;

function tellTrustEnd({ inForce: { document } }: TrustFolder, shell: Shell): void {
  if (Date.parse(document.expires) - shell.now() > nearDays * dayMs) return;
  const { epoch, expires } = document;
  shell.err(
    `${rootName(epoch)} ends on ${expires}, and nothing can be published then: make the next one with sluice bundle rotate --root-key FILE.`,
  );
}

/** What it was told to be, else what is written, unless that is out already. */
function versionOf(args: Arguments, written: number, highest: number): number {
  const asked = args.number('version', { min: 1, max: maxVersion });
  if (asked === undefined) return Math.max(written, highest + 1);
  if (asked > highest) return asked;
  throw new UsageError(`--version is ${asked}, and version ${highest} is published: clients take higher ones only.`);
}

function outOf(args: Arguments, { root }: CompiledBundle, shell: Shell): string {
  const out = args.text('out');
  if (out?.includes('://') === true)
    throw new UsageError(
      '--out is a folder. What it holds goes to a bucket by any uploader, e.g. aws s3 cp --recursive dist/ s3://BUCKET/.',
    );
  return out === undefined ? join(root, 'dist') : resolve(shell.cwd, out);
}

export async function trustOf({ root, file }: CompiledBundle, now: number): Promise<TrustFolder> {
  const trust = await readTrustFolder(root, now);
  if (trust !== undefined) return trust;
  throw new CommandError(
    `Nothing beside ${file} says who may sign it. Make the first trust document: sluice bundle rotate --org ORG --root-key FILE --add-signer PUB.`,
  );
}

/** Schema, lint, and its own tests: what clients check too, while it can still be mended. */
async function checkAll(compiled: CompiledBundle, shell: Shell): Promise<void> {
  const { createGatewayTools } = await import('../../decide.ts');
  const tools = createGatewayTools();
  const { bundle, problems, warnings } = lintCompiled(compiled, { tools, now: shell.now(), others: [] });
  tellProblems(warnings, shell, ' (warning)');
  if (problems.length > 0) throw new AuthorError(problems);
  await checkTests(bundle, tools, shell);
}

/** What clients took once they may refuse by now: their Sluice is newer. */
async function checkSigned(bundle: ReadBundle, file: string, shell: Shell): Promise<void> {
  const { createGatewayTools } = await import('../../decide.ts');
  const tools = createGatewayTools();
  const { problems } = lintBundle(bundle, tools);
  if (problems.length > 0)
    throw new AuthorError(
      problems.map(({ pointer, text, mend }) =>
        problemAt({ file, line: 1, column: 1 }, `${pointer}: ${text}`, mend, pointer),
      ),
    );
  await checkTests(bundle, tools, shell);
}

async function checkTests(bundle: ReadBundle, { decide }: Pick<GatewayTools, 'decide'>, shell: Shell): Promise<void> {
  const suites = bundle.payload.tests;
  const { cases, failures } = await runTests({ bundles: [bundle], suites, decide, now: shell.now() });
  for (const failure of failures) shell.err(printableLines(`${failure.suite}: ${failure.case}: ${failure.text}`));
  if (failures.length > 0)
    throw new CommandError(`${failures.length} of ${counted(cases, 'test')} failed. Nothing was published.`);
}

interface ToWrite {
  readonly out: string;
  readonly sealed: Sealed;
  readonly trust: TrustFolder;
}

async function write({ out, sealed, trust }: ToWrite, args: Arguments, shell: Shell): Promise<number> {
  const { id, version, epoch } = sealed.bundle.payload;
  const newest = await publishedEpoch(out, id);
  // Clients that followed the longer chain would refuse all that comes with a shorter one.
  if (newest > epoch)
    throw new CommandError(
      `${id}.trust.sluice in ${out} goes to epoch ${newest}, and trust/ to epoch ${epoch} only. Take the missing documents from the history of the repository. Nothing was published.`,
    );
  const published = await writeBundle({ out, sealed, trust, url: folderUrl(args) });
  const { fingerprint } = trust;
  if (args.flag('json')) {
    const { files, link = null } = published;
    shell.out(
      JSON.stringify({
        id,
        version,
        epoch,
        sha256: sealed.bundle.sha256,
        out,
        files,
        fingerprint,
        words: fingerprintWords(fingerprint),
        link,
      }),
    );
    return 0;
  }
  shell.err(`${id} version ${version} is in ${out}: ${published.files.join(', ')}.`);
  tellLink(published, { id, trust }, shell);
  return 0;
}

function tellLink({ link }: Published, { id, trust }: { id: string; trust: TrustFolder }, shell: Shell): void {
  const { fingerprint, inForce } = trust;
  shell.err(`Publisher ${inForce.document.org}: ${fingerprintWords(fingerprint).join(' ')}`);
  shell.err(
    link === undefined
      ? 'Put these files on any static host. For your team, with the address of that host:'
      : 'For your team:',
  );
  shell.out(printable(link ?? `https://YOUR-HOST/${id}.sluice#sluice1=${fingerprint}&org=${inForce.document.org}`));
}

/** `--url` is the folder that the files will be in, with or without a slash at its end. */
function folderUrl(args: Arguments): string | undefined {
  const given = args.text('url');
  if (given === undefined) return undefined;
  const url = URL.parse(given.endsWith('/') ? given : `${given}/`);
  if (url !== null && /\.(?:sluice|html)\/$/.test(url.pathname))
    throw new UsageError(`--url names a file. Give the folder it is in: ${new URL('..', url).href}.`);
  const isPlain = url !== null && url.search === '' && url.hash === '' && url.username === '' && url.password === '';
  const isLoopback = url !== null && /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname);
  if (url !== null && isPlain && (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback)))
    return url.href;
  throw new UsageError(
    '--url is the https address of the folder the files will be in, e.g. https://policy.acme.example/llm/.',
  );
}

export const revertBundle = authored(async (args: Arguments, shell: Shell): Promise<number> => {
  const to = args.number('to', { min: 1, max: maxVersion });
  if (to === undefined) throw new UsageError('--to is missing: the version whose content comes back, e.g. --to 10.');
  const now = shell.now();
  const compiled = await compileBundle(bundleOperand(args), { cwd: shell.cwd, now });
  const out = outOf(args, compiled, shell);
  const trust = await trustOf(compiled, now);
  const id = idOf(compiled);
  const way = relative(shell.cwd, out);
  const shownOut = way.startsWith('..') ? out : way;
  const bundle = await readCopy({ out, id, version: to, trust, now, shownOut });
  const version = versionOf(args, 1, await highestPublished({ out, id, trust, now }));
  const payload = revertedPayload(bundle.text, { version, epoch: trust.inForce.epoch, now });
  await checkSigned(readBundle(Buffer.from(payload), { appVersion: anyApp }), `${id}.${to}.sluice`, shell);
  const keys = await readKeys('key', args, shell);
  const sealed = sealBundle({ payload, trust, keys, now });
  const code = await write({ out, sealed, trust }, args, shell);
  if (!args.flag('json'))
    shell.err(
      `The files in ${compiled.root} still say what they said: take them back too, or the next publish brings it again.`,
    );
  return code;
});
