/** Which client stands where, what a search leaves, how a heartbeat is told, what is there to copy. */
import { describe, expect, it } from 'vitest';
import { genericSettings, rootOf } from '../../../../renderer/features/keys/generic.ts';
import { beatState, lastBeat } from '../../../../renderer/features/keys/heartbeat.ts';
import { clientWord, fitsSearch, groupClients, otherKeys } from '../../../../renderer/features/keys/listing.ts';
import { clientEntry, exchange, keyEntry } from './samples.ts';

describe('the groups', () => {
  it('put a client with a key first, whatever else is true of it', () => {
    const groups = groupClients([
      clientEntry({ id: 'a', key: { id: 'a', state: 'active' }, support: 'partial' }),
      clientEntry({ id: 'b', installed: '~/.b' }),
      clientEntry({ id: 'c' }),
    ]);
    expect(groups.connected.map(({ id }) => id)).toEqual(['a']);
    expect(groups.found.map(({ id }) => id)).toEqual(['b']);
    expect(groups.others.map(({ id }) => id)).toEqual(['c']);
  });

  it('offer nothing that cannot be connected, also when it is installed', () => {
    const groups = groupClients([clientEntry({ id: 'no', support: 'none', installed: '~/.no' })]);
    expect(groups.found).toEqual([]);
    expect(groups.limited.map(({ id }) => id)).toEqual(['no']);
  });

  it('keep one that is limited among those found where it is installed, else among the limited', () => {
    const groups = groupClients([
      clientEntry({ id: 'here', support: 'partial', installed: '~/.here' }),
      clientEntry({ id: 'away', support: 'partial' }),
    ]);
    expect(groups.found.map(({ id }) => id)).toEqual(['here']);
    expect(groups.limited.map(({ id }) => id)).toEqual(['away']);
  });

  it('leave the keys of other programs, and only those', () => {
    const keys = [keyEntry('ide'), keyEntry('report')];
    const clients = [clientEntry({ id: 'claude-code', key: { id: 'ide', state: 'active' } })];
    expect(otherKeys(keys, clients).map(({ id }) => id)).toEqual(['report']);
  });
});

describe('the search', () => {
  it('wants every word, in any text and any case', () => {
    expect(fitsSearch('code CLAUDE', 'Claude Code', null)).toBe(true);
    expect(fitsSearch('code vs', 'Claude Code', '~/.claude')).toBe(false);
    expect(fitsSearch('', 'anything')).toBe(true);
  });

  it('a name becomes a label without anything to quote', () => {
    expect(clientWord('  Nächtlicher Bericht / 2 ')).toBe('na-chtlicher-bericht-2');
    expect(clientWord('夜')).toBe('program');
  });
});

describe('a heartbeat', () => {
  const last = { request_id: 'req_1', at: '2026-01-01T10:00:00.000Z', target: 'demo/echo', status: 200 };

  it('is the newest of what came live and what the ledger had', () => {
    const newer = exchange({ request_id: 'req_2', key: 'ide', at: '2026-01-01T10:00:05.000Z', status: 503 });
    const older = exchange({ request_id: 'req_0', key: 'ide', at: '2026-01-01T09:00:00.000Z' });
    expect(lastBeat('ide', last, [newer])?.id).toBe('req_2');
    expect(lastBeat('ide', last, [older])?.id).toBe('req_1');
  });

  it('is never that of another key', () => {
    expect(lastBeat('ide', null, [exchange({ key: 'other' })])).toBeUndefined();
  });

  it('says connected only after a request that worked', () => {
    expect(beatState('active', undefined)).toBe('never');
    expect(beatState('active', lastBeat('ide', last, []))).toBe('ok');
    expect(beatState('active', lastBeat('ide', { ...last, status: 429 }, []))).toBe('failing');
    const running = exchange({ key: 'ide', outcome: 'open', status: null, at: '2026-01-01T11:00:00.000Z' });
    expect(beatState('active', lastBeat('ide', last, [running]))).toBe('running');
  });

  it('says that a key opens nothing, whatever came before', () => {
    expect(beatState('disabled', lastBeat('ide', last, []))).toBe('closed');
    expect(beatState('expired', undefined)).toBe('closed');
  });
});

describe('settings of any program', () => {
  const words = { addresses: 'A', addressesPlace: 'p', variables: 'V', variablesPlace: 'q', apiKey: 'Key' };

  it('give the root to Anthropic and Gemini, and /v1 to OpenAI', () => {
    const [addresses, posix, windows] = genericSettings('http://127.0.0.1:4790', 'KEY', words);
    expect(addresses?.text).toBe(
      'OpenAI: http://127.0.0.1:4790/v1\nAnthropic: http://127.0.0.1:4790\nGemini: http://127.0.0.1:4790\nKey: KEY',
    );
    expect(posix?.text).toContain('export OPENAI_BASE_URL="http://127.0.0.1:4790/v1"');
    expect(windows?.text).toContain("$env:ANTHROPIC_BASE_URL = 'http://127.0.0.1:4790'");
  });

  it('name this machine by numbers', () => {
    expect(rootOf(['http://[::1]:4790', 'http://127.0.0.1:4790'])).toBe('http://127.0.0.1:4790');
    expect(rootOf(['http://0.0.0.0:4791/'])).toBe('http://127.0.0.1:4791');
    expect(rootOf([])).toBe('http://127.0.0.1:4790');
  });
});
