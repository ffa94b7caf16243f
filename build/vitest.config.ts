// One project per kind of test; `npx vitest run --config build/vitest.config.ts --project unit` runs one kind.
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const root = fileURLToPath(new URL('..', import.meta.url));

const kinds = ['unit', 'golden', 'component', 'contract', 'clients', 'e2e'];
// These install real command-line agents, so they are asked for by `npm run test:agents`.
const onDemand = process.env['SLUICE_TEST_AGENTS'] === '1' ? ['agents'] : [];

export default defineConfig({
  root,
  cacheDir: '.cache/vite',
  test: {
    globalSetup: 'build/vitest.setup.ts',
    pool: 'forks',
    maxWorkers: 2,
    retry: 0,
    allowOnly: false,
    projects: [...kinds, ...onDemand].map((kind) => ({
      extends: true,
      test: {
        name: kind,
        include: [`test/${kind}/**/*.test.{ts,tsx}`],
        testTimeout: kind === 'agents' ? 300_000 : 20_000,
        hookTimeout: kind === 'agents' ? 300_000 : 30_000,
      },
    })),
  },
});
