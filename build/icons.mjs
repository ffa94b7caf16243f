// `node build/icons.mjs`: draws every icon anew in a real Chromium, after build/icons/draw.mjs. What it writes is kept in
// the repository, so building needs none; run it with a Node that can run the product.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { appPicture, inks, macTray, panelTray, trayPicture, trayStates, windowsTray } from './icons/draw.mjs';
import { icns, icnsKinds, ico, png } from './icons/formats.mjs';
import { root } from './setup.mjs';

/** @typedef {import('./icons/formats.mjs').Picture} Picture */

const icons = join(root, 'build', 'icons');
const windowsSizes = [16, 20, 24, 32, 40, 48, 64, 128, 256];
const linuxSizes = [16, 24, 32, 48, 64, 128, 256, 512];
/** Apple's grid: the square takes 824 of 1024. */
const macMargin = 100 / 1024;

/** @type {{ launchChromium: () => Promise<import('playwright').Browser> }} */
const { launchChromium } = await import(pathToFileURL(join(root, 'test', 'e2e', 'chromium.ts')).href);
const browser = await launchChromium();
const page = await browser.newPage();

/**
 * @param {string} svg
 * @param {number} size
 * @returns {Promise<Picture>}
 */
async function draw(svg, size) {
  const encoded = await page.evaluate(async ([source, side]) => {
    const { document, Image } = /** @type {{ document: any, Image: any }} */ (/** @type {unknown} */ (globalThis));
    const image = new Image();
    image.src = `data:image/svg+xml,${encodeURIComponent(source)}`;
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = canvas.height = side;
    const context = canvas.getContext('2d');
    context.drawImage(image, 0, 0, side, side);
    let text = '';
    for (const byte of context.getImageData(0, 0, side, side).data) text += String.fromCharCode(byte);
    return document.defaultView.btoa(text);
  }, /** @type {const} */ ([svg, size]));
  return { size, pixels: new Uint8Array(Buffer.from(encoded, 'base64')) };
}

/**
 * A picture of one ink: what is drawn decides how much of it, and no rounding of colours gets in.
 * @param {typeof trayStates[number]} state
 * @param {number} size
 * @param {string} ink
 * @returns {Promise<Picture>}
 */
async function drawTray(state, size, ink) {
  const picture = await draw(trayPicture(state, size, '#000000'), size);
  const colour = [1, 3, 5].map((at) => Number.parseInt(ink.slice(at, at + 2), 16));
  for (let at = 0; at < picture.pixels.length; at += 4)
    picture.pixels.set(picture.pixels[at + 3] === 0 ? [0, 0, 0] : colour, at);
  return picture;
}

/** @param {number} scale */
const suffix = (scale) => (scale === 1 ? '' : `@${scale}x`);

try {
  const tray = join(icons, 'tray');
  for (const folder of [tray, join(icons, 'linux')]) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
  }
  for (const state of trayStates) {
    for (const scale of macTray.scales) {
      writeFileSync(
        join(tray, `${state}Template${suffix(scale)}.png`),
        png(await drawTray(state, macTray.points * scale, inks.Template)),
      );
    }
    for (const panel of /** @type {const} */ (['-light', '-dark'])) {
      const name = join(tray, `${state}${panel}`);
      for (const scale of panelTray.scales) {
        writeFileSync(`${name}${suffix(scale)}.png`, png(await drawTray(state, panelTray.points * scale, inks[panel])));
      }
      const small = [];
      for (const size of windowsTray) small.push(await drawTray(state, size, inks[panel]));
      writeFileSync(`${name}.ico`, ico(small));
    }
  }

  writeFileSync(join(icons, 'icon.png'), png(await draw(appPicture(1024), 1024)));
  const windows = [];
  for (const size of windowsSizes) windows.push(await draw(appPicture(size), size));
  writeFileSync(join(icons, 'icon.ico'), ico(windows));
  for (const size of linuxSizes) {
    writeFileSync(join(icons, 'linux', `${size}x${size}.png`), png(await draw(appPicture(size), size)));
  }
  /** @type {Map<number, Picture>} */
  const mac = new Map();
  for (const size of new Set(Object.values(icnsKinds)))
    mac.set(size, await draw(appPicture(size, { margin: macMargin }), size));
  writeFileSync(
    join(icons, 'icon.icns'),
    icns((size) => /** @type {Picture} */ (mac.get(size))),
  );
} finally {
  await browser.close();
}
