/** Small readers of an upstream's answer head. */
import type { HeadMap } from './client.ts';

export function headerOf(headers: HeadMap, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}
