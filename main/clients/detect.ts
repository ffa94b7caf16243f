/** Which clients are on this machine: looks for programs and folders at fixed places, reads none and starts none (SEC-33). */
import { readdir, stat } from 'node:fs/promises';
import { isAbsolute, join, posix, win32 } from 'node:path';
import { within } from '../kit/within.ts';
import { clientCatalogue } from './catalogue.ts';
import type { ClientFacts, ClientTraces } from './client-facts.ts';

export interface DetectOptions {
  readonly home: string;
  readonly platform: NodeJS.Platform;
  /** The search path of this process: `PATH`. */
  readonly pathVariable: string | undefined;
  /** Below which the absolute paths of the catalogue are looked for: the root of the machine, but in tests. */
  readonly machineRoot?: string | undefined;
  readonly catalogue?: readonly ClientFacts[] | undefined;
}

/** Where each client was found, by its id, as people write paths. Never rejects; what takes too long is left out. */
export type Detect = () => Promise<ReadonlyMap<string, string>>;

/** A search path on a slow network drive must not hold a page. */
const longestMs = 2_000;
/** More than people have; the rest of a longer path is not looked at. */
const mostFolders = 100;

/** Where installers put programs that a search path of a desktop session often lacks, below home or absolute. */
const usualFolders = [
  ...['.local/bin', 'bin', '.npm-global/bin', '.bun/bin', '.cargo/bin', '.deno/bin', '.volta/bin', '.opencode/bin'],
  ...['.claude/local', '.factory/bin', '.local/share/pnpm', 'go/bin'],
];
const usualPosixFolders = ['/usr/local/bin', '/opt/homebrew/bin', '/home/linuxbrew/.linuxbrew/bin', 'Library/pnpm'];
const usualWindowsFolders = ['AppData/Roaming/npm', 'scoop/shims', 'AppData/Local/Microsoft/WinGet/Links'];

const extensionFolders = ['.vscode', '.vscode-insiders', '.vscode-server', '.vscode-oss', '.cursor', '.windsurf'].map(
  (folder) => `${folder}/extensions`,
);

export function createDetector(options: DetectOptions): Detect {
  const { platform, catalogue = clientCatalogue } = options;
  const place = createPlaces(options);
  let running: Promise<ReadonlyMap<string, string>> | undefined;

  async function look(): Promise<ReadonlyMap<string, string>> {
    const found = new Map<string, string>();
    const folders = await withinOr(longestMs, searchFolders(options, place), []);
    const listed = listExtensions(place);
    const work = catalogue.map(async ({ id, traces }) => {
      const extension = (await listed).find(({ name }) => traces.extensions?.some((one) => isVersionOf(name, one)));
      // A program says more than a folder it may have left behind.
      const files = binaryFiles(traces, folders, platform);
      const others = [
        ...pathsOn(platform, traces).map((path) => place.of(path)),
        ...(extension ? [extension.path] : []),
      ];
      const there = await Promise.all([
        ...files.map((file) => isThere(file, 'file')),
        ...others.map((path) => isThere(path, 'any')),
      ]);
      const first = [...files, ...others].find((_, index) => there[index]);
      if (first !== undefined) found.set(id, place.spelt(first));
    });
    await within(longestMs, Promise.all(work));
    return new Map(found);
  }

  return () => {
    running ??= look().finally(() => (running = undefined));
    return running;
  };
}

interface Places {
  /** A path of the catalogue on this machine. */
  of(path: string): string;
  /** As people write it: `~/…`. */
  spelt(path: string): string;
}

function createPlaces({ home, platform, machineRoot }: DetectOptions): Places {
  const parts = platform === 'win32' ? win32 : posix;
  const root = machineRoot ?? '/';
  return {
    of: (path) => (path.startsWith('/') ? join(root, path) : join(home, path)),
    spelt(path) {
      if (path.startsWith(`${home}/`) || path.startsWith(`${home}\\`)) {
        return `~${parts.sep}${path.slice(home.length + 1).replaceAll(/[/\\]/g, parts.sep)}`;
      }
      return machineRoot === undefined ? path : path.replace(machineRoot, '');
    },
  };
}

async function searchFolders({ home, platform, pathVariable }: DetectOptions, place: Places): Promise<string[]> {
  const separator = platform === 'win32' ? ';' : ':';
  const own = (pathVariable ?? '').split(separator).filter((folder) => isAbsolute(folder));
  const usual = [...usualFolders, ...(platform === 'win32' ? usualWindowsFolders : usualPosixFolders)];
  // Each version of Node that nvm keeps has programs of its own.
  const nvm = join(home, '.nvm/versions/node');
  const versions = (await readdir(nvm).catch(() => [])).slice(-20).map((version) => join(nvm, version, 'bin'));
  return [...new Set([...own, ...usual.map((path) => place.of(path)), ...versions])].slice(0, mostFolders);
}

function binaryFiles({ binaries = [] }: ClientTraces, folders: readonly string[], platform: NodeJS.Platform): string[] {
  const endings = platform === 'win32' ? ['.exe', '.cmd', '.bat'] : [''];
  return binaries.flatMap((name) => folders.flatMap((folder) => endings.map((ending) => join(folder, name + ending))));
}

function pathsOn(platform: NodeJS.Platform, traces: ClientTraces): readonly string[] {
  const { paths = [], macPaths = [], windowsPaths = [], linuxPaths = [] } = traces;
  const own = platform === 'win32' ? windowsPaths : platform === 'darwin' ? macPaths : linuxPaths;
  return [...own, ...paths];
}

interface Extension {
  /** `publisher.name-1.2.3`, in lower case. */
  readonly name: string;
  readonly path: string;
}

async function listExtensions(place: Places): Promise<readonly Extension[]> {
  const lists = extensionFolders.map(async (folder) => {
    const path = place.of(folder);
    const names = await readdir(path).catch(() => []);
    return names.map((name) => ({ name: name.toLowerCase(), path: join(path, name) }));
  });
  return (await Promise.all(lists)).flat();
}

/** `github.copilot-1.2` is a version of `github.copilot`, `github.copilot-chat-1.2` is not. */
function isVersionOf(name: string, extension: string): boolean {
  return name.startsWith(`${extension}-`) && /^\d/.test(name.slice(extension.length + 1));
}

async function isThere(path: string, kind: 'file' | 'any'): Promise<boolean> {
  try {
    const found = await stat(path);
    return kind === 'any' || found.isFile();
  } catch {
    // Not there, or not for us to see.
    return false;
  }
}

async function withinOr<Value>(ms: number, work: Promise<Value>, otherwise: Value): Promise<Value> {
  let value = otherwise;
  await within(
    ms,
    work.then((result) => (value = result)),
  );
  return value;
}
