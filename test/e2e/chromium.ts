// A real Chromium for tests and pictures: the one of CHROMIUM_PATH, else the one that came with the packages.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, type Browser } from 'playwright';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Two processes that unpack at once leave a file that neither can start: the second waits. */
const waitMs = 100;

/** Path of the program; unpacks it once for each version into the cache of the checkout. */
export async function chromiumPath(): Promise<string> {
  const own = process.env['CHROMIUM_PATH'];
  if (own !== undefined && own !== '') return own;
  const { version } = JSON.parse(readFileSync(join(root, 'node_modules/@sparticuz/chromium/package.json'), 'utf8')) as {
    version: string;
  };
  const folder = join(root, '.cache', `chromium-${version}`);
  const done = join(folder, 'unpacked');
  const lock = join(root, '.cache', `chromium-${version}.lock`);
  mkdirSync(folder, { recursive: true });
  while (!existsSync(done)) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' });
    } catch {
      if (isGone(lock)) rmSync(lock, { force: true });
      await new Promise((resolve) => setTimeout(resolve, waitMs));
      continue;
    }
    try {
      await unpack(folder);
      writeFileSync(done, version);
    } finally {
      rmSync(lock, { force: true });
    }
  }
  return join(folder, 'chromium');
}

async function unpack(folder: string): Promise<void> {
  const before = process.env['TMPDIR'];
  process.env['TMPDIR'] = folder;
  try {
    const { default: packed } = await import('@sparticuz/chromium');
    await packed.executablePath();
  } finally {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
  }
}

function isGone(lock: string): boolean {
  try {
    process.kill(Number(readFileSync(lock, 'utf8')), 0);
    return false;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH';
  }
}

export async function launchChromium(): Promise<Browser> {
  return await chromium.launch({ executablePath: await chromiumPath(), handleSIGTERM: false, handleSIGINT: false });
}
