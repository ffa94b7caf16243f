/** The entries of `policy_bundles` in the config file: added, pinned and taken out, with its comments kept. */
import type { Document } from 'yaml';
import { applyEdit } from '../config/config-edits.ts';
import { parseBundleLink } from './fingerprint.ts';
import type { Source } from './sources.ts';

export function entryFor({ url, pin }: Source, labels: Readonly<Record<string, string>>): object {
  return {
    url,
    ...(pin === undefined ? {} : { trust: pin }),
    ...(Object.keys(labels).length === 0 ? {} : { labels }),
  };
}

/** Below those that are there. */
export function appendEntry(document: Document, value: object): void {
  const list = document.toJS() as { readonly policy_bundles?: readonly unknown[] | null };
  const index = list.policy_bundles?.length ?? 0;
  if (index === 0) applyEdit(document, { op: 'set', path: ['policy_bundles'], value: [value] });
  else applyEdit(document, { op: 'insert', path: ['policy_bundles', index], value });
}

/** However often it stands there; with the section where nothing else does. */
export function removeEntry(document: Document, url: string): void {
  for (;;) {
    const { index, count } = entryOf(document, url);
    if (index < 0) return;
    const path = count === 1 ? ['policy_bundles'] : ['policy_bundles', index];
    applyEdit(document, { op: 'remove', path });
  }
}

export function pinEntry(document: Document, url: string, fingerprint: string): void {
  const { index } = entryOf(document, url);
  if (index >= 0) applyEdit(document, { op: 'set', path: ['policy_bundles', index, 'trust'], value: fingerprint });
}

function entryOf(document: Document, url: string): { readonly index: number; readonly count: number } {
  const { policy_bundles = [] } = document.toJS() as { readonly policy_bundles?: readonly { readonly url: string }[] };
  return { index: policy_bundles.findIndex((entry) => addressIn(entry.url) === url), count: policy_bundles.length };
}

function addressIn(written: string): string {
  try {
    return parseBundleLink(written).url;
  } catch {
    return written;
  }
}
