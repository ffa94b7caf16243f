/** Edits of a config document by path. Comments, order and style of everything they do not touch stay. */
import { isAlias, isCollection, isMap, isNode, isScalar, isSeq, visit, type Document, type Node } from 'yaml';
import type { Pair, YAMLMap, YAMLSeq } from 'yaml';
import type { ConfigEdit } from '../../shared/contract/config.ts';
import { GatewayError } from '../../shared/errors/gateway-error.ts';
import { checkNames, checkValue, invalid, spelt } from './edit-values.ts';
import type { ConfigPath } from './problems.ts';

type Collection = YAMLMap | YAMLSeq;
type Step = string | number;

/** What is shorter stands on one line, below the entries of a section. */
const inlineLength = 80;

/** Throws a `GatewayError` when an edit leads nowhere, or would change a second place as well. */
export function applyEdit(document: Document, edit: ConfigEdit): void {
  checkNames(edit.path);
  const path: ConfigPath = edit.path;
  const step = path.at(-1) ?? '';
  switch (edit.op) {
    case 'set':
      checkValue(edit.value, path);
      setAt(document, parentOf(document, path, true), step, edit.value, path);
      return;
    case 'insert':
      checkValue(edit.value, path);
      insertAt(document, listOf(parentOf(document, path, true), path), indexOf(step, path), edit.value, path);
      return;
    case 'remove':
      removeAt(parentOf(document, path, false), step, path);
      return;
    case 'move':
      moveTo(listOf(parentOf(document, path, false), path), indexOf(step, path), edit.to, path);
      return;
  }
}

// ---------------------------------------------------------------- the four edits

function setAt(document: Document, parent: Collection, step: Step, value: unknown, path: ConfigPath): void {
  const present = childOf(parent, step, path);
  if (present !== undefined) {
    putAt(parent, step, merged(document, present, value, path), path);
  } else if (isMap(parent)) {
    addPair(document, parent, String(step), created(document, value, path));
  } else {
    insertAt(document, parent, indexOf(step, path), value, path);
  }
}

function insertAt(document: Document, list: YAMLSeq, index: number, value: unknown, path: ConfigPath): void {
  const { items } = list;
  if (index > items.length) throw nothingAt(path);
  // An emptied list is written `[]`: the next entry of a section goes on a line of its own again.
  if (index === 0) commentToFirst(list);
  if (items.length === 0) list.flow = path.length > 2 && isShort([value]);
  const fresh = created(document, value, path);
  const like = items.find(isMap);
  if (isMap(fresh) && like !== undefined) fresh.flow = like.flow === true;
  const second: unknown = items[1];
  if (isNode(second) && second.spaceBefore === true && index > 0) fresh.spaceBefore = true;
  items.splice(index, 0, fresh);
}

function removeAt(parent: Collection, step: Step, path: ConfigPath): void {
  const present = childOf(parent, step, path);
  if (present === undefined) throw nothingAt(path);
  refuseShared(present, path);
  if (isMap(parent)) parent.items.splice(parent.items.indexOf(pairOf(parent, step) as Pair), 1);
  else parent.items.splice(Number(step), 1);
}

function moveTo(list: YAMLSeq, index: number, to: number, path: ConfigPath): void {
  const { items } = list;
  if (index >= items.length || to >= items.length)
    throw nothingAt(index >= items.length ? path : [...path.slice(0, -1), to]);
  // Anchors must stand above what refers to them.
  refuseShared(items[index], path);
  commentToFirst(list);
  items.splice(to, 0, ...items.splice(index, 1));
}

/** A comment above the first entry counts as one on the list. Where others have their own it is about that entry, and goes with it. */
function commentToFirst(list: YAMLSeq): void {
  const [first, ...others] = list.items;
  if (typeof list.commentBefore !== 'string' || !isNode(first) || typeof first.commentBefore === 'string') return;
  if (!others.some((item) => isNode(item) && typeof item.commentBefore === 'string')) return;
  first.commentBefore = list.commentBefore;
  list.commentBefore = null;
}

// ---------------------------------------------------------------- places

/** Where the last step of a path leads from. `create`: what is missing on the way is made. */
function parentOf(document: Document, path: ConfigPath, create: boolean): Collection {
  let at: unknown = document.contents;
  for (const [depth, step] of path.slice(0, -1).entries()) {
    const here = path.slice(0, depth + 1);
    if (!isCollection(at)) break;
    const parent = at;
    const child = childOf(parent, step, here);
    refuseAnchor(child, here);
    if (isCollection(child)) {
      at = child;
    } else if (child === undefined || isNull(child)) {
      if (!create) throw nothingAt(path);
      at = makeAt(document, parent, step, typeof path[depth + 1] === 'number' ? [] : {}, here);
    } else {
      throw invalid(`${spelt(here)} is a single value, so nothing stands below it. Set it as a whole.`);
    }
  }
  if (!isMap(at) && !isSeq(at)) throw nothingAt(path);
  return at;
}

function makeAt(document: Document, parent: Collection, step: Step, empty: object, path: ConfigPath): unknown {
  setAt(document, parent, step, empty, path);
  const made = childOf(parent, step, path);
  // It is filled in a moment: a section, and what stands below its entries if that is long, goes on lines of its own.
  if (isCollection(made)) made.flow = path.length > 2;
  return made;
}

/** `undefined`: there is nothing, not even an empty value. */
function childOf(parent: Collection, step: Step, path: ConfigPath): unknown {
  if (isMap(parent)) {
    const pair = pairOf(parent, step);
    return pair === undefined ? undefined : (pair.value ?? null);
  }
  return parent.items[indexOf(step, path)];
}

function pairOf(map: YAMLMap, step: Step): Pair | undefined {
  return map.items.find(({ key }) => (isScalar(key) ? String(key.value) : String(key)) === String(step));
}

function putAt(parent: Collection, step: Step, node: unknown, path: ConfigPath): void {
  if (!isMap(parent)) {
    parent.items[indexOf(step, path)] = node;
    return;
  }
  const pair = pairOf(parent, step);
  if (pair !== undefined) pair.value = node;
}

function addPair(document: Document, map: YAMLMap, name: string, value: unknown): void {
  const pair = document.createPair(name, value);
  const isSection = map === document.contents && map.flow !== true;
  if (isSection && isScalar(pair.key)) pair.key.spaceBefore = true;
  map.items.push(pair);
}

function listOf(parent: Collection, path: ConfigPath): YAMLSeq {
  if (isSeq(parent)) return parent;
  throw invalid(`${spelt(path.slice(0, -1))} is no list.`);
}

function indexOf(step: Step, path: ConfigPath): number {
  if (typeof step === 'number') return step;
  throw invalid(`${spelt(path.slice(0, -1))} is a list, so a number must stand behind it.`);
}

// ---------------------------------------------------------------- values

/** What is there, brought to a value with as little change as that takes: comments of what stays, stay. */
function merged(document: Document, present: unknown, value: unknown, path: ConfigPath): unknown {
  refuseAnchor(present, path);
  if (isNode(present) && sameValue(present.toJS(document), value)) return present;
  if (isMap(present) && isPlainMap(value) && present.items.length > 0) {
    mergeMap(document, present, value, path);
    return present;
  }
  if (isSeq(present) && Array.isArray(value) && present.items.length > 0 && value.length > 0) {
    mergeList(document, present, value, path);
    return present;
  }
  if (isScalar(present) && !isNull(present) && isSimple(value)) {
    present.value = value;
    return present;
  }
  refuseShared(present, path);
  const fresh = created(document, value, path);
  if (isNode(present)) keepComments(present, fresh);
  return fresh;
}

function mergeMap(document: Document, map: YAMLMap, value: Readonly<Record<string, unknown>>, path: ConfigPath): void {
  for (const { key } of [...map.items]) {
    const name = isScalar(key) ? String(key.value) : String(key);
    if (!Object.hasOwn(value, name)) removeAt(map, name, [...path, name]);
  }
  for (const [name, inner] of Object.entries(value)) setAt(document, map, name, inner, [...path, name]);
}

/** Entries that are the same at the beginning and the end stay; those between are changed one by one. */
function mergeList(document: Document, list: YAMLSeq, value: readonly unknown[], path: ConfigPath): void {
  const plain = list.toJS(document) as unknown[];
  const most = Math.min(plain.length, value.length);
  let head = 0;
  while (head < most && sameValue(plain[head], value[head])) head += 1;
  let tail = 0;
  while (tail < most - head && sameValue(plain.at(-1 - tail), value.at(-1 - tail))) tail += 1;
  const shared = most - head - tail;
  for (let index = head; index < head + shared; index += 1)
    setAt(document, list, index, value[index], [...path, index]);
  for (let left = plain.length - value.length; left > 0; left -= 1)
    removeAt(list, head + shared, [...path, head + shared]);
  for (let index = head + shared; index < value.length - tail; index += 1)
    insertAt(document, list, index, value[index], [...path, index]);
}

function created(document: Document, value: unknown, path: ConfigPath): Node {
  const node = document.createNode(value) as Node;
  layOut(node, value, path);
  return node;
}

/** Sections and their entries stand on lines of their own; what is below them too, unless it is short. */
function layOut(node: unknown, value: unknown, path: ConfigPath): void {
  if (!isCollection(node)) return;
  const isEntry = path.length === 1 || (path.length === 2 && typeof path[1] === 'number');
  node.flow = node.items.length === 0 || (!isEntry && isShort(value));
  if (node.flow) return;
  for (const [index, item] of node.items.entries()) {
    const name = isMap(node) ? String((item as Pair<{ value: unknown }>).key.value) : index;
    const inner: unknown = isMap(node) ? (item as Pair).value : item;
    layOut(inner, (value as Readonly<Record<string | number, unknown>>)[name], [...path, name]);
  }
}

function keepComments(from: Node, to: Node): void {
  if (isAlias(from)) return;
  to.spaceBefore = from.spaceBefore ?? false;
  // Behind a value that becomes lines of its own it would stand at their end.
  const isBlock = isCollection(to) && to.flow !== true;
  const before = isBlock && isScalar(from) ? [from.comment, from.commentBefore] : [from.commentBefore];
  const text = before.filter((one) => typeof one === 'string').join('\n');
  if (text !== '') to.commentBefore = text;
  if (!isBlock || !isScalar(from)) to.comment = from.comment ?? null;
}

// ---------------------------------------------------------------- shared places

/** It stands somewhere else as well, or may: `*name`, or `&name`. */
function refuseAnchor(node: unknown, path: ConfigPath): void {
  const isShared = isAlias(node) || ((isCollection(node) || isScalar(node)) && node.anchor !== undefined);
  if (!isShared) return;
  throw new GatewayError(
    'control.refused',
    `${spelt(path)} is an alias or has an anchor, so a change would change two places. Change it in the file.`,
  );
}

/** The same for all that goes with it. */
function refuseShared(node: unknown, path: ConfigPath): void {
  if (isNode(node)) visit(node, { Node: (_, inner) => refuseAnchor(inner, path) });
}

// ---------------------------------------------------------------- words

function isNull(node: unknown): boolean {
  return node === null || (isScalar(node) && node.value === null);
}

function isSimple(value: unknown): boolean {
  return typeof value !== 'object';
}

function isPlainMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isShort(value: unknown): boolean {
  return JSON.stringify(value).length <= inlineLength;
}

function sameValue(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const [left, right] = [Object.entries(a), b as Readonly<Record<string, unknown>>];
  return (
    left.length === Object.keys(b).length &&
    left.every(([name, inner]) => Object.hasOwn(b, name) && sameValue(inner, right[name]))
  );
}

function nothingAt(path: ConfigPath): GatewayError {
  return new GatewayError('control.not_found', `There is nothing at ${spelt(path)} in the file.`);
}
