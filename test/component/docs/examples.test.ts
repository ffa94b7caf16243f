// What the pages tell people to type, typed: each example against an instance with nothing but the demo provider.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { blocksOf, root, type Block } from '../../unit/docs/pages.ts';
import { makeHome, type Home, type Running } from '../cli/instance.ts';

let home: Home;
let instance: Running;

beforeAll(async () => {
  home = makeHome();
  instance = await home.serve();
});

afterAll(async () => {
  await home.leave();
});

const blocks = ['README.md', 'docs/clients.md'].flatMap(blocksOf);
const scripts = blocks.filter(({ language }) => language === 'js');
const curls = blocks.filter(({ language, text }) => language === 'bash' && text.startsWith('curl '));

async function type(command: string, args: readonly string[]): Promise<{ code: number | null; out: string }> {
  const child = spawn(command, args, {
    cwd: root,
    env: { PATH: process.env['PATH'] ?? '', HOME: home.folder, SLUICE_KEY: instance.key, AI_SDK_LOG_WARNINGS: 'false' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, out: code === 0 ? out.trim() : `${out}${err}` };
}

/** The example, sent to the instance of this test. */
function here({ text }: Block): string {
  return text.replaceAll('http://127.0.0.1:4790', instance.url);
}

describe('the examples', () => {
  it('are there', () => {
    expect(scripts.length).toBeGreaterThan(3);
    expect(curls.length).toBeGreaterThan(0);
  });

  it.each(scripts)('of an SDK print the answer: $page, line $line', async (block) => {
    expect(await type(process.execPath, ['--input-type=module', '--eval', here(block)])).toEqual({
      code: 0,
      out: 'hello',
    });
  });

  it.runIf(process.platform !== 'win32').each(curls)('of curl print the answer: $page, line $line', async (block) => {
    const { code, out } = await type('bash', ['-c', here(block).replace('curl ', 'curl --silent --show-error ')]);
    expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining('"content":"hello"') as string });
  });
});
