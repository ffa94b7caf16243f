import { describe, expect, it } from 'vitest';
import { openSummary, sealSummary } from '../../../main/gateway/dialects/openai-responses/compaction-handle.ts';
import type { Original } from '../../../main/gateway/exchange.ts';
import { withoutOriginals } from '../../../main/gateway/without-originals.ts';

const original = (text: string, placeholder: string): Original =>
  ({ text, placeholder, kind: 'person', inText: true, inTool: () => true }) as unknown as Original;
const known = [original('Ann', 'PERSON2bcdfg'), original('Ann "Lee"', 'PERSON3bcdfg')];
const kept = (text: string): string => withoutOriginals(Buffer.from(text), known).toString();

describe('what is kept of an answer', () => {
  it('has placeholders for originals, the longest first, however often they are escaped', () => {
    const told = JSON.stringify({ text: 'Ann "Lee"', arguments: JSON.stringify({ to: 'Ann "Lee"' }) });
    expect(kept(told)).toBe('{"text":"PERSON3bcdfg","arguments":"{\\"to\\":\\"PERSON3bcdfg\\"}"}');
    expect(kept('for Ann')).toBe('for PERSON2bcdfg');
  });

  it('has them in summaries that are only encoded as well', () => {
    const answer = JSON.stringify({ encrypted_content: sealSummary('Ann wants ä') });
    const { encrypted_content: handle } = JSON.parse(kept(answer)) as { encrypted_content: string };
    expect(openSummary(handle)).toBe('PERSON2bcdfg wants ä');
  });
});
