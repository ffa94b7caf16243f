/** Which problem belongs to which field of the editor. */

/**
 * `find('hedge')` gives what is wrong with `hedge` or anything in it; `find('targets!')` what is wrong with `targets` itself
 * alone; `undefined` where nothing is.
 */
export function problemFinder(problems: ReadonlyMap<string, string>): (path: string) => string | undefined {
  return (path) => {
    const isExact = path.endsWith('!');
    const wanted = isExact ? path.slice(0, -1) : path;
    const found = [...problems]
      .filter(([at]) => at === wanted || (!isExact && isBelow(at, wanted)))
      .map(([, text]) => text);
    return found.length === 0 ? undefined : [...new Set(found)].join(' ');
  };
}

function isBelow(at: string, path: string): boolean {
  return at.startsWith(path) && /^[.[]/.test(at.slice(path.length));
}
