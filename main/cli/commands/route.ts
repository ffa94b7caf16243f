/** `sluice route explain`: why a request went where it went, or where one would go. */
import { resolve } from 'node:path';
import { namedSurfaces } from '../../../shared/domain/request-shape.ts';
import type { CallOutput } from '../../../shared/contract/contract.ts';
import type { Arguments } from '../arguments.ts';
import { withClient, type Client } from '../client.ts';
import { isNamedSurface, isOfTheRequest, readRequestFile } from '../explain/request-file.ts';
import { renderExplanation, renderUndecided } from '../explain/text.ts';
import { CommandError, FileProblem, UsageError, type Shell } from '../shell.ts';

const command = 'route explain';

export async function explainRoute(args: Arguments, shell: Shell): Promise<number> {
  const [id, file] = [args.text('id'), args.text('request')];
  if (id !== undefined && file !== undefined)
    throw new UsageError('Give --id for an exchange that was, or --request for one that could be, not both.', command);
  if (file !== undefined) return explainFile(file, args, shell);
  if (id === undefined)
    throw new UsageError(
      'Say what to explain: --id REQUEST_ID (`sluice log --json` shows them), --id last, or --request FILE.',
      command,
    );
  for (const name of ['surface', 'key', 'client'])
    if (args.text(name) !== undefined)
      throw new UsageError(`--${name} goes with --request: an exchange that was has its own.`, command);
  return explainPast(id, args, shell);
}

async function explainPast(id: string, args: Arguments, shell: Shell): Promise<number> {
  return withClient(args, shell, async (client) => {
    const requestId = id === 'last' ? await lastRequestId(client) : id;
    const explained = await client.ask('route.explain', { request_id: requestId });
    const { decision, ...past } = explained;
    const timeZone = shell.timezone;
    if (args.flag('json')) shell.out(JSON.stringify(projectPast(explained)));
    else if (decision === null) shell.out(renderUndecided({ ...past, timeZone }));
    else shell.out(renderExplanation({ decision, past, timeZone }));
    return 0;
  });
}

/** Who has just seen something odd does not know its id. */
export async function lastRequestId(client: Client): Promise<string> {
  const { entries } = await client.ask('traffic.list', { limit: 1, filter: {} });
  const [newest] = entries;
  if (newest === undefined) throw new CommandError('Nothing is recorded yet: send a request first.');
  return newest.request_id;
}

async function explainFile(file: string, args: Arguments, shell: Shell): Promise<number> {
  const surface = args.text('surface');
  if (surface !== undefined && !isNamedSurface(surface))
    throw new UsageError(`--surface does not know "${surface}": give one of ${namedSurfaces.join(', ')}.`, command);
  const request = await readRequestFile({ path: resolve(shell.cwd, file), shown: file }, surface);
  const [key, client] = [args.text('key'), args.text('client')];
  return withClient(args, shell, async (instance) => {
    const asked = { request, ...(key === undefined ? {} : { key }), ...(client === undefined ? {} : { client }) };
    const { decision } = await instance.ask('route.simulate', asked).catch((error: unknown) => {
      throw isOfTheRequest(error) ? new FileProblem(`${file}: ${error.message}`) : error;
    });
    if (args.flag('json')) shell.out(JSON.stringify({ request_id: null, ...decision, attempts: [] }));
    else shell.out(renderExplanation({ decision, timeZone: shell.timezone }));
    return decision.chosen === null ? 1 : 0;
  });
}

/** One trace: the decision, and what became of it. */
function projectPast({ decision, entry, verified, note }: CallOutput<'route.explain'>): object {
  const undecided = {
    asked: entry.model_asked,
    chosen: entry.target,
    reason: entry.route_reason,
    rule: null,
    facts: null,
    candidates: [],
  };
  return {
    request_id: entry.request_id,
    at: entry.at,
    ...(decision ?? undecided),
    attempts: entry.attempts,
    cost_usd: entry.cost_usd,
    cache: entry.cache,
    verified,
    note,
  };
}
