import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  fingerprint,
  parseReference,
  referencesIn,
  resolveReferences,
  secretFilesIn,
  type Resolution,
} from '../../../main/config/secrets.ts';
import { createNodeHost } from '../../../main/host/node-host.ts';
import { Secret } from '../../../main/kit/secret.ts';
import { good, hostWith } from './support.ts';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sluice-secrets-'));
});

afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

async function resolve(text: string, host = hostWith({})): Promise<Resolution> {
  const resolution = (await resolveReferences([text], host)).get(text);
  if (resolution === undefined) throw new Error('not looked up');
  return resolution;
}

/** The secret, or why there is none. */
async function outcome(text: string, host = hostWith({})): Promise<string> {
  const resolution = await resolve(text, host);
  switch (resolution.kind) {
    case 'found':
      return `found ${resolution.value.reveal()}`;
    case 'missing':
      return `missing: ${resolution.reason}`;
    case 'bad':
      return `bad: ${resolution.problem}`;
  }
}

function secretFile(content: string, mode = 0o600): string {
  const path = join(directory, 'key');
  writeFileSync(path, content);
  chmodSync(path, mode);
  return path;
}

describe('a reference', () => {
  it('says where the secret is', () => {
    expect(parseReference('env:A_KEY')).toEqual({ kind: 'env', name: 'A_KEY' });
    expect(parseReference('file:/run/key')).toEqual({ kind: 'file', path: '/run/key' });
    expect(parseReference('secret:main')).toEqual({ kind: 'secret', id: 'main' });
    expect(parseReference('sha256:AB')).toEqual({ kind: 'sha256', hex: 'ab' });
    expect(parseReference('sk-ant-x').kind).toBe('literal');
    expect(parseReference('other:x').kind).toBe('literal');
  });

  it('does not show a literal when it is printed', () => {
    const reference = parseReference('sk-ant-secret');
    expect(JSON.stringify(reference) + inspect(reference)).not.toContain('sk-ant-secret');
  });

  it('is found wherever one may stand', () => {
    const { config } = good(`version: 1
providers:
  - { id: a, kind: openai, keys: [{ value: "env:A" }, { value: "file:/a" }] }
  - { id: b, kind: bedrock, region: x, keys: [{ access_key_id: "env:B", secret_access_key: "secret:b", session_token: "env:C" }] }
  - { id: c, kind: vertex, project: p, keys: [{ service_account: "file:/sa.json" }] }
virtual_keys:
  - { id: k, value: "env:K" }
  - { id: l, value: "sha256:${'0'.repeat(64)}" }
`);
    expect([...referencesIn(config)].sort()).toEqual([
      'env:A',
      'env:B',
      'env:C',
      'env:K',
      'file:/a',
      'file:/sa.json',
      'secret:b',
    ]);
    expect([...secretFilesIn(config)].sort()).toEqual(['/a', '/sa.json']);
  });
});

describe('from the environment', () => {
  it('is the value, or what is missing', async () => {
    expect(await outcome('env:A', hostWith({ A: 'value' }))).toBe('found value');
    expect(await outcome('env:A')).toBe('missing: environment variable A is not set; set it and start again');
  });

  it.each(['', '   ', 'changeme', 'sk-xxx', 'YOUR_API_KEY', '<your key>'])(
    'is refused when it is %j (SEC-14)',
    async (value) => {
      expect(await outcome('env:A', hostWith({ A: value }))).toMatch(
        /^bad: environment variable A is (?:empty|a placeholder, not a secret)$/,
      );
    },
  );

  it('is refused with a line break in it, which would end the header it travels in', async () => {
    expect(await outcome('env:A', hostWith({ A: 'one\ntwo' }))).toBe(
      'bad: environment variable A has more than one line',
    );
  });

  it.each(['sk\u2013one', 'sk-one\u2026', 'sk-\u200bone', 'sk-o\u00f1e', 'sk\tone'])(
    'is refused with characters that no header carries: %j',
    async (value) => {
      expect(await outcome('env:A', hostWith({ A: value }))).toBe(
        'bad: environment variable A has characters no key has',
      );
    },
  );

  it('leaves the environment once read, and is still known to the next reading (SEC-44)', async () => {
    const environment: Record<string, string | undefined> = { A: 'value', B: 'other' };
    const host = await createNodeHost({ dataDir: join(directory, 'data'), environment });
    expect(await outcome('env:A', host)).toBe('found value');
    expect(environment).toEqual({ B: 'other' });
    expect(await outcome('env:A', host)).toBe('found value');
    const second = await createNodeHost({ dataDir: join(directory, 'data'), environment });
    expect(await outcome('env:A', second)).toBe('found value');
  });
});

describe('from a file', () => {
  it.each(['value\n', 'value\r\n', ' value\n\n', '\ufeffvalue'])(
    'is the content without what an editor puts around it: %j',
    async (content) => {
      expect(await outcome(`file:${secretFile(content)}`)).toBe('found value');
    },
  );

  it('may be a whole document', async () => {
    expect(await outcome(`file:${secretFile('{\n  "type": "service_account"\n}\n')}`)).toContain('found {');
  });

  it.each([0o644, 0o640, 0o604, 0o660])(
    'that others can read (mode %o) is refused, with the command that mends it (SEC-44)',
    async (mode) => {
      const path = secretFile('value', mode);
      expect(await outcome(`file:${path}`)).toBe(
        `missing: ${path} can be read by others (mode 0${mode.toString(8)}); run: chmod 600 ${path}`,
      );
    },
  );

  it('is missing when there is none, when it is no file, and when it is far too large', async () => {
    expect(await outcome(`file:${directory}/none`)).toBe(`missing: ${directory}/none does not exist`);
    mkdirSync(join(directory, 'folder'));
    expect(await outcome(`file:${directory}/folder`)).toContain('is not a regular file');
    expect(await outcome(`file:${secretFile('x'.repeat(70_000))}`)).toContain('is too large for a secret');
  });

  it('is refused when it is empty', async () => {
    const path = secretFile('\n');
    expect(await outcome(`file:${path}`)).toBe(`bad: ${path} is empty`);
  });
});

describe('from the box of secrets', () => {
  it('is the value that was put in, also after a restart', async () => {
    const dataDir = join(directory, 'data');
    const host = await createNodeHost({ dataDir, environment: {} });
    expect(await outcome('secret:main', host)).toBe(
      'missing: there is no secret "main" in the box of secrets; run: sluice secrets set main',
    );
    await host.secrets.set('main', new Secret('value'));
    expect(await outcome('secret:main', host)).toBe('found value');
    expect(await outcome('secret:main', await createNodeHost({ dataDir, environment: {} }))).toBe('found value');
  });

  it('that does not open leaves the other credentials working (SEC-43)', async () => {
    const host = hostWith({ A: 'value' }, { main: { kind: 'unreadable', reason: 'the key file is missing' } });
    const resolutions = await resolveReferences(['secret:main', 'env:A'], host);
    expect(resolutions.get('secret:main')).toEqual({ kind: 'missing', reason: 'the key file is missing' });
    expect(resolutions.get('env:A')?.kind).toBe('found');
  });

  it('is refused when what was put in is a placeholder', async () => {
    expect(await outcome('secret:main', hostWith({}, { main: { kind: 'found', value: new Secret('changeme') } }))).toBe(
      'bad: secret "main" is a placeholder, not a secret',
    );
  });
});

describe('the fingerprint', () => {
  it('changes with the secret and does not hold it', async () => {
    const one = fingerprint(await resolve('env:A', hostWith({ A: 'one-value' })));
    expect(one).toMatch(/^[0-9a-f]{64}$/);
    expect(one).toBe(fingerprint(await resolve('env:B', hostWith({ B: 'one-value' }))));
    expect(one).not.toBe(fingerprint(await resolve('env:A', hostWith({ A: 'other-value' }))));
    expect(fingerprint(await resolve('env:A'))).toBe('missing');
  });
});
