/** What the environment of a terminal does to the clients started in it. */
import type { ClientFacts } from './clients.ts';
import { fail, note, ok, type Finding } from './finding.ts';
import type { ClientSettings, Environment, Given } from './settings.ts';

const proxyVariables = ['http_proxy', 'HTTP_PROXY', 'all_proxy', 'ALL_PROXY'];

/** Whether a proxy would be asked for 127.0.0.1 by programs that follow the usual variables. */
export function checkProxy(env: Environment): Finding[] {
  const proxy = proxyVariables.find((name) => (env[name] ?? '') !== '');
  if (proxy === undefined) return [];
  const open = ['127.0.0.1', 'localhost'].filter((host) => !isExcepted(host, env));
  if (open.length === 0) return [ok('proxy', `${proxy} is set, and NO_PROXY leaves this machine out.`)];
  return [
    note(
      'proxy',
      `${proxy} is set and NO_PROXY does not leave out ${open.join(' and ')}: a client here may ask the proxy for the gateway.`,
      'Set NO_PROXY=localhost,127.0.0.1,::1 where the client is started.',
    ),
  ];
}

function isExcepted(host: string, env: Environment): boolean {
  const entries = `${env['no_proxy'] ?? ''},${env['NO_PROXY'] ?? ''}`
    .split(',')
    .map((entry) => entry.trim().toLowerCase());
  return entries.some(
    (entry) =>
      entry === '*' || entry === host || (entry.startsWith('127.') && entry.includes('/') && host.startsWith('127.')),
  );
}

/** What the client finds, the strongest first: its own settings file, then the variables of this terminal. */
export function givenTo(client: ClientFacts, env: Environment, file: ClientSettings): ClientSettings {
  const inShell = (names: readonly string[]): Given[] =>
    names.flatMap((name) => {
      const value = env[name];
      return value === undefined || value === '' ? [] : [{ where: name, value }];
    });
  const addresses = [...file.addresses, ...inShell(client.baseVariables)];
  // A key in the path is ours; what travels in a header beside it is the client's own login.
  const [address] = addresses;
  const inPath = address === undefined ? undefined : /\/c\/([^/?#]+)/.exec(address.value)?.[1];
  const keys =
    address === undefined || inPath === undefined
      ? [...file.keys, ...inShell(client.keyVariables)]
      : [{ where: `The path of ${address.where}`, value: inPath }];
  return { addresses, keys, missing: inPath === undefined ? file.missing : undefined };
}

/** Which address the client takes, and whether it is this gateway. */
export function checkAddress(client: ClientFacts, { addresses }: ClientSettings, urls: readonly string[]): Finding {
  const check = `${client.id}: address`;
  const mend = client.setAddress(`${urls[0] ?? 'http://127.0.0.1:4790'}${client.basePath}`);
  const [winner] = addresses;
  if (winner === undefined) return note(check, `No address is set for it here: ${client.looksIn}.`, mend);
  const origin = originOf(winner.value);
  if (origin === undefined) return fail(check, `${winner.where} is no address.`, mend);
  if (urls.some((url) => sameOrigin(url, origin))) return ok(check, `${winner.where} leads here.`);
  // Only the origin is shown: a path may hold a key.
  return fail(check, `${winner.where} leads to ${origin}, which is not this gateway.`, mend);
}

/** Says which key wins, and names those that lose: two that differ are a classic. */
export function checkKey(client: ClientFacts, { keys, missing }: ClientSettings): Finding {
  const check = `${client.id}: key`;
  const [winner, ...others] = keys;
  if (missing !== undefined) {
    const message = `Its settings take the key from ${missing}, which is not set in this terminal.`;
    return note(check, message, `export ${missing}=<a key of \`sluice keys create\`>`);
  }
  if (winner === undefined) {
    return note(
      check,
      `No key is set for it here, so the port is tried without one: ${client.looksIn}.`,
      client.setKey,
    );
  }
  const losers = others.filter(({ value }) => value !== winner.value).map(({ where }) => where);
  if (losers.length === 0) return ok(check, `${winner.where} holds the key.`);
  const inShell = losers.filter((name) => client.keyVariables.includes(name));
  return note(
    check,
    `${winner.where} wins over ${losers.join(', ')}: the keys differ.`,
    inShell.length > 0 ? `unset ${inShell.join(' ')}` : `Take out ${losers.join(', ')}.`,
  );
}

function originOf(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url === undefined || url.origin === 'null' ? undefined : url.origin;
}

/** `localhost` and the loopback addresses are the same place. */
function sameOrigin(left: string, right: string): boolean {
  const [a, b] = [new URL(left), new URL(right)];
  const here = ['localhost', '127.0.0.1', '[::1]'];
  return (
    a.protocol === b.protocol &&
    a.port === b.port &&
    (a.hostname === b.hostname || (here.includes(a.hostname) && here.includes(b.hostname)))
  );
}
