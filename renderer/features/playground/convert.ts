/** A recorded request as a prompt: what any of four wire formats says, and what of it has no place here. */
import type { Draft, Parameters, Picture, Turn } from './draft.ts';
import { newId, noParameters } from './draft.ts';
import { isObject } from './body.ts';
import { literalValues } from './variables.ts';

/** What could not be taken over, or only as another thing. */
export type Loss =
  | { readonly what: 'tool_text' | 'remote_picture' | 'large_picture' | 'part' | 'tool'; readonly count: number }
  /** `names`: fields of the request. */
  | { readonly what: 'fields'; readonly names: string };

export interface TakenOver {
  readonly draft: Draft;
  readonly parameters: Parameters;
  /** As the request names it; `null` where its path does. */
  readonly model: string | null;
  readonly losses: readonly Loss[];
}

type JsonObject = Readonly<Record<string, unknown>>;

/** Bytes of a picture, about: those of base64 are a third more. */
export const maxPictureBytes = 5 * 1024 * 1024;

/** `undefined`: it is no conversation in a format that is known. */
export function takeOver(text: string): TakenOver | undefined {
  const body = parsed(text);
  if (!isObject(body)) return undefined;
  const reader = new Reader();
  if (Array.isArray(body['contents'])) readGemini(reader, body);
  else if (Array.isArray(body['input']) || typeof body['input'] === 'string') readResponses(reader, body);
  else if (Array.isArray(body['messages'])) readMessages(reader, body);
  else return undefined;
  return reader.taken(body);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Gathers what is found on the way, and what is not taken. */
class Reader {
  readonly #system: string[] = [];
  readonly #turns: Turn[] = [];
  readonly #lost = new Map<Exclude<Loss['what'], 'fields'>, number>();
  readonly #tools: JsonObject[] = [];
  readonly #known = new Set(['model', 'stream', 'stream_options']);
  parameters: Parameters = noParameters;
  schema: unknown;

  /** Fields that mean something here, or nothing. */
  knows(...names: readonly string[]): void {
    for (const name of names) this.#known.add(name);
  }

  lose(what: Exclude<Loss['what'], 'fields'>): void {
    this.#lost.set(what, (this.#lost.get(what) ?? 0) + 1);
  }

  system(text: string): void {
    if (text !== '') this.#system.push(text);
  }

  /** Turns of the same role that follow each other stay apart, as they were. */
  turn(role: Turn['role'], content: Content): void {
    if (content.text === '' && content.pictures.length === 0) return;
    this.#turns.push({ id: newId(), role, ...content });
  }

  tool(name: unknown, description: unknown, parameters: unknown): void {
    if (typeof name !== 'string') {
      this.lose('tool');
      return;
    }
    const told = {
      ...(typeof description === 'string' ? { description } : {}),
      ...(isObject(parameters) ? { parameters } : {}),
    };
    this.#tools.push({ type: 'function', function: { name, ...told } });
  }

  numbers(from: JsonObject, names: Readonly<Partial<Record<keyof Parameters, readonly string[]>>>): void {
    for (const [name, fields] of Object.entries(names)) {
      this.knows(...fields);
      const value = fields.map((field) => from[field]).find((one) => typeof one === 'number');
      if (value !== undefined) this.parameters = { ...this.parameters, [name]: String(value) };
    }
  }

  taken(body: JsonObject): TakenOver {
    const system = this.#system.join('\n\n');
    const turns: readonly Turn[] =
      this.#turns.length > 0 ? this.#turns : [{ id: newId(), role: 'user', text: '', pictures: [] }];
    const names = Object.keys(body).filter((name) => !this.#known.has(name) && body[name] !== null);
    const losses: Loss[] = [...this.#lost].map(([what, count]) => ({ what, count }));
    if (names.length > 0) losses.push({ what: 'fields', names: names.join(', ') });
    return {
      draft: {
        system,
        turns,
        // What looks like a variable in a recorded text is text.
        variables: literalValues([system, ...turns.map(({ text }) => text)]),
        tools: this.#tools.length === 0 ? '' : JSON.stringify(this.#tools, null, 2),
        schema: isObject(this.schema) ? JSON.stringify(this.schema, null, 2) : '',
      },
      parameters: this.parameters,
      model: typeof body['model'] === 'string' ? body['model'] : null,
      losses,
    };
  }
}

interface Content {
  readonly text: string;
  readonly pictures: readonly Picture[];
}

/** Chat Completions and Anthropic Messages: their messages differ in parts alone, and each part says what it is. */
function readMessages(reader: Reader, body: JsonObject): void {
  reader.knows('messages', 'system', 'tools', 'response_format');
  reader.numbers(body, {
    temperature: ['temperature'],
    top_p: ['top_p'],
    max_tokens: ['max_completion_tokens', 'max_tokens'],
  });
  reader.system(contentOf(reader, body['system']).text);
  for (const message of objects(body['messages'])) {
    const { role } = message;
    const content = contentOf(reader, message['content']);
    const calls = objects(message['tool_calls']).map((call) => {
      reader.lose('tool_text');
      const given = isObject(call['function']) ? call['function'] : call;
      return callText(given['name'], given['arguments']);
    });
    const text = [content.text, ...calls].filter((one) => one !== '').join('\n');
    if (role === 'system' || role === 'developer') reader.system(text);
    else if (role === 'tool' || role === 'function') {
      reader.lose('tool_text');
      reader.turn('user', { text: resultText(text), pictures: content.pictures });
    } else reader.turn(role === 'assistant' ? 'assistant' : 'user', { text, pictures: content.pictures });
  }
  for (const tool of objects(body['tools'])) {
    const given = isObject(tool['function']) ? tool['function'] : tool;
    reader.tool(given['name'], given['description'], given['parameters'] ?? given['input_schema']);
  }
  const format = body['response_format'];
  if (isObject(format) && isObject(format['json_schema'])) reader.schema = format['json_schema']['schema'];
}

function readResponses(reader: Reader, body: JsonObject): void {
  reader.knows('input', 'instructions', 'tools', 'text');
  reader.numbers(body, { temperature: ['temperature'], top_p: ['top_p'], max_tokens: ['max_output_tokens'] });
  if (typeof body['instructions'] === 'string') reader.system(body['instructions']);
  if (typeof body['input'] === 'string') reader.turn('user', { text: body['input'], pictures: [] });
  for (const item of objects(body['input'])) readItem(reader, item);
  for (const tool of objects(body['tools'])) reader.tool(tool['name'], tool['description'], tool['parameters']);
  const format = isObject(body['text']) ? body['text']['format'] : undefined;
  if (isObject(format)) reader.schema = format['schema'];
}

function readItem(reader: Reader, item: JsonObject): void {
  const { type, role } = item;
  if (type === 'function_call') {
    reader.lose('tool_text');
    reader.turn('assistant', { text: callText(item['name'], item['arguments']), pictures: [] });
  } else if (type === 'function_call_output') {
    reader.lose('tool_text');
    reader.turn('user', { text: resultText(contentOf(reader, item['output']).text), pictures: [] });
  } else if (type === undefined || type === 'message') {
    const content = contentOf(reader, item['content']);
    if (role === 'system' || role === 'developer') reader.system(content.text);
    else reader.turn(role === 'assistant' ? 'assistant' : 'user', content);
  } else reader.lose('part');
}

function readGemini(reader: Reader, body: JsonObject): void {
  reader.knows('contents', 'systemInstruction', 'system_instruction', 'generationConfig', 'tools');
  const config = isObject(body['generationConfig']) ? body['generationConfig'] : {};
  reader.numbers(config, { temperature: ['temperature'], top_p: ['topP'], max_tokens: ['maxOutputTokens'] });
  reader.schema = config['responseJsonSchema'];
  const system = body['systemInstruction'] ?? body['system_instruction'];
  if (isObject(system)) reader.system(contentOf(reader, system['parts']).text);
  for (const { role, parts } of objects(body['contents']))
    reader.turn(role === 'model' ? 'assistant' : 'user', contentOf(reader, parts));
  for (const tool of objects(body['tools'])) {
    const functions = objects(tool['functionDeclarations']);
    if (functions.length === 0) reader.lose('tool');
    for (const one of functions)
      reader.tool(one['name'], one['description'], one['parametersJsonSchema'] ?? one['parameters']);
  }
}

/** Texts and pictures of a content, whichever format it is of. */
function contentOf(reader: Reader, content: unknown): Content {
  if (typeof content === 'string') return { text: content, pictures: [] };
  const texts: string[] = [];
  const pictures: Picture[] = [];
  for (const part of objects(content)) {
    const text = textOf(reader, part);
    const url = text === undefined ? pictureUrl(part) : undefined;
    if (text !== undefined) texts.push(text);
    else if (url === undefined) reader.lose('part');
    else if (!url.startsWith('data:image/')) reader.lose('remote_picture');
    else if (url.length > (maxPictureBytes * 4) / 3 + 100) reader.lose('large_picture');
    else pictures.push({ id: newId(), name: `${String(pictures.length + 1)}`, url });
  }
  return { text: texts.join('\n'), pictures };
}

function textOf(reader: Reader, part: JsonObject): string | undefined {
  if (typeof part['text'] === 'string') return part['text'];
  if (part['type'] === 'tool_use') {
    reader.lose('tool_text');
    return callText(part['name'], part['input']);
  }
  if (part['type'] === 'tool_result') {
    reader.lose('tool_text');
    return resultText(contentOf(reader, part['content']).text);
  }
  const { functionCall, functionResponse } = part;
  if (isObject(functionCall)) {
    reader.lose('tool_text');
    return callText(functionCall['name'], functionCall['args']);
  }
  if (!isObject(functionResponse)) return undefined;
  reader.lose('tool_text');
  return resultText(JSON.stringify(functionResponse['response'] ?? null));
}

function pictureUrl(part: JsonObject): string | undefined {
  const { image_url: image, source, inlineData, fileData } = part;
  if (typeof image === 'string') return image;
  if (isObject(image) && typeof image['url'] === 'string') return image['url'];
  if (part['type'] === 'image' && isObject(source))
    return source['type'] === 'base64' ? dataUrl(source['media_type'], source['data']) : textUrl(source['url']);
  if (isObject(inlineData) && String(inlineData['mimeType']).startsWith('image/'))
    return dataUrl(inlineData['mimeType'], inlineData['data']);
  return isObject(fileData) && typeof fileData['fileUri'] === 'string' ? fileData['fileUri'] : undefined;
}

function textUrl(url: unknown): string {
  return typeof url === 'string' ? url : '';
}

function dataUrl(type: unknown, data: unknown): string {
  return `data:${String(type)};base64,${String(data)}`;
}

function callText(name: unknown, given: unknown): string {
  return `[${String(name)}(${typeof given === 'string' ? given : JSON.stringify(given ?? {})})]`;
}

function resultText(text: string): string {
  return `[→ ${text}]`;
}

function objects(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}
