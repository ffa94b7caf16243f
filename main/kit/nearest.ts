/** The names a misspelt one was probably meant to be. */

/** At most `count` of `names`, nearest first: equal but for case or separators, containing or contained, or few edits away. */
export function nearestNames(word: string, names: readonly string[], count: number): string[] {
  const asked = normalised(word.slice(0, 200));
  const scored: { name: string; score: number }[] = [];
  for (const name of new Set(names)) {
    const other = normalised(name);
    const allowed = Math.max(2, Math.floor(asked.length / 3));
    let score: number;
    if (other === asked) score = 0;
    else if (asked.length >= 3 && (other.includes(asked) || asked.includes(other)))
      score = 1 + Math.abs(other.length - asked.length) / 100;
    else if (Math.abs(other.length - asked.length) > allowed) continue;
    else score = 2 + editDistance(asked, other, allowed);
    if (score <= 2 + allowed) scored.push({ name, score });
  }
  scored.sort((a, b) => a.score - b.score || a.name.length - b.name.length || (a.name < b.name ? -1 : 1));
  return scored.slice(0, count).map((one) => one.name);
}

function normalised(text: string): string {
  return text.toLowerCase().replace(/[\s_./:-]+/g, '-');
}

/** Levenshtein distance, or `limit + 1` once it is certain to be larger. */
export function editDistance(a: string, b: string, limit: number): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    let best = i;
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      const value = Math.min((previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1, (previous[j - 1] ?? 0) + cost);
      current.push(value);
      if (value < best) best = value;
    }
    if (best > limit) return limit + 1;
    previous = current;
  }
  return previous[b.length] ?? limit + 1;
}
