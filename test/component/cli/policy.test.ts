// The real product with masking on and what was said recorded: what would leave, and what other rules would have done.
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { CallOutput } from '../../../shared/contract/contract.ts';
import { makeHome, type Home, type Running } from './instance.ts';

const key = 'sk-sluice-ide-of-a-test-0123456789';
const mail = 'dora.keller@kestrel-logistics.com';
const iban = 'DE89370400440532013000';
const token = 'canary-of-a-provider-0123456789';
const placeholder = (tag: string): string => `${tag}[2-9][bcdfghjkmnpqrstvwxyz2-9]{5}`;

type Backtest = Omit<CallOutput<'policy.backtest'>, 'next'>;

const config = (content: string, more = ''): string => `version: 1
logging: { content: ${content} }
masking: { enabled: true, detectors: [email, secrets, { id: iban, mode: warn }] }
providers: [{ id: up, kind: openai, keys: [{ value: ${token} }] }]
virtual_keys: [{ id: ide, value: "sha256:${createHash('sha256').update(key).digest('hex')}" }]
${more}`;

interface Place {
  readonly home: Home;
  readonly instance: Running;
}

async function place(content: string): Promise<Place> {
  const home = makeHome();
  mkdirSync(home.data, { mode: 0o700 });
  writeFileSync(join(home.data, 'sluice.yaml'), config(content), { mode: 0o600 });
  return { home, instance: await home.serve() };
}

/** Resolves to the id of the exchange. */
async function ask({ instance }: Place, content: string, status = 200): Promise<string> {
  const response = await fetch(`${instance.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'demo/echo', messages: [{ role: 'user', content }] }),
  });
  await response.text();
  expect(response.status).toBe(status);
  return response.headers.get('x-sluice-request-id') ?? '';
}

async function backtest({ home }: Place, ...argv: string[]): Promise<Backtest> {
  const { code, out, err } = await home.sluice('policy', 'backtest', '--json', ...argv);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return JSON.parse(out) as Backtest;
}

/** A file beside the data directory, by its name. */
function file({ home }: Place, name: string, text: string): string {
  writeFileSync(join(home.folder, name), text);
  return name;
}

const changesOf = ({ changed }: Backtest): [string, string[]][] =>
  changed.map(({ request_id, changes }) => [request_id, changes]);

describe('with what was said recorded', () => {
  let here: Place;
  const ids: Record<string, string> = {};

  beforeAll(async () => {
    here = await place('full');
    ids['plain'] = await ask(here, 'What is the weather like?');
    ids['mail'] = await ask(here, `Write to ${mail} about the parcel.`);
    ids['iban'] = await ask(here, `Pay to ${iban} today, says ${mail}.`);
    ids['falcon'] = await ask(here, 'Tell me about Project Falcon.');
    ids['secret'] = await ask(here, `What may I do with ${token}?`);
  });

  afterAll(() => here.home.leave());

  describe('sluice mask', () => {
    it('prints a text as it would leave, and says what was found beside it', async () => {
      const { code, out, err } = await here.home.pipe(`Hello ${mail},\nas to ${iban}.\n`, 'mask');
      expect(code).toBe(0);
      expect(out).toMatch(new RegExp(`^Hello ${placeholder('EMAIL')},\nas to ${iban}\\.\n$`));
      expect(err).toBe('1 value would be replaced: 1 email. Found and left as it is (mode: warn): 1 iban.\n');
    });

    it('takes a file, and gives one JSON document without the values', async () => {
      const text = `${mail} and again ${mail}`;
      const { code, out, err } = await here.home.sluice('mask', file(here, 'note.txt', text), '--json');
      expect({ code, err }).toEqual({ code: 0, err: '' });
      const found = JSON.parse(out) as CallOutput<'policy.mask'>;
      expect(found).toMatchObject({ enabled: true, counts: { email: 2 } });
      expect(found.findings).toMatchObject([
        { kind: 'email', mode: 'mask', start: 0, end: mail.length },
        { kind: 'email', mode: 'mask', end: text.length },
      ]);
      expect(found.findings[0]?.placeholder).toBe(found.findings[1]?.placeholder);
      expect(out).not.toContain(mail);
    });

    it('says the same without a running instance', async () => {
      const text = `Ask ${mail}.`;
      const running = await here.home.pipe(text, 'mask', '--json');
      const other = makeHome();
      try {
        mkdirSync(other.data, { mode: 0o700 });
        writeFileSync(join(other.data, 'sluice.yaml'), config('off'), { mode: 0o600 });
        const alone = await other.pipe(text, 'mask', '--json');
        const counts = ({ out }: { readonly out: string }): unknown =>
          (JSON.parse(out) as { readonly counts: unknown }).counts;
        expect([alone.code, counts(alone)]).toEqual([0, counts(running)]);
      } finally {
        await other.leave();
      }
    });

    it('prints the body of a request as its first target would get it', async () => {
      const body = { model: 'demo/echo', messages: [{ role: 'user', content: `Write to ${mail}.` }], n: 1 };
      const name = file(here, 'request.json', JSON.stringify(body));
      const { code, out, err } = await here.home.sluice('mask', name, '--request', '--key', 'ide');
      expect({ code, err }).toEqual({ code: 0, err: 'To demo/echo: 1 value would be replaced: 1 email.\n' });
      expect(out).toMatch(
        new RegExp(
          `^\\{"model":"demo/echo","messages":\\[\\{"role":"user","content":"Write to ${placeholder('EMAIL')}\\."\\}\\],"n":1\\}\n$`,
        ),
      );
      const json = await here.home.sluice('mask', name, '--request', '--json');
      expect(JSON.parse(json.out)).toMatchObject({ target: 'demo/echo', masked_kinds: { email: 1 }, refusal: null });
    });

    it('says what is told of a request though nothing is replaced', async () => {
      const body = { model: 'demo/echo', messages: [{ role: 'user', content: `Pay to ${iban}.` }] };
      const name = file(here, 'pay.json', JSON.stringify(body));
      const { err } = await here.home.sluice('mask', name, '--request');
      expect(err).toBe('To demo/echo: Nothing would be replaced.\nwarn: masking iban: 1 × iban\n');
    });

    it('with a request that nobody can read is 2, and with one that nobody may serve 1', async () => {
      const unread = file(here, 'unread.json', '{"model":5,"messages":[]}');
      expect(await here.home.sluice('mask', unread, '--request')).toMatchObject({
        code: 2,
        err: expect.stringContaining('unread.json: model:') as string,
      });
      const unknown = file(here, 'unknown.json', '{"model":"nobody/has-it","messages":[]}');
      expect(await here.home.sluice('mask', unknown, '--request')).toMatchObject({ code: 1, out: '' });
    });
  });

  describe('sluice policy backtest', () => {
    it('finds no change where the rules are those that were in force', async () => {
      // A value known here was replaced on its way out, and is not in the record.
      const { out } = await here.home.sluice('log', 'show', ids['secret'] ?? '', '--json');
      expect(JSON.parse(out)).toMatchObject({
        masked_kinds: { secrets: 1 },
        request_body: expect.stringContaining('***') as string,
      });
      expect(await backtest(here)).toEqual({ examined: 5, not_recorded: 0, unusable: 0, changed: [] });
      const { err } = await here.home.sluice('policy', 'backtest');
      expect(err).toBe(
        '0 of 5 requests would be treated differently than when they were sent, by the running rules.\n',
      );
    });

    it('says of other rules what each request would have met with', async () => {
      const rules = file(
        here,
        'other.yaml',
        `masking: { enabled: true, detectors: [email, secrets, { id: iban, mode: block }], terms: [parcel] }
firewall: [{ id: codename, pattern: '(?i)project\\s+falcon', action: block }, { id: hello, topics: [weather] }]
`,
      );
      const found = await backtest(here, '--bundle', rules);
      expect(found).toMatchObject({ examined: 5, not_recorded: 0, unusable: 0 });
      expect(changesOf(found)).toEqual([
        [ids['falcon'], ['refused: admit.firewall_blocked', 'codename: block']],
        [ids['iban'], ['refused: admit.masking_blocked']],
        [ids['mail'], ['+1 masked: terms']],
        [ids['plain'], ['hello: warn']],
      ]);
      expect(JSON.stringify(found)).not.toContain(mail);
      const { code, out, err } = await here.home.sluice('policy', 'backtest', '--bundle', rules);
      expect(code).toBe(0);
      expect(out.split('\n')[0]).toMatch(/^AT +REQUEST +CLIENT +MODEL +WHAT WOULD CHANGE$/);
      expect(out).toMatch(/ demo\/echo +\+1 masked: terms$/m);
      expect(err).toBe('4 of 5 requests would be treated differently by these rules.\n');
    });

    it('takes a policy bundle, with reasons beside its values, and leaves the sections that it does not have', async () => {
      const bundle = file(
        here,
        'bundle.yaml',
        `schema: sluice.bundle/1
id: acme-core
enforced:
  firewall:
    - { id: codename, pattern: { value: '(?i)project\\s+falcon', reason: 'a codename' }, action: block }
defaults: { models: {} }
`,
      );
      expect(changesOf(await backtest(here, '--bundle', bundle))).toEqual([
        [ids['falcon'], ['refused: admit.firewall_blocked', 'codename: block']],
      ]);
    });

    it('says where such a file is wrong, and changes nothing', async () => {
      const wrong = file(here, 'wrong.yaml', 'masking:\n  enabled: true\n  detecters: [email]\n');
      const ended = await here.home.sluice('policy', 'backtest', '--bundle', wrong);
      expect(ended).toMatchObject({ code: 2, out: '' });
      expect(ended.err).toMatch(/^wrong\.yaml:3:3: .*detecters.*detectors/);
      expect(await backtest(here)).toMatchObject({ examined: 5, changed: [] });
    });

    it('looks at no more than it is told to, the newest first', async () => {
      expect(await backtest(here, '--limit', '2')).toMatchObject({ examined: 2 });
      expect(await backtest(here, '--since', '2099-01-01')).toEqual({
        ...{ examined: 0, not_recorded: 0, unusable: 0, changed: [] },
      });
    });

    it('shows what the running rules would do now with what was sent before', async () => {
      const path = join(here.home.data, 'sluice.yaml');
      const text = config('full', 'firewall: [{ id: hello, topics: [weather] }]\n');
      // As editors do: never half a file.
      writeFileSync(`${path}.new`, text.replace('[email,', '[person,'), { mode: 0o600 });
      renameSync(`${path}.new`, path);
      const found = await vi.waitUntil(
        async () => {
          const now = await backtest(here);
          // The newest is looked at first: the rules may have come into force on the way to the others.
          return now.changed.some(({ request_id }) => request_id === ids['iban']) ? now : undefined;
        },
        { timeout: 30_000, interval: 200 },
      );
      expect(changesOf(found)).toEqual([
        [ids['iban'], ['-1 masked: email']],
        [ids['mail'], ['-1 masked: email']],
        [ids['plain'], ['hello: warn']],
      ]);
    });
  });
});

describe('with what was said recorded as it left', () => {
  let here: Place;

  beforeAll(async () => {
    here = await place('redacted');
    await ask(here, `Write to ${mail} about the parcel.`);
  });

  afterAll(() => here.home.leave());

  it('the record holds placeholders only, and the running rules change nothing about it', async () => {
    const { out } = await here.home.sluice('log', 'show', 'last', '--json');
    const shown = JSON.parse(out) as { readonly request_body: string };
    expect(shown.request_body).toMatch(new RegExp(`Write to ${placeholder('EMAIL')} about`));
    expect(out).not.toContain(mail);
    expect(await backtest(here)).toEqual({ examined: 1, not_recorded: 0, unusable: 0, changed: [] });
  });

  it('other rules show what they would replace besides', async () => {
    const rules = file(here, 'more.yaml', 'masking: { enabled: true, detectors: [email], terms: [parcel] }\n');
    expect(changesOf(await backtest(here, '--bundle', rules))).toEqual([
      [expect.any(String) as string, ['+1 masked: terms']],
    ]);
  });

  it('no file of the directory holds the value', async () => {
    here.instance.child.kill('SIGTERM');
    await here.instance.ended;
    const files = readdirSync(here.home.data, { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
    expect(files.map(({ name }) => name)).toContain('ledger.db');
    for (const { parentPath, name } of files)
      expect(readFileSync(join(parentPath, name)).includes(mail), name).toBe(false);
  });

  it('without a running instance it says that it needs one', async () => {
    const ended = await here.home.sluice('policy', 'backtest');
    expect(ended).toMatchObject({ code: 1, out: '' });
    expect(ended.err).toContain('sluice serve');
  });
});

describe('with nothing recorded', () => {
  it('says what has to be set', async () => {
    const here = await place('metadata');
    try {
      await ask(here, 'hello');
      expect(await here.home.sluice('policy', 'backtest')).toMatchObject({
        ...{ code: 0, out: '' },
        err: expect.stringContaining('`logging: { content: full }`') as string,
      });
    } finally {
      await here.home.leave();
    }
  });
});
