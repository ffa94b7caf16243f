/** By which names budgets and limits count a target: no other way to write one gets around what is counted. */
import { matchesInAnyCase } from '../../kit/glob.ts';
import { otherSpellings } from './model-spellings.ts';

interface Limiting {
  readonly byVendor?: boolean | undefined;
  readonly vendors?: ReadonlyMap<string, string> | undefined;
}

interface Counted {
  readonly providerId: string;
  readonly vendor?: string | undefined;
}

/** What a provider is called, to what a bundle limits its vendor. */
export function providerOf({ byVendor, vendors }: Limiting, { providerId, vendor }: Counted): string {
  return byVendor === true ? (vendor ?? vendors?.get(providerId) ?? providerId) : providerId;
}

/** One name for all that reach the same model. */
export function plainName(name: string): string {
  return otherSpellings(name).at(-1) ?? name;
}

/** Some servers find a model however its name is written. */
export function fitsModel(match: string, names: readonly string[]): boolean {
  return names.some((name) => [name, ...otherSpellings(name)].some((one) => matchesInAnyCase(match, one)));
}
