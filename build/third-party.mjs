// What of others a package of the desktop app holds: which packages the bundlers took code from, what their licences ask to
// be passed on, and the list of them for who has to know (CycloneDX, SEC-74).
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { root, SetupError } from './setup.mjs';

/**
 * A package whose code is packed.
 * @typedef {{ path: string, name: string, version: string, license: string, homepage: string, author: string,
 *   dependencies: string[] }} Packed
 */

/** Beside what a bundler wrote: the packages it took something from, as paths below the checkout. */
export const packedList = 'packages.json';

/** What is added by the bundler itself, such as the loader of parts. */
const bundlers = /^\0(rolldown|vite)\//;

/**
 * A plugin of vite that collects in `found` the folders of packages of which there is code or style in the result.
 * @param {Set<string>} found
 * @returns {import('vite').Plugin}
 */
export function collectPackages(found) {
  /** @param {string} id */
  const add = (id) => {
    const [, bundler] = bundlers.exec(id) ?? [];
    if (bundler !== undefined) found.add(join('node_modules', bundler));
    const [, folder] = /^\0?(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(id.split(sep).join('/')) ?? [];
    if (folder !== undefined) found.add(folder);
  };
  return {
    name: 'sluice-packages',
    generateBundle(_options, bundle) {
      for (const file of Object.values(bundle)) {
        if (file.type !== 'chunk') continue;
        for (const [id, { renderedLength }] of Object.entries(file.modules)) if (renderedLength > 0) add(id);
      }
      // Styles are taken out of the scripts before they are rendered.
      for (const id of this.getModuleIds()) if (/\.css(?:\?|$)/.test(id)) add(id);
    },
  };
}

/**
 * @param {string} folder what was built
 * @param {Iterable<string>} found
 */
export function writePackedList(folder, found) {
  const paths = [...found].map((path) => relative(root, resolve(root, path)).split(sep).join('/'));
  writeFileSync(join(folder, packedList), `${JSON.stringify([...new Set(paths)].sort(), undefined, 1)}\n`);
}

/**
 * The packages that stand in the lists of these folders.
 * @param {string[]} folders
 * @returns {Packed[]}
 */
export function readPacked(folders) {
  /** @type {string[]} */
  const paths = folders.flatMap((folder) => JSON.parse(readFileSync(join(folder, packedList), 'utf8')));
  return [...new Set(paths)].sort().map((path) => {
    const { name, version, license, homepage = '', author, dependencies = {} } = packageAt(path);
    const person = typeof author === 'object' ? author.name : author;
    return {
      ...{ path, name, version, license: String(license ?? ''), homepage, author: person ?? `the authors of ${name}` },
      dependencies: Object.keys(dependencies),
    };
  });
}

/** @param {string} path */
function packageAt(path) {
  return JSON.parse(readFileSync(join(root, path, 'package.json'), 'utf8'));
}

/** Data that is part of our own files: build/catalogue.mjs says how. */
const data = () => [
  { name: 'models.dev, data of', license: 'MIT', homepage: 'https://models.dev', text: mit('2025 spin.dev') },
  {
    ...{
      name: '@pydantic/genai-prices, data of',
      license: 'MIT',
      homepage: 'https://github.com/pydantic/genai-prices',
    },
    text: licenceText('node_modules/@pydantic/genai-prices'),
  },
];

/**
 * What the licences of all that is packed ask to be passed on with it.
 * @param {Packed[]} packed
 */
export function noticesOf(packed) {
  const code = packed.map(({ path, name, version, license, homepage, author }) => {
    // Some packages have it in one word of their package.json alone.
    const text = licenceText(path) || (license === 'MIT' ? mit(author) : '');
    if (text === '' && license !== 'Unlicense')
      throw new SetupError(`${name} ${version} is packed, and has no text of its licence (${license || 'none'}).`);
    return { name: `${name} ${version}`, license, homepage, text };
  });
  const parts = [...code, ...data()].map(({ name, license, homepage, text }) =>
    [name, license, homepage, ...(text === '' ? [] : ['', text])]
      .filter((line, at) => at > 2 || line !== '')
      .join('\n'),
  );
  const head =
    'Sluice contains the work of others, who gave it to everybody under these terms. Those of Electron, and of Chromium in it,\n' +
    'stand in LICENSE.electron.txt and LICENSES.chromium.html.';
  return `${[head, ...parts].join(`\n\n${'-'.repeat(80)}\n\n`)}\n`;
}

/** @param {string} path */
function licenceText(path) {
  const names = readdirSync(join(root, path)).filter((name) => /^(?:licen[cs]e|copying|notice|copyright)/i.test(name));
  return names
    .sort()
    .map((name) =>
      readFileSync(join(root, path, name), 'utf8')
        .replaceAll('\r\n', '\n')
        .trim(),
    )
    .join('\n\n');
}

/** @param {string} holder */
function mit(holder) {
  return readFileSync(join(root, 'LICENSE'), 'utf8')
    .trim()
    .replace(/^Copyright.*$/m, `Copyright (c) ${holder}`);
}

/**
 * The list of what is packed, as CycloneDX 1.6 has it: the same for the same checkout.
 * @param {Packed[]} packed
 */
export function sbomOf(packed) {
  const { version, license, dependencies = {}, devDependencies = {} } = packageAt('.');
  const lock = readFileSync(join(root, 'package-lock.json'));
  /** @type {Record<string, { integrity?: string }>} */
  const locked = JSON.parse(lock.toString('utf8')).packages;
  const electron = packageAt('node_modules/electron');
  const framework = {
    path: 'node_modules/electron',
    name: 'electron',
    version: electron.version,
    license: electron.license,
  };
  const all = [...packed, { ...framework, homepage: 'https://www.electronjs.org', author: '', dependencies: [] }];
  const byPath = new Map(all.map((one) => [one.path, one]));
  const self = `pkg:generic/sluice@${version}`;
  const direct = Object.keys({ ...dependencies, ...devDependencies }).map((name) => byPath.get(`node_modules/${name}`));
  const document = {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    ...{ bomFormat: 'CycloneDX', specVersion: '1.6', version: 1 },
    metadata: {
      lifecycles: [{ phase: 'build' }],
      component: {
        type: 'application',
        'bom-ref': self,
        name: 'Sluice',
        version,
        purl: self,
        licenses: licencesOf(license),
      },
      properties: [
        { name: 'sluice:commit', value: commit() },
        { name: 'sluice:package-lock', value: `sha256:${createHash('sha256').update(lock).digest('hex')}` },
      ],
    },
    components: all.map((one) => componentOf(one, locked[one.path]?.integrity)),
    dependencies: [
      { ref: self, dependsOn: direct.flatMap((one) => (one === undefined ? [] : [purlOf(one)])) },
      ...all.map((one) => ({ ref: purlOf(one), dependsOn: dependenciesOf(one, byPath) })),
    ],
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}

/**
 * @param {Packed} packed
 * @param {string | undefined} integrity
 */
function componentOf(packed, integrity) {
  const { name, version, license, homepage } = packed;
  const [, group, own] = /^(@[^/]+)\/(.+)$/.exec(name) ?? [];
  const [, algorithm, sum = ''] = /^(sha\d+)-(.+)$/.exec(integrity ?? '') ?? [];
  return {
    ...{ type: name === 'electron' ? 'framework' : 'library', 'bom-ref': purlOf(packed) },
    ...(group === undefined ? { name } : { group, name: own }),
    ...{ version, purl: purlOf(packed), licenses: licencesOf(license) },
    ...(algorithm === undefined
      ? {}
      : {
          hashes: [{ alg: algorithm.replace('sha', 'SHA-'), content: Buffer.from(sum, 'base64').toString('hex') }],
        }),
    ...(/^https?:/.test(homepage) ? { externalReferences: [{ type: 'website', url: homepage }] } : {}),
  };
}

/** @param {Pick<Packed, 'name' | 'version'>} packed */
function purlOf({ name, version }) {
  return `pkg:npm/${name.replace('@', '%40')}@${version}`;
}

/** One name of the list of SPDX, or an expression of several. @param {string} license */
function licencesOf(license) {
  return /^[\w.+-]+$/.test(license) ? [{ license: { id: license } }] : [{ expression: license }];
}

/**
 * Those of its packages that are packed too, where Node finds them.
 * @param {Packed} packed
 * @param {ReadonlyMap<string, Packed>} byPath
 */
function dependenciesOf({ path, dependencies }, byPath) {
  const places = path
    .split('/node_modules/')
    .map((_part, at, parts) => parts.slice(0, parts.length - at).join('/node_modules/'));
  const found = dependencies.map((name) =>
    [...places.map((place) => `${place}/node_modules/${name}`), `node_modules/${name}`]
      .map((place) => byPath.get(place))
      .find((one) => one !== undefined),
  );
  return [...new Set(found.flatMap((one) => (one === undefined ? [] : [purlOf(one)])))];
}

/** What it is made from; with a mark where files differ from that. */
function commit() {
  const asked = spawnSync('git', ['describe', '--always', '--dirty', '--abbrev=40', '--exclude=*'], { cwd: root });
  return asked.status === 0 ? asked.stdout.toString('utf8').trim() : 'unknown';
}
