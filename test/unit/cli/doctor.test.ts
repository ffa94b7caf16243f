import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { clients, type ClientFacts } from '../../../main/cli/doctor/clients.ts';
import { checkAddress, checkKey, checkProxy, givenTo } from '../../../main/cli/doctor/environment.ts';
import {
  nothingGiven,
  readSettings,
  type ClientSettings,
  type Environment,
} from '../../../main/cli/doctor/settings.ts';
import { terminal } from './terminal.ts';

const [claude, codex, gemini] = ['claude-code', 'codex', 'gemini-cli'].map((id) =>
  clients.find((one) => one.id === id),
);
if (claude === undefined || codex === undefined || gemini === undefined) throw new Error('a client is missing');
const urls = ['http://127.0.0.1:4790', 'http://[::1]:4790'];
const home = mkdtempSync(join(tmpdir(), 'sluice-doctor-'));

afterAll(() => {
  rmSync(home, { recursive: true, force: true });
});

const inShell = (env: Environment): ClientSettings => givenTo(claude, env, nothingGiven);

/** What the client takes with this file of its own below the home directory. */
async function withFile(client: ClientFacts, text: string, env: Environment = {}): Promise<ClientSettings> {
  const { folder = '', name = '' } = client.settings ?? {};
  mkdirSync(join(home, folder), { recursive: true });
  writeFileSync(join(home, folder, name), text);
  return givenTo(client, env, await readSettings(client.settings, { env, home }));
}

describe('proxies', () => {
  it('are no matter when none is set or this machine is left out', () => {
    expect(checkProxy({})).toEqual([]);
    expect(checkProxy({ HTTP_PROXY: 'http://p', NO_PROXY: 'localhost, 127.0.0.1' })[0]?.result).toBe('ok');
    expect(checkProxy({ http_proxy: 'http://p', no_proxy: '*' })[0]?.result).toBe('ok');
    expect(checkProxy({ ALL_PROXY: 'http://p', no_proxy: '127.0.0.0/8,localhost' })[0]?.result).toBe('ok');
  });

  it('are named when they would be asked for this machine', () => {
    const [finding] = checkProxy({ HTTP_PROXY: 'http://user:secret@p', NO_PROXY: 'localhost' });
    expect(finding).toMatchObject({ result: 'note', message: expect.stringContaining('127.0.0.1') as string });
    expect(JSON.stringify(finding)).not.toContain('secret');
  });
});

describe('the address a client takes', () => {
  it.each(['http://127.0.0.1:4790', 'http://localhost:4790/c/sk-sluice-x/v1', 'http://[::1]:4790/'])(
    'is this gateway: %s',
    (address) => {
      expect(checkAddress(claude, inShell({ ANTHROPIC_BASE_URL: address }), urls).result).toBe('ok');
    },
  );

  it.each(['https://api.anthropic.com', 'http://127.0.0.1:4791', 'https://127.0.0.1:4790', 'not an address'])(
    'is not: %s',
    (address) => {
      const finding = checkAddress(claude, inShell({ ANTHROPIC_BASE_URL: address }), urls);
      expect(finding).toMatchObject({ result: 'fail', mend: 'export ANTHROPIC_BASE_URL=http://127.0.0.1:4790' });
    },
  );

  it('is shown without the key that may be in its path', () => {
    const finding = checkAddress(claude, inShell({ ANTHROPIC_BASE_URL: 'http://u:pass@other:1/c/sk-sluice-x' }), urls);
    expect(finding.message).toContain('http://other:1');
    expect(JSON.stringify(finding)).not.toMatch(/sk-sluice|pass/);
  });

  it('may be somewhere else when no variable is set', () => {
    expect(checkAddress(claude, inShell({}), urls).result).toBe('note');
  });
});

describe('the key a client takes', () => {
  it('is that of the strongest variable, and the losers are named, never a value', () => {
    const finding = checkKey(
      claude,
      inShell({ ANTHROPIC_AUTH_TOKEN: 'first-value', ANTHROPIC_API_KEY: 'second-value' }),
    );
    expect(finding).toMatchObject({ result: 'note', mend: 'unset ANTHROPIC_API_KEY' });
    expect(JSON.stringify(finding)).not.toContain('-value');
    expect(checkKey(claude, inShell({ ANTHROPIC_AUTH_TOKEN: 'same', ANTHROPIC_API_KEY: 'same' })).result).toBe('ok');
    expect(checkKey(claude, inShell({ ANTHROPIC_API_KEY: 'only' })).result).toBe('ok');
    expect(checkKey(claude, inShell({})).result).toBe('note');
  });
});

describe('the settings file of a client', () => {
  const provider = `
model = "demo/echo"
model_provider = "sluice" # which one
[model_providers.other]
base_url = "https://api.example.com/v1"
[model_providers.sluice]
name = "Sluice"
base_url = "http://127.0.0.1:4790/v1"
env_key = "SLUICE_KEY"
request_max_retries = 4
`;

  it('of Codex names the chosen provider and the variable of its key', async () => {
    const given = await withFile(codex, provider, { SLUICE_KEY: 'the-key', OPENAI_API_KEY: 'another' });
    expect(checkAddress(codex, given, urls)).toMatchObject({
      result: 'ok',
      message: 'base_url of [model_providers.sluice] in ~/.codex/config.toml leads here.',
    });
    expect(given.keys.map(({ value }) => value)).toEqual(['the-key']);
    expect(checkKey(codex, given).result).toBe('ok');
  });

  it('of Codex may name a variable that is not set', async () => {
    const given = await withFile(codex, provider, { OPENAI_API_KEY: 'another' });
    expect(given.keys).toEqual([]);
    expect(checkKey(codex, given)).toMatchObject({
      result: 'note',
      mend: 'export SLUICE_KEY=<a key of `sluice keys create`>',
    });
  });

  it('of Codex may lead its own login here, with our key in the path', async () => {
    const given = await withFile(codex, 'openai_base_url = "http://127.0.0.1:4790/c/sk-sluice-x/v1"\n');
    expect(given.keys).toEqual([
      { where: 'The path of openai_base_url in ~/.codex/config.toml', value: 'sk-sluice-x' },
    ]);
    expect(checkAddress(codex, given, urls).result).toBe('ok');
  });

  it('of Codex without a provider of ours is answered with what to write', async () => {
    const given = await withFile(codex, 'model = "gpt-5"\n', { OPENAI_BASE_URL: 'http://127.0.0.1:4790/v1' });
    const finding = checkAddress(codex, given, urls);
    expect(finding.result).toBe('note');
    expect(finding.mend).toContain('base_url = "http://127.0.0.1:4790/v1"');
    expect(checkKey(codex, given).mend).toContain('env_key');
  });

  it('of Claude Code wins over the shell', async () => {
    const file = { env: { ANTHROPIC_BASE_URL: 'https://elsewhere.example', ANTHROPIC_AUTH_TOKEN: 'first-value' } };
    const env = { ANTHROPIC_BASE_URL: 'http://127.0.0.1:4790', ANTHROPIC_AUTH_TOKEN: 'second-value' };
    const given = await withFile(claude, JSON.stringify(file), env);
    expect(checkAddress(claude, given, urls)).toMatchObject({
      result: 'fail',
      message:
        'ANTHROPIC_BASE_URL in ~/.claude/settings.json leads to https://elsewhere.example, which is not this gateway.',
    });
    const key = checkKey(claude, given);
    expect(key).toMatchObject({ result: 'note', mend: 'unset ANTHROPIC_AUTH_TOKEN' });
    expect(JSON.stringify(key)).not.toContain('-value');
  });

  it.each(['not JSON', '[]', 'null', '{"env":7}', '{"env":{"ANTHROPIC_BASE_URL":7}}'])(
    'that cannot be made out counts as none: %s',
    async (text) => {
      const env = { ANTHROPIC_BASE_URL: 'http://127.0.0.1:4790' };
      expect(await withFile(claude, text, env)).toEqual(inShell(env));
    },
  );

  it('of Gemini CLI is made of lines', async () => {
    const text = '# mine\nexport GOOGLE_GEMINI_BASE_URL="http://127.0.0.1:4790"\nGEMINI_API_KEY=the-key\n';
    const given = await withFile(gemini, text);
    expect(checkAddress(gemini, given, urls).result).toBe('ok');
    expect(given.keys[0]?.value).toBe('the-key');
  });

  it('is looked for where the client was told to keep it', async () => {
    const env = { CODEX_HOME: join(home, 'moved') };
    mkdirSync(env.CODEX_HOME);
    writeFileSync(join(env.CODEX_HOME, 'config.toml'), provider);
    const read = await readSettings(codex.settings, { env, home: '/nowhere' });
    expect(read.addresses[0]?.value).toBe('http://127.0.0.1:4790/v1');
  });
});

describe('doctor', () => {
  it('names in its help every client it can look at', async () => {
    const { run, out } = terminal();
    await run('doctor', '--help');
    for (const { id } of clients) expect(out.join('\n')).toContain(id);
  });

  it('is 0 where nothing was ever started, and makes nothing', async () => {
    const { run, out, asked } = terminal();
    expect(await run('doctor', '--json', '--data', '/nowhere/data')).toBe(0);
    const { ok, checks } = JSON.parse(out.join('')) as { ok: boolean; checks: { result: string; check: string }[] };
    expect(ok).toBe(true);
    expect(checks.map(({ check, result }) => `${check}: ${result}`)).toEqual([
      'data directory: note',
      'config file: note',
      'instance: note',
    ]);
    expect(asked).toEqual([]);
  });
});
