/** JSON in the one form of RFC 8785: what is equal has the same text on every machine, so that its hash can be compared. */

/** Members that are `undefined` are left out, as in JSON. Takes plain data only. */
export function canonicalJson(value: unknown): string {
  // Texts and numbers have one form each, and lists of them may have thousands.
  if (Array.isArray(value) && value.every((one) => typeof one !== 'object')) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((one: unknown) => canonicalJson(one ?? null)).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).filter(([, inner]) => inner !== undefined);
    // By UTF-16 code units, as the RFC asks, which is how `<` compares texts.
    members.sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${members.map(([name, inner]) => `${JSON.stringify(name)}:${canonicalJson(inner)}`).join(',')}}`;
  }
  return JSON.stringify(value ?? null);
}
