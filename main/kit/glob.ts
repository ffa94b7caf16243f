/** Patterns for names: `*` stands for any characters, everything else for itself. Linear time, no regular expression. */

/** What is wrong with a pattern, or `undefined`. Characters that mean something elsewhere are refused, not taken literally. */
export function globProblem(pattern: string): string | undefined {
  if (pattern === '') return 'is empty';
  if (pattern.length > 256) return 'is longer than 256 characters';
  // A space or control character in a name is a slip of the pen: no vendor has one.
  if (/[\s\p{Cc}]/u.test(pattern)) return 'holds a space or control character';
  const special = /[?[\]{}!|\\]/.exec(pattern);
  return special === null ? undefined : `holds "${special[0]}", but only "*" is special`;
}

export function isGlob(pattern: string): boolean {
  return pattern.includes('*');
}

/**
 * Whether the whole of `text` fits `pattern`. Case counts. Takes at most (pattern + text) × number-of-stars steps: the
 * last star alone is ever tried again.
 */
export function matchesGlob(pattern: string, text: string): boolean {
  let at = 0;
  let cursor = 0;
  let star = -1;
  let retryFrom = 0;
  while (cursor < text.length) {
    if (pattern[at] === '*') {
      star = at;
      at += 1;
      retryFrom = cursor;
    } else if (at < pattern.length && pattern[at] === text[cursor]) {
      at += 1;
      cursor += 1;
    } else if (star >= 0) {
      at = star + 1;
      retryFrom += 1;
      cursor = retryFrom;
    } else {
      return false;
    }
  }
  while (pattern[at] === '*') at += 1;
  return at === pattern.length;
}

/** The same where case does not count: some servers find a model however its name is written. */
export function matchesInAnyCase(pattern: string, text: string): boolean {
  return matchesGlob(pattern, text) || matchesGlob(pattern.toLowerCase(), text.toLowerCase());
}

export function matchesAny(patterns: readonly string[], text: string): boolean {
  return patterns.some((pattern) => matchesGlob(pattern, text));
}

/** Whether some text fits both patterns. Exact; takes at most one step for each pair of their characters. */
export function globsOverlap(a: string, b: string): boolean {
  // `row[j]`: what is left of `a` and what is left of `b` from `j` on have a text in common.
  let below: boolean[] = [];
  for (let i = a.length; i >= 0; i -= 1) {
    const row = new Array<boolean>(b.length + 1).fill(false);
    for (let j = b.length; j >= 0; j -= 1) {
      const mine = a[i];
      const other = b[j];
      if (mine === undefined && other === undefined) row[j] = true;
      else if (mine === '*') row[j] = below[j] === true || (other !== undefined && row[j + 1] === true);
      else if (other === '*') row[j] = row[j + 1] === true || (mine !== undefined && below[j] === true);
      else row[j] = mine === other && below[j + 1] === true;
    }
    below = row;
  }
  return below[0] === true;
}

/** Whether every text that fits `b` fits `a`. Exact: the stars of `b` stand for what `a` has no letter for. */
export function globCovers(a: string, b: string): boolean {
  return matchesGlob(a, b.replaceAll('*', '\0'));
}
