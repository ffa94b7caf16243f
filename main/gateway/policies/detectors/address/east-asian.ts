/** Addresses in Chinese, Japanese and Korean: from the large to the small, each part with its own sign. */
import { han, hangul, stretchesOf } from '../code-units.ts';
import type { Core } from './cores.ts';

const japanese =
  /(?:〒?\d{3}-\d{4}[\s　]?)?(?:[\u4e00-\u9fff]{2,3}[都道府県])[\u4e00-\u9fff\u3040-\u30ffヶケ々]{1,20}?[市区町村郡][\u4e00-\u9fff\u3040-\u30ffヶケ々]{0,16}[\d０-９一二三四五六七八九十]{1,4}(?:丁目|番地?|号|[-－ー−の])?(?:[\d０-９]{1,4}(?:丁目|番地?|号|[-－ー−の])?){0,3}(?:[\s　]?[\u4e00-\u9fff\u3040-\u30ffA-Za-z]{1,16}[\s　]?[\d０-９]{1,4}(?:号室?|階|F)?)?/g;
const japanesePostal = /〒\s?\d{3}-\d{4}/g;
const chinese =
  /(?:[\u4e00-\u9fff]{2,3}(?:省|自治区))?[\u4e00-\u9fff]{2,4}市(?:[\u4e00-\u9fff]{1,5}[区區县縣市])?(?:[\u4e00-\u9fff]{1,6}(?:镇|鄉|乡|街道|村))?[\u4e00-\u9fff\d]{1,10}(?:路|街|道|大道|巷|弄|胡同|段)(?:[\d一二三四五六七八九十]{1,5}(?:号|號|弄|段|巷|之\d))?(?:[\u4e00-\u9fffA-Za-z\d]{0,12}(?:栋|棟|幢|座|单元|號楼|号楼|楼|樓|层|室|房|户))*(?:\d{1,5}(?:室|号|房|楼|樓|层))*(?:[\u4e00-\u9fffA-Za-z]{0,8}\d{1,5}(?:室|号|房))?/g;
const korean =
  /(?:[\uac00-\ud7a3]{2,7}(?:특별시|광역시|특별자치시|특별자치도|시|도|서울|부산))?\s?[\uac00-\ud7a3]{1,5}(?:시|군|구)\s(?:[\uac00-\ud7a3]{1,5}(?:구|읍|면|동)\s)?[\uac00-\ud7a3\d]{1,12}(?:로|길|동|가|리)\s?\d{1,4}(?:-\d{1,4})?(?:번길\s?\d{1,4})?(?:번지)?(?:[,\s]{1,2}(?:[\uac00-\ud7a3A-Za-z]{1,10}\s?)?\d{1,4}(?:동|호|층)(?:\s?\d{1,4}(?:호|층))?)?/g;

/** Adds what it finds. `traits`: those of the characters of the text. */
export function findEastAsian(text: string, traits: number, cores: Core[]): void {
  if ((traits & han) !== 0) {
    addAll(text, 0, japanesePostal, cores);
    addWithin(text, han, [japanese, chinese], cores);
  }
  if ((traits & hangul) !== 0) addWithin(text, hangul, [korean], cores);
}

function addWithin(text: string, traits: number, patterns: readonly RegExp[], cores: Core[]): void {
  const stretches = stretchesOf(text, traits);
  for (let i = 0; i < stretches.length; i += 2) {
    const from = stretches[i] as number;
    const stretch = text.slice(from, stretches[i + 1]);
    for (const pattern of patterns) addAll(stretch, from, pattern, cores);
  }
}

function addAll(text: string, from: number, pattern: RegExp, cores: Core[]): void {
  for (const match of text.matchAll(pattern)) {
    if (/\d|[一二三四五六七八九十]/.test(match[0]))
      cores.push({
        start: from + match.index + match[0].length - match[0].trimStart().length,
        end: from + match.index + match[0].length,
        score: 0.85,
      });
  }
}
