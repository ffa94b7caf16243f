/** Changes of the box of secrets: who refers to what, and what may go in. */
import type { Config } from '../../shared/config/config.ts';
import type { KeySettings } from '../../shared/config/provider-settings.ts';
import type { SecretBoxState, SecretEntry, SecretUse } from '../../shared/contract/secrets.ts';
import { GatewayError } from '../../shared/errors/gateway-error.ts';
import type { SecretBox } from '../host/host.ts';
import type { Secret } from '../kit/secret.ts';
import { parseReference, secretTextsOf, secretTextsOfVirtualKey, valueProblem } from './secrets.ts';

/** Who refers to which secret of the box, by its id. */
export function secretUses(config: Config): ReadonlyMap<string, readonly SecretUse[]> {
  const uses = new Map<string, SecretUse[]>();
  const add = (texts: readonly string[], use: SecretUse): void => {
    const ids = texts.map(parseReference).flatMap((one) => (one.kind === 'secret' ? [one.id] : []));
    for (const id of new Set(ids)) uses.set(id, [...(uses.get(id) ?? []), use]);
  };
  for (const provider of config.providers) {
    for (const [index, key] of (provider.keys ?? []).entries())
      add(secretTextsOf(key), { provider: provider.id, key: key.name ?? `key-${index + 1}` });
  }
  for (const key of config.virtual_keys) add(secretTextsOfVirtualKey(key), { provider: null, key: key.id });
  return uses;
}

/** What is in the box and what should be, by id. */
async function secretEntries(box: SecretBox, config: Config): Promise<SecretEntry[]> {
  const uses = secretUses(config);
  const stored = new Set(await opened(() => box.list()));
  const ids = [...new Set([...stored, ...uses.keys()])].sort();
  return await Promise.all(
    ids.map(async (id) => {
      const reading = stored.has(id) ? await box.get(id) : undefined;
      return {
        ...{ id, stored: stored.has(id), readable: reading?.kind === 'found' },
        reason: reading?.kind === 'unreadable' ? reading.reason : null,
        used_by: [...(uses.get(id) ?? [])],
      };
    }),
  );
}

/** All that is told of the box. */
export async function boxState(box: SecretBox, config: Config): Promise<SecretBoxState> {
  const secrets = await secretEntries(box, config);
  return { protection: await opened(() => box.protection()), keyring: await box.keyring(), secrets };
}

/** A value that the config would be refused for is not let in: the next start would fail. */
export async function putSecret(box: SecretBox, id: string, value: Secret): Promise<void> {
  const problem = valueProblem(value, 'the secret');
  if (problem !== undefined) throw new GatewayError('control.invalid_input', `Not stored: ${problem.problem}.`);
  await opened(() => box.set(id, value));
}

/** Why a box cannot be opened or written, as an answer for whoever asked: its messages hold no secret. */
export async function opened<Result>(
  work: () => Promise<Result>,
  lead = 'The box of secrets cannot be used: ',
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new GatewayError('control.refused', `${lead}${message}`, { cause: error });
  }
}

/** The box of secrets, and what refers to it. */
export interface Vault {
  readonly box: SecretBox;
  readonly config: Config;
}

/** The secret of the box that a key refers to, and nothing else does. */
export function ownSecret(config: Config, key: KeySettings | undefined): string | undefined {
  if (key?.value === undefined) return undefined;
  const reference = parseReference(key.value);
  if (reference.kind !== 'secret') return undefined;
  return secretUses(config).get(reference.id)?.length === 1 ? reference.id : undefined;
}

/** Another value under the same name, for work that brings it into force; when that fails the one before is there again. */
export async function replaceSecret(
  box: SecretBox,
  id: string,
  value: Secret,
  use: () => Promise<unknown>,
): Promise<void> {
  const before = await opened(() => box.get(id));
  await putSecret(box, id, value);
  try {
    await use();
  } catch (error) {
    if (before.kind === 'found') await opened(() => box.set(id, before.value));
    throw error;
  }
}

/** Puts a new secret into the box for a change that refers to it; without the change it is taken out again. */
export async function withSecret(
  { box, config }: Vault,
  secret: { readonly value: Secret; readonly name: string } | undefined,
  change: (secretId: string | undefined) => Promise<void>,
): Promise<void> {
  if (secret === undefined) {
    await change(undefined);
    return;
  }
  // A name that somebody refers to is not free, though nothing may be stored under it.
  const taken = new Set([...(await opened(() => box.list())), ...secretUses(config).keys()]);
  const id = unusedName(secret.name, taken);
  await putSecret(box, id, secret.value);
  try {
    await change(id);
  } catch (error) {
    await opened(() => box.delete(id));
    throw error;
  }
}

/** `openai`, `openai-2`: within the length that names may have. */
export function unusedName(wanted: string, taken: ReadonlySet<string>): string {
  let name = wanted;
  for (let number = 2; taken.has(name); number += 1) name = `${wanted.slice(0, 50)}-${number}`;
  return name;
}
