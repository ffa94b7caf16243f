/** Which addresses a connection may go to (SEC-41): checked on the resolved address, at every connect. */
import { lookup as dnsLookup, type LookupAddress } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

/** Never a provider: link-local and cloud metadata, multicast, unspecified. */
const never = new BlockList();
never.addSubnet('169.254.0.0', 16);
never.addSubnet('224.0.0.0', 4);
never.addSubnet('0.0.0.0', 8);
never.addAddress('255.255.255.255');
never.addAddress('::', 'ipv6');
never.addSubnet('fe80::', 10, 'ipv6');
never.addSubnet('ff00::', 8, 'ipv6');
never.addAddress('fd00:ec2::254', 'ipv6');

/** Only for providers the user marked local. */
const insideOnly = new BlockList();
insideOnly.addSubnet('127.0.0.0', 8);
insideOnly.addSubnet('10.0.0.0', 8);
insideOnly.addSubnet('172.16.0.0', 12);
insideOnly.addSubnet('192.168.0.0', 16);
insideOnly.addSubnet('100.64.0.0', 10);
insideOnly.addAddress('::1', 'ipv6');
insideOnly.addSubnet('fc00::', 7, 'ipv6');

/** Why an address is refused, or `undefined` when it may be called. IPv4-mapped IPv6 is judged as the IPv4 it is. */
export function addressRefusal(address: string, allowPrivate: boolean): string | undefined {
  const family = isIP(address);
  if (family === 0) return undefined;
  const type = family === 6 ? 'ipv6' : 'ipv4';
  if (never.check(address, type))
    return `${address} is a link-local, metadata or multicast address and is never called`;
  if (!allowPrivate && insideOnly.check(address, type)) {
    return `${address} is a private or loopback address; set "local: true" on the provider if it is meant`;
  }
  return undefined;
}

export class AddressRefused extends Error {
  readonly code = 'ADDRESS_REFUSED';
}

/** A `lookup` for sockets that resolves once and refuses what `addressRefusal` refuses; the socket connects to what was checked. */
export function checkedLookup(allowPrivate: boolean): LookupFunction {
  return (hostname, options, callback) => {
    dnsLookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) {
        callback(error, '', 0);
        return;
      }
      const allowed: LookupAddress[] = [];
      let refusal: string | undefined;
      for (const entry of addresses) {
        const why = addressRefusal(entry.address, allowPrivate);
        if (why === undefined) allowed.push(entry);
        else refusal = why;
      }
      const first = allowed[0];
      if (first === undefined) callback(new AddressRefused(`${hostname}: ${refusal ?? 'no address'}`), '', 0);
      else if (options.all === true) callback(null, allowed);
      else callback(null, first.address, first.family);
    });
  };
}
