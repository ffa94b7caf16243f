// Pixels into the files that systems want: PNG, and the containers ICO (Windows) and ICNS (macOS).
import { crc32, deflateSync } from 'node:zlib';

/** @typedef {{ size: number, pixels: Uint8Array }} Picture Square; four bytes a pixel: red, green, blue, alpha. */

/**
 * @param {string} type
 * @param {Uint8Array} data
 */
function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}

/** @param {Picture} picture */
export function png({ size, pixels }) {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(size, 0);
  header.writeUInt32BE(size, 4);
  // Eight bits of each of red, green, blue and alpha.
  header.set([8, 6, 0, 0, 0], 8);
  const row = size * 4;
  const lines = Buffer.alloc(size * (row + 1));
  for (let y = 0; y < size; y++) {
    const line = lines.subarray(y * (row + 1), (y + 1) * (row + 1));
    // Each byte as its difference to the one above: flat drawings become rows of zeros.
    line[0] = 2;
    for (let x = 0; x < row; x++)
      line[x + 1] = (pixels[y * row + x] ?? 0) - (y > 0 ? (pixels[(y - 1) * row + x] ?? 0) : 0);
  }
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(lines, { level: 9 })),
    chunk('IEND', new Uint8Array()),
  ]);
}

/**
 * A bitmap as an ICO holds it: bottom up, blue first, and a mask of what is fully clear.
 * @param {Picture} picture
 */
function bitmap({ size, pixels }) {
  const header = Buffer.alloc(40);
  header.writeUInt32LE(40, 0);
  header.writeInt32LE(size, 4);
  // Twice the height: the picture and its mask.
  header.writeInt32LE(size * 2, 8);
  header.writeUInt16LE(1, 12);
  header.writeUInt16LE(32, 14);
  const colours = Buffer.alloc(size * size * 4);
  const maskRow = Math.ceil(size / 32) * 4;
  const mask = Buffer.alloc(maskRow * size);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const [red = 0, green = 0, blue = 0, alpha = 0] = pixels.subarray(((size - 1 - y) * size + x) * 4);
      colours.set([blue, green, red, alpha], (y * size + x) * 4);
      if (alpha === 0) mask[y * maskRow + (x >> 3)] = (mask[y * maskRow + (x >> 3)] ?? 0) | (0x80 >> (x & 7));
    }
  }
  return Buffer.concat([header, colours, mask]);
}

/** Every program reads bitmaps; only a picture of this size, which would be large, is a PNG. */
const pngFrom = 256;

/** @param {Picture[]} pictures from small to large */
export function ico(pictures) {
  const bodies = pictures.map((picture) => (picture.size >= pngFrom ? png(picture) : bitmap(picture)));
  const header = Buffer.alloc(6 + 16 * pictures.length);
  header.writeUInt16LE(1, 2);
  header.writeUInt16LE(pictures.length, 4);
  let offset = header.length;
  for (const [index, { size }] of pictures.entries()) {
    const [entry, length] = [6 + 16 * index, bodies[index]?.length ?? 0];
    // 256 is written as 0.
    header.set([size % 256, size % 256, 0, 0, 1, 0, 32, 0], entry);
    header.writeUInt32LE(length, entry + 8);
    header.writeUInt32LE(offset, entry + 12);
    offset += length;
  }
  return Buffer.concat([header, ...bodies]);
}

/** The kinds of picture that macOS knows, by pixels; several have the pixels of another's double scale. */
export const icnsKinds = /** @type {const} */ ({
  ic11: 32,
  ic12: 64,
  ic07: 128,
  ic13: 256,
  ic08: 256,
  ic14: 512,
  ic09: 512,
  ic10: 1024,
});

/** @param {(size: number) => Picture} picture */
export function icns(picture) {
  const entries = Object.entries(icnsKinds).map(([kind, size]) => {
    const body = png(picture(size));
    const header = Buffer.alloc(8);
    header.write(kind, 'latin1');
    header.writeUInt32BE(body.length + 8, 4);
    return Buffer.concat([header, body]);
  });
  const all = Buffer.concat(entries);
  const header = Buffer.alloc(8);
  header.write('icns', 'latin1');
  header.writeUInt32BE(all.length + 8, 4);
  return Buffer.concat([header, all]);
}
