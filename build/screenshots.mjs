// `npm run screenshots [FOLDER] [PAGE]`: pictures of every page in both themes, from a real instance in a real Chromium.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ensureReady, nodeBinary, orExit, root } from './setup.mjs';

orExit(ensureReady);
const script = join(root, 'test', 'e2e', 'screenshots.ts');
const { status } = spawnSync(nodeBinary(), [script, ...process.argv.slice(2)], { cwd: root, stdio: 'inherit' });
process.exitCode = status ?? 1;
