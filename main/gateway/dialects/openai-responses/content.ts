/** Content parts of messages and tool outputs, both ways (OpenAI reference: Responses, input and output content). */
import { lookup } from '../../../kit/lookup.ts';
import type {
  AudioPart,
  CanonicalPart,
  Citation,
  DocumentPart,
  ImagePart,
  Json,
  JsonObject,
  LossSink,
  MediaSource,
  TextPart,
  TokenLogprob,
} from '../canonical.ts';
import { asArray, asNumber, asObject, asString, isObject } from '../dialect.ts';
import { needArray, needObject, needText, optionalString, refuse, wrong } from '../fields.ts';

export type MessageRole = 'user' | 'assistant' | 'system';

const dataUrlPattern = /^data:([^;,]*)((?:;[^;,]*)*?)(;base64)?,/i;

/** A `data:` URL as bytes in base64, anything else as a URL the provider fetches. */
export function sourceOfUrl(url: string): MediaSource {
  const match = dataUrlPattern.exec(url);
  if (match === null) return { kind: 'url', url };
  const mediaType = match[1] === undefined || match[1] === '' ? 'text/plain' : match[1];
  const payload = url.slice(match[0].length);
  if (match[3] !== undefined) return { kind: 'base64', mediaType, data: payload };
  return { kind: 'base64', mediaType, data: Buffer.from(decodeURIComponent(payload), 'utf8').toString('base64') };
}

function decodeImage(part: JsonObject, param: string): ImagePart {
  const url = optionalString(part['image_url'], `${param}.image_url`);
  const file = optionalString(part['file_id'], `${param}.file_id`);
  const detail = optionalString(part['detail'], `${param}.detail`);
  if (url === undefined && file === undefined) refuse(param, 'an input_image needs image_url or file_id.');
  return {
    type: 'image',
    source: url === undefined ? { kind: 'file', id: file ?? '' } : sourceOfUrl(url),
    // `auto` is the default of the API and says nothing.
    detail: detail === 'auto' ? undefined : detail,
  };
}

function decodeFile(part: JsonObject, param: string): DocumentPart {
  const name = optionalString(part['filename'], `${param}.filename`);
  const data = optionalString(part['file_data'], `${param}.file_data`);
  const url = optionalString(part['file_url'], `${param}.file_url`);
  const file = optionalString(part['file_id'], `${param}.file_id`);
  if (data !== undefined) {
    const source: MediaSource = data.startsWith('data:')
      ? sourceOfUrl(data)
      : { kind: 'base64', mediaType: 'application/pdf', data };
    return { type: 'document', source, name };
  }
  if (url !== undefined) return { type: 'document', source: { kind: 'url', url }, name };
  if (file !== undefined) return { type: 'document', source: { kind: 'file', id: file }, name };
  return refuse(param, 'an input_file needs file_data, file_url or file_id.');
}

const audioTypes = lookup<string>({ wav: 'audio/wav', mp3: 'audio/mpeg' });

function decodeAudio(part: JsonObject, param: string): AudioPart {
  const audio = needObject(part['input_audio'], `${param}.input_audio`);
  const data = needText(audio['data'], `${param}.input_audio.data`);
  const format = needText(audio['format'], `${param}.input_audio.format`);
  return { type: 'audio', source: { kind: 'base64', mediaType: audioTypes[format] ?? `audio/${format}`, data } };
}

/** `url_citation` annotations; citations of provider-side files have no address and are left out. */
export function decodeCitations(annotations: Json | undefined): Citation[] | undefined {
  const citations: Citation[] = [];
  for (const entry of asArray(annotations)) {
    const annotation = asObject(entry);
    if (annotation['type'] !== 'url_citation') continue;
    citations.push({
      url: asString(annotation['url']),
      title: asString(annotation['title']),
      startIndex: asNumber(annotation['start_index']),
      endIndex: asNumber(annotation['end_index']),
    });
  }
  return citations.length === 0 ? undefined : citations;
}

/** The inverse of `decodeCitations`; a citation without a URL has no form here. */
export function encodeCitations(citations: readonly Citation[] | undefined): JsonObject[] {
  return (citations ?? [])
    .filter((citation) => citation.url !== undefined)
    .map((citation) => ({
      type: 'url_citation',
      start_index: citation.startIndex ?? 0,
      end_index: citation.endIndex ?? 0,
      title: citation.title ?? '',
      url: citation.url,
    }));
}

export function decodeLogprobs(value: Json | undefined): TokenLogprob[] | undefined {
  const list = asArray(value).filter(isObject);
  if (list.length === 0) return undefined;
  const one = (entry: JsonObject): { token: string; logprob: number; bytes?: number[] | undefined } => ({
    token: asString(entry['token']) ?? '',
    logprob: asNumber(entry['logprob']) ?? 0,
    bytes: Array.isArray(entry['bytes']) ? entry['bytes'].filter((byte) => typeof byte === 'number') : undefined,
  });
  return list.map((entry) => ({ ...one(entry), top: asArray(entry['top_logprobs']).filter(isObject).map(one) }));
}

export function encodeLogprobs(logprobs: readonly TokenLogprob[] | undefined): JsonObject[] {
  return (logprobs ?? []).map((entry) => ({
    token: entry.token,
    logprob: entry.logprob,
    bytes: entry.bytes ?? [],
    top_logprobs: (entry.top ?? []).map((top) => ({ token: top.token, logprob: top.logprob, bytes: top.bytes ?? [] })),
  }));
}

function decodePart(part: JsonObject, param: string, losses: LossSink): CanonicalPart | undefined {
  const type = needText(part['type'], `${param}.type`);
  switch (type) {
    case 'input_text':
    case 'text':
      return { type: 'text', text: needText(part['text'], `${param}.text`) };
    case 'output_text':
      return {
        type: 'text',
        text: needText(part['text'], `${param}.text`),
        citations: decodeCitations(part['annotations']),
      };
    case 'refusal':
      return { type: 'refusal', text: needText(part['refusal'], `${param}.refusal`) };
    case 'input_image':
      return decodeImage(part, param);
    case 'input_file':
      return decodeFile(part, param);
    case 'input_audio':
      return decodeAudio(part, param);
    case 'encrypted_content':
      losses('input.encrypted_content', 'only the provider that encrypted it can read it');
      return undefined;
    default:
      return refuse(
        `${param}.type`,
        `"${type}" is not a content part. Use input_text, input_image, input_file, input_audio, output_text or refusal.`,
      );
  }
}

/** A message's content: a string or an array of parts. Throws `read.invalid_field` for anything else. */
export function decodeContent(content: Json | undefined, param: string, losses: LossSink): CanonicalPart[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  if (!Array.isArray(content)) throw wrong(param, 'a string or an array', content);
  const parts: CanonicalPart[] = [];
  for (const [index, entry] of (content as readonly Json[]).entries()) {
    const path = `${param}[${String(index)}]`;
    const part = decodePart(needObject(entry, path), path, losses);
    if (part !== undefined) parts.push(part);
  }
  return parts;
}

/** The output of a tool: a string (empty means no parts) or an array of texts, images and files. */
export function decodeToolOutput(
  output: Json | undefined,
  param: string,
  losses: LossSink,
): (TextPart | ImagePart | DocumentPart)[] {
  if (output === '') return [];
  if (typeof output !== 'string' && !Array.isArray(output)) throw wrong(param, 'a string or an array', output);
  if (Array.isArray(output)) needArray(output, param);
  const kept: (TextPart | ImagePart | DocumentPart)[] = [];
  for (const part of decodeContent(output, param, losses)) {
    if (part.type === 'text' || part.type === 'image' || part.type === 'document') kept.push(part);
    else refuse(param, `a tool output holds input_text, input_image and input_file, not ${part.type}.`);
  }
  return kept;
}

function dataUrl(source: Extract<MediaSource, { kind: 'base64' }>): string {
  return `data:${source.mediaType};base64,${source.data}`;
}

function encodeImage(part: ImagePart, losses: LossSink): JsonObject | undefined {
  const detail = part.detail ?? 'auto';
  switch (part.source.kind) {
    case 'base64':
      return { type: 'input_image', image_url: dataUrl(part.source), detail };
    case 'url':
      return { type: 'input_image', image_url: part.source.url, detail };
    case 'file':
      return isOwnFile(part.source.id, 'image', losses)
        ? { type: 'input_image', file_id: part.source.id, detail }
        : undefined;
    case 'text':
      losses('image', 'an image given as text has no form in the Responses API');
      return undefined;
  }
}

const extensions = lookup<string>({
  'application/pdf': 'pdf',
  'text/plain': 'txt',
  'text/csv': 'csv',
  'text/html': 'html',
  'text/markdown': 'md',
  'application/json': 'json',
});

/** OpenAI's file ids begin `file-`, Anthropic's `file_`, Google's are addresses (Files API references). */
function isOwnFile(id: string, what: string, losses: LossSink): boolean {
  if (id.startsWith('file-')) return true;
  losses(what, 'a file id of another provider cannot be used');
  return false;
}

function encodeDocument(part: DocumentPart, losses: LossSink): JsonObject | undefined {
  const { source } = part;
  switch (source.kind) {
    case 'base64':
      // The API wants a file name with inline data and takes the kind of file from it.
      return {
        type: 'input_file',
        filename: part.name ?? `document.${extensions[source.mediaType] ?? 'bin'}`,
        file_data: dataUrl(source),
      };
    case 'url':
      return { type: 'input_file', file_url: source.url };
    case 'file':
      return isOwnFile(source.id, 'document', losses) ? { type: 'input_file', file_id: source.id } : undefined;
    case 'text':
      return { type: 'input_text', text: part.name === undefined ? source.text : `${part.name}\n\n${source.text}` };
  }
}

/** One part as input content; `undefined` when it has no form here (recorded). */
export function encodeInputPart(part: CanonicalPart, losses: LossSink): JsonObject | undefined {
  switch (part.type) {
    case 'text':
      return { type: 'input_text', text: part.text };
    case 'refusal':
      return { type: 'input_text', text: part.text };
    case 'image':
      return encodeImage(part, losses);
    case 'document':
      return encodeDocument(part, losses);
    case 'audio':
      losses('audio', 'the Responses API takes no sound');
      return undefined;
    default:
      losses(part.type, 'it cannot stand inside a message of the Responses API');
      return undefined;
  }
}

/** A tool's output: a string where one is enough, else an array of content parts. */
export function encodeToolOutput(
  parts: readonly (TextPart | ImagePart | DocumentPart)[],
  losses: LossSink,
): string | JsonObject[] {
  const [first] = parts;
  if (first === undefined) return '';
  if (parts.length === 1 && first.type === 'text') return first.text;
  return parts.map((part) => encodeInputPart(part, losses)).filter((part) => part !== undefined);
}
