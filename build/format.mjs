// `npm run format`: writes every file the way the format check wants it.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ensureInstalled, nodeBinary, orExit, root } from './setup.mjs';

orExit(ensureInstalled);
const prettier = join(root, 'node_modules', 'prettier', 'bin', 'prettier.cjs');
const targets = process.argv.length > 2 ? process.argv.slice(2) : ['.'];
const result = spawnSync(
  orExit(nodeBinary),
  [prettier, '--write', '--log-level', 'warn', '--ignore-unknown', ...targets],
  { cwd: root, stdio: 'inherit' },
);
process.exit(result.status ?? 1);
