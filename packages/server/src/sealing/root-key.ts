import { createSecretKey, hkdfSync, type KeyObject } from 'node:crypto'

/** What the root key is used for. Each purpose has a key of its own, so that none can stand in for another. */
export type RootPurpose = 'vault-key' | 'backup' | 'cursor' | 'installation'

export interface RootKey {
  /** Tells one root key from another, and nothing about it: 32 hexadecimal digits. */
  readonly id: string
  keyFor(purpose: RootPurpose): KeyObject
}

/**
 * @param bytes - 32 random bytes; overwritten
 * @see RFC 5869 for the derivation
 */
export function rootKey(bytes: Uint8Array): RootKey {
  if (bytes.length !== 32) throw new Error('a root key has 32 bytes')
  const derive = (info: string, length: number) =>
    Buffer.from(hkdfSync('sha256', bytes, '', `strongroom/1/${info}`, length))
  const purposes: RootPurpose[] = ['vault-key', 'backup', 'cursor', 'installation']
  const keys = new Map(purposes.map((purpose) => [purpose, createSecretKey(derive(purpose, 32))]))
  const id = derive('id', 16).toString('hex')
  bytes.fill(0)
  return { id, keyFor: (purpose) => keys.get(purpose) as KeyObject }
}
