// What the stand-in does not do throws when it is touched: a member of Electron that nobody wrote here is never `undefined`.
import type { EventEmitter } from 'node:events';

/** Members of an Electron object that a stand-in implements by type; what every emitter has comes from Node. */
export type Members<T> = Partial<Omit<T, keyof EventEmitter | 'prototype'>>;

/** Asked of anything by Node and by test tools. */
const asked = new Set([
  'then',
  'toJSON',
  'constructor',
  'asymmetricMatch',
  'nodeType',
  'tagName',
  '$$typeof',
  'domain',
]);

/** The same object, whose missing members throw. */
export function guarded<T extends object>(name: string, part: T): T {
  return new Proxy(part, {
    get(target, property, receiver): unknown {
      if (typeof property === 'string' && !(property in target)) refuse(name, property);
      return Reflect.get(target, property, receiver);
    },
    set(target, property, value): boolean {
      if (typeof property === 'string' && !(property in target)) refuse(name, property);
      return Reflect.set(target, property, value);
    },
  });
}

/** An object that stands in for one of Electron's, checked by its type. */
export function standIn<T extends object>(name: string, part: Members<T>): T {
  return guarded(name, part) as T;
}

function refuse(name: string, property: string): void {
  if (asked.has(property) || property.startsWith('_')) return;
  throw new Error(`the Electron stand-in does not implement ${name}.${property}; see test/fakes/electron`);
}
