import { describe, expect, it } from 'vitest';
import { fc } from '../../../../property.ts';
import { KeywordScan } from '../../../../../main/gateway/policies/detectors/keyword-scan.ts';
import { termsDetector } from '../../../../../main/gateway/policies/detectors/terms.ts';
import type { MaskTerm } from '../../../../../main/gateway/ports.ts';

type Option = Partial<Omit<MaskTerm, 'text'>>;

function term(text: string, option: Option = {}): MaskTerm {
  return { text, caseSensitive: false, wholeWord: true, ...option };
}

const [noHits] = new KeywordScan([[]]).scan('');

function spans(terms: readonly MaskTerm[], text: string): [number, number][] {
  const found: [number, number][] = [];
  if (noHits === undefined) throw new Error('no hits');
  termsDetector(terms).find({ text, isAscii: false, field: undefined }, noHits, ({ start, end }) =>
    found.push([start, end]),
  );
  return found;
}

function found(terms: readonly (string | MaskTerm)[], text: string): string[] {
  const list = terms.map((one) => (typeof one === 'string' ? term(one) : one));
  return spans(list, text).map(([start, end]) => text.slice(start, end));
}

describe('termsDetector', () => {
  it.each([
    ['in the middle of a sentence', 'Project Nightjar', 'Is Project Nightjar late?', 'Project Nightjar'],
    ['at both ends of the text', 'Nightjar', 'Nightjar', 'Nightjar'],
    ['in upper case', 'Project Nightjar', 'PROJECT NIGHTJAR!', 'PROJECT NIGHTJAR'],
    ['in lower case, beyond ASCII', 'Żabka Ekspres', '[żabka ekspres]', 'żabka ekspres'],
    ['with a capital sharp s', 'Große Straße', 'GROSSE STRASSE 5', 'GROSSE STRASSE'],
    ['with a final sigma', 'ΟΔΟΣ', 'η οδος', 'οδος'],
    ['with a dotted capital I', 'İstanbul Köprü', 'istanbul köprü', 'istanbul köprü'],
    ['over a line break', 'Project Nightjar', 'the Project\nNightjar team', 'Project\nNightjar'],
    ['over a line break and an indent', 'Project Nightjar', 'Project\r\n\t  Nightjar', 'Project\r\n\t  Nightjar'],
    ['over a line break in a comment', 'Project Nightjar', '// about Project\n  // Nightjar', 'Project\n  // Nightjar'],
    ['over a line break in a quotation', 'Project Nightjar', '> Project\n> Nightjar', 'Project\n> Nightjar'],
    ['with two spaces', 'R&D Ticket 9000', 'see R&D  Ticket  9000.', 'R&D  Ticket  9000'],
    ['with a no-break space', 'Project Nightjar', 'Project\u00A0Nightjar', 'Project\u00A0Nightjar'],
    ['with a zero-width space instead of one', 'Project Nightjar', 'Project\u200BNightjar', 'Project\u200BNightjar'],
    ['with a soft hyphen in a word', 'Falkenauge', 'das Falken\u00ADauge.', 'Falken\u00ADauge'],
    ['with escaped line breaks', 'Project Nightjar', 'x = "Project\\nNightjar"', 'Project\\nNightjar'],
    ['behind an escaped line break', 'Nightjar', 'a\\nNightjar', 'Nightjar'],
    ['with percent-encoded spaces', 'Project Nightjar', '/docs/Project%20Nightjar.pdf', 'Project%20Nightjar'],
    [
      'as JSON writes it in ASCII',
      'Müller-Übung GmbH',
      '{"a": "M\\u00fcller-\\u00DCbung GmbH"}',
      'M\\u00fcller-\\u00DCbung GmbH',
    ],
    ['as HTML writes it', "R&D O'Malley", '<b>R&amp;D&nbsp;O&#39;Malley</b>', 'R&amp;D&nbsp;O&#39;Malley'],
    [
      'decomposed',
      'Müller-Lüdenscheid GmbH',
      'Müller-Lüdenscheid GmbH'.normalize('NFD'),
      'Müller-Lüdenscheid GmbH'.normalize('NFD'),
    ],
    ['composed, of a decomposed term', 'Café Münchhausen'.normalize('NFD'), 'im Café Münchhausen.', 'Café Münchhausen'],
    ['with marks in another order', 'việt', 'vie\u0302\u0323t', 'vie\u0302\u0323t'],
    ['in full width', 'KX-7731', 'ＫＸ－７７３１', 'ＫＸ－７７３１'],
    [
      'in mathematical letters',
      'Nightjar',
      '\u{1D40D}\u{1D422}\u{1D420}\u{1D421}\u{1D42D}\u{1D423}\u{1D41A}\u{1D42B}',
      '\u{1D40D}\u{1D422}\u{1D420}\u{1D421}\u{1D42D}\u{1D423}\u{1D41A}\u{1D42B}',
    ],
    ['with a typographic apostrophe', "O'Malley Ledger", 'the O’Malley Ledger', 'O’Malley Ledger'],
    ['with another dash', 'Vantablack-9', 'Vantablack–9', 'Vantablack–9'],
    ['broken behind its hyphen', 'Müller-Lüdenscheid', 'Müller-\nLüdenscheid', 'Müller-\nLüdenscheid'],
    ['before a possessive ending', 'Nightjar', 'Nightjar’s budget', 'Nightjar'],
    ['before a trade mark', 'Nightjar', 'Nightjar™ and Nightjar²', 'Nightjar', 'Nightjar'],
    ['between underscores', 'nightjar', 'tbl_nightjar_v2', 'nightjar'],
    ['with signs at its ends', '$$HYDRA$$', 'a$$HYDRA$$b', '$$HYDRA$$'],
    ['with signs inside', 'C++ Harrier (v2)', 'use C++ Harrier (v2)?', 'C++ Harrier (v2)'],
    ['as an address', '10.77.0.0/16', 'route 10.77.0.0/16 via', '10.77.0.0/16'],
    ['of one letter', 'Q', 'ask Q, not QA', 'Q'],
    ['without spaces around it, in Chinese', '北极星计划', '关于北极星计划的会议', '北极星计划'],
    [
      'in Japanese, decomposed',
      '富士見プロジェクト',
      '富士見プロジェクトの件'.normalize('NFD'),
      '富士見プロジェクト'.normalize('NFD'),
    ],
    ['in Korean with an ending', '한빛프로젝트', '한빛프로젝트는 늦었다', '한빛프로젝트'],
    ['in Korean, decomposed', '한빛프로젝트', '한빛프로젝트'.normalize('NFD'), '한빛프로젝트'.normalize('NFD')],
    ['over a line break in Chinese', '北极星计划', '关于北极\n星计划', '北极\n星计划'],
    ['in Arabic, stretched', 'مشروع النخيل', 'مشـــروع النخيل', 'مشـــروع النخيل'],
    ['with an emoji', 'Team 🦅', 'ask team 🦅!', 'team 🦅'],
  ])('finds a term %s', (_how, name, text, ...expected) => {
    expect(found([name], text)).toEqual(expected);
  });

  it.each([
    ['inside a longer word', 'Nightjar', 'Nightjars, unnightjar and nightjar2'],
    ['inside a longer number', 'SKU-ORCHID-44', 'SKU-ORCHID-440 is sold out'],
    ['in another order', 'EBITDA bridge', 'a bridge over EBITDA'],
    ['with a sign between its words', 'Project Nightjar', 'a project. Nightjar is a bird'],
    ['without its accents', 'Café Münchhausen', 'Cafe Munchhausen'],
    ['over the end of a sentence', 'sunflower.key', 'a sunflower. Key points:'],
    ['in a longer word by an accent', 'Cafe', 'the Cafe\u0301'],
    ['of a shorter syllable', '하', '한'],
  ])('does not find a term %s', (_how, name, text) => {
    expect(found([name], text)).toEqual([]);
  });

  it('regards the case where it counts, in any spelling', () => {
    const tulip = term('Tulip Österreich', { caseSensitive: true });
    expect(found([tulip], 'tulip österreich, TULIP ÖSTERREICH')).toEqual([]);
    expect(found([tulip], 'Tulip\n O\u0308sterreich')).toEqual(['Tulip\n O\u0308sterreich']);
    expect(found([tulip], 'Tulip \\u00D6sterreich')).toEqual(['Tulip \\u00D6sterreich']);
    for (const text of ['Tulip\\nÖsterreich', 'Tulip%20Österreich', 'Tulip&nbsp;Österreich', 'Tulip\n# Österreich']) {
      expect(found([tulip], `x ${text}`)).toEqual([text]);
      expect(found([tulip], `x ${text.replace('T', 't')}`)).toEqual([]);
    }
    expect(found([tulip, term('tulip österreich')], 'TULIP Österreich')).toEqual(['TULIP Österreich']);
    expect(
      found([term('Tulip', { caseSensitive: true }), term('TULIP', { caseSensitive: true })], 'Tulip TULIP tulip'),
    ).toEqual(['Tulip', 'TULIP']);
  });

  it('finds the longest of terms inside one another', () => {
    const terms = ['Aurora', 'Aurora Borealis', 'Aurora Borealis Fund', 'Borealis'];
    expect(found(terms, 'the Aurora Borealis Fund; Aurora Borealis; aurora')).toEqual([
      'Aurora Borealis Fund',
      'Aurora Borealis',
      'aurora',
    ]);
  });

  it('finds a shorter term where the case of the longer one is wrong', () => {
    expect(found([term('Blue Heron Capital', { caseSensitive: true }), 'Heron Capital'], 'blue heron capital')).toEqual(
      ['heron capital'],
    );
  });

  it('finds a term that need not be a whole word inside others, with the same freedom of spelling', () => {
    const piece = (text: string): MaskTerm => term(text, { wholeWord: false });
    expect(found([piece('falcon')], 'myFalconService, superfalcons')).toEqual(['Falcon', 'falcon']);
    expect(found([piece('Straße 5')], 'HauptSTRASSE \n 55')).toEqual(['STRASSE \n 5']);
    expect(found([piece('müll')], 'xM\\u00fcller')).toEqual(['M\\u00fcll']);
    expect(found([piece('müller')], 'xMu\u0308ller\u00ADy Mul')).toEqual(['Mu\u0308ller']);
    expect(found([term('Tulip', { wholeWord: false, caseSensitive: true })], 'myTulips mytulips')).toEqual(['Tulip']);
    expect(found([piece('  ')], 'a  b')).toEqual([]);
  });

  it('ignores a term of nothing that can be seen', () => {
    expect(found(['', '  ', '\u200B', 'x'], 'a  b\u200B x')).toEqual(['x']);
  });

  it('reports the kind of a term, and asks for no key words', () => {
    const detector = termsDetector([term('x')]);
    expect(detector.keywords).toEqual([]);
    expect(detector.kinds).toEqual(['terms']);
  });

  it('finds each of tens of thousands of terms', () => {
    const names = Array.from({ length: 20_000 }, (_, i) => `Unit ${i.toString(36)} ${(i * 7919).toString(36)}x`);
    const text = names.filter((_, i) => i % 97 === 0).join(' and ');
    expect(found(names, text)).toHaveLength(Math.ceil(20_000 / 97));
  });

  const word = fc.constantFrom(
    'a',
    'b',
    'ab',
    'abc',
    'abca',
    'abcab',
    'abcabc',
    'abcabcabc',
    'B',
    'ü',
    'aü',
    'ßa',
    'щи',
    '7',
    '77a',
  );
  const gap = fc.constantFrom(' ', '  ', '\t', '-', '.', '+', ' - ', '', '(', '_', '”', '…');
  const phrase = (max: number) =>
    fc.array(fc.tuple(word, gap), { minLength: 1, maxLength: max }).map((parts) => parts.flat().join(''));

  it('covers whatever a plain search for each of the terms covers', () => {
    fc.assert(
      fc.property(
        fc.array(phrase(3), { minLength: 1, maxLength: 8 }),
        phrase(20),
        fc.boolean(),
        (names, text, wholeWord) => {
          const terms = names.map((name) => term(name, { wholeWord }));
          expect(covered(spans(terms, text), text)).toEqual(covered(plainSearch(names, text, wholeWord), text));
        },
      ),
      { numRuns: 400 },
    );
  });

  it('finds the same in a text whose parts it knows already', () => {
    const detector = termsDetector([term('ab ab'), term('b-a', { wholeWord: false })]);
    if (noHits === undefined) throw new Error('no hits');
    const run = (text: string): unknown[] => {
      const result: unknown[] = [];
      detector.find({ text, isAscii: true, field: undefined }, noHits, (finding) => result.push(finding));
      return result;
    };
    const first = run('ab ab');
    run('ab');
    expect(run('ab')).toEqual([]);
    expect(run('ab ab')).toEqual(first);
  });
});

function covered(list: readonly [number, number][], text: string): string {
  const marks = Array.from(text, () => '.')
    .join('')
    .padEnd(text.length, '.')
    .split('');
  for (const [start, end] of list) for (let i = start; i < end; i++) marks[i] = '#';
  return marks.join('');
}

/** Each term as a regular expression, at each place of the text. */
function plainSearch(names: readonly string[], text: string, wholeWord: boolean): [number, number][] {
  const result: [number, number][] = [];
  const letter = '[\\p{L}\\p{N}]';
  for (const name of names) {
    const source = name
      .trim()
      .replace(/[.+()\-…”_]/g, (sign) =>
        sign === '”' ? '[”"]' : sign === '…' ? '…' : sign === '-' || sign === '_' ? sign : `\\${sign}`,
      )
      .replace(/\s+/g, '\\s+');
    const before = wholeWord && new RegExp(`^${letter}`, 'u').test(name.trim()) ? `(?<!${letter})` : '';
    const after = wholeWord && new RegExp(`${letter}$`, 'u').test(name.trim()) ? `(?!${letter})` : '';
    const form = new RegExp(before + source + after, 'giu');
    for (let match = form.exec(text); match !== null; match = form.exec(text)) {
      result.push([match.index, match.index + match[0].length]);
      form.lastIndex = match.index + 1;
    }
  }
  return result;
}
