import { describe, expect, it } from 'vitest';
import { clients } from '../../../main/cli/doctor/clients.ts';
import { checkAddress, checkKey, checkProxy } from '../../../main/cli/doctor/environment.ts';
import { terminal } from './terminal.ts';

const claude = clients[0];
if (claude === undefined) throw new Error('there is no client');
const urls = ['http://127.0.0.1:4790', 'http://[::1]:4790'];

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
      expect(checkAddress(claude, { ANTHROPIC_BASE_URL: address }, urls).result).toBe('ok');
    },
  );

  it.each(['https://api.anthropic.com', 'http://127.0.0.1:4791', 'https://127.0.0.1:4790', 'not an address'])(
    'is not: %s',
    (address) => {
      const finding = checkAddress(claude, { ANTHROPIC_BASE_URL: address }, urls);
      expect(finding).toMatchObject({ result: 'fail', mend: 'export ANTHROPIC_BASE_URL=http://127.0.0.1:4790' });
    },
  );

  it('is shown without the key that may be in its path', () => {
    const finding = checkAddress(claude, { ANTHROPIC_BASE_URL: 'http://u:pass@other:1/c/sk-sluice-x' }, urls);
    expect(finding.message).toContain('http://other:1');
    expect(JSON.stringify(finding)).not.toMatch(/sk-sluice|pass/);
  });

  it('may be somewhere else when no variable is set', () => {
    expect(checkAddress(claude, {}, urls).result).toBe('note');
  });
});

describe('the key a client takes', () => {
  it('is that of the strongest variable, and the losers are named, never a value', () => {
    const finding = checkKey(claude, { ANTHROPIC_AUTH_TOKEN: 'first-value', ANTHROPIC_API_KEY: 'second-value' });
    expect(finding).toMatchObject({ result: 'note', mend: 'unset ANTHROPIC_API_KEY' });
    expect(JSON.stringify(finding)).not.toContain('-value');
    expect(checkKey(claude, { ANTHROPIC_AUTH_TOKEN: 'same', ANTHROPIC_API_KEY: 'same' }).result).toBe('ok');
    expect(checkKey(claude, { ANTHROPIC_API_KEY: 'only' }).result).toBe('ok');
    expect(checkKey(claude, {}).result).toBe('note');
  });
});

describe('doctor', () => {
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
