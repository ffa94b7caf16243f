import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const read = (name: string): string => readFileSync(`${root}${name}`, 'utf8');

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly optionalDependencies: Readonly<Record<string, string>>;
  readonly allowScripts: Readonly<Record<string, boolean>>;
}

interface Locked {
  readonly version?: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly devOptional?: boolean;
  readonly hasInstallScript?: boolean;
}

const manifest = JSON.parse(read('package.json')) as Manifest;
const lock = JSON.parse(read('package-lock.json')) as { readonly packages: Readonly<Record<string, Locked>> };
const locked = Object.entries(lock.packages).filter(([path]) => path !== '');

/** SEC-70. */
describe('packages of others', () => {
  it('are named in one exact version each, and few run in the product', () => {
    const { dependencies, devDependencies, optionalDependencies } = manifest;
    const versions = Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies });
    expect(versions.filter(([, version]) => !/^(?:npm:[@\w/-]+@)?\d+\.\d+\.\d+(?:-[\w.]+)?$/.test(version))).toEqual(
      [],
    );
    expect(Object.keys(dependencies).length).toBeLessThanOrEqual(40);
  });

  it('are known by their sum, and come from a registry over https', () => {
    const odd = locked.filter(
      // What comes from the registry in use is named by its version alone.
      ([, { integrity = '', resolved = 'https:' }]) => !integrity.startsWith('sha512-') || !/^https:/.test(resolved),
    );
    expect(odd.map(([path]) => path)).toEqual([]);
  });

  it('run nothing when they are installed', () => {
    const scripted = locked.filter(([, { hasInstallScript }]) => hasInstallScript === true);
    const allowed = scripted.filter(([path]) => manifest.allowScripts[path.replace(/^.*node_modules\//, '')] !== false);
    expect(allowed.map(([path]) => path)).toEqual([]);
    expect(/runNpm\(\['ci',[^)]*\)/.exec(read('build/setup.mjs'))?.[0]).toContain("'--ignore-scripts'");
  });

  it('that run in the product are built by nobody: no native addon is among them', () => {
    const run = locked.filter(([, { dev, optional, devOptional }]) => ![dev, optional, devOptional].includes(true));
    expect(run.length).toBeGreaterThan(100);
    const names = run.map(([path]) => path.replace(/^.*node_modules\//, ''));
    expect(
      names.filter((name) => /^(?:node-gyp|node-gyp-build|node-addon-api|bindings|prebuild-install|nan)$/.test(name)),
    ).toEqual([]);
    expect(run.filter(([, { hasInstallScript }]) => hasInstallScript === true)).toEqual([]);
  });
});
