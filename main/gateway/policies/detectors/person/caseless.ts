/** Names in scripts without capitals: by a list of family names, or by a word beside them that announces one. */
import { han, hangul, otherCaseless, stretchesOf } from '../code-units.ts';
import { caselessGivenNames } from './given-names.ts';
import {
  chineseDoubleFamilyNames,
  chineseFamilyNames,
  japaneseFamilyNames,
  koreanFamilyNames,
  koreanGivenSyllables,
} from './family-names.ts';
import type { Tell } from './found.ts';

const announced = 0.85;
const listed = 0.75;

const hanFamily = new Set([...chineseFamilyNames, ...chineseDoubleFamilyNames.split(' ')]);
const japaneseFamily = new Set(japaneseFamilyNames.trim().split(/\s+/));
const koreanFamily = new Set(koreanFamilyNames.split(' '));
const koreanGiven = new Set(koreanGivenSyllables);
const caselessGiven = new Set(caselessGivenNames.trim().split(/\s+/));

const hanClass = '\\u4e00-\\u9fff々';
/** Before a Chinese name. */
const chineseBefore =
  /(?:我叫|我是|名叫|叫做|姓名|名字|联系人|聯絡人|收件人|收货人|寄件人|客户|客戶|患者|病人|员工|同事|经理|持卡人|户名|申请人|作者|负责人|老师|医生|签名|请联系|请找|联系|转告|通知|此致|致|尊敬的|亲爱的|您好|你好|与|和|由|给)(?:是|为|為|叫)?[\s:：，、"”]{0,3}([\u4e00-\u9fff]{2,4})/g;
/** Behind a Chinese or Japanese name. */
const hanBehind = new RegExp(
  `([${hanClass}]{1,5}(?:[ \\u3000][${hanClass}\\u3040-\\u30ff]{1,4})?)(?:さん|様|さま|氏|先生|女士|小姐|同学|老师|经理|殿|くん|ちゃん|と申します|と言います|といいます)`,
  'g',
);
const japaneseRun = new RegExp(`[${hanClass}]{2,7}(?:[ \\u3000][${hanClass}\\u3040-\\u30ff]{1,4})?`, 'g');
const japaneseBefore = new RegExp(
  `(?:氏名|名前|お名前|担当者?|差出人|宛名|患者名?|顧客名?|私は|申込者|契約者|受取人|著者)(?:は|:|：)?[\\s:：「"]{0,3}([${hanClass}]{1,4}[ \\u3000]?[${hanClass}\\u3040-\\u30ff]{1,4})(?=[\\s、。,」"はがのをにでと(（]|$)`,
  'g',
);
const notPerson =
  /(?:[县県市区區町村駅站社店省路街号院校大学寺部课課室楼栋店局州国語城港]|丁目|公司|银行|医院|集团|中心)$/;
/** Given names that end in the sign for a country, which ends names of countries too. */
const patriotic = /[建卫爱志保振治安定立兴富强报为宏新衛愛興報為]国$/;
const hangulWord = /[\uac00-\ud7a3]{3,7}/g;
const koreanParticle =
  /^(?:입니다|이고|이며|이라고|님|씨|은|는|이|가|을|를|의|에게|께서|와|과|도|이에요|예요|이다|라고|고객님|선생님|군|양)?$/;
const koreanBehind =
  /^\s?(?:님|씨|고객|선생|과장|대리|부장|사장|팀장|교수|박사|군|양|환자|대표|이사|차장|주임|사원|변호사|의사|간호사)/;
const koreanBefore =
  /(?:이름은?|성명|고객명?|환자명?|담당자?|저는|제|보낸 사람|받는 사람|수신인?|발신인?|예금주|작성자|동료|친구)\s?[:：은는]?\s?$/;
const caselessBefore =
  /(?<![\u0590-\u0e7f])(?:السيدة?|الأستاذة?|الدكتورة?|د\.|اسمي|الاسم(?: الكامل)?|المريضة?|العميلة?|عزيزي|عزيزتي|آقای|خانم|نام(?: من)?|بیمار|מר|גב'|גברת|ד"ר|שמי|קוראים לי|השם|שם(?: מלא)?|שלום|המטופלת?|הלקוחה?|मेरा नाम|नाम|श्रीमती|श्री|डॉ\.?|प्रिय|मरीज|ग्राहक|আমার নাম|নাম|জনাব|นางสาว|นาย|นาง|คุณ|ชื่อ|பெயர்|திரு|పేరు)\s?[:：]?\s?((?:[\u05d0-\u05f4\u0620-\u065f\u0670-\u06d3]{2,15}(?: [\u05d0-\u05f4\u0620-\u065f\u0670-\u06d3]{2,15}){0,2})|(?:[\u0900-\u0dff]{2,20}(?: [\u0900-\u0dff]{2,20})?)|(?:[\u0e00-\u0e7f]{2,24}(?: [\u0e00-\u0e7f]{2,24})?))/g;
const caselessWord = /[\u05d0-\u05f4\u0620-\u065f\u0670-\u06d3\u0900-\u0dff]{2,20}/g;
/** Verbs and particles that end what we take for a name. */
const stopWord = /^(?:المحترمة?|هو|هي|من|في|على|رقم|و|است|هستم|هي|הוא|היא|של|את|מספר|ותעודת|है|हैं|और|का|की|के|मेरा|मेरी)$/;

/** Looks only where such scripts are. `traits`: those of the characters of the text. */
export function findCaseless(text: string, traits: number, tell: Tell): void {
  if ((traits & han) !== 0) findWithin(text, han, findHan, tell);
  if ((traits & hangul) !== 0) findWithin(text, hangul, findKorean, tell);
  if ((traits & otherCaseless) !== 0) findWithin(text, otherCaseless, findOther, tell);
}

function findWithin(text: string, traits: number, find: (text: string, tell: Tell) => void, tell: Tell): void {
  const stretches = stretchesOf(text, traits);
  for (let i = 0; i < stretches.length; i += 2) {
    const from = stretches[i] as number;
    find(text.slice(from, stretches[i + 1]), (start, end, score) => tell(start + from, end + from, score));
  }
}

function findHan(text: string, tell: Tell): void {
  for (const match of text.matchAll(chineseBefore)) {
    const value = match[1] as string;
    const length = chineseLength(value);
    const start = match.index + match[0].length - value.length;
    if (length > 0) tell(start, start + length, announced);
  }
  for (const match of text.matchAll(hanBehind)) {
    const value = match[1] as string;
    if (!notPerson.test(value)) tellHanBehind(value, match.index, tell);
  }
  for (const match of text.matchAll(japaneseBefore)) {
    const value = match[1] as string;
    if (notPerson.test(value)) continue;
    const start = match.index + match[0].length - value.length;
    tell(start, start + value.length, announced);
  }
  for (const match of text.matchAll(japaneseRun)) {
    const length = japaneseLength(match[0]);
    if (length > 0) tell(match.index, match.index + length, listed);
  }
}

/** How much of the beginning is a Chinese name; 0 for none. */
function chineseLength(text: string): number {
  const value = text.replace(/(?:先生|女士|小姐|老师|经理|医生|同学|博士|教授|主任).*$/, '');
  const double = hanFamily.has(value.slice(0, 2)) && value.length > 2;
  if (!double && !hanFamily.has(value[0] as string)) return 0;
  const most = double ? 4 : 3;
  const taken = value.slice(0, most);
  return notPerson.test(taken) && !patriotic.test(taken) ? 0 : taken.length;
}

/** The last two to five characters before the title, from a family name on. */
function tellHanBehind(value: string, at: number, tell: Tell): void {
  for (let from = 0; from < value.length; from++) {
    const rest = value.slice(from);
    const fits =
      japaneseFamily.has(rest.slice(0, 3)) ||
      japaneseFamily.has(rest.slice(0, 2)) ||
      (rest.length <= 3 && hanFamily.has(rest[0] as string));
    if (fits) {
      tell(at + from, at + value.length, announced);
      return;
    }
  }
  if (value.length >= 2 && value.length <= 9 && /[ \u3000]/.test(value)) tell(at, at + value.length, announced);
}

/** A known family name of two characters and more, and one to three behind it. */
function japaneseLength(run: string): number {
  for (const size of [3, 2]) {
    if (!japaneseFamily.has(run.slice(0, size))) continue;
    const rest = run.slice(size);
    const given = /^[ \u3000]?[\u3040-\u30ff\u4e00-\u9fff々]{1,3}/.exec(rest)?.[0] ?? '';
    if (given === '' || notPerson.test(run) || rest.length > 4) continue;
    return size + given.replace(/(?:先生|[様氏殿はがのをにでとも])$/, '').length;
  }
  return 0;
}

function findKorean(text: string, tell: Tell): void {
  for (const match of text.matchAll(hangulWord)) {
    const word = match[0];
    if (
      !koreanFamily.has(word[0] as string) ||
      !koreanGiven.has(word[1] as string) ||
      !koreanGiven.has(word[2] as string)
    )
      continue;
    const rest = word.slice(3);
    if (!koreanParticle.test(rest)) continue;
    const end = match.index + 3;
    const behind = koreanBehind.test(text.slice(end, end + 6));
    const before = koreanBefore.test(text.slice(Math.max(0, match.index - 10), match.index));
    const polite = rest === '님' || rest === '씨' || rest === '입니다';
    if (behind || before || polite) tell(match.index, end, announced);
  }
}

function findOther(text: string, tell: Tell): void {
  for (const match of text.matchAll(caselessBefore)) {
    const words = (match[1] as string).split(' ');
    const start = match.index + match[0].length - (match[1] as string).length;
    const stop = words.findIndex((word) => stopWord.test(word));
    // "خالد بن سالم": a small word of names stands inside.
    const most =
      words.length > 2 && (words[0] === 'عبد' || words[0] === 'أبو')
        ? 3
        : words.length > 2 && /^(?:بن|ابن|بنت|أبو|عبد|آل|בן|בת)$/.test(words[1] as string)
          ? 3
          : 2;
    const taken = (stop < 0 ? words.slice(0, most) : words.slice(0, stop)).join(' ');
    if (taken.length > 1) tell(start, start + taken.length, announced);
  }
  for (const match of text.matchAll(caselessWord)) {
    if (!caselessGiven.has(match[0])) continue;
    const end = match.index + match[0].length;
    const next = /^ ([\u05d0-\u05f4\u0620-\u065f\u0670-\u06d3\u0900-\u0dff]{2,20})/.exec(
      text.slice(end, end + 22),
    )?.[1];
    if (next !== undefined && !stopWord.test(next)) tell(match.index, end + 1 + next.length, listed);
  }
}
