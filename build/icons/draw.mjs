// The drawings: the icon of the app and the drop of the tray, as SVG of exactly the size asked for.
//
// Every size is drawn anew, with edges on whole pixels: a drop of 16 pixels scaled down from a large one is a smudge.

/** What the tray can show. The drop is the family, its inside says the state: by shape, never by colour. */
export const trayStates = /** @type {const} */ ([
  ...['running', 'running-25', 'running-50', 'running-75', 'running-100'],
  ...['paused', 'attention', 'stopped'],
]);

/** The scales of a picture on macOS: points of the menu bar, and the ending of each file's name. */
export const macTray = { points: 18, scales: [1, 2, 3] };
export const panelTray = { points: 22, scales: [1, 2] };
/** What Windows draws at 100, 125, 150 and 200 %. */
export const windowsTray = [16, 20, 24, 32];

/** What a picture is inked with. Only macOS colours a template itself. */
export const inks = {
  Template: '#000000',
  '-light': '#1b1f23',
  '-dark': '#f4f6f8',
};

export const brand = { from: '#0f86a6', to: '#08566d', wave: '#ffffff' };

/** @param {number} value */
const round = (value) => Number(value.toFixed(3));

/** @param {number} value */
const even = (value) => Math.max(2, 2 * Math.round(value / 2));

/**
 * The outline of a drop: a circle below, a tip above.
 * @param {{ x: number, tip: number, y: number, radius: number }} drop `x`, `y`: the centre of the circle
 */
function dropPath({ x, tip, y, radius }) {
  const rise = y - tip;
  const [left, right] = [x - radius, x + radius];
  const bend = radius * 0.5523;
  return [
    `M${round(x)} ${round(tip)}`,
    `C${round(x + radius * 0.3)} ${round(tip + rise * 0.34)} ${round(right)} ${round(y - rise * 0.36)} ${round(right)} ${round(y)}`,
    `C${round(right)} ${round(y + bend)} ${round(x + bend)} ${round(y + radius)} ${round(x)} ${round(y + radius)}`,
    `C${round(x - bend)} ${round(y + radius)} ${round(left)} ${round(y + bend)} ${round(left)} ${round(y)}`,
    `C${round(left)} ${round(y - rise * 0.36)} ${round(x - radius * 0.3)} ${round(tip + rise * 0.34)} ${round(x)} ${round(tip)}Z`,
  ].join('');
}

/**
 * @param {number} x
 * @param {number} y
 * @param {number} width
 * @param {number} height
 * @param {number} [radius]
 */
function box(x, y, width, height, radius = 0) {
  return `<rect x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" rx="${round(radius)}"/>`;
}

/**
 * Where the drop stands in a picture of this size.
 * @param {number} size
 */
function dropOf(size) {
  const radius = Math.round(size * 0.375);
  const bottom = size - Math.round(size * 0.04);
  return { x: size / 2, tip: size * 0.02, y: bottom - radius, radius };
}

/**
 * The same drop, smaller by `by` all around.
 * @param {ReturnType<typeof dropOf>} drop
 * @param {number} by
 */
function inside(drop, by) {
  // Towards a tip the two sides stand closer than they are apart, so the inner tip sinks further.
  return { ...drop, radius: drop.radius - by, tip: drop.tip + by * 2.3 };
}

/**
 * @param {typeof trayStates[number]} state
 * @param {number} size in pixels
 * @param {string} ink
 */
export function trayPicture(state, size, ink) {
  const drop = dropOf(size);
  const ring = (/** @type {number} */ width) =>
    `<path fill-rule="evenodd" d="${dropPath(drop)}${dropPath(inside(drop, width))}"/>`;
  const marks = { paused: bars(size, drop), attention: exclamation(size, drop) };
  let drawing = `<path d="${dropPath(drop)}"/>`;
  if (state === 'stopped') drawing = ring(Math.max(2, Math.round(size * 0.085)));
  if (state === 'paused' || state === 'attention') {
    drawing = `<mask id="m"><rect width="${size}" height="${size}" fill="#fff"/><g fill="#000">${marks[state]}</g></mask><g mask="url(#m)">${drawing}</g>`;
  }
  const share = Number(/-(\d+)$/.exec(state)?.[1] ?? Number.NaN) / 100;
  if (!Number.isNaN(share)) {
    // Whole pixels between the wall and the water, or the two run together at sixteen.
    const wall = Math.max(1, Math.round(size * 0.07));
    const water = inside(drop, wall + Math.max(1, Math.round(size * 0.055)));
    const [top, bottom] = [water.tip, water.y + water.radius];
    const level = share === 1 ? 0 : Math.round(bottom - (bottom - top) * (levels[share] ?? share));
    drawing = `<clipPath id="c">${box(0, level, size, size - level)}</clipPath>${ring(wall)}<path clip-path="url(#c)" d="${dropPath(water)}"/>`;
  }
  return svg(size, `<g fill="${ink}">${drawing}</g>`);
}

/**
 * How high the water stands: a drop is narrow above, and what the eye compares is area.
 * @type {Readonly<Record<number, number>>}
 */
const levels = { 0.25: 0.3, 0.5: 0.45, 0.75: 0.65 };

/**
 * @param {number} size
 * @param {ReturnType<typeof dropOf>} drop
 */
function bars(size, drop) {
  const width = Math.max(2, Math.round(size * 0.125));
  const gap = even(size * 0.125);
  const height = Math.round(drop.radius * 1.15);
  const top = Math.round(drop.y - height / 2);
  return box(drop.x - gap / 2 - width, top, width, height) + box(drop.x + gap / 2, top, width, height);
}

/**
 * @param {number} size
 * @param {ReturnType<typeof dropOf>} drop
 */
function exclamation(size, drop) {
  const width = even(size * 0.125);
  const gap = Math.max(1, Math.round(size * 0.06));
  const bottom = Math.round(drop.y + drop.radius * 0.72);
  const top = Math.round(drop.y - drop.radius * 0.82);
  const left = drop.x - width / 2;
  return box(left, top, width, bottom - width - gap - top) + box(left, bottom - width, width, width);
}

/**
 * @param {number} size
 * @param {string} content
 */
function svg(size, content) {
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${size}" height="${size}" viewBox="0 0 ${size} ${size}">${content}</svg>`;
}

/**
 * A line of waves from edge to edge of the brand's square of 32.
 * @param {number} y
 */
const wave = (y) => `M8 ${y}c3-2.6 5.5-2.6 8 0s5 2.6 8 0`;

/**
 * @param {number} size in pixels
 * @param {{ margin?: number }} [options] `margin`: the share left free on each side, as icons on macOS have it
 */
export function appPicture(size, { margin = 0 } = {}) {
  // Small ones have two stout waves: three thin ones run together.
  const small = size <= 24;
  const lines = small ? [wave(12), wave(20)] : [wave(9.5), wave(16), wave(22.5)];
  const scale = (1 - 2 * margin) / 32;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${size}" height="${size}" viewBox="0 0 1 1">
<defs><linearGradient id="g" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="${brand.from}"/><stop offset="1" stop-color="${brand.to}"/></linearGradient></defs>
<g transform="translate(${margin} ${margin}) scale(${scale})">
<rect width="32" height="32" rx="${margin > 0 ? 7.2 : 7}" fill="url(#g)"/>
<path d="${lines.join('')}" transform="translate(16 16) scale(1.2) translate(-16 -16)" fill="none" stroke="${brand.wave}" stroke-width="${small ? 3 : 2.3}" stroke-linecap="round"/>
</g></svg>`;
}
