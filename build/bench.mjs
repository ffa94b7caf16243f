// `npm run bench`: the benchmarks, on the Node that runs the product and against a fresh build.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ensureReady, nodeBinary, orExit, root } from './setup.mjs';

orExit(ensureReady);
const result = spawnSync(orExit(nodeBinary), [join(root, 'bench', 'bench.ts'), ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
});
process.exit(result.status ?? 1);
