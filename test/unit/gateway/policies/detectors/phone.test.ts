import { describe, expect, it } from 'vitest';
import { found } from './numbers-found.ts';

describe('a telephone number', () => {
  it.each([
    '+1 (415) 867-5309',
    '+44 7400 120703',
    '+49 (0) 171 1234567',
    '+353.22.19933',
    '0034 810 18 58 75',
    '0062 812-619-640',
    '(415) 867-5309',
    '415-867-5309',
    '0121 249 7845',
    '03-1238-7488',
    '1-800-356-9377',
    '138 1234 5678',
    '8-912-345-67-89',
    '0812-3456-7890',
    '06-12345678',
  ])('%s is known by how it is written', (value) => {
    expect(found(`Look: ${value}, please.`)).toEqual([['phone', value]]);
  });

  it.each([
    ['Mobile: 0490 39 07 81', '0490 39 07 81'],
    ['Fax: 345-899-3560x4587', '345-899-3560x4587'],
    ['Contacto: 321 1234927 ext 660', '321 1234927 ext 660'],
    ['They are not answering at 78 651 450', '78 651 450'],
    ['781 1704 office', '781 1704'],
    ['手机号13812345678', '13812345678'],
    ['Мобильный 8 912 345-67-89', '8 912 345-67-89'],
    ['TEL;TYPE=work,voice:212 327 384', '212 327 384'],
    ['{"system":"phone","value":"691 260 5262"}', '691 260 5262'],
    ['mail@kessler.de or 02217367.', '02217367'],
    ['name,phone,city\nMara,40634841,Oslo', '40634841'],
  ])('is found by what stands beside it in %j', (text, value) => {
    expect(found(text)).toContainEqual(['phone', value]);
  });

  it.each([
    'order 415-867-5309',
    'phone: 2024-01-02',
    'contact 10.0.0.12',
    '415-155-0123',
    '(0-9) 2-3 4 and 100-200-300',
    'M0 0 1 7.65 8.07 89 89 0 0 1',
    '0123456789 0101 1100 1010',
    '@@ -12,7 +12,9 @@ 12345678-1234',
    '9.999e+1000000000',
  ])('is not seen in: %s', (text) => {
    expect(found(text)).toEqual([]);
  });
});
