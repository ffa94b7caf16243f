/** Takes over another bundle when a bundle is made: a file of the same repository, or a signed bundle, verified first. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { isFingerprint } from '../fingerprint.ts';
import { asMap, overParts } from './parts.ts';
import { plainOf, readLocated, type Located, type LocatedMap } from './located.ts';
import { refuse, type SourcePlace } from './problems.ts';
import { readNamed, textOf, type Repository } from './repository.ts';
import { verifyFile } from './verify.ts';

/** What is taken over: the frame (id, version, contact …) is the bundle's own. */
export const inheritedParts = ['enforced', 'defaults', 'secrets'] as const;

export interface Inherited {
  readonly parts: ReadonlyMap<string, Located>;
  /** SHA-256, hex: of the payload of a signed one, else of what was taken over as JSON. */
  readonly hash: string;
}

/** Files that extend each other. */
const maxChain = 8;

/** What `extends` names, with what that extends in turn. Throws `AuthorError`, or a `GatewayError` of what cannot be verified. */
export async function readExtended(
  node: Located,
  repository: Repository,
  now: number,
  chain: readonly string[] = [],
): Promise<Inherited> {
  const place = node.place;
  const { file, trust } = namedIn(node);
  if (chain.includes(file)) refuse(place, `"${file}" extends itself`, 'Remove one of the two');
  if (chain.length >= maxChain) refuse(place, `more than ${maxChain} files extend each other`, 'Join some of them');
  if (file.endsWith('.sluice')) return await readSigned(file, trust, { repository, place, now });
  if (trust !== undefined) refuse(place, 'trust belongs to a signed bundle', 'Leave it out, or name a .sluice file');
  const text = textOf(await readNamed(repository, file, place), place);
  const root = locatedIn(text, file, { repository, place });
  const below = root.entries.get('extends');
  const base = below === undefined ? undefined : await readExtended(below, repository, now, [...chain, file]);
  const parts = inherit(base?.parts, root);
  const json = JSON.stringify(Object.fromEntries([...parts].map(([name, part]) => [name, plainOf(part)])));
  return { parts, hash: createHash('sha256').update(json).digest('hex') };
}

function namedIn(node: Located): { readonly file: string; readonly trust: string | undefined } {
  const text = (part: Located | undefined): string | undefined =>
    part?.kind === 'scalar' && typeof part.value === 'string' ? part.value : undefined;
  const file = text(node.kind === 'map' ? node.entries.get('file') : node);
  const mend = 'Write `extends: ./base.yaml`, or {file: ./base.sluice, trust: FINGERPRINT}';
  if (file === undefined || file === '') return refuse(node.place, 'extends names no file', mend);
  if (node.kind === 'map')
    for (const [name, { keyPlace }] of node.entries)
      if (!['file', 'trust'].includes(name)) refuse(keyPlace ?? node.place, `unknown name "${name}" in extends`, mend);
  return { file: join('.', file), trust: text(node.kind === 'map' ? node.entries.get('trust') : undefined) };
}

interface SignedOptions {
  readonly repository: Repository;
  readonly place: SourcePlace;
  readonly now: number;
}

async function readSigned(
  file: string,
  trust: string | undefined,
  { repository, place, now }: SignedOptions,
): Promise<Inherited> {
  const mend = 'Write {file: …, trust: FINGERPRINT}';
  if (trust === undefined) refuse(place, `"${file}" is signed, and nothing says by whom`, mend);
  // The name of a file would be read wherever it is.
  if (!isFingerprint(trust)) refuse(place, 'trust is no fingerprint: it has 43 letters, digits, "-" and "_"', mend);
  // Named, so that it is looked for in the repository alone.
  await readNamed(repository, file, place);
  const { bundle } = await verifyFile({ path: join(repository.root, file), shown: file, trust, now });
  const root = locatedIn(bundle.text, file, { repository, place });
  return { parts: inherit(undefined, root), hash: bundle.sha256 };
}

function locatedIn(
  text: string,
  file: string,
  { repository, place }: { readonly repository: Repository; readonly place: SourcePlace },
): LocatedMap {
  const shown = repository.shown(join(repository.root, file));
  return asMap(readLocated(text, shown)) ?? refuse(place, `"${file}" says nothing`, 'Name a bundle');
}

/** The parts of a bundle over those that it takes over. */
export function inherit(base: ReadonlyMap<string, Located> | undefined, own: LocatedMap): Map<string, Located> {
  const parts = new Map<string, Located>();
  for (const name of inheritedParts) {
    const [before, value] = [base?.get(name), own.entries.get(name)];
    const part = before !== undefined && value !== undefined ? overParts(before, value) : (value ?? before);
    if (part !== undefined) parts.set(name, part);
  }
  return parts;
}
