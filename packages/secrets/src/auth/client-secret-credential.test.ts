import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { httpHeaders } from '../http/headers.js'
import { type HttpRequest, httpResponse } from '../http/message.js'
import { ClientSecretCredential, requestedClaims } from './client-secret-credential.js'

describe('ClientSecretCredential', () => {
  function authority(answer: (request: HttpRequest) => [number, unknown]) {
    const seen: HttpRequest[] = []
    const credential = new ClientSecretCredential('my-tenant', 'my-app', 'my-secret', {
      authorityHost: 'https://login.test/',
      retryOptions: { retryDelayInMs: 1 },
      httpClient: async (request) => {
        seen.push(request)
        const [status, body] = answer(request)
        return httpResponse(status, httpHeaders(), typeof body === 'string' ? body : JSON.stringify(body))
      },
    })
    return { seen, credential, form: (index: number) => Object.fromEntries(new URLSearchParams(seen[index]?.body)) }
  }

  it('asks the authority host, and keeps the token while it is good', async () => {
    const { seen, credential, form } = authority(() => [200, { access_token: 't', expires_in: 3600 }])
    const before = Date.now()
    const token = await credential.getToken('https://vault.test/.default')
    expect(token.token).toBe('t')
    expect(token.expiresOnTimestamp).toBeGreaterThanOrEqual(before + 3_600_000)
    await credential.getToken(['https://vault.test/.default'])
    expect(seen).toHaveLength(1)
    expect(seen[0]?.url).toBe('https://login.test/my-tenant/oauth2/v2.0/token')
    expect(form(0)).toEqual({
      grant_type: 'client_credentials',
      client_id: 'my-app',
      client_secret: 'my-secret',
      scope: 'https://vault.test/.default',
    })
  })

  it('asks in the tenant that the vault names, and for the claims it names', async () => {
    const { seen, credential, form } = authority(() => [200, { access_token: 't', expires_in: '3600' }])
    await credential.getToken('s', { tenantId: 'other-tenant', enableCae: true })
    await credential.getToken('s', { tenantId: 'other-tenant', enableCae: true, claims: '{"access_token":{"nbf":{}}}' })
    expect(seen[1]?.url).toContain('/other-tenant/')
    expect(JSON.parse(form(1).claims as string)).toEqual({ access_token: { nbf: {}, xms_cc: { values: ['cp1'] } } })
    await expect(credential.getToken('s', { tenantId: '../evil' })).rejects.toThrow(TypeError)
  })

  it('says why there is no token, and never the secret', async () => {
    const { credential } = authority(() => [
      401,
      { error: 'invalid_client', error_description: 'Wrong secret: my-secret\r\nTrace ID: 1' },
    ])
    const error = await credential.getToken('s').catch((reason: Error) => reason)
    expect(error).toMatchObject({ code: 'invalid_client', statusCode: 401 })
    expect((error as Error).message).toBe('No token from https://login.test: Wrong secret: [secret]')
    expect(inspect(credential, { depth: 9, showHidden: true }) + JSON.stringify(credential)).not.toContain('my-secret')
  })

  it('tries again when the authority is busy', async () => {
    const { seen, credential } = authority(() =>
      seen.length < 3 ? [503, ''] : [200, { access_token: 't', expires_in: 60 }],
    )
    await credential.getToken('s')
    expect(seen).toHaveLength(3)
  })

  it('takes an https authority only, and all three arguments', () => {
    for (const authorityHost of [
      'http://login.test',
      'https://login.test/path',
      'https://login.test\\@evil.test',
      'login',
    ]) {
      expect(() => new ClientSecretCredential('t', 'c', 's', { authorityHost }), authorityHost).toThrow(TypeError)
    }
    expect(() => new ClientSecretCredential('t', 'c', '')).toThrow('clientSecret')
  })
})

it('says that it can handle an early end of tokens only if asked to', () => {
  expect(requestedClaims(undefined, false)).toBeUndefined()
  expect(requestedClaims('{"id_token":{}}', false)).toBe('{"id_token":{}}')
  expect(requestedClaims(undefined, true)).toBe('{"access_token":{"xms_cc":{"values":["cp1"]}}}')
})
