/** Inline bytes and file URIs of a Gemini part as images, sounds and documents, both ways. */
import { lookup } from '../../../kit/lookup.ts';
import type { AudioPart, DocumentPart, ImagePart, JsonObject, LossSink, MediaSource } from '../canonical.ts';

export type MediaPart = ImagePart | AudioPart | DocumentPart;

/** Files API and Cloud Storage: only Google can read these. */
const googleFilePattern = /^(?:gs:\/\/|https:\/\/generativelanguage\.googleapis\.com\/)/;

export function isGoogleFile(uri: string): boolean {
  return googleFilePattern.test(uri);
}

function partOf(source: MediaSource, mediaType: string, name: string | undefined): MediaPart {
  if (mediaType.startsWith('image/')) return { type: 'image', source };
  if (mediaType.startsWith('audio/')) return { type: 'audio', source };
  return name === undefined ? { type: 'document', source } : { type: 'document', source, name };
}

/** `inlineData`: base64 bytes and their type. */
export function fromInlineData(mediaType: string, data: string, name: string | undefined): MediaPart {
  return partOf({ kind: 'base64', mediaType, data }, mediaType, name);
}

/** `fileData`: a file at Google, or a URL anyone can fetch. */
export function fromFileData(uri: string, mediaType: string | undefined, name: string | undefined): MediaPart {
  const source: MediaSource = isGoogleFile(uri)
    ? { kind: 'file', id: uri, mediaType }
    : { kind: 'url', url: uri, mediaType };
  return partOf(source, mediaType ?? guessType(uri) ?? '', name);
}

const typeOfExtension = lookup<string>({
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  webp: 'image/webp',
  heic: 'image/heic',
  heif: 'image/heif',
  gif: 'image/gif',
  pdf: 'application/pdf',
  txt: 'text/plain',
  md: 'text/markdown',
  html: 'text/html',
  csv: 'text/csv',
  json: 'application/json',
  mp3: 'audio/mp3',
  wav: 'audio/wav',
  flac: 'audio/flac',
  ogg: 'audio/ogg',
  mp4: 'video/mp4',
  mov: 'video/mov',
  webm: 'video/webm',
});

export function guessType(url: string): string | undefined {
  const [path = ''] = url.split(/[?#]/, 1);
  const extension = path.slice(path.lastIndexOf('.') + 1).toLowerCase();
  return typeOfExtension[extension];
}

const fallbackType = { image: 'image/jpeg', audio: 'audio/mp3', document: 'application/pdf' } as const;

/** The Gemini part for a medium; `undefined` (and a loss) when only another provider holds the bytes. */
export function toMediaPart(part: MediaPart, at: string, losses: LossSink): JsonObject | undefined {
  const { source } = part;
  switch (source.kind) {
    case 'base64':
      if (part.type === 'document' && part.name !== undefined)
        losses(`${at}/name`, 'Gemini takes files without a name');
      return { inlineData: { mimeType: source.mediaType, data: source.data } };
    case 'text':
      return { text: source.text };
    case 'url':
      return fileData(source.url, source.mediaType, part.type, at, losses);
    case 'file':
      if (isGoogleFile(source.id)) return fileData(source.id, source.mediaType, part.type, at, losses);
      losses(at, `the file ${source.id} is kept by another provider, which Gemini cannot read`);
      return undefined;
  }
}

/** Google refuses a file without its type. */
function fileData(
  uri: string,
  mediaType: string | undefined,
  type: MediaPart['type'],
  at: string,
  losses: LossSink,
): JsonObject {
  const known = mediaType ?? guessType(uri);
  if (known === undefined)
    losses(at, `Gemini wants the media type of a URL and none was given: ${fallbackType[type]} is assumed`);
  return { fileData: { mimeType: known ?? fallbackType[type], fileUri: uri } };
}
