import { describe, expect, it } from 'vitest';
import { createRedactor } from '../../../main/kit/redact.ts';
import { withoutSecrets } from '../../../main/ledger/body-secrets.ts';

const secret = 'canary-of-a-provider/9f2c';
const redactor = createRedactor();
redactor.learn('config', [secret]);

function cleaned(text: string, part: 'request' | 'answer' = 'answer', secrets?: readonly string[]): string {
  const kept = withoutSecrets({ requestId: 'r', part, bytes: Buffer.from(text), secrets }, redactor);
  return Buffer.from(kept.bytes).toString();
}

/** A stream of events that say a text so many characters at a time. */
function stream(text: string, size: number, event: (piece: string) => object): string {
  const pieces = text.match(new RegExp(`.{1,${size}}`, 'gs')) ?? [];
  return [...pieces.map((piece) => `data: ${JSON.stringify(event(piece))}\n\n`), 'data: [DONE]\n\n'].join('');
}

const chat = (content: string): object => ({ id: 'c', choices: [{ index: 0, delta: { content } }] });

describe('what is kept', () => {
  it('is the same, byte by byte, where there is no secret, whatever it is', () => {
    for (const bytes of [Buffer.from('{"a": 1.50e0}\r\n'), Buffer.from([0x7b, 0xff, 0xc3, 0x7d]), Buffer.alloc(0)]) {
      const body = { requestId: 'r', part: 'answer', bytes } as const;
      expect(withoutSecrets(body, redactor)).toBe(body);
    }
  });

  it('has no secret of the request’s own', () => {
    expect(cleaned('I am ya29.login and bG9naW4', 'request', ['ya29.login', 'I am'])).toBe('I am *** and bG9naW4');
  });

  it.each([1, 2, 3, 5, 11])('has none that a stream spells %i characters at a time', (size) => {
    const text = `The key is ${secret}, said the höhe.`;
    for (const event of [
      chat,
      (piece: string) => ({
        type: 'content_block_delta',
        index: 0,
        delta: { type: 'input_json_delta', partial_json: piece },
      }),
      (piece: string) => ({ type: 'response.output_text.delta', delta: piece }),
    ]) {
      const kept = cleaned(stream(text, size, event));
      const said = [...kept.matchAll(/"(?:content|partial_json|delta)":("[^"]*")/g)]
        .map(([, piece = '""']) => String(JSON.parse(piece)))
        .join('');
      expect(said).toBe('The key is ***, said the höhe.');
      expect(kept).toContain('data: [DONE]');
    }
  });

  it('leaves a stream alone that says no secret, line ends and all', () => {
    const text = `: hi\r\n\r\n${stream('nothing to hide', 2, chat)}data: {broken\n\nevent: x\ndata:{"a":"b"}\n\n`;
    expect(cleaned(text)).toBe(text);
  });

  it('is made in a time that grows with the text, not with its square', () => {
    const text = '-eyJaaaaaaaa'.repeat(100_000);
    expect(cleaned(text)).toBe(text);
  });
});
