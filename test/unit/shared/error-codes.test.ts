import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { errorCodes } from '../../../shared/errors/codes.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** All files of that kind below a folder, but this one, as one text each. */
function texts(folder: string, ending: string): readonly string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => file !== fileURLToPath(import.meta.url))
    .map((file) => readFileSync(file, 'utf8'));
}

const codes = Object.keys(errorCodes);

describe('every error code', () => {
  it('is raised by a test that names it', () => {
    const tests = texts('test', '.test.ts');
    expect(codes.filter((code) => !tests.some((text) => text.includes(`'${code}'`)))).toEqual([]);
  });

  it('is raised by the product', () => {
    const sources = [
      ...texts('main', '.ts'),
      ...texts('shared', '.ts').filter((text) => !text.includes('errorCodes =')),
    ];
    expect(codes.filter((code) => !sources.some((text) => text.includes(`'${code}'`)))).toEqual([]);
  });

  it('begins with the name of a stage, or of what lies beyond the port', () => {
    const stages = [
      'receive',
      'identify',
      'admit',
      'read',
      'route',
      'attempt',
      'relay',
      'bundle',
      'config',
      'control',
      'internal',
    ];
    expect(codes.filter((code) => !new RegExp(`^(?:${stages.join('|')})\\.[a-z0-9_]+$`).test(code))).toEqual([]);
  });

  it('is known to the compiler wherever an error is made: there are no others', () => {
    const written = [...texts('main', '.ts'), ...texts('shared', '.ts')].flatMap((text) =>
      [...text.matchAll(/readonly code = '([^']+)'/g)].map(([, code]) => code ?? ''),
    );
    expect(written.filter((code) => /^[a-z]+\.[a-z_]+$/.test(code) && !codes.includes(code))).toEqual([]);
  });
});
