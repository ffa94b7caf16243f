/** The arguments of a tool as a Claude target takes them (platform.claude.com, tool use). */
import type { JsonObject, LossSink } from '../canonical.ts';
import { asArray, asObject } from '../dialect.ts';

/** `input_schema` must be an object at its top, and may not be a union there: unions are laid over each other. */
export function inputSchema(parameters: JsonObject, path: string, losses: LossSink): JsonObject {
  const unions = ['anyOf', 'oneOf', 'allOf'].filter((name) => Array.isArray(parameters[name]));
  if (unions.length === 0) return parameters['type'] === 'object' ? parameters : { ...parameters, type: 'object' };
  losses(path, 'a union at the top of the arguments was merged into one object');
  const variants = unions.flatMap((name) => asArray(parameters[name]).map(asObject));
  const rest = Object.fromEntries(Object.entries(parameters).filter(([name]) => !unions.includes(name)));
  // Not by assignment: a field may be called `__proto__`.
  const properties = Object.fromEntries(
    [...variants, parameters].flatMap((one) => Object.entries(asObject(one['properties']))),
  );
  const always = asArray(parameters['allOf']).flatMap((one) => asArray(asObject(one)['required']));
  const required = [...new Set([...asArray(parameters['required']), ...always])];
  return { ...rest, type: 'object', properties, ...(required.length === 0 ? {} : { required }) };
}
