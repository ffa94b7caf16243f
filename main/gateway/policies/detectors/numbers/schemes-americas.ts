/** Identity and tax numbers of American countries, as their authorities publish them. */
import { digitAt, isDay, isMonotone, luhn, pair, weighted } from './checks.ts';
import { shape } from './scheme.ts';
import type { Scheme } from './scheme.ts';

const id = ['id'] as const;
const tax = ['tax'] as const;
const both = ['id', 'tax'] as const;

/** Numbers the Social Security Administration never gives: area 000, 666, 9xx, group 00, serial 0000; and those printed in advertisements. */
function isSocialSecurity(digits: string): boolean {
  const area = digits.slice(0, 3);
  if (area === '000' || area === '666' || area[0] === '9' || digits.slice(3, 5) === '00' || digits.slice(5) === '0000')
    return false;
  return digits !== '123456789' && digits !== '078051120' && digits !== '219099999' && !isMonotone(digits);
}

/** Remainder by 11, 10 and 11 counting as 0, over digits and (since 2026, CNPJ) capital letters as their code less 48. */
function brazilianCheck(text: string, length: number, weights: readonly number[]): boolean {
  const rest = weighted(text.slice(0, length), weights) % 11;
  return (rest < 2 ? 0 : 11 - rest) === digitAt(text, length);
}

const isBrazilian = (digits: string): boolean =>
  !isMonotone(digits) &&
  brazilianCheck(digits, 9, [10, 9, 8, 7, 6, 5, 4, 3, 2]) &&
  brazilianCheck(digits, 10, [11, 10, 9, 8, 7, 6, 5, 4, 3, 2]);

const isBrazilianCompany = (text: string): boolean =>
  !isMonotone(text) &&
  brazilianCheck(text, 12, [5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]) &&
  brazilianCheck(text, 13, [6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]);

const isBrazilianWork = (digits: string): boolean => brazilianCheck(digits, 10, [3, 2, 9, 8, 7, 6, 5, 4, 3, 2]);

const mexicanValues = '0123456789ABCDEFGHIJKLMN&OPQRSTUVWXYZ Ñ';
const curpValues = '0123456789ABCDEFGHIJKLMNÑOPQRSTUVWXYZ';
function isCurp(text: string): boolean {
  let sum = 0;
  for (let i = 0; i < 17; i++) sum += curpValues.indexOf(text.charAt(i)) * (18 - i);
  return isDay(pair(text, 6), pair(text, 8)) && (10 - (sum % 10)) % 10 === digitAt(text, 17);
}

function isRfc(text: string): boolean {
  const padded = text.padStart(13, ' ');
  if (!isDay(pair(padded, 6), pair(padded, 8))) return false;
  let sum = 0;
  for (let i = 0; i < 12; i++) sum += mexicanValues.indexOf(padded.charAt(i)) * (13 - i);
  const check = (11 - (sum % 11)) % 11;
  return padded[12] === (check === 10 ? 'A' : String(check));
}

function isArgentineTax(digits: string): boolean {
  const rest = (11 - (weighted(digits, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11)) % 11;
  return rest < 10 && rest === digitAt(digits, 10);
}

function isChilean(text: string): boolean {
  const body = text.slice(0, -1);
  let sum = 0;
  for (let i = 0; i < body.length; i++) sum += digitAt(body, body.length - 1 - i) * (2 + (i % 6));
  const check = (11 - (sum % 11)) % 11;
  return text.slice(-1) === (check === 10 ? 'K' : String(check));
}

function isColombianTax(digits: string): boolean {
  const rest = weighted(digits, [41, 37, 29, 23, 19, 17, 13, 7, 3]) % 11;
  return (rest < 2 ? rest : 11 - rest) === digitAt(digits, 9);
}

const isEcuadorian = (digits: string): boolean =>
  pair(digits, 0) >= 1 && (pair(digits, 0) <= 24 || pair(digits, 0) === 30) && luhn(digits.slice(0, 10));
const isUruguayan = (digits: string): boolean =>
  (10 - (weighted(digits, [2, 9, 8, 7, 6, 3, 4]) % 10)) % 10 === digitAt(digits, 7);

const cedula = ['cédula', 'cedula', 'c.c.', 'c.i.', 'cédula de ciudadanía', 'cédula de identidad'];

export const americanSchemes: readonly Scheme[] = [
  {
    subtype: 'us_ssn',
    kind: 'national_id',
    pattern: shape('\\d{3}_\\d{2}_\\d{4}'),
    words: ['ssn', 'ss#', 'social security', 'soc sec', 'social security number'],
    groups: id,
    lenient: true,
    valid: isSocialSecurity,
  },
  {
    subtype: 'us_ssn',
    kind: 'national_id',
    pattern: shape('\\d{3}[-\\u2010-\\u2013]\\d{2}[-\\u2010-\\u2013]\\d{4}'),
    valid: isSocialSecurity,
    alone: 'always',
  },
  {
    subtype: 'us_itin',
    kind: 'tax_id',
    pattern: shape('9\\d{2}_[5-9]\\d_\\d{4}'),
    words: ['itin', 'individual taxpayer'],
    groups: both,
    lenient: true,
  },
  {
    subtype: 'us_itin',
    kind: 'tax_id',
    pattern: shape('9\\d{2}-(?:5\\d|6[0-5]|7\\d|8[0-8]|9[0-24-9])-\\d{4}'),
    alone: 'always',
  },
  {
    subtype: 'us_ein',
    kind: 'tax_id',
    pattern: shape('\\d{2}[- ]?\\d{7}'),
    words: ['ein', 'fein', 'employer identification', 'employer id'],
    groups: tax,
    lenient: true,
  },
  { subtype: 'us_ptin', kind: 'tax_id', pattern: shape('P\\d{8}'), words: ['ptin'], lenient: true },
  {
    subtype: 'ca_sin',
    kind: 'national_id',
    pattern: shape('\\d{3}_\\d{3}_\\d{3}'),
    valid: luhn,
    words: ['social insurance', 'sin', 'assurance sociale', 'nas'],
    groups: id,
  },
  {
    subtype: 'ca_bn',
    kind: 'tax_id',
    pattern: shape('\\d{9}_R[TPCMRZ]_\\d{4}'),
    alone: 'always',
    words: ['business number', 'gst/hst'],
    groups: tax,
    lenient: true,
  },
  {
    subtype: 'mx_curp',
    kind: 'national_id',
    pattern: shape('[A-Z][AEIOUX][A-Z]{2}\\d{6}[HMX][A-Z]{5}[A-Z0-9]\\d'),
    valid: isCurp,
    alone: 'always',
    words: ['curp'],
    groups: id,
    lenient: true,
  },
  {
    subtype: 'mx_rfc',
    kind: 'tax_id',
    pattern: shape('[A-ZÑ&]{3,4}_\\d{6}_[A-Z0-9]{2}[0-9A]'),
    valid: isRfc,
    alone: 'always',
    words: ['rfc', 'r.f.c.', 'r.f.c', 'registro federal'],
    groups: tax,
    lenient: true,
  },
  {
    subtype: 'mx_nss',
    kind: 'national_id',
    pattern: shape('\\d{2}_\\d{2}_\\d{2}_\\d{4}_\\d'),
    valid: luhn,
    words: ['nss', 'imss', 'seguridad social', 'seguro social'],
    groups: id,
  },
  {
    subtype: 'br_cpf',
    kind: 'national_id',
    pattern: shape('\\d{3}_\\d{3}_\\d{3}_\\d{2}'),
    valid: isBrazilian,
    alone: 'written',
    words: ['cpf'],
    groups: both,
  },
  {
    subtype: 'br_cnpj',
    kind: 'tax_id',
    pattern: shape('[A-Z0-9]{2}_[A-Z0-9]{3}_[A-Z0-9]{3}_[A-Z0-9]{4}_\\d{2}'),
    valid: isBrazilianCompany,
    alone: 'written',
    words: ['cnpj'],
    groups: tax,
  },
  {
    subtype: 'br_pis',
    kind: 'national_id',
    pattern: shape('\\d{3}_\\d{5}_\\d{2}_\\d'),
    valid: isBrazilianWork,
    alone: 'written',
    words: ['pis', 'pasep', 'pis/pasep', 'nis'],
    groups: id,
  },
  {
    subtype: 'br_rg',
    kind: 'national_id',
    pattern: shape('\\d{1,2}_\\d{3}_\\d{3}_[\\dX]'),
    words: ['rg', 'registro geral', 'carteira de identidade'],
    lenient: true,
  },
  {
    subtype: 'br_titulo',
    kind: 'national_id',
    pattern: shape('\\d{4}_\\d{4}_\\d{4}'),
    words: ['título de eleitor', 'título eleitoral'],
    lenient: true,
  },
  {
    subtype: 'ar_dni',
    kind: 'national_id',
    pattern: shape('\\d{1,2}_\\d{3}_\\d{3}'),
    words: ['dni', 'd.n.i.', 'documento nacional de identidad', 'documento'],
    lenient: true,
  },
  {
    subtype: 'ar_cuit',
    kind: 'tax_id',
    pattern: shape('(?:2[03-7]|3[034])_\\d{8}_\\d'),
    valid: isArgentineTax,
    alone: 'written',
    words: ['cuit', 'cuil', 'c.u.i.t', 'c.u.i.l'],
    groups: tax,
  },
  {
    subtype: 'cl_rut',
    kind: 'national_id',
    pattern: shape('\\d{1,2}_\\d{3}_\\d{3}_[\\dK]'),
    valid: isChilean,
    words: ['rut', 'rol único', 'r.u.t', 'rut/run'],
    groups: both,
  },
  {
    subtype: 'cl_rut',
    kind: 'national_id',
    pattern: shape('\\d{1,2}\\.\\d{3}\\.\\d{3}-[\\dK]'),
    valid: isChilean,
    alone: 'always',
  },
  {
    subtype: 'co_nit',
    kind: 'tax_id',
    pattern: shape('\\d{3}_\\d{3}_\\d{3}_\\d'),
    valid: isColombianTax,
    words: ['nit', 'n.i.t'],
    groups: tax,
    lenient: true,
  },
  {
    subtype: 'ec_cedula',
    kind: 'national_id',
    pattern: shape('\\d{9}_\\d'),
    valid: isEcuadorian,
    words: cedula,
    groups: id,
  },
  { subtype: 'ec_ruc', kind: 'tax_id', pattern: shape('\\d{10}001'), words: ['ruc'], groups: tax, lenient: true },
  {
    subtype: 'do_cedula',
    kind: 'national_id',
    pattern: shape('\\d{3}_\\d{7}_\\d'),
    valid: luhn,
    alone: 'written',
    words: cedula,
    groups: id,
  },
  {
    subtype: 'uy_ci',
    kind: 'national_id',
    pattern: shape('\\d_\\d{3}_\\d{3}_\\d'),
    valid: isUruguayan,
    words: cedula,
    groups: id,
  },
  {
    subtype: 've_ci',
    kind: 'national_id',
    pattern: shape('[VE]_\\d{1,2}_\\d{3}_\\d{3}'),
    words: cedula,
    groups: id,
    lenient: true,
  },
  {
    subtype: 've_rif',
    kind: 'tax_id',
    pattern: shape('[VEJPGC]_\\d{8}_\\d'),
    words: ['rif', 'r.i.f'],
    groups: tax,
    lenient: true,
  },
  {
    subtype: 'co_cc',
    kind: 'national_id',
    pattern: shape('\\d_\\d{3}_\\d{3}_\\d{3}|\\d{1,4}_\\d{3}_\\d{3}|\\d{6,10}'),
    words: [...cedula, 'tarjeta de identidad'],
    lenient: true,
  },
  { subtype: 'pe_dni', kind: 'national_id', pattern: shape('\\d{8}'), words: ['dni'], lenient: true },
  {
    subtype: 'pe_ruc',
    kind: 'tax_id',
    pattern: shape('(?:10|15|17|20)\\d{9}'),
    valid: isArgentineTax,
    words: ['ruc'],
    groups: tax,
    lenient: true,
  },
  {
    subtype: 'gt_cui',
    kind: 'national_id',
    pattern: shape('\\d{4}_\\d{5}_\\d{4}'),
    words: ['cui', 'dpi'],
    lenient: true,
  },
  { subtype: 'sv_dui', kind: 'national_id', pattern: shape('\\d{8}-\\d'), words: ['dui'], lenient: true },
  { subtype: 'cr_cedula', kind: 'national_id', pattern: shape('[1-9]-\\d{4}-\\d{4}'), words: cedula, lenient: true },
];
