// Profiles of a real file: switching writes it and nothing else, changes what requests through the port meet, and drops none of them.
import { createHash } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { startFake, type Fake } from '../../fakes/fake.ts';
import { question } from '../gateway/refusals.ts';
import { send, startTestGateway, testKey, type TestGateway } from '../gateway/support.ts';
import { openFile, refusalOf, type ConfigFile } from './support.ts';

let opened: ConfigFile | undefined;

afterEach(async () => {
  await opened?.close();
  opened = undefined;
});

async function open(text: string): Promise<ConfigFile> {
  opened = await openFile(text);
  return opened;
}

const sample = `version: 1
routes:
  - { alias: smart, targets: [demo/echo] }
# What I switch between.
profiles:
  - id: work            # the day job
    name: At work
    use_model: smart
    masking: { enabled: true }
    routes:
      - { alias: office, targets: [demo/slow] }
  - id: home
`;

describe('a profile is chosen', () => {
  it('in the file, with its comments, and in force when that is done', async () => {
    const file = await open(sample);
    const { store, applied } = file;
    expect(store.profiles.list()).toEqual([
      { id: 'work', name: 'At work' },
      { id: 'home', name: 'home' },
    ]);
    expect(store.profiles.choice()).toBeNull();
    const before = store.snapshot.id;
    await store.profiles.choose('work');
    expect(file.text()).toBe(`${sample}\nuse_profile: work\n`);
    expect(store.profiles.choice()).toBe('work');
    expect(store.snapshot.id).not.toBe(before);
    expect(store.config.masking.enabled).toBe(true);
    await store.profiles.choose('home');
    expect(store.config.masking.enabled).toBe(false);
    await store.profiles.choose(null);
    expect(file.text()).toBe(sample);
    expect(store.snapshot.id).toBe(before);
    expect(applied).toHaveLength(4);
  });

  it('and nothing is written for one that is not there, or is chosen already', async () => {
    const file = await open(sample);
    const { store, applied } = file;
    expect(await refusalOf(store.profiles.choose('wrok'))).toBe(
      'control.not_found: There is no profile "wrok". Is it work?',
    );
    expect(await refusalOf(store.profiles.choose('something-else'))).toBe(
      'control.not_found: There is no profile "something-else". There are: work, home.',
    );
    await store.profiles.choose(null);
    expect(file.text()).toBe(sample);
    expect(applied).toHaveLength(1);
  });
});

describe('with a profile in force', () => {
  it('the model that is chosen is written where it counts', async () => {
    const file = await open(sample);
    const { store } = file;
    await store.profiles.choose('work');
    expect(store.models.choice()).toBe('smart');
    await store.models.choose('demo/echo');
    expect(file.text()).toContain('    use_model: demo/echo\n');
    await store.models.choose(null);
    expect(file.text()).toContain('    use_model: null\n');
    expect(store.models.choice()).toBeNull();
    await store.profiles.choose('home');
    await store.models.choose('smart');
    expect(file.text()).toMatch(/^use_model: smart$/m);
  });

  it('an alias that only the profile has can be chosen', async () => {
    const file = await open(sample.replace('    use_model: smart\n', ''));
    const { store } = file;
    await store.profiles.choose('work');
    await store.models.choose('office');
    expect(file.text()).toContain('use_model: office');
    expect(store.snapshot.routes[0]).toMatchObject({ choice: 'office' });
    await store.profiles.choose(null);
    expect(store.models.choice()).toBeNull();
  });

  it('the window reads what the file says and changes it, and may name no file in a profile', async () => {
    const file = await open(sample);
    const { store } = file;
    await store.profiles.choose('work');
    const { config, origins } = await store.editing.read();
    expect(config).toMatchObject({ use_profile: 'work', masking: { enabled: false }, profiles: [{ id: 'work' }, {}] });
    expect(origins['/profiles/0/masking']?.where).toBe('sluice.yaml, line 9');
    await store.editing.change({
      edits: [{ op: 'set', path: ['profiles', 0, 'masking', 'enabled'], value: false }],
      revision: undefined,
      dry_run: false,
    });
    expect(file.text()).toContain('masking: { enabled: false }');
    expect(store.snapshot.masking).toBeUndefined();
    const named = store.editing.change({
      edits: [{ op: 'set', path: ['profiles', 1, 'masking'], value: { enabled: true, env_files: ['/etc/shadow'] } }],
      revision: undefined,
      dry_run: false,
    });
    expect(await refusalOf(named)).toMatch(/^control\.refused: masking\.env_files names files/);
  });

  it('a provider that any of them names is not removed', async () => {
    const { store } = await open(
      'version: 1\nproviders: [{ id: box, kind: ollama }]\nprofiles: [{ id: work, use_model: box/llama3 }]\n',
    );
    expect(await refusalOf(store.providers.remove('box'))).toContain('of profile "work"');
  });

  it('other rules are tried in place of those in force', async () => {
    const { store } = await open(sample);
    await store.profiles.choose('work');
    const { masking, firewall } = await store.rulesWith({
      file: 'tried.yaml',
      text: 'firewall: [{ id: tried, topics: [gold] }]',
    });
    expect(masking?.kinds).toEqual(store.snapshot.masking?.kinds);
    expect(firewall.map(({ id }) => id)).toEqual(['tried']);
  });
});

it('a list of terms that only a profile names must be there', async () => {
  const file = await open(sample);
  const { store } = file;
  const refused = store.edit((document) => {
    document.setIn(['profiles', 1, 'masking'], { enabled: true, terms_files: ['nowhere.txt'] });
  });
  expect(await refusalOf(refused)).toMatch(/^config\.invalid: .*"nowhere\.txt" does not exist/);
  expect(file.text()).toBe(sample);
});

describe('through the port', () => {
  let gateway: TestGateway;
  let fake: Fake;

  afterEach(async () => {
    await gateway.stop();
    await fake.close();
  });

  it('switching changes route and masking for the next request, and drops none that runs', async () => {
    fake = await startFake({ dialect: 'openai' });
    const digest = createHash('sha256').update(testKey).digest('hex');
    const { store, applied } = await open(`version: 1
providers:
  - { id: up, kind: openai-compatible, base_url: "${fake.url}/v1", local: true, keys: [{ name: main, value: sk-of-up-${'x'.repeat(20)} }] }
virtual_keys: [{ id: test, value: "sha256:${digest}" }]
routes: [{ alias: smart, targets: [up/private] }]
profiles:
  - { id: work, masking: { enabled: true, detectors: [email] }, routes: [{ alias: smart, targets: [up/office] }] }
`);
    gateway = await startTestGateway('');
    gateway.gateway.apply(store.snapshot);
    const switched = async (id: string | null): Promise<void> => {
      await store.profiles.choose(id);
      const snapshot = applied.at(-1);
      if (snapshot !== undefined) gateway.gateway.apply(snapshot);
    };
    const statuses: number[] = [];
    let isOver = false;
    const crowd = Promise.all(
      [1, 2, 3].map(async () => {
        while (!isOver) statuses.push((await send(gateway, question('chat', 'smart'))).status);
      }),
    );
    const slow = send(gateway, question('chat', 'demo/slow', 'hello', true));
    const say = async (): Promise<[unknown, boolean]> => {
      await send(gateway, question('chat', 'smart', 'mail dana.smith@example.com'));
      const asked = fake.requests.map(({ body }) => body.toString('utf8')).findLast((text) => text.includes('mail '));
      return [(JSON.parse(asked ?? '{}') as { model?: string }).model, asked?.includes('dana.smith@') === true];
    };
    expect(await say()).toEqual(['private', true]);
    await switched('work');
    expect(await say()).toEqual(['office', false]);
    const last = gateway.records.findLast(({ decision }) => decision?.asked === 'smart');
    expect(last?.decision?.rule).toMatchObject({ id: 'smart', origin: 'sluice.yaml, line 7' });
    await switched(null);
    expect(await say()).toEqual(['private', true]);
    isOver = true;
    await crowd;
    expect([(await slow).status, (await slow).torn]).toEqual([200, false]);
    expect(new Set(statuses)).toEqual(new Set([200]));
  });
});
