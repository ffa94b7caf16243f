/** Draws a text as a QR code (ISO/IEC 18004): byte mode, error correction M, as SVG that needs nothing else. */

/** Of level M by version, from 1: codewords that mend each block, and how many blocks there are (table 9 of the standard). */
const mendWords = [10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24, 28, 28, 26, 26, 26];
const blockCounts = [1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10, 10, 11, 13, 14, 16];
/** Level M. */
const levelBits = 0;
/** Light beside light as dark beside dark: any of the eight can be read, and links have no long runs under this one. */
const maskNumber = 0;

/** Empty where the text is longer than such a code is read well (about 660 bytes). */
export function qrSvg(text: string): string {
  const modules = qrModules(Buffer.from(text, 'utf8'));
  if (modules === undefined) return '';
  // Four modules of quiet on each side.
  const size = modules.length + 8;
  const path = modules
    .flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x + 4} ${y + 4}h1v1h-1z`] : [])))
    .join('');
  return `<svg viewBox="0 0 ${size} ${size}" role="img" aria-label="QR code of the link" shape-rendering="crispEdges"><path d="${path}" fill="#000"/></svg>`;
}

/** Rows of modules, `true` for dark; `undefined` where the bytes do not fit. */
export function qrModules(bytes: Uint8Array): boolean[][] | undefined {
  const version =
    mendWords.findIndex((_, index) => capacityOf(index + 1) * 8 >= headBits(index + 1) + bytes.length * 8) + 1;
  if (version === 0) return undefined;
  const grid = new Grid(version);
  grid.drawPatterns();
  grid.drawWords(withMending(dataWords(bytes, version), version));
  grid.drawFormat();
  return grid.modules;
}

/** Mode and length stand before the bytes. */
function headBits(version: number): number {
  return 4 + (version < 10 ? 8 : 16);
}

/** All modules that hold bits, and the 8-bit words among them. */
function rawWords(version: number): number {
  const align = Math.floor(version / 7) + 2;
  const patterns = version < 2 ? 0 : (25 * align - 10) * align - 55 + (version < 7 ? 0 : 36);
  return Math.floor(((16 * version + 128) * version + 64 - patterns) / 8);
}

function capacityOf(version: number): number {
  return rawWords(version) - (mendWords[version - 1] ?? 0) * (blockCounts[version - 1] ?? 0);
}

function dataWords(bytes: Uint8Array, version: number): number[] {
  const bits: number[] = [];
  const put = (value: number, count: number): void => {
    for (let bit = count - 1; bit >= 0; bit -= 1) bits.push((value >>> bit) & 1);
  };
  put(0b0100, 4);
  put(bytes.length, headBits(version) - 4);
  for (const byte of bytes) put(byte, 8);
  const room = capacityOf(version) * 8;
  put(0, Math.min(4, room - bits.length));
  put(0, (8 - (bits.length % 8)) % 8);
  for (let pad = 0xec; bits.length < room; pad ^= 0xec ^ 0x11) put(pad, 8);
  return Array.from({ length: bits.length / 8 }, (_, at) =>
    bits.slice(at * 8, at * 8 + 8).reduce((sum, bit) => sum * 2 + bit, 0),
  );
}

// ---------------------------------------------------------------- Reed–Solomon

/** In the field of 256 elements over x^8 + x^4 + x^3 + x^2 + 1. */
function multiply(a: number, b: number): number {
  let product = 0;
  for (let bit = 7; bit >= 0; bit -= 1) {
    product = (product << 1) ^ ((product >>> 7) * 0x11d);
    product ^= ((b >>> bit) & 1) * a;
  }
  return product;
}

function divisorOf(degree: number): number[] {
  const divisor = new Array<number>(degree).fill(0);
  divisor[degree - 1] = 1;
  for (let step = 0, root = 1; step < degree; step += 1, root = multiply(root, 2))
    for (let at = 0; at < degree; at += 1) divisor[at] = multiply(divisor[at] ?? 0, root) ^ (divisor[at + 1] ?? 0);
  return divisor;
}

function remainderOf(data: readonly number[], divisor: readonly number[]): number[] {
  const remainder = divisor.map(() => 0);
  for (const word of data) {
    const factor = word ^ (remainder.shift() ?? 0);
    remainder.push(0);
    for (const [at, part] of divisor.entries()) remainder[at] = (remainder[at] ?? 0) ^ multiply(part, factor);
  }
  return remainder;
}

/** Blocks with their mending words, woven word by word: a scratch then hurts each a little. */
function withMending(data: readonly number[], version: number): number[] {
  const count = blockCounts[version - 1] ?? 1;
  const mend = mendWords[version - 1] ?? 0;
  const shorter = count - (rawWords(version) % count);
  const length = Math.floor(rawWords(version) / count) - mend;
  const divisor = divisorOf(mend);
  const blocks: { readonly words: readonly number[]; readonly mending: readonly number[] }[] = [];
  for (let block = 0, at = 0; block < count; block += 1) {
    const words = data.slice(at, at + length + (block < shorter ? 0 : 1));
    at += words.length;
    blocks.push({ words, mending: remainderOf(words, divisor) });
  }
  const woven = (parts: readonly (readonly number[])[], most: number): number[] =>
    Array.from({ length: most }, (_, index) => parts.flatMap((part) => part[index] ?? [])).flat();
  return [
    ...woven(
      blocks.map(({ words }) => words),
      length + 1,
    ),
    ...woven(
      blocks.map(({ mending }) => mending),
      mend,
    ),
  ];
}

// ---------------------------------------------------------------- modules

class Grid {
  readonly modules: boolean[][];
  readonly #fixed: boolean[][];
  readonly #version: number;
  readonly #size: number;

  constructor(version: number) {
    this.#version = version;
    this.#size = version * 4 + 17;
    this.modules = Array.from({ length: this.#size }, () => new Array<boolean>(this.#size).fill(false));
    this.#fixed = Array.from({ length: this.#size }, () => new Array<boolean>(this.#size).fill(false));
  }

  drawPatterns(): void {
    const size = this.#size;
    for (let at = 0; at < size; at += 1) {
      this.#fix(6, at, at % 2 === 0);
      this.#fix(at, 6, at % 2 === 0);
    }
    for (const [x, y] of [
      [3, 3],
      [size - 4, 3],
      [3, size - 4],
    ] as const)
      this.#drawRings(x, y, 4, [2, 4]);
    const places = this.#alignments();
    const last = places.at(-1) ?? 0;
    for (const x of places)
      for (const y of places) {
        const isCorner = (x === 6 && y === 6) || (x === 6 && y === last) || (x === last && y === 6);
        if (!isCorner) this.#drawRings(x, y, 2, [1]);
      }
    // Kept free for what is drawn last.
    this.drawFormat();
    this.#drawVersion();
  }

  /** Squares around a place, dark but for the rings that are named. */
  #drawRings(x: number, y: number, reach: number, light: readonly number[]): void {
    for (let dy = -reach; dy <= reach; dy += 1)
      for (let dx = -reach; dx <= reach; dx += 1)
        this.#fix(x + dx, y + dy, !light.includes(Math.max(Math.abs(dx), Math.abs(dy))));
  }

  #alignments(): number[] {
    if (this.#version === 1) return [];
    const count = Math.floor(this.#version / 7) + 2;
    const step = Math.floor((this.#version * 8 + count * 3 + 5) / (count * 4 - 4)) * 2;
    const places = Array.from({ length: count - 1 }, (_, index) => this.#size - 7 - index * step);
    return [6, ...places.reverse()];
  }

  #fix(x: number, y: number, dark: boolean): void {
    const [row, fixed] = [this.modules[y], this.#fixed[y]];
    if (row === undefined || fixed === undefined || x < 0 || x >= this.#size) return;
    row[x] = dark;
    fixed[x] = true;
  }

  /** Level and mask, twice. */
  drawFormat(): void {
    const size = this.#size;
    const data = levelBits * 8 + maskNumber;
    let rest = data;
    for (let step = 0; step < 10; step += 1) rest = (rest << 1) ^ ((rest >>> 9) * 0x537);
    const bits = ((data << 10) | rest) ^ 0x5412;
    const bit = (at: number): boolean => ((bits >>> at) & 1) === 1;
    for (let at = 0; at <= 5; at += 1) this.#fix(8, at, bit(at));
    this.#fix(8, 7, bit(6));
    this.#fix(8, 8, bit(7));
    this.#fix(7, 8, bit(8));
    for (let at = 9; at < 15; at += 1) this.#fix(14 - at, 8, bit(at));
    for (let at = 0; at < 8; at += 1) this.#fix(size - 1 - at, 8, bit(at));
    for (let at = 8; at < 15; at += 1) this.#fix(8, size - 15 + at, bit(at));
    this.#fix(8, size - 8, true);
  }

  #drawVersion(): void {
    if (this.#version < 7) return;
    let rest = this.#version;
    for (let step = 0; step < 12; step += 1) rest = (rest << 1) ^ ((rest >>> 11) * 0x1f25);
    const bits = (this.#version << 12) | rest;
    for (let at = 0; at < 18; at += 1) {
      const dark = ((bits >>> at) & 1) === 1;
      const [near, far] = [Math.floor(at / 3), this.#size - 11 + (at % 3)];
      this.#fix(far, near, dark);
      this.#fix(near, far, dark);
    }
  }

  /** Up and down in columns of two, from the right, and masked on the way. */
  drawWords(words: readonly number[]): void {
    let at = 0;
    for (let right = this.#size - 1; right >= 1; right -= 2) {
      if (right === 6) right = 5;
      for (let step = 0; step < this.#size; step += 1) {
        const isUp = ((right + 1) & 2) === 0;
        const y = isUp ? this.#size - 1 - step : step;
        for (const x of [right, right - 1]) {
          const row = this.modules[y];
          if (row === undefined || this.#fixed[y]?.[x] === true) continue;
          const bit = ((words[at >>> 3] ?? 0) >>> (7 - (at & 7))) & 1;
          row[x] = (bit === 1) !== ((x + y) % 2 === 0);
          at += 1;
        }
      }
    }
  }
}
