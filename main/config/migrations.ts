/** Runs the numbered migrations on a config document. Comments survive: entries are moved, not rebuilt. */
import { isMap, isScalar, type Document } from 'yaml';
import { migrations } from './migrations/list.ts';

/** Takes the document from `version` to the newest, step by step, and writes the new version into it. */
export function migrateDocument(document: Document, version: number): void {
  const pending = migrations.filter((migration) => migration.from >= version).sort((a, b) => a.from - b.from);
  for (const migration of pending) {
    migration.run({
      get: (path) => document.getIn([...path]),
      set: (path, value) => document.setIn([...path], value),
      remove: (path) => document.deleteIn([...path]),
      rename: (path, name) => renameKey(document, path, name),
    });
    document.setIn(['version'], migration.from + 1);
  }
}

/** Gives an entry another name in its place: what stands around and below it stays. */
function renameKey(document: Document, path: readonly (string | number)[], name: string): boolean {
  const parent: unknown = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  if (!isMap(parent)) return false;
  const pair = parent.items.find((item) => isScalar(item.key) && item.key.value === path.at(-1));
  if (pair === undefined || !isScalar(pair.key)) return false;
  pair.key.value = name;
  return true;
}
