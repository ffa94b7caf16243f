// The rules of a Converse request that a shape cannot say, in the wording of bedrock-runtime.

import { closedSchemaProblem, decidesItself, selfDecidedProblem } from './anthropic-rules.ts';
import { converseBody } from './bedrock-spec.ts';
import { Refusal } from './core.ts';
import { dict, isDict, list, text, tryJson, type Dict } from './json.ts';
import type { Mint } from './mint.ts';
import { check, type Issue } from './shape.ts';

/** A Bedrock error answer: the type travels in a header. */
export function bedrockError(status: number, type: string, message: string): Refusal {
  return new Refusal(
    status,
    { message },
    { 'x-amzn-errortype': type, 'x-amzn-requestid': '00000000-0000-4000-8000-000000000000' },
  );
}

const invalid = (message: string): Refusal => bedrockError(400, 'ValidationException', message);
const model = (message: string): Refusal => invalid(`The model returned the following errors: ${message}`);

function issueMessage(issue: Issue): string {
  // Smithy counts list members from one.
  const at = issue.path.map((step) => (typeof step === 'number' ? `${step + 1}.member` : step)).join('.');
  const broken = (rule: string): string =>
    `1 validation error detected: Value '${typeof issue.got === 'string' ? issue.got : JSON.stringify(issue.got)}' at '${at}' failed to satisfy constraint: Member must ${rule}`;
  const limit = String(issue.limit ?? 0);
  switch (issue.problem) {
    case 'missing':
      return `1 validation error detected: Value at '${at}' failed to satisfy constraint: Member must not be null`;
    case 'unknown':
      return `Malformed input request: #: extraneous key [${String(issue.path.at(-1))}] is not permitted at '${at}', please reformat your input and try again.`;
    case 'value':
    case 'tag':
      return broken(`satisfy enum value set: [${(issue.values ?? []).join(', ')}]`);
    case 'pattern':
      return broken(
        `satisfy regular expression pattern: ${issue.spec?.kind === 'string' ? (issue.spec.pattern?.source ?? '').replace(/^\^|\$$/g, '') : ''}`,
      );
    case 'long':
    case 'many':
      return broken(`have length less than or equal to ${limit}`);
    case 'short':
    case 'few':
      return broken(`have length greater than or equal to ${limit}`);
    case 'small':
      return broken(`have value greater than or equal to ${limit}`);
    case 'big':
      return broken(`have value less than or equal to ${limit}`);
    case 'type':
      return `Unexpected type at '${at}': ${JSON.stringify(issue.got)}`;
  }
}

/** Throws the refusal Bedrock would answer this body with. */
export function checkConverse(body: Dict, modelId: string, mint: Mint): void {
  const issue = check(body, converseBody());
  if (issue?.problem === 'type') throw bedrockError(400, 'SerializationException', issueMessage(issue));
  if (issue !== undefined) throw invalid(issueMessage(issue));
  const messages = list(body.messages).map(dict);
  if (messages[0]?.role !== 'user')
    throw invalid(
      'A conversation must start with a user message. Try again with a conversation that starts with a user message.',
    );
  for (const [index, message] of messages.entries()) {
    if (messages[index + 1]?.role === message.role) {
      throw invalid(
        'A conversation must alternate between user and assistant roles. Make sure the conversation alternates between user and assistant roles and try again.',
      );
    }
    checkContent(message, index, mint);
    if (message.role === 'user') checkResults(message, messages[index - 1], index);
  }
  const last = messages.at(-1);
  const open = last?.role === 'assistant' ? uses(last) : [];
  if (open.length > 0)
    throw invalid(
      `Expected toolResult blocks at messages.${messages.length}.content for the following Ids: ${open.join(', ')}`,
    );
  checkTools(body, messages);
  checkClaude(body, modelId, messages);
}

const contents = (message: Dict | undefined): Dict[] => list(message?.content).map(dict);
const uses = (message: Dict | undefined): string[] =>
  contents(message)
    .filter((block) => 'toolUse' in block)
    .map((block) => text(dict(block.toolUse).toolUseId));

function checkContent(message: Dict, index: number, mint: Mint): void {
  const blocks = contents(message);
  if (blocks.length === 0)
    throw invalid(
      `The content field in the Message object at messages.${index} is empty. Add a ContentBlock object to the content field and try again.`,
    );
  const names = new Set<string>();
  for (const [at, block] of blocks.entries()) {
    const place = `messages.${index}.content.${at}`;
    if (Object.keys(block).length !== 1)
      throw invalid(
        `The ContentBlock object at ${place} must set one of the following keys: text, image, toolUse, toolResult, document, video, cachePoint, reasoningContent.`,
      );
    if (typeof block.text === 'string' && block.text.trim() === '')
      throw invalid(
        `The text field in the ContentBlock object at ${place} is blank. Add text to the text field, and try again.`,
      );
    if ('toolUse' in block && !isDict(dict(block.toolUse).input)) throw notAnObject(`${place}.toolUse.input`);
    const allowed =
      message.role === 'user'
        ? !('toolUse' in block || 'reasoningContent' in block)
        : !('toolResult' in block || 'image' in block || 'document' in block);
    if (!allowed)
      throw invalid(
        `The ${Object.keys(block)[0] ?? ''} block at ${place} is not allowed in a message with the ${text(message.role)} role.`,
      );
    checkReasoning(block, place, mint);
    if ('document' in block) checkDocument(text(dict(block.document).name), names);
    for (const [part, one] of list(dict(block.toolResult).content).map(dict).entries()) {
      if ('json' in one && !isDict(one.json)) throw notAnObject(`${place}.toolResult.content.${part}.json`);
      if (typeof one.text === 'string' && one.text === '')
        throw invalid(
          `The text field in the ToolResultContentBlock object at ${place}.toolResult.content.${part} is blank. Add text to the text field, and try again.`,
        );
    }
  }
  if (names.size > 0 && !blocks.some((block) => 'text' in block))
    throw invalid('Include a text content block in the message when you send documents.');
}

const notAnObject = (place: string): Refusal =>
  invalid(`The format of the value at ${place} is invalid. Provide a json object for the field and try again.`);

function checkReasoning(block: Dict, place: string, mint: Mint): void {
  const reasoning = dict(dict(block.reasoningContent).reasoningText);
  if (!('text' in reasoning)) return;
  if (typeof reasoning.signature !== 'string') throw model(`${place}.thinking.signature: Field required`);
  if (!mint.isSignature(reasoning.signature, text(reasoning.text)))
    throw model(`${place}: Invalid \`signature\` in \`thinking\` block`);
}

function checkDocument(name: string, names: Set<string>): void {
  if (!/^[a-zA-Z0-9\s()[\]-]+$/.test(name) || /\s\s/.test(name)) {
    throw invalid(
      "The document file name can only contain alphanumeric characters, whitespace characters, hyphens, parentheses, and square brackets. The name can't contain more than one consecutive whitespace character.",
    );
  }
  if (names.has(name)) throw invalid(`The model returned the following errors: duplicate document name: ${name}`);
  names.add(name);
}

function checkResults(message: Dict, before: Dict | undefined, index: number): void {
  const asked = uses(before);
  const given = contents(message)
    .filter((block) => 'toolResult' in block)
    .map((block) => text(dict(block.toolResult).toolUseId));
  if (given.length > asked.length)
    throw invalid(
      `The number of toolResult blocks at messages.${index}.content exceeds the number of toolUse blocks of previous turn.`,
    );
  const missing = asked.filter((id) => !given.includes(id));
  if (missing.length > 0)
    throw invalid(
      `Expected toolResult blocks at messages.${index}.content for the following Ids: ${missing.join(', ')}`,
    );
}

function checkTools(body: Dict, messages: readonly Dict[]): void {
  const used = messages.some((message) =>
    contents(message).some((block) => 'toolUse' in block || 'toolResult' in block),
  );
  if (used && body.toolConfig === undefined)
    throw invalid('The toolConfig field must be defined when using toolUse and toolResult content blocks.');
  const specs = list(dict(body.toolConfig).tools)
    .map((tool) => dict(dict(tool).toolSpec))
    .filter((spec) => 'name' in spec);
  const names = specs.map((spec) => text(spec.name));
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw invalid(`The tool name ${twice} is used more than once. Tool names must be unique.`);
  const wrong = specs.findIndex((spec) => dict(dict(spec.inputSchema).json).type !== 'object');
  if (wrong >= 0)
    throw invalid(
      `The value at toolConfig.tools.${wrong}.toolSpec.inputSchema.json.type must be one of the following: object.`,
    );
  const choice = dict(dict(body.toolConfig).toolChoice);
  if (Object.keys(choice).length > 1)
    throw invalid('The ToolChoice object must set exactly one of the following keys: any, auto, tool.');
  const chosen = dict(choice.tool).name;
  if (typeof chosen === 'string' && !names.includes(chosen))
    throw invalid(`The tool ${chosen} in toolChoice is not defined in toolConfig.`);
}

const CLAUDE_FIELDS = [
  'thinking',
  'reasoning_config',
  'anthropic_beta',
  'top_k',
  'output_config',
  'tool_choice',
  'tools',
  'context_management',
];

/** The schema the answer is bound to, by Converse's own field or by Claude's. */
export function answerSchema(body: Dict): unknown {
  const { jsonSchema } = dict(dict(dict(body.outputConfig).textFormat).structure);
  if (jsonSchema !== undefined) return tryJson(text(dict(jsonSchema).schema));
  return dict(dict(dict(body.additionalModelRequestFields).output_config).format).schema;
}

/** Claude 4.5 and 4.6 only; others answer as to a field they do not know (AWS user guide, structured outputs and model cards). */
function checkAnswerSchema(body: Dict, modelId: string): void {
  if (body.outputConfig === undefined && answerSchema(body) === undefined) return;
  if (!/claude-(haiku|sonnet|opus)-4-[56](-|$)/.test(modelId))
    throw model('output_config.format: Extra inputs are not permitted');
  const schema = answerSchema(body);
  if (!isDict(schema)) throw invalid('The schema in outputConfig.textFormat.structure.jsonSchema is not valid JSON.');
  const problem = closedSchemaProblem(schema);
  if (problem !== undefined) throw model(`output_config.format.schema: ${problem}`);
}

/** What Anthropic's models behind Converse refuse by themselves. */
function checkClaude(body: Dict, modelId: string, messages: readonly Dict[]): void {
  if (!/anthropic\.claude|claude/.test(modelId)) return;
  const extra = dict(body.additionalModelRequestFields);
  const unknown = Object.keys(extra).find((key) => !CLAUDE_FIELDS.includes(key));
  if (unknown !== undefined) throw model(`${unknown}: Extra inputs are not permitted`);
  checkAnswerSchema(body, modelId);
  const config = dict(body.inferenceConfig);
  if (config.temperature !== undefined && config.topP !== undefined && /-(4-[5-9]|[5-9])(-|$)/.test(modelId)) {
    throw model('`temperature` and `top_p` cannot both be specified for this model. Please use only one.');
  }
  const thinking = dict(extra.thinking ?? extra.reasoning_config);
  const problem = decidesItself(modelId)
    ? selfDecidedProblem({ ...config, top_p: config.topP, top_k: extra.top_k }, thinking)
    : undefined;
  if (problem !== undefined) throw model(problem);
  if (thinking.type !== 'enabled') return;
  const budget = thinking.budget_tokens;
  if (typeof budget !== 'number' || budget < 1024)
    throw model('thinking.enabled.budget_tokens: Input should be greater than or equal to 1024');
  if (typeof config.maxTokens === 'number' && budget >= config.maxTokens)
    throw model('`max_tokens` must be greater than `thinking.budget_tokens`.');
  if (typeof config.temperature === 'number' && config.temperature !== 1)
    throw model('`temperature` may only be set to 1 when thinking is enabled.');
  const choice = dict(dict(body.toolConfig).toolChoice);
  if ('any' in choice || 'tool' in choice) throw model('Thinking may not be enabled when tool_choice forces tool use.');
  const at = messages.findLastIndex((message) => message.role === 'assistant');
  if (at < 0 || uses(messages[at]).length === 0) return;
  const first = contents(messages[at])[0];
  if (first !== undefined && !('reasoningContent' in first)) {
    throw model(
      `messages.${at}.content.0.type: Expected \`thinking\` or \`redacted_thinking\`, but found \`${'text' in first ? 'text' : 'tool_use'}\`. When \`thinking\` is enabled, a final \`assistant\` message must start with a thinking block.`,
    );
  }
}
