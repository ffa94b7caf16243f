import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { maxKeptFiles, openBundleFiles, type BundleFiles } from '../../../main/bundles/bundle-files.ts';

let home: string;
let directory: string;
let files: BundleFiles;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'sluice-files-'));
  directory = join(home, 'bundles');
  files = openBundleFiles({ directory, log: { warn: () => undefined } });
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const id = 'acme-core';
const content = (text: string) => ({ bundle: Buffer.from(text), trust: Buffer.from(`trust of ${text}`) });

describe('kept bundles', () => {
  it('come back byte for byte, with the trust they were accepted by', async () => {
    const text = '{"payload": "ÄÖ – \u{1f512}\\u0000"}\n';
    await files.write({ id, epoch: 2, version: 12 }, content(text));
    expect(await files.read({ id, epoch: 2, version: 12 })).toEqual(content(text));
    expect(readdirSync(join(directory, id)).sort()).toEqual(['2.12.sluice', '2.12.trust.sluice']);
    if (process.platform !== 'win32') {
      expect(statSync(join(directory, id, '2.12.sluice')).mode & 0o777).toBe(0o600);
      expect(statSync(join(directory, id)).mode & 0o777).toBe(0o700);
    }
    expect(await files.read({ id, epoch: 2, version: 11 })).toBeUndefined();
    expect(await files.read({ id: 'other', epoch: 2, version: 12 })).toBeUndefined();
  });

  it('without trust are without it, though there was some before', async () => {
    await files.write({ id, epoch: 1, version: 1 }, content('a'));
    await files.write({ id, epoch: 1, version: 1 }, { bundle: Buffer.from('a'), trust: undefined });
    expect((await files.read({ id, epoch: 1, version: 1 }))?.trust).toBeUndefined();
  });

  it('are listed by epoch, then version, as numbers', async () => {
    const order = [
      [2, 1],
      [1, 100],
      [1, 9],
      [1, 1],
    ] as const;
    for (const [epoch, version] of order.toReversed()) await files.write({ id, epoch, version }, content('a'));
    writeFileSync(join(directory, id, 'note.txt'), '');
    expect((await files.list(id)).map(({ epoch, version }) => [epoch, version])).toEqual(order);
    expect(await files.ids()).toEqual([id]);
  });

  it('are kept where they are still needed, at most twenty, and the rest goes with its trust', async () => {
    for (let version = 1; version <= 25; version += 1) await files.write({ id, epoch: 1, version }, content('a'));
    // Left by a process that is no more: no system gives out this number.
    writeFileSync(join(directory, id, '.1.3.sluice.99999999-1.tmp'), 'half');
    const keep = Array.from({ length: 25 }, (_, index) => ({ epoch: 1, version: 25 - index }));
    // One that is named twice counts once.
    expect(await files.prune(id, [...keep.slice(0, 5), ...keep])).toBe(25 - maxKeptFiles);
    expect((await files.list(id)).map(({ version }) => version)).toEqual(
      keep.slice(0, maxKeptFiles).map(({ version }) => version),
    );
    expect(readdirSync(join(directory, id))).toHaveLength(2 * maxKeptFiles);
    expect(await files.prune('other', keep)).toBe(0);
    // One that another app is about to activate is not taken from it.
    await files.write({ id, epoch: 2, version: 1 }, content('a'));
    expect(await files.prune(id, keep)).toBe(0);
    expect((await files.list(id))[0]).toEqual({ id, epoch: 2, version: 1 });
    await files.remove(id);
    expect(readdirSync(directory)).toEqual([]);
    await files.remove(id);
  });

  it('of a name that leads elsewhere are neither read nor written', async () => {
    for (const name of ['..', '../x', 'a/b', 'A', '', 'a'.repeat(64)]) {
      await expect(files.write({ id: name, epoch: 1, version: 1 }, content('a'))).rejects.toMatchObject({
        code: 'bundle.store',
      });
      await expect(files.read({ id: name, epoch: 1, version: 1 })).rejects.toMatchObject({ code: 'bundle.store' });
    }
  });

  it('behind a link, of the store, of one bundle or of one file, are neither read nor written', async () => {
    const elsewhere = join(home, 'elsewhere');
    mkdirSync(join(elsewhere, id), { recursive: true });
    writeFileSync(join(elsewhere, id, '1.1.sluice'), 'theirs');
    const name = { id, epoch: 1, version: 1 };
    const places: readonly (readonly [string, string])[] = [
      [directory, elsewhere],
      [join(directory, id), join(elsewhere, id)],
      [join(directory, id, '1.1.sluice'), join(elsewhere, id, '1.1.sluice')],
    ];
    for (const [place, target] of places) {
      rmSync(directory, { recursive: true, force: true });
      mkdirSync(join(place, '..'), { recursive: true });
      symlinkSync(target, place);
      await expect(files.read(name)).rejects.toMatchObject({ code: 'bundle.store' });
      await expect(files.write(name, content('ours'))).rejects.toMatchObject({ code: 'bundle.store' });
      expect(readFileSync(join(elsewhere, id, '1.1.sluice'), 'utf8')).toBe('theirs');
    }
  });

  it('that are no text would not come back as they were, and are not kept', async () => {
    const bundle = Buffer.from([0x7b, 0xff, 0x7d]);
    await expect(files.write({ id, epoch: 1, version: 1 }, { bundle, trust: undefined })).rejects.toMatchObject({
      code: 'bundle.malformed',
    });
    expect(await files.list(id)).toEqual([]);
  });
});
