import { describe, expect, it } from 'vitest';
import { Scrub } from '../../../main/kit/scrub.ts';

const secret = 'upstream/credential+of=37~characters"x';

describe('a scrub', () => {
  it.each([
    ['as it is', secret],
    ['in JSON', JSON.stringify(secret).slice(1, -1)],
    ['in a URL', encodeURIComponent(secret)],
    ['in base64', Buffer.from(secret).toString('base64')],
  ])('takes a secret out %s, and nothing else', (_form, spelt) => {
    const text = `before é ${spelt} after`;
    expect(new Scrub([secret]).text(text)).toMatch(/^before é \*\*\*=* after$/);
  });

  it('takes it out in base64 behind something else', () => {
    const text = Buffer.from(`user:${secret}`).toString('base64');
    expect(new Scrub([secret]).text(text)).toContain('***');
  });

  it('gives the same bytes back when there is nothing to take out', () => {
    const bytes = Buffer.from([0xff, 0x00, 0xe9, 0x61]);
    expect(new Scrub([secret]).bytes(bytes)).toBe(bytes);
  });

  it('keeps bytes that are no text', () => {
    const bytes = Buffer.concat([Buffer.from([0xff, 0x00]), Buffer.from(secret), Buffer.from([0xc3])]);
    expect([...new Scrub([secret]).bytes(bytes)]).toEqual([0xff, 0x00, 0x2a, 0x2a, 0x2a, 0xc3]);
  });

  it('takes the longer of two secrets whole', () => {
    expect(new Scrub(['sk-12345678', 'sk-12345678-more']).text('sk-12345678-more sk-12345678')).toBe('*** ***');
  });

  it('leaves short words alone, and says where a secret stands plainly', () => {
    const scrub = new Scrub(['key', secret]);
    expect(scrub.text('a key')).toBe('a key');
    expect([scrub.isIn(`Bearer ${secret}`), scrub.isIn('a key')]).toEqual([true, false]);
  });
});
