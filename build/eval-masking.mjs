// `npm run eval:masking`: masking, restoring and the prompt firewall on the development samples, every figure printed. What is given
// behind `--` goes to the scorer: `npm run eval:masking -- --sets secrets --errors wrong.jsonl`.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ensureInstalled, nodeBinary, orExit, root } from './setup.mjs';

orExit(ensureInstalled);
const samples = join(root, 'test', 'masking');
const args = [
  join(samples, 'score-masking.mjs'),
  ...['--module', join(samples, 'adapter.ts'), '--mangle', '--latency'],
  ...process.argv.slice(2),
];
const result = spawnSync(orExit(nodeBinary), args, { cwd: root, stdio: 'inherit' });
process.exit(result.status ?? 1);
