import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { inflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { inks, macTray, panelTray, trayStates, windowsTray } from '../../../build/icons/draw.mjs';
import { icnsKinds, ico, png } from '../../../build/icons/formats.mjs';

const folder = new URL('../../../build/icons/', import.meta.url);
const read = (name: string): Buffer => readFileSync(new URL(name, folder));

interface Picture {
  readonly size: number;
  readonly pixels: Uint8Array;
}

/** Of a square PNG with eight bits in each of four channels, which all of ours are. */
function sizeOf(bytes: Buffer): number {
  expect(bytes.toString('latin1', 1, 4)).toBe('PNG');
  const [size, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
  expect([height, bytes[24], bytes[25]]).toEqual([size, 8, 6]);
  return size;
}

/** Reads what build/icons/formats.mjs writes: each row as the difference to the one above. */
function readPng(bytes: Buffer): Picture {
  const size = sizeOf(bytes);
  const parts: Buffer[] = [];
  for (let at = 8; at < bytes.length; at += 12 + bytes.readUInt32BE(at))
    if (bytes.toString('latin1', at + 4, at + 8) === 'IDAT')
      parts.push(bytes.subarray(at + 8, at + 8 + bytes.readUInt32BE(at)));
  const lines = inflateSync(Buffer.concat(parts));
  const row = size * 4;
  const pixels = new Uint8Array(size * row);
  for (let y = 0; y < size; y++) {
    expect(lines[y * (row + 1)]).toBe(2);
    for (let x = 0; x < row; x++)
      pixels[y * row + x] = (lines[y * (row + 1) + 1 + x] ?? 0) + (y > 0 ? (pixels[(y - 1) * row + x] ?? 0) : 0);
  }
  return { size, pixels };
}

/** The pictures of an ICO by their size; those of 256 are PNG. */
function readIco(bytes: Buffer): Map<number, Buffer> {
  expect([bytes.readUInt16LE(0), bytes.readUInt16LE(2)]).toEqual([0, 1]);
  const found = new Map<number, Buffer>();
  for (let index = 0; index < bytes.readUInt16LE(4); index++) {
    const entry = 6 + 16 * index;
    const [length, at] = [bytes.readUInt32LE(entry + 8), bytes.readUInt32LE(entry + 12)];
    expect(at + length).toBeLessThanOrEqual(bytes.length);
    found.set(bytes[entry] === 0 ? 256 : (bytes[entry] ?? 0), bytes.subarray(at, at + length));
  }
  return found;
}

/** How much ink there is in each pixel. */
const alphas = ({ pixels }: Picture): number[] => [...pixels].filter((_, index) => index % 4 === 3);

const inkOf = ({ pixels }: Picture): Set<string> => {
  const found = new Set<string>();
  for (let at = 0; at < pixels.length; at += 4)
    if (pixels[at + 3] !== 0) found.add(`#${Buffer.from(pixels.subarray(at, at + 3)).toString('hex')}`);
  return found;
};

const suffix = (scale: number): string => (scale === 1 ? '' : `@${scale}x`);

describe('the tray', () => {
  it('has a picture of every state for every system, and no other', () => {
    const expected = trayStates.flatMap((state) => [
      ...macTray.scales.map((scale) => `${state}Template${suffix(scale)}.png`),
      ...['-light', '-dark'].flatMap((panel) => [
        ...panelTray.scales.map((scale) => `${state}${panel}${suffix(scale)}.png`),
        `${state}${panel}.ico`,
      ]),
    ]);
    expect(readdirSync(fileURLToPath(new URL('tray/', folder))).sort()).toEqual(expected.sort());
  });

  it('has a template for macOS in every state and scale: black alone, so that the system can colour it', () => {
    for (const state of trayStates)
      for (const scale of macTray.scales) {
        const picture = readPng(read(`tray/${state}Template${suffix(scale)}.png`));
        expect(picture.size).toBe(macTray.points * scale);
        expect([...inkOf(picture)]).toEqual(['#000000']);
      }
  });

  it('is dark on light panels and light on dark ones, in the same shape', () => {
    for (const state of trayStates)
      for (const scale of panelTray.scales) {
        const [light, dark] = (['-light', '-dark'] as const).map((panel) => {
          const picture = readPng(read(`tray/${state}${panel}${suffix(scale)}.png`));
          expect(picture.size).toBe(panelTray.points * scale);
          expect([...inkOf(picture)]).toEqual([inks[panel]]);
          return alphas(picture);
        });
        expect(light).toEqual(dark);
      }
  });

  it('has every size that Windows draws in one file', () => {
    for (const state of trayStates)
      for (const panel of ['-light', '-dark']) {
        const pictures = readIco(read(`tray/${state}${panel}.ico`));
        expect([...pictures.keys()]).toEqual(windowsTray);
        for (const [size, bitmap] of pictures)
          expect([
            bitmap.readUInt32LE(0),
            bitmap.readInt32LE(4),
            bitmap.readInt32LE(8),
            bitmap.readUInt16LE(14),
          ]).toEqual([...[40, size, size * 2, 32]]);
      }
  });

  it('shows each state in a shape of its own, told apart at sixteen pixels', () => {
    const small = trayStates.map((state) => readIco(read(`tray/${state}-light.ico`)).get(16) ?? Buffer.alloc(0));
    const shapes = small.map((bitmap) => [...bitmap.subarray(40, 40 + 16 * 16 * 4)].filter((_, at) => at % 4 === 3));
    for (const [index, one] of shapes.entries())
      for (const other of shapes.slice(0, index)) {
        const apart = one.filter((alpha, at) => Math.abs(alpha - (other[at] ?? 0)) > 128).length;
        // Eight of 256 pixels turned over: two steps of the meter, the two states that are closest.
        expect(apart).toBeGreaterThanOrEqual(8);
      }
  });

  it('fills up with the budget', () => {
    const filled = trayStates
      .filter((state) => /\d$/.test(state))
      .map((state) => alphas(readPng(read(`tray/${state}-light.png`))).reduce((sum, alpha) => sum + alpha, 0));
    expect(filled).toEqual(filled.toSorted((a, b) => a - b));
    expect(new Set(filled).size).toBe(4);
  });
});

describe('the app', () => {
  it('has its icon in the sizes of Linux, and a large one', () => {
    const files = readdirSync(fileURLToPath(new URL('linux/', folder)));
    expect(files.length).toBeGreaterThanOrEqual(8);
    for (const file of files) expect(`${sizeOf(read(`linux/${file}`))}`).toBe(/^(\d+)x\1\.png$/.exec(file)?.[1]);
    expect(sizeOf(read('icon.png'))).toBe(1024);
  });

  it('has an icon for Windows from 16 to 256 pixels', () => {
    const pictures = readIco(read('icon.ico'));
    expect([...pictures.keys()]).toEqual([16, 20, 24, 32, 40, 48, 64, 128, 256]);
    expect(sizeOf(pictures.get(256) ?? Buffer.alloc(0))).toBe(256);
  });

  it('has an icon for macOS in every kind, each in its size and with a free margin', () => {
    const bytes = read('icon.icns');
    expect([bytes.toString('latin1', 0, 4), bytes.readUInt32BE(4)]).toEqual(['icns', bytes.length]);
    const found: Record<string, number> = {};
    for (let at = 8; at < bytes.length; at += bytes.readUInt32BE(at + 4)) {
      const [kind, body] = [
        bytes.toString('latin1', at, at + 4),
        bytes.subarray(at + 8, at + bytes.readUInt32BE(at + 4)),
      ];
      found[kind] = sizeOf(body);
      if (kind !== 'ic07') continue;
      expect(
        alphas(readPng(body))
          .slice(0, 128 * 12)
          .every((alpha) => alpha === 0),
      ).toBe(true);
    }
    expect(found).toEqual(icnsKinds);
  });
});

describe('the formats', () => {
  const pixels = Uint8Array.from({ length: 4 * 4 * 4 }, (_, at) => (at * 37) % 256);

  it('keep every pixel in a PNG', () => {
    expect(readPng(png({ size: 4, pixels }))).toEqual({ size: 4, pixels });
  });

  it('write a bitmap bottom up and blue first, and mask what is clear', () => {
    pixels.set([1, 2, 3, 0], 0);
    const bitmap = readIco(ico([{ size: 4, pixels }])).get(4) ?? Buffer.alloc(0);
    const top = 40 + 3 * 4 * 4;
    expect([...bitmap.subarray(top, top + 4)]).toEqual([3, 2, 1, 0]);
    const mask = bitmap.subarray(40 + 4 * 4 * 4);
    expect([mask.length, mask[12]]).toEqual([16, 0x80]);
  });
});
