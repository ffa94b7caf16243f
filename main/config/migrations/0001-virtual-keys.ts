/** Version 0, the drafts before the first release, called the virtual keys `keys` and gave the body limit in MiB. */

interface DocumentEditor {
  get(path: readonly (string | number)[]): unknown;
  set(path: readonly (string | number)[], value: unknown): void;
  remove(path: readonly (string | number)[]): void;
  rename(path: readonly (string | number)[], name: string): boolean;
}

export const version1 = {
  from: 0,
  run(document: DocumentEditor): void {
    document.rename(['keys'], 'virtual_keys');
    const mib = document.get(['listen', 'max_body_mb']);
    if (typeof mib === 'number') {
      document.set(['listen', 'max_body_mb'], mib * 1_048_576);
      document.rename(['listen', 'max_body_mb'], 'max_body_bytes');
    }
  },
};
