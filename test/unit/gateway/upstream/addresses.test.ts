import { describe, expect, it } from 'vitest';
import { addressRefusal } from '../../../../main/gateway/upstream/addresses.ts';
import { versionedBase } from '../../../../main/gateway/upstream/adapters/adapter.ts';

describe('addresses (SEC-41)', () => {
  it.each([
    '169.254.169.254',
    '169.254.0.1',
    'fe80::1',
    'fd00:ec2::254',
    '224.0.0.1',
    'ff02::1',
    '0.0.0.0',
    '::',
    '255.255.255.255',
    '::ffff:169.254.169.254',
  ])('%s is never called', (address) => {
    expect(addressRefusal(address, true)).toBeDefined();
    expect(addressRefusal(address, false)).toBeDefined();
  });

  it.each(['127.0.0.1', '10.1.2.3', '172.16.0.1', '192.168.1.1', '100.64.0.1', '::1', 'fc00::1', '::ffff:127.0.0.1'])(
    '%s is called only for a local provider',
    (address) => {
      expect(addressRefusal(address, false)).toContain('local: true');
      expect(addressRefusal(address, true)).toBeUndefined();
    },
  );

  it.each(['8.8.8.8', '2606:4700::1111', '172.32.0.1'])('%s is called', (address) => {
    expect(addressRefusal(address, false)).toBeUndefined();
  });
});

describe('a base URL', () => {
  it.each([
    ['https://api.openai.com/v1', 'v1', 'https://api.openai.com/v1'],
    ['https://api.openai.com/v1/', 'v1', 'https://api.openai.com/v1'],
    ['https://api.openai.com', 'v1', 'https://api.openai.com/v1'],
    ['https://api.openai.com/v1/v1', 'v1', 'https://api.openai.com/v1'],
    ['https://api.groq.com/openai/v1', 'v1', 'https://api.groq.com/openai/v1'],
    ['https://x.test/api/paas/v4', 'v1', 'https://x.test/api/paas/v4'],
    ['https://x.test/v1beta/openai', 'v1', 'https://x.test/v1beta/openai'],
    ['https://api.anthropic.com/v1', undefined, 'https://api.anthropic.com'],
    ['https://api.anthropic.com/v1/v1', undefined, 'https://api.anthropic.com'],
    ['https://api.anthropic.com', undefined, 'https://api.anthropic.com'],
    ['https://g.test', 'v1beta', 'https://g.test/v1beta'],
    ['https://g.test/v1', 'v1beta', 'https://g.test/v1'],
  ])('%s with %s becomes %s', (base, version, expected) => {
    expect(versionedBase(base, version)).toBe(expected);
  });
});
