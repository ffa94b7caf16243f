/** A client's `contents` and `systemInstruction` as canonical messages; calls and results without ids are paired by order and name. */
import type {
  CanonicalMessage,
  CanonicalPart,
  Json,
  JsonObject,
  Opaque,
  TextPart,
  ToolResultPart,
} from '../canonical.ts';
import type { DecodeRequestContext } from '../dialect.ts';
import { isObject } from '../dialect.ts';
import { fromFileData, fromInlineData, type MediaPart } from './media.ts';
import {
  camelOf,
  field,
  needObject,
  needString,
  optionalBoolean,
  optionalObject,
  optionalObjects,
  optionalString,
} from './read.ts';
import { refuse, wrong } from '../fields.ts';

interface PendingCall {
  readonly id: string;
  readonly name: string;
  isAnswered: boolean;
}

/** What hangs on a part without being its content. */
const sideFields = new Set([
  'thought',
  'thoughtSignature',
  'videoMetadata',
  'mediaResolution',
  'partMetadata',
  'mediaProcessing',
  'speechMetadata',
]);
const dataFields = [
  'text',
  'inlineData',
  'fileData',
  'functionCall',
  'functionResponse',
  'executableCode',
  'codeExecutionResult',
  'toolCall',
  'toolResponse',
  'audioTranscription',
] as const;

export function decodeSystem(body: JsonObject, context: DecodeRequestContext): CanonicalMessage[] {
  const value = field(body, 'systemInstruction');
  if (value === undefined) return [];
  if (typeof value === 'string')
    return value === '' ? [] : [{ role: 'system', parts: [{ type: 'text', text: value }] }];
  if (!isObject(value)) throw wrong('systemInstruction', 'a string or a content object', value);
  const parts: TextPart[] = [];
  for (const [index, part] of (optionalObjects(value, 'parts', 'systemInstruction.') ?? []).entries()) {
    const at = `systemInstruction.parts[${String(index)}]`;
    const text = optionalString(needObject(part, at), 'text', `${at}.`);
    if (text === undefined)
      context.losses(`/systemInstruction/parts/${String(index)}`, 'only text can be an instruction elsewhere');
    else if (text !== '') parts.push({ type: 'text', text });
  }
  return parts.length === 0 ? [] : [{ role: 'system', parts }];
}

export function decodeContents(body: JsonObject, context: DecodeRequestContext): CanonicalMessage[] {
  const contents = optionalObjects(body, 'contents', '');
  if (contents === undefined) refuse('contents', 'is required and must be an array.');
  return new ContentsDecoder(context).decode(contents);
}

/** Walks the turns once, keeping the calls that still wait for their results. */
class ContentsDecoder {
  readonly #context: DecodeRequestContext;
  readonly #messages: CanonicalMessage[] = [];
  #pending: PendingCall[] = [];

  constructor(context: DecodeRequestContext) {
    this.#context = context;
  }

  decode(contents: readonly Json[]): CanonicalMessage[] {
    let wasModel = false;
    for (const [index, value] of contents.entries()) {
      const at = `contents[${String(index)}]`;
      const content = needObject(value, at);
      const role = optionalString(content, 'role', `${at}.`) ?? '';
      if (role !== '' && role !== 'user' && role !== 'model' && role !== 'function') {
        refuse(`${at}.role`, `expected "user", "model" or "function", got ${JSON.stringify(role)}.`);
      }
      const isModel = role === 'model';
      if (isModel && !wasModel) this.#pending = [];
      wasModel = isModel;
      const parts = optionalObjects(content, 'parts', `${at}.`) ?? [];
      if (isModel) this.#model(parts, at);
      else this.#user(parts, at);
    }
    return this.#messages;
  }

  #model(parts: readonly Json[], at: string): void {
    const decoded = parts.flatMap((part, index) => this.#part(part, `${at}.parts[${String(index)}]`, true));
    if (decoded.length > 0) this.#messages.push({ role: 'assistant', parts: decoded });
  }

  /** Results stand in user turns at Google; they become `tool` messages, one for each run of them. */
  #user(parts: readonly Json[], at: string): void {
    let run: CanonicalPart[] = [];
    let role: 'user' | 'tool' = 'user';
    const flush = (): void => {
      if (run.length > 0) this.#messages.push({ role, parts: run });
      run = [];
    };
    for (const [index, value] of parts.entries()) {
      for (const part of this.#part(value, `${at}.parts[${String(index)}]`, false)) {
        const wanted = part.type === 'tool-result' ? 'tool' : 'user';
        if (wanted !== role) flush();
        role = wanted;
        run.push(part);
      }
    }
    flush();
  }

  #part(value: Json, at: string, isModel: boolean): CanonicalPart[] {
    const part = needObject(value, at);
    const name = dataFields.find((one) => field(part, one) !== undefined);
    this.#noteSideFields(part, at, name);
    const opaque = opaqueOf(part, at);
    switch (name) {
      case 'text':
        return this.#text(part, at, isModel, opaque);
      case 'inlineData':
      case 'fileData':
        return [mediaOf(part, at)];
      case 'functionCall':
        if (!isModel) refuse(`${at}.functionCall`, 'a function call must stand in a turn of the role "model".');
        return [
          this.#call(needObject(field(part, 'functionCall'), `${at}.functionCall`), `${at}.functionCall`, opaque),
        ];
      case 'functionResponse':
        if (isModel) refuse(`${at}.functionResponse`, 'a function response must stand in a turn of the role "user".');
        return [
          this.#result(needObject(field(part, 'functionResponse'), `${at}.functionResponse`), `${at}.functionResponse`),
        ];
      case 'executableCode':
      case 'codeExecutionResult':
        this.#context.losses(pointer(at), 'code that Gemini ran itself is kept as text only');
        return [{ type: 'text', text: codeText(part) }];
      case undefined:
        return opaque === undefined ? [] : [{ type: 'reasoning', text: '', opaque }];
      default:
        this.#context.losses(pointer(at), `${name} belongs to a tool that Gemini runs itself`);
        return [];
    }
  }

  #text(part: JsonObject, at: string, isModel: boolean, opaque: Opaque | undefined): CanonicalPart[] {
    const text = needString(field(part, 'text'), `${at}.text`);
    if (isModel && optionalBoolean(part, 'thought', `${at}.`) === true)
      return [withOpaque({ type: 'reasoning', text }, opaque)];
    return [withOpaque({ type: 'text', text }, opaque)];
  }

  #call(call: JsonObject, at: string, opaque: Opaque | undefined): CanonicalPart {
    const name = needString(field(call, 'name'), `${at}.name`);
    const id = nonEmpty(optionalString(call, 'id', `${at}.`)) ?? this.#context.newId('call_');
    const args = optionalObject(call, 'args', `${at}.`) ?? {};
    this.#pending.push({ id, name, isAnswered: false });
    return withOpaque({ type: 'tool-call', id, name, kind: 'function', input: JSON.stringify(args) }, opaque);
  }

  #result(result: JsonObject, at: string): ToolResultPart {
    const name = needString(field(result, 'name'), `${at}.name`);
    const id = nonEmpty(optionalString(result, 'id', `${at}.`));
    const waiting = this.#pending.filter((one) => !one.isAnswered);
    const call =
      id === undefined
        ? (waiting.find((one) => one.name === name) ?? waiting[0])
        : waiting.find((one) => one.id === id);
    if (call !== undefined) call.isAnswered = true;
    const response = optionalObject(result, 'response', `${at}.`) ?? {};
    const { text, isError } = responseText(response, name);
    const media = (optionalObjects(result, 'parts', `${at}.`) ?? []).map((part, index) => {
      const where = `${at}.parts[${String(index)}]`;
      return mediaOf(needObject(part, where), where);
    });
    const kept = media.filter((part) => part.type !== 'audio');
    if (kept.length < media.length) this.#context.losses(pointer(at), 'sound in a tool result cannot cross');
    return {
      type: 'tool-result',
      callId: id ?? call?.id ?? this.#context.newId('call_'),
      kind: 'function',
      name,
      parts: [...(text === '' && kept.length > 0 ? [] : [{ type: 'text' as const, text }]), ...kept],
      ...(isError ? { isError } : {}),
    };
  }

  #noteSideFields(part: JsonObject, at: string, name: string | undefined): void {
    for (const [key, value] of Object.entries(part)) {
      const camel = camelOf(key);
      if (
        value === null ||
        camel === name ||
        camel === 'thought' ||
        camel === 'thoughtSignature' ||
        camel === 'partMetadata'
      )
        continue;
      if (sideFields.has(camel)) this.#context.losses(`${pointer(at)}/${key}`, `only Gemini has ${camel}`);
      else if (name === undefined)
        refuse(at, `expected one of ${dataFields.slice(0, 5).join(', ')}, got ${JSON.stringify(key)}.`);
      else if ((dataFields as readonly string[]).includes(camel))
        refuse(at, `holds ${name} and ${camel}: a part is one of them.`);
      else this.#context.losses(`${pointer(at)}/${key}`, 'this field of a part is not known');
    }
  }
}

/** `contents[1].parts[0]` as the JSON pointer a loss names. */
function pointer(at: string): string {
  return `/${at.replaceAll('[', '/').replaceAll(']', '').replaceAll('.', '/')}`;
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}

function withOpaque<T extends CanonicalPart>(part: T, opaque: Opaque | undefined): T {
  return opaque === undefined ? part : { ...part, opaque };
}

function opaqueOf(part: JsonObject, at: string): Opaque | undefined {
  const data = nonEmpty(optionalString(part, 'thoughtSignature', `${at}.`));
  return data === undefined ? undefined : { mint: '', form: 'thought_signature', data };
}

function mediaOf(part: JsonObject, at: string): MediaPart {
  const inline = optionalObject(part, 'inlineData', `${at}.`);
  if (inline !== undefined) {
    const where = `${at}.inlineData`;
    const mimeType = needString(field(inline, 'mimeType'), `${where}.mimeType`);
    return fromInlineData(
      mimeType,
      needString(field(inline, 'data'), `${where}.data`),
      optionalString(inline, 'displayName', `${where}.`),
    );
  }
  const where = `${at}.fileData`;
  const file = needObject(field(part, 'fileData'), where);
  const uri = needString(field(file, 'fileUri'), `${where}.fileUri`);
  return fromFileData(
    uri,
    optionalString(file, 'mimeType', `${where}.`),
    optionalString(file, 'displayName', `${where}.`),
  );
}

/** The code or its output as Markdown, so that the conversation still reads well. Used for answers too. */
export function codeText(part: JsonObject): string {
  const code = field(part, 'executableCode');
  if (isObject(code)) {
    const language =
      typeof code['language'] === 'string' ? code['language'].toLowerCase().replace('language_unspecified', '') : '';
    return `\n\`\`\`${language}\n${typeof code['code'] === 'string' ? code['code'] : ''}\n\`\`\`\n`;
  }
  const result = field(part, 'codeExecutionResult');
  const output = isObject(result) && typeof result['output'] === 'string' ? result['output'] : '';
  return `\n\`\`\`\n${output}\n\`\`\`\n`;
}

/**
 * A function's response object as text: what is under `output`, `result` or `content` when it stands alone (the AI SDK puts the
 * function's name beside it), the `error` of a failed call, else the whole object; as JSON where it is no string.
 */
function responseText(response: JsonObject, name: string): { text: string; isError: boolean } {
  const keys = Object.keys(response).filter((key) => key !== 'name' || response['name'] !== name);
  const [only] = keys;
  if (keys.length === 1 && only !== undefined) {
    const value = response[only];
    const isError = only === 'error';
    if (isError || only === 'output' || only === 'result' || only === 'content')
      return { text: typeof value === 'string' ? value : JSON.stringify(value), isError };
  }
  return { text: JSON.stringify(response), isError: false };
}
