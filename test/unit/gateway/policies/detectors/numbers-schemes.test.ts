import { describe, expect, it } from 'vitest';
import { schemes } from '../../../../../main/gateway/policies/detectors/numbers/labels.ts';
import { compactOf } from '../../../../../main/gateway/policies/detectors/numbers/scheme.ts';
import { numberExamples } from './numbers-examples.ts';
import { found } from './numbers-found.ts';

const checkOf = (subtype: string): ((compact: string) => boolean) => {
  const valid = schemes.find((scheme) => scheme.subtype === subtype && scheme.valid !== undefined)?.valid;
  if (valid === undefined) throw new Error(`${subtype} has no check.`);
  return valid;
};

describe('the check of a scheme', () => {
  // Printed by the authorities themselves, by Wikipedia or in the documentation of python-stdnum.
  it.each([
    ['uk_utr', '1955839661'],
    ['uk_nhs', '943 476 5919'],
    ['de_idnr', '36 574 261 809'],
    ['de_svnr', '15 070649 C 103'],
    ['de_kvnr', 'A123456780'],
    ['at_svnr', '1237 010180'],
    ['ch_ahv', '756.9217.0769.85'],
    ['fr_nir', '2 55 08 14 168 025 38'],
    ['es_dni', '12345678Z'],
    ['es_nie', 'X1234567L'],
    ['es_cif', 'A58818501'],
    ['it_cf', 'RSSMRA85T10A562S'],
    ['pt_nif', '123456789'],
    ['pt_cc', '00000000 0 ZZ4'],
    ['nl_bsn', '111222333'],
    ['be_nn', '85.07.30-033.28'],
    ['ie_pps', '6433435F'],
    ['se_pnr', '811218-9876'],
    ['fi_hetu', '131052-308T'],
    ['pl_pesel', '44051401359'],
    ['pl_nip', '123-456-32-18'],
    ['cz_rc', '710319/2745'],
    ['ro_cnp', '1800101221144'],
    ['bg_egn', '7523169263'],
    ['gr_amka', '01013099997'],
    ['gr_afm', '094259216'],
    ['hr_oib', '33392005961'],
    ['si_emso', '0101006500006'],
    ['ee_isikukood', '37605030299'],
    ['tr_tckn', '17291716060'],
    ['ru_inn', '7707083893'],
    ['ru_snils', '112-233-445 95'],
    ['ua_rnokpp', '1759013776'],
    ['br_cpf', '529.982.247-25'],
    ['br_cnpj', '11.222.333/0001-81'],
    ['cl_rut', '12.345.678-5'],
    ['ar_cuit', '20-05536168-2'],
    ['co_nit', '213.123.432-1'],
    ['ec_cedula', '171430710-3'],
    ['do_cedula', '001-1391820-5'],
    ['mx_curp', 'BOXW310820HNERXN09'],
    ['mx_rfc', 'GODE561231GR8'],
    ['pe_ruc', '20512333797'],
    ['ca_sin', '123-456-782'],
    ['in_aadhaar', '2341 2341 2346'],
    ['in_gstin', '27AAPFU0939F1ZV'],
    ['cn_ric', '11010519491231002X'],
    ['hk_hkid', 'G123456(A)'],
    ['tw_id', 'A123456789'],
    ['sg_nric', 'S1234567D'],
    ['jp_mynumber', '1234 5678 9018'],
    ['th_id', '1-2345-67890-12-1'],
    ['il_tz', '39337423'.padStart(9, '0')],
    ['za_id', '7503305044089'],
    ['au_tfn', '123 456 782'],
    ['au_abn', '83 914 571 673'],
    ['au_medicare', '2123 45670 1'],
    ['nz_ird', '49-091-850'],
    ['vin', '1M8GDM9AXKP042788'],
    ['imei', '490154203237518'],
    ['us_routing', '021000021'],
  ])('%s holds for the published example %s', (subtype, value) => {
    expect(checkOf(subtype)(compactOf(value))).toBe(true);
  });

  it.each(numberExamples)('$subtype holds for $value and not for its twin $twin', ({ subtype, value, twin }) => {
    expect([checkOf(subtype)(compactOf(value)), checkOf(subtype)(compactOf(twin))]).toEqual([true, false]);
  });
});

describe('a number with a word beside it', () => {
  it.each(numberExamples)(
    '$subtype is found behind its word, in JSON, XML, SQL and tables',
    ({ kind, word, value }) => {
      const name = word.replaceAll(' ', '_');
      const texts = [
        `Please note that my ${word} is ${value}, thanks.`,
        `{"customer":{"${name}":"${value}","ok":true}}`,
        `<row><${name}>${value}</${name}></row>`,
        `INSERT INTO p(${name}) VALUES ('${value}');`,
        `id;${word};city\n12;${value};Rome\n13;${value};Oslo`,
        `| Name | ${word} |\n|---|---|\n| Ann | ${value} |`,
      ];
      for (const text of texts) expect(found(text), text).toContainEqual([kind, value]);
      expect(found(value, name)).toEqual([[kind, value]]);
    },
  );

  it.each(['nl_bsn', 'pl_pesel', 'tr_tckn', 'hr_oib', 'bg_egn', 'ro_cnp', 'in_aadhaar', 'ca_sin', 'za_id'])(
    '%s with a wrong check digit is left alone',
    (subtype) => {
      const { word, twin } = numberExamples.find((example) => example.subtype === subtype) ?? { word: '', twin: '' };
      expect(found(`my ${word} is ${twin}.`).filter(([kind]) => kind === 'national_id' || kind === 'tax_id')).toEqual(
        [],
      );
    },
  );
});

describe('a number without a word', () => {
  it.each([
    ['national_id', '756.9217.0769.85'],
    ['national_id', '131052-308T'],
    ['national_id', 'RSSMRA85T10A562S'],
    ['national_id', '2 55 08 14 168 025 38'],
    ['national_id', '529.982.247-25'],
    ['national_id', '11010519491231002X'],
    ['national_id', 'KK 57 96 69 B'],
    ['national_id', '112-233-445 95'],
    ['national_id', '85.07.30-033.28'],
    ['national_id', '536-22-9145'],
    ['tax_id', '11.222.333/0001-81'],
    ['medical_id', '1EG4-TE5-MK73'],
  ] as const)('%s %s is known by itself', (kind, value) => {
    expect(found(`I wrote ${value} on it`)).toEqual([[kind, value]]);
  });

  it.each([
    'Part no. 028-770-8679-CB replaces 805-108-8710-ED.',
    'etag "e9145d8542bf0b7887cee17fafbc3939" matches',
    'OID 1.3.6.1.4.1.378265.1.1 is registered.',
    '58099176-c8ed-4ec2-a3d0-adcdd0c198fd',
    '2021-12-11T02:33:10.899Z took 1700000000000 ns, build 20240102.3',
    'for (let i = 0; i < 557546; i++) sum += a[i] * 992.27;',
    'sha512-Q2hyb21lL0FwcGxlV2ViS2l0L1NhZmFyaTEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDEyMw==',
    'tickets cost $3,272,675.00 or 10.000.000,00 EUR at 10:00–18:00',
    '#112233 #aabbcc 1920x1080 0xdeadbeef 1.800.000',
    'ISBN 978-3-16-148410-0, EAN 4006381333931, tracking 9400110200881234567890',
    '"version": "18.2.0", "engines": {"node": ">=18.12.0"}',
  ])('leaves alone: %s', (text) => {
    expect(found(text)).toEqual([]);
  });
});

describe('tricks and places', () => {
  it('sees through invisible characters, wide digits and digits of other scripts, and covers them', () => {
    for (const text of ['536\u200b-22-\u200b9145', '５３６-２２-９１４５', '٥٣٦-٢٢-٩١٤٥']) {
      expect(found(`ssn ${text}!`)).toEqual([['national_id', text]]);
    }
  });

  it('joins digits that stand one by one', () => {
    expect(found('SSN 5 3 6 - 2 2 - 9 1 4 5')).toEqual([['national_id', '5 3 6 - 2 2 - 9 1 4 5']]);
  });

  it('gives each of two words its own number', () => {
    expect(found('My SSN and EIN are 536-22-9145 and 12-3456788.')).toEqual([
      ['national_id', '536-22-9145'],
      ['tax_id', '12-3456788'],
    ]);
  });

  it('takes the number before a word in parentheses', () => {
    expect(found('943 476 5919 (NHS number)')).toEqual([['medical_id', '943 476 5919']]);
  });

  it('takes no value of the next field for a word whose own is empty', () => {
    expect(found('{"passport": "", "zip": "021391234"}')).toEqual([]);
  });

  it('finds the same whatever stands far before and behind', () => {
    const text = 'ssn 536-22-9145';
    const far = 'lorem ipsum dolor 12 34 56; '.repeat(2_000);
    expect(found(far + text + '\n' + far)).toEqual(found(text));
  });

  it.each(['1', '1 ', '-', ':', '1.1.1.1.', '4539 1488 ', 'phone 1 ', 'ssn '])(
    'finds nothing in a long run of %j',
    (piece) => {
      expect(found(piece.repeat(20_000))).toEqual([]);
    },
  );
});
