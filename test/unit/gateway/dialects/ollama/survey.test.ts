import { describe, expect, it } from 'vitest';
import type { Survey } from '../../../../../main/gateway/dialects/dialect.ts';
import { ollama } from '../../../../../main/gateway/dialects/ollama/ollama.ts';
import { surveyed } from '../support.ts';

const of = (body: unknown): Survey => surveyed(ollama, body);

describe('a chat', () => {
  const call = { role: 'assistant', content: '', tool_calls: [{ function: { name: 'f', arguments: { a: 1 } } }] };
  const result = { role: 'tool', tool_name: 'f', content: 'done' };

  it('is in a loop after a result', () => {
    expect(of({ messages: [call, result] }).isToolLoop()).toBe(true);
    expect(of({ messages: [call] }).isToolLoop()).toBe(false);
    expect(of({ messages: [call] }).hasToolTurns()).toBe(true);
    expect([...of({ messages: [call, result] }).texts(['tool'])]).toEqual(['{"a":1}', 'done']);
  });

  it('has pictures beside its text', () => {
    const survey = of({ messages: [{ role: 'user', content: 'what is this?', images: ['QUJDRA==', 'QUI='] }] });
    expect([survey.has('image'), survey.media(), survey.lastUserText()]).toEqual([
      true,
      { bytes: 12, count: 2 },
      'what is this?',
    ]);
    expect(of({ messages: [{ role: 'user', content: 'x', images: [] }] }).has('image')).toBe(false);
  });

  it('is streamed unless it says otherwise', () => {
    expect(of({ messages: [] }).has('stream')).toBe(true);
    expect(of({ messages: [], stream: false }).has('stream')).toBe(false);
  });

  it('has its settings in options', () => {
    expect(of({ messages: [], options: { num_predict: 9, seed: 1 } }).maxTokens()).toBe(9);
    expect(of({ messages: [], options: { num_predict: -1 } }).maxTokens()).toBeUndefined();
    expect(of({ messages: [], options: { seed: 1 } }).isDeterministic()).toBe(true);
    expect(of({ messages: [], options: { temperature: 0 } }).isDeterministic()).toBe(true);
    expect(of({ messages: [] }).isDeterministic()).toBe(false);
  });

  it('is bound by a schema, not by JSON alone', () => {
    expect(of({ messages: [], format: { type: 'object' } }).has('json_schema')).toBe(true);
    expect(of({ messages: [], format: 'json' }).has('json_schema')).toBe(false);
  });

  it.each([
    [true, true],
    ['high', true],
    [false, false],
    [undefined, false],
  ])('thinks %s: %s', (think, asks) => {
    expect(of({ messages: [], think }).has('reasoning')).toBe(asks);
  });
});

describe('a prompt to complete', () => {
  it('is a message of the user, with its system prompt apart', () => {
    const survey = of({ prompt: 'why is the sky blue?', system: 'be brief', images: ['QUJD'] });
    expect([...survey.texts(['system', 'user'])]).toEqual(['be brief', 'why is the sky blue?']);
    expect([survey.lastUserText(), survey.has('image')]).toEqual(['why is the sky blue?', true]);
    expect(survey.opening()).toContain('sky');
  });
});
