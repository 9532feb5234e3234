import {
  type CryptoKey,
  calculateJwkThumbprint,
  exportJWK,
  exportPKCS8,
  generateKeyPair,
  importJWK,
  importPKCS8,
  type JWK,
} from 'jose'
import type { AuthorityStore, StoredSigningKey } from './authority-store.js'
import { longestLifetimeMinutes } from './token-lifetime.js'

/** The authority's RSA keys: one signs, and those it replaced are known until their last token has ended. */
export interface SigningKeys {
  /** The key that signs. */
  current(): { readonly kid: string; readonly privateKey: CryptoKey }
  /** For verification. An unknown id is looked for in the store, as another process may have made the key. */
  publicKeyOf(kid: string): CryptoKey | undefined | Promise<CryptoKey | undefined>
  /** The public keys, as a JSON Web Key Set. */
  jwks(): { readonly keys: readonly JWK[] }
  /** Signs with a new key from now on. */
  rotate(): Promise<void>
  /** Ends the regular checks. */
  close(): void
}

export interface SigningKeysNeeds {
  readonly store: Pick<AuthorityStore, 'signingKeys' | 'replaceSigningKey' | 'dropRetiredSigningKeys'>
  readonly sealing: {
    seal(purpose: string, clear: Uint8Array): Uint8Array
    open(purpose: string, sealed: Uint8Array): Uint8Array
  }
  /** Milliseconds since 1970. */
  readonly now: () => number
  readonly rotateAfterDays?: number
  /** Called when a key has come or gone. */
  readonly onChange?: () => void
  /** Called when a regular check fails; the keys stay as they are, and the next check tries again. */
  readonly onFault?: (error: unknown) => void
}

const checkEveryMs = 60 * 60 * 1000
const lookAgainAfterMs = 5_000
const skewSeconds = 60

/** Opens the stored keys, makes the first one, and replaces one that is too old; then checks once an hour. */
export async function openSigningKeys(needs: SigningKeysNeeds): Promise<SigningKeys> {
  const { store, sealing, now, rotateAfterDays = 90 } = needs
  let signing: { kid: string; createdAt: number; privateKey: CryptoKey } | undefined
  let publicKeys = new Map<string, { key: CryptoKey; jwk: JWK; retiresAt: number | undefined }>()
  let lookedAt = Number.NEGATIVE_INFINITY
  let loading: Promise<void> = Promise.resolve()
  const seconds = () => Math.floor(now() / 1000)

  // One after the other, so that what was read earlier never replaces what was read later.
  function load(): Promise<void> {
    lookedAt = now()
    loading = loading.then(loadNow, loadNow)
    return loading
  }

  async function loadNow() {
    const stored = (await store.signingKeys()).filter(
      ({ retiresAt }) => retiresAt === undefined || retiresAt > seconds(),
    )
    const found: typeof publicKeys = new Map()
    for (const { kid, publicJwk, retiresAt } of stored) {
      const jwk = JSON.parse(publicJwk) as JWK
      const key = publicKeys.get(kid)?.key ?? ((await importJWK(jwk, 'RS256')) as CryptoKey)
      found.set(kid, { key, jwk, retiresAt })
    }
    const newest = stored.findLast(({ retiresAt }) => retiresAt === undefined)
    if (newest?.kid !== signing?.kid) signing = newest && (await unsealed(newest))
    const changed = found.size !== publicKeys.size || [...found.keys()].some((kid) => !publicKeys.has(kid))
    publicKeys = found
    if (changed) needs.onChange?.()
  }

  async function unsealed({ kid, createdAt, sealedPrivateKey }: StoredSigningKey) {
    const pem = Buffer.from(sealing.open(purposeOf(kid), sealedPrivateKey)).toString()
    return { kid, createdAt, privateKey: await importPKCS8(pem, 'RS256') }
  }

  async function rotate() {
    // WebCrypto makes the key on another thread: a hundred milliseconds in which requests go on.
    const { publicKey, privateKey } = await generateKeyPair('RS256', { modulusLength: 2048, extractable: true })
    const { kty, n, e } = await exportJWK(publicKey)
    const kid = await calculateJwkThumbprint({ kty, n, e } as JWK)
    const sealedPrivateKey = sealing.seal(purposeOf(kid), Buffer.from(await exportPKCS8(privateKey)))
    const publicJwk = JSON.stringify({ kty, n, e, kid, use: 'sig', alg: 'RS256' })
    const createdAt = seconds()
    await store.replaceSigningKey(
      { kid, createdAt, retiresAt: undefined, publicJwk, sealedPrivateKey },
      createdAt + retirementSeconds,
    )
    await load()
  }

  async function check() {
    await load()
    const oldest = seconds() - rotateAfterDays * 24 * 60 * 60
    if (signing === undefined || signing.createdAt <= oldest) await rotate()
    await store.dropRetiredSigningKeys(seconds())
  }

  await check()
  const timer = setInterval(() => check().catch((error) => needs.onFault?.(error)), checkEveryMs)
  timer.unref()

  const known = (kid: string) => {
    const found = publicKeys.get(kid)
    return found !== undefined && (found.retiresAt === undefined || found.retiresAt > seconds()) ? found : undefined
  }
  return {
    current() {
      if (signing === undefined) throw new Error('the authority has no signing key')
      return signing
    },
    publicKeyOf(kid) {
      const found = known(kid)
      if (found !== undefined) return found.key
      // Not for every token that anyone makes up.
      if (now() - lookedAt < lookAgainAfterMs) return undefined
      return load().then(() => known(kid)?.key)
    },
    jwks: () => ({ keys: [...publicKeys.keys()].flatMap((kid) => known(kid)?.jwk ?? []) }),
    rotate,
    close: () => clearInterval(timer),
  }
}

/**
 * A replaced key may sign for one more check, in a process that has not noticed; its last token then lives as long as a
 * token can. Reckoned by the longest lifetime, since the setting may have been another one when the token was issued.
 */
export const retirementSeconds = checkEveryMs / 1000 + longestLifetimeMinutes * 60 + skewSeconds

const purposeOf = (kid: string) => `signing-key ${kid}`
