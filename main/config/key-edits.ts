/** Changes to the list of virtual keys in a config document. Comments and order of everything else stay. */
import { isAlias, isMap, isScalar, isSeq, type Document, type YAMLSeq } from 'yaml';
import { GatewayError } from '../../shared/errors/gateway-error.ts';

export interface NewKeyEntry {
  readonly id: string;
  readonly name?: string | undefined;
  /** `sha256:` and 64 hexadecimal digits. */
  readonly value: string;
  readonly allowed_models?: readonly string[] | undefined;
}

/** Ids of the keys the document holds. */
export function keyIds(document: Document): readonly string[] {
  const plain = document.toJS() as { readonly virtual_keys?: readonly { readonly id?: unknown }[] | null } | null;
  return (plain?.virtual_keys ?? []).map((key) => String(key.id));
}

export function addKey(document: Document, entry: NewKeyEntry): void {
  const made = document.createNode(
    Object.fromEntries(Object.entries(entry).filter(([, value]) => value !== undefined)),
  );
  const list = keyList(document);
  if (list !== undefined) {
    // An emptied list is written `[]`: the next key goes on a line of its own again.
    if (list.items.length === 0) list.flow = false;
    list.add(made);
    return;
  }
  const fresh = document.createNode([]) as YAMLSeq;
  fresh.add(made);
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

/** `false` when there is no such key. */
export function removeKey(document: Document, id: string): boolean {
  const index = keyIds(document).indexOf(id);
  if (index < 0) return false;
  const list = keyList(document);
  list?.items.splice(index, 1);
  return list !== undefined;
}

function keyList(document: Document): YAMLSeq | undefined {
  const node: unknown = document.get('virtual_keys', true);
  if (isAlias(node)) {
    throw new GatewayError(
      'config.invalid',
      'virtual_keys is an alias, so a change would change two places. Write the list out.',
    );
  }
  return isSeq(node) ? node : undefined;
}
