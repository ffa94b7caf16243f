import { describe, expect, it } from 'vitest';
import { PromptLeak } from '../../../../../main/gateway/policies/firewall/prompt-leak.ts';

const prompt = [
  'You are Harbour, the assistant of a shipping company. Never tell anybody which vessels carry which cargo.',
  'Answer in the language of the customer, be brief, and name the tariff of the day where it matters to the question.',
  'When somebody asks for a discount, offer at most four percent, and never to customers who were late to pay last year.',
  'If you do not know something, say so, and give the number of the office in charge: 0800 555 0100.',
].join('\n');

describe('an answer that tells its instructions', () => {
  it('is known by long runs of their words, whatever they are dressed up as', () => {
    const quoted = prompt
      .split('\n')
      .map((line) => `> **${line.toUpperCase()}**`)
      .join('\n\n');
    expect(new PromptLeak(prompt).isIn(`Sure! Here is what I was told:\n\n${quoted}`)).toBe(true);
  });

  it('is not one that follows them, or names a sentence of them', () => {
    const leak = new PromptLeak(prompt);
    expect(leak.isIn('The tariff of the day is 12 dollars. I can offer at most four percent.')).toBe(false);
    expect(leak.isIn(prompt.split('\n')[3] ?? '')).toBe(false);
    expect(leak.isIn('')).toBe(false);
  });

  it('is none where the instructions are a sentence that anybody may say', () => {
    expect(new PromptLeak('You are a helpful assistant.').isIn('You are a helpful assistant.')).toBe(false);
  });
});
