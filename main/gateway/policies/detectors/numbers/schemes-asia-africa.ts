/** Identity and tax numbers of Asia, Oceania, the Middle East and Africa, as their authorities publish them. */
import { digitAt, isDay, isMonotone, luhn, pair, verhoeff, weighted } from './checks.ts';
import { shape } from './scheme.ts';
import type { Scheme } from './scheme.ts';

const id = ['id'] as const;
const tax = ['tax'] as const;
const both = ['id', 'tax'] as const;

/** GB 11643-1999. */
function isChinese(text: string): boolean {
  const year = Number(text.slice(6, 10));
  if (year < 1880 || year > 2099 || !isDay(pair(text, 10), pair(text, 12))) return false;
  const rest = weighted(text, [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]) % 11;
  return '10X98765432'[rest] === text[17];
}

// Letters in the order of their numbers 10 to 35 (Ministry of the Interior).
const taiwanLetters = 'ABCDEFGHJKLMNPQRSTUVXYWZIO';
function isTaiwanese(text: string): boolean {
  const letter = taiwanLetters.indexOf(text.charAt(0)) + 10;
  const sum = Math.floor(letter / 10) + (letter % 10) * 9 + weighted(text.slice(1), [8, 7, 6, 5, 4, 3, 2, 1]);
  return (10 - (sum % 10)) % 10 === digitAt(text, 9);
}

function isHongKong(text: string): boolean {
  const padded = text.padStart(9, ' ');
  let sum = padded[8] === 'A' ? 10 : digitAt(padded, 8);
  for (let i = 0; i < 8; i++) {
    const code = padded.charCodeAt(i);
    const value = code === 32 ? 36 : code < 58 ? code - 48 : code - 55;
    sum += value * (9 - i);
  }
  return sum % 11 === 0;
}

const isKorean = (digits: string): boolean => isDay(pair(digits, 2), pair(digits, 4));

function isKoreanCompany(digits: string): boolean {
  const sum = weighted(digits, [1, 3, 7, 1, 3, 7, 1, 3, 5]) + Math.floor((digitAt(digits, 8) * 5) / 10);
  return (10 - (sum % 10)) % 10 === digitAt(digits, 9);
}

function isJapanese(digits: string): boolean {
  const rest = weighted(digits, [6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11;
  return (rest <= 1 ? 0 : 11 - rest) === digitAt(digits, 11);
}

function isSingaporean(text: string): boolean {
  const series = text.charAt(0);
  const offset = series === 'T' || series === 'G' ? 4 : series === 'M' ? 3 : 0;
  const rest = (weighted(text.slice(1), [2, 7, 6, 5, 4, 3, 2]) + offset) % 11;
  if (series === 'S' || series === 'T') return 'JZIHGFEDCBA'[rest] === text[8];
  return (series === 'M' ? 'XWUTRQPNJLK' : 'XWUTRQPNMLK')[rest] === text[8];
}

const isThai = (digits: string): boolean =>
  (11 - (weighted(digits, [13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11)) % 10 === digitAt(digits, 12);
const isMalaysian = (digits: string): boolean => isDay(pair(digits, 2), pair(digits, 4));
const isIndonesian = (digits: string): boolean => isDay(pair(digits, 8), pair(digits, 6) % 40) && pair(digits, 0) >= 11;
const isAadhaar = (digits: string): boolean => verhoeff(digits) && !isMonotone(digits);
const isGstin = (text: string): boolean => {
  let sum = 0;
  for (let i = 0; i < 14; i++) {
    const code = text.charCodeAt(i);
    const product = (code < 58 ? code - 48 : code - 55) * (i % 2 === 0 ? 1 : 2);
    sum += Math.floor(product / 36) + (product % 36);
  }
  const check = (36 - (sum % 36)) % 36;
  return text.charCodeAt(14) === (check < 10 ? check + 48 : check + 55);
};
const isEgyptian = (digits: string): boolean => isDay(pair(digits, 3), pair(digits, 5));
function isIranian(digits: string): boolean {
  const rest = weighted(digits, [10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11;
  return (rest < 2 ? rest : 11 - rest) === digitAt(digits, 9) && !isMonotone(digits);
}
const isSouthAfrican = (digits: string): boolean => isDay(pair(digits, 2), pair(digits, 4)) && luhn(digits);
const isTfn = (digits: string): boolean =>
  weighted(digits, digits.length === 9 ? [1, 4, 3, 7, 5, 8, 6, 9, 10] : [10, 7, 8, 4, 6, 3, 5, 1]) % 11 === 0;
const isAbn = (digits: string): boolean => (weighted(digits, [10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19]) - 10) % 89 === 0;

function isIrd(digits: string): boolean {
  const nine = digits.padStart(9, '0');
  let check = (11 - (weighted(nine, [3, 2, 7, 6, 5, 4, 3, 2]) % 11)) % 11;
  if (check === 10) check = (11 - (weighted(nine, [7, 4, 3, 2, 5, 2, 7, 6]) % 11)) % 11;
  return check === digitAt(nine, 8);
}

const eastAsia: readonly Scheme[] = [
  {
    subtype: 'cn_ric',
    kind: 'national_id',
    pattern: shape('[1-9]\\d{5}_(?:18|19|20)\\d{6}_\\d{3}[\\dX]'),
    valid: isChinese,
    alone: 'always',
    words: ['身份证', '身份證', '居民身份', 'idcardno', 'id card'],
    groups: id,
    lenient: true,
  },
  {
    subtype: 'cn_uscc',
    kind: 'tax_id',
    pattern: shape('[1-9A-HJ-NPQRTUWXY]{2}\\d{6}[0-9A-HJ-NPQRTUWXY]{10}'),
    words: ['统一社会信用代码', '信用代码', '纳税人识别号'],
    groups: tax,
    lenient: true,
  },
  {
    subtype: 'tw_id',
    kind: 'national_id',
    pattern: shape('[A-Z][1289A-D]\\d{8}'),
    valid: isTaiwanese,
    words: ['taiwan id', 'taiwanese id', '身分證', '身份證', '統一編號', '居留證', 'taiwan'],
    groups: id,
  },
  {
    subtype: 'hk_hkid',
    kind: 'national_id',
    pattern: new RegExp('[A-Z]{1,2}[ -]?\\d{6}[ -]?\\([0-9A]\\)', 'iy'),
    valid: isHongKong,
    alone: 'always',
    words: ['hkid', 'hong kong id', '身份證', '身份证'],
    groups: id,
    lenient: true,
  },
  {
    subtype: 'hk_hkid',
    kind: 'national_id',
    pattern: shape('[A-Z]{1,2}\\d{6}[0-9A]'),
    valid: isHongKong,
    words: ['hkid', 'hong kong id', '身份證'],
    groups: id,
  },
  {
    subtype: 'kr_rrn',
    kind: 'national_id',
    pattern: shape('\\d{6}[- ]?[1-8]\\d{6}'),
    valid: isKorean,
    words: ['주민등록번호', '주민번호', '외국인등록번호', 'rrn', 'resident registration'],
    groups: id,
    lenient: true,
  },
  {
    subtype: 'kr_rrn',
    kind: 'national_id',
    pattern: shape('\\d{6}[-\\u2010-\\u2013][1-8]\\d{6}'),
    valid: isKorean,
    alone: 'always',
  },
  {
    subtype: 'kr_brn',
    kind: 'tax_id',
    pattern: shape('\\d{3}-\\d{2}-\\d{5}'),
    valid: isKoreanCompany,
    words: ['사업자등록번호', '사업자번호'],
    groups: tax,
    lenient: true,
  },
  {
    subtype: 'jp_mynumber',
    kind: 'national_id',
    pattern: shape('\\d{4}_\\d{4}_\\d{4}'),
    valid: isJapanese,
    words: ['マイナンバー', '個人番号', 'my number', 'my number is', 'mynumber', '個人識別番号'],
    groups: both,
    lenient: true,
  },
  {
    subtype: 'sg_nric',
    kind: 'national_id',
    pattern: shape('[STFGM]_\\d{7}_[A-Z]'),
    valid: isSingaporean,
    alone: 'always',
    words: ['nric', 'fin number', 'singapore id'],
    groups: id,
    lenient: true,
  },
  {
    subtype: 'th_id',
    kind: 'national_id',
    pattern: shape('[1-8]_\\d{4}_\\d{5}_\\d{2}_\\d'),
    valid: isThai,
    alone: 'written',
    words: ['thai id', 'thai national id', 'เลขประจำตัวประชาชน', 'บัตรประชาชน', 'เลขบัตร'],
    groups: both,
  },
  {
    subtype: 'my_nric',
    kind: 'national_id',
    pattern: shape('\\d{6}_\\d{2}_\\d{4}'),
    valid: isMalaysian,
    words: ['nric', 'mykad', 'kad pengenalan', 'ic no', 'ic number', 'no. ic', 'no kp'],
    groups: id,
    lenient: true,
  },
  {
    subtype: 'my_nric',
    kind: 'national_id',
    pattern: shape('\\d{6}-[0-8]\\d-\\d{4}'),
    valid: isMalaysian,
    alone: 'always',
  },
  {
    subtype: 'id_nik',
    kind: 'national_id',
    pattern: shape('\\d{6}_\\d{6}_\\d{4}'),
    valid: isIndonesian,
    words: ['nik', 'ktp', 'nomor induk'],
    groups: id,
    lenient: true,
  },
  {
    subtype: 'id_npwp',
    kind: 'tax_id',
    pattern: shape('\\d{2}_\\d{3}_\\d{3}_\\d_\\d{3}_\\d{3}|\\d{15,16}'),
    words: ['npwp'],
    groups: tax,
    lenient: true,
  },
  {
    subtype: 'id_npwp',
    kind: 'tax_id',
    pattern: shape('\\d{2}\\.\\d{3}\\.\\d{3}\\.\\d-\\d{3}\\.\\d{3}'),
    alone: 'always',
  },
  {
    subtype: 'ph_philsys',
    kind: 'national_id',
    pattern: shape('\\d{4}_\\d{4}_\\d{4}(?:_\\d{4})?'),
    words: ['philsys', 'phil id', 'philid', 'pcn', 'psn'],
    lenient: true,
  },
  {
    subtype: 'ph_sss',
    kind: 'national_id',
    pattern: shape('\\d{2}-\\d{7}-\\d'),
    words: ['sss', 'sss no', 'sss number'],
    lenient: true,
  },
  {
    subtype: 'ph_umid',
    kind: 'national_id',
    pattern: shape('\\d{4}-\\d{7}-\\d'),
    words: ['umid', 'crn'],
    lenient: true,
  },
  {
    subtype: 'ph_tin',
    kind: 'tax_id',
    pattern: shape('\\d{3}-\\d{3}-\\d{3}(?:-\\d{3,5})?'),
    words: ['tin'],
    groups: tax,
    lenient: true,
  },
  {
    subtype: 'vn_cccd',
    kind: 'national_id',
    pattern: shape('0\\d{2}_\\d{3}_\\d{3}_\\d{3}|\\d{9}'),
    words: ['cccd', 'căn cước', 'cmnd', 'chứng minh nhân dân', 'so cccd'],
    lenient: true,
  },
  {
    subtype: 'vn_mst',
    kind: 'tax_id',
    pattern: shape('\\d{10}(?:-\\d{3})?'),
    words: ['mst', 'mã số thuế'],
    lenient: true,
  },
];

const southAsia: readonly Scheme[] = [
  {
    subtype: 'in_aadhaar',
    kind: 'national_id',
    pattern: shape('[2-9]\\d{3}_\\d{4}_\\d{4}'),
    valid: isAadhaar,
    alone: 'written',
    words: ['aadhaar', 'aadhar', 'adhaar', 'uidai', 'आधार'],
    groups: id,
  },
  {
    subtype: 'in_pan',
    kind: 'tax_id',
    pattern: shape('[A-Z]{3}[ABCFGHJKLPTE][A-Z]\\d{4}[A-Z]'),
    alone: 'always',
    words: ['pan', 'pan card', 'पैन'],
    groups: tax,
    lenient: true,
  },
  {
    subtype: 'in_gstin',
    kind: 'tax_id',
    pattern: shape('[0-3]\\d[A-Z]{5}\\d{4}[A-Z][A-Z0-9]Z[A-Z0-9]'),
    valid: isGstin,
    alone: 'always',
    words: ['gstin', 'gst no', 'gst number'],
    groups: tax,
    lenient: true,
  },
  {
    subtype: 'in_voter',
    kind: 'national_id',
    pattern: shape('[A-Z]{3}\\d{7}'),
    words: ['voter id', 'epic no', 'voter card', 'elector'],
    lenient: true,
  },
  {
    subtype: 'pk_cnic',
    kind: 'national_id',
    pattern: shape('[1-7]\\d{4}_\\d{7}_\\d'),
    words: ['cnic', 'nadra', 'nicop'],
    groups: id,
    lenient: true,
  },
  { subtype: 'pk_cnic', kind: 'national_id', pattern: shape('[1-7]\\d{4}-\\d{7}-\\d'), alone: 'always' },
  {
    subtype: 'bd_nid',
    kind: 'national_id',
    pattern: shape('\\d{17}|\\d{13}|\\d{10}'),
    words: ['nid', 'bangladesh id', 'জাতীয় পরিচয়পত্র', 'এনআইডি'],
    lenient: true,
  },
  {
    subtype: 'lk_nic',
    kind: 'national_id',
    pattern: shape('\\d{9}[VX]|(?:19|20)\\d{10}'),
    words: ['nic', 'nic no', 'sri lanka'],
    groups: id,
    lenient: true,
  },
];

const middleEast: readonly Scheme[] = [
  {
    subtype: 'il_tz',
    kind: 'national_id',
    pattern: shape('\\d{8}_\\d'),
    valid: luhn,
    words: ['teudat zehut', 'תעודת זהות', 'מספר זהות', 'ת.ז', 'ת"ז', 'israeli id'],
    groups: id,
  },
  {
    subtype: 'ae_eid',
    kind: 'national_id',
    pattern: shape('784_(?:19|20)\\d{2}_\\d{7}_\\d'),
    valid: luhn,
    words: ['emirates id', 'eid', 'الهوية', 'هوية'],
    groups: id,
    lenient: true,
  },
  { subtype: 'ae_eid', kind: 'national_id', pattern: shape('784-(?:19|20)\\d{2}-\\d{7}-\\d'), alone: 'always' },
  {
    subtype: 'sa_id',
    kind: 'national_id',
    pattern: shape('[12]\\d{9}'),
    valid: luhn,
    words: ['iqama', 'saudi id', 'رقم الهوية', 'هوية', 'إقامة'],
    groups: id,
  },
  {
    subtype: 'eg_nid',
    kind: 'national_id',
    pattern: shape('[23]_\\d{2}_\\d{2}_\\d{2}_\\d{2}_\\d{4}_\\d'),
    valid: isEgyptian,
    words: ['الرقم القومي', 'egyptian id', 'raqam qawmi', 'رقم قومي'],
    groups: id,
  },
  {
    subtype: 'kw_civil',
    kind: 'national_id',
    pattern: shape('[23]\\d{11}'),
    words: ['civil id', 'الرقم المدني', 'بطاقة مدنية'],
    lenient: true,
  },
  { subtype: 'qa_qid', kind: 'national_id', pattern: shape('[23]\\d{10}'), words: ['qid', 'qatar id'], lenient: true },
  {
    subtype: 'ir_melli',
    kind: 'national_id',
    pattern: shape('\\d{3}_\\d{6}_\\d'),
    valid: isIranian,
    words: ['کد ملی', 'کدملی', 'melli', 'شماره ملی', 'national code'],
    groups: id,
  },
];

const africa: readonly Scheme[] = [
  {
    subtype: 'za_id',
    kind: 'national_id',
    pattern: shape('\\d{6}_\\d{4}_[01]\\d_\\d'),
    valid: isSouthAfrican,
    words: ['sa id', 'south african id', 'rsa id', 'said number'],
    groups: id,
  },
  {
    subtype: 'ng_nin',
    kind: 'national_id',
    pattern: shape('\\d{4}_\\d{3}_\\d{4}|\\d{11}'),
    words: ['nin', 'national identification number', 'nimc'],
    lenient: true,
  },
  {
    subtype: 'ng_bvn',
    kind: 'national_id',
    pattern: shape('22\\d{9}'),
    words: ['bvn', 'bank verification'],
    lenient: true,
  },
  {
    subtype: 'ke_kra',
    kind: 'tax_id',
    pattern: shape('[AP]\\d{9}[A-Z]'),
    words: ['kra', 'kra pin'],
    groups: tax,
    lenient: true,
  },
  {
    subtype: 'ke_id',
    kind: 'national_id',
    pattern: shape('\\d{7,8}'),
    words: ['kenyan id', 'kenya id', 'huduma', 'kitambulisho', 'namba ya kitambulisho'],
    lenient: true,
  },
  {
    subtype: 'gh_card',
    kind: 'national_id',
    pattern: shape('GHA-\\d{9}-\\d'),
    alone: 'always',
    words: ['ghana card'],
    lenient: true,
  },
  { subtype: 'ug_nin', kind: 'national_id', pattern: shape('C[MF]\\d{5}[A-Z0-9]{7}'), words: ['nin'], lenient: true },
  {
    subtype: 'tz_nida',
    kind: 'national_id',
    pattern: shape('(?:19|20)\\d{6}-\\d{5}-\\d{5}-\\d{2}'),
    alone: 'always',
    words: ['nida'],
  },
  {
    subtype: 'ma_cin',
    kind: 'national_id',
    pattern: shape('[A-Z]{1,2}\\d{5,6}'),
    words: ['cin', 'cnie'],
    lenient: true,
  },
];

const oceania: readonly Scheme[] = [
  {
    subtype: 'au_tfn',
    kind: 'tax_id',
    pattern: shape('\\d{3}_\\d{3}_\\d{2,3}'),
    valid: isTfn,
    words: ['tfn', 'tax file'],
    groups: tax,
  },
  {
    subtype: 'au_abn',
    kind: 'tax_id',
    pattern: shape('\\d{2}_\\d{3}_\\d{3}_\\d{3}'),
    valid: isAbn,
    words: ['abn', 'business number'],
    groups: tax,
  },
  {
    subtype: 'nz_ird',
    kind: 'tax_id',
    pattern: shape('\\d{2,3}_\\d{3}_\\d{3}'),
    valid: isIrd,
    words: ['ird', 'inland revenue'],
    groups: tax,
    lenient: true,
  },
];

export const asianAndAfricanSchemes: readonly Scheme[] = [
  ...eastAsia,
  ...southAsia,
  ...middleEast,
  ...africa,
  ...oceania,
];
