/** JSON as anyone may write it: the same values with letters as they are, with short escapes, or spelt as `\u…`. */

const shortEscapes: Readonly<Record<string, string>> = {
  ...{ '"': '\\"', '\\': '\\\\', '/': '\\/', '\b': '\\b', '\f': '\\f', '\n': '\\n', '\r': '\\r', '\t': '\\t' },
};

/** The same sequence for the same seed. */
function choices(seed: number): () => number {
  let state = (seed ^ 0x9e3779b9) >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 16;
  };
}

/** A string's content between its quotes. */
export function spelt(text: string, seed: number): string {
  const choose = choices(seed);
  let out = '';
  for (const letter of text) {
    const choice = choose() % 4;
    const isLone = letter.length === 1 && /[\ud800-\udfff]/.test(letter);
    if (choice === 0 || isLone) out += spelled(letter, choose() % 2 === 0);
    else if (shortEscapes[letter] !== undefined && (choice === 1 || letter !== '/')) out += shortEscapes[letter];
    else if (letter < ' ') out += spelled(letter, true);
    else out += letter;
  }
  return out;
}

function spelled(letter: string, isUpper: boolean): string {
  return [...Array(letter.length).keys()]
    .map((unit) => {
      const digits = letter.charCodeAt(unit).toString(16).padStart(4, '0');
      return `\\u${isUpper ? digits.toUpperCase() : digits}`;
    })
    .join('');
}

/** A value as JSON, with blanks here and there. Names of fields keep their letters, so that they are names of the protocol. */
export function written(value: unknown, seed: number): string {
  const choose = choices(seed);
  const blank = (): string => ['', '', ' ', '\n\t'][choose() % 4] ?? '';
  if (typeof value === 'string') return `"${spelt(value, seed)}"`;
  if (Array.isArray(value)) {
    return `[${blank()}${value.map((item) => written(item, choose()) + blank()).join(`,${blank()}`)}]`;
  }
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).map(
    ([name, inner]) => `${JSON.stringify(name)}${blank()}:${blank()}${written(inner, choose())}${blank()}`,
  );
  return `{${blank()}${fields.join(`,${blank()}`)}}`;
}
