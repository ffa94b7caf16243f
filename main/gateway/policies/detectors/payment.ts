/** Payment cards, IBANs and bank accounts. */
import { isMonotone, luhn, mod97, weighted } from './numbers/checks.ts';
import { shape } from './numbers/scheme.ts';
import type { Scheme } from './numbers/scheme.ts';

/** What a number's beginning says it is (ISO/IEC 7812 ranges as the networks publish them); `undefined` where no network has it. */
export function cardNetwork(digits: string): string | undefined {
  const length = digits.length;
  const two = Number(digits.slice(0, 2));
  const four = Number(digits.slice(0, 4));
  if (digits[0] === '4') return length === 13 || length === 16 || length === 19 ? 'visa' : undefined;
  if (two === 34 || two === 37) return length === 15 ? 'amex' : undefined;
  if ((two >= 51 && two <= 55) || (four >= 2221 && four <= 2720)) return length === 16 ? 'mastercard' : undefined;
  if (two === 36 || two === 38 || two === 39 || (four >= 3000 && four <= 3059) || four === 3095)
    return length >= 14 && length <= 19 ? 'diners' : undefined;
  if (four >= 3528 && four <= 3589) return length >= 16 ? 'jcb' : undefined;
  if (four === 6011 || two === 65 || (four >= 6440 && four <= 6499)) return length >= 16 ? 'discover' : undefined;
  if (two === 62 || two === 81) return length >= 16 ? 'unionpay' : undefined;
  if (four >= 2200 && four <= 2204) return length >= 16 ? 'mir' : undefined;
  if (two === 50 || (two >= 56 && two <= 58) || two === 63 || two === 67) return length >= 12 ? 'maestro' : undefined;
  if (two === 60) return length >= 16 ? 'rupay' : undefined;
  if (four === 9792) return length === 16 ? 'troy' : undefined;
  return undefined;
}

/** A number that cards may have; `length` 12 to 19 and a right check digit. */
export function isCardNumber(digits: string): boolean {
  return digits.length >= 12 && digits.length <= 19 && luhn(digits) && !isMonotone(digits);
}

/** Lengths of IBANs by country (SWIFT, IBAN Registry). */
const ibanLengths: Readonly<Record<string, number>> = Object.fromEntries(
  'AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30'
    .split(' ')
    .map((entry) => [entry.slice(0, 2), Number(entry.slice(2))]),
);

/** Length of the IBANs of the country, by the first two letters. */
export function ibanLength(text: string): number | undefined {
  return ibanLengths[text.slice(0, 2).toUpperCase()];
}

/** The check digits of an IBAN in capital letters, without separators. */
export function isIban(compact: string): boolean {
  return compact.length === ibanLength(compact) && mod97(compact.slice(4) + compact.slice(0, 4)) === 1;
}

const between = (least: number, most: number) => (compact: string) => compact.length >= least && compact.length <= most;
const isRouting = (digits: string): boolean => weighted(digits, [3, 7, 1, 3, 7, 1, 3, 7, 1]) % 10 === 0;

const card = [
  'card number',
  'card no',
  'card num',
  'credit card',
  'creditcard',
  'debit card',
  'payment card',
  'card',
  'cc',
  'cc number',
  'ccnum',
  'kreditkarte',
  'kreditkartennummer',
  'kartennummer',
  'carte bancaire',
  'carte de crédit',
  'numéro de carte',
  'tarjeta',
  'carta di credito',
  'numero carta',
  'cartão',
  'cartão de crédito',
  'kortnummer',
  'kreditkort',
  'kaartnummer',
  'numer karty',
  'karta',
  'kártyaszám',
  'kart no',
  'kart numarası',
  'карты',
  'карта',
  '信用卡',
  '卡号',
  '卡號',
  'カード番号',
  'クレジットカード',
  '카드번호',
  '카드 번호',
  'بطاقة',
];
const account = [
  'account number',
  'account no',
  'account num',
  'acct',
  'acct no',
  'acct number',
  'a/c',
  'a/c no',
  'bank account',
  'checking',
  'checking account',
  'savings account',
  'kontonummer',
  'konto-nr',
  'kontonr',
  'konto nr',
  'numéro de compte',
  'n° de compte',
  'no de compte',
  'número de cuenta',
  'cuenta bancaria',
  'numero di conto',
  'conto corrente',
  'número da conta',
  'conta corrente',
  'rekeningnummer',
  'tilinumero',
  'numer konta',
  'nr konta',
  'číslo účtu',
  'számlaszám',
  'hesap no',
  'hesap numarası',
  'номер счета',
  'номер счёта',
  'расчетный счет',
  'расчётный счёт',
  '口座番号',
  '账号',
  '帳號',
  '銀行帳號',
  '银行账号',
  '银行卡号',
  '계좌번호',
  'số tài khoản',
  'nomor rekening',
  'no rekening',
  'رقم الحساب',
  'חשבון בנק',
];

export const paymentSchemes: readonly Scheme[] = [
  {
    subtype: 'card_number',
    kind: 'credit_card',
    pattern: shape('\\d{4}_\\d{2}_\\d{2}_\\d{2}_\\d{2}(?:_\\d{1,4}){0,3}|\\d{12,19}|\\d{4}_\\d{6}_\\d{4,5}'),
    valid: isCardNumber,
    words: card,
  },
  {
    subtype: 'us_routing',
    kind: 'bank_account',
    pattern: shape('\\d{4}_\\d{4}_\\d'),
    valid: isRouting,
    words: ['routing', 'routing number', 'routing no', 'aba', 'aba number', 'rtn'],
    lenient: true,
  },
  {
    subtype: 'uk_sort_code',
    kind: 'bank_account',
    pattern: shape('\\d{2}_\\d{2}_\\d{2}'),
    words: ['sort code', 'sortcode', 'sort-code'],
    lenient: true,
  },
  {
    subtype: 'au_bsb',
    kind: 'bank_account',
    pattern: shape('\\d{3}_\\d{3}'),
    words: ['bsb', 'bsb number'],
    lenient: true,
  },
  {
    subtype: 'in_ifsc',
    kind: 'bank_account',
    pattern: shape('[A-Z]{4}0[A-Z0-9]{6}'),
    words: ['ifsc', 'ifsc code'],
    lenient: true,
  },
  {
    subtype: 'mx_clabe',
    kind: 'bank_account',
    pattern: shape('\\d{3}_\\d{3}_\\d{11}_\\d'),
    words: ['clabe'],
    lenient: true,
  },
  {
    subtype: 'ca_transit',
    kind: 'bank_account',
    pattern: shape('\\d{5}-\\d{3}'),
    words: ['transit number', 'transit no', 'institution'],
    lenient: true,
  },
  {
    subtype: 'account_number',
    kind: 'bank_account',
    pattern: shape('\\d{1,6}(?:_\\d{1,8}){0,4}|\\d{5,18}'),
    fits: between(5, 18),
    words: account,
    groups: ['account'],
  },
];
