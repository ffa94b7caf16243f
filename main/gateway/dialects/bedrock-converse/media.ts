/** Images and documents of a Converse message, both ways (Amazon Bedrock API reference, ImageBlock and DocumentBlock). */
import { lookup } from '../../../kit/lookup.ts';
import type { DocumentPart, ImagePart, JsonObject, LossSink, MediaSource } from '../canonical.ts';
import { asString, isObject } from '../dialect.ts';
import { needObject, needString, optionalString, wrong, wrongWord } from '../fields.ts';

const imageFormats: readonly string[] = ['png', 'jpeg', 'gif', 'webp'];

const documentTypes = lookup<string>({
  pdf: 'application/pdf',
  csv: 'text/csv',
  doc: 'application/msword',
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  xls: 'application/vnd.ms-excel',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  html: 'text/html',
  txt: 'text/plain',
  md: 'text/markdown',
});

function documentFormat(mediaType: string): string | undefined {
  const bare = mediaType.split(';')[0]?.trim().toLowerCase() ?? '';
  const known = Object.keys(documentTypes).find((format) => documentTypes[format] === bare);
  if (known !== undefined) return known;
  // Other text is still text to a model.
  return /^text\/|[/+](?:json|xml|yaml|x-yaml|javascript)$/.test(bare) ? 'txt' : undefined;
}

/** Blobs travel as plain base64; some clients send line breaks or the URL alphabet. */
function plainBase64(data: string): string {
  return /[^A-Za-z0-9+/=]/.test(data) ? data.replace(/\s/g, '').replace(/-/g, '+').replace(/_/g, '/') : data;
}

const elsewhere: Readonly<Record<'url' | 'file', string>> = {
  url: 'Converse takes bytes only and fetches no URL',
  file: 'a file id of another provider cannot be used',
};

export function encodeImage(part: ImagePart, path: string, losses: LossSink): JsonObject | undefined {
  const { source } = part;
  if (source.kind === 'url' || source.kind === 'file') return lost(path, elsewhere[source.kind], losses);
  if (source.kind === 'text' || source.data === '') return lost(path, 'an image must hold bytes', losses);
  const format = source.mediaType
    .toLowerCase()
    .replace(/^image\/(?:x-)?/, '')
    .replace(/^jpg$/, 'jpeg');
  if (!imageFormats.includes(format))
    return lost(path, `Converse takes png, jpeg, gif and webp, not ${source.mediaType}`, losses);
  if (part.detail !== undefined && part.detail !== 'auto') losses(`${path}/detail`, 'Converse has no detail of images');
  return { image: { format, source: { bytes: plainBase64(source.data) } } };
}

function lost(path: string, why: string, losses: LossSink): undefined {
  losses(path, why);
  return undefined;
}

/** Gives documents the names Converse demands: letters and digits, single spaces, hyphens, brackets, and no name twice. */
export class DocumentNames {
  readonly #taken = new Set<string>();

  take(name: string | undefined): string {
    const plain = (name ?? '')
      .normalize('NFKD')
      .replace(/\p{M}/gu, '')
      .replace(/\.(?:pdf|csv|docx?|xlsx?|html?|txt|md)$/i, '')
      .replace(/[^a-zA-Z0-9\s()[\]-]+/g, '-')
      .replace(/\s+/g, ' ')
      .slice(0, 190)
      .trim();
    const base = /[a-zA-Z0-9]/.test(plain) ? plain : 'document';
    let free = base;
    for (let n = 2; this.#taken.has(free); n++) free = `${base} ${String(n)}`;
    this.#taken.add(free);
    return free;
  }
}

export function encodeDocument(
  part: DocumentPart,
  names: DocumentNames,
  path: string,
  losses: LossSink,
): JsonObject | undefined {
  const { source } = part;
  if (source.kind === 'url' || source.kind === 'file') return lost(path, elsewhere[source.kind], losses);
  const isText = source.kind === 'text';
  const format = isText
    ? (documentFormat(source.mediaType ?? 'text/plain') ?? 'txt')
    : documentFormat(source.mediaType);
  if (format === undefined)
    return lost(path, `Converse takes no documents of type ${isText ? 'text' : source.mediaType}`, losses);
  // Plain text goes as bytes too: the `text` source is known to few models.
  const bytes = isText ? Buffer.from(source.text, 'utf8').toString('base64') : plainBase64(source.data);
  if (bytes === '') return lost(path, 'an empty document is refused', losses);
  return { document: { format, name: names.take(part.name), source: { bytes } } };
}

function decodeSource(block: JsonObject, mediaType: string, path: string): MediaSource {
  const source = needObject(block['source'], `${path}.source`);
  if (source['bytes'] !== undefined)
    return { kind: 'base64', mediaType, data: needString(source['bytes'], `${path}.source.bytes`) };
  if (isObject(source['s3Location']))
    return { kind: 'file', id: needString(source['s3Location']['uri'], `${path}.source.s3Location.uri`), mediaType };
  if (source['text'] !== undefined)
    return { kind: 'text', text: needString(source['text'], `${path}.source.text`), mediaType };
  if (!Array.isArray(source['content']))
    throw wrong(`${path}.source`, 'an object with bytes, s3Location, text or content', source);
  const texts = source['content'].map((one: unknown) => (isObject(one) ? (asString(one['text']) ?? '') : ''));
  return { kind: 'text', text: texts.join('\n'), mediaType };
}

export function decodeImage(value: JsonObject, path: string): ImagePart {
  const format = needString(value['format'], `${path}.format`);
  if (!imageFormats.includes(format)) throw wrongWord(`${path}.format`, imageFormats, format);
  return { type: 'image', source: decodeSource(value, `image/${format}`, path) };
}

export function decodeDocument(value: JsonObject, path: string): DocumentPart {
  const format = optionalString(value['format'], `${path}.format`) ?? 'txt';
  const mediaType = documentTypes[format];
  if (mediaType === undefined) throw wrongWord(`${path}.format`, Object.keys(documentTypes), format);
  return {
    type: 'document',
    source: decodeSource(value, mediaType, path),
    name: optionalString(value['name'], `${path}.name`),
  };
}
