// Builds the window into dist/ui: its files, the same compressed, and the map by which they are found.
import { createHash } from 'node:crypto';
import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import react from '@vitejs/plugin-react';
import { build } from 'vite';
import { collectPackages, writePackedList } from './third-party.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const output = process.argv[2] ?? `${root}dist/ui`;
const fresh = `${output}.${process.pid}`;

const types: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
  png: 'image/png',
  woff2: 'font/woff2',
};

/** Smaller than this nothing is won. */
const compressFrom = 1_000;

async function writeMap(folder: string): Promise<void> {
  const map: Record<string, unknown> = {};
  const files = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const entry of files.filter((one) => one.isFile())) {
    const file = `${entry.parentPath.slice(folder.length + 1)}/${entry.name}`.replace(/^\//, '').replaceAll('\\', '/');
    const type = types[file.split('.').at(-1) ?? ''];
    if (type === undefined) throw new Error(`${file} is of a kind that the window has no media type for`);
    const bytes = await readFile(`${folder}/${file}`);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const compressed: Record<string, string> = {};
    if (bytes.length >= compressFrom && !/^(?:image\/png|font)/.test(type)) {
      await writeFile(
        `${folder}/${file}.br`,
        brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }),
      );
      await writeFile(`${folder}/${file}.gz`, gzipSync(bytes, { level: 9 }));
      Object.assign(compressed, { br: `${file}.br`, gzip: `${file}.gz` });
    }
    map[`/${file}`] = { file, type, immutable: file.startsWith('assets/'), sha256, ...compressed };
  }
  await writeFile(`${folder}/assets.json`, `${JSON.stringify(map, undefined, 1)}\n`);
}

/** What others have to be named for, in a package. */
const packages = new Set<string>();

try {
  await build({
    configFile: false,
    root: `${root}renderer`,
    logLevel: 'warn',
    plugins: [react(), collectPackages(packages)],
    build: {
      target: ['chrome130', 'firefox130', 'safari18'],
      outDir: fresh,
      emptyOutDir: true,
      sourcemap: false,
      // The policy of the page forbids scripts in it; small files stay files.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      chunkSizeWarningLimit: 700,
    },
  });
  await writeMap(fresh);
  writePackedList(fresh, packages);
  await rm(output, { recursive: true, force: true });
  await rename(fresh, output);
} finally {
  await rm(fresh, { recursive: true, force: true });
}
