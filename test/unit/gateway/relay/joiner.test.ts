import { describe, expect, it } from 'vitest';
import { fc } from '../../../property.ts';
import { Joiner, type JoinHow } from '../../../../main/gateway/relay/joiner.ts';

interface Joined {
  /** What the client has in the end. */
  readonly whole: string;
  readonly passed: string;
  readonly failure: string | undefined;
}

function join(how: JoinHow, delivered: string, pieces: readonly string[]): Joined {
  const joiner = new Joiner(how, delivered);
  let passed = '';
  for (const piece of pieces) passed += joiner.push(piece);
  passed += joiner.end();
  return { whole: delivered + passed, passed, failure: joiner.failure };
}

/** The pieces of a text, cut wherever `cuts` say. */
function split(text: string, cuts: readonly number[]): string[] {
  const places = [...new Set(cuts.map((cut) => cut % (text.length + 1)))].sort((a, b) => a - b);
  return [...places, text.length].map((end, index) => text.slice(index === 0 ? 0 : places[index - 1], end));
}

const cuts = fc.array(fc.nat(), { maxLength: 12 });
/** Words of letters that come once in each word, so that no word repeats a part of itself. */
const word = fc
  .uniqueArray(fc.constantFrom(...'abcdefghijklmno'), { minLength: 2, maxLength: 9 })
  .map((list) => list.join(''));
const gap = fc.constantFrom(' ', ' ', ' ', ', ', '. ', '\n', '\n\n', '\n  - ');
const prose = fc
  .tuple(fc.uniqueArray(word, { minLength: 2, maxLength: 60 }), fc.array(gap, { minLength: 60, maxLength: 60 }))
  .map(([list, gaps]) => list.map((one, index) => (index === 0 ? one : (gaps[index] ?? ' ') + one)).join(''));

const story =
  'The lighthouse keeper climbed the stairs every evening at dusk. She counted them, one hundred and twelve in all, and lit the lamp. ' +
  'Ships passed far out, and none of them ever came close enough to the rocks to be in danger while she kept watch.';

describe('a second answer that says the same', () => {
  it('gives exactly the text, wherever the first broke off and however the second is cut', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 80 }), fc.nat(), cuts, (text, at, places) => {
        const delivered = text.slice(0, at % (text.length + 1));
        expect(join('join', delivered, split(text, places))).toEqual({
          whole: text,
          passed: text.slice(delivered.length),
          failure: undefined,
        });
      }),
      { numRuns: 1000 },
    );
  });

  it('goes on at once when it has come to the place', () => {
    const joiner = new Joiner('join', 'Once upon a ti');
    expect(joiner.push('Once upon ')).toBe('');
    expect(joiner.push('a time')).toBe('me');
    expect(joiner.push(' there was')).toBe(' there was');
  });

  it('adds nothing when it ends where the first broke off', () => {
    expect(join('join', 'All of it.\n', ['All of it.'])).toMatchObject({ passed: '', failure: undefined });
  });
});

describe('a second answer that begins otherwise', () => {
  const at = story.indexOf('passed far') + 'passed f'.length;
  const delivered = story.slice(0, at);

  it('goes on behind the end of what was delivered, at once when the whole of it came', () => {
    const joiner = new Joiner('join', delivered);
    expect(joiner.push('Sure! Here is the story you asked for:\n\n')).toBe('');
    expect(joiner.push(story.slice(0, at + 10))).toBe(story.slice(at, at + 10));
    expect(joiner.push(story.slice(at + 10))).toBe(story.slice(at + 10));
  });

  it('goes on behind the longest end that agrees, once all of it is known', () => {
    const other = `A keeper of a lighthouse went up at dusk. She lit the lamp. ${story.slice(story.indexOf('Ships'))}`;
    const broken = story.slice(0, story.indexOf('ever came'));
    expect(join('join', broken, split(other, [3, 30, 90]))).toMatchObject({ whole: story, failure: undefined });
  });

  it('counts letters for words where a script has no spaces', () => {
    const text =
      '灯台守は毎晩夕暮れに階段を上りました。彼女は百十二段を数えながらランプに火を灯しました。船は遠くを通り過ぎていきました。';
    const broken = text.slice(0, 50);
    expect(join('join', broken, [`はい、どうぞ。${text}`])).toMatchObject({ whole: text, failure: undefined });
  });

  it('passes on the same at any cut', () => {
    fc.assert(
      fc.property(cuts, cuts, (one, other) => {
        const text = `Well then. ${story}`;
        expect(join('join', delivered, split(text, one))).toEqual(join('join', delivered, split(text, other)));
      }),
    );
  });

  it.each<[string, string, string]>([
    [
      'says something else',
      delivered,
      'A completely different tale about a miller, his cat and the seven mice in the attic.',
    ],
    ['says it more than once', delivered, `He said: ${delivered.slice(-60)}. And again: ${delivered.slice(-60)}.`],
    ['comes to an end before the place', delivered, story.slice(0, 60)],
    ['agrees in a few words only', 'He left the old town.', 'She never saw the old town. It was far.'],
    ['is empty', delivered, ''],
    [
      'follows a text that says its end twice',
      `${story.slice(0, 80)} and then it was over for the day and then it was over for the day`,
      'In the end all was quiet, and then it was over for the day and then it rained.',
    ],
  ])('is not joined when it %s', (_what, before, text) => {
    const joined = join('join', before, split(text, [1, 17, 40, 95]));
    expect(joined.passed).toBe('');
    expect(joined.failure).toBeDefined();
  });

  it('waits with a place that stands twice in what was delivered', () => {
    const verse =
      'And the wind blew over the sea, and the gulls cried, and the keeper lit the lamp, as he did on every evening. '.repeat(
        2,
      );
    const before = `${story} ${verse}Then it was morning. ${verse}`;
    const joiner = new Joiner('join', before);
    expect(joiner.push(`Here it is: ${story} ${verse}`)).toBe('');
    expect(joiner.push(`Then it was morning. ${verse}`)).toBe('');
    expect(joiner.end()).toBe('');
    expect(joiner.failure).toContain('more than once');
  });

  it('is not joined at all when no word is the same', () => {
    const otherWord = fc.string({ unit: fc.constantFrom(...'pqrstuvwxyz'), minLength: 1, maxLength: 9 });
    const otherProse = fc.array(otherWord, { minLength: 1, maxLength: 60 }).map((list) => list.join(' '));
    fc.assert(
      fc.property(prose, otherProse, cuts, (text, other, places) => {
        const joined = join('join', text, split(other, places));
        expect(joined.passed).toBe('');
        expect(joined.failure).toBeDefined();
      }),
    );
  });

  it('is given up when the place does not come within bounds', () => {
    const joiner = new Joiner('join', delivered);
    let pushes = 0;
    while (joiner.failure === undefined && pushes++ < 2_000)
      expect(joiner.push(`line ${String(pushes)} ${'x'.repeat(1000)}\n`)).toBe('');
    expect(pushes).toBeLessThan(300);
    expect(joiner.end()).toBe('');
  });

  it('costs no more than its length, also in small pieces', () => {
    const long = Array.from({ length: 20_000 }, (_, index) => `word${String(index)}`).join(' ');
    const joiner = new Joiner('join', `${long.slice(0, 150_000)}`);
    let passed = '';
    for (let at = 0; at < long.length; at += 3) passed += joiner.push(long.slice(at, at + 3));
    expect(passed).toBe(long.slice(150_000));
  });
});

describe('a target that was handed the beginning', () => {
  it('goes on from it to exactly the text, also in the middle of a word and behind white space', () => {
    fc.assert(
      fc.property(prose, fc.nat(), cuts, fc.boolean(), (text, at, places, repeatsSpace) => {
        const delivered = text.slice(0, at % (text.length + 1));
        const handed = delivered.trimEnd();
        fc.pre(handed !== '');
        const rest = text.slice(repeatsSpace ? handed.length : delivered.length);
        // A line break that the model was not shown makes a space of its own mean another thing.
        fc.pre(repeatsSpace || rest.trimStart() === rest);
        expect(join('prefix', delivered, split(rest, places))).toEqual({
          whole: text,
          passed: text.slice(delivered.length),
          failure: undefined,
        });
      }),
      { numRuns: 1000 },
    );
  });

  it('may repeat the last words, or all of it, which is not said again', () => {
    fc.assert(
      fc.property(prose, fc.nat(), fc.nat(), cuts, (text, at, words, places) => {
        const starts = [...text.matchAll(/\w+/g)].map((match) => match.index);
        const end = 1 + (at % (starts.length - 1));
        const delivered = text.slice(0, starts[end]);
        const from = starts[words % end] ?? 0;
        expect(join('prefix', delivered, split(text.slice(from), places)).whole).toBe(text);
      }),
      { numRuns: 1000 },
    );
  });

  it.each<[string, string, string, string]>([
    ['a word begun again', 'The quick bro', 'brown fox', 'The quick brown fox'],
    ['the last word', 'over the lazy', 'lazy dog', 'over the lazy dog'],
    ['a word that only begins like the last one', 'it was lazy ', 'lazybones', 'it was lazy lazybones'],
    ['a short word that only begins like the first one', 'hj ', 'hjanfde', 'hj hjanfde'],
    ['the last word behind a space', 'over the ', ' the dog', 'over the dog'],
    ['the whole of a short beginning', 'Hi', 'Hi there', 'Hi there'],
    ['the whole behind a line break', 'Well, it is', '\nWell, it is so.', 'Well, it is so.'],
    [
      'words up to the middle of one',
      'and then the keeper climb',
      'then the keeper climbed up',
      'and then the keeper climbed up',
    ],
  ])('does not say %s twice', (_what, delivered, text, whole) => {
    for (const pieces of [[text], [...text]]) expect(join('prefix', delivered, pieces).whole).toBe(whole);
  });

  it.each<[string, string, string]>([
    ['a rest of a word', 'The quick br', 'own fox'],
    ['a word that begins like the last one', 'The car', ' carried it'],
    ['numbers that repeat', '[0, 0, 0,', ' 0, 0, 1]'],
    ['brackets that repeat', '    }\n  }', '\n  }\n}'],
    ['one letter', 'Vitamin A', ' A day'],
    ['a letter joined to a word', 'size: x', 'x-large'],
    ['nothing but a mark', 'The end', '.'],
  ])('passes on %s as it is', (_what, delivered, text) => {
    for (const pieces of [[text], [...text]]) expect(join('prefix', delivered, pieces).passed).toBe(text);
  });

  it('keeps the white space that was delivered in place of another', () => {
    expect(join('prefix', 'one\n\n', [' two']).whole).toBe('one\n\ntwo');
    expect(join('prefix', 'def f():\n    ', ['\n    return 1']).whole).toBe('def f():\n    return 1');
    expect(join('prefix', 'a\n', ['\n\nb']).whole).toBe('a\n\nb');
    expect(join('prefix', 'a ', [' ', '\n', '\nb']).whole).toBe('a \n\nb');
  });

  it('finds a long beginning that is repeated in full', () => {
    const long = Array.from({ length: 3_000 }, (_, index) => `word${String(index)}`).join(' ');
    const delivered = long.slice(0, 20_003);
    for (const text of [long, `\n${long}`]) {
      const joiner = new Joiner('prefix', delivered);
      let passed = '';
      for (let at = 0; at < text.length; at += 7) passed += joiner.push(text.slice(at, at + 7));
      expect(passed + joiner.end()).toBe(long.slice(20_003));
    }
  });

  it('is joined like any other answer when it begins anew', () => {
    const delivered = story.slice(0, 190);
    const other = story.replace('dusk', 'nightfall');
    expect(join('prefix', delivered, split(other, [5, 50, 100])).whole).toBe(story);
    const joined = join('prefix', delivered, [`${story.slice(0, 50)} with a dog.`]);
    expect(joined.passed).toBe('');
    expect(joined.failure).toBeDefined();
    expect(join('prefix', delivered, [story.slice(0, 50)]).failure).toBeDefined();
  });

  it('passes on the same at any cut', () => {
    fc.assert(
      fc.property(prose, fc.nat(), prose, cuts, cuts, (text, at, other, one, two) => {
        const delivered = text.slice(0, 1 + (at % text.length));
        expect(join('prefix', delivered, split(other, one))).toEqual(join('prefix', delivered, split(other, two)));
      }),
      { numRuns: 500 },
    );
  });
});
