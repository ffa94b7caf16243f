import {
  chmodSync,
  existsSync,
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
import {
  maxHistory,
  maxLastGood,
  newRecord,
  openBundleState,
  type BundleState,
  type BundleStateOptions,
} from '../../../main/bundles/state.ts';
import { Secret } from '../../../main/kit/secret.ts';

let home: string;
let directory: string;
let now = 1_800_000_000_000;
const clock = { now: () => now, monotonic: () => now };
const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const installKey = new Secret('key of this installation');

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'sluice-state-'));
  directory = join(home, 'bundles');
  now = 1_800_000_000_000;
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

function opened(more: Partial<BundleStateOptions> = {}): Promise<BundleState> {
  return openBundleState({ directory, installKey, clock, log: silent, ...more });
}

const url = 'https://policy.example/acme-core.sluice';
const revision = (version: number) => ({ epoch: 2, version, sha256: version.toString(16).padStart(64, '0') });
const file = () => join(directory, 'state.json');

describe('what is known of bundles', () => {
  it('is there in the next run, for this user alone', async () => {
    const state = await opened();
    expect(state.alert).toBeUndefined();
    expect(state.get('acme')).toBeUndefined();
    await state.change('acme', () => ({
      ...newRecord(url),
      ...{
        id: 'acme-core',
        fingerprint: 'f',
        confirmed: true,
        last_ok: now,
        trust: { epoch: 2, sha256: 'a'.repeat(64) },
      },
      highest: revision(12),
      active: { ...revision(12), activated_at: now },
      etag: { bundle: '"1"', trust: null, freshness: null },
      approvals: [{ pointer: '/enforced/providers', value_hash: 'h', approved: true, at: now }],
      report: { agreed: true, last_sent_at: null, pseudonym: 'p' },
    }));
    await state.update((facts) => ({ ...facts, max_time_seen: now }));
    if (process.platform !== 'win32') {
      expect(statSync(file()).mode & 0o777).toBe(0o600);
      expect(statSync(directory).mode & 0o777).toBe(0o700);
    }
    const again = await opened();
    expect(again.alert).toBeUndefined();
    expect(again.facts).toEqual(state.facts);
    expect(again.get('acme')?.highest).toEqual(revision(12));
    await again.change('acme', () => undefined);
    expect((await opened()).facts.bundles).toEqual({});
  });

  it('knows the latest moment there ever was, though the clock is set back', async () => {
    const state = await opened();
    await state.update((facts) => ({ ...facts, max_time_seen: now }));
    now -= 1_000_000;
    expect((await opened()).now()).toBe(now + 1_000_000);
    now += 5_000_000;
    expect(state.now()).toBe(now);
  });

  it('is bounded, and keeps the newest', async () => {
    const state = await opened();
    const many = Array.from({ length: 200 }, (_, index) => ({ ...revision(200 - index), activated_at: now }));
    await state.change('acme', () => ({
      ...newRecord(url),
      lkg: many,
      history: many.map((one) => ({ ...one, changelog: null })),
    }));
    const record = (await opened()).get('acme');
    expect(record?.lkg).toEqual(many.slice(0, maxLastGood));
    expect(record?.history).toHaveLength(maxHistory);
    expect(record?.history[0]?.version).toBe(200);
  });

  it('has room for one more, however many were followed for a while: what guards against old versions goes last', async () => {
    const state = await opened();
    await state.change('active', () => ({
      ...newRecord(url),
      highest: revision(1),
      active: { ...revision(1), activated_at: 1 },
    }));
    await state.change('left', () => ({ ...newRecord(''), highest: revision(3) }));
    for (let index = 0; index < 70; index += 1)
      await state.change(`url-${String(index)}`, () => newRecord(`${url}${String(index)}`));
    const names = Object.keys(state.facts.bundles);
    expect(names).toHaveLength(64);
    expect(names).toEqual(expect.arrayContaining(['active', 'left', 'url-69']));
    for (let index = 0; index < 64; index += 1)
      await state.change(`left-${String(index)}`, () => ({ ...newRecord(''), highest: revision(3) }));
    expect(Object.keys(state.facts.bundles)).toEqual(expect.arrayContaining(['active', 'left-63']));
  });

  it('has room for one more where all there are were in force once: what was looked at longest ago goes', async () => {
    const state = await opened();
    const used = (id: string, at: number) => ({
      ...{ ...newRecord(`https://policy.example/${id}.sluice`), id, highest: revision(1), last_checked: at },
      active: { ...revision(1), activated_at: at },
    });
    await state.change('first', () => used('first', now + 1_000));
    for (let index = 0; index < 70; index += 1)
      await state.change(`past-${index}`, () => used(`past-${index}`, now + index));
    const kept = Object.keys((await opened()).facts.bundles);
    expect(kept).toHaveLength(64);
    expect(kept).toContain('first');
    expect(kept).toContain('past-69');
    expect(kept).not.toContain('past-6');
  });

  it('can be read back, whatever its publisher wrote into it', async () => {
    const state = await opened();
    const changelog = '\u0001'.repeat(4_000);
    const past = (version: number) => ({ ...revision(version), activated_at: now, changelog });
    const wordy = () => ({
      ...{ ...newRecord(url), id: 'acme-core', highest: revision(50) },
      history: Array.from({ length: maxHistory }, (_, index) => past(maxHistory - index)),
    });
    for (const key of ['a', 'b', 'c', 'd', 'e']) await state.change(key, wordy);
    const again = await opened();
    expect(again.get('e')?.history.map(({ version }) => version)).toEqual(
      wordy().history.map(({ version }) => version),
    );
    expect(again.get('a')?.history[0]?.changelog).toBe(changelog);
  });

  it('is as it was where it would be more than can be read back', async () => {
    const state = await opened();
    await state.change('a', () => newRecord(url));
    const held = [{ pointer: '/x', value: 'x'.repeat(5 * 1_048_576) }];
    await expect(state.change('b', () => ({ ...newRecord(url), held }))).rejects.toMatchObject({
      code: 'bundle.store',
    });
    expect(state.get('b')).toBeUndefined();
    expect(Object.keys((await opened()).facts.bundles)).toEqual(['a']);
  });

  it('is not one of the names that every object has', async () => {
    const state = await opened();
    for (const name of ['constructor', 'toString', '__proto__']) expect(state.get(name)).toBeUndefined();
  });
});

describe('a file that was lost or edited', () => {
  async function filled(): Promise<void> {
    const state = await opened();
    await state.change('acme', () => ({ ...newRecord(url), id: 'acme-core', highest: revision(12) }));
  }

  it('edited by one digit is as on first use, told, and set aside', async () => {
    await filled();
    writeFileSync(file(), readFileSync(file(), 'utf8').replace('"version": 12', '"version": 11'));
    const state = await opened();
    expect(state.facts.bundles).toEqual({});
    expect(state.alert).toContain('was changed by somebody else');
    expect(readFileSync(`${file()}.broken`, 'utf8')).toContain('"version": 11');
  });

  it('of another installation, cut off, or no JSON is as on first use too', async () => {
    await filled();
    const good = readFileSync(file(), 'utf8');
    expect((await opened({ installKey: new Secret('another') })).alert).toBeDefined();
    for (const text of ['', '{', 'null', '[]', good.slice(0, -20), good.replace(/"mac": ".{64}"/, '"mac": ""')]) {
      writeFileSync(file(), text);
      const state = await opened();
      expect(state.alert).toBeDefined();
      expect(state.facts.bundles).toEqual({});
    }
    writeFileSync(file(), good);
    expect((await opened()).alert).toBeUndefined();
  });

  it('deleted is told where bundles are kept, and is nothing special where none are', async () => {
    mkdirSync(directory);
    writeFileSync(join(directory, 'audit.jsonl'), '');
    expect((await opened()).alert).toBeUndefined();
    mkdirSync(join(directory, 'acme-core'));
    expect((await opened()).alert).toContain('is gone');
  });

  it('edited or deleted while the app runs is written anew from what the app knows', async () => {
    const state = await opened();
    await state.change('acme', () => ({ ...newRecord(url), highest: revision(12) }));
    for (const spoil of [() => writeFileSync(file(), '{}'), () => rmSync(file())]) {
      spoil();
      await state.update((facts) => ({ ...facts, max_time_seen: facts.max_time_seen + 1 }));
      expect((await opened()).get('acme')?.highest).toEqual(revision(12));
    }
  });

  it('of a later app, with fields we do not know, is not half read', async () => {
    await filled();
    const state = await opened();
    // What could not be read back is not written either.
    await expect(state.update((facts) => ({ ...facts, version: 2 as 1 }))).rejects.toThrow();
    expect((await opened()).get('acme')).toBeDefined();
  });
});

describe('two apps on one directory', () => {
  it('lose nothing of what the other one wrote', async () => {
    const [one, other] = [await opened(), await opened()];
    await Promise.all(
      Array.from({ length: 12 }, async (_, index) => {
        await (index % 2 === 0 ? one : other).change(`bundle-${String(index)}`, () => newRecord(url));
      }),
    );
    expect(Object.keys((await opened()).facts.bundles)).toHaveLength(12);
    expect(readdirSync(directory)).toEqual(['state.json']);
  });
});

describe('a place that cannot be trusted or written to', () => {
  it('that is a link, or whose file is one, is refused', async () => {
    const target = join(home, 'elsewhere');
    mkdirSync(target);
    symlinkSync(target, directory);
    await expect(opened()).rejects.toMatchObject({ code: 'bundle.store' });
    rmSync(directory);
    mkdirSync(directory);
    writeFileSync(join(target, 'state.json'), '{}');
    symlinkSync(join(target, 'state.json'), file());
    await expect(opened()).rejects.toMatchObject({ code: 'bundle.store' });
    expect(readFileSync(join(target, 'state.json'), 'utf8')).toBe('{}');
  });

  it('turned into a link while the app runs is not written through', async () => {
    const state = await opened();
    const target = join(home, 'elsewhere.json');
    writeFileSync(target, 'theirs');
    symlinkSync(target, file());
    await expect(state.update((facts) => facts)).rejects.toMatchObject({ code: 'bundle.store' });
    expect(readFileSync(target, 'utf8')).toBe('theirs');
  });

  it('that is no directory is refused', async () => {
    writeFileSync(directory, '');
    await expect(opened()).rejects.toMatchObject({ code: 'bundle.store' });
  });

  // Root may write anywhere.
  it.skipIf(process.getuid?.() === 0 || process.platform === 'win32')(
    'keeps the old where it cannot write',
    async () => {
      const state = await opened();
      await state.change('acme', () => ({ ...newRecord(url), highest: revision(12) }));
      const before = readFileSync(file(), 'utf8');
      chmodSync(directory, 0o500);
      await expect(state.change('acme', () => newRecord('x'))).rejects.toMatchObject({ code: 'bundle.store' });
      chmodSync(directory, 0o700);
      expect(readFileSync(file(), 'utf8')).toBe(before);
      expect(state.get('acme')?.highest).toEqual(revision(12));
    },
  );

  // A device that is always full stands in for a full disk.
  it.skipIf(!existsSync('/dev/full'))('after a write that failed the next one works', async () => {
    const state = await opened();
    await state.change('acme', () => newRecord(url));
    rmSync(directory, { recursive: true });
    writeFileSync(directory, 'in the way');
    await expect(state.change('acme', () => newRecord('x'))).rejects.toMatchObject({ code: 'bundle.store' });
    expect(state.get('acme')?.url).toBe(url);
    // Made anew where somebody took it away.
    rmSync(directory);
    await state.change('b', () => newRecord('y'));
    expect(Object.keys((await opened()).facts.bundles).sort()).toEqual(['acme', 'b']);
  });
});
