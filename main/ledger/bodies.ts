/**
 * What requests and answers said, where that is recorded: apart from the exchanges, small and unreadable without the key.
 *
 * A conversation is sent again with every turn. So a body is cut into pieces at places that its content decides; what was
 * there before is cut as before, and each piece is kept once. A piece is compressed, then sealed with AES-256-GCM under a
 * nonce of its own; that it is known already is told by a keyed hash, which says nothing to whoever has the file alone.
 */
import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomFillSync } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { cut } from './pieces.ts';

export const bodyParts = ['request', 'answer'] as const;
export type BodyPart = (typeof bodyParts)[number];

export interface KeptBody {
  readonly requestId: string;
  readonly part: BodyPart;
  readonly bytes: Uint8Array;
  /** To be taken out of it, besides those that are known anyhow. */
  readonly secrets?: readonly string[] | undefined;
}

export interface StoredBody {
  readonly part: BodyPart;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** `undefined` when it cannot be opened: sealed with another key, or broken. */
  readonly bytes: Uint8Array | undefined;
}

export interface BodyKeys {
  readonly seal: Uint8Array;
  readonly tag: Uint8Array;
}

/** Two keys from one secret of the host, at least 16 random bytes. */
export function bodyKeys(secret: Uint8Array): BodyKeys {
  const derive = (purpose: string): Uint8Array => new Uint8Array(hkdfSync('sha256', secret, '', purpose, 32));
  return { seal: derive('sluice ledger bodies: seal'), tag: derive('sluice ledger bodies: tag') };
}

/** A body larger than this is a picture or a recording; the ledger is no place for it. */
export const maxBodyBytes = 32 * 1024 * 1024;
/** Pieces of one body in the order they stand; their ids take four bytes each. */
const idBytes = 4;
const nonceBytes = 12;
const sealBytes = 16;
/** Of SHA-256; half of it is beyond any chance. */
const tagBytes = 16;
/** What is compressed little is not worth the time it takes. */
const level = 3;
/** Some hundred kilobytes with their pieces: gone within a few milliseconds. */
const deletedAtOnce = 20;
/** The schema version that bodies came with. */
export const bodiesVersion = 4;

export interface Bodies {
  /** Keeps a body in one transaction; one that is there already is replaced. */
  keep(body: KeptBody, now: number): void;
  /** Deletes some that are older than this, with the pieces nothing else needs; `true` when there may be more. */
  deleteBefore(at: number): boolean;
  /** Deletes some of the oldest; `false` when there is none. */
  deleteOldest(): boolean;
}

export function createBodies(db: DatabaseSync, keys: BodyKeys | undefined): Bodies {
  const findPiece = db.prepare('SELECT id FROM body_pieces WHERE tag = ?');
  const addPiece = db.prepare('INSERT INTO body_pieces (tag, uses, sealed) VALUES (?, 1, ?)');
  const usePiece = db.prepare('UPDATE body_pieces SET uses = uses + 1 WHERE id = ?');
  const leavePiece = db.prepare('UPDATE body_pieces SET uses = uses - 1 WHERE id = ?');
  const removePiece = db.prepare('DELETE FROM body_pieces WHERE id = ? AND uses <= 0');
  const findBody = db.prepare('SELECT id, pieces FROM bodies WHERE request_id = ? AND part = ?');
  const addBody = db.prepare('INSERT INTO bodies (request_id, part, at, size, pieces) VALUES (?, ?, ?, ?, ?)');
  const removeBody = db.prepare('DELETE FROM bodies WHERE id = ?');
  const oldest = db.prepare(`SELECT id, pieces FROM bodies WHERE at < ? ORDER BY at, id LIMIT ${deletedAtOnce}`);

  function remove(row: Readonly<Record<string, unknown>>): void {
    for (const id of idsOf(row['pieces'])) {
      leavePiece.run(id);
      removePiece.run(id);
    }
    removeBody.run(Number(row['id']));
  }

  function keepPiece(piece: Uint8Array, { seal, tag }: BodyKeys): number {
    const name = createHmac('sha256', tag).update(piece).digest().subarray(0, tagBytes);
    const known = findPiece.get(name)?.['id'];
    if (typeof known === 'number') {
      usePiece.run(known);
      return known;
    }
    return Number(addPiece.run(name, sealPiece(piece, name, seal)).lastInsertRowid);
  }

  function deleteBefore(at: number): boolean {
    const rows = oldest.all(at);
    if (rows.length === 0) return false;
    inTransaction(db, () => rows.forEach(remove));
    return true;
  }

  return {
    keep({ requestId, part, bytes }, now) {
      if (keys === undefined || bytes.length > maxBodyBytes) return;
      inTransaction(db, () => {
        const before = findBody.get(requestId, part);
        if (before !== undefined) remove(before);
        const ids = cut(bytes).map((piece) => keepPiece(piece, keys));
        addBody.run(requestId, part, now, bytes.length, packIds(ids));
      });
    },
    deleteBefore,
    deleteOldest: () => deleteBefore(Number.MAX_SAFE_INTEGER),
  };
}

/** What is kept of an exchange, the request first. */
export function readBodies(db: DatabaseSync, keys: BodyKeys, requestId: string): StoredBody[] {
  const piece = db.prepare('SELECT tag, sealed FROM body_pieces WHERE id = ?');
  const rows = db.prepare('SELECT part, at, size, pieces FROM bodies WHERE request_id = ?').all(requestId);
  const bodies = rows.map((row): StoredBody => {
    const pieces = idsOf(row['pieces']).map((id) => {
      const found = piece.get(id);
      return found === undefined ? undefined : openPiece(found['sealed'], found['tag'], keys.seal);
    });
    const whole = pieces.every((one) => one !== undefined) ? Buffer.concat(pieces) : undefined;
    return {
      part: row['part'] === 'answer' ? 'answer' : 'request',
      at: Number(row['at']),
      bytes: whole?.length === row['size'] ? whole : undefined,
    };
  });
  return bodies.sort((a, b) => bodyParts.indexOf(a.part) - bodyParts.indexOf(b.part));
}

/** Nonce, seal, text. The tag is sealed with it, so that no piece can be put in the place of another. */
function sealPiece(piece: Uint8Array, tag: Uint8Array, key: Uint8Array): Uint8Array {
  const nonce = randomFillSync(new Uint8Array(nonceBytes));
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(tag);
  const params = { [constants.ZSTD_c_compressionLevel]: level };
  const text = Buffer.concat([cipher.update(zstdCompressSync(piece, { params })), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), text]);
}

function openPiece(sealed: unknown, tag: unknown, key: Uint8Array): Buffer | undefined {
  if (!(sealed instanceof Uint8Array) || !(tag instanceof Uint8Array)) return undefined;
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, nonceBytes), {
      authTagLength: sealBytes,
    }).setAAD(tag);
    decipher.setAuthTag(sealed.subarray(nonceBytes, nonceBytes + sealBytes));
    const packed = Buffer.concat([decipher.update(sealed.subarray(nonceBytes + sealBytes)), decipher.final()]);
    return zstdDecompressSync(packed, { maxOutputLength: maxBodyBytes });
  } catch {
    return undefined;
  }
}

function packIds(ids: readonly number[]): Uint8Array {
  const packed = Buffer.alloc(ids.length * idBytes);
  for (const [index, id] of ids.entries()) packed.writeUInt32LE(id, index * idBytes);
  return packed;
}

function idsOf(packed: unknown): number[] {
  if (!(packed instanceof Uint8Array)) return [];
  const view = Buffer.from(packed.buffer, packed.byteOffset, packed.byteLength);
  return Array.from({ length: Math.floor(view.length / idBytes) }, (_, index) => view.readUInt32LE(index * idBytes));
}

function inTransaction(db: DatabaseSync, work: () => void): void {
  db.exec('BEGIN IMMEDIATE');
  try {
    work();
    db.exec('COMMIT');
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}
