// `npm start`: the product. The desktop app where there is a display and Electron, else headless; `--headless` asks for
// that, and arguments go to `sluice serve`.
import { join } from 'node:path';
import { launch, runInChild } from './launch.mjs';
import { ensureInstalled, ensureReady, orExit, root, say } from './setup.mjs';
import { findElectron, startMode } from './start-mode.mjs';

orExit(ensureInstalled);
const { platform, env } = process;
const electron = findElectron(join(root, 'node_modules'), platform, env);
const mode = startMode({ args: process.argv.slice(2), platform, env, electron });
if (mode.kind === 'desktop') {
  orExit(ensureReady);
  // A terminal inside an Electron app may carry this, and then Electron would be a mere Node.
  delete process.env.ELECTRON_RUN_AS_NODE;
  runInChild(mode.electron, [root, ...mode.args]);
} else {
  if (mode.hint !== undefined) say(mode.hint);
  await launch(['serve', ...mode.args]);
}
