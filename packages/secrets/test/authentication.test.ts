import { inspect } from 'node:util'
import { beforeEach, describe, expect, it } from 'vitest'
import { forgetAllChallenges } from '../src/auth/challenge-cache.js'
import {
  ClientAuthenticationError,
  NetworkError,
  type PipelinePolicy,
  type RestError,
  SecretClient,
} from '../src/index.js'
import { bundle, CountingCredential, challenge, fakeVault } from './fake-vault.js'

const insecure = { allowInsecureConnection: true, retryOptions: { maxRetries: 0 } }
const claims = Buffer.from('{"access_token":{"nbf":{"essential":true,"value":"1"}}}').toString('base64')
const claimsChallenge = `Bearer realm="", error="insufficient_claims", claims="${claims}"`

beforeEach(forgetAllChallenges)

describe('the first request to a vault', () => {
  it('goes out without token and body, and the second with both', async () => {
    await using vault = await fakeVault(() => ({ body: bundle('a', { value: 'v' }) }))
    const credential = new CountingCredential()
    await using client = new SecretClient(vault.url, credential, insecure)
    await client.setSecret('a', 'a secret value', {
      requestOptions: { headers: { 'x-mine': 'kept', authorization: 'Bearer mine' } },
    })
    const [first, second] = vault.seen
    expect(first).toMatchObject({ method: 'PUT', body: '' })
    expect(first?.headers).toMatchObject({ 'content-length': '0', 'x-mine': 'kept' })
    expect(first?.headers.authorization).toBeUndefined()
    expect(second?.url).toBe(first?.url)
    expect(second?.body).toBe('{"value":"a secret value"}')
    expect(second?.headers).toMatchObject({ authorization: 'Bearer token-1', 'x-mine': 'kept' })
    expect(second?.headers['x-ms-client-request-id']).toBe(first?.headers['x-ms-client-request-id'])
  })

  it('asks the credential for what the challenge names', async () => {
    await using vault = await fakeVault(() => ({ body: bundle('a') }))
    const credential = new CountingCredential()
    await using client = new SecretClient(vault.url, credential, insecure)
    await client.getSecret('a')
    const [{ scope, options }] = credential.asked as [(typeof credential.asked)[0]]
    expect(scope).toBe('https://vault.localhost/.default')
    expect(options).toMatchObject({ tenantId: 'some-tenant', enableCae: true })
  })

  it('is made once for fifty at the same time, and for every client of the process', async () => {
    await using vault = await fakeVault(() => ({ body: bundle('a') }))
    const credential = new CountingCredential()
    await using client = new SecretClient(vault.url, credential, insecure)
    await Promise.all(Array.from({ length: 50 }, (_, i) => client.getSecret(`name-${i}`)))
    expect(vault.seen).toHaveLength(51)
    expect(credential.asked).toHaveLength(1)
    await using second = new SecretClient(vault.url.toUpperCase(), new CountingCredential(), insecure)
    await second.getSecret('a')
    expect(vault.seen).toHaveLength(52)
  })

  it('sends no value before the challenge is verified, however many write at once', async () => {
    await using vault = await fakeVault(() => ({ body: bundle('a') }))
    await using client = new SecretClient(vault.url, new CountingCredential(), insecure)
    await Promise.all(Array.from({ length: 20 }, (_, i) => client.setSecret(`name-${i}`, 'a secret value')))
    for (const { headers, body } of vault.seen) expect(body !== '').toBe(headers.authorization !== undefined)
  })

  it('fails for all who waited on it, each after an attempt of its own', async () => {
    await using vault = await fakeVault(() => 'hang up', { answerAll: true })
    await using client = new SecretClient(vault.url, new CountingCredential(), insecure)
    const results = await Promise.allSettled(Array.from({ length: 5 }, () => client.getSecret('a')))
    for (const result of results) expect(result).toMatchObject({ status: 'rejected', reason: expect.any(NetworkError) })
  })
})

describe('a challenge whose resource is no parent of the vault', () => {
  const foreign = 'Bearer authorization="https://login.test/t", resource="https://vault.azure.net"'
  const answering = ({ headers }: { headers: { authorization?: string | undefined } }) =>
    headers.authorization === undefined
      ? { status: 401, headers: { 'www-authenticate': foreign } }
      : { body: bundle('a') }

  it('is refused, and neither kept nor answered with a token', async () => {
    await using vault = await fakeVault(answering, { answerAll: true })
    const credential = new CountingCredential()
    await using client = new SecretClient(vault.url, credential, insecure)
    for (let i = 0; i < 2; i++) {
      const error = await failure(client.setSecret('a', 'a secret value'))
      expect(error).toBeInstanceOf(ClientAuthenticationError)
      expect(error.hint).toContain('disableChallengeResourceVerification')
    }
    expect(vault.seen).toHaveLength(2)
    expect(credential.asked).toHaveLength(0)
  })

  it('passes for a client that does not verify, and for that one only', async () => {
    await using vault = await fakeVault(answering, { answerAll: true })
    const trusting = { ...insecure, disableChallengeResourceVerification: true }
    await using client = new SecretClient(vault.url, new CountingCredential(), trusting)
    await client.getSecret('a')
    const credential = new CountingCredential()
    await using careful = new SecretClient(vault.url, credential, insecure)
    expect(await failure(careful.getSecret('a'))).toBeInstanceOf(ClientAuthenticationError)
    expect(credential.asked).toHaveLength(0)
  })
})

describe('a token that is refused', () => {
  it('is replaced by one with the claims that are asked for', async () => {
    await using vault = await fakeVault((_, count) =>
      count === 1
        ? { status: 401, headers: { 'www-authenticate': claimsChallenge } }
        : { body: bundle('a', { value: 'v' }) },
    )
    const credential = new CountingCredential()
    await using client = new SecretClient(vault.url, credential, insecure)
    await client.setSecret('a', 'v')
    expect(credential.asked[1]).toMatchObject({
      scope: 'https://vault.localhost/.default',
      options: { claims: Buffer.from(claims, 'base64').toString(), tenantId: 'some-tenant', enableCae: true },
    })
    expect(vault.authorized.map(({ headers }) => headers.authorization)).toEqual(['Bearer token-1', 'Bearer token-2'])
    expect(vault.authorized.map(({ body }) => body)).toEqual(['{"value":"v"}', '{"value":"v"}'])
    await client.getSecret('b')
    expect(vault.authorized.at(-1)).toMatchObject({
      method: 'GET',
      body: '',
      headers: { authorization: 'Bearer token-2' },
    })
  })

  it('is replaced when the claims come with a challenge of the usual kind', async () => {
    const both = `${challenge}, error="insufficient_claims", claims="${claims}"`
    await using vault = await fakeVault((_, count) =>
      count === 1 ? { status: 401, headers: { 'www-authenticate': both } } : { body: bundle('a') },
    )
    await using client = new SecretClient(vault.url, new CountingCredential(), insecure)
    await client.getSecret('a')
    expect(vault.authorized).toHaveLength(2)
  })

  it('is an error the third time', async () => {
    await using vault = await fakeVault(() => ({ status: 401, headers: { 'www-authenticate': claimsChallenge } }))
    await using client = new SecretClient(vault.url, new CountingCredential(), insecure)
    expect(await failure(client.getSecret('a'))).toBeInstanceOf(ClientAuthenticationError)
    expect(vault.seen).toHaveLength(3)
  })

  it('follows a vault that has moved to another tenant', async () => {
    let tenant = 'old'
    await using vault = await fakeVault(
      ({ headers }) => {
        if (headers.authorization === `Bearer ${tenant}`) return { body: bundle('a') }
        const header = `Bearer authorization="https://login.test/${tenant}", resource="https://vault.localhost"`
        return { status: 401, headers: { 'www-authenticate': header } }
      },
      { answerAll: true },
    )
    const credential = {
      getToken: async (_: unknown, options?: { tenantId?: string }) => ({
        token: options?.tenantId ?? '',
        expiresOnTimestamp: Date.now() + 3_600_000,
      }),
    }
    await using client = new SecretClient(vault.url, credential, insecure)
    await client.getSecret('a')
    tenant = 'new'
    await client.getSecret('a')
    expect(vault.seen).toHaveLength(4)
    await client.getSecret('a')
    expect(vault.seen).toHaveLength(5)
  })

  it('is dropped with its challenge, and not sent again, if the 401 says nothing', async () => {
    await using vault = await fakeVault((_, count) => (count === 1 ? { status: 401 } : { body: bundle('a') }))
    const credential = new CountingCredential()
    await using client = new SecretClient(vault.url, credential, insecure)
    const error = await failure(client.getSecret('a'))
    expect(error).toBeInstanceOf(ClientAuthenticationError)
    expect(error.statusCode).toBe(401)
    expect(vault.seen).toHaveLength(2)
    await client.getSecret('a')
    expect(vault.seen.map(({ headers }) => headers.authorization)).toEqual([
      undefined,
      'Bearer token-1',
      undefined,
      'Bearer token-2',
    ])
  })
})

describe('a policy of the caller', () => {
  it('may change the body, and sees no token', async () => {
    await using vault = await fakeVault(() => ({ body: bundle('a') }))
    const seen: (string | undefined)[] = []
    const policy: PipelinePolicy = {
      name: 'longer',
      sendRequest: (request, next) => {
        seen.push(request.headers.get('authorization'))
        request.body = '{"value":"a longer one, žluťoučký"}'
        return next(request)
      },
    }
    await using client = new SecretClient(vault.url, new CountingCredential(), {
      ...insecure,
      additionalPolicies: [{ policy, position: 'perCall' }],
    })
    await client.setSecret('a', 'short')
    expect(vault.authorized[0]?.body).toBe('{"value":"a longer one, žluťoučký"}')
    expect(seen).toEqual([undefined])
  })
})

describe('tokens', () => {
  it('are fetched anew in the background when they are about to expire', async () => {
    await using vault = await fakeVault(() => ({ body: bundle('a') }))
    const credential = new CountingCredential()
    credential.lifetimeInMs = 200_000
    await using client = new SecretClient(vault.url, credential, insecure)
    for (let i = 0; i < 4; i++) await client.getSecret('a')
    expect(credential.asked.length).toBeLessThanOrEqual(2)
  })

  it('never go to another host, by link, redirect or policy', async () => {
    await using stranger = await fakeVault(() => ({}), { answerAll: true })
    await using vault = await fakeVault((_, count) =>
      count === 1
        ? { status: 307, headers: { location: `${stranger.url}/secrets/a/` } }
        : { body: { value: [], nextLink: `http://127.0.0.1:${stranger.port}/secrets?api-version=7.6` } },
    )
    await using client = new SecretClient(vault.url, new CountingCredential(), insecure)
    expect((await failure(client.getSecret('a'))).statusCode).toBe(307)
    expect((await failure(Array.fromAsync(client.listPropertiesOfSecrets()))).code).toBe('BadNextLink')
    const policy: PipelinePolicy = {
      name: 'astray',
      sendRequest: (request, next) => next({ ...request, url: stranger.url }),
    }
    await using astray = new SecretClient(vault.url, new CountingCredential(), {
      ...insecure,
      additionalPolicies: [{ policy, position: 'perRetry' }],
    })
    expect((await failure(astray.getSecret('a'))).code).toBe('BadOrigin')
    expect(stranger.seen).toHaveLength(0)
  })

  it('print in no error', async () => {
    await using vault = await fakeVault(({ headers, body }) => ({
      status: 400,
      body: { error: { code: 'BadParameter', message: `got ${headers.authorization} and ${body}` } },
    }))
    await using client = new SecretClient(vault.url, new CountingCredential(), insecure)
    const error = await failure(client.setSecret('a', 'my "quoted" value'))
    const printed = inspect(error, { depth: 9, showHidden: true }) + error.stack
    expect(error.message).toContain('[secret]')
    expect(printed).not.toContain('token-1')
    expect(printed).not.toContain('quoted')
  })
})

async function failure(work: Promise<unknown>): Promise<RestError> {
  return work.then(
    () => expect.fail('nothing failed'),
    (error: RestError) => error,
  )
}
