/** Dates as people write them, and the words that make one a date of birth. */
import { isDay } from './numbers/checks.ts';

// Months in full and as abbreviated, of languages that write them in letters; the longest must win, so they are sorted by length.
const months =
  'january february march april may june july august september october november december jan feb mar apr jun jul aug sep sept oct nov dec januar februar märz mai juni juli oktober dezember jänner mrz dez okt janvier février mars avril juin juillet août septembre octobre novembre décembre janv févr avr juil déc enero febrero marzo abril mayo junio julio agosto septiembre setiembre octubre noviembre diciembre ene abr ago dic gennaio febbraio aprile maggio giugno luglio settembre ottobre novembre dicembre gen mag giu lug set ott janeiro fevereiro março maio junho julho setembro outubro novembro dezembro fev januari februari maart mei augustus maj augusti januar marts maj juni juli desember tammikuuta helmikuuta maaliskuuta huhtikuuta toukokuuta kesäkuuta heinäkuuta elokuuta syyskuuta lokakuuta marraskuuta joulukuuta stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia ledna února března dubna května června července srpna září října listopadu prosince január február március április május június július augusztus szeptember október november december ianuarie februarie martie aprilie iunie iulie septembrie octombrie noiembrie decembrie ocak şubat mart nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık января февраля марта апреля мая июня июля августа сентября октября ноября декабря січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня ιανουαρίου φεβρουαρίου μαρτίου απριλίου μαΐου ιουνίου ιουλίου αυγούστου σεπτεμβρίου οκτωβρίου νοεμβρίου δεκεμβρίου siječnja veljače ožujka travnja svibnja lipnja srpnja kolovoza rujna studenoga prosinca januari februari maret mei juni juli agustus oktober desember januar ogos disember มกราคม กุมภาพันธ์ มีนาคม เมษายน พฤษภาคม มิถุนายน กรกฎาคม สิงหาคม กันยายน ตุลาคม พฤศจิกายน ธันวาคม يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر ינואר פברואר מרץ אפריל מאי יוני יולי אוגוסט ספטמבר אוקטובר נובמבר דצמבר जनवरी फरवरी मार्च अप्रैल मई जून जुलाई अगस्त सितंबर अक्टूबर नवंबर दिसंबर';

const month = `(?:${[...new Set(months.split(' '))].sort((a, b) => b.length - a.length).join('|')})`;
const ordinal = '(?:st|nd|rd|th|er|[ºª°.])?';
const link = "(?:[ \\u00a0]?(?:of|de|del|di|d[’']|ב)[ \\u00a0])?";
const year = "(?:'?\\d{2}|\\d{4})";
const stop = '(?![A-SU-Za-z0-9_]|T(?!\\d\\d))';

const numeric = new RegExp(`(\\d{1,4})([-./ ]|\\. )(\\d{1,2})\\2(\\d{4}|\\d{1,2})(?:[ ]?(?:г|р)\\.)?${stop}`, 'y');
const dayFirst = new RegExp(
  `\\d{1,2}${ordinal}[ \\u00a0.,/-]{0,2}${link}[ ]?${month}[ \\u00a0.,/-]{0,2}${link}${year}${stop}`,
  'iy',
);
const monthFirst = new RegExp(`${month}[ \\u00a0./-]{0,2}\\d{1,2}${ordinal}[ ,./-]{0,2}${year}${stop}`, 'iy');
const yearFirst = new RegExp(`\\d{4}[ .,/-]{1,2}(?:év )?${month}[ .,/-]{1,2}\\d{1,2}\\.?${stop}`, 'iy');
const characters =
  /(?:(?:明治|大正|昭和|平成|令和|民国|民國)[ ]?(?:\d{1,3}|元)|\d{2,4})[ ]?[年년][ ]?\d{1,2}[ ]?[月월][ ]?\d{1,2}[ ]?[日일号號]?/y;
const vietnamese = /\d{1,2} tháng \d{1,2}(?:,? năm)? \d{4}/iy;
const run = /(?:(?:19|20)\d{2}(\d{2})(\d{2})|(\d{2})(\d{2})(?:19|20)\d{2})(?!\d)/y;

function numericEnd(text: string, at: number): number {
  numeric.lastIndex = at;
  const match = numeric.exec(text);
  if (match === null) return -1;
  const [, first = '', , second = '', third = ''] = match;
  const isYearFirst = first.length === 4;
  if (first.length === 3 || (isYearFirst && third.length > 2)) return -1;
  const ok = isYearFirst
    ? isDay(Number(second), Number(third))
    : isDay(Number(second), Number(first)) || isDay(Number(first), Number(second));
  return ok ? numeric.lastIndex : -1;
}

/** End of the date that begins at a place; -1 where none does. */
export function dateEnd(text: string, at: number): number {
  const code = text.charCodeAt(at);
  if (code >= 48 && code <= 57) {
    const end = numericEnd(text, at);
    if (end > 0) return end;
    run.lastIndex = at;
    const match = run.exec(text);
    if (match !== null && isDay(Number(match[1] ?? match[4]), Number(match[2] ?? match[3]))) return run.lastIndex;
    if (match !== null && isDay(Number(match[1] ?? match[3]), Number(match[2] ?? match[4]))) return run.lastIndex;
  }
  for (const pattern of code <= 57 ? [dayFirst, yearFirst, characters, vietnamese] : [monthFirst, characters]) {
    pattern.lastIndex = at;
    if (pattern.test(text)) return pattern.lastIndex;
  }
  return -1;
}

/** Words before a date of birth, or names of fields that hold one. */
export const birthWords: readonly string[] = [
  'date of birth',
  'dob',
  'd.o.b',
  'd o b',
  'd. o. b',
  'b. date',
  'birth date',
  'birthdate',
  'birthday',
  'bday',
  'bdate',
  '(b.',
  'födelsedag',
  'kelahiran',
  'nasc.',
  'f.n.',
  '日生',
  '일생',
  'born',
  'born on',
  'birth',
  'geboren',
  'geb.',
  'geb am',
  '(*',
  '(* ',
  'geburtsdatum',
  'geburtstag',
  'né le',
  'née le',
  'né(e) le',
  'né',
  'née',
  'date de naissance',
  'naissance',
  'nacido',
  'nacida',
  'nací',
  'nació',
  'fecha de nacimiento',
  'f. nac',
  'fecha nac',
  'nacimiento',
  'nato il',
  'nata il',
  'nato',
  'nata',
  'data di nascita',
  'nascita',
  'data de nascimento',
  'nascido',
  'nascida',
  'nasci',
  'nascimento',
  'dt_nasc',
  'geboortedatum',
  'födelsedatum',
  'född',
  'fødselsdato',
  'født',
  'fødd',
  'syntymäaika',
  'syntymäpäivä',
  'syntynyt',
  'fæðingardagur',
  'data urodzenia',
  'urodzony',
  'urodzona',
  'ur.',
  'ur. dnia',
  'datum narození',
  'narozen',
  'narozena',
  'nar.',
  'dátum narodenia',
  'narodený',
  'születési',
  'született',
  'szül',
  'data nașterii',
  'născut',
  'născută',
  'doğum tarihi',
  'doğum',
  'doğumlu',
  'дата рождения',
  'родился',
  'родилась',
  'рожд',
  'д.р',
  'д/р',
  'дата народження',
  'народився',
  'народилася',
  'дата на раждане',
  'роден',
  'ημερομηνία γέννησης',
  'γεννήθηκε',
  'γεννηθείς',
  'datum rođenja',
  'rođen',
  'rođena',
  'datum rojstva',
  'rojen',
  'gimimo data',
  'sünnikuupäev',
  'dzimšanas',
  '生年月日',
  '出生日期',
  '出生年月',
  '生日',
  '出生',
  '誕生日',
  '生まれ',
  '생년월일',
  '생일',
  '출생',
  'ngày sinh',
  'sinh ngày',
  'tanggal lahir',
  'tgl lahir',
  'lahir',
  'tarikh lahir',
  'วันเกิด',
  'เกิดวันที่',
  'เกิดเมื่อ',
  'تاريخ الميلاد',
  'ولد في',
  'مواليد',
  'تاریخ تولد',
  'תאריך לידה',
  'נולד',
  'נולדה',
  'जन्म',
  'জন্ম',
  'kapanganakan',
];

/** Words that stand behind the date instead. */
export const birthWordsBehind =
  /[ ]?(?:\(?(?:dob|d\.o\.b\.?|born|birth)\)?|生まれ|生|出生|생|doğumlu|г\.\s?р\.|года рождения)/iy;
