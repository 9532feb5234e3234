import { createHmac, randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type CryptoKey,
  decodeJwt,
  exportSPKI,
  generateKeyPair,
  importJWK,
  type JWK,
  SignJWT,
  UnsecuredJWT,
} from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openSigningKeys } from '../src/authority/signing-keys.js'
import { installationSealing } from '../src/sealing/installation-sealing.js'
import { rootKey } from '../src/sealing/root-key.js'
import { startVault, type TestVault } from '../src/start-vault.js'
import { sqlAuthorityStore } from '../src/store/sql-authority-store.js'
import { openSqlite } from '../src/store/sqlite.js'
import {
  type Answer,
  type Credentials,
  dialogue,
  expectError,
  freshName,
  notFoundMessage,
  resourceOf,
  send,
  tokenFor,
  vaultCaller,
} from './wire.js'

let vault: TestVault
let folder: string
/** Unix milliseconds of the server's clock. */
let time: number
const seconds = () => Math.floor(time / 1000)
/** The authority's own key, so that what is wrong with a token can be its claims alone. */
let ours: { kid: string; privateKey: CryptoKey }
let theirs: { publicKey: CryptoKey; privateKey: CryptoKey }
let good: string
let claims: Record<string, unknown>

beforeAll(async () => {
  time = Date.now()
  folder = mkdtempSync(join(tmpdir(), 'strongroom-tokens-'))
  const bytes = randomBytes(32)
  vault = await startVault({ folder, rootKey: rootKey(Buffer.from(bytes)), clock: () => time })
  const database = openSqlite(join(folder, 'strongroom.db'))
  const sealing = installationSealing(rootKey(bytes))
  const keys = await openSigningKeys({ store: sqlAuthorityStore(database), sealing, now: () => time })
  ours = keys.current()
  keys.close()
  await database.close()
  theirs = await generateKeyPair('RS256')
})
afterAll(async () => {
  await vault.close()
  rmSync(folder, { recursive: true })
})
beforeEach(async () => {
  good = await tokenFor(vault)
  claims = decodeJwt(good)
})

const get = (path: string, headers: Record<string, string> = {}) => send(vault, { method: 'GET', path, headers })
const withToken = (token: string) => get('/secrets?api-version=7.4', { Authorization: `Bearer ${token}` })
function token(changes: Record<string, unknown> = {}, header: Record<string, string> = {}, key = ours.privateKey) {
  const payload = JSON.parse(JSON.stringify({ ...claims, ...changes })) as Record<string, unknown>
  return new SignJWT(payload).setProtectedHeader({ alg: 'RS256', typ: 'at+jwt', kid: ours.kid, ...header }).sign(key)
}

const missing = '{"error":{"code":"Unauthorized","message":"AKV10000: Request is missing a Bearer or PoP token."}}'
const plainChallenge = () =>
  `Bearer authorization="${vault.authorityUrl}/${vault.tenantId}", resource="${resourceOf(vault)}"`

describe('without a token', () => {
  it('the answer is a 401 with these 97 bytes and this header (trap 9)', async () => {
    const answer = await get('/secrets?api-version=7.4')
    expect(answer.status).toBe(401)
    expect(answer.text).toBe(missing)
    expect(Buffer.byteLength(answer.text)).toBe(97)
    expect(answer.headers['content-length']).toBe('97')
    expect(answer.headers['www-authenticate']).toBe(plainChallenge())
    expect(answer.rawHeaders.filter((header) => header.toLowerCase() === 'www-authenticate')).toHaveLength(1)
  })

  it('the challenge names a tenant of one lower-case segment, and a parent of the host with its port (trap 9)', async () => {
    const header = (await get('/secrets/a/?api-version=7.4')).headers['www-authenticate'] as string
    const [, authorization, resource] = /^Bearer authorization="([^"]+)", resource="([^"]+)"$/.exec(header) ?? []
    expect(authorization).toMatch(/^https:\/\/[^/]+\/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
    expect(resource).toBe(`https://vault.localhost:${vault.port}`)
    expect(new URL(vault.url).host.endsWith(`.${new URL(resource as string).host}`)).toBe(true)
  })

  it.each([
    ['PUT', '/secrets/a'],
    ['PATCH', '/secrets/a/'],
    ['POST', '/secrets/restore'],
    ['POST', '/secrets/a/backup'],
    ['DELETE', '/deletedsecrets/a'],
  ])('a first request without a body is not taken for a wrong one: %s %s (trap 1)', async (method, path) => {
    const headers = { 'Content-Type': 'application/json', 'Content-Length': '0' }
    const answer = await send(vault, { method, path: `${path}?api-version=7.4`, headers })
    expect([answer.status, answer.text]).toEqual([401, missing])
    expect(answer.headers['www-authenticate']).toBe(plainChallenge())
  })

  it.each(['garbage', '{"value":', '\xff\xfe', 'x'.repeat(5_000_000)])('a body is not looked at', async (body) => {
    const answer = await send(vault, { method: 'PUT', path: '/secrets/a?api-version=7.4', body })
    expect([answer.status, answer.text]).toEqual([401, missing])
  })

  it('the answer comes before any of the body has', async () => {
    const connection = await dialogue(vault)
    connection.say(
      'PUT /secrets/a?api-version=7.4 HTTP/1.1',
      `Host: ${new URL(vault.url).host}`,
      'Content-Type: application/json',
      'Content-Length: 1000000000',
      '',
    )
    const heard = await connection.hear(/token\."}}$/)
    expect(heard.startsWith('HTTP/1.1 401 ')).toBe(true)
    expect(heard.endsWith(missing)).toBe(true)
    connection.close()
  })

  it.each(['', 'Bearer', 'Bearer ', 'Basic abc', 'bearer', 'PoP abc', 'Token abc'])(
    'and with the header %j in its place it is the same',
    async (Authorization) => {
      const answer = await get('/secrets?api-version=7.4', { Authorization })
      expect([answer.status, answer.text]).toEqual([401, missing])
      expect(answer.headers['www-authenticate']).toBe(plainChallenge())
    },
  )
})

describe('a client that waits for 100 Continue', () => {
  const head = (name: string, length: number, ...more: string[]) => [
    `PUT /secrets/${name}?api-version=7.4 HTTP/1.1`,
    `Host: ${new URL(vault.url).host}`,
    'Expect: 100-continue',
    'Content-Type: application/json',
    `Content-Length: ${length}`,
    ...more,
    '',
  ]

  it('without a token is answered 401 and never told to go on', async () => {
    const connection = await dialogue(vault)
    connection.say(...head('a', 11))
    const heard = await connection.hear(/token\."}}$/)
    expect(heard.startsWith('HTTP/1.1 401 ')).toBe(true)
    expect(heard).not.toContain('100 Continue')
    connection.close()
  })

  it('without permission is answered 403 and never told to go on', async () => {
    const stranger = await vault.server.addApplication('stranger')
    const connection = await dialogue(vault)
    connection.say(...head('a', 11, `Authorization: Bearer ${await tokenFor(vault, stranger)}`))
    const heard = await connection.hear(/"ForbiddenByRbac"}}}$/)
    expect(heard.startsWith('HTTP/1.1 403 ')).toBe(true)
    expect(heard).not.toContain('100 Continue')
    connection.close()
  })

  it('with a token is told to go on, and its body is read', async () => {
    const name = freshName()
    const connection = await dialogue(vault)
    connection.say(...head(name, 15, `Authorization: Bearer ${good}`))
    expect(await connection.hear(/\r\n\r\n$/)).toBe('HTTP/1.1 100 Continue\r\n\r\n')
    connection.say('{"value":"abc"}')
    expect(await connection.hear(/}}$/)).toContain('HTTP/1.1 200 OK\r\n')
    connection.close()
    expect((await vaultCaller(vault)('GET', `/secrets/${name}`)).bundle.value).toBe('abc')
  })
})

describe('the order of checks', () => {
  let stranger: Credentials
  beforeAll(async () => {
    stranger = await vault.server.addApplication('another stranger')
  })
  const unknownVersion =
    'The specified version (1.0) is not recognized. Consider using the latest supported version (2026-04-01).'

  it('is host, token, vault, api-version, path and method, name, permission, query and body, state (U17)', async () => {
    const call = vaultCaller(vault)
    const asStranger = vaultCaller(vault, { credentials: stranger })
    const elsewhere = vaultCaller(vault, { vault: 'nowhere' })
    await call('PUT', '/secrets/order-deleted', { value: 'v' })
    await call('DELETE', '/secrets/order-deleted')
    const host = `nowhere.${new URL(resourceOf(vault)).host}`
    const worst = '/nothing/a_b?api-version=1.0&maxresults=0'

    const outside = await send(vault, { method: 'PUT', path: worst, host: 'dev.example' })
    expect([outside.status, outside.error.code]).toEqual([404, 'VaultNotFound'])
    const anonymous = await send(vault, { method: 'PUT', path: worst, host, body: '{' })
    expect([anonymous.status, anonymous.text]).toEqual([401, missing])
    const noVault = await elsewhere('PUT', worst, '{')
    expect([noVault.status, noVault.error.code]).toEqual([404, 'VaultNotFound'])
    expectError(await asStranger('PUT', worst, '{'), 400, 'BadParameter', unknownVersion)
    expect((await asStranger('PUT', '/nothing/a_b', '{')).error.code).toBe('NotFound')
    expectError(await asStranger('POST', '/secrets/a_b', '{'), 405, 'MethodNotAllowed', 'HTTP POST not allowed')
    const invalidName = 'The request URI contains an invalid name: a_b'
    expectError(await asStranger('PUT', '/secrets/a_b', '{'), 400, 'BadParameter', invalidName)
    const forbidden = await asStranger('PUT', '/secrets/order-deleted', '{')
    expect([forbidden.status, forbidden.error.innererror?.code]).toEqual([403, 'ForbiddenByRbac'])
    expect((await asStranger('GET', '/secrets?maxresults=0')).status).toBe(403)
    expectError(
      await call('PUT', '/secrets/order-deleted', '{'),
      400,
      'BadParameter',
      'The request body is no valid JSON.',
    )
    expect((await call('PUT', '/secrets/order-deleted', { value: 'v' })).status).toBe(409)
    const unknown = await call('GET', '/secrets/order-deleted')
    expectError(unknown, 404, 'SecretNotFound', notFoundMessage('order-deleted'))
  })
})

function expectRefused(answer: Answer, message: string): void {
  expectError(answer, 401, 'Unauthorized', message)
  const header = answer.headers['www-authenticate'] as string
  expect(header.startsWith(`${plainChallenge()}, error="insufficient_claims", claims="`)).toBe(true)
  const encoded = /, claims="([A-Za-z0-9+/]+)"$/.exec(header)?.[1] as string
  expect(encoded.length % 4).toBe(0)
  expect(JSON.parse(atob(encoded))).toEqual({
    access_token: { nbf: { essential: true, value: String(seconds()) } },
  })
}

describe('a token that is not acceptable', () => {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const publicKey = async () => {
    const path = `/${vault.tenantId}/discovery/v2.0/keys`
    const answer = await send(vault, { method: 'GET', path, host: new URL(vault.authorityUrl).host })
    const { keys } = answer.json as { keys: JWK[] }
    return (await importJWK(keys.find(({ kid }) => kid === ours.kid) as JWK, 'RS256')) as CryptoKey
  }
  const hmacSigned = async (typ: string) => {
    const signed = `${part({ alg: 'HS256', typ, kid: ours.kid })}.${part(claims)}`
    const key = (await exportSPKI(await publicKey())).trim()
    return `${signed}.${createHmac('sha256', key).update(signed).digest('base64url')}`
  }
  const reason = (text: string) => `Error validating token: ${text}`

  it.each<[string, () => string | Promise<string>, string]>([
    ['that has expired', () => token({ exp: seconds() - 61 }), reason('expired')],
    ['that is not yet valid', () => token({ nbf: seconds() + 120 }), reason('not yet valid')],
    ['of another key under our key id', () => token({}, {}, theirs.privateKey), reason('signature')],
    ['of an unknown key', () => token({}, { kid: 'unknown' }, theirs.privateKey), reason('unknown key')],
    ['whose payload was changed', () => good.replace(/\.[^.]+\./, `.${part({ ...claims, roles: ['x'] })}.`), reason('signature')],
    ['with alg none and no signature', () => new UnsecuredJWT(claims).encode(), reason('algorithm')],
    ['with alg none and our signature', () => good.replace(/^[^.]+/, part({ alg: 'none', typ: 'at+jwt', kid: ours.kid })), reason('algorithm')],
    ['signed by HMAC with the public key', () => hmacSigned('at+jwt'), reason('algorithm')],
    ['of a tenant that is not ours', () => token({ tid: '11111111-1111-4111-8111-111111111111' }), reason('principal')],
    ['of a principal that does not exist', () => token({ oid: '11111111-1111-4111-8111-111111111111' }), reason('principal')],
    ['that is an id token', () => token({}, { typ: 'JWT' }), reason('malformed')],
    ['without an expiry', () => token({ exp: undefined }), reason('malformed')],
    ['that is garbage', () => 'garbage', reason('malformed')],
    ['that is cut short', () => good.slice(0, -10), reason('signature')],
    ['of 15 KB', () => token({ filler: 'x'.repeat(10_000) }, {}, theirs.privateKey), reason('signature')],
    ['of 30 KB', () => token({ filler: 'x'.repeat(22_000) }), reason('malformed')],
  ])('%s is refused with the reason and a challenge for claims (U11, U21)', async (_, make, message) => {
    expectRefused(await withToken(await make()), message)
  }) // biome-ignore format: one case a line

  it('of another audience is told both, a slash at the end being another', async () => {
    for (const aud of [
      `${resourceOf(vault)}/`,
      vault.url,
      'https://management.azure.com',
      'https://vault.localhost/',
    ]) {
      const message = `AKV10022: Invalid audience. Expected ${resourceOf(vault)}, found: ${aud}.`
      expectRefused(await withToken(await token({ aud })), message)
    }
  })
  it('of another issuer is told both', async () => {
    const iss = 'https://sts.windows.net/11111111-1111-4111-8111-111111111111/'
    const expected = `${vault.authorityUrl}/${vault.tenantId}/v2.0`
    const message = `AKV10032: Invalid issuer. Expected one of ${expected}, found ${iss}.`
    expectRefused(await withToken(await token({ iss })), message)
    expectRefused(await withToken(await token({ iss }, { kid: 'theirs' }, theirs.privateKey)), message)
  })
  it('is never repeated in the answer', async () => {
    const secret = await token({}, {}, theirs.privateKey)
    const answer = await withToken(secret)
    for (const piece of secret.split('.')) expect(answer.text + answer.rawHeaders.join()).not.toContain(piece)
  })
  it('is refused before the body is looked at', async () => {
    const answer = await send(vault, {
      method: 'PUT',
      path: '/secrets/a?api-version=7.4',
      headers: { Authorization: 'Bearer garbage' },
      body: '{',
    })
    expectRefused(answer, reason('malformed'))
  })
})

describe('a token that is acceptable', () => {
  it.each(['https://vault.localhost', 'https://vault.azure.net'])('may be meant for %s', async (aud) => {
    expect((await withToken(await token({ aud }))).status).toBe(200)
    expect((await withToken(await tokenFor(vault, { scope: `${aud}/.default` }))).status).toBe(200)
  })
  it('may come with any case of the scheme', async () => {
    for (const scheme of ['bearer', 'BEARER', 'Bearer ']) {
      const answer = await get('/secrets?api-version=7.4', { Authorization: `${scheme} ${good}` })
      expect(answer.status).toBe(200)
    }
  })
  it('may be a minute early or late', async () => {
    expect((await withToken(await token({ exp: seconds() - 59 }))).status).toBe(200)
    expect((await withToken(await token({ nbf: seconds() + 60 }))).status).toBe(200)
  })
  it('was good, expires, and a fresh one got for the claims asked for is good again (U11)', async () => {
    expect((await withToken(good)).status).toBe(200)
    time += 31 * 60_000
    const refused = await withToken(good)
    expectRefused(refused, 'Error validating token: expired')
    const asked = atob(/claims="([^"]+)"/.exec(refused.headers['www-authenticate'] as string)?.[1] as string)
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: vault.clientId,
      client_secret: vault.clientSecret,
      scope: `${resourceOf(vault)}/.default`,
      claims: JSON.stringify({ access_token: { ...JSON.parse(asked).access_token, xms_cc: { values: ['cp1'] } } }),
    })
    const answer = await send(vault, {
      method: 'POST',
      path: `/${vault.tenantId}/oauth2/v2.0/token`,
      host: new URL(vault.authorityUrl).host,
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      body: form.toString(),
    })
    const fresh = (answer.json as { access_token: string }).access_token
    expect(decodeJwt(fresh).nbf).toBeGreaterThanOrEqual(
      Number((JSON.parse(asked) as { access_token: { nbf: { value: string } } }).access_token.nbf.value),
    )
    expect((await withToken(fresh)).status).toBe(200)
  })
  it('stays good when the signing key is replaced, and the new key signs the next', async () => {
    await vault.server.rotateSigningKey()
    expect((await withToken(good)).status).toBe(200)
    const next = await tokenFor(vault)
    expect(next.split('.')[0]).not.toBe(good.split('.')[0])
    expect((await withToken(next)).status).toBe(200)
  })
})

it('a client that goes on failing to get a token is told how many seconds to wait (U15)', async () => {
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: '11111111-1111-4111-8111-111111111111',
    client_secret: 'wrong',
    scope: `${resourceOf(vault)}/.default`,
  })
  const ask = () =>
    send(vault, {
      method: 'POST',
      path: `/${vault.tenantId}/oauth2/v2.0/token`,
      host: new URL(vault.authorityUrl).host,
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      body: form.toString(),
    })
  let answer = await ask()
  for (let failures = 1; answer.status === 401 && failures < 100; failures++) answer = await ask()
  expect(answer.status).toBe(429)
  expect(answer.headers['retry-after']).toMatch(/^[1-9]\d*$/)
  expect((await withToken(await tokenFor(vault))).status).toBe(200)
})
