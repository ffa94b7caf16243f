import { describe, expect, it } from 'vitest';
import { activityHref, addressFrom, withChange } from '../../../../renderer/features/usage/address.ts';

const read = (query: string): ReturnType<typeof addressFrom> => addressFrom(new URLSearchParams(query));

describe('the address of Usage', () => {
  it('says everything that is shown', () => {
    expect(
      read(
        'range=90d&by=client&sub=model&measure=tokens&cumulative=1&rank=cost&limit=5&key=ide&latency=total&budget=b',
      ),
    ).toEqual({
      range: '90d',
      since: undefined,
      until: undefined,
      by: 'client',
      sub: 'model',
      measure: 'tokens',
      cumulative: true,
      rank: 'cost',
      limit: 5,
      filter: { key: 'ide' },
      latency: 'total',
      budget: 'b',
    });
  });

  it('leaves out what is no value, and ranks by what is measured', () => {
    const address = read('range=never&by=planet&sub=model&measure=cats&limit=7&model=&since=x&until=5');
    expect(address).toMatchObject({
      range: '30d',
      by: 'model',
      sub: undefined,
      measure: 'cost',
      rank: 'cost',
      limit: 10,
    });
    expect(address.filter).toEqual({});
    expect(read('measure=requests').rank).toBe('requests');
  });

  it('is a range of its own only with a beginning before its end', () => {
    expect(read('since=100&until=200')).toMatchObject({ range: 'custom', since: 100, until: 200 });
    expect(read('since=200&until=100')).toMatchObject({ range: '30d', since: undefined });
    expect(read('range=custom').range).toBe('30d');
  });

  it('loses the moments of a custom range when another range is chosen, and keeps the filters', () => {
    const next = withChange(new URLSearchParams('since=1&until=2&model=a'), { range: '7d' });
    expect(next.toString()).toBe('model=a&range=7d');
    expect(withChange(next, { model: undefined }).toString()).toBe('range=7d');
  });

  it('carries filters and time to Activity', () => {
    expect(activityHref({ model: 'a/b c', key: 'ide' }, { since: 1, until: 2 }, { error: '*' })).toBe(
      '/activity?model=a%2Fb+c&key=ide&since=1&until=2&error=*',
    );
  });
});
