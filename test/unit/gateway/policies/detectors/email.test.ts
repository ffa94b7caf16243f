import { describe, expect, it } from 'vitest';
import { found } from './numbers-found.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');

describe('a mail address', () => {
  it.each([
    ['write to mara.kessler+news@webmail.de.', 'mara.kessler+news@webmail.de'],
    ['"Mara" <mara@kessler.co.uk>', 'mara@kessler.co.uk'],
    ['mailto:mara.kessler@webmail.de?subject=x', 'mara.kessler@webmail.de'],
    ['jürgen.müller@webmail.de', 'jürgen.müller@webmail.de'],
    ['иван@почта.рф', 'иван@почта.рф'],
    ["o'brien@irishmail.ie", "o'brien@irishmail.ie"],
    ['请联系mara@webmail.cn谢谢', 'mara@webmail.cn'],
    ['GET /a?email=mara.kessler%2Bx%40webmail.es HTTP/1.1', 'mara.kessler%2Bx%40webmail.es'],
    ['mara [at] webmail [dot] de', 'mara [at] webmail [dot] de'],
    ['mara.kessler(at)webmail.de', 'mara.kessler(at)webmail.de'],
    ['mara at web-mail dot co dot uk', 'mara at web-mail dot co dot uk'],
    ['mara&#64;webmail.de', 'mara&#64;webmail.de'],
    ['mara＠webmail.de', 'mara＠webmail.de'],
    ['ma\u200bra@web\u200bmail.de', 'ma\u200bra@web\u200bmail.de'],
  ])('is found in %j', (text, value) => {
    expect(found(text)).toEqual([['email', value]]);
  });

  it('is found inside Base64, and the whole run is covered', () => {
    const run = base64('{"email": "mara-kessler@webmail.net"}');
    expect(found(`id token payload (base64): ${run}`)).toEqual([['email', run]]);
  });

  it.each([
    'git@github.com:owner/name.git',
    'npm i lodash@4.17.21 @types/node@20.1.2 react@18.2.0.com',
    'postgres://user:pw@db.webmail.de:5432/x',
    'ssh -p 22 deploy-mara@host.webmail.de',
    'const RE = /^[\\w.+-]+@[\\w-]+\\.[\\w.]+$/;',
    '@Injectable() class A {} icon@2x.png a@b deploy@bastion',
    'your-name@example.com, noreply@webmail.de, support@webmail.de',
    'look at the dot com boom, scope at each point in time',
    base64('nothing of anybody is in this text, really'),
  ])('is not seen in: %s', (text) => {
    expect(found(text)).toEqual([]);
  });
});
