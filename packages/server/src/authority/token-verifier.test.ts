import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { type CryptoKey, exportSPKI, generateKeyPair, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createTokenVerifier, type TokenVerifier } from './token-verifier.js'

const issuer = 'https://localhost:8443/11111111-1111-4111-8111-111111111111/v2.0'
const tenantId = '11111111-1111-4111-8111-111111111111'
const audience = 'https://vault.localhost:8443'
const start = 1_700_000_000
const claims = {
  iss: issuer,
  aud: audience,
  tid: tenantId,
  oid: 'object-1',
  sub: 'object-1',
  appid: 'app-1',
  iat: start,
  nbf: start,
  exp: start + 1_800,
}
const principal = { objectId: 'object-1', appId: 'app-1', issuer, tenantId, kind: 'app' }

let ours: { publicKey: CryptoKey; privateKey: CryptoKey }
let theirs: { publicKey: CryptoKey; privateKey: CryptoKey }
let seconds: number
let existing: Set<string>
let lookups: number
let verifier: TokenVerifier

beforeAll(async () => {
  ours = await generateKeyPair('RS256', { extractable: true })
  theirs = await generateKeyPair('RS256')
})
beforeEach(() => {
  seconds = start
  existing = new Set(['object-1'])
  lookups = 0
  verifier = createTokenVerifier({
    issuer,
    tenantId,
    audiences: [audience, 'https://vault.localhost', 'https://vault.azure.net'],
    keyOf: (kid) => (kid === 'k1' ? ours.publicKey : undefined),
    principalExists: async (objectId) => {
      lookups++
      return existing.has(objectId)
    },
    now: () => seconds * 1000,
    rememberedTokens: 3,
  })
})

function token(changes: JWTPayload = {}, header: Record<string, string> = {}, key = ours.privateKey): Promise<string> {
  const payload = JSON.parse(JSON.stringify({ ...claims, ...changes }))
  return new SignJWT(payload).setProtectedHeader({ alg: 'RS256', typ: 'at+jwt', kid: 'k1', ...header }).sign(key)
}
const refused = (reason: string) => ({ code: 'invalid', message: `Error validating token: ${reason}` })

describe('a token of ours', () => {
  it('names its principal, and costs no second check', async () => {
    const good = await token()
    expect(await verifier.verify(good)).toEqual(principal)
    expect(verifier.verify(good)).toEqual(principal)
    expect(lookups).toBe(1)
  })
  it.each(['https://vault.localhost', 'https://vault.azure.net'])('may be meant for %s', async (aud) => {
    expect(await verifier.verify(await token({ aud }))).toEqual(principal)
  })
  it('is accepted until a minute after its end, remembered or not', async () => {
    const good = await token()
    seconds = claims.exp + 59
    expect(await verifier.verify(good)).toEqual(principal)
    expect(verifier.verify(good)).toEqual(principal)
    seconds = claims.exp + 60
    expect(await verifier.verify(good)).toEqual(refused('expired'))
  })
  it('is accepted from a minute before its start', async () => {
    expect(await verifier.verify(await token({ nbf: start + 60 }))).toEqual(principal)
    expect(await verifier.verify(await token({ nbf: start + 61 }))).toEqual(refused('not yet valid'))
  })
  it('is looked at again once in a minute', async () => {
    const good = await token()
    await verifier.verify(good)
    seconds += 60
    existing.clear()
    expect(await verifier.verify(good)).toEqual(refused('principal'))
  })
  it('is refused at once when its principal is gone and all is forgotten', async () => {
    const good = await token()
    await verifier.verify(good)
    existing.clear()
    verifier.forgetAll()
    expect(await verifier.verify(good)).toEqual(refused('principal'))
  })
  it('is not remembered by a check that began before all was forgotten', async () => {
    const good = await token()
    const underway = verifier.verify(good)
    verifier.forgetAll()
    await underway
    existing.clear()
    expect(await verifier.verify(good)).toEqual(refused('principal'))
  })
  it('pushes out the oldest when too many are remembered', async () => {
    const tokens = await Promise.all([1, 2, 3, 4].map((n) => token({ jti: String(n) })))
    for (const one of tokens) await verifier.verify(one)
    expect(tokens.map((one) => verifier.verify(one) instanceof Promise)).toEqual([true, false, false, false])
  })
})

describe('a token that is not acceptable', () => {
  const hmacSigned = async () => {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const signed = `${part({ alg: 'HS256', typ: 'at+jwt', kid: 'k1' })}.${part(claims)}`
    return `${signed}.${createHmac('sha256', await exportSPKI(ours.publicKey))
      .update(signed)
      .digest('base64url')}`
  }
  const ps256 = async () => (await token()).replace(/^[^.]+/, () => header({ alg: 'PS256', typ: 'at+jwt', kid: 'k1' }))
  const header = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')

  it.each<[string, () => string | Promise<string>, object]>([
    ['without a signature', () => new UnsecuredJWT(claims).encode(), refused('algorithm')],
    [
      'with alg none',
      async () => (await token()).replace(/^[^.]+/, () => header({ alg: 'none', typ: 'at+jwt', kid: 'k1' })),
      refused('algorithm'),
    ],
    ['signed by HMAC with the public key', hmacSigned, refused('algorithm')],
    ['whose header names another RSA algorithm', ps256, refused('algorithm')],
    ['of another key under our key id', () => token({}, {}, theirs.privateKey), refused('signature')],
    ['of an unknown key', () => token({}, { kid: 'k2' }), refused('unknown key')],
    ['that is no access token', () => token({}, { typ: 'JWT' }), refused('malformed')],
    ['with a changed payload', async () => (await token()).replace(/\.[^.]+\./, `.${header({ ...claims, oid: 'object-2' })}.`), refused('signature')], // biome-ignore format: one case
    ['of a principal that does not exist', () => token({ oid: 'object-2' }), refused('principal')],
    ['of another tenant', () => token({ tid: 'other' }), refused('principal')],
    ['without an expiry', () => token({ exp: undefined } as unknown as JWTPayload), refused('malformed')],
    ['without a start', () => token({ nbf: undefined } as unknown as JWTPayload), refused('malformed')],
    ['without an issuer', () => token({ iss: undefined } as unknown as JWTPayload), refused('malformed')],
    ['without an audience', () => token({ aud: undefined } as unknown as JWTPayload), refused('malformed')],
    ['without a principal', () => token({ oid: undefined }), refused('malformed')],
    ['without an application', () => token({ appid: undefined }), refused('malformed')],
    ['with several audiences', () => token({ aud: [audience, 'https://elsewhere'] }), refused('malformed')],
    ['whose expiry is a text', () => token({ exp: '9999999999' } as unknown as JWTPayload), refused('malformed')],
    ['that ended long ago', () => token({ exp: start - 3_600 }), refused('expired')],
    ['of 100 KB', () => token({ roles: 'x'.repeat(100_000) }), refused('malformed')],
    ['that is garbage', () => 'garbage', refused('malformed')],
    ['that is empty', () => '', refused('malformed')],
  ])('%s is refused', async (_, make, refusal) => {
    expect(await verifier.verify(await make())).toEqual(refusal)
  })

  it.each(['https://vault.localhost:8443/', 'https://evil.vault.localhost', 'HTTPS://VAULT.AZURE.NET'])(
    'for %s is refused with the audience expected and the one found',
    async (aud) => {
      expect(await verifier.verify(await token({ aud }))).toEqual({
        code: 'AKV10022',
        message: `AKV10022: Invalid audience. Expected ${audience}, found: ${aud}.`,
      })
    },
  )
  it('of another issuer is refused with the issuer expected and the one found, whoever signed it', async () => {
    const iss = 'https://sts.windows.net/2222/'
    const refusal = {
      code: 'AKV10032',
      message: `AKV10032: Invalid issuer. Expected one of ${issuer}, found ${iss}.`,
    }
    expect(await verifier.verify(await token({ iss }))).toEqual(refusal)
    expect(await verifier.verify(await token({ iss }, { kid: 'theirs' }, theirs.privateKey))).toEqual(refusal)
  })
  it('does not get an unprintable or endless claim repeated', async () => {
    for (const iss of ['a\r\nb', 'x'.repeat(5_000)]) {
      expect(await verifier.verify(await token({ iss }, { kid: 'theirs' }))).toMatchObject({
        message: `AKV10032: Invalid issuer. Expected one of ${issuer}, found (none).`,
      })
    }
  })
  it('is refused again however often it comes', async () => {
    const bad = await token({}, {}, theirs.privateKey)
    for (let n = 0; n < 3; n++) expect(await verifier.verify(bad)).toEqual(refused('signature'))
  })
  it('of whatever text is refused, and its text not repeated', async () => {
    const part = fc.oneof(
      fc.string(),
      fc.base64String(),
      fc.json().map((json) => Buffer.from(json).toString('base64url')),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(part, { minLength: 1, maxLength: 5 }), async (parts) => {
        const text = parts.join('.')
        const result = await verifier.verify(text)
        expect(result).toHaveProperty('code')
        if (text.length > 20) expect(JSON.stringify(result)).not.toContain(text)
      }),
    )
  })
})

it('a failing store of principals is a fault, and no refusal', async () => {
  const broken = createTokenVerifier({
    issuer,
    tenantId,
    audiences: [audience],
    keyOf: () => ours.publicKey,
    principalExists: () => Promise.reject(new Error('the store is down')),
    now: () => start * 1000,
  })
  await expect(broken.verify(await token())).rejects.toThrow('the store is down')
})
