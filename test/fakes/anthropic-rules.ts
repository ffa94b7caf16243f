// The rules of a Messages request that a shape cannot say: turns, tool pairs, signatures, thinking, betas, cache marks.

import { countBody, customTools, isServerTool, messagesBody } from './anthropic-spec.ts';
import { anthropicError, anthropicIssue } from './anthropic-errors.ts';
import { dict, isDict, list, text, type Dict } from './json.ts';
import type { Mint } from './mint.ts';
import { check } from './shape.ts';

export type MessagesContext = { mint: Mint; version: string; betas: readonly string[]; counting: boolean };

const refuse = (message: string): never => {
  throw anthropicError(400, message);
};

/** Throws the refusal Anthropic would answer this body with. `thread` continuations are checked without what the thread holds. */
export function checkMessages(body: Dict, context: MessagesContext): void {
  const has = (prefix: string): boolean => context.betas.some((beta) => beta.startsWith(prefix));
  const issue = check(body, context.counting ? countBody(has) : messagesBody(has, context.version !== '2026-10-21'));
  if (issue !== undefined) throw anthropicIssue(issue);
  const messages = list(body.messages).map(dict);
  if (messages.length === 0) refuse('messages: at least one message is required');
  checkSystemMessages(messages, TAKES_SYSTEM.test(text(body.model)) || has('mid-conversation-'));
  checkTools(body);
  checkSampling(body, has('interleaved-thinking-'));
  checkCacheMarks(body);
  checkFormats(body);
  checkTurns(messages, body, context);
}

/** Opus 4.8 and the fifth generation take system messages in mid-conversation by themselves, others under their beta. */
const TAKES_SYSTEM = /^claude-(opus-4-([89]|\d\d)|\w+-([5-9]|\d\d)(-|$))/;

function checkSystemMessages(messages: readonly Dict[], allowed: boolean): void {
  for (const [index, message] of messages.entries()) {
    if (message.role !== 'system') continue;
    if (!allowed)
      refuse(
        `messages.${index}.role: Unexpected role "system". The Messages API accepts a top-level \`system\` parameter, not "system" as an input message role.`,
      );
    if (messages[index - 1]?.role !== 'user')
      refuse(`messages.${index}: a \`system\` message must immediately follow a \`user\` message`);
  }
}

function checkTools(body: Dict): void {
  const tools = list(body.tools).map(dict);
  for (const [index, tool] of tools.entries()) {
    if (isServerTool(text(tool.type))) continue;
    const issue = check(tool, customTools(), ['tools', index]);
    if (issue !== undefined) throw anthropicIssue(issue);
    const schema = dict(tool.input_schema);
    if (['oneOf', 'allOf', 'anyOf'].some((name) => name in schema)) {
      refuse(
        `tools.${index}.custom.input_schema: input_schema does not support oneOf, allOf, or anyOf at the top level`,
      );
    }
    if (tool.strict === true) checkClosedSchema(schema, `tools.${index}.custom`);
  }
  const names = tools.map((tool) => text(tool.name)).filter((name) => name !== '');
  if (new Set(names).size !== names.length) refuse('tools: Tool names must be unique.');
  const choice = dict(body.tool_choice);
  if (body.tool_choice !== undefined && tools.length === 0)
    refuse('tool_choice: may only be specified while providing tools');
  if (choice.type === 'tool' && !names.includes(text(choice.name)))
    refuse(`Tool '${text(choice.name)}' not found in provided tools`);
  if (dict(body.thinking).type === 'enabled' && (choice.type === 'tool' || choice.type === 'any'))
    refuse('Thinking may not be enabled when tool_choice forces tool use.');
  if (tools.length > 0 && tools.every((tool) => tool.defer_loading === true))
    refuse('tools: At least one tool must have defer_loading=false.');
}

const DOCS = 'Please consult our documentation at https://docs.claude.com/en/docs/build-with-claude/extended-thinking';

/** From Opus 4.7 on, models decide sampling and thinking budgets themselves. */
export const decidesItself = (model: string): boolean =>
  /claude-(opus-4-([7-9]|\d\d)|(opus|sonnet|haiku|fable|mythos)-([5-9]|\d\d)(-|$))/.test(model);

/** Why such a model refuses these parameters, or undefined. */
export function selfDecidedProblem(sampling: Dict, thinking: Dict): string | undefined {
  for (const name of ['temperature', 'top_p', 'top_k']) {
    const value = sampling[name];
    if (value !== undefined && (name === 'top_k' || value !== 1)) return `\`${name}\` is deprecated for this model.`;
  }
  return thinking.type === 'enabled'
    ? '"thinking.type.enabled" is not supported for this model. Use "thinking.type.adaptive" and "output_config.effort" to control thinking behavior.'
    : undefined;
}

function checkSampling(body: Dict, interleaved: boolean): void {
  const thinking = dict(body.thinking);
  const { temperature, top_p, top_k } = body;
  const problem = decidesItself(text(body.model)) ? selfDecidedProblem(body, thinking) : undefined;
  if (problem !== undefined) refuse(problem);
  if (
    typeof temperature === 'number' &&
    typeof top_p === 'number' &&
    /-(4-[5-9]|[5-9])(-|$)|-4-[1-9]\b/.test(text(body.model))
  ) {
    refuse('`temperature` and `top_p` cannot both be specified for this model. Please use only one.');
  }
  if (thinking.type !== 'enabled' && thinking.type !== 'adaptive') return;
  if (typeof temperature === 'number' && temperature !== 1)
    refuse(
      `\`temperature\` may only be set to 1 when thinking is enabled. ${DOCS}#important-considerations-when-using-extended-thinking`,
    );
  if (typeof top_p === 'number' && top_p < 0.95)
    refuse(`\`top_p\` must be greater than or equal to 0.95 or unset when thinking is enabled. ${DOCS}`);
  if (top_k !== undefined) refuse(`\`top_k\` must be unset when thinking is enabled. ${DOCS}`);
  const budget = thinking.budget_tokens;
  if (typeof budget === 'number' && typeof body.max_tokens === 'number' && budget >= body.max_tokens && !interleaved) {
    refuse(
      `\`max_tokens\` must be greater than \`thinking.budget_tokens\`. ${DOCS}#max-tokens-and-context-window-size`,
    );
  }
}

function checkCacheMarks(body: Dict): void {
  const count = (value: unknown): number => {
    if (Array.isArray(value)) return value.reduce<number>((sum, one) => sum + count(one), 0);
    if (!isDict(value)) return 0;
    const own = isDict(value.cache_control) ? 1 : 0;
    return (
      own +
      Object.entries(value).reduce(
        (sum, [key, one]) => sum + (key === 'input' || key === 'input_schema' ? 0 : count(one)),
        0,
      )
    );
  };
  const found = count(body);
  if (found > 4) refuse(`A maximum of 4 blocks with cache_control may be provided. Found ${found}.`);
}

const OPEN_KEYWORDS = [
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
  'minLength',
  'maxLength',
  'maxItems',
  'uniqueItems',
];

/** Structured outputs take closed objects only, and no numeric or length limits: what is wrong with the schema, if anything. */
export function closedSchemaProblem(value: unknown): string | undefined {
  if (Array.isArray(value)) return first(value.map(closedSchemaProblem));
  if (!isDict(value)) return undefined;
  if (value.type === 'object' && value.additionalProperties !== false)
    return "For 'object' type, 'additionalProperties' must be explicitly set to false";
  const keyword = OPEN_KEYWORDS.find((name) => name in value && typeof value.type === 'string');
  if (keyword !== undefined) return `For '${text(value.type)}' type, property '${keyword}' is not supported`;
  return first(
    Object.entries(value).flatMap(([key, one]) => {
      if (key === 'properties' || key === '$defs') return Object.values(dict(one)).map(closedSchemaProblem);
      return key === 'enum' || key === 'const' || key === 'default' ? [] : [closedSchemaProblem(one)];
    }),
  );
}

const first = (problems: readonly (string | undefined)[]): string | undefined =>
  problems.find((one) => one !== undefined);

function checkClosedSchema(value: unknown, at: string): void {
  const problem = closedSchemaProblem(value);
  if (problem !== undefined) refuse(`${at}: ${problem}`);
}

function checkFormats(body: Dict): void {
  const inConfig = dict(dict(body.output_config).format);
  if (isDict(inConfig.schema)) checkClosedSchema(inConfig.schema, 'output_config.format.schema');
  const old = dict(body.output_format);
  if (isDict(old.schema)) checkClosedSchema(old.schema, 'output_format.schema');
  for (const sequence of list(body.stop_sequences))
    if (text(sequence).trim() === '') refuse('stop_sequences: each stop sequence must contain non-whitespace');
}

const blocks = (message: Dict | undefined): Dict[] =>
  typeof message?.content === 'string' ? [{ type: 'text', text: message.content }] : list(message?.content).map(dict);

function checkTurns(messages: readonly Dict[], body: Dict, context: MessagesContext): void {
  if (messages[0]?.role !== 'user') refuse('messages: first message must use the "user" role');
  const continued = dict(body.thread).type === 'continue';
  const seen = new Set<string>();
  for (const [index, message] of messages.entries()) {
    checkBlocks(message, index, index === messages.length - 1, context);
    if (message.role === 'user') checkResults(messages, index, continued);
    if (message.role !== 'assistant') continue;
    const uses = blocks(message)
      .filter((one) => one.type === 'tool_use')
      .map((one) => text(one.id));
    if (uses.some((id) => seen.has(id)) || new Set(uses).size !== uses.length)
      refuse(`messages.${index}: \`tool_use\` ids must be unique`);
    for (const id of uses) seen.add(id);
    const waiting = uses.filter((id) => !leadingResults(nextUser(messages, index)).includes(id));
    if (waiting.length > 0) {
      refuse(
        `messages.${index}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${waiting.join(', ')}. Each \`tool_use\` block must have a corresponding \`tool_result\` block in the next message.`,
      );
    }
  }
  checkLastTurn(messages, body);
}

/** System messages may stand between a call and its result. */
const nextUser = (messages: readonly Dict[], index: number): Dict | undefined =>
  messages.slice(index + 1).find((message) => message.role !== 'system');

/** Results only count at the start of the user's content. */
function leadingResults(message: Dict | undefined): string[] {
  if (message?.role !== 'user') return [];
  const all = blocks(message);
  const end = all.findIndex((one) => one.type !== 'tool_result');
  return all.slice(0, end < 0 ? all.length : end).map((one) => text(one.tool_use_id));
}

function checkResults(messages: readonly Dict[], index: number, continued: boolean): void {
  const before = messages.slice(0, index).findLast((message) => message.role !== 'system');
  // The first message of a continued thread answers calls that the server holds.
  if (before === undefined && continued) return;
  const uses = before?.role === 'assistant' ? blocks(before).map((one) => text(one.id)) : [];
  for (const [at, block] of blocks(messages[index]).entries()) {
    if (block.type !== 'tool_result' || uses.includes(text(block.tool_use_id))) continue;
    refuse(
      `messages.${index}.content.${at}: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${text(block.tool_use_id)}. Each \`tool_result\` block must have a corresponding \`tool_use\` block in the previous message.`,
    );
  }
}

const ALLOWED: Record<string, RegExp> = {
  user: /^(?!thinking|redacted_thinking|tool_use|server_tool_use|mcp_tool_use)/,
  assistant: /^(?!tool_result|image|document)/,
  system: /^(text|tool_addition|tool_removal)$/,
};

function checkBlocks(message: Dict, index: number, last: boolean, context: MessagesContext): void {
  const role = text(message.role);
  const content = blocks(message);
  if ((message.content === '' || content.length === 0) && role !== 'system' && !(last && role === 'assistant')) {
    refuse(
      `messages.${index}: all messages must have non-empty content except for the optional final assistant message`,
    );
  }
  for (const [at, block] of content.entries()) {
    const type = text(block.type);
    if (ALLOWED[role]?.test(type) === false)
      refuse(
        `messages.${index}: \`${type}\` blocks can only be in \`${type === 'tool_result' ? 'user' : 'assistant'}\` messages`,
      );
    if (type === 'text' && text(block.text) === '') refuse('messages: text content blocks must be non-empty');
    if (type === 'text' && text(block.text).trim() === '' && !last)
      refuse('messages: text content blocks must contain non-whitespace text');
    if (type === 'thinking' && !context.mint.isSignature(text(block.signature), text(block.thinking))) {
      refuse(`messages.${index}.content.${at}: Invalid \`signature\` in \`thinking\` block`);
    }
    if (type === 'redacted_thinking' && context.mint.openEncrypted(text(block.data)) === undefined)
      refuse(`messages.${index}.content.${at}: Invalid \`data\` in \`redacted_thinking\` block`);
  }
}

/** Models from Opus and Sonnet 4.6 on take no prefilled answer. */
const NO_PREFILL = /^claude-(opus|sonnet|haiku|fable|mythos)-(4-[6-9]|[5-9])/;

function checkLastTurn(messages: readonly Dict[], body: Dict): void {
  const last = messages.findLast((message) => message.role !== 'system');
  if (last?.role === 'assistant') {
    if (NO_PREFILL.test(text(body.model)))
      refuse('This model does not support assistant message prefill. The conversation must end with a user message.');
    const tail = blocks(last).at(-1);
    if (tail?.type === 'text' && /\s$/.test(text(tail.text)))
      refuse('messages: final assistant content cannot end with trailing whitespace');
  }
  if (dict(body.thinking).type !== 'enabled') return;
  const at = messages.findLastIndex((message) => message.role === 'assistant');
  const first = at < 0 ? undefined : blocks(messages[at])[0];
  const inLoop = at >= 0 && (at === messages.length - 1 || leadingResults(nextUser(messages, at)).length > 0);
  if (!inLoop || first === undefined || first.type === 'thinking' || first.type === 'redacted_thinking') return;
  refuse(
    `messages.${at}.content.0.type: Expected \`thinking\` or \`redacted_thinking\`, but found \`${text(first.type)}\`. When \`thinking\` is enabled, a final \`assistant\` message must start with a thinking block (preceeding the lastmost set of \`tool_use\` and \`tool_result\` blocks). We recommend you include thinking blocks from previous turns. To avoid this requirement, disable \`thinking\`. ${DOCS}`,
  );
}
