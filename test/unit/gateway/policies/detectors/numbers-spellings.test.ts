import { describe, expect, it } from 'vitest';
import { found } from './numbers-found.ts';

const card = ['4539', '5787', '6362', '1486'];
const iban = 'DE' + '89370400440532013000';

describe('values in spellings that hide them', () => {
  it.each([
    ['ip_address', 'from 81.2.69[.]142 last', '81.2.69[.]142'],
    ['ip_address', 'from 81[.]2[.]69[.]142 last', '81[.]2[.]69[.]142'],
    ['credit_card', `card ${card.join('  ')} exp`, card.join('  ')],
    ['credit_card', `card ${card.join(' - ')} exp`, card.join(' - ')],
    ['credit_card', `card ${card.join('_')} exp`, card.join('_')],
    ['credit_card', `card ${card.join('\n')} exp`, card.join('\n')],
    ['iban', `IBAN ${[...iban].join(' ')} ok`, [...iban].join(' ')],
    ['mac_address', 'moved to 0c42.a1f7.9e03 on em0', '0c42.a1f7.9e03'],
    ['phone', 'Anna (044 216 98 23); ok', '044 216 98 23'],
    ['phone', 'call +1 . 303 . 243 . 5051 now', '+1 . 303 . 243 . 5051'],
    ['phone', 'Tel. 06 1 386 3369', '06 1 386 3369'],
    ['phone', 'Anna Berg\nM: 969 63 342', '969 63 342'],
    ['geo', 'the tracker pinged at 48.2036, 16.3601 today', '48.2036, 16.3601'],
    ['date_of_birth', 'D O B :  12 May 1980', '12 May 1980'],
    ['national_id', '<dt>PESEL</dt>\n<dd>44051401359</dd>', '44051401359'],
  ] as const)('%s: %s', (kind, text, value) => {
    expect(found(text)).toContainEqual([kind, value]);
  });

  it.each([
    'V14\n5872\n5873\n9330\n9331\n9350\n',
    '[.1FA2.0020.0002][.0000.0029.0002]',
    '10[.]0[.]0[.]1',
    'a[1] and 5[.]',
  ])('what only looks like one is left alone: %s', (text) => {
    expect(found(text)).toEqual([]);
  });

  it('a line with a value is no heading of a table', () => {
    expect(found('IMEI 864342138444972, last seen\n> went to Graz, 8010\n')).toContainEqual([
      'device_id',
      '864342138444972',
    ]);
  });
});
