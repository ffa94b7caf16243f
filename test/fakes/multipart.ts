// Reads multipart/form-data bodies, enough to check what a client uploaded.

export type FormPart = { name: string; filename: string | undefined; contentType: string | undefined; data: Buffer };

/** The parts of a form body, or undefined when it is not a well-formed one. */
export function parseMultipart(contentType: string, body: Buffer): FormPart[] | undefined {
  const [, quoted, bare] = /^multipart\/form-data\s*;.*?boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType) ?? [];
  const boundary = quoted ?? bare;
  if (boundary === undefined) return undefined;
  const mark = Buffer.from(`--${boundary}`);
  const parts: FormPart[] = [];
  let at = body.indexOf(mark);
  while (at >= 0) {
    const start = at + mark.length;
    if (body.toString('latin1', start, start + 2) === '--') return parts;
    const next = body.indexOf(Buffer.concat([Buffer.from('\r\n'), mark]), start);
    if (next < 0) return undefined;
    const split = body.indexOf('\r\n\r\n', start);
    if (split < 0 || split > next) return undefined;
    const head = body.toString('utf8', start, split);
    parts.push({
      name: /content-disposition:[^\r\n]*?\bname="([^"]*)"/i.exec(head)?.[1] ?? '',
      filename: /\bfilename="([^"]*)"/i.exec(head)?.[1],
      contentType: /content-type:\s*([^\r\n]+)/i.exec(head)?.[1],
      data: body.subarray(split + 4, next),
    });
    at = next + 2;
  }
  return undefined;
}
