import { randomUUID } from 'node:crypto'
import type { Hono } from 'hono'
import { decodeJwt, decodeProtectedHeader } from 'jose'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { migrate, type SqlDatabase } from '../store/sql.js'
import { authorityMigrations, sqlAuthorityStore } from '../store/sql-authority-store.js'
import { openSqlite } from '../store/sqlite.js'
import { type Applications, createApplications } from './applications.js'
import { createAuthorityApp, issuerOf } from './authority-app.js'
import type { Application } from './authority-store.js'
import { openSigningKeys, type SigningKeys } from './signing-keys.js'
import { createTokenIssuer } from './token-issuer.js'
import { createTokenVerifier, type TokenVerifier } from './token-verifier.js'

const authorityUrl = 'https://localhost:8443'
const tenantId = '11111111-1111-4111-8111-aaaaaaaaaaaa'
const issuer = issuerOf(authorityUrl, tenantId)
const audience = 'https://vault.localhost:8443'
const audiences = [audience, 'https://vault.localhost', 'https://vault.azure.net']

let database: SqlDatabase
let now: number
let keys: SigningKeys
let applications: Applications
let verifier: TokenVerifier
let app: Hono
let billing: Application
let secret: string
let header: string
let faults: unknown[]

beforeEach(async () => {
  now = 1_700_000_000_000
  faults = []
  database = openSqlite(':memory:')
  await migrate(database, 'authority', authorityMigrations)
  const store = sqlAuthorityStore(database)
  const clock = () => now
  const sealing = { seal: (_: string, bytes: Uint8Array) => bytes, open: (_: string, bytes: Uint8Array) => bytes }
  keys = await openSigningKeys({ store, sealing, now: clock, onChange: () => verifier?.forgetAll() })
  applications = createApplications({
    store,
    now: clock,
    onRemoved: (objectId) => store.removeRoleAssignmentsOf(objectId),
    onRevoked: () => verifier.forgetAll(),
  })
  verifier = createTokenVerifier({
    issuer,
    tenantId,
    audiences,
    keyOf: (kid) => keys.publicKeyOf(kid),
    principalExists: (objectId, clientId) => applications.principalExists(objectId, clientId),
    now: clock,
  })
  const tokens = createTokenIssuer({ keys, issuer, tenantId, now: clock })
  app = createAuthorityApp({
    ...{ authorityUrl, tenantId, audiences, applications, keys, tokens },
    now: clock,
    onFault: (error) => faults.push(error),
    failuresPerMinute: 3,
  })
  billing = await applications.create('billing')
  secret = (await applications.addSecret(billing.clientId, { name: 'first' })).value.reveal()
  header = (await applications.addManagedIdentityHeader(billing.clientId, { name: 'web' })).value.reveal()
})
afterEach(async () => {
  keys.close()
  await database.close()
})

type Form = Record<string, string | undefined>
const form = (changes: Form = {}) => {
  const fields = {
    client_id: billing.clientId,
    client_secret: secret,
    grant_type: 'client_credentials',
    scope: `${audience}/.default`,
    ...changes,
  }
  return Object.entries(fields).filter((pair): pair is [string, string] => pair[1] !== undefined)
}
const post = (body: string, headers: Record<string, string> = {}, tenant = tenantId, path = 'oauth2/v2.0/token') =>
  app.request(`/${tenant}/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    body,
  })
const askToken = (changes?: Form, headers?: Record<string, string>) =>
  post(new URLSearchParams(form(changes)).toString(), headers)
const json = async (response: Response | Promise<Response>) =>
  (await (await response).json()) as Record<string, unknown>

describe('discovery', () => {
  it('names the four things that clients need, all at the public origin', async () => {
    const response = await app.request(`/${tenantId}/v2.0/.well-known/openid-configuration`)
    expect(response.status).toBe(200)
    expect(await json(response)).toMatchObject({
      issuer: `${authorityUrl}/${tenantId}/v2.0`,
      token_endpoint: `${authorityUrl}/${tenantId}/oauth2/v2.0/token`,
      authorization_endpoint: `${authorityUrl}/${tenantId}/oauth2/v2.0/authorize`,
      jwks_uri: `${authorityUrl}/${tenantId}/discovery/v2.0/keys`,
    })
  })
  it('knows the tenant in upper case', async () => {
    expect((await app.request(`/${tenantId.toUpperCase()}/v2.0/.well-known/openid-configuration`)).status).toBe(200)
  })
  it.each(['/adfs/.well-known/openid-configuration', '/adfs/v2.0/.well-known/openid-configuration'])(
    'knows the tenant by its alias at %s',
    async (path) => {
      expect(await json(app.request(path))).toMatchObject({
        issuer,
        token_endpoint: `${authorityUrl}/adfs/oauth2/v2.0/token`,
      })
    },
  )
  it('says which tenant it has, where another is asked for', async () => {
    const response = await app.request(`/${randomUUID()}/v2.0/.well-known/openid-configuration`)
    expect(response.status).toBe(400)
    expect(await json(response)).toMatchObject({ error: 'invalid_tenant', error_codes: [90002] })
  })
  it.each([`/${tenantId}/discovery/v2.0/keys`, '/adfs/discovery/v2.0/keys', '/adfs/discovery/keys'])(
    'gives the public keys at %s',
    async (path) => {
      expect(await json(app.request(path))).toEqual(JSON.parse(JSON.stringify(keys.jwks())))
    },
  )
  it('answers in JSON where there is nothing', async () => {
    const response = await app.request('/nothing/here')
    expect(response.status).toBe(404)
    expect(await json(response)).toMatchObject({ error: 'invalid_request' })
  })
})

describe('a token request', () => {
  it('gets a token that the vault accepts', async () => {
    const response = await askToken()
    expect(response.status).toBe(200)
    expect(response.headers.get('cache-control')).toBe('no-store')
    const { access_token, ...rest } = await json(response)
    expect(rest).toEqual({ token_type: 'Bearer', expires_in: 1_800, ext_expires_in: 1_800 })
    expect(await verifier.verify(access_token as string)).toEqual({
      objectId: billing.objectId,
      appId: billing.clientId,
      issuer,
      tenantId,
      kind: 'app',
    })
  })
  it('gets the claims of the contract, and no more', async () => {
    const { access_token } = await json(askToken())
    const { kid } = keys.current()
    expect(decodeProtectedHeader(access_token as string)).toEqual({ typ: 'at+jwt', alg: 'RS256', kid })
    const { jti, ...claims } = decodeJwt(access_token as string)
    const at = now / 1000
    expect(jti).toMatch(/^[0-9a-f-]{36}$/)
    expect(claims).toEqual({
      ...{ iss: issuer, aud: audience, sub: billing.objectId, oid: billing.objectId, appid: billing.clientId },
      ...{ azp: billing.clientId, tid: tenantId, iat: at, nbf: at, exp: at + 1_800, ver: '2.0', idtyp: 'app' },
    })
  })
  it.each([
    [`${audience}/.default`, audience],
    [`${audience}//.default`, audience],
    ['https://vault.localhost/.default', 'https://vault.localhost'],
    ['https://vault.azure.net/.default', 'https://vault.azure.net'],
  ])('for %s gets a token for %s', async (scope, aud) => {
    const { access_token } = await json(askToken({ scope }))
    expect(decodeJwt(access_token as string).aud).toBe(aud)
  })
  it.each(['adfs', 'ADFS', tenantId.toUpperCase()])('is answered for the tenant %s', async (tenant) => {
    const body = new URLSearchParams(form()).toString()
    expect((await post(body, {}, tenant)).status).toBe(200)
    expect((await post(body, {}, tenant, 'oauth2/token')).status).toBe(200)
  })
  it('may carry its secret in a Basic header', async () => {
    const basic = Buffer.from(`${billing.clientId}:${encodeURIComponent(secret)}`).toString('base64')
    const asked = { client_id: undefined, client_secret: undefined }
    expect((await askToken(asked, { authorization: `Basic ${basic}` })).status).toBe(200)
    expect((await askToken({}, { authorization: `Basic ${basic}` })).status).toBe(400)
    const wrong = Buffer.from(`${billing.clientId}:wrong`).toString('base64')
    const response = await askToken(asked, { authorization: `Basic ${wrong}` })
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toBe('Basic')
  })
  it.each(['cp1', 'CP1'])('gets the capability %s into the token, when the claims ask for it', async (capability) => {
    const claims = JSON.stringify({ access_token: { xms_cc: { values: [capability] }, nbf: { essential: true } } })
    const { access_token } = await json(askToken({ claims }))
    expect(decodeJwt(access_token as string).xms_cc).toEqual(['cp1'])
  })
  it.each(['{}', 'garbage', '[]', 'null', '{"access_token":{"xms_cc":{"values":"cp1"}}}', '{"access_token":null}'])(
    'is not failed by the claims %s',
    async (claims) => {
      const { access_token } = await json(askToken({ claims }))
      expect(decodeJwt(access_token as string)).not.toHaveProperty('xms_cc')
    },
  )
  it('may hold fields that nobody knows', async () => {
    expect((await askToken({ 'x-client-sku': 'msal', client_info: '1' })).status).toBe(200)
  })

  it.each<[string, Form, number, string]>([
    ['without a grant', { grant_type: undefined }, 400, 'invalid_request'],
    ['for a password', { grant_type: 'password' }, 400, 'unsupported_grant_type'],
    ['for a code', { grant_type: 'authorization_code' }, 400, 'unsupported_grant_type'],
    ['for a refresh', { grant_type: 'refresh_token' }, 400, 'unsupported_grant_type'],
    ['for a device code', { grant_type: 'device_code' }, 400, 'unsupported_grant_type'],
    ['without a client', { client_id: undefined }, 400, 'invalid_request'],
    ['without a secret', { client_secret: undefined }, 400, 'invalid_request'],
    ['with an assertion', { client_secret: undefined, client_assertion: 'a.b.c' }, 401, 'invalid_client'],
    ['without a scope', { scope: undefined }, 400, 'invalid_scope'],
    ['for another resource', { scope: 'https://graph.microsoft.com/.default' }, 400, 'invalid_scope'],
    ['for a bare resource', { scope: audience }, 400, 'invalid_scope'],
    ['for two resources', { scope: `${audience}/.default https://vault.azure.net/.default` }, 400, 'invalid_scope'],
    ['with a wrong secret', { client_secret: 'wrong' }, 401, 'invalid_client'],
  ])('%s is refused', async (_, changes, status, error) => {
    const response = await askToken(changes)
    expect(response.status).toBe(status)
    expect(response.headers.get('cache-control')).toBe('no-store')
    const body = await json(response)
    expect(body).toMatchObject({ error, timestamp: '2023-11-14 22:13:20Z' })
    expect(body).toHaveProperty('error_description')
    expect(body).toHaveProperty('trace_id')
    expect(JSON.stringify(body)).not.toContain(secret)
  })
  it('says the same of an unknown client as of a wrong secret', async () => {
    const told = async (changes: Form) => {
      const { trace_id: _, correlation_id: __, ...body } = await json(askToken(changes))
      return body
    }
    const wrong = await told({ client_secret: 'wrong' })
    expect(await told({ client_id: randomUUID() })).toEqual(wrong)
    expect(await told({ client_id: 'no guid' })).toEqual(wrong)
  })
  it('repeats the correlation id of the client, if it is a GUID', async () => {
    const id = randomUUID()
    const told = async (sent: string) =>
      (await json(askToken({ scope: 'x' }, { 'client-request-id': sent }))).correlation_id
    expect(await told(id)).toBe(id)
    expect(await told('<script>')).not.toBe('<script>')
  })
  it('is refused when a field comes twice', async () => {
    const body = `${new URLSearchParams(form())}&scope=${encodeURIComponent('https://vault.azure.net/.default')}`
    expect(await json(post(body))).toMatchObject({ error: 'invalid_request' })
  })
  it('is refused in JSON, by GET, over 64 KB, and at another tenant', async () => {
    const asJson = await post(JSON.stringify(Object.fromEntries(form())), { 'content-type': 'application/json' })
    expect(asJson.status).toBe(415)
    const byGet = await app.request(`/${tenantId}/oauth2/v2.0/token`)
    expect([byGet.status, byGet.headers.get('allow')]).toEqual([405, 'POST'])
    const long = await askToken({ padding: 'x'.repeat(65_536) })
    expect([long.status, (await json(long)).error]).toEqual([413, 'invalid_request'])
    expect((await post(new URLSearchParams(form()).toString(), {}, 'common')).status).toBe(400)
  })
  it('that goes on failing is told to wait, and a right one is answered all the same', async () => {
    for (let n = 0; n < 3; n++) expect((await askToken({ client_secret: 'wrong' })).status).toBe(401)
    now += 15_000
    const tooMany = await askToken({ client_secret: 'wrong' })
    expect([tooMany.status, tooMany.headers.get('retry-after')]).toEqual([429, '45'])
    expect((await askToken()).status).toBe(200)
    expect((await askToken({ client_id: randomUUID() })).status).toBe(401)
    now += 45_000
    expect((await askToken({ client_secret: 'wrong' })).status).toBe(401)
  })
  it('meets a fault without learning of it more than that', async () => {
    await database.close()
    const response = await askToken()
    expect(response.status).toBe(500)
    expect(await json(response)).toMatchObject({
      error: 'server_error',
      error_description: 'The authority met a fault.',
    })
    expect(faults).toHaveLength(1)
    database = openSqlite(':memory:')
  })
})

describe('a token', () => {
  const aToken = async () => (await json(askToken())).access_token as string

  it('is refused as soon as its application is gone', async () => {
    const token = await aToken()
    await verifier.verify(token)
    await applications.remove(billing.clientId)
    expect(await verifier.verify(token)).toMatchObject({ message: 'Error validating token: principal' })
  })
  it('outlives the key that signed it', async () => {
    const token = await aToken()
    await keys.rotate()
    expect(await verifier.verify(token)).toHaveProperty('objectId')
    expect(await verifier.verify(await aToken())).toHaveProperty('objectId')
  })
})

describe('the managed-identity endpoint', () => {
  const ask = (query: Form = {}, headers: Record<string, string> = { 'x-identity-header': header }) => {
    const asked = { 'api-version': '2019-08-01', resource: audience, ...query }
    const pairs = Object.entries(asked).filter((pair): pair is [string, string] => pair[1] !== undefined)
    return app.request(`/msi/token?${new URLSearchParams(pairs)}`, { headers })
  }

  it('gives the application of the header a token', async () => {
    const response = await ask()
    expect(response.headers.get('cache-control')).toBe('no-store')
    const { access_token, ...rest } = await json(response)
    expect(rest).toEqual({
      expires_on: String(now / 1000 + 1_800),
      resource: audience,
      token_type: 'Bearer',
      client_id: billing.clientId,
    })
    expect(await verifier.verify(access_token as string)).toMatchObject({ objectId: billing.objectId })
  })
  it('takes the client id of the header only, and a resource with a slash', async () => {
    expect((await ask({ client_id: billing.clientId.toUpperCase() })).status).toBe(200)
    expect((await ask({ client_id: randomUUID() })).status).toBe(400)
    expect(await json(ask({ resource: `${audience}/` }))).toMatchObject({ resource: audience })
  })
  it('refuses another resource, another version, and whoever has no header', async () => {
    expect(await json(ask({ resource: 'https://graph.microsoft.com' }))).toMatchObject({ error: 'invalid_resource' })
    expect(await json(ask({ resource: undefined }))).toMatchObject({ error: 'invalid_request' })
    expect(await json(ask({ 'api-version': '2017-09-01' }))).toMatchObject({ error: 'invalid_request' })
    expect((await ask({}, {})).status).toBe(401)
    expect((await ask({}, { 'x-identity-header': secret })).status).toBe(401)
  })
  it('tells whoever goes on failing to wait', async () => {
    const wrong = () => ask({}, { 'x-identity-header': 'wrong' })
    for (let n = 0; n < 3; n++) expect((await wrong()).status).toBe(401)
    expect((await wrong()).headers.get('retry-after')).toBe('60')
    expect((await ask()).status).toBe(200)
  })
})

describe('the settings', () => {
  it.each(['http://localhost:8443', 'https://localhost:8443/', 'https://localhost/path', 'localhost'])(
    'refuse the origin %s',
    (url) => {
      const tokens = createTokenIssuer({ keys, issuer, tenantId, now: () => now })
      const needs = { tenantId, audiences, applications, keys, tokens, now: () => now }
      expect(() => createAuthorityApp({ ...needs, authorityUrl: url })).toThrow(TypeError)
    },
  )
  it.each([9, 61, Number.NaN])('refuse a token lifetime of %s minutes', (lifetimeMinutes) => {
    expect(() => createTokenIssuer({ keys, issuer, tenantId, now: () => now, lifetimeMinutes })).toThrow(RangeError)
  })
  it('take a token lifetime of 10 to 60 minutes', async () => {
    const tokens = createTokenIssuer({ keys, issuer, tenantId, now: () => now, lifetimeMinutes: 60 })
    expect((await tokens.issue({ application: billing, audience })).expiresOn).toBe(now / 1000 + 3_600)
  })
})
