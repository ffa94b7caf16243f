/** Whether a value found somewhere is a vendor's API key that may be offered, and what of it may be shown. */
import { keyPrefix } from '../config/keys.ts';

/** Shorter ones are words people put there because something had to be. */
const shortest = 16;
/** SEC-45: of shorter ones nothing is shown. */
const shortestWithHint = 20;

/** References of other tools to a value elsewhere: `$NAME`, `${NAME}`, `{env:NAME}`, `env:NAME`, `!command`, `<your key>`. */
const reference = /^[$<{[!%@]|^(?:env|file|secret|vault|op|keychain):|\$\{|\{\{/i;

const placeholder =
  /your[-_ ]?(?:own[-_ ])?(?:\w+[-_ ])?(?:api[-_ ]?)?(?:key|token|secret)|(?:api[-_ ]?key|key|token)[-_ ]?here|change[-_ ]?me|replace[-_ ]?me|placeholder|dummy|example|not[-_ ]?(?:needed|used|required|set)|\.\.\.|…|(.)\1{7}|\*{3}|0123456789|1234567890/i;

/** Logins of people, which stay in their client: an OAuth token of Anthropic, a JSON web token, one of Google. */
const login = /^(?:sk-ant-(?:oat|ort|sid)|eyJ|ya29\.|1\/\/)/;

export type Unfit = 'empty' | 'ours' | 'a login' | 'a placeholder' | 'a reference' | 'no key';

/** Why this value is not offered; `undefined` when it is. `isOurs` knows keys that people chose themselves. */
export function unfitKey(value: string, isOurs: (value: string) => boolean): Unfit | undefined {
  if (value === '') return 'empty';
  if (value.startsWith(keyPrefix) || isOurs(value)) return 'ours';
  if (login.test(value)) return 'a login';
  if (reference.test(value)) return 'a reference';
  if (placeholder.test(value)) return 'a placeholder';
  return value.length < shortest || value.length > 4096 || !/^[\x21-\x7e]+$/.test(value) ? 'no key' : undefined;
}

/** Its last four characters; nothing of one that is short. */
export function hintOf(value: string): string {
  return value.length < shortestWithHint ? '' : value.slice(-4);
}
