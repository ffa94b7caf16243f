import { describe, expect, it } from 'vitest';
import { fc } from '../../../property.ts';
import { picoToUsd, usdToPico, usdToPicoExact } from '../../../../shared/domain/money.ts';

describe('usdToPico', () => {
  it.each([
    ['0', 1, 0],
    ['5.00', 1, 5_000_000_000_000],
    ['0.000000000001', 1, 1],
    ['3', 1_000_000, 3_000_000],
    ['0.083333', 1_000_000, 83_333],
    ['0.075', 1_000_000, 75_000],
    ['0.1', 1, 100_000_000_000],
    ['2.50', 1000, 2_500_000_000],
  ])('%s US dollars for %d tokens are %d a token', (text, per, pico) => {
    expect(usdToPico(text, per)).toBe(pico);
  });

  it('rounds once, to the nearest', () => {
    expect(usdToPico('1', 3)).toBe(333_333_333_333);
    expect(usdToPico('2', 3)).toBe(666_666_666_667);
    expect(usdToPico('0.0000000000005')).toBe(1);
    expect(usdToPico('0.00000000000049')).toBe(0);
  });

  it('knows its range', () => {
    expect(usdToPico('9007.199254740991')).toBe(Number.MAX_SAFE_INTEGER);
    expect(usdToPico('9007.199254740992')).toBeUndefined();
    expect(usdToPico('999999999999', 1_000_000)).toBeUndefined();
  });

  it.each(['', '.5', '5.', '-1', '1e3', '1,5', ' 1', '0x10', 'NaN'])('does not read %j', (text) => {
    expect(usdToPico(text)).toBeUndefined();
  });

  it.each([0, -1, 1.5, Number.NaN])('does not divide by %d tokens', (per) => {
    expect(usdToPico('1', per)).toBeUndefined();
  });
});

describe('usdToPicoExact', () => {
  it.each([
    ['0', 0n],
    ['5', 5_000_000_000_000n],
    ['0.000000000001', 1n],
    ['999999999999.999999999999', 999_999_999_999_999_999_999_999n],
    ['9007199.254740993', 9_007_199_254_740_993_000n],
  ])('takes %s whole', (text, pico) => {
    expect(usdToPicoExact(text)).toBe(pico);
    expect(picoToUsd(pico)).toBe(text);
  });

  it.each(['', '.5', '5.', '-1', '1e3', '0.0000000000001', ' 1', '١'])('does not take %j', (text) => {
    expect(usdToPicoExact(text)).toBeUndefined();
  });
});

describe('picoToUsd', () => {
  it.each([
    [0, '0'],
    [1_100_000_000, '0.0011'],
    [1, '0.000000000001'],
    [5_000_000_000_000, '5'],
    [12_345_678_901_234, '12.345678901234'],
    [-1_500_000_000_000, '-1.5'],
    [Number.MAX_SAFE_INTEGER, '9007.199254740991'],
    [123_456_789_012_345_678_901n, '123456789.012345678901'],
  ])('writes %s as %s', (pico, text) => {
    expect(picoToUsd(pico)).toBe(text);
  });

  it('is undone by reading, for every amount', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (pico) => {
        expect(usdToPico(picoToUsd(pico))).toBe(pico);
      }),
    );
  });
});
