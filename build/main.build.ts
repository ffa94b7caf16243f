// Builds the main world into dist/main: the entries, the command line, the worker threads, the preload script of the
// window and the pictures of the tray. `--app` builds what goes into a package instead, into dist/app/main.
//
// Small packages on the way to an open port are bundled, which saves hundreds of file look-ups at every start; those
// that are large and loaded late stay in node_modules. A package of the desktop app has none: there all are bundled.
import { existsSync } from 'node:fs';
import { cp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build, type InlineConfig } from 'vite';
import { collectPackages, writePackedList } from './third-party.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const asked = process.argv.slice(2);
const forApp = asked.includes('--app');
// Elsewhere for who asks for it, such as a test that needs what is there now.
const output = asked.find((argument) => argument !== '--app') ?? `${root}dist/${forApp ? 'app/main' : 'main'}`;
const fresh = `${output}.${process.pid}`;

const entries: Record<string, string> = {
  // The command line needs a Node, which a package of the desktop app does not offer (its fuse `runAsNode` is off).
  ...(forApp ? {} : { headless: `${root}main/headless.ts`, cli: `${root}main/cli/cli.ts` }),
  desktop: `${root}main/desktop.ts`,
  'ledger-worker': `${root}main/ledger/sqlite-worker.ts`,
  'ledger-reader': `${root}main/ledger/reader-worker.ts`,
  'token-worker': `${root}main/gateway/token-worker.ts`,
};
/** A sandboxed preload script is CommonJS and may load nothing but Electron: one file. */
const preload = `${root}main/electron/preload.ts`;
const missing = [...Object.values(entries), preload].filter((file) => !existsSync(file));
if (missing.length > 0) throw new Error(`nothing to build from: ${missing.join(', ')}`);

const external = ['electron', ...(forApp ? [] : ['google-auth-library', 'gpt-tokenizer'])];

/**
 * A script with a single letter beyond Latin-1 is kept in memory at two bytes a letter, all megabytes of it, for as long as
 * the process lives. The escapes mean the same in texts, patterns and names.
 */
async function escapeLetters(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!name.endsWith('.js')) continue;
    const file = `${folder}/${name}`;
    const code = await readFile(file, 'utf8');
    const plain = code.replace(/[^\0-\x7f]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`);
    if (plain !== code) await writeFile(file, plain);
  }
}

/** An instance that runs has its parts loaded when it first needs them: those of its own build must be there still. */
const keptMs = 7 * 24 * 3600 * 1000;

async function keepParts(from: string, to: string): Promise<void> {
  const made = new Set(await readdir(to));
  for (const name of existsSync(from) ? await readdir(from) : []) {
    const isPart = /-[\w-]{8}\.js$/.test(name) && !made.has(name);
    if (!isPart || Date.now() - (await stat(`${from}/${name}`)).mtimeMs > keptMs) continue;
    await cp(`${from}/${name}`, `${to}/${name}`, { preserveTimestamps: true });
  }
}

/** What others have to be named for. */
const packages = new Set<string>();

const common: InlineConfig = {
  configFile: false,
  root,
  logLevel: 'warn',
  plugins: [collectPackages(packages)],
  ssr: { noExternal: true, external, target: 'node' },
  build: {
    ssr: true,
    target: 'node24',
    outDir: fresh,
    emptyOutDir: false,
    copyPublicDir: false,
    minify: false,
    sourcemap: !forApp,
  },
};

try {
  await build({
    ...common,
    build: {
      ...common.build,
      rolldownOptions: {
        input: entries,
        // All files side by side, so that one finds another next to itself.
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' },
      },
    },
  });
  await build({
    ...common,
    build: {
      ...common.build,
      rolldownOptions: {
        input: { preload },
        output: { format: 'cjs', entryFileNames: '[name].cjs', codeSplitting: false },
      },
    },
  });
  await cp(`${root}build/icons/tray`, `${fresh}/icons/tray`, { recursive: true });
  // Of the windows on Linux; elsewhere the program has it in itself.
  await cp(`${root}build/icons/linux/256x256.png`, `${fresh}/icons/app.png`);
  await escapeLetters(fresh);
  if (forApp) writePackedList(fresh, packages);
  if (!forApp) await keepParts(output, fresh);
  // A finished build replaces the old one; a failed one leaves it alone.
  await rm(output, { recursive: true, force: true });
  await rename(fresh, output);
} finally {
  await rm(fresh, { recursive: true, force: true });
}
