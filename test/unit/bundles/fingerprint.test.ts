import { describe, expect, it } from 'vitest';
import { fc } from '../../property.ts';
import { fingerprintWordList } from '../../../main/bundles/fingerprint-words.ts';
import {
  fingerprintOf,
  fingerprintWords,
  freshnessAddress,
  isFingerprint,
  parseBundleLink,
  trustAddress,
} from '../../../main/bundles/fingerprint.ts';
import { harmless, refusal } from './trust-fixtures.ts';

const fingerprint = fingerprintOf(Buffer.from('{"org":"acme"}'));
const home = 'https://policy.acme.example/llm/acme-core.sluice';

describe('fingerprints', () => {
  it('are the SHA-256 of the payload in base64url', () => {
    expect(fingerprintOf(Buffer.from('abc'))).toBe('ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0');
    expect(isFingerprint(fingerprint)).toBe(true);
  });

  it('have one writing: bits that mean nothing are zero', () => {
    expect(isFingerprint('ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa1')).toBe(false);
    expect(isFingerprint(`${fingerprint}=`)).toBe(false);
  });

  it('are read out as eight words, which stay what they are', () => {
    expect(fingerprintWords('ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0')).toEqual([
      ...['queen', 'ladder', 'bison', 'ribbon', 'mushroom', 'actor', 'spider', 'velvet'],
    ]);
    expect(refusal(() => fingerprintWords('short')).code).toBe('bundle.malformed');
  });

  it('differ in their words where their first bytes do', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 8, maxLength: 8 }),
        fc.uint8Array({ minLength: 8, maxLength: 8 }),
        (a, b) => {
          const [x, y] = [a, b].map((start) => Buffer.concat([start, Buffer.alloc(24)]).toString('base64url'));
          expect(fingerprintWords(x ?? '').join() === fingerprintWords(y ?? '').join()).toBe(x === y);
        },
      ),
    );
  });

  it('have 256 words to choose from, told apart by their first three letters and in more than one place', () => {
    expect(fingerprintWordList).toHaveLength(256);
    expect(new Set(fingerprintWordList.map((word) => word.slice(0, 3))).size).toBe(256);
    for (const word of fingerprintWordList) expect(word).toMatch(/^[a-z]{3,9}$/);
    const holes = fingerprintWordList.flatMap((word) =>
      Array.from(word, (_, at) => `${word.slice(0, at)}?${word.slice(at + 1)}`),
    );
    expect(new Set(holes).size).toBe(holes.length);
  });
});

describe('parseBundleLink', () => {
  it('reads address, fingerprint and publisher, and sends none of the last two anywhere', () => {
    expect(parseBundleLink(`${home}#sluice1=${fingerprint}&org=acme`)).toEqual({ url: home, fingerprint, org: 'acme' });
    expect(parseBundleLink(` ${home} `)).toEqual({ url: home });
    expect(parseBundleLink(`${home}?v=1#section`)).toEqual({ url: `${home}?v=1` });
    expect(parseBundleLink('file:///etc/acme.sluice')).toEqual({ url: 'file:///etc/acme.sluice' });
  });

  it('reads the same within a deep link, escaped or not', () => {
    const whole = `${home}#sluice1=${fingerprint}&org=acme`;
    expect(parseBundleLink(`sluice://join?url=${encodeURIComponent(whole)}`)).toEqual({
      url: home,
      fingerprint,
      org: 'acme',
    });
    expect(parseBundleLink(`sluice://join?url=${whole}`)).toEqual({ url: home, fingerprint, org: 'acme' });
    expect(parseBundleLink(`sluice://join/?url=${encodeURIComponent(home)}`)).toEqual({ url: home });
  });

  it.each([
    ['no address', 'acme-core', 'not a link to a bundle'],
    ['another scheme', 'javascript:alert(1)', 'begins with https://'],
    ['a fingerprint that was cut off', `${home}#sluice1=${fingerprint.slice(0, 40)}`, 'cut off or damaged'],
    ['an empty fingerprint', `${home}#sluice1=&org=acme`, 'cut off or damaged'],
    ['two fingerprints', `${home}#sluice1=${fingerprint}&sluice1=${fingerprint}`, '"sluice1" twice'],
    ['a fingerprint of a later kind', `${home}#sluice2=${fingerprint}`, 'newer version of Sluice'],
    ['a damaged publisher', `${home}#org=ACME%20Inc`, 'publisher in this link is damaged'],
    ['a password', `https://me:pw@policy.acme.example/a.sluice`, 'user name or password'],
    ['a deep link to something else', `sluice://open?url=${home}`, 'sluice://join?url=ADDRESS'],
    ['a deep link to nothing', 'sluice://join', 'sluice://join?url=ADDRESS'],
    ['a deep link to two bundles', `sluice://join?url=${home}&url=${home}`, 'sluice://join?url=ADDRESS'],
    ['a deep link to a deep link', 'sluice://join?url=sluice%3A%2F%2Fjoin', 'another link of its own kind'],
    ['a deep link to a script', 'sluice://join?url=javascript%3Aalert(1)', 'begins with https://'],
    ['too long a link', `${home}#${'x'.repeat(5_000)}`, 'too long'],
  ])('refuses %s', (_, link, message) => {
    const error = refusal(() => parseBundleLink(link));
    expect(error.code).toBe('bundle.malformed');
    expect(error.message).toContain(message);
  });

  it('gives a link or a refusal for any text', () => {
    const part = fc.constantFrom(
      ...['https:', '//', 'a.example', '/b.sluice', '#', 'sluice1=', '&', 'org=', 'acme', '?', '%', '@', ':'],
    );
    const text = fc.oneof(
      fc.array(part, { maxLength: 10 }).map((parts) => parts.join('')),
      fc.string(),
    );
    fc.assert(
      fc.property(text, (any) => {
        for (const start of ['', `${home}#`, 'sluice://join?url=', 'sluice:'])
          harmless(() => parseBundleLink(start + any));
      }),
    );
  });
});

describe('the files beside a bundle', () => {
  it.each([
    [home, 'https://policy.acme.example/llm/acme-core.trust.sluice'],
    [`${home}?token=a.sluice#x`, 'https://policy.acme.example/llm/acme-core.trust.sluice?token=a.sluice'],
    ['https://acme.example/core', 'https://acme.example/core.trust.sluice'],
    ['file:///a/b%20c.sluice', 'file:///a/b%20c.trust.sluice'],
    ['/home/me/what?.sluice', '/home/me/what?.trust.sluice'],
  ])('of %s', (address, trust) => {
    expect(trustAddress(address)).toBe(trust);
    expect(freshnessAddress(address)).toBe(trust.replace('trust', 'freshness'));
  });
});
