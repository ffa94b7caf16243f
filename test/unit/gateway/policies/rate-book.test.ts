import { describe, expect, it } from 'vitest';
import { bookAt, claimOf, noTokens, refused, taken } from './rates.ts';

describe('requests a minute', () => {
  it('are no more in any minute than the limit says, also around the edge of one', () => {
    const { book, time } = bookAt();
    const claims = [claimOf({ rpm: 10 })];
    time.ms = 59_000;
    for (let sent = 0; sent < 10; sent += 1) taken(book, claims).end();
    time.ms = 61_000;
    expect(refused(book, claims)).toMatchObject({ what: 'rpm', limit: 10, remaining: 0, retryAfterMs: 58_000 });
  });

  it('fit again at the moment that was told, and not a millisecond before', () => {
    const { book, time } = bookAt();
    const claims = [claimOf({ rpm: 2 })];
    taken(book, claims);
    time.ms = 1_234;
    taken(book, claims);
    const { retryAfterMs } = refused(book, claims);
    expect(retryAfterMs).toBe(58_766);
    time.ms += (retryAfterMs ?? 0) - 1;
    expect(refused(book, claims).retryAfterMs).toBe(1);
    time.ms += 1;
    taken(book, claims);
  });

  it('let a steady stream of exactly the limit through for ever', () => {
    const { book, time } = bookAt();
    const claims = [claimOf({ rpm: 60 })];
    for (let sent = 0; sent < 600; sent += 1) {
      taken(book, claims).end();
      time.ms += 1_000;
    }
  });

  it('count nobody who was refused', () => {
    const { book, time } = bookAt();
    const claims = [claimOf({ rpm: 1 })];
    taken(book, claims);
    for (let tries = 0; tries < 100; tries += 1) {
      time.ms += 500;
      refused(book, claims);
    }
    time.ms = 60_000;
    taken(book, claims);
  });
});

describe('tokens a minute', () => {
  const claims = [claimOf({ tpm: 1_000 })];

  it('are what was expected until it is known what was used', () => {
    const { book } = bookAt();
    const lease = taken(book, claims, { input: 300, output: 600 });
    expect(refused(book, claims, { input: 101, output: 0 })).toMatchObject({
      ...{ what: 'tpm', limit: 1_000, asked: 101, remaining: 100, retryAfterMs: 60_000 },
    });
    lease.tokens(350);
    taken(book, claims, { input: 650, output: 0 });
    expect(refused(book, claims, { input: 1, output: 0 }).remaining).toBe(0);
  });

  it('that were used beyond what was expected count from when they are known', () => {
    const { book, time } = bookAt();
    const lease = taken(book, claims, { input: 300, output: 100 });
    time.ms = 30_000;
    lease.tokens(1_500);
    lease.end();
    expect(refused(book, claims, { input: 1, output: 0 })).toMatchObject({ remaining: 0, retryAfterMs: 60_000 });
    time.ms = 90_000;
    taken(book, claims, { input: 1_000, output: 0 });
  });

  it('may be told again, and after the end', () => {
    const { book } = bookAt();
    const lease = taken(book, claims, { input: 100, output: 0 });
    lease.tokens(400);
    lease.tokens(900);
    lease.end();
    lease.tokens(200);
    lease.tokens(150);
    expect(refused(book, claims, { input: 851, output: 0 }).remaining).toBe(850);
    taken(book, claims, { input: 850, output: 0 });
  });

  it('are given back to the minute they were taken in, and no later one', () => {
    const { book, time } = bookAt();
    const long = taken(book, claims, { input: 1_000, output: 0 });
    time.ms = 70_000;
    taken(book, claims, { input: 600, output: 0 });
    long.tokens(0);
    expect(refused(book, claims, { input: 500, output: 0 }).remaining).toBe(400);
  });

  it('of the answer are taken only as far as they fit into an empty window', () => {
    const { book, time } = bookAt();
    taken(book, claims, { input: 900, output: 32_000 });
    expect(refused(book, claims, { input: 1, output: 0 }).remaining).toBe(0);
    time.ms = 60_000;
    taken(book, claims, { input: 1_000, output: 32_000 });
  });

  it('never fit when the input alone is larger than the limit', () => {
    const { book } = bookAt();
    const never = refused(book, claims, { input: 1_001, output: 5 });
    expect(never).toMatchObject({ what: 'tpm', asked: 1_001, remaining: 1_000, retryAfterMs: undefined });
  });

  it('in fractions are whole ones', () => {
    const { book } = bookAt();
    const lease = taken(book, claims, { input: 10.2, output: 0.5 });
    expect(refused(book, claims, { input: 989, output: 0 }).remaining).toBe(988);
    lease.tokens(0.1);
    expect(refused(book, claims, { input: 1_000, output: 0 }).remaining).toBe(999);
  });
});

describe('requests at a time', () => {
  const claims = [claimOf({ maxParallel: 2 })];

  it('are leases that end with their request, once', () => {
    const { book } = bookAt();
    const first = taken(book, claims);
    taken(book, claims);
    expect(refused(book, claims)).toMatchObject({ what: 'parallel', limit: 2, remaining: 0, retryAfterMs: 1_000 });
    first.end();
    first.end();
    taken(book, claims);
    refused(book, claims);
  });

  it('end at their time-out when nobody ends them, and not a millisecond before', () => {
    const { book, time } = bookAt();
    taken(book, claims, noTokens, 5_000);
    const other = taken(book, claims, noTokens, 9_000);
    time.ms = 4_999;
    expect(refused(book, claims).retryAfterMs).toBe(1);
    time.ms = 5_000;
    taken(book, claims, noTokens, 9_000);
    expect(refused(book, claims).retryAfterMs).toBe(1_000);
    other.end();
    taken(book, claims);
  });

  it('free no second place when a lost lease ends after all', () => {
    const { book, time } = bookAt();
    const lost = taken(book, claims, noTokens, 1_000);
    taken(book, claims);
    time.ms = 1_000;
    taken(book, claims);
    lost.end();
    refused(book, claims);
  });
});

describe('several limits', () => {
  it('take all or nothing', () => {
    const { book } = bookAt();
    const [wide, narrow] = [claimOf({ id: 'wide', rpm: 2 }), claimOf({ id: 'narrow', rpm: 1 })];
    taken(book, [narrow]);
    for (let tries = 0; tries < 10; tries += 1) expect(refused(book, [wide, narrow]).claim).toBe(narrow);
    taken(book, [wide]);
    taken(book, [wide]);
    refused(book, [wide]);
  });

  it('are refused by the one that takes longest, so that its moment is enough for all', () => {
    const { book, time } = bookAt();
    const [a, b] = [claimOf({ id: 'a', rpm: 1, maxParallel: 1 }), claimOf({ id: 'b', tpm: 10 })];
    taken(book, [a]).end();
    time.ms = 20_000;
    taken(book, [b], { input: 8, output: 0 }).end();
    const { claim, retryAfterMs } = refused(book, [a, b], { input: 5, output: 0 });
    expect({ id: claim.limit.id, retryAfterMs }).toEqual({ id: 'b', retryAfterMs: 60_000 });
    time.ms = 80_000;
    taken(book, [a, b], { input: 5, output: 0 });
  });

  it('of each subject are its own, and keep their count when their figures change', () => {
    const { book } = bookAt();
    taken(book, [claimOf({ rpm: 1 }, 'one')]);
    taken(book, [claimOf({ rpm: 1 }, 'two')]);
    refused(book, [claimOf({ rpm: 1 }, 'one')]);
    expect(refused(book, [claimOf({ rpm: 3, maxParallel: 1 }, 'one')])).toMatchObject({ what: 'parallel' });
    taken(book, [claimOf({ rpm: 2 }, 'one')]);
  });
});

describe('a cancelled lease', () => {
  it('was never there', () => {
    const { book } = bookAt();
    const claims = [claimOf({ rpm: 1, tpm: 100, maxParallel: 1 })];
    const lease = taken(book, claims, { input: 100, output: 0 });
    lease.cancel();
    lease.cancel();
    lease.tokens(100);
    taken(book, claims, { input: 100, output: 0 });
    refused(book, claims);
  });
});

describe('many subjects', () => {
  it('are a bounded number, of which those without use are forgotten', () => {
    const { book, time } = bookAt(0, 4);
    for (let at = 0; at < 50; at += 1) {
      taken(book, [claimOf({ rpm: 5 }, `m${String(at)}`)]).end();
      time.ms += 60_000;
    }
    expect(book.size).toBeLessThanOrEqual(4);
  });

  it('beyond that number share one count, so that none is forgotten that still counts', () => {
    const { book, time } = bookAt(0, 2);
    const of = (subject: string): Parameters<typeof taken>[1] => [claimOf({ rpm: 1 }, subject)];
    for (const subject of ['a', 'b', 'c']) taken(book, of(subject)).end();
    for (const subject of ['a', 'b', 'c', 'd', 'e']) refused(book, of(subject));
    expect(book.size).toBe(3);
    time.ms = 59_999;
    refused(book, of('c'));
    time.ms = 60_000;
    for (const subject of ['c', 'd']) taken(book, of(subject)).end();
    refused(book, of('c'));
  });
});

describe('a burst', () => {
  const claims = [claimOf({ rpm: 60, burst: 3 })];

  it('is as many requests at once, and one more each time the minute has one', () => {
    const { book, time } = bookAt(5);
    for (let sent = 0; sent < 3; sent += 1) taken(book, claims).end();
    expect(refused(book, claims)).toMatchObject({ what: 'burst', limit: 3, remaining: 0, retryAfterMs: 1_000 });
    time.ms += 999;
    expect(refused(book, claims).retryAfterMs).toBe(1);
    time.ms += 1;
    taken(book, claims);
    expect(refused(book, claims).retryAfterMs).toBe(1_000);
    time.ms += 2_500;
    taken(book, claims);
    taken(book, claims);
    expect(refused(book, claims)).toMatchObject({ what: 'burst', retryAfterMs: 500 });
  });

  it('refills to no more than itself, and leaves the minute what it is', () => {
    const { book, time } = bookAt();
    const few = [claimOf({ rpm: 4, burst: 2 })];
    time.ms = 600_000;
    taken(book, few);
    taken(book, few);
    expect(refused(book, few)).toMatchObject({ what: 'burst', retryAfterMs: 15_000 });
    time.ms += 15_000;
    taken(book, few);
    time.ms += 15_000;
    taken(book, few);
    // Both rules hold: the minute has had its four.
    time.ms += 15_000;
    expect(refused(book, few)).toMatchObject({ what: 'rpm', retryAfterMs: 15_000 });
  });

  it('waits exactly as long where a minute cannot be divided', () => {
    const { book, time } = bookAt();
    const seven = [claimOf({ rpm: 7, burst: 1 })];
    taken(book, seven);
    expect(refused(book, seven).retryAfterMs).toBe(8_572);
    time.ms = 8_571;
    refused(book, seven);
    time.ms = 8_572;
    taken(book, seven);
  });

  it('gets back what was taken for a request that was never sent', () => {
    const { book, time } = bookAt();
    taken(book, claims);
    const lease = taken(book, claims);
    time.ms = 400;
    lease.cancel();
    taken(book, claims);
    taken(book, claims);
    expect(refused(book, claims)).toMatchObject({ what: 'burst', retryAfterMs: 600 });
  });

  it('gets nothing back that it has made up for already', () => {
    const { book, time } = bookAt();
    const lease = taken(book, claims);
    time.ms = 10_000;
    for (let sent = 0; sent < 3; sent += 1) taken(book, claims);
    lease.cancel();
    expect(refused(book, claims)).toMatchObject({ what: 'burst', retryAfterMs: 1_000 });
  });
});
