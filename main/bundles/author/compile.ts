/** From what a publisher writes to the one JSON text that is signed: the same files give the same bytes, on every machine. */
import { bundleSchemaId, bundleShape, durationMs } from '../../../shared/bundle/payload.ts';
import { sectionNames } from '../../../shared/bundle/sections.ts';
import { nearestName } from '../../config/problems.ts';
import { inherit, readExtended } from './extends.ts';
import { inlineFiles } from './inline.ts';
import { placeAt, plainOf, scalarAt, stepsOf, type Located, type LocatedMap } from './located.ts';
import { asMap, isLeaf, joinParts } from './parts.ts';
import { AuthorError, inOrder, problemAt, refuse, type AuthorProblem, type SourcePlace } from './problems.ts';
import { namesOf, openRepository, readYaml, yamlFilesOf, type Repository } from './repository.ts';
import { basename, join } from 'node:path';

export interface CompileOptions {
  /** What relative names begin at; that of the process unless given. */
  readonly cwd?: string | undefined;
  /** In place of what is written; where nothing is, 1. */
  readonly version?: number | undefined;
  /** In place of what is written; where nothing is, that of the newest document in `trust/`, or 1. */
  readonly epoch?: number | undefined;
  /** Milliseconds since 1970: the moment of issue where none is written. Without one a fixed moment stands in its place. */
  readonly now?: number | undefined;
}

/** Where what a payload says was written. */
export interface BundleSources {
  /**
   * Of a JSON Pointer into the payload; `{value, reason, ref}` may be passed over. Of what is not there its nearest parent. `key`: the
   * name it stands under.
   */
  at(pointer: string, part?: 'key' | 'value'): SourcePlace;
}

export interface CompiledBundle {
  /** Pretty JSON, indented by one space, with a line break at its end: the exact bytes to be signed. */
  readonly payload: string;
  readonly sources: BundleSources;
  /** Whether a version is written, or was given; else it is not known before it is published. */
  readonly hasVersion: boolean;
  /** The manifest, as it was named. */
  readonly file: string;
  /** Its folder: absolute. */
  readonly root: string;
}

/** What only people write: `publish` leaves none of it in the bundle. */
export const authoringNames = ['extends', 'expires_after'] as const;
const dayMs = 86_400_000;
/** A moment for those who compile without wanting to publish. */
const noMoment = Date.UTC(2000, 0, 1);

/**
 * A folder with `bundle.yaml`, or such a file. Throws `AuthorError` with every problem of form and its place, and `GatewayError` for a
 * signed bundle that is extended and cannot be verified. Whether what it says makes sense is for `checkCompiled`.
 */
export async function compileBundle(dirOrFile: string, options: CompileOptions = {}): Promise<CompiledBundle> {
  const repository = await openRepository(dirOrFile, options.cwd);
  const file = repository.shown(repository.manifest);
  const start = { file, line: 1, column: 1 };
  const read = await readYaml(repository, repository.manifest);
  const manifest = asMap(read) ?? refuse(start, 'this is no bundle: a set of "name: value" pairs', mendOfFirst);
  const problems: AuthorProblem[] = [];
  const joined = await joinFiles(manifest, repository, problems);
  const inherited = await inheritParts(joined, repository, options.now);
  const entries = new Map([...joined.entries, ...inherited.entries]);
  for (const part of ['enforced', 'defaults']) {
    const found = asMap(entries.get(part));
    if (found !== undefined) entries.set(part, await inlineFiles(found, repository, problems));
  }
  const tests = await testsOf(manifest, repository, problems);
  if (tests !== undefined) entries.set('tests', tests);
  const hasVersion = options.version !== undefined || entries.has('version');
  await fillFrame(entries, manifest, { repository, problems, options });
  if (problems.length > 0) throw new AuthorError(inOrder(problems));
  const root: LocatedMap = { ...manifest, entries: inFrameOrder(entries) };
  return {
    payload: `${JSON.stringify(plainOf(root), undefined, 1)}\n`,
    sources: sourcesOf(root),
    hasVersion,
    file,
    root: repository.root,
  };
}

const mendOfFirst = `Begin with "schema: ${bundleSchemaId}" and "id: …"`;

// ---------------------------------------------------------------- several files

/** The id of a bundle, before anything else of it is checked: files are named after it. Throws `AuthorError`. */
export function idOf({ payload, sources }: CompiledBundle): string {
  const id = bundleShape.id.safeParse((JSON.parse(payload) as { readonly id?: unknown }).id);
  if (id.success) return id.data;
  return refuse(sources.at('/id'), 'id is not an id of a bundle', 'Give 2 to 63 small letters, digits or "-"');
}

/** `policy/*.yaml` behind the manifest, in the order of their names. */
async function joinFiles(manifest: LocatedMap, repository: Repository, problems: AuthorProblem[]): Promise<LocatedMap> {
  if (!repository.whole) return manifest;
  const entries = new Map(manifest.entries);
  for (const file of await yamlFilesOf(repository, 'policy')) {
    const read = await readYaml(repository, file);
    if (read === undefined) continue;
    for (const [name, part] of partsOf(read, file, repository, problems)) {
      const before = entries.get(name);
      entries.set(name, before === undefined ? part : joinParts(before, part, problems, name));
    }
  }
  return { ...manifest, entries };
}

const wholeParts = ['enforced', 'defaults', 'secrets'] as const;

/** Whole parts as they are; sections alone belong to the part that the file is named after. */
function partsOf(
  read: Located,
  file: string,
  repository: Repository,
  problems: AuthorProblem[],
): (readonly [string, Located])[] {
  const shown = repository.shown(file);
  const map =
    asMap(read) ?? refuse(read.place, 'this is no set of "name: value" pairs', 'Write enforced: or defaults:');
  const named = /^(enforced|defaults)\b/.exec(basename(file))?.[1];
  return [...map.entries].flatMap(([name, value]): (readonly [string, Located])[] => {
    if ((wholeParts as readonly string[]).includes(name)) return [[name, value]];
    if (named !== undefined)
      return [
        [named, { kind: 'map', entries: new Map([[name, value]]), place: value.place, keyPlace: value.keyPlace }],
      ];
    const isSection = (sectionNames as readonly string[]).includes(name);
    const near = nearestName(name, [...wholeParts, ...sectionNames]);
    const mend = isSection
      ? `Put it under enforced: or defaults:, or call the file ${join('policy', `enforced-${basename(shown)}`)}`
      : near === undefined
        ? `Known here: ${wholeParts.join(', ')}`
        : `Did you mean ${near}?`;
    problems.push(
      problemAt(
        value.keyPlace ?? value.place,
        isSection ? `"${name}" is neither enforced nor a default` : `unknown name "${name}"`,
        mend,
      ),
    );
    return [];
  });
}

async function inheritParts(joined: LocatedMap, repository: Repository, now: number | undefined): Promise<LocatedMap> {
  const named = joined.entries.get('extends');
  const base = named === undefined ? undefined : await readExtended(named, repository, now ?? noMoment);
  const entries = inherit(base?.parts, joined);
  if (named !== undefined && base !== undefined) entries.set('extends_hash', scalarAt(base.hash, named.place));
  return { ...joined, entries };
}

/** `tests/*.yaml`: a suite in each, or a list of them; behind those in the manifest. */
async function testsOf(
  manifest: LocatedMap,
  repository: Repository,
  problems: AuthorProblem[],
): Promise<Located | undefined> {
  const written = manifest.entries.get('tests');
  if (!repository.whole) return written;
  const suites: Located[] = written?.kind === 'list' ? [...written.items] : [];
  for (const file of await yamlFilesOf(repository, 'tests')) {
    const read = await readYaml(repository, file);
    if (read === undefined) continue;
    if (read.kind === 'scalar')
      problems.push(problemAt(read.place, 'this is no suite of tests', 'Write "suite: NAME" and "cases:"'));
    else if (read.kind === 'list') suites.push(...read.items);
    else suites.push(read);
  }
  const isOther = written !== undefined && written.kind !== 'list';
  if (suites.length === 0 || isOther) return written;
  return { kind: 'list', items: suites, place: written?.place ?? manifest.place, keyPlace: written?.keyPlace };
}

// ---------------------------------------------------------------- the frame

interface Frame {
  readonly repository: Repository;
  readonly problems: AuthorProblem[];
  readonly options: CompileOptions;
}

/** Version, epoch and moments: what was given, else what is written, else what follows from the rest. */
async function fillFrame(
  entries: Map<string, Located>,
  { place }: LocatedMap,
  { repository, problems, options }: Frame,
): Promise<void> {
  const set = (name: string, value: string | number, from = entries.get(name)): void =>
    void entries.set(name, { ...scalarAt(value, from?.place ?? place), keyPlace: from?.keyPlace });
  if (options.version !== undefined || !entries.has('version')) set('version', options.version ?? 1);
  const epoch = options.epoch ?? (entries.has('epoch') ? undefined : await newestEpoch(repository.root));
  if (epoch !== undefined) set('epoch', Math.max(epoch, 1));
  const after = entries.get('expires_after');
  const expires = momentOf(entries.get('expires_at'));
  if (!entries.has('issued_at')) {
    const fixed = expires === undefined ? noMoment : expires - 90 * dayMs;
    set('issued_at', momentText(options.now ?? fixed));
  }
  if (after !== undefined) setExpiry(after, entries, problems, set);
  for (const name of authoringNames) entries.delete(name);
  refuseNear(entries, problems);
}

/** What the schema of a bundle cannot know: names that only people write. */
function refuseNear(entries: ReadonlyMap<string, Located>, problems: AuthorProblem[]): void {
  for (const [name, { place, keyPlace }] of entries) {
    if (Object.hasOwn(bundleShape, name)) continue;
    const near = nearestName(name, [...authoringNames, ...Object.keys(bundleShape)]);
    if (authoringNames.some((one) => one === near))
      problems.push(problemAt(keyPlace ?? place, `unknown name "${name}"`, `Did you mean ${near}?`, `/${name}`));
  }
}

function setExpiry(
  after: Located,
  entries: ReadonlyMap<string, Located>,
  problems: AuthorProblem[],
  set: (name: string, value: string, from: Located) => void,
): void {
  const text = after.kind === 'scalar' ? after.value : undefined;
  const issued = momentOf(entries.get('issued_at'));
  const span = typeof text === 'string' && /^P(?:\d{1,4}D)?(?:T\d{1,6}H)?$/.test(text) ? durationMs(text) : 0;
  if (entries.has('expires_at'))
    problems.push(problemAt(after.keyPlace ?? after.place, 'expires_at is written too', 'Keep one of the two'));
  else if (span <= 0) problems.push(problemAt(after.place, 'expires_after is no span of days', 'Write P90D'));
  else if (issued !== undefined) set('expires_at', momentText(issued + span), after);
}

function momentOf(node: Located | undefined): number | undefined {
  const at = node?.kind === 'scalar' && typeof node.value === 'string' ? Date.parse(node.value) : Number.NaN;
  return Number.isNaN(at) ? undefined : at;
}

export function momentText(at: number): string {
  return new Date(Math.floor(at / 1_000) * 1_000).toISOString().replace('.000Z', 'Z');
}

/** Number of the newest `trust/root-N.json`; 0 where there is none. */
export async function newestEpoch(root: string): Promise<number> {
  const numbers = (await namesOf(join(root, 'trust'))).map((name) =>
    Number(/^root-(\d{1,9})\.json$/.exec(name)?.[1] ?? 0),
  );
  return Math.max(0, ...numbers);
}

/** Names of the frame in the order of the schema, and sections too; what is unknown stands behind them. */
function inFrameOrder(entries: ReadonlyMap<string, Located>): Map<string, Located> {
  const ordered = orderedBy(Object.keys(bundleShape), entries);
  for (const part of ['enforced', 'defaults']) {
    const found = asMap(ordered.get(part));
    if (found !== undefined) ordered.set(part, { ...found, entries: orderedBy(sectionNames, found.entries) });
  }
  return ordered;
}

function orderedBy(names: readonly string[], entries: ReadonlyMap<string, Located>): Map<string, Located> {
  const known = names.flatMap((name) => {
    const value = entries.get(name);
    return value === undefined ? [] : [[name, value] as const];
  });
  return new Map([...known, ...[...entries].filter(([name]) => !names.includes(name))]);
}

function sourcesOf(root: LocatedMap): BundleSources {
  return { at: (pointer, part = 'value') => placeAt(root, throughLeaves(root, stepsOf(pointer)), part) };
}

/** The steps as they are written: with `value` where the pointer passes a `{value, reason, ref}` over. */
function throughLeaves(root: Located, steps: readonly string[]): string[] {
  const written: string[] = [];
  let node: Located | undefined = root;
  for (const step of steps) {
    if (node?.kind === 'map' && isLeaf(node) && !node.entries.has(step)) {
      written.push('value');
      node = node.entries.get('value');
    }
    written.push(step);
    node = node?.kind === 'map' ? node.entries.get(step) : node?.kind === 'list' ? node.items[Number(step)] : undefined;
  }
  return written;
}
