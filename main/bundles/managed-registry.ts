/** What `reg query` prints of a policy, as the settings it stands for. */

/** Whether a listing names the key. */
export function hasRegistryKey(listing: string, key: string): boolean {
  return listing.split(/\r?\n/).some((line) => line.trim().toLowerCase() === key.toLowerCase());
}

export type RegistrySettings = { readonly settings: Readonly<Record<string, unknown>> } | { readonly problem: string };

interface Value {
  readonly name: string;
  readonly kind: string;
  readonly data: string;
}

/** Four spaces, name, four spaces, kind, four spaces, data: neither names nor data are quoted. */
const valueLine = /^ {4}(.+?) {4}(REG_[A-Z_]+)(?: {4}(.*))?$/;

const switches = new Set(['allow_user_bundles', 'require_fresh_at_start']);
const lists = new Set(['trusted_hosts', 'approved_origins']);

/**
 * Switches are numbers of the key itself. Lists are keys below it whose values are the entries, as templates of policies make them, or one
 * value of many lines. A bundle is an entry of the list `bundles`, its fingerprint behind `#sluice1=`, or a key of its own below that, with
 * `url` and `trust`. Labels are the values of `labels`.
 */
export function readRegistry(listing: string, key: string): RegistrySettings {
  if (listing.includes('\uFFFD')) return { problem: 'holds characters that cannot be read. Use plain ASCII' };
  const settings: Record<string, unknown> = {};
  for (const [path, values] of keysOf(listing, key)) {
    const problem = take(settings, path, values);
    if (problem !== undefined) return { problem };
  }
  return { settings };
}

function keysOf(listing: string, key: string): ReadonlyMap<string, readonly Value[]> {
  const keys = new Map<string, Value[]>();
  let values: Value[] | undefined;
  for (const line of listing.split(/\r?\n/)) {
    const [, name, kind, data = ''] = valueLine.exec(line) ?? [];
    if (name !== undefined && kind !== undefined) values?.push({ name, kind, data });
    else if (line.toLowerCase().startsWith(key.toLowerCase())) {
      values = [];
      keys.set(line.trim().slice(key.length).replace(/^\\/, ''), values);
    }
  }
  return keys;
}

/** Returns what is wrong. */
function take(settings: Record<string, unknown>, path: string, values: readonly Value[]): string | undefined {
  const [first = '', second] = path.split('\\');
  if (path === '') return takeOwn(settings, values);
  if (first === 'labels' && second === undefined) {
    settings['labels'] = Object.fromEntries(values.map(({ name, data }) => [name, data]));
    return undefined;
  }
  if (lists.has(first) && second === undefined) {
    settings[first] = values.map(({ data }) => data);
    return undefined;
  }
  if (first === 'bundles') {
    const bundles = (settings['bundles'] as unknown[] | undefined) ?? [];
    settings['bundles'] = bundles;
    if (second === undefined) bundles.push(...values.map(({ data }) => ({ url: data })));
    else bundles.push(Object.fromEntries(values.map(({ name, data }) => [name, data])));
    return undefined;
  }
  return `holds "${path}", which means nothing to this version`;
}

function takeOwn(settings: Record<string, unknown>, values: readonly Value[]): string | undefined {
  for (const { name, kind, data } of values) {
    if (switches.has(name) && kind === 'REG_DWORD') settings[name] = Number(data) !== 0;
    else if (lists.has(name) && kind === 'REG_MULTI_SZ') settings[name] = data.split('\\0').filter((one) => one !== '');
    else if (name === 'bundles' && kind === 'REG_MULTI_SZ')
      settings['bundles'] = data
        .split('\\0')
        .filter((one) => one !== '')
        .map((url) => ({ url }));
    // The default value that an editor leaves unset.
    else if (!(name.startsWith('(') && data.startsWith('(')))
      return `holds "${name}" as ${kind}, which means nothing to this version`;
  }
  return undefined;
}
