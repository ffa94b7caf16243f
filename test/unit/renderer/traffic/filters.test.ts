import { describe, expect, it } from 'vitest';
import {
  activeFilters,
  queryFrom,
  spanOf,
  noFilters,
  withParams,
} from '../../../../renderer/features/traffic/filters.ts';
import { trafficCalls } from '../../../../shared/contract/traffic.ts';

const from = (text: string): ReturnType<typeof queryFrom> => queryFrom(new URLSearchParams(text));

describe('the address of Activity', () => {
  it('names every filter, and what it gives is what the call takes', () => {
    const { filter } = from(
      'key=ide&client=cursor&user=ann&team=core&session=s1&model=auto&provider=demo&target=demo/echo&status=5xx&outcome=failed' +
        '&error=*&rule=*&masked=true&firewall=*&stream=false&cached=true&losses=true&min_cost_usd=0.10&min_duration_ms=500&q=x',
    );
    expect(filter).toEqual({
      ...{ key: 'ide', client: 'cursor', user: 'ann', team: 'core', session: 's1', model: 'auto', provider: 'demo' },
      ...{ target: 'demo/echo', status: '5xx', outcome: 'failed', error: '*', rule: '*', masked: true, firewall: '*' },
      ...{ stream: false, cached: true, losses: true, min_cost_usd: '0.10', min_duration_ms: 500, q: 'x' },
    });
    expect(trafficCalls['traffic.list'].input.safeParse({ filter }).success).toBe(true);
  });

  it('leaves out what is no value of its filter, so that a broken link still shows rows', () => {
    const text = 'status=abc&outcome=nice&masked=maybe&min_cost_usd=-1&min_duration_ms=1.5&key=%20&since=x&range=year';
    expect(from(text)).toEqual({ view: 'requests', filter: {}, range: 'all', since: undefined, until: undefined });
    const long = from(`q=${'a'.repeat(900)}&model=${'b'.repeat(900)}`).filter;
    expect(trafficCalls['traffic.list'].input.safeParse({ filter: long }).success).toBe(true);
  });

  it('gives a status as a number and a class as a word', () => {
    expect(from('status=429').filter.status).toBe(429);
    expect(from('status=4xx').filter.status).toBe('4xx');
  });

  it('takes times in milliseconds for a range of their own, and counts the others back from now', () => {
    expect(spanOf(from('since=100&until=200'), 5_000)).toEqual({ since: 100, until: 200 });
    expect(spanOf(from('until=200&range=7d'), 5_000)).toEqual({ until: 200 });
    expect(spanOf(from('range=1h'), 10_000_000)).toEqual({ since: 6_400_000 });
    expect(spanOf(from(''), 5_000)).toEqual({});
  });

  it('changes one filter and leaves the rest, and clears all of them but what is open', () => {
    const params = new URLSearchParams('key=ide&id=req_1&tab=cost&since=5');
    expect(withParams(params, { error: '*' }).toString()).toBe('key=ide&id=req_1&tab=cost&since=5&error=*');
    expect(withParams(params, { key: undefined }).has('key')).toBe(false);
    expect(withParams(params, noFilters).toString()).toBe('id=req_1&tab=cost');
  });

  it('lists what is on in the order it is shown', () => {
    expect(activeFilters(from('q=x&masked=false&key=ide'))).toEqual([
      ['key', 'ide'],
      ['masked', 'false'],
      ['q', 'x'],
    ]);
  });
});
