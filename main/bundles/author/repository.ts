/** The files of a bundle's repository, read with care: nothing outside of its folder, nothing endless. */
import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { isErrno } from '../../kit/atomic-file.ts';
import { readLocated, type Located } from './located.ts';
import { refuse, type SourcePlace } from './problems.ts';

export const manifestName = 'bundle.yaml';
const mendOfNone = 'Name the folder of a bundle, or make one with `sluice bundle init`';
/** A list of terms at its longest has some hundred KiB. */
const maxFileBytes = 8 * 1024 * 1024;

export interface Repository {
  /** Folder of the manifest: absolute. */
  readonly root: string;
  /** Absolute. */
  readonly manifest: string;
  /** Other files count besides the manifest: `policy/` and `tests/`. */
  readonly whole: boolean;
  /** Which file it is, for messages: as the person named it. */
  shown(file: string): string;
}

/** Of a folder, or of a manifest by its name. Throws `AuthorError` where there is none. */
export async function openRepository(given: string, cwd = ''): Promise<Repository> {
  const path = resolve(cwd, given);
  const shownAs = given === '' ? '.' : given;
  if (path.endsWith('.sluice'))
    refuse(
      { file: given, line: 1, column: 1 },
      'this is a signed bundle',
      'Look at it with `sluice bundle inspect`; here it is about bundle.yaml',
    );
  const facts = await stat(path).catch((error: unknown) => {
    if (isErrno(error, 'ENOENT') || isErrno(error, 'ENOTDIR')) return undefined;
    throw error;
  });
  const start = { file: shownAs, line: 1, column: 1 };
  if (facts === undefined) refuse(start, 'this does not exist', mendOfNone);
  const manifest = facts.isDirectory() ? join(path, manifestName) : path;
  const root = dirname(manifest);
  const base = facts.isDirectory() ? shownAs : dirname(shownAs);
  if (facts.isDirectory() && !(await isFile(manifest)))
    refuse({ ...start, file: join(shownAs, manifestName) }, 'this does not exist', mendOfNone);
  return {
    root,
    manifest,
    whole: basename(manifest) === manifestName,
    shown: (file) => join(base, relative(root, file)),
  };
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return false;
    throw error;
  }
}

/** YAML files of a folder of the repository, by name; none where the folder is not there. */
export async function yamlFilesOf(repository: Repository, folder: string): Promise<string[]> {
  const path = join(repository.root, folder);
  const names = await namesOf(path, repository.shown(path));
  return names
    .filter((name) => /\.ya?ml$/.test(name))
    .sort()
    .map((name) => join(repository.root, folder, name));
}

/** None where the folder is not there. Throws `AuthorError` for a file in its place: what was meant to be in it would be missed. */
export async function namesOf(folder: string, shown = folder): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return [];
    if (isErrno(error, 'ENOTDIR'))
      return refuse({ file: shown, line: 1, column: 1 }, 'this is no folder', 'Name a folder, or move the file away');
    throw error;
  }
}

export async function readYaml(repository: Repository, file: string): Promise<Located | undefined> {
  const shown = repository.shown(file);
  return readLocated(await readInside(repository, file, { file: shown, line: 1, column: 1 }), shown);
}

/**
 * A file that a bundle names, from the folder of the manifest on. What a bundle holds is public: a change that somebody proposes must
 * not bring in what else the machine has that builds it.
 */
export async function readNamed(repository: Repository, name: string, from: SourcePlace): Promise<Uint8Array> {
  const path = resolve(repository.root, name);
  if (isAbsolute(name) || isOutside(repository.root, path))
    refuse(from, `"${name}" is outside of the folder of the bundle`, 'Name a file in it, from its folder on');
  return readBytes(repository, path, from, name);
}

async function readInside(repository: Repository, file: string, from: SourcePlace): Promise<string> {
  return textOf(await readBytes(repository, file, from, repository.shown(file)), from);
}

async function readBytes(repository: Repository, path: string, from: SourcePlace, name: string): Promise<Uint8Array> {
  const real = await realpath(path).catch((error: unknown) => {
    if (isErrno(error, 'ENOENT') || isErrno(error, 'ENOTDIR'))
      return refuse(from, `"${name}" does not exist`, 'Paths begin at the folder of the bundle');
    throw error;
  });
  if (isOutside(await realpath(repository.root), real))
    refuse(from, `"${name}" is a link to something outside of the folder of the bundle`, 'Put the file itself there');
  const facts = await stat(real);
  if (!facts.isFile()) refuse(from, `"${name}" is no file`, 'Name a file');
  if (facts.size > maxFileBytes) refuse(from, `"${name}" is larger than 8 MiB`, 'Split it');
  return readFile(real);
}

function isOutside(root: string, path: string): boolean {
  const way = relative(root, path);
  return way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way);
}

/** Text in UTF-8, less a byte order mark. Throws `AuthorError` for bytes that are none. */
export function textOf(bytes: Uint8Array, from: SourcePlace): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return refuse(from, 'this is no text in UTF-8', 'Save it as UTF-8');
  }
}
