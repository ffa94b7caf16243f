// The rules between the items of a Responses request: what was stored, what was minted, which call waits for which output.

import type { DialectContext } from './core.ts';
import { dict, list, text, type Dict } from './json.ts';
import { openaiError, openaiIssue } from './openai-errors.ts';
import { checkReasoningLimits } from './openai-models.ts';
import { checkFunctionSchema, checkResponseSchema } from './openai-schema.ts';
import { responsesBody } from './openai-responses-spec.ts';
import { check } from './shape.ts';

/** What the account has stored: responses by id, each with the whole conversation up to and including its output. */
export type ResponseStore = { conversations: Map<string, Dict[]>; items: Map<string, Dict> };

const CALL_TYPES = new Set(['function_call', 'custom_tool_call']);
const OUTPUT_TYPES = new Set(['function_call_output', 'custom_tool_call_output']);
const WORDS: Record<string, string> = { function_call: 'function call', custom_tool_call: 'custom tool call' };

/** Refuses what OpenAI refuses and gives the whole conversation, the stored part first. */
export function checkResponses(body: Dict, context: DialectContext, store: ResponseStore): Dict[] {
  const issue = check(body, responsesBody());
  if (issue !== undefined) throw openaiIssue(issue);
  checkReasoningLimits(body, text(body.model), dict(body.reasoning).effort, 'responses');
  if (body.stream_options !== undefined && body.stream_options !== null && body.stream !== true) {
    throw openaiError(400, "The 'stream_options' parameter is only allowed when 'stream' is enabled.", {
      param: 'stream_options',
    });
  }
  if (typeof body.previous_response_id === 'string' && body.conversation !== undefined && body.conversation !== null) {
    throw openaiError(
      400,
      "Mutually exclusive parameters: 'previous_response_id' and 'conversation' cannot be used at the same time.",
      { code: 'mutually_exclusive_parameters' },
    );
  }
  const input = inputItems(body.input);
  const given = ['previous_response_id', 'prompt', 'conversation'].some(
    (name) => body[name] !== undefined && body[name] !== null,
  );
  if (input.length === 0 && !given) {
    throw openaiError(400, "One of 'input' or 'previous_response_id' or 'prompt' or 'conversation' must be provided.", {
      param: 'input',
      code: 'missing_required_parameter',
    });
  }
  const before = previous(body.previous_response_id, store);
  checkOpaque(input, context, store);
  checkCalls([...before, ...input]);
  checkOrder(input);
  const format = dict(dict(body.text).format);
  if (format.type === 'json_schema')
    checkResponseSchema(text(format.name), format.schema, format.strict === true, 'text.format.schema');
  if (format.type === 'json_object' && !/json/i.test(JSON.stringify([body.input, body.instructions]))) {
    throw openaiError(
      400,
      "Response input messages must contain the word 'json' in some form to use 'text.format' of type 'json_object'.",
      { param: 'input' },
    );
  }
  checkTools(list(body.tools).map(dict), 'tools');
  for (const [index, item] of input.entries()) {
    if (item.type === 'additional_tools') checkTools(list(item.tools).map(dict), `input[${index}].tools`);
  }
  checkChoice(body, input);
  return [
    ...before,
    ...input.map((item) => store.items.get(item.type === 'item_reference' ? text(item.id) : '') ?? item),
  ];
}

/** The input as items; a bare string is one user message. */
export function inputItems(input: unknown): Dict[] {
  if (typeof input === 'string') return [{ type: 'message', role: 'user', content: input }];
  return list(input).map((item) => ({ type: 'message', ...dict(item) }));
}

/** The stored conversation of a response id. Throws the refusal for an unknown one. */
export function previous(id: unknown, store: ResponseStore): Dict[] {
  if (typeof id !== 'string') return [];
  if (!id.startsWith('resp')) {
    throw openaiError(400, `Invalid 'previous_response_id': '${id}'. Expected an ID that begins with 'resp'.`, {
      param: 'previous_response_id',
      code: 'invalid_value',
    });
  }
  const found = store.conversations.get(id);
  if (found === undefined) {
    throw openaiError(400, `Previous response with id '${id}' not found.`, {
      param: 'previous_response_id',
      code: 'previous_response_not_found',
    });
  }
  return found;
}

/** Reasoning and compaction items must be stored here, or carry exactly what was minted here for this item. */
export function checkOpaque(input: readonly Dict[], context: DialectContext, store: ResponseStore): void {
  for (const item of input) {
    const id = text(item.id);
    if (item.type === 'item_reference' && !store.items.has(id))
      throw openaiError(404, `Item with id '${id}' not found.`, { param: 'input' });
    if (item.type !== 'reasoning' && item.type !== 'compaction') continue;
    const content = item.encrypted_content;
    if (typeof content !== 'string') {
      if (store.items.has(id)) continue;
      throw openaiError(
        404,
        `Item with id '${id}' not found. Items are not persisted when \`store\` is set to false. Try again with \`store\` set to true, or remove this item from your input.`,
        { param: 'input' },
      );
    }
    const minted = context.mint.openEncrypted(content);
    if (minted === undefined) {
      throw openaiError(
        400,
        `The encrypted content ${content.slice(0, 4)}...${content.slice(-4)} could not be verified. Reason: Encrypted content could not be decrypted or parsed.`,
        {
          code: 'invalid_encrypted_content',
        },
      );
    }
    if (id !== '' && minted.itemId !== id) {
      throw openaiError(
        400,
        `The encrypted content for item ${id} could not be verified. Reason: Encrypted content item_id did not match the target item id.`,
        { code: 'invalid_encrypted_content' },
      );
    }
  }
}

function checkCalls(items: readonly Dict[]): void {
  const open = new Map<string, string>();
  const known = new Map<string, string>();
  for (const item of items) {
    const type = text(item.type);
    const callId = text(item.call_id);
    if (CALL_TYPES.has(type)) {
      open.set(callId, type);
      known.set(callId, type);
    }
    if (!OUTPUT_TYPES.has(type)) continue;
    if (known.get(callId) !== type.replace(/_output$/, '')) {
      throw openaiError(
        400,
        `No tool call found for ${WORDS[type.replace(/_output$/, '')] ?? 'tool'} output with call_id ${callId}.`,
        { param: 'input' },
      );
    }
    open.delete(callId);
  }
  const [waiting] = open;
  if (waiting !== undefined)
    throw openaiError(400, `No tool output found for ${WORDS[waiting[1]] ?? 'tool call'} ${waiting[0]}.`, {
      param: 'input',
    });
}

function checkOrder(input: readonly Dict[]): void {
  for (const [index, item] of input.entries()) {
    if (item.type === 'compaction_trigger' && index !== input.length - 1) {
      throw openaiError(400, "Invalid 'input': 'compaction_trigger' must be the last item.", {
        param: `input[${index}]`,
      });
    }
    if (item.type !== 'reasoning') continue;
    const next = input[index + 1];
    const follows =
      next !== undefined &&
      (next.role === 'assistant' || (next.type !== 'message' && !OUTPUT_TYPES.has(text(next.type))));
    if (!follows)
      throw openaiError(
        400,
        `Item '${text(item.id)}' of type 'reasoning' was provided without its required following item.`,
        { param: 'input' },
      );
  }
}

function checkTools(tools: readonly Dict[], at: string): void {
  for (const [index, tool] of tools.entries()) {
    if (tool.type === 'namespace') checkTools(list(tool.tools).map(dict), `${at}[${index}].tools`);
    if (tool.type === 'function')
      checkFunctionSchema(text(tool.name), tool.parameters, tool.strict === true, `${at}[${index}].parameters`);
  }
}

/** All callable tools of a request, those of namespaces and `additional_tools` items included. */
export function callable(
  body: Dict,
  items: readonly Dict[],
): { name: string; namespace: string | undefined; freeform: boolean; schema: unknown }[] {
  const flat = (tools: readonly Dict[], namespace: string | undefined): ReturnType<typeof callable> =>
    tools.flatMap((tool) => {
      if (tool.type === 'namespace') return flat(list(tool.tools).map(dict), text(tool.name));
      if (tool.type !== 'function' && tool.type !== 'custom') return [];
      return [{ name: text(tool.name), namespace, freeform: tool.type === 'custom', schema: tool.parameters }];
    });
  const added = items.filter((item) => item.type === 'additional_tools' || item.type === 'tool_search_output');
  return flat([...list(body.tools), ...added.flatMap((item) => list(item.tools))].map(dict), undefined);
}

function checkChoice(body: Dict, input: readonly Dict[]): void {
  const chosen = dict(body.tool_choice);
  const tools = callable(body, input);
  if (chosen.type === 'function' || chosen.type === 'custom') {
    if (!tools.some((tool) => tool.name === chosen.name))
      throw openaiError(400, `Tool choice '${chosen.type}' not found in 'tools' parameter.`, { param: 'tool_choice' });
  }
  if (body.tool_choice === 'required' && list(body.tools).length === 0 && tools.length === 0) {
    throw openaiError(400, "Tool choice 'required' must be specified with 'tools' parameter.", {
      param: 'tool_choice',
    });
  }
}
