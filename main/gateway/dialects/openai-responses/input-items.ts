/** Input items of a client's request → messages and tools. */
import type {
  CanonicalMessage,
  CanonicalPart,
  CanonicalTool,
  Json,
  JsonObject,
  LossSink,
  ToolCallKind,
  ToolResultPart,
} from '../canonical.ts';
import { append } from '../dialect.ts';
import { argumentsText } from './arguments.ts';
import { isCompactionType, openSummary, summaryText } from './compaction-handle.ts';
import { decodeContent, decodeToolOutput } from './content.ts';
import { needObject, needText, optionalArray, optionalString, refuse, wrong } from '../fields.ts';
import { decodeTools, describeFoundTools, toolSearchName, ToolSet } from './tools.ts';

interface OpenMessage {
  readonly role: CanonicalMessage['role'];
  readonly parts: CanonicalPart[];
  readonly developer?: boolean | undefined;
}

interface KnownCall {
  readonly kind: ToolCallKind;
  readonly name: string;
  readonly namespace?: string | undefined;
}

/** Items made or run by OpenAI itself. Another model cannot act on them; what they led to stands in the messages after them. */
const hostedItems = new Set([
  'web_search_call',
  'file_search_call',
  'computer_call',
  'computer_call_output',
  'code_interpreter_call',
  'image_generation_call',
  'local_shell_call',
  'local_shell_call_output',
  'shell_call',
  'shell_call_output',
  'apply_patch_call',
  'apply_patch_call_output',
  'mcp_list_tools',
  'mcp_approval_request',
  'mcp_approval_response',
  'mcp_call',
  'program',
  'program_output',
]);

/**
 * Takes items in order. Runs of assistant-side items (reasoning, messages, calls) become one assistant message and runs of tool
 * outputs one tool message, as the other dialects have them.
 */
export class InputReader {
  readonly #messages: OpenMessage[] = [];
  readonly #tools = new ToolSet();
  readonly #calls = new Map<string, KnownCall>();
  readonly #losses: LossSink;

  constructor(losses: LossSink) {
    this.#losses = losses;
  }

  get messages(): readonly CanonicalMessage[] {
    return this.#messages;
  }

  get tools(): CanonicalTool[] {
    return this.#tools.list();
  }

  addTools(tools: readonly CanonicalTool[]): void {
    for (const tool of tools) this.#tools.add(tool, this.#losses);
  }

  /** `input` as the client sent it. */
  read(input: Json | undefined): void {
    if (input === undefined || input === null) return;
    if (typeof input === 'string') {
      this.#add('user', [{ type: 'text', text: input }]);
      return;
    }
    if (!Array.isArray(input)) throw wrong('input', 'a string or an array', input);
    for (const [index, entry] of (input as readonly Json[]).entries()) {
      const param = `input[${String(index)}]`;
      this.#item(needObject(entry, param), param);
    }
  }

  #item(item: JsonObject, param: string): void {
    const type = item['type'] ?? (item['role'] === undefined ? undefined : 'message');
    switch (type) {
      case 'message':
        this.#message(item, param);
        return;
      case 'agent_message':
        this.#agentMessage(item, param);
        return;
      case 'reasoning':
        this.#reasoning(item, param);
        return;
      case 'function_call':
      case 'custom_tool_call':
        this.#call(item, param, type === 'function_call' ? 'function' : 'custom');
        return;
      case 'function_call_output':
      case 'custom_tool_call_output':
        this.#output(item, param, type === 'function_call_output' ? 'function' : 'custom');
        return;
      case 'tool_search_call':
        this.#searchCall(item, param);
        return;
      case 'tool_search_output':
        this.#searchOutput(item, param);
        return;
      case 'additional_tools':
        this.addTools(decodeTools(item['tools'], `${param}.tools`, this.#losses));
        return;
      default:
        this.#other(item, type, param);
    }
  }

  #other(item: JsonObject, type: Json | undefined, param: string): void {
    if (isCompactionType(type)) {
      this.#compaction(item, param);
      return;
    }
    if (type === 'compaction_trigger') {
      this.#losses('input.compaction_trigger', 'compaction is emulated by the gateway, not asked of the target');
      return;
    }
    if (type === undefined && typeof item['id'] === 'string') {
      this.#losses('input.item_reference', 'the item it points to is stored at OpenAI');
      return;
    }
    if (typeof type !== 'string') refuse(param, 'an item needs a type, or a role and content.');
    if (type === 'item_reference') this.#losses('input.item_reference', 'the item it points to is stored at OpenAI');
    else if (hostedItems.has(type)) this.#losses(`input.${type}`, 'a tool that OpenAI runs; no other dialect has it');
    else this.#losses(`input.${type}`, 'an item no other dialect has');
  }

  #add(role: CanonicalMessage['role'], parts: readonly CanonicalPart[], developer?: boolean): void {
    const last = this.#messages.at(-1);
    if (last?.role === role && (role === 'assistant' || role === 'tool')) append(last.parts, parts);
    else this.#messages.push(developer === true ? { role, parts: [...parts], developer } : { role, parts: [...parts] });
  }

  #message(item: JsonObject, param: string): void {
    const role = needText(item['role'], `${param}.role`);
    const parts = decodeContent(item['content'], `${param}.content`, this.#losses);
    switch (role) {
      case 'user':
        this.#add('user', parts);
        return;
      case 'assistant':
        if (parts.length > 0) this.#add('assistant', parts);
        return;
      case 'system':
        this.#add('system', parts);
        return;
      case 'developer':
        this.#add('system', parts, true);
        return;
      default:
        refuse(`${param}.role`, `"${role}" is not a role. Use user, assistant, system or developer.`);
    }
  }

  /** Codex: what one of its agents tells another. To the model it is something said to it. */
  #agentMessage(item: JsonObject, param: string): void {
    const parts = decodeContent(item['content'], `${param}.content`, this.#losses);
    if (parts.length > 0) this.#add('user', parts);
  }

  #reasoning(item: JsonObject, param: string): void {
    const texts = (key: 'summary' | 'content'): string =>
      optionalArray(item[key], `${param}.${key}`)
        .map((entry, index) => {
          const path = `${param}.${key}[${String(index)}]`;
          return needText(needObject(entry, path)['text'], `${path}.text`);
        })
        .join('\n\n');
    const summary = texts('summary');
    const text = summary === '' ? texts('content') : summary;
    const encrypted = optionalString(item['encrypted_content'], `${param}.encrypted_content`);
    const id = optionalString(item['id'], `${param}.id`);
    if (text === '' && encrypted === undefined && id === undefined) return;
    this.#add('assistant', [
      {
        type: 'reasoning',
        text,
        opaque: encrypted === undefined ? undefined : { mint: '', form: 'encrypted', data: encrypted },
        id,
      },
    ]);
  }

  #call(item: JsonObject, param: string, kind: 'function' | 'custom'): void {
    const id = needText(item['call_id'], `${param}.call_id`);
    const name = needText(item['name'], `${param}.name`);
    const namespace = optionalString(item['namespace'], `${param}.namespace`);
    const field = kind === 'function' ? 'arguments' : 'input';
    const input = needText(item[field], `${param}.${field}`);
    this.#calls.set(id, { kind, name, namespace });
    this.#add('assistant', [
      {
        type: 'tool-call',
        id,
        name,
        namespace,
        kind,
        input: kind === 'function' && input.trim() === '' ? '{}' : input,
      },
    ]);
  }

  #output(item: JsonObject, param: string, kind: 'function' | 'custom'): void {
    const callId = needText(item['call_id'], `${param}.call_id`);
    const call = this.#calls.get(callId);
    this.#result({
      type: 'tool-result',
      callId,
      kind: call?.kind ?? kind,
      name: call?.name ?? optionalString(item['name'], `${param}.name`),
      namespace: call?.namespace ?? optionalString(item['namespace'], `${param}.namespace`),
      parts: decodeToolOutput(item['output'], `${param}.output`, this.#losses),
    });
  }

  #result(part: ToolResultPart): void {
    this.#add('tool', [part]);
  }

  #searchCall(item: JsonObject, param: string): void {
    const id = optionalString(item['call_id'], `${param}.call_id`);
    if (id === undefined || item['execution'] === 'server') {
      this.#losses('input.tool_search_call', 'a search OpenAI ran itself; what it found is in the tools');
      return;
    }
    this.#calls.set(id, { kind: 'tool_search', name: toolSearchName });
    this.#add('assistant', [
      { type: 'tool-call', id, name: toolSearchName, kind: 'tool_search', input: argumentsText(item['arguments']) },
    ]);
  }

  #searchOutput(item: JsonObject, param: string): void {
    const found = decodeTools(item['tools'], `${param}.tools`, this.#losses);
    this.addTools(found);
    const callId = optionalString(item['call_id'], `${param}.call_id`);
    if (callId === undefined || item['execution'] === 'server') return;
    this.#result({
      type: 'tool-result',
      callId,
      kind: 'tool_search',
      name: toolSearchName,
      parts: [{ type: 'text', text: describeFoundTools(found) }],
    });
  }

  #compaction(item: JsonObject, param: string): void {
    const encrypted = optionalString(item['encrypted_content'], `${param}.encrypted_content`);
    const summary = openSummary(encrypted ?? '');
    if (summary === undefined) {
      this.#losses('input.compaction', 'only the provider that compacted the conversation can read it');
      return;
    }
    this.#add('user', [{ type: 'text', text: summaryText(summary) }]);
  }
}
