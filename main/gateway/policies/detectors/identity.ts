/** Papers and things that are a person's: passports, driving licences, health cards, vehicles, devices. */
import { licenceWords, passportWords, plateWords, recordWords, vinWords } from './identity-words.ts';
import { digitAt, luhn, weighted } from './numbers/checks.ts';
import { exactShape, shape } from './numbers/scheme.ts';
import type { Scheme } from './numbers/scheme.ts';

const digitsIn = (text: string): number => text.replace(/\D+/g, '').length;
const hasDigits = (least: number, most: number) => (text: string) => digitsIn(text) >= least && text.length <= most;

/** NHS number: weights 10 to 2, modulo 11. */
function isNhs(digits: string): boolean {
  const check = (11 - (weighted(digits, [10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11)) % 11;
  return check < 10 && check === digitAt(digits, 9);
}

/** Letter as two digits, then weights 1 and 2 with cross sums (GKV-Spitzenverband). */
function isGermanHealth(text: string): boolean {
  const digits = String(text.charCodeAt(0) - 64).padStart(2, '0') + text.slice(1, 9);
  let sum = 0;
  for (let i = 0; i < 10; i++) {
    const product = digitAt(digits, i) * (i % 2 === 0 ? 1 : 2);
    sum += Math.floor(product / 10) + (product % 10);
  }
  return sum % 10 === digitAt(text, 9);
}

const isMedicare = (digits: string): boolean => weighted(digits, [1, 3, 7, 9, 1, 3, 7, 9]) % 10 === digitAt(digits, 8);
const isDea = (text: string): boolean => weighted(text.slice(2), [1, 2, 1, 2, 1, 2]) % 10 === digitAt(text, 8);

// Transliteration and weights of 49 CFR 565.15.
const vinLetters = 'ABCDEFGHJKLMNPRSTUVWXYZ';
const vinLetterValues = '12345678123457923456789';
const vinWeights = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];

/** The ninth character is the check digit of the others: North American vehicles. */
export function isVin(text: string): boolean {
  let sum = 0;
  for (let i = 0; i < 17; i++) {
    const letter = vinLetters.indexOf(text.charAt(i));
    sum += (letter < 0 ? digitAt(text, i) : digitAt(vinLetterValues, letter)) * (vinWeights[i] as number);
  }
  const rest = sum % 11;
  return text[8] === (rest === 10 ? 'X' : String(rest)) && /[A-Z]/.test(text) && digitsIn(text) >= 5;
}

/** Check digit of a machine-readable zone: weights 7, 3, 1 (ICAO 9303). */
export function isMrzField(field: string, check: string): boolean {
  let sum = 0;
  for (let i = 0; i < field.length; i++) {
    const code = field.charCodeAt(i);
    const value = code === 60 ? 0 : code < 58 ? code - 48 : code - 55;
    sum += value * ([7, 3, 1][i % 3] as number);
  }
  return String(sum % 10) === check;
}

// Letters and digits in up to three groups with a digit and a letter among them, as plates of most countries are made.
const plate =
  '(?=[A-ZÄÖÜ0-9 \\u00b7-]{4,11}(?![A-ZÄÖÜ0-9]))(?=[^\\n]{0,9}?\\d)[A-ZÄÖÜ0-9]{1,4}(?:[ \\u00b7-][A-Z0-9]{1,5}){1,3}|(?=\\d{0,4}[A-Z])(?=[A-Z]{0,4}\\d)[A-Z0-9]{5,8}|[\\u4e00-\\u9fff][A-Z][ \\u00b7]?[A-Z0-9]{5,6}|[ABCEHKMOPTXYАВЕКМНОРСТУХ]\\d{3}[A-ZАВЕКМНОРСТУХ]{2}\\d{2,3}|\\d{2,3}[가-힣] ?\\d{4}|[\\u4e00-\\u9fff]{2,4} ?\\d{2,3} ?[\\u3040-\\u309f] ?\\d{2}-\\d{2}';

export const identitySchemes: readonly Scheme[] = [
  {
    subtype: 'passport_number',
    kind: 'passport',
    pattern: exactShape(
      '(?=[A-Za-z0-9]*\\d[A-Za-z0-9]*\\d)[A-Za-z0-9]{6,12}|[A-Z]{1,3}[ -]\\d{5,9}|\\d{2} \\d{2} \\d{6}|\\d{4} \\d{6}|[A-Z0-9]{2,4}[ -][A-Z0-9]{3,6}(?:[ -][A-Z0-9]{1,4})?',
    ),
    // Numbers of Germany and others mix letters and digits: two digits in nine characters are enough.
    fits: (text) => hasDigits(text.length === 9 ? 2 : 4, 14)(text),
    words: passportWords,
  },
  {
    subtype: 'uk_driving_licence',
    kind: 'driver_license',
    pattern: shape('[A-Z9]{5}_\\d[0156]\\d[0-3]\\d\\d_[A-Z9]{2}[A-Z0-9]{3}(?:_\\d{2})?'),
    alone: 'always',
    fits: (text) => /^[A-Z]{2}/.test(text),
  },
  {
    subtype: 'driver_license',
    kind: 'driver_license',
    pattern: exactShape(
      '[A-Z0-9]{1,5}(?:[ -]\\d{1,6}){2,5}(?:[ -][A-Z0-9]{1,2})?|[A-Z]{1,3}[ -]?\\d{4,14}[A-Z]?|(?=[A-Za-z0-9]*\\d[A-Za-z0-9]*\\d)[A-Za-z0-9]{6,18}|\\d{2,4}(?:[ /-]\\d{2,7}){1,3}',
    ),
    fits: hasDigits(4, 18),
    words: licenceWords,
  },
  {
    subtype: 'us_mbi',
    kind: 'medical_id',
    pattern: shape(
      '[1-9][AC-HJKMNP-RT-Y][AC-HJKMNP-RT-Y0-9]\\d_[AC-HJKMNP-RT-Y][AC-HJKMNP-RT-Y0-9]\\d_[AC-HJKMNP-RT-Y]{2}\\d{2}',
    ),
    alone: 'always',
    words: ['medicare', 'mbi', 'medicare number', 'medicare id', 'beneficiary'],
    groups: ['health'],
    lenient: true,
  },
  {
    subtype: 'uk_nhs',
    kind: 'medical_id',
    pattern: shape('\\d{3}_\\d{3}_\\d{4}'),
    valid: isNhs,
    words: ['nhs', 'nhs no', 'nhs number', 'chi number'],
    groups: ['health'],
  },
  {
    subtype: 'au_medicare',
    kind: 'medical_id',
    pattern: shape('[2-6]\\d{3}_\\d{5}_\\d(?:_\\d)?'),
    valid: isMedicare,
    words: ['medicare', 'medicare card', 'medicare no', 'medicare number'],
    groups: ['health'],
  },
  {
    subtype: 'de_kvnr',
    kind: 'medical_id',
    pattern: shape('[A-Z]_\\d{3}_\\d{3}_\\d{3}'),
    valid: isGermanHealth,
    words: ['kvnr', 'versichertennummer', 'versicherten-nr', 'krankenversichertennummer', 'versichertennr', 'egk'],
    groups: ['health'],
    lenient: true,
  },
  {
    subtype: 'ca_health',
    kind: 'medical_id',
    pattern: shape('\\d{4}_\\d{3}_\\d{3}(?:_[A-Z]{2})?|[A-Z]{4}_\\d{4}_\\d{4}'),
    words: ['ohip', 'health card', 'ramq', 'phn', 'care card', 'assurance maladie'],
    groups: ['health'],
    lenient: true,
  },
  {
    subtype: 'nz_nhi',
    kind: 'medical_id',
    pattern: shape('[A-HJ-NP-Z]{3}\\d{2}(?:\\d{2}|\\d[A-HJ-NP-Z])'),
    words: ['nhi', 'nhi number'],
    groups: ['health'],
    lenient: true,
  },
  {
    subtype: 'us_npi',
    kind: 'medical_id',
    pattern: shape('[12]\\d{9}'),
    valid: (digits) => luhn(`80840${digits}`),
    words: ['npi'],
  },
  {
    subtype: 'us_dea',
    kind: 'medical_id',
    pattern: shape('[A-Z]{2}\\d{7}'),
    valid: isDea,
    words: ['dea', 'dea number'],
  },
  {
    subtype: 'br_cns',
    kind: 'medical_id',
    pattern: shape('[1-9]\\d{2}_\\d{4}_\\d{4}_\\d{4}'),
    valid: (digits) => weighted(digits, [15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1]) % 11 === 0,
    words: ['cns', 'cartão nacional de saúde', 'cartão sus'],
    groups: ['health'],
  },
  {
    subtype: 'medical_record',
    kind: 'medical_id',
    pattern: exactShape(
      '(?:[A-Z]{1,5}[-:]?)?\\d{5,12}[A-Z]?|\\d{2,4}(?:[ -]\\d{2,5}){1,3}|(?=[A-Za-z]*\\d)[A-Za-z0-9]{6,14}|[A-Z]{2,4}(?:-[A-Z0-9]{2,8}){1,3}',
    ),
    fits: hasDigits(4, 17),
    words: recordWords,
    groups: ['health'],
  },
  {
    subtype: 'vin',
    kind: 'vehicle_id',
    pattern: shape('[A-HJ-NPR-Z0-9]{17}'),
    valid: isVin,
    alone: 'always',
    words: vinWords,
    lenient: true,
  },
  {
    subtype: 'license_plate',
    kind: 'vehicle_id',
    pattern: exactShape(plate),
    fits: (text) => text.length <= 12 && /\d/.test(text),
    words: plateWords,
  },
  {
    subtype: 'imei',
    kind: 'device_id',
    pattern: shape('\\d{2}_\\d{6}_\\d{6}_\\d(?:\\d)?'),
    valid: (digits) => luhn(digits.slice(0, 15)),
    words: ['imei', 'imei1', 'imei2', 'imeisv', '串号', 'номер imei'],
    lenient: true,
  },
  { subtype: 'meid', kind: 'device_id', pattern: shape('[A-F0-9]{14}'), words: ['meid'], lenient: true },
  { subtype: 'imsi', kind: 'device_id', pattern: shape('\\d{14,15}'), words: ['imsi'], lenient: true },
  {
    subtype: 'iccid',
    kind: 'device_id',
    pattern: shape('89\\d{2}_\\d{4}_\\d{4}_\\d{4}_\\d{2,4}'),
    words: ['iccid', 'sim card', 'sim number'],
    lenient: true,
  },
  {
    subtype: 'advertising_id',
    kind: 'device_id',
    pattern: shape('[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}'),
    words: ['idfa', 'gaid', 'advertising id', 'advertisingid', 'idfv', 'udid'],
    lenient: true,
  },
];

// The two lines of a passport (TD3), the two of a visa-sized card (TD2), the three of a card (TD1).
const zones = [
  /[PV][A-Z<][A-Z<]{3}[A-Z<]{39}\s{1,2}([A-Z0-9<]{9})(\d)[A-Z<]{3}(\d{6})(\d)[MFX<](\d{6})(\d)[A-Z0-9<]{14}[\d<]\d(?![A-Z0-9<])/y,
  /[ACIPV][A-Z<][A-Z<]{3}[A-Z<]{31}\s{1,2}([A-Z0-9<]{9})(\d)[A-Z<]{3}(\d{6})(\d)[MFX<](\d{6})(\d)[A-Z0-9<]{7}[\d<](?![A-Z0-9<])/y,
];
const card =
  /[ACI][A-Z0-9<][A-Z<]{3}([A-Z0-9<]{9})([\d<])[A-Z0-9<]{15}\s{1,2}(\d{6})(\d)[MFX<](\d{6})(\d)[A-Z<]{3}[A-Z0-9<]{11}\d\s{1,2}[A-Z<]{30}(?![A-Z0-9<])/y;

/** End of the machine-readable zone that begins at a place; -1 where none does. Birth date and expiry must agree with their check digits. */
export function machineZoneEnd(text: string, at: number): number {
  for (const pattern of [...zones, card]) {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match === null) continue;
    const [, , , birth = '', birthCheck = '', expiry = '', expiryCheck = ''] = match;
    if (isMrzField(birth, birthCheck) && isMrzField(expiry, expiryCheck)) return at + match[0].length;
  }
  return -1;
}
