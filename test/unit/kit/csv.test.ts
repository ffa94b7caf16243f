import { describe, expect, it } from 'vitest';
import { fc } from '../../property.ts';
import { csvLine } from '../../../main/kit/csv.ts';

/** As a program that reads such a line would take it apart. */
function read(line: string): string[] {
  const cells = [''];
  let quoted = false;
  const text = line.replace(/\r\n$/, '');
  for (let at = 0; at < text.length; at += 1) {
    const letter = text.charAt(at);
    if (letter === '"' && quoted && text[at + 1] === '"') at += 1;
    else if (letter === '"') {
      quoted = !quoted;
      continue;
    } else if (letter === ',' && !quoted) {
      cells.push('');
      continue;
    }
    cells[cells.length - 1] += letter;
  }
  return cells;
}

describe('a line of comma-separated values', () => {
  it('quotes what needs it, and says nothing for what is not there', () => {
    expect(csvLine(['a', 1, null, undefined, true, 'b,c', 'say "x"', ''])).toBe('a,1,,,true,"b,c","say ""x""",\r\n');
  });

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '  =1', '\t=1', '=cmd|" /C calc"!A0'])('makes no formula of %j', (text) => {
    expect(read(csvLine([text]))[0]).toMatch(/^'/);
  });

  it('leaves numbers as they are', () => {
    expect(csvLine([-1.5, '0.0011'])).toBe('-1.5,0.0011\r\n');
  });

  it('is one line that nothing in it breaks or recolours', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' }), { minLength: 1, maxLength: 5 }), (texts) => {
        const line = csvLine([...texts, '\u001b[31mred\u202e', 'two\nlines', 'end']);
        expect(line.endsWith('\r\n')).toBe(true);
        expect(line.slice(0, -2)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2028]/);
        const cells = read(line);
        expect(cells).toHaveLength(texts.length + 3);
        expect(cells.slice(-3)).toEqual(['red', 'two lines', 'end']);
        for (const cell of cells) expect(cell).not.toMatch(/^\s*[=+\-@]/);
      }),
    );
  });
});
