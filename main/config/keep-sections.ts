/** Puts a change into a text whose layout is too unusual to place lines in it: only the sections that changed are printed anew. */
import { isMap, isNode, isScalar, parseDocument } from 'yaml';

interface Section {
  readonly name: string;
  readonly text: string;
}

/**
 * `before` and `after` are one document, printed without and with the change; `original` is the text `before` was read from.
 * `undefined` when they cannot be taken apart. The caller checks that the answer still means `after`.
 */
export function keepSections(original: string, before: string, after: string): string | undefined {
  const [own, was, is] = [original, before, after].map(sectionsOf);
  if (own === undefined || was === undefined || is === undefined) return undefined;
  const textIn = (sections: readonly Section[], wanted: string): string | undefined =>
    sections.find(({ name }) => name === wanted)?.text;
  const kept = is.map(({ name, text }) => (textIn(was, name) === text ? (textIn(own, name) ?? text) : text));
  // What was the last section may have ended without a line break.
  return kept.map((text, index) => (index < kept.length - 1 && !text.endsWith('\n') ? `${text}\n` : text)).join('');
}

/** From the line of each top-level name to that of the next; what stands before the first is a section without a name. */
function sectionsOf(text: string): readonly Section[] | undefined {
  const { contents } = parseDocument(text);
  if (!isMap(contents) || contents.flow === true) return undefined;
  const starts: { name: string; start: number }[] = [{ name: '', start: 0 }];
  for (const { key } of contents.items) {
    if (!isNode(key) || !isScalar(key) || !key.range) return undefined;
    const start = text.lastIndexOf('\n', key.range[0] - 1) + 1;
    if (text.slice(start, key.range[0]) !== '') return undefined;
    starts.push({ name: `:${String(key.value)}`, start });
  }
  return starts.map(({ name, start }, index) => ({ name, text: text.slice(start, starts[index + 1]?.start) }));
}
