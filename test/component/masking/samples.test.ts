// The development samples, with the scorer that came with them: figures may rise, and must not fall below these.
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

interface Figures {
  readonly precision: number;
  readonly recall: number;
  readonly leakRate: number;
  readonly overMask: { readonly rowsTouched: number; readonly spansPer100KB: number };
  readonly restore: { readonly exact: number };
  readonly streamRestore: number;
  readonly prefixStable: number;
  readonly byTier: Readonly<Record<string, { readonly recall: number }>>;
  readonly byKind: Readonly<Record<string, { readonly recall: number }>>;
  readonly mangle: Readonly<Record<string, { readonly n: number; readonly ok: number }>>;
}

interface Result {
  readonly pii: Figures;
  readonly secrets: Figures;
  readonly custom: Figures;
  readonly injection: {
    readonly recall: number;
    readonly fpr: number;
    readonly byTier: Readonly<Record<string, { readonly n: number; readonly blocked: number }>>;
    readonly byCategory: Readonly<Record<string, { readonly n: number; readonly blocked: number }>>;
  };
}

const samples = join(import.meta.dirname, '..', '..', 'masking');
let folder: string;
let result: Result;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-samples-'));
  const json = join(folder, 'result.json');
  const args = ['--module', join(samples, 'adapter.ts'), '--mangle', '--json', json];
  await promisify(execFile)(process.execPath, [join(samples, 'score-masking.mjs'), ...args], { maxBuffer: 8_388_608 });
  result = JSON.parse(readFileSync(json, 'utf8')) as Result;
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('what must not leave', () => {
  it('is found: nearly all of it, and nearly nothing else', () => {
    const { pii, secrets, custom } = result;
    expect(pii.recall).toBeGreaterThanOrEqual(0.98);
    expect(pii.precision).toBeGreaterThanOrEqual(0.98);
    expect(pii.byTier['A']?.recall).toBeGreaterThanOrEqual(0.995);
    expect(pii.byTier['B']?.recall).toBeGreaterThanOrEqual(0.98);
    expect(secrets.recall).toBeGreaterThanOrEqual(0.985);
    expect(secrets.precision).toBeGreaterThanOrEqual(0.99);
    expect(secrets.byTier['A']?.recall).toBeGreaterThanOrEqual(0.995);
    expect(custom.byTier['A']?.recall).toBe(1);
    expect(custom.byTier['D']?.recall).toBeGreaterThanOrEqual(0.98);
    expect(custom.precision).toBe(1);
  });

  it('is of more kinds of secrets than sixty', () => {
    expect(Object.values(result.secrets.byKind).filter(({ recall }) => recall >= 0.9).length).toBeGreaterThan(110);
  });

  it('is all that is touched', () => {
    expect(result.secrets.overMask.rowsTouched).toBeLessThanOrEqual(0.005);
    expect(result.secrets.overMask.spansPer100KB).toBeLessThanOrEqual(1);
    expect(result.pii.overMask.rowsTouched).toBeLessThanOrEqual(0.01);
  });

  it('comes back, whole and in pieces, and keeps its placeholder on the next turn', () => {
    for (const { restore, streamRestore, prefixStable } of [result.pii, result.secrets, result.custom]) {
      expect(restore.exact).toBe(1);
      expect(streamRestore).toBe(1);
      expect(prefixStable).toBe(1);
    }
  });

  it.each(['lower', 'upper', 'markdown-escape', 'html-escape', 'bold', 'backtick', 'possessive', 'quoted', 'glued'])(
    'comes back from placeholders that a model wrote otherwise: %s',
    (name) => {
      for (const { mangle } of [result.pii, result.secrets, result.custom]) {
        const { n = 0, ok = 0 } = mangle[name] ?? {};
        expect(ok / n).toBeGreaterThanOrEqual(0.99);
      }
    },
  );
});

describe('attacks on a model', () => {
  const share = (one: { readonly n: number; readonly blocked: number } | undefined): number =>
    (one?.blocked ?? 0) / (one?.n ?? 1);

  it('are told from what only looks like one', () => {
    const { recall, fpr, byTier, byCategory } = result.injection;
    expect(recall).toBeGreaterThanOrEqual(0.95);
    expect(fpr).toBeLessThanOrEqual(0.015);
    expect(share(byTier['attack:obfuscated'])).toBeGreaterThanOrEqual(0.95);
    expect(share(byTier['attack:multilingual'])).toBeGreaterThanOrEqual(0.9);
    for (const name of ['agent-instructions', 'code', 'tool-result', 'trigger-words'])
      expect(share(byCategory[`benign:${name}`])).toBeLessThanOrEqual(0.011);
  });
});
