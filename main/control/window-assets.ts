/**
 * The files of the window, by the address they are asked for. The build writes the map; a request is looked up in it and never
 * joined to a path (SEC-35).
 */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

export interface WindowAsset {
  /** Name of its file in the folder of the window. */
  readonly file: string;
  /** Media type. */
  readonly type: string;
  /** Its name changes with its content. */
  readonly immutable: boolean;
  readonly sha256: string;
  /** Files with the same bytes, compressed. */
  readonly br?: string;
  readonly gzip?: string;
}

export interface WindowAssets {
  find(path: string): WindowAsset | undefined;
  read(file: string): Promise<Buffer>;
}

/** Beside the built instance, or in the checkout it runs from. */
const folders = ['../ui/', '../../dist/ui/'].map((path) => new URL(path, import.meta.url));

/** `undefined`: the window was not built. */
export async function loadWindowAssets(): Promise<WindowAssets | undefined> {
  for (const folder of folders) {
    const text = await readFile(new URL('assets.json', folder), 'utf8').catch(() => undefined);
    if (text === undefined) continue;
    const assets = new Map(Object.entries(JSON.parse(text) as Record<string, WindowAsset>));
    const files = new Set([...assets.values()].flatMap(({ file, br, gzip }) => [file, br, gzip]));
    return {
      find: (path) => assets.get(path),
      async read(file) {
        if (!files.has(file)) throw new Error('that is no file of the window');
        return await readFile(fileURLToPath(new URL(file, folder)));
      },
    };
  }
  return undefined;
}
