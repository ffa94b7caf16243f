/** `sluice doctor`: looks at data directory, config, credentials, instance, port and clients, and says what mends each. */
import { lstat, readFile } from 'node:fs/promises';
import type { CallOutput } from '../../../shared/contract/contract.ts';
import { dataFiles } from '../../kit/data-directory.ts';
import { newestLog } from '../../kit/log-file.ts';
import { nearestNames } from '../../kit/nearest.ts';
import { printable } from '../../kit/printable.ts';
import type { Arguments } from '../arguments.ts';
import { connect, connectOrOpen, placeOf, type Client, type Place } from '../client.ts';
import { clients, type ClientFacts, type Step } from '../doctor/clients.ts';
import { checkAddress, checkKey, checkProxy, givenTo } from '../doctor/environment.ts';
import { fail, note, ok, type Finding } from '../doctor/finding.ts';
import { ask, proofIn } from '../doctor/port.ts';
import { readSettings } from '../doctor/settings.ts';
import { renderProblem } from '../problems.ts';
import { UsageError, type Shell } from '../shell.ts';

const challengeLength = 32;
const configCheck = 'config file';

/** Exit code 1 when something fails. */
export async function doctor(args: Arguments, shell: Shell): Promise<number> {
  const asked = readClient(args.text('client'));
  const place = placeOf(args, shell);
  const findings = await look(place, shell, { asked, ledger: args.flag('ledger') });
  const failed = findings.filter(({ result }) => result === 'fail').length;
  if (args.flag('json')) shell.out(JSON.stringify({ ok: failed === 0, checks: findings }));
  else {
    shell.out(findings.map(render).join('\n'));
    shell.err(failed === 0 ? 'Nothing is wrong.' : `${failed} of ${findings.length} checks failed.`);
  }
  return failed === 0 ? 0 : 1;
}

function readClient(name: string | undefined): ClientFacts | undefined {
  if (name === undefined) return undefined;
  const known = clients.find(({ id }) => id === name);
  if (known !== undefined) return known;
  const ids = clients.map(({ id }) => id);
  const near = nearestNames(name, ids, 1)[0];
  throw new UsageError(
    `There is no client "${name}". ${near === undefined ? `There are: ${ids.join(', ')}.` : `Did you mean ${near}?`}`,
    'doctor',
  );
}

interface Look {
  /** A client whose settings are looked at as well. */
  readonly asked: ClientFacts | undefined;
  /** The ledger is read as a whole. */
  readonly ledger: boolean;
}

async function look(place: Place, shell: Shell, { asked, ledger }: Look): Promise<Finding[]> {
  const findings = [...(await checkDirectory(place, shell)), ...(await checkFile(place, shell))];
  // Opening a directory writes a first config where there is none: looking must not change what is looked at.
  const usable = findings.every(({ result }) => result === 'ok');
  const isValid = findings.every(({ check, result }) => check !== configCheck || result === 'ok');
  const running = await connect(place, shell);
  const client = running ?? (usable ? await connectOrOpen(place, shell) : undefined);
  let urls: readonly string[] = [];
  try {
    if (client === undefined) findings.push(notRunning(place));
    else {
      const facts = await client.ask('app.facts', {});
      findings.push(...checkConfig(facts, isValid), ...facts.credentials.map(checkCredential));
      if (client.running) {
        const status = await client.ask('app.status', {});
        urls = status.gateway.urls;
        findings.push(...checkInstance(status, shell), ...(await checkUrls(client, urls, shell)));
      } else findings.push(notRunning(place), ...(await checkFreePort(facts.listen, client, shell)));
      if (ledger) findings.push(...(await checkLedger(client)));
    }
  } finally {
    await client?.close();
  }
  findings.push(...(await checkLog(place)), ...checkProxy(shell.env));
  if (asked !== undefined) findings.push(...(await checkClient(asked, urls, shell)));
  return findings;
}

async function checkDirectory({ dataDir }: Place, shell: Shell): Promise<Finding[]> {
  const check = 'data directory';
  try {
    const facts = await lstat(dataDir);
    if (!facts.isDirectory())
      return [fail(check, `${dataDir} is not a directory.`, 'Move it away, or choose another with --data.')];
    if (shell.platform !== 'win32' && (facts.mode & 0o077) !== 0) {
      return [fail(check, `${dataDir} can be read by other users.`, `chmod 700 '${dataDir}'`)];
    }
    return [ok(check, `${dataDir} is there and private.`)];
  } catch {
    return [note(check, `${dataDir} does not exist yet; the first \`sluice serve\` makes it.`)];
  }
}

/** The desktop app has nobody to read what it says; an instance of a terminal says it there. */
async function checkLog({ dataDir }: Place): Promise<Finding[]> {
  const file = newestLog(dataFiles(dataDir).logs);
  const isThere = await lstat(file).then(
    () => true,
    () => false,
  );
  return isThere ? [ok('log', `What the desktop app says is in ${file}.`)] : [];
}

async function checkFile({ dataDir, configFile }: Place, shell: Shell): Promise<Finding[]> {
  const file = configFile ?? dataFiles(dataDir).config;
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    if (missing) return [note(configCheck, `${file} does not exist yet; the first \`sluice serve\` writes it.`)];
    return [fail(configCheck, `${file} cannot be read: ${String(error)}.`, 'Make it readable for this user.')];
  }
  const { problems } = await shell.product.checkConfig(text, file);
  if (problems.length === 0) return [ok(configCheck, `${file} is valid.`)];
  return problems.map((problem) => fail(configCheck, renderProblem({ ...problem, mend: '' }), problem.mend));
}

/** What only shows where the config is in use: secrets were looked up there. */
function checkConfig({ config, credentials }: CallOutput<'app.facts'>, fileIsValid: boolean): Finding[] {
  const reasons = new Set(credentials.map(({ reason }) => reason));
  return [
    // What is wrong with the text was said when the file was looked at.
    ...(fileIsValid ? config.problems : []).map((problem) =>
      fail(
        'config in use',
        `The file has changed and cannot be used, so the configuration before it is in force. ${renderProblem({ ...problem, mend: '' })}`,
        problem.mend,
      ),
    ),
    // A credential that cannot be had is a failure of its own below.
    ...config.warnings
      .filter(({ problem }) => !reasons.has(problem))
      .map((warning) => note('config', renderProblem({ ...warning, mend: '' }), warning.mend)),
  ];
}

function checkCredential({
  provider,
  name,
  available,
  reason,
}: CallOutput<'app.facts'>['credentials'][number]): Finding {
  const check = `credential ${provider}/${name}`;
  if (available) return ok(check, 'It can be had.');
  return fail(check, reason ?? 'It cannot be had.', `Give it, or take it out of the provider "${provider}".`);
}

function notRunning({ dataDir }: Place): Finding {
  return note('instance', `No instance is running on ${dataDir}.`, 'sluice serve');
}

function checkInstance(status: CallOutput<'app.status'>, shell: Shell): Finding[] {
  const { pid, version, ledger } = status;
  const findings = [ok('instance', `Process ${pid} is running, version ${version}.`)];
  if (version !== shell.version) {
    findings.push(
      note(
        'version',
        `The instance is ${version}, this command is ${shell.version}.`,
        'sluice stop, then sluice serve',
      ),
    );
  }
  if (ledger.state === 'writing' || ledger.state === 'starting') findings.push(ok('ledger', `It is ${ledger.state}.`));
  else
    findings.push(
      fail(
        'ledger',
        `It is ${ledger.state}: ${ledger.reason ?? 'no reason is known'}.`,
        'Mend what the reason names; entries wait in memory meanwhile.',
      ),
    );
  const dropped = ledger.dropped_opens + ledger.dropped_closes;
  if (dropped > 0)
    findings.push(
      fail('ledger', `${dropped} entries were given up because too many waited.`, 'Look at disk space and at the log.'),
    );
  if (ledger.journal.state === 'failing')
    findings.push(
      fail(
        'ledger journal',
        ledger.journal.reason ?? 'It cannot be written.',
        'Mend what the reason names; requests that a hard budget counts are refused meanwhile.',
      ),
    );
  for (const notice of ledger.notices) findings.push(note('ledger', notice));
  return findings;
}

/** Its file, its sums and what budgets counted. */
async function checkLedger(client: Client): Promise<Finding[]> {
  try {
    const { findings } = await client.ask('ledger.check', {});
    return findings.map(({ check, ok: isRight, message }) =>
      isRight
        ? ok(`ledger ${check}`, message)
        : fail(
            `ledger ${check}`,
            message,
            'Keep a copy of the data directory and report it; budgets go by the journal.',
          ),
    );
  } catch (error) {
    return [fail('ledger', reasonOf(error), 'A damaged file is set aside at the next start, and a new one begun.')];
  }
}

/** Whether those who answer at the addresses are this instance: another program could have been faster (SEC-09). */
async function checkUrls(client: Client, urls: readonly string[], shell: Shell): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const url of urls) {
    const check = `port ${url}`;
    const challenge = shell.randomId(challengeLength);
    const { proof } = await client.ask('app.prove', { challenge });
    try {
      const { text } = await ask(url, { method: 'GET', path: `/health?challenge=${challenge}` });
      if (proofIn(text) === proof) findings.push(ok(check, 'This instance answers.'));
      else
        findings.push(
          fail(check, 'Another program answers there.', 'Find and stop it, or choose another port with --port.'),
        );
    } catch (error) {
      findings.push(fail(check, `Nobody answers there: ${reasonOf(error)}.`, 'sluice stop, then sluice serve'));
    }
  }
  return findings;
}

/** Without an instance the port of the config should be free. */
async function checkFreePort(
  { host, port }: CallOutput<'app.facts'>['listen'],
  client: Client,
  shell: Shell,
): Promise<Finding[]> {
  if (port === 0 || client.running) return [];
  const check = `port ${port}`;
  try {
    await ask(`http://${host.includes(':') ? `[${host}]` : host}:${port}`, {
      method: 'GET',
      path: `/health?challenge=${shell.randomId(challengeLength)}`,
    });
    return [fail(check, `Another program answers at ${host}:${port}.`, 'Stop it, or set listen.port to another.')];
  } catch (error) {
    const free = error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED';
    return free
      ? [ok(check, 'It is free.')]
      : [
          note(
            check,
            `${host}:${port} does not speak HTTP: ${reasonOf(error)}.`,
            'Set listen.port to another if the start fails.',
          ),
        ];
  }
}

async function checkClient(client: ClientFacts, urls: readonly string[], shell: Shell): Promise<Finding[]> {
  const given = givenTo(client, shell.env, await readSettings(client.settings, shell));
  const findings = [checkAddress(client, given, urls), checkKey(client, given)];
  const url = urls[0];
  if (url === undefined)
    return [...findings, note(client.id, 'Its start can be replayed only while an instance runs.', 'sluice serve')];
  const key = given.missing === undefined ? given.keys[0]?.value : undefined;
  for (const step of client.steps) findings.push(await replay(client, step, url, key));
  return findings;
}

async function replay(client: ClientFacts, step: Step, url: string, key: string | undefined): Promise<Finding> {
  const check = `${client.id}: ${step.name}`;
  const request = `${step.method} ${step.path}`;
  const expected = key === undefined ? step.withoutKey : step.withKey;
  try {
    const { status } = await ask(url, {
      ...step,
      headers: { ...step.headers, ...(key === undefined ? {} : client.header(key)) },
    });
    if (expected.includes(status))
      return ok(
        check,
        `${request} was answered with ${status}${key === undefined && status === 401 ? ', as it must be without a key' : ''}.`,
      );
    const mend =
      status === 401
        ? 'The key is not one of `sluice keys list`: make one with `sluice keys create`.'
        : '`sluice log` shows the request and why.';
    return fail(check, `${request} was answered with ${status}.`, mend);
  } catch (error) {
    return fail(
      check,
      `${request} was not answered: ${reasonOf(error)}.`,
      '`sluice status` shows whether the gateway is well.',
    );
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

const marks = { ok: 'ok  ', note: 'note', fail: 'FAIL' } as const;

function render({ check, result, message, mend }: Finding): string {
  const line = printable(`${marks[result]}  ${check}: ${message}`);
  return mend === '' ? line : `${line}\n      → ${printable(mend)}`;
}
