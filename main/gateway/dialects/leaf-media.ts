/** What bytes inside a string are: pictures, sound and other binaries, which hold no text to look through, or documents of text. */

/** Shorter strings are no picture, or none worth sparing the detectors. */
const leastPictureChars = 256;
/** Bytes of unknown kind, without a character that is not base64, are a file from this length on, and a word before. */
const leastFileChars = 1_024;
/** Characters looked at on either side to tell base64 from text; blanks and the like are looked for in all of it. */
const edgeChars = 512;
/** Fewer decode to something readable by chance. */
const leastTextChars = 16;
/** Characters decoded to tell text from other bytes. */
const sniffedChars = 1_024;

/** The four or more letters with which base64 of known formats begins: the first bytes of the format. */
const magics = [
  // PNG, JPEG, GIF, RIFF (WebP, WAV), TIFF in both orders
  ...['iVBORw0KGgo', '/9j/', 'R0lGOD', 'UklGR', 'SUkqA', 'TU0AK'],
  // PDF, ZIP and the office formats inside it, gzip, the older office formats
  ...['JVBERi0', 'UEsDB', 'H4sIA', '0M8R4KGxGuE'],
  // MP3 with a tag, Ogg, FLAC, Matroska and WebM, MP4 (`ftyp` behind its length)
  ...['SUQz', 'T2dnUw', 'ZkxhQ', 'GkXfo', 'AAAAGGZ0eX', 'AAAAHGZ0eX', 'AAAAIGZ0eX', 'AAAAFGZ0eX', 'AAAAJGZ0eX'],
] as const;

const firstLetters = new Set(magics.map((magic) => magic.charCodeAt(0)));

export type BytesKind = 'binary' | 'text' | 'unknown';

/** What a media type stands for (RFC 6838; https://www.iana.org/assignments/media-types). Pictures of text, as SVG, are text. */
export function bytesKind(mediaType: string | undefined): BytesKind {
  if (mediaType === undefined) return 'unknown';
  if (/^(?:text\/|[a-z]+\/[\w.-]+\+(?:xml|json|yaml)\b)/i.test(mediaType)) return 'text';
  if (
    /^application\/(?:x-)?(?:json|xml|yaml|toml|javascript|typescript|sql|csv|ndjson|jsonl|sh|rtf)\b/i.test(mediaType)
  )
    return 'text';
  return /^(?:image|audio|video|font|model)\/|^application\/(?:x-)?(?:pdf|zip|gzip|tar)\b/i.test(mediaType)
    ? 'binary'
    : 'unknown';
}

export interface DataUrl {
  readonly mediaType: string | undefined;
  /** Where its bytes begin. */
  readonly payload: number;
  readonly isBase64: boolean;
}

const dataUrlHead = /data:([^,;"]{0,200})((?:;[^,"]{0,200})?),/iy;

/** The head of a `data:` URL (RFC 2397) that begins at `start`; slashes may be escaped. */
export function dataUrlAt(text: string, start: number): DataUrl | undefined {
  // Nearly every text is no such address: its first letter tells.
  if ((text.charCodeAt(start) | 0x20) !== 0x64 || text.charCodeAt(start + 4) !== 0x3a) return undefined;
  dataUrlHead.lastIndex = start;
  const found = dataUrlHead.exec(text);
  if (found === null) return undefined;
  const type = (found[1] ?? '').replaceAll('\\', '');
  return {
    mediaType: type === '' ? undefined : type,
    payload: dataUrlHead.lastIndex,
    isBase64: /;base64$/i.test(found[2] ?? ''),
  };
}

/** A picture, a PDF or the like in base64, wherever it stands; where a file is expected also one of no known format. */
export function isPicture(text: string, start: number, end: number, isExpected = false): boolean {
  const isLong = end - start >= leastPictureChars;
  if (!isLong && !isExpected) return false;
  const isKnown = firstLetters.has(text.charCodeAt(start)) && magics.some((magic) => text.startsWith(magic, start));
  return (isKnown || (isLong && isExpected && !isTextBytes(text, start))) && isOpaque(text, start, end);
}

/** Nothing in it but letters of base64, as far as that can be told without reading all of a large file. */
export function isOpaque(text: string, start: number, end: number): boolean {
  const near = text.slice(start, Math.min(end, start + edgeChars)) + text.slice(Math.max(start, end - edgeChars), end);
  // Escapes of the letters of base64 are letters of it as well.
  if (!/^[A-Za-z0-9+/=_\\-]*$/.test(near)) return false;
  if (end - start <= edgeChars) return true;
  const whole = text.slice(start, end);
  return ![' ', '@', '.', ':'].some((letter) => whole.includes(letter));
}

/** What stands in base64 of which nothing is told, or that it is text; `undefined` where it may as well be a word. */
export function sniffed(value: string, isText: boolean): 'binary' | 'text' | undefined {
  // Lines of 76 letters, as mails have them, are for files that say what they are: words with line ends are no base64.
  if (!base64Pattern.test(isText ? value.replace(/[\r\n]/g, '') : value)) return undefined;
  if (isText) return 'text';
  if (magics.some((magic) => value.startsWith(magic))) return 'binary';
  if (value.length >= leastTextChars && isTextBytes(value, 0)) return 'text';
  return value.length >= leastFileChars ? 'binary' : undefined;
}

const base64Pattern = /^[A-Za-z0-9+/_-]*={0,2}$/;

function isTextBytes(text: string, start: number): boolean {
  return isPlainText(Buffer.from(text.slice(start, start + sniffedChars), 'base64'));
}

function isPlainText(bytes: Buffer): boolean {
  // Where the piece ends it may end inside a character.
  const text = bytes.toString('utf8').replace(/\ufffd$/, '');
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 0xfffd || code === 0x7f || (code < 0x20 && code !== 0x09 && code !== 0x0a && code !== 0x0d))
      return false;
  }
  return true;
}
