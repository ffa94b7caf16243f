/** What the host part of a URL or listener says about where it is, without asking the network. */
import { BlockList, isIP } from 'node:net';

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8);
loopback.addAddress('::1', 'ipv6');

const inside = new BlockList();
inside.addSubnet('127.0.0.0', 8);
inside.addSubnet('10.0.0.0', 8);
inside.addSubnet('172.16.0.0', 12);
inside.addSubnet('192.168.0.0', 16);
inside.addSubnet('100.64.0.0', 10);
inside.addAddress('::1', 'ipv6');
inside.addSubnet('fc00::', 7, 'ipv6');

/** Link-local, cloud metadata, multicast, unspecified: never a provider (SEC-41). */
const never = new BlockList();
never.addSubnet('169.254.0.0', 16);
never.addSubnet('224.0.0.0', 4);
never.addSubnet('0.0.0.0', 8);
never.addAddress('::', 'ipv6');
never.addSubnet('fe80::', 10, 'ipv6');
never.addSubnet('ff00::', 8, 'ipv6');
never.addAddress('fd00:ec2::254', 'ipv6');

/** Host of a URL without brackets, lower-case, without a trailing dot. */
function bare(host: string): string {
  return host
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
    .toLowerCase();
}

function inList(list: BlockList, host: string): boolean {
  const family = isIP(host);
  return family !== 0 && list.check(host, family === 6 ? 'ipv6' : 'ipv4');
}

/** This machine and nobody else. */
export function isLoopbackHost(host: string): boolean {
  const name = bare(host);
  return name === 'localhost' || name.endsWith('.localhost') || inList(loopback, name);
}

/** This machine or network, by its spelling alone: whoever wrote it into the config meant a local server. */
export function isLocalHost(host: string): boolean {
  const name = bare(host);
  if (isLoopbackHost(name) || inList(inside, name)) return true;
  return name === 'host.docker.internal' || name.endsWith('.local') || (isIP(name) === 0 && !name.includes('.'));
}

export function isForbiddenHost(host: string): boolean {
  const name = bare(host);
  return name === 'metadata.google.internal' || inList(never, name);
}

/** Listens on every address of the machine. */
export function isWildcardHost(host: string): boolean {
  return ['0.0.0.0', '::', '*'].includes(bare(host));
}
