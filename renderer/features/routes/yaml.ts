/** A written value as YAML, for people to read and paste. */

/** Words that YAML reads as something else than text, and texts that begin like something else. */
const plain = /^(?!(?:true|false|null|yes|no|on|off|y|n|~)$)[A-Za-z_][\w./-]*$/i;

/** `indent` spaces before each line. */
export function yamlOf(value: unknown, indent = 0): string {
  return lines(value, indent).join('\n');
}

function lines(value: unknown, indent: number): string[] {
  const pad = ' '.repeat(indent);
  if (Array.isArray(value) && value.length > 0 && !isShort(value))
    return value.flatMap((item: unknown) => {
      const [first = '', ...rest] = lines(item, indent + 2);
      return [`${pad}- ${first.trimStart()}`, ...rest];
    });
  if (!isMap(value) || Object.keys(value).length === 0) return [pad + inline(value)];
  return Object.entries(value).flatMap(([name, inner]) => {
    if (inner === undefined) return [];
    const nests = (isMap(inner) && Object.keys(inner).length > 0) || (Array.isArray(inner) && !isShort(inner));
    return nests ? [`${pad}${key(name)}:`, ...lines(inner, indent + 2)] : [`${pad}${key(name)}: ${inline(inner)}`];
  });
}

/** A list of scalars that fits on a line. */
function isShort(list: readonly unknown[]): boolean {
  return list.every((item) => typeof item !== 'object' || item === null) && inline(list).length <= 80;
}

function inline(value: unknown): string {
  if (typeof value === 'string') return key(value);
  if (Array.isArray(value)) return `[${value.map(inline).join(', ')}]`;
  return JSON.stringify(value) ?? 'null';
}

function key(text: string): string {
  return plain.test(text) ? text : JSON.stringify(text);
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
