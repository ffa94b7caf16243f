import { describe, expect, it } from 'vitest';
import { fc } from '../../property.ts';
import { answerTexts } from '../../../main/gateway/answer-texts.ts';

const events = (...data: readonly object[]): Buffer =>
  Buffer.from(`${data.map((one) => `event: x\ndata: ${JSON.stringify(one)}\n\n`).join('')}data: [DONE]\n\n`);

describe('the texts of an answer', () => {
  it('are put together from the pieces of a stream, each part of it for itself', () => {
    const piece = (index: number, text: string): object => ({
      type: 'content_block_delta',
      index,
      delta: { type: 'text_delta', text },
    });
    expect(answerTexts(events(piece(0, 'the key '), piece(1, 'other'), piece(0, 'is '), piece(0, 'here')))).toEqual([
      'the key is here',
      'other',
    ]);
  });

  it('do not run together where a stream says the whole once more', () => {
    const whole = { type: 'output_text', text: 'the key is abc' };
    const stream = events(
      { type: 'response.output_text.delta', output_index: 0, content_index: 0, delta: 'the key ' },
      { type: 'response.output_text.delta', output_index: 0, content_index: 0, delta: 'is abc' },
      { type: 'response.output_text.done', output_index: 0, content_index: 0, text: 'the key is abc' },
      { type: 'response.content_part.done', output_index: 0, content_index: 0, part: whole },
      { type: 'response.completed', response: { output: [{ type: 'message', content: [whole] }] } },
    );
    const texts = answerTexts(stream);
    expect(texts).toContain('the key is abc');
    expect(texts.join('|')).not.toContain('abcthe');
  });

  it('are all strings of a plain answer but those of the protocol', () => {
    const answer = { id: 'msg_1', model: 'm', content: [{ type: 'text', text: 'hello' }], extra: { note: 'more' } };
    expect(answerTexts(Buffer.from(JSON.stringify(answer)))).toEqual(['hello', 'more']);
  });

  it('are read from lists of events and from a document a line', () => {
    const list = [
      { candidates: [{ content: { parts: [{ text: 'one ' }] } }] },
      { candidates: [{ content: { parts: [{ text: 'two' }] } }] },
    ];
    expect(answerTexts(Buffer.from(JSON.stringify(list)))).toEqual(['one two']);
    const lines = list.map((one) => JSON.stringify(one)).join('\n');
    expect(answerTexts(Buffer.from(lines))).toEqual(['one two']);
  });

  it('are all of it where it is neither JSON nor events, and none where it is no text', () => {
    expect(answerTexts(Buffer.from('a transcript {'))).toEqual(['a transcript {']);
    expect(answerTexts(Buffer.from([0xff, 0xfb, 0x90, 0x7b]))).toEqual([]);
    expect(answerTexts(Buffer.alloc(0))).toEqual([]);
  });

  it('are read from events whose data takes several lines', () => {
    expect(answerTexts(Buffer.from('data: {\r\ndata: "text":\r\ndata: "hello"}\r\n\r\n'))).toEqual(['hello']);
  });

  it('are those of a tool’s arguments, whatever their fields are called', () => {
    const call = { type: 'tool_use', id: 'toolu_1', name: 'send', input: { data: 'one', nested: { type: 'two' } } };
    expect(answerTexts(Buffer.from(JSON.stringify({ content: [call] })))).toEqual(['send', 'one', 'two']);
  });

  it('are those of a list called data, and of a summary that is only encoded', () => {
    const picture = { data: [{ b64_json: 'AAAA', revised_prompt: 'a cat' }] };
    expect(answerTexts(Buffer.from(JSON.stringify(picture)))).toEqual(['a cat']);
    const summary = { encrypted_content: `sluice.compaction.v1.${Buffer.from('short').toString('base64url')}` };
    expect(answerTexts(Buffer.from(JSON.stringify({ output: [summary, { encrypted_content: 'gAAAA' }] })))).toEqual([
      'short',
    ]);
  });

  it('are the same of a stream with one text as of one with more, whatever is in it', () => {
    const piece = fc.string({
      unit: fc.constantFrom('a', '"', '\\\\', '\n', 'é', '{', '}', '[', ',', ':', ' ', 'data:'),
    });
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const delta = (index: number, content: string): object => ({ choices: [{ index, delta: { content } }] });
        const one = answerTexts(events(...pieces.map((text) => delta(0, text)), delta(0, 'end')));
        const more = answerTexts(events(...pieces.map((text) => delta(0, text)), delta(0, 'end'), delta(1, 'other')));
        expect(one).toEqual([`${pieces.join('')}end`]);
        expect(more).toEqual([`${pieces.join('')}end`, 'other']);
      }),
    );
  });
});
