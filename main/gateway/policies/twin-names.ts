/** Whether a piece of JSON can be read in two ways: an object that has a field twice, or once more in another spelling. */

/** A string, with the colon behind it if it is the name of a field; or where an object or list begins or ends. */
const token = /"([^"\\]*(?:\\.[^"\\]*)*)"\s*(:)?|[[\]{}]/gs;

/** Schemas describe data of somebody's own, whose fields may be called as he likes. */
const schemas: ReadonlySet<string> = new Set([
  ...['parameters', 'inputschema', 'outputschema', 'parametersjsonschema', 'responsejsonschema', 'response'],
  ...['schema', 'format', 'properties', 'headers', 'inputexamples'],
]);

/** `text` must be JSON. Names are the same that differ in case or underscores only: servers exist that take them for the same. */
export function hasTwins(text: string): boolean {
  /** Of objects the names met so far, of lists nothing. */
  const open: (Set<string> | undefined)[] = [];
  /** How many objects and lists were open where a schema begins. */
  let schemaAt = Infinity;
  let isSchemaNext = false;
  for (const [found, content, colon] of text.matchAll(token)) {
    if (found === '{' || found === '[') {
      if (isSchemaNext && schemaAt === Infinity) schemaAt = open.length;
      open.push(found === '{' ? new Set() : undefined);
    } else if (found === '}' || found === ']') {
      open.pop();
      if (open.length <= schemaAt) schemaAt = Infinity;
    }
    isSchemaNext = false;
    if (colon === undefined || schemaAt !== Infinity) continue;
    const name = nameOf(content ?? '');
    const names = open.at(-1);
    if (names === undefined) continue;
    if (names.has(name)) return true;
    names.add(name);
    isSchemaNext = schemas.has(name);
  }
  return false;
}

function nameOf(content: string): string {
  const name = content.includes('\\') ? (JSON.parse(`"${content}"`) as string) : content;
  return name.replaceAll('_', '').toLowerCase();
}
