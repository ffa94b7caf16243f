// Filling the box: what `secret:` refers to is in force as soon as it is put in, and its value is nowhere to be seen.
import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, describe, it } from 'vitest';
import { startFake, type Fake } from '../../fakes/fake.ts';
import { chat, makeHome, type Ended, type Home } from './instance.ts';

let home: Home;
let fake: Fake;
const said: Ended[] = [];

beforeEach(async () => {
  home = makeHome();
  said.length = 0;
  fake = await startFake({ dialect: 'openai' });
  mkdirSync(home.data, { mode: 0o700 });
});

afterEach(async () => {
  await home.leave();
  await fake.close();
});

const ownKey = `sk-sluice-test-${randomBytes(12).toString('hex')}`;
const value = (): string => `sk-${randomBytes(18).toString('base64url')}`;

function configure(providers: string): void {
  writeFileSync(
    join(home.data, 'sluice.yaml'),
    `version: 1\nproviders:\n${providers}virtual_keys:\n  - { id: ide, value: "${ownKey}" }\n`,
    { mode: 0o600 },
  );
}

const withUpstream = (more = ''): void =>
  configure(
    `  - { id: up, kind: openai-compatible, base_url: "${fake.url}/v1", keys: [{ name: main, value: "secret:up" }], retry: { attempts: 1 } }\n${more}`,
  );

async function told(work: Promise<Ended>): Promise<Ended> {
  const ended = await work;
  said.push(ended);
  return ended;
}

async function json(...argv: string[]): Promise<unknown> {
  const { code, out, err } = await told(home.sluice(...argv, '--json'));
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return JSON.parse(out) as unknown;
}

/** Everything a command printed and everything in the data directory but what is to be looked for elsewhere. */
function everythingSaid(): string {
  const files = readdirSync(home.data, { withFileTypes: true, recursive: true }).filter((entry) => entry.isFile());
  return [
    ...said.flatMap(({ out, err }) => [out, err]),
    ...files.map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1')),
  ].join('\n');
}

describe('with a running instance', () => {
  it('a secret is in force when it is set, again when it is set anew, and seen nowhere', async () => {
    withUpstream();
    const instance = await home.serve('--log-level', 'debug');
    const missing = await chat(instance.url, ownKey, 'up/gpt-4o');
    expect(missing.status).toBe(400);
    expect(await missing.text()).toContain('sluice secrets set up');
    expect((await told(home.sluice('doctor'))).out).toContain('run: sluice secrets set up');
    expect(await json('secrets', 'list')).toMatchObject({
      secrets: [{ id: 'up', stored: false, used_by: [{ provider: 'up', key: 'main' }] }],
    });

    const [first, second] = [value(), value()];
    const set = await told(home.pipeToProcess(`${first}\n`, 'secrets', 'set', 'up'));
    expect(set).toEqual({ code: 0, out: '', err: 'Secret "up" is stored. It is used by up/main.\n' });
    const answered = await chat(instance.url, ownKey, 'up/gpt-4o');
    expect(answered.status).toBe(200);
    await answered.text();
    expect(fake.requests.at(-1)?.headers['authorization']).toBe(`Bearer ${first}`);

    const anew = await told(home.pipe(second, 'secrets', 'set', 'up', '--json'));
    expect(JSON.parse(anew.out)).toEqual({ id: 'up', used_by: [{ provider: 'up', key: 'main' }], in_force: true });
    fake.plan({ status: 401, json: { error: { message: `bad key ${second}` } } });
    const refused = await chat(instance.url, ownKey, 'up/gpt-4o');
    expect(fake.requests.at(-1)?.headers['authorization']).toBe(`Bearer ${second}`);
    expect(await refused.text()).not.toContain(second);
    // The redactor has learnt it: it stands in the ledger neither as a model's name.
    await (await chat(instance.url, ownKey, `up/${second}`)).text();
    expect(await json('secrets', 'list')).toMatchObject({
      protection: `key file ${join(home.data, 'secrets.key')}`,
      keyring: { kind: 'key_file', name: join(home.data, 'secrets.key'), state: 'unprotected' },
      secrets: [{ id: 'up', stored: true, readable: true, reason: null, used_by: [{ provider: 'up', key: 'main' }] }],
    });
    expect(JSON.stringify(await json('log', '--limit', '1'))).toContain('up/***');
    instance.child.kill('SIGTERM');
    said.push(await instance.ended);
    expect(everythingSaid()).toContain('"secrets"');
    for (const one of [first, second]) expect(everythingSaid()).not.toContain(one);
  });

  it('a secret in use is not deleted without --force, and out of force at once with it', async () => {
    withUpstream();
    const instance = await home.serve();
    expect((await home.pipe(value(), 'secrets', 'set', 'up')).code).toBe(0);
    const refused = await home.sluice('secrets', 'delete', 'up');
    expect(refused).toMatchObject({ code: 1, out: '' });
    expect(refused.err).toContain('key "main" of provider "up"');
    expect(refused.err).toContain('--force');
    expect((await chat(instance.url, ownKey, 'up/gpt-4o')).status).toBe(200);
    expect(await json('secrets', 'delete', 'up', '--force')).toEqual({
      id: 'up',
      deleted: true,
      used_by: [{ provider: 'up', key: 'main' }],
    });
    expect((await chat(instance.url, ownKey, 'up/gpt-4o')).status).toBe(400);
    const again = await home.sluice('secrets', 'delete', 'up', '--force');
    expect(again.code).toBe(1);
    expect(again.err).toContain('There is no secret "up"');
  });

  it('is stored while the file is broken, and said not to be in force', async () => {
    withUpstream();
    await home.serve();
    withUpstream('  - { id: up, kind: nonsense }\n');
    const { code, out, err } = await home.pipe(value(), 'secrets', 'set', 'up', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ in_force: false });
    expect(err).toContain('sluice config validate');
  });
});

describe('without an instance', () => {
  it('the box is filled all the same, and the next start has it', async () => {
    withUpstream();
    const secret = value();
    const set = await told(home.pipeToProcess(secret, 'secrets', 'set', 'up'));
    expect(set).toMatchObject({ code: 0, out: '' });
    expect((await told(home.pipe('not-referred-to', 'secrets', 'set', 'other'))).err).toContain('secret:other');
    expect((await told(home.sluice('secrets', 'list'))).out).toBe(
      'ID     STORED  USED BY\nother  yes     –\nup     yes     up/main\n',
    );
    expect((await home.sluice('secrets', 'delete', 'up')).code).toBe(1);
    expect((await home.sluice('secrets', 'delete', 'other')).code).toBe(0);
    const instance = await home.serve();
    expect((await chat(instance.url, ownKey, 'up/gpt-4o')).status).toBe(200);
    expect(fake.requests.at(-1)?.headers['authorization']).toBe(`Bearer ${secret}`);
    expect(everythingSaid()).not.toContain(secret);
  });

  it('AWS credentials and virtual keys count as use', async () => {
    writeFileSync(
      join(home.data, 'sluice.yaml'),
      `version: 1
providers:
  - { id: bed, kind: bedrock, region: us-east-1, keys: [{ access_key_id: "secret:aws", secret_access_key: "secret:aws-key" }] }
virtual_keys:
  - { id: ci, value: "secret:ci" }
`,
      { mode: 0o600 },
    );
    expect(await json('secrets', 'list')).toMatchObject({
      secrets: [
        { id: 'aws', stored: false, used_by: [{ provider: 'bed', key: 'key-1' }] },
        { id: 'aws-key', stored: false, used_by: [{ provider: 'bed', key: 'key-1' }] },
        { id: 'ci', stored: false, used_by: [{ provider: null, key: 'ci' }] },
      ],
    });
  });

  it('a box that does not open is named, and nothing is lost', async () => {
    withUpstream();
    expect((await home.pipe(value(), 'secrets', 'set', 'up')).code).toBe(0);
    const box = readFileSync(join(home.data, 'secrets.json'), 'utf8');
    writeFileSync(join(home.data, 'secrets.key'), Buffer.alloc(32, 7).toString('base64'));
    const { code, err } = await home.pipe(value(), 'secrets', 'set', 'more');
    expect(code).toBe(1);
    expect(err).toContain('Put the old key back');
    expect(readFileSync(join(home.data, 'secrets.json'), 'utf8')).toBe(box);
  });
});

describe('wrong usage', () => {
  it.each(['', '\n', 'changeme', 'one\ntwo'])('%j is refused, and nothing is stored', async (input) => {
    withUpstream();
    const { code, out } = await home.pipe(input, 'secrets', 'set', 'up');
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(await json('secrets', 'list')).toMatchObject({ secrets: [{ id: 'up', stored: false }] });
  });

  it('a value among the arguments is not repeated', async () => {
    const secret = value();
    const { code, out, err } = await home.pipeToProcess('x', 'secrets', 'set', 'up', secret);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain('Pipe it');
    expect(err).not.toContain(secret);
  });
});
