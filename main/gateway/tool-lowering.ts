/**
 * Tools a target does not know, told as plain functions, and told back in its answer: free-form, namespaced and searched tools,
 * names with foreign characters, too long or taken twice.
 */
import { createHash } from 'node:crypto';
import type {
  CanonicalMessage,
  CanonicalPart,
  CanonicalRequest,
  CanonicalResponse,
  CanonicalTool,
  FunctionTool,
  JsonObject,
  LossSink,
  StreamPart,
  ToolCallKind,
  ToolChoice,
} from './dialects/canonical.ts';
import { isObject, type Dialect } from './dialects/dialect.ts';
import { portableParameters } from './tool-schema.ts';

interface Original {
  readonly name: string;
  readonly namespace: string | undefined;
  readonly kind: ToolCallKind;
}

export interface LoweredRequest {
  readonly request: CanonicalRequest;
  readonly restore: ToolRestorer;
}

/** Request as `target` can take it, and what turns its answer back. */
export function lowerTools(request: CanonicalRequest, target: Dialect, losses: LossSink): LoweredRequest {
  const names = new WireNames(target);
  const tools: CanonicalTool[] = [];
  request.tools.forEach((tool, index) => {
    const lowered = lowerTool(tool, target, names, losses, `/tools/${String(index)}`);
    if (lowered !== undefined) tools.push(lowered);
  });
  const messages = request.messages.map((message) => lowerMessage(message, names));
  const toolChoice = lowerChoice(request.toolChoice, tools, names, losses);
  return {
    request: { ...request, tools, messages, toolChoice },
    restore: new ToolRestorer(names),
  };
}

function lowerTool(
  tool: CanonicalTool,
  target: Dialect,
  names: WireNames,
  losses: LossSink,
  path: string,
): CanonicalTool | undefined {
  if (tool.kind === 'hosted') {
    losses(path, `"${tool.name}" runs at its own vendor and is unknown to this target`);
    return undefined;
  }
  if (names.isDeclared(tool.name, tool.namespace)) {
    losses(path, `a second tool named "${tool.name}" was left out`);
    return undefined;
  }
  const wire = names.declare({ name: tool.name, namespace: tool.namespace, kind: tool.kind });
  const parameters =
    tool.kind === 'custom' ? customParameters : portableParameters(tool.parameters, losses, `${path}/parameters`);
  if (wire.isNative) return tool.kind === 'custom' || tool.parameters === parameters ? tool : { ...tool, parameters };
  const description = tool.description ?? '';
  const base = { name: wire.name, cache: tool.cache, namespace: wire.namespace };
  switch (tool.kind) {
    case 'function': {
      const lowered: FunctionTool = { ...tool, ...base, parameters, description: withNamespace(description, tool) };
      return lowered;
    }
    case 'tool_search':
      return { ...base, kind: 'function', description: withNamespace(description, tool), parameters };
    case 'custom': {
      if (target.toolKinds.includes('custom')) return { ...tool, ...base };
      const grammar = tool.format?.['definition'];
      if (tool.format !== undefined && tool.format['type'] !== 'text')
        losses(`${path}/format`, 'the grammar is told in the description and not enforced');
      const rule = typeof grammar === 'string' ? `\n\nThe input must match this grammar:\n${grammar}` : '';
      return {
        ...base,
        kind: 'function',
        description: withNamespace(`${description}${rule}`, tool),
        parameters,
      };
    }
  }
}

const customParameters: JsonObject = {
  type: 'object',
  properties: { input: { type: 'string', description: 'The free-form input of the tool, as is.' } },
  required: ['input'],
  additionalProperties: false,
};

function withNamespace(description: string, tool: CanonicalTool): string | undefined {
  if (tool.namespace === undefined || tool.namespaceDescription === undefined)
    return description === '' ? undefined : description;
  return description === ''
    ? tool.namespaceDescription
    : `${description}\n\n(${tool.namespace}: ${tool.namespaceDescription})`;
}

function lowerMessage(message: CanonicalMessage, names: WireNames): CanonicalMessage {
  if (message.role !== 'assistant' && message.role !== 'tool') return message;
  return { ...message, parts: message.parts.map((part) => lowerPart(part, names)) };
}

function lowerPart(part: CanonicalPart, names: WireNames): CanonicalPart {
  if (part.type === 'tool-call') {
    const wire = names.find({ name: part.name, namespace: part.namespace, kind: part.kind });
    // A tool may have been declared of another kind when the call was made.
    if (wire.isNative && names.keeps(part.kind)) return part;
    const unwrapped = part.kind === 'custom' && !names.keepsCustom;
    return {
      ...part,
      name: wire.name,
      namespace: wire.namespace,
      kind: unwrapped || part.kind === 'tool_search' ? 'function' : part.kind,
      input: unwrapped ? JSON.stringify({ input: part.input }) : part.input,
    };
  }
  if (part.type === 'tool-result') {
    if (part.name === undefined) return names.keeps(part.kind) ? part : { ...part, kind: 'function' };
    const wire = names.find({ name: part.name, namespace: part.namespace, kind: part.kind });
    return {
      ...part,
      name: wire.name,
      namespace: wire.namespace,
      kind: names.keeps(part.kind) ? part.kind : 'function',
    };
  }
  return part;
}

function lowerChoice(
  choice: ToolChoice | undefined,
  tools: readonly CanonicalTool[],
  names: WireNames,
  losses: LossSink,
): ToolChoice | undefined {
  if (choice === undefined) return undefined;
  if (tools.length === 0) {
    if (choice.type !== 'auto' && choice.type !== 'none') losses('tool_choice', 'no tool is left to choose');
    return undefined;
  }
  if (choice.type === 'tool') {
    const wire = names.find({ name: choice.name, namespace: choice.namespace, kind: choice.kind ?? 'function' });
    if (!isOffered(wire, tools)) {
      losses('tool_choice', `the tool "${choice.name}" is not offered to this target`);
      return { type: 'auto' };
    }
    return {
      type: 'tool',
      name: wire.name,
      namespace: wire.namespace,
      kind: names.keeps(choice.kind ?? 'function') ? choice.kind : 'function',
    };
  }
  if (choice.type === 'allowed') {
    const wires = choice.names.map((name) => names.find({ name, namespace: undefined, kind: 'function' }));
    const allowed = wires.filter((wire) => isOffered(wire, tools));
    if (allowed.length < wires.length)
      losses('tool_choice', 'some of the tools allowed are not offered to this target');
    return allowed.length === 0 ? { type: 'auto' } : { ...choice, names: allowed.map((wire) => wire.name) };
  }
  return choice;
}

function isOffered(wire: WireName, tools: readonly CanonicalTool[]): boolean {
  return tools.some((tool) => tool.name === wire.name && tool.namespace === wire.namespace);
}

interface WireName {
  readonly name: string;
  readonly namespace: string | undefined;
  /** The target takes the tool exactly as it is. */
  readonly isNative: boolean;
}

class WireNames {
  readonly #target: Dialect;
  readonly #byOriginal = new Map<string, WireName>();
  readonly #byWire = new Map<string, Original>();
  readonly keepsCustom: boolean;

  constructor(target: Dialect) {
    this.#target = target;
    this.keepsCustom = target.toolKinds.includes('custom');
  }

  keeps(kind: ToolCallKind): boolean {
    return this.#target.toolKinds.includes(kind);
  }

  isDeclared(name: string, namespace: string | undefined): boolean {
    return this.#byOriginal.has(originalKey(name, namespace));
  }

  declare(original: Original): WireName {
    const known = this.#byOriginal.get(originalKey(original.name, original.namespace));
    if (known !== undefined) return known;
    const keepsNamespace = original.namespace === undefined || this.#target.toolKinds.includes('namespace');
    const plain = keepsNamespace ? original.name : `${original.namespace ?? ''}__${original.name}`;
    const namespace = keepsNamespace ? original.namespace : undefined;
    const name = this.#free(this.#fit(plain), namespace);
    const wire: WireName = {
      name,
      namespace,
      isNative: name === original.name && namespace === original.namespace && this.keeps(original.kind),
    };
    this.#byOriginal.set(originalKey(original.name, original.namespace), wire);
    this.#byWire.set(originalKey(name, namespace), original);
    return wire;
  }

  /** The wire name of a tool, declared or only met in the history. */
  find(original: Original): WireName {
    return this.declare(original);
  }

  original(name: string, namespace: string | undefined): Original | undefined {
    return this.#byWire.get(originalKey(name, namespace)) ?? this.#byWire.get(originalKey(name, undefined));
  }

  #fit(name: string): string {
    const { maxLength, pattern } = this.#target.toolName;
    if (name.length <= maxLength && pattern.test(name)) return name;
    let fitted = name.replace(/[^A-Za-z0-9_-]/g, '_');
    if (!/^[A-Za-z_]/.test(fitted)) fitted = `_${fitted}`;
    // What was changed must stay distinct: eight hex digits of the original tell names apart that look alike now.
    const mark = `_${createHash('sha256').update(name).digest('hex').slice(0, 8)}`;
    return `${fitted.slice(0, maxLength - mark.length)}${mark}`;
  }

  #free(name: string, namespace: string | undefined): string {
    const { maxLength } = this.#target.toolName;
    let free = name;
    for (let n = 2; this.#byWire.has(originalKey(free, namespace)); n++) {
      const mark = `_${String(n)}`;
      free = `${name.slice(0, maxLength - mark.length)}${mark}`;
    }
    return free;
  }
}

function originalKey(name: string, namespace: string | undefined): string {
  return `${namespace ?? ''}\n${name}`;
}

/** Turns the names and kinds in an answer back; holds no text back but the envelope of a free-form input. */
export class ToolRestorer {
  readonly #names: WireNames;
  readonly #unwrapping = new Map<number, InputUnwrapper>();

  constructor(names: WireNames) {
    this.#names = names;
  }

  part(part: StreamPart): readonly StreamPart[] {
    switch (part.type) {
      case 'tool-call-start': {
        const original = this.#names.original(part.name, part.namespace);
        if (original === undefined) return [part];
        if (original.kind === 'custom' && part.kind !== 'custom')
          this.#unwrapping.set(part.block, new InputUnwrapper());
        return [{ ...part, name: original.name, namespace: original.namespace, kind: original.kind }];
      }
      case 'tool-call-delta': {
        const unwrapper = this.#unwrapping.get(part.block);
        if (unwrapper === undefined) return [part];
        const input = unwrapper.push(part.input);
        return input === '' ? [] : [{ ...part, input }];
      }
      case 'tool-call-end': {
        const unwrapper = this.#unwrapping.get(part.block);
        if (unwrapper === undefined) return [part];
        this.#unwrapping.delete(part.block);
        const rest = unwrapper.end();
        return rest === '' ? [part] : [{ type: 'tool-call-delta', block: part.block, input: rest }, part];
      }
      default:
        return [part];
    }
  }

  response(response: CanonicalResponse): CanonicalResponse {
    return {
      ...response,
      parts: response.parts.map((part) => {
        if (part.type !== 'tool-call') return part;
        const original = this.#names.original(part.name, part.namespace);
        if (original === undefined) return part;
        const input = original.kind === 'custom' && part.kind !== 'custom' ? unwrapInput(part.input) : part.input;
        return { ...part, name: original.name, namespace: original.namespace, kind: original.kind, input };
      }),
    };
  }
}

/** `{"input": "text"}` → `text`, no input at all → nothing; anything else stays as the model wrote it. */
export function unwrapInput(json: string): string {
  try {
    const parsed: unknown = JSON.parse(json);
    if (isObject(parsed) && typeof parsed['input'] === 'string') return parsed['input'];
    if (isObject(parsed) && Object.keys(parsed).length === 0) return '';
  } catch {
    // A model that wrote no JSON wrote the input itself.
  }
  return json;
}

const inputStart = /^\s*\{\s*"input"\s*:\s*"/;
const simpleEscapes: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

/** Streams the value of `{"input": "…"}` out of its JSON as it arrives. */
export class InputUnwrapper {
  #raw = '';
  #at = -1;
  #isClosed = false;
  /** First half of a character written as two escapes: a piece must not end with it, for strict clients refuse half a character. */
  #half = '';

  push(json: string): string {
    if (this.#isClosed) return '';
    this.#raw += json;
    if (this.#at === -1) {
      const match = inputStart.exec(this.#raw);
      if (match === null) return '';
      this.#at = match[0].length;
    }
    return this.#withoutHalf(this.#half + this.#take());
  }

  /** What is left when the call ends: nothing, or the whole text when it was not of the expected form. */
  end(): string {
    return this.#at === -1 ? unwrapInput(this.#raw) : this.#half;
  }

  #withoutHalf(text: string): string {
    const last = text.charCodeAt(text.length - 1);
    this.#half = !this.#isClosed && last >= 0xd800 && last < 0xdc00 ? text.slice(-1) : '';
    return this.#half === '' ? text : text.slice(0, -1);
  }

  #take(): string {
    const pieces: string[] = [];
    const raw = this.#raw;
    let plain = this.#at;
    while (this.#at < raw.length) {
      const next = raw[this.#at];
      if (next !== '"' && next !== '\\') {
        this.#at++;
        continue;
      }
      pieces.push(raw.slice(plain, this.#at));
      plain = this.#at;
      if (next === '"') {
        this.#isClosed = true;
        break;
      }
      const escape = escapeAt(raw, this.#at);
      if (escape === undefined) break;
      pieces.push(escape.text);
      this.#at += escape.length;
      plain = this.#at;
    }
    pieces.push(raw.slice(plain, this.#at));
    // What was handed out need not be kept.
    this.#raw = raw.slice(this.#at);
    this.#at = 0;
    return pieces.join('');
  }
}

/** The escape at a backslash; `undefined` while it is not whole. */
function escapeAt(raw: string, at: number): { readonly text: string; readonly length: number } | undefined {
  const letter = raw[at + 1];
  if (letter === undefined) return undefined;
  if (letter !== 'u') return { text: simpleEscapes[letter] ?? letter, length: 2 };
  const digits = raw.slice(at + 2, at + 6);
  return digits.length < 4 ? undefined : { text: String.fromCharCode(parseInt(digits, 16)), length: 6 };
}
