import { describe, expect, it } from 'vitest';
import { cardNetwork, isCardNumber, isIban } from '../../../../../main/gateway/policies/detectors/payment.ts';
import { found } from './numbers-found.ts';

describe('a payment card', () => {
  it.each([
    '4539 1488 0343 6467',
    '4539-1488-0343-6467',
    '4539148803436467',
    '3743-220208-47584',
    '4 5 3 9 1 4 8 8 0 3 4 3 6 4 6 7',
  ])('%s is found by its network and check digit', (value) => {
    expect(found(`paid with ${value} today`)).toEqual([['credit_card', value]]);
  });

  it('with one digit wrong is none', () => {
    expect(isCardNumber('4539148803436467')).toBe(true);
    expect(isCardNumber('4539148803436468')).toBe(false);
    expect(found('paid with 4539 1488 0343 6468 today')).toEqual([]);
  });

  it('that services publish for tests is one like any other', () => {
    expect(found('4242 4242 4242 4242')).toHaveLength(1);
  });

  it('of no network, in a fraction or in a list is left alone', () => {
    expect(cardNetwork('1234567812345670')).toBeUndefined();
    for (const text of ['1234567812345670', '0.4539148803436467', '2 1 3 0 2 9 2 3 2 0 2 0 7 0 5 0 2 0 2']) {
      expect(found(text)).toEqual([]);
    }
  });

  it('of twelve digits needs its word', () => {
    expect(found('cc 503802053770')).toEqual([['credit_card', '503802053770']]);
    expect(found('id 503802053770')).toEqual([]);
  });
});

describe('an IBAN', () => {
  it.each([
    'DE89 3704 0044 0532 0130 00',
    'DE89370400440532013000',
    'de89.3704.0044.0532.0130.00',
    'GB82 WEST 1234 5698 7654 32',
    'FR14-2004-1010-0505-0001-3M02-606',
  ])('%s is found by its check digits', (value) => {
    expect(found(`came out as ${value}, yes`)).toEqual([['iban', value]]);
  });

  it('with one digit wrong or of another length is none', () => {
    expect(isIban('DE89370400440532013000')).toBe(true);
    expect(isIban('DE89370400440532013001')).toBe(false);
    expect(isIban('DE8937040044053201300')).toBe(false);
  });
});

describe('a bank account', () => {
  it.each([
    ['sort code 45-30-50 account number 50161582', ['45-30-50', '50161582']],
    ['sort code 88-50-13, account 73232007', ['88-50-13', '73232007']],
    ['routing 119850950 acct 8535615710', ['119850950', '8535615710']],
    ['BSB 307-478 Account 198176784', ['307-478', '198176784']],
    ['Kontonummer 0532013000', ['0532013000']],
  ])('is found in %j', (text, values) => {
    expect(found(text)).toEqual(values.map((value) => ['bank_account', value]));
  });

  it('is none where only the word account stands', () => {
    expect(found('account 123456789012')).toEqual([]);
  });
});
