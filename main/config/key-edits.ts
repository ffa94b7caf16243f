/** Changes to the list of virtual keys in a config document. Comments and order of everything else stay. */
import { isAlias, isCollection, isMap, isScalar, isSeq, type Document, type YAMLMap, type YAMLSeq } from 'yaml';
import { GatewayError } from '../../shared/errors/gateway-error.ts';

/**
 * Fields of a key as the file has them. `undefined` leaves one as it is, `null` takes it away. What stands below
 * `rate_limits` and `metadata` is changed one by one, lists as a whole.
 */
export interface KeyFields {
  readonly name?: string | null | undefined;
  /** A reference, or `sha256:` and 64 hexadecimal digits. */
  readonly value?: string | undefined;
  readonly previous?: readonly PreviousSecret[] | null | undefined;
  readonly disabled?: true | null | undefined;
  readonly allowed_models?: readonly string[] | null | undefined;
  readonly denied_models?: readonly string[] | null | undefined;
  readonly allowed_providers?: readonly string[] | null | undefined;
  readonly denied_providers?: readonly string[] | null | undefined;
  readonly allowed_surfaces?: readonly string[] | null | undefined;
  readonly denied_surfaces?: readonly string[] | null | undefined;
  readonly allowed_origins?: readonly string[] | null | undefined;
  readonly budgets?: readonly Readonly<Record<string, unknown>>[] | null | undefined;
  readonly rate_limits?: Readonly<Record<string, number | null | undefined>> | undefined;
  readonly metadata?: Readonly<Record<string, string | null | undefined>> | undefined;
  readonly expires_at?: string | null | undefined;
}

export interface PreviousSecret {
  readonly value: string;
  /** ISO 8601. */
  readonly until: string;
}

interface PlainKey {
  readonly id?: unknown;
  readonly value?: unknown;
  readonly previous?: readonly PreviousSecret[] | null;
}

/** Ids of the keys the document holds. */
export function keyIds(document: Document): readonly string[] {
  return plainKeys(document).map((key) => String(key.id));
}

/** The secret of a key and those it had before, as they are written; `undefined` when there is no such key. */
export function secretsOfKey(
  document: Document,
  id: string,
): { readonly value: string; readonly previous: readonly PreviousSecret[] } | undefined {
  const key = plainKeys(document).find((one) => String(one.id) === id);
  return key === undefined ? undefined : { value: String(key.value), previous: key.previous ?? [] };
}

export function addKey(document: Document, id: string, fields: KeyFields): void {
  const made = document.createNode({ id }) as YAMLMap;
  const list = keyList(document);
  if (list !== undefined) {
    // An emptied list is written `[]`: the next key goes on a line of its own again.
    if (list.items.length === 0) list.flow = false;
    list.add(made);
  } else {
    addList(document, made);
  }
  setFields(document, made, fields);
}

/** `false` when there is no such key. */
export function changeKey(document: Document, id: string, fields: KeyFields): boolean {
  const index = keyIds(document).indexOf(id);
  if (index < 0) return false;
  const node: unknown = keyList(document)?.items[index];
  if (!isMap(node) || isShared(node)) throw sharedNode(`virtual_keys[${index}]`);
  setFields(document, node, fields);
  return true;
}

/** `false` when there is no such key. */
export function removeKey(document: Document, id: string): boolean {
  const index = keyIds(document).indexOf(id);
  if (index < 0) return false;
  const list = keyList(document);
  list?.items.splice(index, 1);
  return list !== undefined;
}

/** Takes away secrets whose overlap has ended. `now` in milliseconds since 1970. */
export function forgetPrevious(document: Document, now: number): void {
  for (const { id, previous } of plainKeys(document)) {
    const open = (previous ?? []).filter(({ until }) => !(Date.parse(until) <= now));
    if (open.length < (previous ?? []).length) {
      changeKey(document, String(id), { previous: open.length === 0 ? null : open });
    }
  }
}

function plainKeys(document: Document): readonly PlainKey[] {
  const plain = document.toJS() as { readonly virtual_keys?: readonly PlainKey[] | null } | null;
  return plain?.virtual_keys ?? [];
}

function setFields(document: Document, node: YAMLMap, fields: KeyFields): void {
  const { rate_limits, metadata, ...rest } = fields;
  for (const [name, value] of Object.entries(rest)) setField(document, node, name, value);
  for (const [name, inner] of Object.entries({ rate_limits, metadata })) {
    if (inner !== undefined) setInner(document, node, name, inner);
  }
}

function setField(document: Document, node: YAMLMap, name: string, value: unknown): void {
  if (value === undefined) return;
  if (isShared(node.get(name, true))) throw sharedNode(name);
  if (value === null) node.delete(name);
  else node.set(name, typeof value === 'object' ? listNode(document, value) : value);
}

/** Lists of names stand one to a line, entries that are sets of their own each on one. */
function listNode(document: Document, value: object): unknown {
  const list = document.createNode(value);
  if (isSeq(list)) for (const item of list.items) if (isMap(item)) item.flow = true;
  return list;
}

function setInner(document: Document, node: YAMLMap, name: string, values: Readonly<Record<string, unknown>>): void {
  const present: unknown = node.get(name, true);
  if (isShared(present)) throw sharedNode(name);
  const inner = isMap(present) ? present : (document.createNode({}, { flow: true }) as YAMLMap);
  for (const [key, value] of Object.entries(values)) {
    if (value === null) inner.delete(key);
    else if (value !== undefined) inner.set(key, value);
  }
  if (inner.items.length === 0) node.delete(name);
  else if (inner !== present) node.set(name, inner);
}

function addList(document: Document, first: YAMLMap): void {
  const fresh = document.createNode([]) as YAMLSeq;
  fresh.add(first);
  const empty: unknown = document.get('virtual_keys', true);
  // What was written beside `virtual_keys:` with nothing in it.
  if (isScalar(empty))
    fresh.commentBefore = [empty.comment, empty.commentBefore].filter((text) => typeof text === 'string').join('\n');
  if (document.has('virtual_keys') || !isMap(document.contents)) {
    document.set('virtual_keys', fresh);
    return;
  }
  const pair = document.createPair('virtual_keys', fresh);
  if (isScalar(pair.key)) pair.key.spaceBefore = true;
  document.add(pair);
}

function keyList(document: Document): YAMLSeq | undefined {
  const node: unknown = document.get('virtual_keys', true);
  if (isAlias(node)) throw sharedNode('virtual_keys', 'list');
  return isSeq(node) ? node : undefined;
}

/** It stands somewhere else as well, or may: `*name`, or `&name`. */
function isShared(node: unknown): boolean {
  return isAlias(node) || ((isCollection(node) || isScalar(node)) && node.anchor !== undefined);
}

function sharedNode(what: string, kind = 'value'): GatewayError {
  return new GatewayError(
    'config.invalid',
    `${what} is an alias or has an anchor, so a change would change two places. Write the ${kind} out.`,
  );
}
