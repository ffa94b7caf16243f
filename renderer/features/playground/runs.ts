/** What the buttons of the page do with runs: begin, answer, stop, follow again after the window was loaded anew. */
import type { Bridge } from '../../bridge/bridge.ts';
import { shuffled } from './blind.ts';
import { bodyOf, continued, messagesOf, type BodyProblem } from './body.ts';
import { isRunning, lastAnswer, type Column, type Step, type WireMessage } from './draft.ts';
import { runOnce, untilEnd, type RunHooks, type RunOutcome } from './run.ts';
import { beginAnswer, changeAnswer, columnOf, usePlayground } from './store.ts';

/** Stopped before their run had a name: it is ended as soon as it has one. */
const stopEarly = new Set<string>();

/** Sends the prompt in these columns, each from its beginning. What is wrong with it comes back, and nothing is sent. */
export function runColumns(bridge: Bridge, ids?: readonly string[]): BodyProblem | undefined {
  const { draft, columns, blind } = usePlayground.getState();
  const messages = messagesOf(draft);
  if (messages.problem !== undefined) return messages.problem;
  const meant = columns.filter(({ id }) => ids?.includes(id) ?? true);
  const bodies: [Column, Readonly<Record<string, unknown>>][] = [];
  for (const column of meant) {
    const body = bodyOf(column, draft, messages.value);
    if (body.problem !== undefined) return body.problem;
    bodies.push([column, body.value]);
  }
  if (blind !== undefined)
    usePlayground.setState({ blind: { order: shuffled(columns.map(({ id }) => id)), revealed: false } });
  for (const [column, body] of bodies) {
    stopColumn(bridge, column);
    send(bridge, column.id, body, beginAnswer(column.id, [], messages.value));
  }
  return undefined;
}

/** Goes on with the conversation of a column. */
export function reply(bridge: Bridge, id: string, step: Step): BodyProblem | undefined {
  const column = columnOf(id);
  if (column?.base === undefined || column.base === null) return undefined;
  const messages: readonly WireMessage[] = [...column.base, ...continued([...column.steps, step])];
  const body = bodyOf(column, usePlayground.getState().draft, messages);
  if (body.problem !== undefined) return body.problem;
  send(bridge, id, body.value, beginAnswer(id, [step]));
  return undefined;
}

function send(bridge: Bridge, id: string, body: Readonly<Record<string, unknown>>, step: number): void {
  const token = tokenOf(id, step);
  const hooks: RunHooks = {
    ...hooksOf(id, step, token),
    onRun(run) {
      if (isCurrent(id, step, token)) changeAnswer(id, step, () => ({ run }));
      if (stopEarly.delete(token) || !isCurrent(id, step, token)) void bridge.call('playground.stop', { run });
    },
  };
  void runOnce(bridge, body, hooks).then((outcome) => end(id, step, token, outcome));
}

/** Names the run that fills a step; the one of a later run is another. */
const tokens = new Map<string, string>();
let lastToken = 0;

function tokenOf(id: string, step: number): string {
  lastToken += 1;
  const token = String(lastToken);
  tokens.set(`${id} ${String(step)}`, token);
  return token;
}

function isCurrent(id: string, step: number, token: string): boolean {
  return tokens.get(`${id} ${String(step)}`) === token;
}

function hooksOf(id: string, step: number, token: string): RunHooks {
  return {
    onDelta({ text, reasoning }) {
      if (!isCurrent(id, step, token)) return;
      changeAnswer(id, step, (answer) => ({
        text: answer.text + text,
        reasoning: answer.reasoning + reasoning,
      }));
    },
  };
}

function end(id: string, step: number, token: string, { result, failure }: RunOutcome): void {
  stopEarly.delete(token);
  if (!isCurrent(id, step, token)) return;
  tokens.delete(`${id} ${String(step)}`);
  changeAnswer(id, step, (answer) => ({
    result,
    failure,
    ...(result === null ? {} : { run: result.run, text: result.text, reasoning: result.reasoning }),
    ...(result === null && answer.text !== '' ? { text: answer.text } : {}),
  }));
}

export function stopColumn(bridge: Bridge, column: Column): void {
  const answer = lastAnswer(column);
  if (answer === undefined || !isRunning(answer)) return;
  // How it ended is told by its result, also where it had ended meanwhile.
  if (answer.run !== null) void bridge.call('playground.stop', { run: answer.run });
  else stopEarly.add(tokens.get(`${column.id} ${String(column.steps.length - 1)}`) ?? '');
}

export function stopAll(bridge: Bridge): void {
  for (const column of usePlayground.getState().columns) stopColumn(bridge, column);
}

/** After the window was loaded again: runs that were under way are followed to their end. */
export function followAgain(bridge: Bridge): void {
  for (const column of usePlayground.getState().columns) {
    const step = column.steps.length - 1;
    const answer = lastAnswer(column);
    if (answer === undefined || !isRunning(answer) || tokens.has(`${column.id} ${String(step)}`)) continue;
    const token = tokenOf(column.id, step);
    if (answer.run === null)
      end(column.id, step, token, {
        result: null,
        failure: { code: 'window.error', message: '', requestId: 'none' },
      });
    else
      void untilEnd(bridge, answer.run, hooksOf(column.id, step, token)).then((outcome) =>
        end(column.id, step, token, outcome),
      );
  }
}
