import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  parseManagedPolicy,
  readManagedPolicy,
  registryKey,
  type ManagedReading,
} from '../../../main/bundles/managed.ts';

const trust = 'a'.repeat(43);
const full = {
  bundles: [{ url: 'https://policy.acme.example/llm/acme-core.sluice', trust }],
  labels: { env: 'prod' },
  trusted_hosts: ['LLM.acme.example'],
  approved_origins: ['https://llm.acme.example'],
  allow_user_bundles: false,
  require_fresh_at_start: true,
};
const asRead = {
  bundles: [{ url: 'https://policy.acme.example/llm/acme-core.sluice', trust }],
  labels: { env: 'prod' },
  trustedHosts: ['llm.acme.example'],
  approvedOrigins: ['https://llm.acme.example'],
  allowUserBundles: false,
  requireFreshAtStart: true,
};

function reasonOf(reading: ManagedReading): string {
  if (reading.kind !== 'broken') throw new Error(`it is ${reading.kind}`);
  return reading.reason;
}

describe('what a machine is prescribed', () => {
  it('is read field by field, and what is not said is left to people', () => {
    expect(parseManagedPolicy(JSON.stringify(full), 'here')).toEqual({
      kind: 'managed',
      policy: { ...asRead, source: 'here' },
    });
    expect(parseManagedPolicy('{}', 'here')).toEqual({
      kind: 'managed',
      policy: {
        ...{ bundles: [], labels: {}, trustedHosts: [], approvedOrigins: [] },
        ...{ allowUserBundles: true, requireFreshAtStart: false, source: 'here' },
      },
    });
  });

  it('may name a bundle by the link that people are sent', () => {
    const url = `https://policy.acme.example/a.sluice#sluice1=${trust}&org=acme`;
    expect(parseManagedPolicy(JSON.stringify({ bundles: [{ url }] }), 'here')).toMatchObject({
      policy: { bundles: [{ url: 'https://policy.acme.example/a.sluice', trust }] },
    });
  });

  it.each([
    ['{', 'is not readable JSON'],
    ['[]', 'cannot be followed'],
    ['{"bundle": []}', 'Unrecognized key: "bundle"'],
    ['{"allow_user_bundles": "no"}', '/allow_user_bundles'],
    ['{"bundles": [{"url": "http://policy.acme.example/a"}]}', '/bundles/0/url is not an address over HTTPS'],
    ['{"bundles": [{"url": "https://a:b@policy.acme.example/a"}]}', '/bundles/0/url'],
    [
      '{"bundles": [{"url": "https://policy.acme.example/a", "trust": "short"}]}',
      '/bundles/0/trust is not a fingerprint',
    ],
    ['{"bundles": [{"url": "https://policy.acme.example/a#sluice1=short"}]}', '/bundles/0/trust is not a fingerprint'],
    ['{"approved_origins": ["https://llm.acme.example/path"]}', '/approved_origins/0 is not an origin'],
    ['{"approved_origins": ["http://llm.acme.example"]}', '/approved_origins/0 is not an origin'],
    ['{"trusted_hosts": ["https://llm.acme.example"]}', '/trusted_hosts/0 is not the name of a host'],
  ])('that cannot be followed is never taken for nothing: %s', (text, reason) => {
    expect(reasonOf(parseManagedPolicy(text, 'here'))).toContain(reason);
  });
});

describe.skipIf(process.platform === 'win32')('the file of Linux', () => {
  let folder: string;
  let file: string;
  const owner = process.getuid?.() ?? 0;
  const read = (more: { readonly owner?: number } = {}): Promise<ManagedReading> =>
    readManagedPolicy({ platform: 'linux', file, owner, ...more });

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sluice-managed-'));
    file = join(folder, 'policy.json');
    writeFileSync(file, JSON.stringify(full), { mode: 0o644 });
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('is read where it belongs to whoever manages the machine', async () => {
    expect(await read()).toEqual({ kind: 'managed', policy: { ...asRead, source: file } });
  });

  it('that is not there prescribes nothing, and neither does another system', async () => {
    rmSync(file);
    expect(await read()).toEqual({ kind: 'none' });
    expect(await readManagedPolicy({ platform: 'linux', file: join(file, 'x'), owner })).toEqual({ kind: 'none' });
    expect(await readManagedPolicy({ platform: 'freebsd', file, owner })).toEqual({ kind: 'none' });
  });

  it('that others could have written is refused, loudly', async () => {
    expect(reasonOf(await read({ owner: owner + 1 }))).toContain('must belong to');
    for (const mode of [0o664, 0o646]) {
      chmodSync(file, mode);
      expect(reasonOf(await read())).toContain('writable by nobody else');
    }
    chmodSync(file, 0o644);
    chmodSync(folder, 0o777);
    expect(reasonOf(await read())).toContain('must be a directory of');
  });

  it('that is a link, a directory, or too large is refused', async () => {
    const other = join(folder, 'other.json');
    writeFileSync(other, '{}');
    rmSync(file);
    symlinkSync(other, file);
    expect(reasonOf(await read())).toContain('is a link');
    rmSync(file);
    mkdirSync(file);
    expect(reasonOf(await read())).toContain('is not a plain file');
    rmSync(file, { recursive: true });
    writeFileSync(file, ' '.repeat(300_000));
    expect(reasonOf(await read())).toContain('is too large');
  });

  it('of macOS is read with plutil, without what a profile says of itself', async () => {
    const asked: (readonly string[])[] = [];
    const run = (program: string, args: readonly string[]): Promise<string> => {
      asked.push([program, ...args]);
      return Promise.resolve(JSON.stringify({ ...full, PayloadUUID: 'x', PayloadVersion: 1 }));
    };
    const mac = { platform: 'darwin', file, owner } as const;
    expect(await readManagedPolicy({ ...mac, run })).toEqual({ kind: 'managed', policy: { ...asRead, source: file } });
    expect(asked).toEqual([['/usr/bin/plutil', '-convert', 'json', '-o', '-', '--', file]]);
    for (const failing of [() => Promise.reject(new Error('x')), () => Promise.resolve('<plist/>')])
      expect(reasonOf(await readManagedPolicy({ ...mac, run: failing }))).toContain('cannot be read');
    expect(reasonOf(await readManagedPolicy({ ...mac }))).toContain('cannot be read without');
    rmSync(file);
    expect(await readManagedPolicy({ ...mac, run })).toEqual({ kind: 'none' });
  });
});

describe('the registry of Windows', () => {
  const parent = (more: string): string =>
    `\r\nHKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Microsoft\r\nHKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Mozilla\r\n${more}`;
  /** As `reg query … /s` prints it. */
  const listing = [
    '',
    registryKey,
    '    (Default)    REG_SZ    (value not set)',
    '    allow_user_bundles    REG_DWORD    0x0',
    '    require_fresh_at_start    REG_DWORD    0x1',
    '    approved_origins    REG_MULTI_SZ    https://llm.acme.example\\0https://other.acme.example',
    '',
    `${registryKey}\\bundles`,
    `    1    REG_SZ    https://policy.acme.example/llm/acme-core.sluice#sluice1=${trust}&org=acme`,
    '',
    `${registryKey}\\bundles\\second`,
    '    url    REG_SZ    https://policy.acme.example/second.sluice',
    `    trust    REG_SZ    ${trust}`,
    '',
    `${registryKey}\\labels`,
    '    cost center    REG_SZ    R and D',
    '',
    `${registryKey}\\trusted_hosts`,
    '    1    REG_SZ    llm.acme.example',
    '    2    REG_SZ    gpu.acme.example',
    '',
  ].join('\r\n');

  function asking(answers: readonly (string | Error)[]) {
    const asked: (readonly string[])[] = [];
    const run = (program: string, args: readonly string[]): Promise<string> => {
      const answer = answers[asked.length] ?? new Error('asked too often');
      asked.push([program, ...args]);
      return typeof answer === 'string' ? Promise.resolve(answer) : Promise.reject(answer);
    };
    return { asked, read: () => readManagedPolicy({ platform: 'win32', run, systemRoot: 'C:\\Windows' }) };
  }

  it('is read with its lists, labels and switches, and only what no user can write', async () => {
    const { asked, read } = asking([parent(`${registryKey}\r\n`), listing]);
    expect(await read()).toEqual({
      kind: 'managed',
      policy: {
        bundles: [
          { url: 'https://policy.acme.example/llm/acme-core.sluice', trust },
          { url: 'https://policy.acme.example/second.sluice', trust },
        ],
        labels: { 'cost center': 'R and D' },
        trustedHosts: ['llm.acme.example', 'gpu.acme.example'],
        approvedOrigins: ['https://llm.acme.example', 'https://other.acme.example'],
        ...{ allowUserBundles: false, requireFreshAtStart: true, source: registryKey },
      },
    });
    const reg = 'C:\\Windows\\System32\\reg.exe';
    expect(asked).toEqual([
      [reg, 'query', 'HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies', '/reg:64'],
      [reg, 'query', registryKey, '/s', '/reg:64'],
    ]);
  });

  it('without the key prescribes nothing', async () => {
    expect(await asking([parent('')]).read()).toEqual({ kind: 'none' });
    expect(await asking([parent(`${registryKey}Other\r\n`)]).read()).toEqual({ kind: 'none' });
  });

  it('that cannot be read, or says what we do not know, is never taken for nothing', async () => {
    expect(reasonOf(await asking([new Error('x')]).read())).toContain('reg.exe failed');
    const there = parent(`${registryKey}\r\n`);
    expect(reasonOf(await asking([there, new Error('x')]).read())).toContain('reg.exe failed');
    const answers: readonly (readonly [string, string])[] = [
      ['    allow_user_bundles    REG_SZ    0', '"allow_user_bundles" as REG_SZ'],
      ['    bundle    REG_SZ    x', '"bundle" as REG_SZ'],
      [
        '    require_fresh_at_start    REG_DWORD    0x1\r\n\r\n' + `${registryKey}\\more\r\n    a    REG_SZ    b`,
        '"more"',
      ],
      [`\r\n${registryKey}\\labels\r\n    team    REG_SZ    Caf\uFFFD`, 'plain ASCII'],
      [`\r\n${registryKey}\\bundles\r\n    1    REG_SZ    http://policy.acme.example/a`, '/bundles/0/url'],
    ];
    for (const [text, reason] of answers)
      expect(reasonOf(await asking([there, `\r\n${registryKey}\r\n${text}\r\n`]).read())).toContain(reason);
  });
});
