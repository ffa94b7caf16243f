/** Two lowered schemas joined into one, where Gemini has no `allOf`. */
import type { Json, JsonObject, LossSink } from '../canonical.ts';
import { asObject, isObject } from '../dialect.ts';

type Draft = Record<string, Json | undefined>;

/** Both schemas at once, as near as one schema can say it. */
export function mergeLowered(a: JsonObject, b: JsonObject, at: string, losses: LossSink): JsonObject {
  const merged: Draft = { ...a };
  for (const [key, value] of Object.entries(b)) {
    const known = merged[key];
    if (known === undefined || value === undefined) merged[key] ??= value;
    else if (key === 'properties') merged[key] = mergeProperties(asObject(known), asObject(value), at, losses);
    else if (key === 'required')
      merged[key] = [...new Set([...(known as readonly Json[]), ...(value as readonly Json[])])];
    else if (key.startsWith('min') && typeof known === 'number' && typeof value === 'number')
      merged[key] = Math.max(known, value);
    else if (key.startsWith('max') && typeof known === 'number' && typeof value === 'number')
      merged[key] = Math.min(known, value);
    else if (key === 'enum')
      merged[key] = (known as readonly Json[]).filter((one) => (value as readonly Json[]).includes(one));
    else if (key === 'additionalProperties') merged[key] = known === true ? value : known;
    else if (
      key !== 'title' &&
      key !== 'description' &&
      key !== 'default' &&
      JSON.stringify(known) !== JSON.stringify(value)
    ) {
      losses(`${at}/${key}`, `Gemini has no allOf: of two ${key} the first is kept`);
    }
  }
  return merged;
}

function mergeProperties(a: JsonObject, b: JsonObject, at: string, losses: LossSink): JsonObject {
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  return Object.fromEntries(
    [...names].map((name) => {
      // A field may be called `constructor`, which every object seems to have.
      const [one, two] = [a, b].map((from) => (Object.hasOwn(from, name) ? from[name] : undefined));
      if (!isObject(one) || !isObject(two)) return [name, one ?? two];
      return [name, mergeLowered(one, two, `${at}/properties/${name}`, losses)];
    }),
  );
}
