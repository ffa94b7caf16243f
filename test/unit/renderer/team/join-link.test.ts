import { describe, expect, it } from 'vitest';
import {
  addressOf,
  hostOf,
  isFollowedAt,
  readLabels,
  shortFingerprint,
  shownAddress,
} from '../../../../renderer/features/policies/join-link.ts';

const link = 'https://policy.acme.example/llm/acme-core.sluice#sluice1=abc&org=acme';

describe('a bundle that is looked at', () => {
  it('is followed already where its address is, unless it is a file', () => {
    const followed = [{ url: 'https://a.example/x.sluice' }, { url: 'file:///x.sluice' }];
    expect(isFollowedAt('https://a.example/x.sluice', followed)).toBe(true);
    expect(isFollowedAt('https://b.example/x.sluice', followed)).toBe(false);
    expect(isFollowedAt('file:///x.sluice', followed)).toBe(false);
  });
});

describe('what was entered', () => {
  it('stays a link as it is', () => {
    expect(addressOf(`  ${link}\n`)).toBe(link);
    expect(addressOf('//elsewhere.example/x')).toBe('//elsewhere.example/x');
  });

  it('that is a path becomes the address of that file, and no part of it a fragment', () => {
    expect(addressOf('/home/me/a b#c?d.sluice')).toBe('file:///home/me/a%20b%23c%3Fd.sluice');
    expect(addressOf('C:\\Teams\\acme.sluice')).toBe('file:///C:/Teams/acme.sluice');
  });
});

describe('whom a link leads to', () => {
  it('is told, also of a link within one of our own', () => {
    expect(hostOf(link)).toBe('policy.acme.example');
    expect(hostOf(`sluice://join?url=${encodeURIComponent(link)}`)).toBe('policy.acme.example');
    expect(hostOf('https://user@evil.example/')).toBe('evil.example');
  });

  it('is not told where it cannot be', () => {
    expect(hostOf('acme')).toBeNull();
    expect(hostOf('file:///x.sluice')).toBeNull();
    expect(hostOf(`sluice://join?url=${encodeURIComponent('sluice://join?url=x')}`)).toBeNull();
  });

  it('is shown without its fragment', () => {
    expect(shownAddress(link)).toBe('https://policy.acme.example/llm/acme-core.sluice');
  });
});

it('a fingerprint is shown by its ends', () => {
  expect(shortFingerprint('RLhZz465F4n1l3E3MXg3R2NcxLOYUTVynyyBUk1XBLQ')).toBe('RLhZz465…k1XBLQ');
  expect(shortFingerprint('short')).toBe('short');
});

describe('labels', () => {
  it('are names with values', () => {
    expect(readLabels('')).toEqual({});
    expect(readLabels('env=prod, team = data\nplace=a=b')).toEqual({ env: 'prod', team: 'data', place: 'a=b' });
  });

  it.each(['env', '=x', 'env=', 'env=a, env=b', `${'n'.repeat(65)}=x`])('are refused as %s', (text) => {
    expect(readLabels(text)).toBeUndefined();
  });
});
