// The table of faults names tests that exist, all of them, and every fault has one or says why not.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { codeIn, root, rowsOf, sourceFiles } from './pages.ts';

const page = 'test/faults.md';

/** Those of an upstream, of the way to it, of a client that waits for one, and of what keeps account of them. */
const ids = [
  ...Array.from({ length: 32 }, (_, index) => index + 1),
  34,
  35,
  36,
  37,
  41,
  42,
  43,
  44,
  50,
  54,
  57,
  58,
].map((number) => `FAULT-${String(number).padStart(2, '0')}`);

const rows = rowsOf(page);
const tested = rows
  .filter((cells) => cells.length === 4)
  .map(([id = '', , file = '', test = '']) => ({ id, file: codeIn(file)[0] ?? '', test }));
const untested = rows.filter((cells) => cells.length === 3).map(([id = '', , why = '']) => ({ id, why }));

function sourceOf(file: string): string {
  const path = join(root, 'test', file);
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}

describe(page, () => {
  it('has a test for every fault, or the reason why there is none', () => {
    expect([...new Set([...tested, ...untested].map(({ id }) => id))].sort()).toEqual(ids);
    expect(untested.filter(({ id, why }) => why === '' || tested.some((row) => row.id === id))).toEqual([]);
  });

  it.each(tested.map(({ id, file, test }) => [id, file, test] as const))(
    '%s names a test: %s, "%s"',
    (id, file, test) => {
      expect(test).not.toBe('');
      const source = sourceOf(file);
      // The name ends where its text does; before it may stand the ids, or nothing.
      const ends = ["'", '`'].flatMap((quote) => [`${test}${quote}`, `${test.replaceAll("'", "\\'")}${quote}`]);
      const lines = source.split('\n').filter((line) => ends.some((end) => line.includes(end)));
      expect(lines.length, `${file} has no test of that name`).toBeGreaterThan(0);
      // In the files made for faults the id is part of the name.
      if (file.includes('/faults/')) expect(lines.some((line) => line.includes(id))).toBe(true);
    },
  );

  it('leaves out no test of a fault', () => {
    const named = sourceFiles('test/component/gateway/faults').flatMap((file) =>
      [...readFileSync(join(root, file), 'utf8').matchAll(/'((?:FAULT-\d\d )+)([^'\n]*)'/g)].flatMap(
        ([, all = '', test = '']) =>
          all
            .trim()
            .split(' ')
            .map((id) => `${id} ${file.replace('test/', '')} ${test}`),
      ),
    );
    expect(named.length).toBeGreaterThan(50);
    const listed = new Set(tested.map(({ id, file, test }) => `${id} ${file} ${test}`));
    expect(named.filter((name) => !listed.has(name))).toEqual([]);
  });
});
