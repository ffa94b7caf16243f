import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { policyFilesIn, readPolicyFiles, type FileReading } from '../../../main/config/policy-files.ts';
import { good } from '../../unit/config/support.ts';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sluice-files-'));
});

afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

async function read(...files: readonly string[]): Promise<readonly (FileReading | undefined)[]> {
  const { config } = good(`version: 1\nmasking: { terms_files: ${JSON.stringify(files)} }\n`);
  const found = await readPolicyFiles(config, join(directory, 'sluice.yaml'));
  return files.map((file) => found.get(file));
}

describe('files that masking names', () => {
  it('lie beside the config file, or where their path says', () => {
    const { config } = good('version: 1\nmasking: { terms_files: [a.txt, ../b.txt], env_files: [/etc/app/.env] }\n');
    expect(policyFilesIn(config, '/srv/sluice/sluice.yaml')).toEqual([
      '/srv/sluice/a.txt',
      '/srv/b.txt',
      '/etc/app/.env',
    ]);
  });

  it('are read as UTF-8, with or without a byte order mark', async () => {
    writeFileSync(join(directory, 'plain.txt'), 'Söhne\n');
    writeFileSync(join(directory, 'marked.txt'), '\ufeffSöhne\n');
    const text = { kind: 'found', text: 'Söhne\n' };
    expect(await read('plain.txt', 'marked.txt', join(directory, 'plain.txt'))).toEqual([text, text, text]);
  });

  it('that cannot be had say why', async () => {
    mkdirSync(join(directory, 'folder'));
    writeFileSync(join(directory, 'file'), '');
    writeFileSync(join(directory, 'huge.txt'), '');
    truncateSync(join(directory, 'huge.txt'), 26_214_401);
    expect(await read('gone.txt', 'folder', 'file/below.txt', 'huge.txt')).toEqual([
      { kind: 'missing', reason: 'does not exist' },
      { kind: 'missing', reason: 'is not a regular file' },
      { kind: 'missing', reason: 'does not exist' },
      { kind: 'missing', reason: 'is larger than 26214400 bytes' },
    ]);
  });
});
