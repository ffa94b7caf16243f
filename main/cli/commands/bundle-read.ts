/** A bundle that a command names: a folder or bundle.yaml, a signed file, or a version among the published files. */
import { join, resolve } from 'node:path';
import { readCompiled } from '../../bundles/author/check.ts';
import { compileBundle } from '../../bundles/author/compile.ts';
import { namesOf } from '../../bundles/author/repository.ts';
import { readCopy } from '../../bundles/author/revert.ts';
import { readTrustFolder } from '../../bundles/author/trust-folder.ts';
import { verifyFile } from '../../bundles/author/verify.ts';
import type { ReadBundle } from '../../bundles/types.ts';
import type { Arguments } from '../arguments.ts';
import { UsageError, type Shell } from '../shell.ts';

/** Folder of the published files, where nobody names another. */
const published = 'dist';

export interface GivenBundle {
  readonly bundle: ReadBundle;
  /** `undefined` of files that say none: `publish` gives it. */
  readonly version: number | undefined;
  /** Where a value stands that a JSON Pointer names: `policy/models.yaml:4`, of a signed one `line 15`. */
  readonly place: (pointer: string) => string;
}

/**
 * A signed one is verified before anything in it is read. `mustTrust`: nobody's word for it but that of `--trust` will do, because
 * what it holds is run.
 */
export async function readGivenBundle(
  given: string,
  args: Arguments,
  shell: Shell,
  { mustTrust = false }: { readonly mustTrust?: boolean } = {},
): Promise<GivenBundle> {
  const trust = args.text('trust');
  const version = await publishedVersion(given, shell);
  if (version !== undefined && trust === undefined) {
    const own = await ownVersion(version, shell);
    if (own !== undefined) return signedBundle(own);
  }
  const file = version?.file ?? given;
  if (!file.endsWith('.sluice')) {
    const compiled = await compileBundle(given, { cwd: shell.cwd, now: shell.now() });
    const place = (pointer: string): string => {
      const { file: source, line } = compiled.sources.at(pointer);
      return `${source}:${line}`;
    };
    const bundle = readCompiled(compiled);
    return { bundle, version: compiled.hasVersion ? bundle.payload.version : undefined, place };
  }
  if (mustTrust && trust === undefined)
    throw new UsageError(
      `${file} is signed, and tests of a stranger are not run: give --trust with the fingerprint of its publisher.`,
    );
  const path = resolve(shell.cwd, file);
  const found = await verifyFile({ path, shown: file, trust, cwd: shell.cwd, now: shell.now() });
  if (found.by === 'beside')
    shell.err(`${file}: signed, by whom the file of trust beside it says. --trust FINGERPRINT makes sure.`);
  return signedBundle(found.bundle);
}

function signedBundle(bundle: ReadBundle): GivenBundle {
  return { bundle, version: bundle.payload.version, place: (pointer) => `line ${bundle.lineOf(pointer)}` };
}

interface PublishedVersion {
  readonly file: string;
  readonly id: string;
  readonly version: number;
}

/**
 * A version of the folder's own, by the word of its own trust documents: also one that a signer signed who is retired since.
 * `undefined` where it has none.
 */
async function ownVersion({ id, version }: PublishedVersion, shell: Shell): Promise<ReadBundle | undefined> {
  // Whoever looks back does not mind that something is over.
  const trust = await readTrustFolder(shell.cwd, 0);
  return trust && (await readCopy({ out: resolve(shell.cwd, published), id, version, trust, now: 0 }));
}

/** What `v12` stands for; `undefined` for anything else. */
async function publishedVersion(given: string, shell: Shell): Promise<PublishedVersion | undefined> {
  const version = /^v?([1-9]\d*)$/.exec(given)?.[1];
  if (version === undefined) return undefined;
  const names = await namesOf(resolve(shell.cwd, published), published);
  const [file, another] = names.filter((name) => name.endsWith(`.${version}.sluice`)).sort();
  if (file === undefined)
    throw new UsageError(
      `There is no version ${version} in ${published}: \`sluice bundle publish\` writes ID.${version}.sluice there. Give the file itself if it is elsewhere.`,
    );
  if (another !== undefined)
    throw new UsageError(`In ${published} both ${file} and ${another} are version ${version}. Name one of the files.`);
  const id = file.slice(0, -`.${version}.sluice`.length);
  return { file: join(published, file), id, version: Number(version) };
}
