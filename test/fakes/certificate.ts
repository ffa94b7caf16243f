// A certificate that nobody but itself has signed, made on the spot so that no private key lies about.

import { generateKeyPairSync, sign } from 'node:crypto';

const tags = { integer: 0x02, bits: 0x03, text: 0x0c, time: 0x17, sequence: 0x30, set: 0x31 } as const;
const ecdsaWithSha256 = Buffer.from('06082a8648ce3d040302', 'hex');
const commonName = Buffer.from('0603550403', 'hex');

/** One value of X.509's encoding (DER). */
function der(tag: number, ...content: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(content);
  const length = body.length < 128 ? [body.length] : [0x82, body.length >> 8, body.length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), body]);
}

/** Key and certificate of a server of that name, as PEM; valid until 2049. */
export function selfSigned(name: string): { key: string; cert: string } {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = der(tags.sequence, ecdsaWithSha256);
  const attribute = der(tags.sequence, commonName, der(tags.text, Buffer.from(name)));
  const subject = der(tags.sequence, der(tags.set, attribute));
  const [from, to] = ['200101000000Z', '491231235959Z'].map((time) => der(tags.time, Buffer.from(time)));
  const signed = der(
    tags.sequence,
    der(tags.integer, Buffer.from([1])),
    algorithm,
    subject,
    der(tags.sequence, from ?? Buffer.alloc(0), to ?? Buffer.alloc(0)),
    subject,
    publicKey.export({ type: 'spki', format: 'der' }),
  );
  const signature = der(tags.bits, Buffer.from([0]), sign('sha256', signed, privateKey));
  const lines =
    der(tags.sequence, signed, algorithm, signature)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`,
  };
}
