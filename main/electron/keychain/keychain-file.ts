/** `keychain.json`: what the keychain of the system sealed, each with what it was sealed by. */
import { z } from 'zod';
import { parseJson, readText, SecretBoxError } from '../../host/box-file.ts';
import { writeFileAtomic } from '../../kit/atomic-file.ts';

const blob = z.strictObject({
  backend: z.string(),
  /** Which key of this keyring. */
  key_id: z.string(),
  /** As Electron gave it, in base64. */
  data: z.string(),
  at: z.string(),
});
export type Blob = z.output<typeof blob>;

const keychainFile = z.strictObject({
  version: z.literal(1),
  /** A random text under each key: whether that key is there can be told by it. */
  markers: z.array(blob),
  entries: z.record(z.string(), blob),
  /** What did not open when it was entered again: kept until `until`, should its keyring come back. */
  replaced: z.array(z.strictObject({ id: z.string(), until: z.string(), ...blob.shape })),
});
export type KeychainFile = z.output<typeof keychainFile>;

const none: KeychainFile = { version: 1, markers: [], entries: {}, replaced: [] };

const maxAttempts = 8;

/** Throws `SecretBoxError` for what is no such file; that is left as it is. */
export async function readKeychainFile(file: string): Promise<KeychainFile> {
  return parse(await readText(file), file);
}

/** `edit` runs again, on fresh content, when somebody else wrote in between; `undefined` changes nothing. */
export async function changeKeychainFile(
  file: string,
  edit: (content: KeychainFile) => Promise<KeychainFile | undefined> | KeychainFile | undefined,
): Promise<boolean> {
  for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
    const text = await readText(file);
    const next = await edit(parse(text, file));
    if (next === undefined) return false;
    const json = `${JSON.stringify(next, undefined, 2)}\n`;
    if ((await writeFileAtomic(file, json, { expected: text ?? null, backup: true })) === 'written') return true;
  }
  throw new SecretBoxError(`${file} keeps changing while it is written; try again.`);
}

function parse(text: string | undefined, file: string): KeychainFile {
  if (text === undefined) return none;
  const parsed = keychainFile.safeParse(parseJson(text, file));
  if (parsed.success) return parsed.data;
  throw new SecretBoxError(
    `${file} is not what this version of the app wrote. It was left as it is; restore it or ${file}.bak.`,
  );
}
