// Pictures: real PNG files, whose size is read from them; and on Windows those with several in one, `.ico`.
import { readFileSync, existsSync } from 'node:fs';
import { guarded, type Members } from './guarded.ts';
import { platform } from './stage.ts';

interface Representation {
  readonly scale: number;
  readonly width: number;
  readonly height: number;
  /** Empty for a picture of an `.ico`, which is none. */
  readonly png: Buffer;
}

const icoHead = Buffer.from([0, 0, 1, 0]);
/** Of a picture without scaling. */
const icoPx = 16;
const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** After the head their count, then sixteen bytes about each, width and height first. */
function picturesOf(ico: Buffer): Representation[] {
  return Array.from({ length: ico.readUInt16LE(icoHead.length) }, (_, index) => {
    const at = icoHead.length + 2 + 16 * index;
    const [width, height] = [ico.readUInt8(at), ico.readUInt8(at + 1)];
    return { scale: width / icoPx, width, height, png: Buffer.alloc(0) };
  });
}

class Image {
  isMacTemplateImage = false;
  private readonly representations: Representation[] = [];
  /** Where it was read from. */
  readonly source_: string;

  constructor(source: string) {
    this.source_ = source;
  }
  isEmpty(): boolean {
    return this.representations.length === 0;
  }
  getSize(scaleFactor = 1): Electron.Size {
    const found = this.representations.find(({ scale }) => scale === scaleFactor) ?? this.representations[0];
    if (found === undefined) return { width: 0, height: 0 };
    return { width: Math.round(found.width / found.scale), height: Math.round(found.height / found.scale) };
  }
  getAspectRatio(): number {
    const { width, height } = this.getSize();
    return height === 0 ? 1 : width / height;
  }
  getScaleFactors(): number[] {
    return this.representations.map(({ scale }) => scale);
  }
  setTemplateImage(option: boolean): void {
    this.isMacTemplateImage = option;
  }
  isTemplateImage(): boolean {
    return this.isMacTemplateImage;
  }
  addRepresentation({ scaleFactor = 1, buffer, dataURL }: Electron.AddRepresentationOptions): void {
    const bytes = buffer ?? (dataURL === undefined ? undefined : bytesOf(dataURL));
    if (bytes !== undefined) this.add_(bytes, scaleFactor);
  }
  toPNG(options: Electron.ToPNGOptions = {}): Buffer {
    const { scaleFactor = 1 } = options;
    const found = this.representations.find(({ scale }) => scale === scaleFactor) ?? this.representations[0];
    if (found !== undefined && found.png.length === 0)
      throw new Error('the Electron stand-in makes no PNG of an .ico; see test/fakes/electron');
    return found === undefined ? Buffer.alloc(0) : Buffer.from(found.png);
  }
  toDataURL(): string {
    return `data:image/png;base64,${this.toPNG().toString('base64')}`;
  }
  add_(png: Buffer, scale: number): void {
    if (png.length >= icoHead.length && png.subarray(0, icoHead.length).equals(icoHead)) {
      if (platform === 'win32') this.representations.push(...picturesOf(png));
      return;
    }
    if (png.length < 24 || !png.subarray(0, 8).equals(signature)) return;
    this.representations.push({ scale, png, width: png.readUInt32BE(16), height: png.readUInt32BE(20) });
  }
}

function imageOf(source: string, ...parts: readonly (readonly [png: Buffer, scale: number])[]): Electron.NativeImage {
  const image = new Image(source);
  for (const [png, scale] of parts) image.add_(png, scale);
  const typed: Members<Electron.NativeImage> = image;
  return guarded('NativeImage', typed) as Electron.NativeImage;
}

function bytesOf(dataUrl: string): Buffer {
  return Buffer.from(dataUrl.slice(dataUrl.indexOf(',') + 1), 'base64');
}

export const nativeImage = guarded('nativeImage', {
  createEmpty: () => imageOf(''),
  createFromPath(path) {
    // `icon@2x.png` beside `icon.png` is the same picture for a denser screen; a template on macOS is named so.
    const files = [1, 1.25, 1.5, 2, 3].map((scale) => ({
      scale,
      file: scale === 1 ? path : path.replace(/(\.[a-z]+)$/i, `@${scale}x$1`),
    }));
    const found = files.filter(({ file }) => existsSync(file));
    const image = imageOf(path, ...found.map(({ file, scale }) => [readFileSync(file), scale] as const));
    if (/Template(@[\d.]+x)?\.[a-z]+$/.test(path)) image.setTemplateImage(true);
    return image;
  },
  createFromBuffer: (buffer, options) => imageOf('buffer', [buffer, options?.scaleFactor ?? 1]),
  createFromDataURL: (dataUrl) => imageOf('data', [bytesOf(dataUrl), 1]),
} satisfies Partial<typeof Electron.NativeImage>);

/** What a test may know of a picture. */
export function describeImage(image: Electron.NativeImage | string | undefined): object | null {
  if (image === undefined) return null;
  if (typeof image === 'string') return { path: image };
  const { source_: path } = image as unknown as Image;
  return { path, size: image.getSize(), scales: image.getScaleFactors(), template: image.isTemplateImage() };
}
