/** The text of a config file as a document: syntax, positions, and the habits of its text that a write must keep. */
import type { Document } from 'yaml';
import {
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  visit,
  YAMLParseError,
  type LineCounter,
  type ParsedNode,
  type ToStringOptions,
  type YAMLError,
} from 'yaml';
import { printable } from '../kit/printable.ts';
import { atOnce, type Steps } from '../kit/steps.ts';
import { keepLines } from './keep-lines.ts';
import { keepSections } from './keep-sections.ts';
import type { ConfigPath, ConfigProblem } from './problems.ts';
import { documentSteps } from './read-document.ts';

// A config of a thousand routes has a few hundred KiB.
const maxBytes = 4 * 1024 * 1024;

/** How the text was written, apart from what it says. */
export interface TextHabits {
  readonly bom: boolean;
  readonly crlf: boolean;
  /** Plain JSON, which stays JSON, with its indentation: spaces, a tab, or nothing when it stands on one line. */
  readonly json: { readonly indent: string } | undefined;
  /** The text itself, with line feeds only. */
  readonly text: string;
}

export interface ConfigSource {
  readonly document: Document.Parsed<ParsedNode>;
  readonly habits: TextHabits;
  /** Where a value, or the key it stands under, begins; the nearest parent that exists when it does not. */
  locate(path: ConfigPath, part: 'key' | 'value'): { line: number; column: number };
}

export type ReadSource =
  | { readonly ok: true; readonly source: ConfigSource }
  | { readonly ok: false; readonly problems: readonly ConfigProblem[] };

/** Reads YAML 1.2 or JSON. A byte order mark and CRLF line ends are no problem. */
export function readSource(text: string, file: string): ReadSource {
  return atOnce(sourceSteps(text, file));
}

/** The same in steps. */
export function* sourceSteps(text: string, file: string): Steps<ReadSource> {
  const place = { file, line: 1, column: 1, path: '' };
  if (Buffer.byteLength(text) > maxBytes) {
    return fail({ ...place, problem: 'the file is larger than 4 MiB', mend: 'This is not a config file' });
  }
  const habits = {
    bom: text.startsWith('\uFEFF'),
    crlf: text.includes('\r\n'),
    json: jsonHabit(text),
    text: normalise(text),
  };
  const { document, counter } = yield* documentSteps(habits.text);
  const errors = [...document.errors, ...repeatedKeys(document), ...document.warnings];
  if (errors.length > 0) {
    return { ok: false, problems: errors.map((error) => ({ ...syntaxProblem(error, counter), file })) };
  }
  if (document.contents === null) {
    return fail({ ...place, problem: 'the file is empty', mend: 'Start the file with "version: 1"' });
  }
  const position = (offset: number): { line: number; column: number } => {
    const { line, col } = counter.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  return {
    ok: true,
    source: { document, habits, locate: (path, part) => position(offsetOf(document, path, part)) },
  };
}

/** As the library's own check would find them, whose time grows with the square of their number. */
function repeatedKeys(document: Document.Parsed): readonly YAMLError[] {
  const found: YAMLError[] = [];
  visit(document, {
    Map(_, { items }) {
      const names = new Set<unknown>();
      for (const { key } of items) {
        if (!isScalar(key)) continue;
        const [at = 0] = key.range ?? [];
        if (names.has(key.value))
          found.push(new YAMLParseError([at, at + 1], 'DUPLICATE_KEY', 'Map keys must be unique'));
        names.add(key.value);
      }
    },
  });
  return found;
}

function fail(problem: ConfigProblem): ReadSource {
  return { ok: false, problems: [problem] };
}

/** Text without byte order mark and carriage returns: what the parser sees. */
function normalise(text: string): string {
  return text.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n');
}

function jsonHabit(text: string): TextHabits['json'] {
  const body = text.replace(/^\uFEFF/, '').trimStart();
  if (!body.startsWith('{')) return undefined;
  try {
    JSON.parse(body);
  } catch {
    return undefined;
  }
  return { indent: /^\{\s*\n([ \t]*)/.exec(body)?.[1] ?? '' };
}

/**
 * The document as text, with the habits of the file it came from. Comments and order stay; lines without a change stay as
 * they were laid out unless the layout is so unusual that the change cannot be placed in it. Throws what `yaml` throws for
 * a document that cannot be written, as when an alias lost its anchor.
 */
export function writeSource(document: Document, habits: TextHabits): string {
  return atOnce(writeSteps(document, habits));
}

/** The same in steps. */
export function* writeSteps(document: Document, habits: TextHabits): Steps<string> {
  const { json } = habits;
  const text = json === undefined ? yield* yamlText(document, habits.text) : jsonText(document, json.indent);
  return `${habits.bom ? '\uFEFF' : ''}${habits.crlf ? text.replaceAll('\n', '\r\n') : text}`;
}

function jsonText(document: Document, indent: string): string {
  return `${JSON.stringify(document.toJS(), undefined, indent)}\n`;
}

function* yamlText(document: Document, original: string): Steps<string> {
  const style = styleOf(original);
  const after = document.toString(style);
  yield undefined;
  const before = (yield* documentSteps(original)).document.toString(style);
  yield undefined;
  for (const keep of [keepLines, keepSections]) {
    const kept = keep(original, before, after);
    yield undefined;
    if (kept === undefined) continue;
    const { document: check } = yield* documentSteps(kept);
    if (check.errors.length === 0 && check.toString(style) === after) return kept;
  }
  return after;
}

/** `name:`, then blank lines and comments, then the first line of what it holds. */
const firstInside = /^( *)[^\s#-][^\n]*:[ \t]*(?:#[^\n]*)?\n(?:[ \t]*(?:#[^\n]*)?\n)*\1( +[^\s#]|- )/m;

function styleOf(original: string): ToStringOptions {
  const inside = firstInside.exec(original)?.[2] ?? '';
  return {
    // No line is folded: a value a person wrote on one line stays on it.
    lineWidth: 0,
    flowCollectionPadding: /[[{] /.test(original) || !/[[{]["'\w]/.test(original),
    indent: Math.max(inside.length - 1, 2),
    indentSeq: inside !== '- ',
  };
}

/** What mends the parser's usual complaints; its own words say the rest. */
const syntaxMends: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: 'Indent with spaces',
  DUPLICATE_KEY: 'Keep one of the two',
  BAD_INDENT: 'Line the entry up with its neighbours, with spaces',
  MULTIPLE_DOCS: 'Keep one document: remove the "---" and what follows',
  TAG_RESOLVE_FAILED: 'Remove the tag: plain YAML is enough',
  BAD_ALIAS: 'Name an anchor that stands further up, or write the value out',
};

function syntaxProblem(error: YAMLError, counter: LineCounter): Omit<ConfigProblem, 'file'> {
  const { line, col } = counter.linePos(error.pos[0]);
  const problem = printable(error.message).replace(/\.$/, '');
  const mend = /tab/i.test(problem) ? 'Indent with spaces' : syntaxMends[error.code];
  return {
    line: Math.max(line, 1),
    column: Math.max(col, 1),
    path: '',
    problem,
    mend: mend ?? 'Check indentation, quotes and brackets near here',
  };
}

/** Offset of the node at `path`, as far as the path leads. */
function offsetOf(document: Document.Parsed<ParsedNode>, path: ConfigPath, part: 'key' | 'value'): number {
  let node: unknown = document.contents;
  let offset = startOf(node) ?? 0;
  for (const [depth, step] of path.entries()) {
    if (isAlias(node)) node = node.resolve(document);
    const last = depth === path.length - 1;
    if (isMap(node)) {
      const pair = node.items.find(
        (item) => (isScalar(item.key) ? String(item.key.value) : String(item.key)) === String(step),
      );
      if (pair === undefined) return offset;
      const keyOffset = startOf(pair.key) ?? offset;
      if (last && part === 'key') return keyOffset;
      node = pair.value;
      // A value left out stands where its key stands.
      offset = isEmpty(node) ? keyOffset : (startOf(node) ?? keyOffset);
    } else if (isSeq(node)) {
      node = node.items[Number(step)];
      if (node === undefined) return offset;
      offset = startOf(node) ?? offset;
    } else {
      return offset;
    }
  }
  return offset;
}

function startOf(node: unknown): number | undefined {
  return isNode(node) ? (node.range?.[0] ?? undefined) : undefined;
}

function isEmpty(node: unknown): boolean {
  return node === null || (isScalar(node) && node.value === null && node.source === '');
}
