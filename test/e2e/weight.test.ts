// What the first paint has to load, counted from what the build wrote: compressed as it is sent.
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { WindowAsset } from '../../main/control/window-assets.ts';

const folder = fileURLToPath(new URL('../../dist/ui', import.meta.url));
const assets = JSON.parse(readFileSync(join(folder, 'assets.json'), 'utf8')) as Record<string, WindowAsset>;

function textOf(path: string): string {
  const asset = assets[path];
  if (asset === undefined) throw new Error(`the build has no ${path}`);
  return readFileSync(join(folder, asset.file), 'utf8');
}

/** The page, what it names, and what those scripts import before they run. */
function initial(): Set<string> {
  const found = new Set<string>(['/index.html']);
  const waiting = [...textOf('/index.html').matchAll(/(?:src|href)="(\/[^"]+\.(?:js|css))"/g)].map(
    ([, path = '']) => path,
  );
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (found.has(path)) continue;
    found.add(path);
    if (!path.endsWith('.js')) continue;
    const imports = textOf(path).matchAll(/(?:^|[;}])import(?:[\w*{}\s,$]+from)?\s*["']\.\/([^"']+)["']/g);
    for (const [, name = ''] of imports) waiting.push(`/assets/${name}`);
  }
  return found;
}

const bytesOf = (path: string): number => {
  const asset = assets[path];
  return asset === undefined ? 0 : statSync(join(folder, asset.gzip ?? asset.file)).size;
};

describe('the first paint', () => {
  const files = [...initial()];

  it('needs less than 400 KB', () => {
    expect(files.some((path) => path.endsWith('.js'))).toBe(true);
    expect(files.reduce((sum, path) => sum + bytesOf(path), 0)).toBeLessThan(400_000);
  });

  it('does without charts, editor, markdown and the second language', () => {
    const text = files.map(textOf).join('\n');
    for (const [what, mark] of [
      ['charts', 'recharts-'],
      ['editor', 'cm-content'],
      ['markdown', 'footnoteReference'],
      ['German', 'Spielwiese'],
      ['zod', 'ZodError'],
    ] as const)
      expect(text.includes(mark), what).toBe(false);
  });

  it('marks by which those are known are in what is loaded later', () => {
    const later = Object.keys(assets).filter((path) => path.endsWith('.js') && !files.includes(path));
    const text = later.map(textOf).join('\n');
    for (const mark of ['recharts-', 'cm-content', 'footnoteReference', 'Spielwiese']) expect(text).toContain(mark);
  });
});
