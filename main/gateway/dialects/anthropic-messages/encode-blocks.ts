/** Canonical parts as content blocks for a Claude target. */
import type {
  CacheHint,
  CanonicalPart,
  DocumentPart,
  ImagePart,
  Json,
  JsonObject,
  LossSink,
  TextPart,
  ToolResultPart,
} from '../canonical.ts';
import { isObject } from '../dialect.ts';

export type Block = Record<string, Json | undefined>;

/** Kinds of image the API reads (platform.claude.com, vision). */
const imageTypes: ReadonlySet<string> = new Set(['image/jpeg', 'image/png', 'image/gif', 'image/webp']);

/** What blocks are made with. Flags collect what the body's headers must say. */
export interface BlockWriter {
  readonly losses: LossSink;
  usesFiles: boolean;
}

export function cacheControl(cache: CacheHint | undefined): Block {
  return cache === undefined
    ? {}
    : { cache_control: { type: 'ephemeral', ...(cache.ttl === undefined ? {} : { ttl: cache.ttl }) } };
}

/** The API refuses text blocks without a visible character. */
export function textBlocks(text: string, cache: CacheHint | undefined): Block[] {
  return text.trim() === '' ? [] : [{ type: 'text', text, ...cacheControl(cache) }];
}

/** Blocks of a user turn, tool results apart. */
export function userBlocks(part: CanonicalPart, path: string, writer: BlockWriter): Block[] {
  switch (part.type) {
    case 'text':
    case 'refusal':
      return textBlocks(part.text, part.type === 'text' ? part.cache : undefined);
    case 'image':
    case 'document':
      return mediaBlocks(part, path, writer);
    case 'audio':
      return lost(`${path}/audio`, 'Claude takes no audio', writer);
    default:
      return lost(`${path}/${part.type}`, 'has no place in a user turn', writer);
  }
}

/** Blocks of an assistant turn, tool calls apart. */
export function assistantBlocks(part: CanonicalPart, path: string, writer: BlockWriter): Block[] {
  switch (part.type) {
    case 'text':
      if ((part.citations?.length ?? 0) > 0)
        writer.losses(`${path}/citations`, 'citations of earlier answers stay behind');
      return textBlocks(part.text, part.cache);
    case 'refusal':
      return textBlocks(part.text, undefined);
    case 'reasoning':
      if (part.opaque?.form === 'signature')
        return [{ type: 'thinking', thinking: part.text, signature: part.opaque.data }];
      if (part.opaque?.form === 'redacted') return [{ type: 'redacted_thinking', data: part.opaque.data }];
      return lost(`${path}/reasoning`, 'Claude takes back only thinking that it has signed', writer);
    default:
      return lost(`${path}/${part.type}`, 'an assistant turn holds text, thinking and tool calls only', writer);
  }
}

/** The arguments as the object the API wants; what is no object travels inside one. */
export function toolInput(input: string, path: string, losses: LossSink): JsonObject {
  if (input.trim() === '') return {};
  try {
    const value: unknown = JSON.parse(input);
    if (isObject(value)) return value;
  } catch {
    // Told below: a cut or broken call of an earlier answer.
  }
  losses(path, 'arguments that are no JSON object were wrapped in one');
  return { input };
}

export function resultBlock(part: ToolResultPart, toolUseId: string, path: string, writer: BlockWriter): Block {
  const content = part.parts.flatMap((one) => contentBlocks(one, `${path}/${part.callId}`, writer));
  const only = content.length === 1 ? content[0] : undefined;
  const isPlain = only?.['type'] === 'text' && only['cache_control'] === undefined;
  // The API refuses an error without a word.
  const empty: Json = part.isError === true ? 'The tool failed without a message.' : '';
  return {
    type: 'tool_result',
    tool_use_id: toolUseId,
    content: content.length === 0 ? empty : isPlain ? only['text'] : content,
    ...(part.isError === undefined ? {} : { is_error: part.isError }),
    ...cacheControl(part.cache),
  };
}

/** A result without its call, told as text: the API takes results only right behind their calls. */
export function orphanBlocks(part: ToolResultPart, path: string, writer: BlockWriter): Block[] {
  writer.losses(`${path}/${part.callId}`, 'a tool result without its call became text');
  return [
    { type: 'text', text: `Result of the tool call ${part.name ?? part.callId}:` },
    ...part.parts.flatMap((one) => contentBlocks(one, path, writer)),
  ];
}

function contentBlocks(part: TextPart | ImagePart | DocumentPart, path: string, writer: BlockWriter): Block[] {
  return part.type === 'text' ? textBlocks(part.text, part.cache) : mediaBlocks(part, path, writer);
}

function mediaBlocks(part: ImagePart | DocumentPart, path: string, writer: BlockWriter): Block[] {
  const source = part.type === 'image' ? imageSource(part, path, writer) : documentSource(part, path, writer);
  if (source === undefined) return [];
  const title = part.type === 'document' && part.name !== undefined && part.name !== '' ? { title: part.name } : {};
  return [{ type: part.type, source, ...title, ...cacheControl(part.cache) }];
}

function imageSource(part: ImagePart, path: string, writer: BlockWriter): JsonObject | undefined {
  const { source, detail } = part;
  if (detail !== undefined && detail !== 'auto')
    writer.losses(`${path}/image/detail`, 'Claude has no detail of a single image');
  switch (source.kind) {
    case 'base64': {
      const mediaType = source.mediaType === 'image/jpg' ? 'image/jpeg' : source.mediaType;
      if (imageTypes.has(mediaType)) return { type: 'base64', media_type: mediaType, data: source.data };
      writer.losses(`${path}/image`, `Claude reads JPEG, PNG, GIF and WebP, not ${mediaType}`);
      return undefined;
    }
    case 'url':
      return { type: 'url', url: source.url };
    case 'file':
      return fileSource(source.id, `${path}/image`, writer);
    case 'text':
      writer.losses(`${path}/image`, 'an image cannot be text');
      return undefined;
  }
}

function documentSource(part: DocumentPart, path: string, writer: BlockWriter): JsonObject | undefined {
  const { source } = part;
  switch (source.kind) {
    case 'base64':
      if (source.mediaType === 'application/pdf')
        return { type: 'base64', media_type: 'application/pdf', data: source.data };
      if (/^text\/|^application\/(?:json|xml|yaml|javascript)\b/.test(source.mediaType)) {
        return { type: 'text', media_type: 'text/plain', data: Buffer.from(source.data, 'base64').toString('utf8') };
      }
      writer.losses(`${path}/document`, `Claude reads PDF and plain text, not ${source.mediaType}`);
      return undefined;
    case 'url':
      return { type: 'url', url: source.url };
    case 'file':
      return fileSource(source.id, `${path}/document`, writer);
    case 'text':
      if (source.text.trim() === '') return undefined;
      return { type: 'text', media_type: 'text/plain', data: source.text };
  }
}

/** Anthropic's file ids begin `file_`, OpenAI's `file-` (both Files API references). */
function fileSource(id: string, path: string, writer: BlockWriter): JsonObject | undefined {
  if (id.startsWith('file_')) {
    writer.usesFiles = true;
    return { type: 'file', file_id: id };
  }
  writer.losses(path, 'a file id of another provider cannot be used');
  return undefined;
}

function lost(path: string, why: string, writer: BlockWriter): Block[] {
  writer.losses(path, why);
  return [];
}
