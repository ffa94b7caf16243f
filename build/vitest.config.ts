// One project per kind of test; `npx vitest run --config build/vitest.config.ts --project unit` runs one kind.
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const root = fileURLToPath(new URL('..', import.meta.url));

interface Kind {
  readonly name: string;
  readonly folder: string;
  readonly without?: string;
  /** Its files share processes, which load and compile the product once instead of four hundred times: half the work. */
  readonly shared?: boolean;
}

// A file that shares its process puts back what it changed of it (timers, globals, environment) when it ends. The window keeps
// its state in modules, and the other kinds are few files, or browsers: each of those has a process to itself.
const kinds: readonly Kind[] = [
  { name: 'unit', folder: 'unit', without: 'unit/renderer', shared: true },
  { name: 'unit-renderer', folder: 'unit/renderer' },
  { name: 'component', folder: 'component', shared: true },
  ...['golden', 'contract', 'clients', 'e2e'].map((name) => ({ name, folder: name })),
];
// These install real command-line agents, so they are asked for by `npm run test:agents`.
const onDemand: readonly Kind[] =
  process.env['SLUICE_TEST_AGENTS'] === '1' ? [{ name: 'agents', folder: 'agents' }] : [];

export default defineConfig({
  root,
  cacheDir: '.cache/vite',
  test: {
    globalSetup: 'build/vitest.setup.ts',
    pool: 'forks',
    // A third of the time of most files is waiting: for processes, browsers, clocks of the product.
    maxWorkers: 3,
    retry: 0,
    allowOnly: false,
    projects: [...kinds, ...onDemand].map(({ name, folder, without, shared = false }) => ({
      extends: true,
      test: {
        name,
        isolate: !shared,
        include: [`test/${folder}/**/*.test.{ts,tsx}`],
        exclude: without === undefined ? [] : [`test/${without}/**`],
        // Only what hangs is ended by these: on a busy machine a journey of nine seconds takes forty.
        testTimeout: name === 'agents' ? 300_000 : 240_000,
        hookTimeout: name === 'agents' ? 300_000 : 240_000,
        expect: { poll: { timeout: 30_000 } },
      },
    })),
  },
});
