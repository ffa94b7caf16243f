/** Strict YAML as values that know where they stand: no anchors, aliases, tags, doubled names or numbers JSON does not have. */
import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  type Document,
  type Node,
  type ParsedNode,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import { AuthorError, inOrder, problemAt, type AuthorProblem, type SourcePlace } from './problems.ts';

/** A value and where it stands. */
export type Located = LocatedScalar | LocatedList | LocatedMap;

interface Standing {
  readonly place: SourcePlace;
  /** Of the name it stands under, where there is one. */
  readonly keyPlace: SourcePlace | undefined;
}
export interface LocatedScalar extends Standing {
  readonly kind: 'scalar';
  readonly value: string | number | boolean | null;
}
export interface LocatedList extends Standing {
  readonly kind: 'list';
  readonly items: readonly Located[];
}
export interface LocatedMap extends Standing {
  readonly kind: 'map';
  readonly entries: ReadonlyMap<string, Located>;
}

/** Names and lists of 20,000 words fit many times. */
const maxBytes = 4 * 1024 * 1024;
const maxDepth = 40;
/** Names that reach what objects inherit. */
const unsafeNames: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** `undefined` of a file that says nothing. Throws `AuthorError` with all that is wrong with its form. */
export function readLocated(text: string, file: string): Located | undefined {
  const start = { file, line: 1, column: 1 };
  if (Buffer.byteLength(text) > maxBytes)
    throw new AuthorError([
      problemAt(start, 'the file is larger than 4 MiB', 'Split it, or put words into a terms_file'),
    ]);
  const counter = new LineCounter();
  const document = parseDocument(text.replace(/^\uFEFF/, ''), {
    version: '1.2',
    schema: 'core',
    merge: false,
    lineCounter: counter,
    prettyErrors: false,
    logLevel: 'error',
    uniqueKeys: false,
    strict: true,
    intAsBigInt: true,
  });
  const place = (offset: number): SourcePlace => {
    const { line, col } = counter.linePos(offset);
    return { file, line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const problems = [...document.errors, ...document.warnings].map(({ code, message, pos }) =>
    problemAt(place(pos[0]), syntaxProblem(code, message), syntaxMend(code, message)),
  );
  problems.push(...directiveProblems(document, start));
  const root = document.contents;
  const found = root === null ? undefined : new Reader(place, problems).read(root, undefined, 0);
  // Of brackets without an end the library says the same once for each.
  if (problems.length > 0) throw new AuthorError(inOrder(problems));
  return found;
}

const tooDeep = `values are nested deeper than ${maxDepth} levels`;

/** Where the library speaks of itself, in words for people. */
function syntaxProblem(code: string, message: string): string {
  if (code === 'RESOURCE_EXHAUSTION') return tooDeep;
  if (code === 'MULTIPLE_DOCS') return 'a second document begins here';
  return message.replace(/\.$/, '');
}

/** Nobody writes an alias here on purpose; a pattern of names is begun like one. */
const aliasMend = 'Write the value out; a pattern that begins with * goes in quotes';

function syntaxMend(code: string, message: string): string {
  if (/tab/i.test(message)) return 'Indent with spaces';
  if (code === 'RESOURCE_EXHAUSTION') return 'Flatten it';
  if (code === 'MULTIPLE_DOCS') return 'Keep one document: remove the "---" and what follows';
  if (code === 'TAG_RESOLVE_FAILED') return 'Remove the tag: plain YAML is enough';
  if (code === 'BAD_ALIAS') return aliasMend;
  return 'Check indentation, quotes and brackets near here';
}

function directiveProblems({ directives }: Document, start: SourcePlace): AuthorProblem[] {
  const isOther = directives?.yaml.explicit === true && directives.yaml.version !== '1.2';
  return isOther
    ? [
        problemAt(
          start,
          `this is YAML ${directives.yaml.version ?? ''}, and bundles are YAML 1.2`,
          'Remove the %YAML line',
        ),
      ]
    : [];
}

class Reader {
  readonly #place: (offset: number) => SourcePlace;
  readonly #problems: AuthorProblem[];

  constructor(place: (offset: number) => SourcePlace, problems: AuthorProblem[]) {
    this.#place = place;
    this.#problems = problems;
  }

  read(node: ParsedNode | Node, keyPlace: SourcePlace | undefined, depth: number): Located | undefined {
    const place = this.#placeOf(node) ?? keyPlace;
    if (place === undefined) return undefined;
    const refuse = (problem: string, mend: string): undefined => {
      this.#problems.push(problemAt(place, problem, mend));
      return undefined;
    };
    if (isAlias(node)) return refuse(`*${node.source} repeats another value`, aliasMend);
    if (!isScalar(node) && !isMap(node) && !isSeq(node)) return refuse('this is no value', 'Write a plain value');
    if (node.anchor !== undefined) return refuse(`&${node.anchor} names a value to be repeated`, 'Remove the anchor');
    if (isExplicitTag(node)) return refuse(`${node.tag ?? 'the tag'} is a tag`, 'Remove it: plain YAML is enough');
    if (depth > maxDepth) return refuse(tooDeep, 'Flatten it');
    if (isMap(node)) return this.#map(node, { place, keyPlace }, depth);
    if (isSeq(node)) return this.#list(node, { place, keyPlace }, depth);
    return this.#scalar(node.value, { place, keyPlace }, refuse);
  }

  #placeOf(node: ParsedNode | Node): SourcePlace | undefined {
    const offset = node.range?.[0];
    return offset === undefined ? undefined : this.#place(offset);
  }

  #map(node: YAMLMap, standing: Standing, depth: number): LocatedMap {
    const entries = new Map<string, Located>();
    for (const pair of node.items) {
      const key = pair.key;
      const keyPlace = (isScalar(key) ? this.#placeOf(key) : undefined) ?? standing.place;
      if (isScalar(key) && (key.anchor !== undefined || isExplicitTag(key))) {
        this.#problems.push(problemAt(keyPlace, 'a name has an anchor or a tag', 'Write the name alone'));
        continue;
      }
      if (!isScalar(key) || typeof key.value !== 'string') {
        this.#problems.push(problemAt(keyPlace, 'a name here is not text', 'Put it in quotes'));
        continue;
      }
      const name = key.value;
      if (unsafeNames.has(name)) {
        this.#problems.push(problemAt(keyPlace, `"${name}" cannot be a name`, 'Choose another'));
        continue;
      }
      const first = entries.get(name)?.keyPlace;
      if (first !== undefined) {
        this.#problems.push(
          problemAt(keyPlace, `"${name}" stands here twice, first in line ${first.line}`, 'Keep one of the two'),
        );
        continue;
      }
      const value = pair.value === null ? undefined : this.read(pair.value as ParsedNode, keyPlace, depth + 1);
      entries.set(name, value ?? { kind: 'scalar', value: null, place: keyPlace, keyPlace });
    }
    return { kind: 'map', entries, ...standing };
  }

  #list(node: YAMLSeq, standing: Standing, depth: number): LocatedList {
    const items = node.items.flatMap((item) => this.read(item as ParsedNode, undefined, depth + 1) ?? []);
    return { kind: 'list', items, ...standing };
  }

  #scalar(
    value: unknown,
    standing: Standing,
    refuse: (problem: string, mend: string) => undefined,
  ): LocatedScalar | undefined {
    if (typeof value === 'bigint') {
      if (value > BigInt(Number.MAX_SAFE_INTEGER) || value < BigInt(Number.MIN_SAFE_INTEGER))
        return refuse('this number has more digits than a number keeps', 'Put it in quotes if it is a name');
      return { kind: 'scalar', value: Number(value), ...standing };
    }
    if (typeof value === 'number' && !Number.isFinite(value))
      return refuse('this is no number that a bundle can hold', 'Write digits');
    if (typeof value === 'string' && !value.isWellFormed())
      return refuse('this text holds half a character', 'Write it anew');
    if (value === null || ['string', 'number', 'boolean'].includes(typeof value))
      return { kind: 'scalar', value: value as LocatedScalar['value'], ...standing };
    return refuse('this is no value that a bundle can hold', 'Write text, a number, true or false');
  }
}

/** The library gives collections and quoted texts tags of their own; only one that is written counts. */
function isExplicitTag(node: { readonly tag?: string | undefined }): boolean {
  return node.tag !== undefined;
}

/** As plain data. */
export function plainOf(node: Located): unknown {
  if (node.kind === 'scalar') return node.value;
  if (node.kind === 'list') return node.items.map(plainOf);
  return Object.fromEntries([...node.entries].map(([name, value]) => [name, plainOf(value)]));
}

export type Step = string | number;

/** Where what a path leads to stands, or its nearest parent that is there; `key`: the name it stands under. */
export function placeAt(root: Located, path: readonly Step[], part: 'key' | 'value' = 'value'): SourcePlace {
  let node = root;
  for (const step of path) {
    const next =
      node.kind === 'map'
        ? node.entries.get(String(step))
        : node.kind === 'list'
          ? node.items[Number(step)]
          : undefined;
    if (next === undefined) return node.place;
    node = next;
  }
  return part === 'key' ? (node.keyPlace ?? node.place) : node.place;
}

/** A value that stands where another one did, as what a file holds stands where the file is named. */
export function scalarAt(value: LocatedScalar['value'], place: SourcePlace): LocatedScalar {
  return { kind: 'scalar', value, place, keyPlace: undefined };
}

export function mapWith(map: LocatedMap, entries: ReadonlyMap<string, Located>): LocatedMap {
  return { ...map, entries };
}

/** Steps of a JSON Pointer; numbers stay text. */
export function stepsOf(pointer: string): string[] {
  return pointer === ''
    ? []
    : pointer
        .slice(1)
        .split('/')
        .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

export function pointerOf(path: readonly Step[]): string {
  return path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
