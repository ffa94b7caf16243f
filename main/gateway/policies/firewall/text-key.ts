/** What a text of a request is known by; apart from the rules, which are loaded where there are any. */

/** The same text in another place is another one: who says it matters. */
export function textKey({ place, name }: { readonly place: string; readonly name: string }): string {
  return `${place}\0${name}`;
}
