import { describe, expect, it } from 'vitest';
import { clientDialectById } from '../../../main/gateway/dialect-registry.ts';
import { JsonDocument } from '../../../main/gateway/dialects/document.ts';
import { promptText } from '../../../main/gateway/prompt-text.ts';

const base64 = 'iVBORw0KGgo+/'.repeat(1_000);
const picture = (data: string): object => ({ type: 'image_url', image_url: { url: `data:image/png;base64,${data}` } });

function textOf(content: unknown): string | undefined {
  const document = JsonDocument.read(Buffer.from(JSON.stringify({ messages: [{ role: 'user', content }] })));
  return promptText(document.bytes, clientDialectById('openai-chat').survey(document))?.toString('utf8');
}

const body = (content: unknown): string => JSON.stringify({ messages: [{ role: 'user', content }] });

describe('the words of a body', () => {
  it('are all of it where there are no media', () => {
    expect(textOf('hi')).toBe(body('hi'));
    expect(textOf('a'.repeat(5_000))).toBe(body('a'.repeat(5_000)));
  });

  it('are what is not base64', () => {
    const text = { type: 'text', text: 'What is this?' };
    expect(textOf([text, picture(base64), picture(base64)])).toBe(body([text, picture(''), picture('')]));
  });

  it('hold small media, and media at an address', () => {
    const parts = [picture('QUJD'), { type: 'image_url', image_url: { url: 'https://example.com/a.png' } }];
    expect(textOf(parts)).toBe(body(parts));
  });

  it('cannot be told where a text looks like base64 beside media', () => {
    expect(textOf([{ type: 'text', text: 'a'.repeat(5_000) }, picture(base64)])).toBeUndefined();
  });
});
