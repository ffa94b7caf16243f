import { describe, expect, it } from 'vitest';
import { found } from './numbers-found.ts';

describe('an address of a machine', () => {
  it.each([
    ['ip_address', '85.214.132.117'],
    ['ip_address', '2a02:8108:8ac0:207d:5c8f::1'],
    ['ip_address', '2600:da69:1a10:2366:9a17:32a6:2d3d:707'],
    ['mac_address', '3C-B8-88-28-C0-18'],
    ['mac_address', 'ac:bd:4c:1c:e1:9b'],
  ] as const)('%s %s is found', (kind, value) => {
    expect(found(`seen from ${value} at 20:30`)).toEqual([[kind, value]]);
  });

  it('is found in a list, an address on the web, and without its network suffix', () => {
    expect(
      found('allow "53.94.224.166/32,97.15.188.84/32" http://85.214.132.117:8080/x').map(([, value]) => value),
    ).toEqual(['53.94.224.166', '97.15.188.84', '85.214.132.117']);
  });

  it.each([
    'bind 127.0.0.1, 0.0.0.0, 10.1.2.3, 192.168.1.20, 172.16.3.4, 169.254.1.1, 255.255.255.0',
    'see 10.0.0.1, 192.168.7.7, 127.0.0.9 and 2001:db8::1, ::1, fe80::1',
    'resolvers 8.8.8.8 and 1.1.1.1',
    'Windows build 10.0.14120.3839 and build 131.0.201.56',
    'Chrome/120.0.60.71 v1.22.133.144 >=1.22.133.144-rc',
    'OID 1.3.6.1.4.1.378265.1.1, section 4.2.1.3',
    'std::map<int> a::b dead::beef 12:34:56 00:00:00:00:00:00 FF-FF-FF-FF-FF-FF',
    'MD5:16:27:ac:a5:76:28:2d:36:63:1b:56:4d:eb:df:a6:48',
  ])('is not seen in: %s', (text) => {
    expect(found(text)).toEqual([]);
  });
});
