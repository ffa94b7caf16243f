import { describe, expect, it } from 'vitest';
import { fc } from '../../../property.ts';
import { promptTypeOf, type PromptShape } from '../../../../main/gateway/routing/prompt-type.ts';

const shape = (text: string, given: Partial<PromptShape> = {}): PromptShape => ({
  text: () => text,
  hasTools: () => false,
  isToolLoop: () => false,
  hasToolTurns: () => false,
  hasSchema: () => false,
  tokens: Math.ceil(text.length / 4),
  ...given,
});
const typeOf = (text: string): string | undefined => promptTypeOf(shape(text)).type;

/** Half characters too. */
const anyText = fc.array(fc.nat(0xffff), { maxLength: 300 }).map((codes) => String.fromCharCode(...codes));

const ts = '```ts\nexport function first(list: string[]): string {\n  const one = list[0];\n  return one;\n}\n```';

describe('what surrounds a prompt', () => {
  it('makes a step of an agent of whatever comes with tools', () => {
    const yes = (): boolean => true;
    expect(promptTypeOf(shape('Translate this.', { hasTools: yes }))).toMatchObject({
      type: 'agent_step',
      confidence: 0.85,
    });
    expect(promptTypeOf(shape('', { isToolLoop: yes }))).toMatchObject({ type: 'agent_step', confidence: 0.97 });
    expect(promptTypeOf(shape('And now?', { hasToolTurns: yes }))).toMatchObject({
      type: 'agent_step',
      confidence: 0.8,
    });
  });

  it('makes extraction of what is bound by a schema', () => {
    expect(promptTypeOf(shape('Who is meant here?', { hasSchema: () => true }))).toMatchObject({
      type: 'extraction',
      confidence: 0.85,
    });
  });
});

describe('commands', () => {
  it.each([
    'Translate the following text into German: The house is big.',
    'Could you please translate this to French?\n\nGood morning.',
    'The house is big. It stands on a hill.\n\nTranslate this into Spanish.',
    'Übersetze das ins Englische: Guten Morgen.',
    'Bitte übersetzen Sie den folgenden Text ins Polnische.',
    'Kannst du das bitte ins Englische übersetzen?',
    'Traduis ce texte en anglais : bonjour',
    'Pouvez-vous traduire ce paragraphe en allemand ?',
    'Traduce este texto al inglés: buenos días',
    'Por favor, traduce lo siguiente.',
    'Traduci in inglese: buongiorno',
    'Traduza para inglês: bom dia',
    'Vertaal dit naar het Engels: goedemorgen',
    'Przetłumacz na angielski: dzień dobry',
    'Översätt till engelska: god morgon',
    'Bunu İngilizceye çevir.',
    'Переведи на английский: доброе утро',
    'Переклади англійською: доброго ранку',
    '请翻译成英文：早上好',
    '把这段话翻译成英文。',
    '次の文を英語に翻訳してください。おはよう',
    '이 문장을 영어로 번역해 줘.',
  ])('translate: %s', (text) => {
    expect(typeOf(text)).toBe('translate');
  });

  it.each([
    'Summarize this article: It began in 1990.',
    'Please summarise the meeting notes below.',
    'Can you give me a short summary of this?',
    'TL;DR of the text below',
    'A long text about bees.\n\nSummarize the above in two sentences.',
    'Fasse den folgenden Text in drei Sätzen zusammen.',
    'Kannst du das bitte zusammenfassen?',
    'Résume ce texte en trois phrases.',
    'Resume el siguiente artículo.',
    'Riassumi questo articolo in poche righe.',
    'Resuma o texto a seguir.',
    'Vat dit artikel kort samen.',
    'Streść ten artykuł w trzech zdaniach.',
    'Sammanfatta artikeln nedan.',
    'Bu metni özetle.',
    '请总结以下内容：',
    '以下の文章を要約してください。',
  ])('summarize: %s', (text) => {
    expect(typeOf(text)).toBe('summarize');
  });

  it.each([
    'Write a Python script that renames files by date.',
    'Please implement a function that reverses a list.',
    'Write me a regex for email addresses',
    'Create unit tests for the parser.',
    'Schreibe eine Funktion in Rust, die Primzahlen zählt.',
    'Translate this Python script to Rust.',
  ])('code_generation: %s', (text) => {
    expect(typeOf(text)).toBe('code_generation');
  });

  it.each([
    'Resume the download after a restart?',
    'What does "translate" mean?',
    'He asked me to translate the letter yesterday.',
    'Summarizer tools are everywhere.',
    'Write a script for a play about a lighthouse.',
    'Write a program for the wedding on Saturday.',
  ])('does not take the word for the command: %s', (text) => {
    expect(typeOf(text)).toBeUndefined();
  });
});

describe('code', () => {
  it.each([
    ['a fence and a wish', `Turn this into a class:\n${ts}`, 'code_generation'],
    ['a fence and a complaint', `Why does this return undefined for an empty list?\n${ts}`, 'code_review'],
    ['a complaint in German', `Warum geht das nicht?\n${ts}`, 'code_review'],
    ['a patch', 'Looks right?\n\ndiff --git a/x.ts b/x.ts\n@@ -1,2 +1,3 @@\n-a\n+b', 'code_review'],
    [
      'a trace of Python',
      'Traceback (most recent call last):\n  File "a.py", line 3, in <module>\nKeyError: 1',
      'code_review',
    ],
    [
      'a trace of JavaScript',
      'It says\n    at first (/srv/app/list.js:10:5)\n    at main (/srv/app/main.js:3:1)',
      'code_review',
    ],
    ['a panic', "thread 'main' panicked at src/main.rs:4:5", 'code_review'],
    [
      'lines without a fence',
      'import os\nfrom sys import argv\ndef main():\n    return os.getcwd()\nmain()',
      'code_generation',
    ],
    ['a path and a wish', 'Add a --quiet flag to src/cli/options.ts', 'code_generation'],
    ['a path and a complaint', 'The tests in test/list_test.py are failing since yesterday', 'code_review'],
  ])('%s', (_what, text, type) => {
    const found = promptTypeOf(shape(text));
    expect(found.type).toBe(type);
    expect(found.confidence).toBeGreaterThanOrEqual(0.5);
  });
});

describe('mathematics', () => {
  it.each([
    'Solve $$x^2 - 5x + 6 = 0$$',
    'What is \\int_0^1 x^2 dx?',
    'Prove that √2 is irrational.',
    'Find x: 3x^2 + 2x - 1 = 0',
    'What is 17 × 23?',
    '12 + 7 = ?',
  ])('%s', (text) => {
    expect(typeOf(text)).toBe('math');
  });

  it.each(['We met on 2026-11-22.', 'It costs $5 and $7.', 'The ratio is 3:2, he said.', 'Call me at 030 - 1234.'])(
    'not %s',
    (text) => {
      expect(typeOf(text)).toBeUndefined();
    },
  );
});

describe('what structure does not tell', () => {
  it.each([
    '',
    'hello',
    'What is the capital of Australia?',
    'Write a poem about the sea.',
    'Make this sound friendlier: I want my money back.',
    'Who won the cup in 1990, and why did people care so much about it?',
    'Which is better for a shop, Node.js or Next.js?',
    'Look at example.com and tell me what you see.',
    'Ich habe heute frei. Was soll ich machen?',
  ])('%j', (text) => {
    expect(promptTypeOf(shape(text))).toEqual({ type: undefined, confidence: 0, difficulty: 1 });
  });
});

describe('difficulty', () => {
  const list = 'Do all of these:\n- one\n- two\n- three\n- four\n';

  it('grows with size and structure', () => {
    expect(promptTypeOf(shape('hello')).difficulty).toBe(1);
    expect(promptTypeOf(shape(list)).difficulty).toBe(2);
    expect(promptTypeOf(shape('hello', { tokens: 5_000 })).difficulty).toBe(2);
    expect(
      promptTypeOf(shape('hello', { tokens: 40_000, hasTools: () => true, isToolLoop: () => true })).difficulty,
    ).toBe(3);
    expect(promptTypeOf(shape(`${list}${'long '.repeat(400)}`, { tokens: 5_000 })).difficulty).toBe(3);
  });

  it('never falls when there is more context', () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(100_000), fc.nat(100_000), (text, one, two) => {
        const [less, more] = [Math.min(one, two), Math.max(one, two)];
        expect(promptTypeOf(shape(text, { tokens: more })).difficulty).toBeGreaterThanOrEqual(
          promptTypeOf(shape(text, { tokens: less })).difficulty,
        );
      }),
    );
  });
});

describe('any prompt', () => {
  it('has an answer', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const { type, confidence } = promptTypeOf(shape(text));
        expect(type === undefined).toBe(confidence === 0);
        expect(confidence).toBeLessThan(1);
      }),
    );
  });

  it('is read at both ends however long it is', () => {
    const filler = 'The bees were busy that summer. '.repeat(20_000);
    expect(typeOf(`Translate this into Dutch.\n\n${filler}`)).toBe('translate');
    expect(typeOf(`${filler}\n\nSummarize this in one sentence.`)).toBe('summarize');
  });

  it.each([
    'a',
    'a/',
    'a.',
    '/',
    '`',
    '```',
    '\n',
    ' ',
    '\n ',
    '-',
    '@@ -1',
    'x^',
    '= ',
    '{',
    '    at a',
    'const ',
    'please ',
    '"',
    '\\',
    '1.',
    'a/b.',
  ])('does not hang for %j again and again', (piece) => {
    expect(() => promptTypeOf(shape(piece.repeat(Math.ceil(200_000 / piece.length))))).not.toThrow();
  });
});
