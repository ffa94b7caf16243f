// A golden file: one case, as each client says it, and what became of it at each target.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { TargetName } from '../clients/targets.ts';
import { clientNames, type Body, type ClientName } from './conversation.ts';

/** What one client sent, and one entry a target. */
export type Entry = { readonly sent: Body } & Partial<Record<TargetName, Body>>;
export type Golden = Partial<Record<ClientName, Entry>>;

export const directory = new URL('./cases/', import.meta.url);
const pathOf = (name: string): string => fileURLToPath(new URL(`${name}.json`, directory));

export function readGolden(name: string): Golden {
  const path = pathOf(name);
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Golden) : {};
}

export function writeGolden(name: string, golden: Golden): void {
  const ordered = Object.fromEntries(
    clientNames.flatMap((client) => (client in golden ? [[client, golden[client]]] : [])),
  );
  writeFileSync(pathOf(name), `${render(ordered, 0, 0)}\n`);
}

/** As wide as a screen; a value that fits stands on one line. */
const width = 150;

/** JSON in which only what is long is spread out. `used` is what stands on the line before the value. */
function render(value: unknown, indent: number, used: number): string {
  const line = oneLine(value);
  if (used + indent + line.length <= width || typeof value !== 'object' || value === null) return line;
  const pad = ' '.repeat(indent + 1);
  const parts = Array.isArray(value)
    ? value.map((item: unknown) => pad + render(item, indent + 1, 1))
    : Object.entries(value).map(([name, item]) => {
        const key = `${JSON.stringify(name)}: `;
        return pad + key + render(item, indent + 1, key.length + 1);
      });
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  return `${String(open)}\n${parts.join(',\n')}\n${' '.repeat(indent)}${String(close)}`;
}

function oneLine(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(oneLine).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).map(([name, item]) => `${JSON.stringify(name)}: ${oneLine(item)}`);
  return fields.length === 0 ? '{}' : `{ ${fields.join(', ')} }`;
}
