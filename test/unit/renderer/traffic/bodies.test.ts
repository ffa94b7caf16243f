import { describe, expect, it } from 'vitest';
import { eventsOf, hasPlaceholders, partsOf, readable, textOf } from '../../../../renderer/features/traffic/bodies.ts';

describe('what was said, made readable', () => {
  it('indents JSON and leaves everything else as it is', () => {
    expect(readable('{"a":1}')).toBe('{\n  "a": 1\n}');
    expect(readable('not {json')).toBe('not {json');
  });

  it('cuts a stream into its events, with names, lines and line ends of either kind', () => {
    expect(eventsOf('event: a\r\ndata: 1\r\n\r\ndata: 2\ndata: 3\n\n: comment\n\ndata:[DONE]')).toEqual([
      { name: 'a', data: '1' },
      { name: null, data: '2\n3' },
      { name: null, data: '[DONE]' },
    ]);
    expect(eventsOf(': ping\n\ndata: x\n\n')).toEqual([{ name: null, data: 'x' }]);
  });

  it('takes no JSON and no plain text for a stream', () => {
    expect(eventsOf('{"data": 1}')).toBeUndefined();
    expect(eventsOf('database: x')).toBeUndefined();
    expect(eventsOf('')).toBeUndefined();
  });
});

describe('what a stream said, put together', () => {
  const said = (...events: readonly unknown[]): string | undefined =>
    textOf(events.map((event) => ({ name: null, data: typeof event === 'string' ? event : JSON.stringify(event) })));

  it('is the text of its first answer, in every dialect', () => {
    const chat = (content: string, index = 0): unknown => ({ choices: [{ index, delta: { content } }] });
    expect(said(chat('Hel'), chat('x', 1), chat('lo'), '[DONE]')).toBe('Hello');
    expect(
      said({ type: 'response.output_text.delta', delta: 'Hi' }, { type: 'response.output_text.done', text: 'Hi' }),
    ).toBe('Hi');
    const block = (delta: unknown): unknown => ({ type: 'content_block_delta', index: 0, delta });
    expect(said(block({ type: 'thinking_delta', thinking: 'hm' }), block({ type: 'text_delta', text: 'Hi' }))).toBe(
      'Hi',
    );
    const parts = [{ text: 'hm', thought: true }, { text: 'Hi' }];
    expect(said({ candidates: [{ content: { parts } }] })).toBe('Hi');
  });

  it('is nothing where no event says anything, whatever stands in them', () => {
    expect(said('[DONE]', 'null', '7', '{"choices":7}', '{"type":"content_block_delta"}', 'not json')).toBeUndefined();
  });
});

describe('placeholders in a text', () => {
  it('are told from the text around them, and nothing of it is lost', () => {
    const text = 'mail EMAIL5bcdfg@masked.invalid or PHONE8jwjtc, not EMAILS or EMAIL5aeiou';
    const parts = partsOf(text);
    expect(parts.filter(({ isPlaceholder }) => isPlaceholder).map((part) => part.text)).toEqual([
      'EMAIL5bcdfg',
      'PHONE8jwjtc',
    ]);
    expect(parts.map((part) => part.text).join('')).toBe(text);
  });

  it('are seen again by the second question as by the first', () => {
    expect(hasPlaceholders('x SECRET2bcdfg')).toBe(true);
    expect(hasPlaceholders('x SECRET2bcdfg')).toBe(true);
    expect(hasPlaceholders('SECRET of mine')).toBe(false);
  });
});
