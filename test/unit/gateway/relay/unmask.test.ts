import { describe, expect, it } from 'vitest';
import { fc } from '../../../property.ts';
import type { UnmaskContext } from '../../../../main/gateway/relay/unmask-channel.ts';
import { Unmasker } from '../../../../main/gateway/relay/unmask.ts';
import {
  all,
  cutAt,
  email,
  inArguments,
  inText,
  nickname,
  originalsOf,
  person,
  placeholderOf,
  restoredByHand,
  type Masked,
} from './unmask-making.ts';

const unmasker = (list: readonly Masked[] = all): Unmasker => new Unmasker(originalsOf(list));
const P = placeholderOf(person);

function inPieces(pieces: readonly string[], context: UnmaskContext, made = unmasker()): string {
  const channel = made.channel('it', context);
  return pieces.map((piece) => channel.push(piece)).join('') + channel.end();
}

/** Prose with placeholders, their beginnings, and words that look like them. */
const prose = fc
  .array(
    fc.oneof(
      fc.constantFrom(...all.map(placeholderOf)),
      fc.constantFrom('PERSON', 'PERSO', 'per', 'EMAIL 5', 'IP', 'IP 92', 'PERSON7kq2m', 'EMAIL7kq2mb', 'x', ' ', '\n'),
      fc.string({ unit: 'grapheme', maxLength: 6 }),
    ),
    { maxLength: 12 },
  )
  .map((words) => words.join(''));
const places = fc.array(fc.nat(400), { maxLength: 12 });

describe('a whole text', () => {
  it('gets its originals', () => {
    const made = unmasker();
    expect(made.text(`Dear ${P}, write to ${placeholderOf(email)}.`, inText)).toBe(
      'Dear Anna Müller, write to anna@example.org.',
    );
    expect(made.restored).toBe(2);
    expect(made.unknown).toBe(0);
  });

  it.each<[string, string, string]>([
    ['in lower case', P.toLowerCase(), person.text],
    ['in mixed case', 'Person7KQ2mb', person.text],
    ['in upper case', P.toUpperCase(), person.text],
    ['in bold', `**${P}**`, `**${person.text}**`],
    ['in backticks', `\`${P}\``, `\`${person.text}\``],
    ['with a possessive', `${P}'s`, `${person.text}'s`],
    ['in quotes', `"${P}"`, `"${person.text}"`],
    ['glued to letters', `x${P}y`, `x${person.text}y`],
    ['glued to letters in lower case', `x${P.toLowerCase()}y`, `x${person.text}y`],
    ['glued to another', P + P, person.text + person.text],
    ['with a space', 'PERSON 7kq2mb', person.text],
    ['with a space that does not break', 'PERSON\u00a07kq2mb', person.text],
    ['with an underscore', 'PERSON_7kq2mb', person.text],
    ['with a hyphen', 'PERSON-7kq2mb', person.text],
    ['with an underscore escaped for Markdown', 'PERSON\\_7kq2mb', person.text],
    ['between HTML entities', `&lt;${P}&gt;`, `&lt;${person.text}&gt;`],
    ['between brackets', `[[${P}]]`, `[[${person.text}]]`],
    ['in a link', `[${P}](https://x/${P})`, `[${person.text}](https://x/${person.text})`],
  ])('is found %s', (_how, masked, restored) => {
    expect(unmasker().text(masked, inText)).toBe(restored);
    for (let at = 0; at <= masked.length; at++)
      expect(inPieces([masked.slice(0, at), masked.slice(at)], inText)).toBe(restored);
  });

  it('keeps words that are no placeholder of this exchange, and counts those that look like one', () => {
    const made = unmasker([person]);
    const text = 'PERSON7kq2mz EMAIL5bcdfg PERSON7kq2m PERSON 8kq2mb PERSON1kq2mb person in 2024, 7kq2mb';
    expect(made.text(text, inText)).toBe(text);
    expect(made.unknown).toBe(2);
    expect(made.restored).toBe(0);
  });

  it('keeps a placeholder where its original may not come back', () => {
    const secret = {
      kind: 'secrets',
      id: '4dd3xw',
      text: 'hush',
      inText: false,
      inTool: (tool: string) => tool === 'vault',
    };
    const made = unmasker([secret as Masked]);
    const S = placeholderOf(secret as Masked);
    expect(made.text(`${S}!`, inText)).toBe(`${S}!`);
    expect(made.text(S, { json: false, tool: 'shell' })).toBe(S);
    expect(made.text(S, { json: false, tool: 'vault' })).toBe('hush');
    expect(made.unknown).toBe(0);
  });

  it('tells an id from a longer one that begins with it', () => {
    const longer = { ...person, id: '7kq2mbx', text: 'Another' };
    const text = `${P} ${placeholderOf(longer)} ${P}xy ${P}`;
    const restored = 'Anna Müller Another Anothery Anna Müller';
    expect(unmasker([person, longer]).text(text, inText)).toBe(restored);
    for (let at = 0; at <= text.length; at++) {
      const pieces = [text.slice(0, at), text.slice(at)];
      expect(inPieces(pieces, inText, unmasker([person, longer]))).toBe(restored);
    }
  });

  it('knows what was masked after it was made', () => {
    const originals = originalsOf([person]);
    const made = new Unmasker(originals);
    const more = originalsOf([email]).byPlaceholder;
    for (const [key, one] of more) (originals.byPlaceholder as Map<string, typeof one>).set(key, one);
    expect(inPieces([...placeholderOf(email)], inText, made)).toBe(email.text);
  });
});

describe('a text in pieces', () => {
  it('gives the same as the whole, wherever it is cut', () => {
    fc.assert(
      fc.property(prose, places, (text, cuts) => {
        const whole = unmasker();
        const pieced = unmasker();
        expect(inPieces(cutAt(text, cuts), inText, pieced)).toBe(whole.text(text, inText));
        expect(pieced.restored).toBe(whole.restored);
      }),
      { numRuns: 400 },
    );
  });

  it('holds back no more than the beginning of a placeholder', () => {
    fc.assert(
      fc.property(prose, places, (text, cuts) => {
        const channel = unmasker().channel('it', inText);
        for (const piece of cutAt(text, cuts)) {
          channel.push(piece);
          const { held } = channel;
          expect(held.length).toBeLessThanOrEqual(32);
          if (held === '') continue;
          const isBeginning = all.some((one) => {
            const tag = placeholderOf(one).slice(0, -6).toLowerCase();
            const [letters = ''] = /^[a-z]*/i.exec(held) ?? [];
            return tag.startsWith(letters.toLowerCase()) || held.toLowerCase().startsWith(tag);
          });
          expect(isBeginning).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('gives what it held back when it ends, as it is', () => {
    const channel = unmasker().channel('it', inText);
    expect(channel.push('Hello PERSON7kq')).toBe('Hello ');
    expect(channel.held).toBe('PERSON7kq');
    expect(channel.end()).toBe('PERSON7kq');
    expect(channel.end()).toBe('');
  });

  it('does not mix two texts', () => {
    const made = unmasker();
    const one = made.channel('1', inText);
    const two = made.channel('2', inText);
    const said = [one.push('PERS'), two.push('EMA'), one.push('ON7kq'), two.push('IL5bcdfg.'), one.push('2mb!')];
    expect(said).toEqual(['', '', '', 'anna@example.org.', 'Anna Müller!']);
    expect(made.channel('1', inText)).toBe(one);
  });
});

describe('arguments of a call', () => {
  const values = fc.array(prose, { minLength: 1, maxLength: 3 });

  it('mean the same with their originals, wherever they are cut', () => {
    fc.assert(
      fc.property(values, places, fc.boolean(), (list, cuts, isSpaced) => {
        const masked = JSON.stringify({ list, one: list[0] }, null, isSpaced ? 2 : 0);
        const restored = inPieces(cutAt(masked, cuts), inArguments);
        expect(restored).toBe(unmasker().text(masked, inArguments));
        const expected = list.map((value) => unmasker().text(value, inText));
        // A value that is JSON by itself is escaped as JSON.
        if (list.every((value) => !/^\s*[[{]/.test(value)))
          expect(JSON.parse(restored)).toEqual({ list: expected, one: expected[0] });
      }),
      { numRuns: 300 },
    );
  });

  it('stay JSON in every string of JSON inside a string', () => {
    const name = placeholderOf(nickname);
    const inner = JSON.stringify({ name, [name]: [name] });
    const deeper = JSON.stringify({ inner, name });
    const masked = JSON.stringify({ deeper, text: `He is "${name}".` });
    for (let at = 0; at <= masked.length; at++) {
      const restored = inPieces([masked.slice(0, at), masked.slice(at)], inArguments);
      const outer = JSON.parse(restored) as { deeper: string; text: string };
      expect(outer.text).toBe(`He is "${nickname.text}".`);
      const middle = JSON.parse(outer.deeper) as { inner: string; name: string };
      expect(middle.name).toBe(nickname.text);
      expect(JSON.parse(middle.inner)).toEqual({ name: nickname.text, [nickname.text]: [nickname.text] });
    }
  });

  it('are escaped once where they are no JSON', () => {
    const name = placeholderOf(nickname);
    expect(unmasker().text(`{"a": ${name}`, inArguments)).toBe(`{"a": ${JSON.stringify(nickname.text).slice(1, -1)}`);
  });
});

describe('a text that is JSON', () => {
  it('stays JSON', () => {
    const masked = JSON.stringify({ name: placeholderOf(nickname) });
    expect(JSON.parse(unmasker().text(masked, inText))).toEqual({ name: nickname.text });
    expect(JSON.parse(inPieces([...masked], inText))).toEqual({ name: nickname.text });
  });

  it('repeats what was taken from such a text as it stood there', () => {
    const taken = { ...person, text: 'a\\"b\\u00e9' };
    const masked = `{"name": "${P}"}`;
    expect(unmasker([taken]).text(masked, inText)).toBe(`{"name": "${taken.text}"}`);
    const wrapped = JSON.stringify({ file: masked });
    expect(JSON.parse(unmasker([taken]).text(wrapped, inArguments))).toEqual({ file: `{"name": "${taken.text}"}` });
  });

  it.each<[string, string]>([
    ['prose with quotes', `He said "${placeholderOf(nickname)}".`],
    ['a list of Markdown', `[${placeholderOf(nickname)}](x)`],
    ['JSON with something behind it', `{"a":1} "${placeholderOf(nickname)}"`],
    ['a string alone', `"${placeholderOf(nickname)}"`],
    ['braces of code', `{ "${placeholderOf(nickname)}"; }  return "${placeholderOf(nickname)}"`],
  ])('is not taken for it when it is %s', (what, masked) => {
    const restored = unmasker().text(masked, inText);
    if (what === 'braces of code') expect(restored).toContain(`return "${nickname.text}"`);
    else expect(restored).toBe(restoredByHand(masked));
  });
});
