/** What a model of unknown price can cost: as much as the dearest of its relatives (BUD-15). */
import { costBound, inputRateBound, outputRateBound, type Price } from '../../shared/domain/price.ts';
import type { DatedPrice } from './price-text.ts';

interface Priced {
  readonly id: string;
  readonly chat: boolean | undefined;
  readonly prices: readonly DatedPrice[];
}

/**
 * Looks the bound of a model up: over its family at the vendor, else over its family anywhere, else over the vendor, else over
 * all. Worked out when it is first asked for, and kept. `modelsOf` lists what is known of a vendor's prices.
 */
export function createBounds(
  vendors: readonly string[],
  modelsOf: (vendor: string) => readonly Priced[],
): (vendor: string | undefined, model: string) => Price | undefined {
  const perVendor = new Map<string, Bounds>();
  let everywhere: Bounds | undefined;
  const ofVendor = (vendor: string): Bounds => {
    const known = perVendor.get(vendor);
    if (known !== undefined) return known;
    const made = boundsOf(modelsOf(vendor));
    perVendor.set(vendor, made);
    return made;
  };
  return (vendor, model) => {
    const family = familyOf(model);
    const atVendor = vendor === undefined ? undefined : ofVendor(vendor);
    const near = atVendor?.families.get(family);
    if (near !== undefined) return near;
    everywhere ??= together(vendors.map(ofVendor));
    return everywhere.families.get(family) ?? atVendor?.whole ?? everywhere.whole;
  };
}

interface Bounds {
  readonly families: ReadonlyMap<string, Price>;
  readonly whole: Price | undefined;
}

function boundsOf(models: readonly Priced[]): Bounds {
  const families = new Map<string, Price>();
  let whole: Price | undefined;
  for (const { id, chat, prices } of models) {
    // What draws, speaks or only ranks costs other things than a conversation.
    if (chat === false) continue;
    for (const { price } of prices) {
      const family = familyOf(id);
      families.set(family, dearer(families.get(family), price));
      whole = dearer(whole, price);
    }
  }
  return { families, whole };
}

function together(all: readonly Bounds[]): Bounds {
  const families = new Map<string, Price>();
  let whole: Price | undefined;
  for (const bounds of all) {
    for (const [family, price] of bounds.families) families.set(family, dearer(families.get(family), price));
    if (bounds.whole !== undefined) whole = dearer(whole, bounds.whole);
  }
  return { families, whole };
}

/** A flat price at which no usage costs less than at either. */
function dearer(a: Price | undefined, b: Price): Price {
  const request = Math.max(a?.request ?? 0, costBound({ inputTokens: 0, outputTokens: 0 }, b));
  const webSearch = Math.max(a?.webSearch ?? 0, b.webSearch ?? 0);
  const citation = Math.max(a?.citation ?? 0, b.citation ?? 0);
  return {
    // However large the input is.
    input: Math.max(a?.input ?? 0, inputRateBound(b, Infinity)),
    output: Math.max(a?.output ?? 0, outputRateBound(b, Infinity)),
    ...(request > 0 ? { request } : {}),
    ...(webSearch > 0 ? { webSearch } : {}),
    ...(citation > 0 ? { citation } : {}),
  };
}

/**
 * What the models of a line have in common: the last part of the path, without region and maker, up to its first number.
 * `us.anthropic.claude-opus-4-1` is a `claude-opus`, `meta-llama/Llama-3.3-70B` a `llama`, `o3-mini` an `o`.
 */
export function familyOf(model: string): string {
  const last = model.slice(model.lastIndexOf('/') + 1).toLowerCase();
  let start = 0;
  for (let dot = last.indexOf('.'); dot !== -1; dot = last.indexOf('.', dot + 1))
    if (isLetter(last.charCodeAt(dot + 1))) start = dot + 1;
  let end = start;
  while (isLetter(last.charCodeAt(end)) || (last[end] === '-' && end > start && isLetter(last.charCodeAt(end + 1))))
    end++;
  return last.slice(start, end);
}

function isLetter(code: number): boolean {
  return code >= 0x61 && code <= 0x7a;
}
