import { createCipheriv, createDecipheriv, type KeyObject, randomFillSync } from 'node:crypto'

/**
 * AES-256-GCM with a random 96-bit nonce: `nonce ‖ ciphertext ‖ tag`. The context is authenticated, not stored: what is
 * sealed in one place does not open in another. One key seals fewer than 2^32 boxes (NIST SP 800-38D, 8.3).
 */
export const boxOverhead = 12 + 16

const tagLength = { authTagLength: 16 }

// One call for many nonces: a single randomBytes(12) costs as much as sealing 200 bytes.
const noncePool = Buffer.alloc(12 * 256)
let nonceOffset = noncePool.length

function freshNonce(): Uint8Array {
  if (nonceOffset === noncePool.length) {
    randomFillSync(noncePool)
    nonceOffset = 0
  }
  nonceOffset += 12
  return noncePool.subarray(nonceOffset - 12, nonceOffset)
}

/** Seals `clear` after `header`, which goes before the box in clear and must be part of the context if it matters. */
export function sealBox(key: KeyObject, context: string, clear: Uint8Array | string, header?: Uint8Array): Buffer {
  const nonce = freshNonce()
  const cipher = createCipheriv('aes-256-gcm', key, nonce)
  cipher.setAAD(Buffer.from(context))
  const body = typeof clear === 'string' ? cipher.update(clear, 'utf8') : cipher.update(clear)
  cipher.final()
  return Buffer.concat(header ? [header, nonce, body, cipher.getAuthTag()] : [nonce, body, cipher.getAuthTag()])
}

/**
 * Opens a box that starts at `offset`.
 * @throws if the box or its context was changed, or the key is another one
 */
export function openBox(key: KeyObject, context: string, sealed: Uint8Array, offset = 0): Buffer {
  const end = sealed.length - 16
  if (end < offset + 12) throw new Error('a sealed box is cut short')
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(offset, offset + 12), tagLength)
  decipher.setAAD(Buffer.from(context))
  decipher.setAuthTag(sealed.subarray(end))
  const clear = decipher.update(sealed.subarray(offset + 12, end))
  decipher.final()
  return clear
}
