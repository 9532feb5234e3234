import { createSecretKey, type KeyObject, randomBytes } from 'node:crypto'
import type { RootKey } from './root-key.js'
import { openBox, sealBox } from './sealed-box.js'

/** A vault key as stored: wrapped by the root key. `number` tells a vault's keys apart. */
export interface WrappedVaultKey {
  readonly vault: string
  readonly number: number
  readonly wrapped: Uint8Array
}

/** The keys of all vaults, unwrapped in memory, so that a get never unwraps. */
export interface VaultKeys {
  has(vault: string): boolean
  /** The key that seals new values of a vault. */
  current(vault: string): { number: number; key: KeyObject }
  get(vault: string, number: number): KeyObject
  /** @throws if the key was changed, or wrapped for another vault or by another root key */
  add(wrapped: WrappedVaultKey): void
}

export function vaultKeys(root: RootKey): VaultKeys {
  const vaults = new Map<string, { current: { number: number; key: KeyObject }; all: Map<number, KeyObject> }>()
  const keysOf = (vault: string) => {
    const keys = vaults.get(vault)
    if (keys === undefined) throw new Error(`the vault "${vault}" has no key`)
    return keys
  }
  return {
    has: (vault) => vaults.has(vault),
    current: (vault) => keysOf(vault).current,
    get(vault, number) {
      const key = keysOf(vault).all.get(number)
      if (key === undefined) throw new Error(`the vault "${vault}" has no key ${number}`)
      return key
    },
    add({ vault, number, wrapped }) {
      const bytes = openBox(root.keyFor('vault-key'), context(vault, number), wrapped)
      const key = createSecretKey(bytes)
      bytes.fill(0)
      const keys = vaults.get(vault)
      if (keys === undefined) {
        vaults.set(vault, { current: { number, key }, all: new Map([[number, key]]) })
        return
      }
      keys.all.set(number, key)
      if (number > keys.current.number) keys.current = { number, key }
    },
  }
}

export function newVaultKey(root: RootKey, vault: string, number: number): WrappedVaultKey {
  const bytes = randomBytes(32)
  const wrapped = sealBox(root.keyFor('vault-key'), context(vault, number), bytes)
  bytes.fill(0)
  return { vault, number, wrapped }
}

const context = (vault: string, number: number) => `vault-key\0${vault}\0${number}`
