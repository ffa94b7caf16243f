import { describe, expect, it } from 'vitest';
import { endOfDay, quietUntil } from '../../../../main/electron/notices/quiet-hours.ts';
import { zoneNamed } from '../../../../main/kit/zone.ts';

const berlin = zoneNamed('Europe/Berlin');
const at = (text: string): number => Date.parse(text);
const iso = (moment: number | undefined): string | undefined =>
  moment === undefined ? undefined : new Date(moment).toISOString();

describe('quiet hours', () => {
  const night = { from: '22:00', to: '07:30' };
  const lunch = { from: '12:00', to: '13:00' };

  it('go over midnight, and end in the morning of the right day', () => {
    expect(iso(quietUntil(at('2026-11-25T21:00:00Z'), night, berlin))).toBe('2026-11-26T06:30:00.000Z');
    expect(iso(quietUntil(at('2026-11-26T06:29:59Z'), night, berlin))).toBe('2026-11-26T06:30:00.000Z');
    expect(quietUntil(at('2026-11-26T06:30:00Z'), night, berlin)).toBeUndefined();
    expect(quietUntil(at('2026-11-25T20:59:59Z'), night, berlin)).toBeUndefined();
  });

  it('are within a day too', () => {
    expect(iso(quietUntil(at('2026-11-25T11:00:00Z'), lunch, berlin))).toBe('2026-11-25T12:00:00.000Z');
    expect(quietUntil(at('2026-11-25T12:00:00Z'), lunch, berlin)).toBeUndefined();
    expect(quietUntil(at('2026-11-25T10:59:00Z'), lunch, berlin)).toBeUndefined();
  });

  it('are none at all from a time to the same time, or when there are none', () => {
    expect(quietUntil(at('2026-11-25T21:00:00Z'), { from: '22:00', to: '22:00' }, berlin)).toBeUndefined();
    expect(quietUntil(at('2026-11-25T21:00:00Z'), null, berlin)).toBeUndefined();
  });

  it('follow the clock on the wall where it is put back and forward', () => {
    // Put back at 03:00 on 25 October, forward at 02:00 on 28 March.
    expect(iso(quietUntil(at('2026-10-24T20:30:00Z'), night, berlin))).toBe('2026-10-25T06:30:00.000Z');
    expect(iso(quietUntil(at('2027-03-27T21:30:00Z'), night, berlin))).toBe('2027-03-28T05:30:00.000Z');
    const gap = quietUntil(at('2027-03-28T00:30:00Z'), { from: '01:00', to: '02:30' }, berlin);
    expect(gap).toBeGreaterThan(at('2027-03-28T00:30:00Z'));
    expect(gap).toBeLessThanOrEqual(at('2027-03-28T01:30:00Z'));
  });

  it('that end in the hour that is there twice end when it is there for the second time', () => {
    // New York goes back from 02:00 to 01:00 on 1 November, at 06:00 UTC.
    const newYork = zoneNamed('America/New_York');
    const hours = { from: '22:00', to: '01:30' };
    expect(iso(quietUntil(at('2026-11-01T05:10:00Z'), hours, newYork))).toBe('2026-11-01T05:30:00.000Z');
    expect(quietUntil(at('2026-11-01T05:40:00Z'), hours, newYork)).toBeUndefined();
    expect(iso(quietUntil(at('2026-11-01T06:00:00Z'), hours, newYork))).toBe('2026-11-01T06:30:00.000Z');
    expect(iso(quietUntil(at('2026-11-01T06:29:59Z'), hours, newYork))).toBe('2026-11-01T06:30:00.000Z');
  });

  it('always end later than now, within a day and an hour, whenever one looks', () => {
    for (let moment = at('2026-10-24T00:00:00Z'); moment < at('2026-10-27T00:00:00Z'); moment += 420_000) {
      for (const hours of [night, lunch, { from: '02:15', to: '02:45' }]) {
        const until = quietUntil(moment, hours, berlin);
        if (until === undefined) continue;
        expect(until).toBeGreaterThan(moment);
        expect(until).toBeLessThanOrEqual(moment + 25 * 3_600_000);
      }
    }
  });
});

describe('the end of a day', () => {
  it('is its last minute on the wall, and never over', () => {
    expect(iso(endOfDay(at('2026-11-25T13:00:00Z'), berlin))).toBe('2026-11-25T22:59:00.000Z');
    expect(iso(endOfDay(at('2026-11-25T22:59:30Z'), berlin))).toBe('2026-11-25T22:59:30.000Z');
  });
});
