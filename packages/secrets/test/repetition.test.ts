import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { describe, expect, it } from 'vitest'
import {
  DeadlineExceededError,
  ForbiddenError,
  NetworkError,
  type RestError,
  SecretClient,
  ThrottledError,
} from '../src/index.js'
import { type Answer, bundle, CountingCredential, errorBody, fakeVault, type Seen } from './fake-vault.js'

const fast = { allowInsecureConnection: true, retryOptions: { retryDelayInMs: 5 } }

/** A vault that keeps one secret, and fails as the test says after (or instead of) storing. */
function storing(fail: (put: number) => 'before' | 'after' | undefined, failure: Answer | 'hang up') {
  const versions: Record<string, unknown>[] = []
  let puts = 0
  return {
    versions,
    answer({ method, body }: Seen): Answer | 'hang up' {
      if (method === 'GET') {
        return versions.length > 0
          ? { body: versions.at(-1) ?? {} }
          : { status: 404, body: errorBody('SecretNotFound') }
      }
      const when = fail(++puts)
      if (when === 'before') return failure
      const id = `https://dev.vault.localhost/secrets/a/${String(versions.length).padStart(32, '0')}`
      versions.push(bundle('a', { ...JSON.parse(body), id, attributes: bundle('a').attributes }))
      return when === 'after' ? failure : { body: versions.at(-1) ?? {} }
    },
  }
}

describe('a set whose answer is lost', () => {
  for (const [what, failure] of [
    ['503', { status: 503 }],
    ['503 with Retry-After', { status: 503, headers: { 'retry-after': '0' } }],
    ['broken connection', 'hang up'],
  ] as const) {
    it(`makes one version, and says that it is confirmed (${what} after storing)`, async () => {
      const store = storing((put) => (put === 1 ? 'after' : undefined), failure)
      await using vault = await fakeVault((request) => store.answer(request))
      await using client = new SecretClient(vault.url, new CountingCredential(), fast)
      const secret = await client.setSecret('a', 'v', { tags: { a: '1' }, contentType: 'x' })
      expect(secret.outcome).toBe('confirmed')
      expect(secret.value).toBe('v')
      expect(store.versions).toHaveLength(1)
    })

    it(`is repeated if nothing was stored (${what} before storing)`, async () => {
      const store = storing((put) => (put === 1 ? 'before' : undefined), failure)
      await using vault = await fakeVault((request) => store.answer(request))
      await using client = new SecretClient(vault.url, new CountingCredential(), fast)
      expect((await client.setSecret('a', 'v')).outcome).toBe('created')
      expect(store.versions).toHaveLength(1)
    })
  }

  it('is not taken for an earlier set of the same value by the same client', async () => {
    const store = storing((put) => (put === 2 ? 'before' : undefined), { status: 503 })
    await using vault = await fakeVault((request) => store.answer(request))
    await using client = new SecretClient(vault.url, new CountingCredential(), fast)
    await client.setSecret('a', 'same')
    expect((await client.setSecret('a', 'same')).outcome).toBe('created')
    expect(store.versions).toHaveLength(2)
  })

  it('is not taken for an older version of the same value', async () => {
    const old = bundle('a', { value: 'v', attributes: { enabled: true, created: 1_700_000_000 } })
    let puts = 0
    await using vault = await fakeVault(({ method }) => {
      if (method === 'GET') return { body: old }
      return ++puts === 1 ? { status: 500 } : { body: bundle('a', { value: 'v' }) }
    })
    await using client = new SecretClient(vault.url, new CountingCredential(), fast)
    expect((await client.setSecret('a', 'v')).outcome).toBe('created')
    expect(puts).toBe(2)
  })

  it('ends with an error that says so if the caller may not look', async () => {
    let puts = 0
    await using vault = await fakeVault(({ method }) => {
      if (method === 'GET') return { status: 403, body: errorBody('Forbidden', 'ForbiddenByRbac') }
      puts++
      return { status: 503 }
    })
    await using client = new SecretClient(vault.url, new CountingCredential(), fast)
    const error = await failure(client.setSecret('a', 'v'))
    expect(error.statusCode).toBe(503)
    expect(error.hint).toContain('unknown')
    expect(puts).toBe(1)
  })

  it('is repeated without looking on 429, which says that nothing was done', async () => {
    const store = storing((put) => (put < 3 ? 'before' : undefined), { status: 429 })
    await using vault = await fakeVault((request) => store.answer(request))
    await using client = new SecretClient(vault.url, new CountingCredential(), fast)
    await client.setSecret('a', 'v')
    expect(vault.authorized.map(({ method }) => method)).toEqual(['PUT', 'PUT', 'PUT'])
  })
})

describe('what is safe to repeat', () => {
  it('is repeated three times, on 429 without Retry-After too', async () => {
    await using vault = await fakeVault(() => ({ status: 429, body: errorBody('Throttled') }))
    await using client = new SecretClient(vault.url, new CountingCredential(), fast)
    const delays: number[] = []
    const error = await failure(
      client.getSecret('a', { hooks: { onRetry: ({ delayInMs }) => void delays.push(delayInMs) } }),
    )
    expect(error).toBeInstanceOf(ThrottledError)
    expect(vault.authorized).toHaveLength(4)
    expect(delays).toHaveLength(3)
  })

  it('waits as long as Retry-After says', async () => {
    await using vault = await fakeVault((_, count) =>
      count === 1 ? { status: 429, headers: { 'retry-after': '1' } } : { body: bundle('a') },
    )
    await using client = new SecretClient(vault.url, new CountingCredential(), fast)
    const began = performance.now()
    await client.getSecret('a')
    expect(performance.now() - began).toBeGreaterThan(980)
  })

  it('includes an update and a backup', async () => {
    await using vault = await fakeVault((request, count) => {
      if (count % 2 === 1) return 'hang up'
      return { body: request.url.includes('backup') ? { value: 'AQID' } : bundle('a') }
    })
    await using client = new SecretClient(vault.url, new CountingCredential(), fast)
    await client.updateSecretProperties('a', { enabled: true })
    expect(await client.backupSecret('a')).toEqual(new Uint8Array([1, 2, 3]))
  })

  it('takes a 404 after a lost answer for done: purge, delete, recover', async () => {
    await using vault = await fakeVault(({ method, url }, count) => {
      if (count === 1) return 'hang up'
      if (method === 'GET' && url.startsWith('/deletedsecrets/')) return { body: bundle('a', { recoveryId: 'x' }) }
      if (method === 'GET') return { body: bundle('a') }
      return { status: 404, body: errorBody('SecretNotFound') }
    })
    const work = async (act: (client: SecretClient) => Promise<unknown>) => {
      await using client = new SecretClient(vault.url, new CountingCredential(), fast)
      vault.authorized.length = 0
      return await act(client)
    }
    await work((client) => client.purgeDeletedSecret('a'))
    expect(await work((client) => client.deleteSecretAndWait('a'))).toMatchObject({ name: 'a' })
    expect(await work((client) => client.recoverDeletedSecretAndWait('a'))).toMatchObject({ name: 'a' })
  })

  it('takes a conflict after a lost answer for a restore that worked, if the very version is there', async () => {
    const id = bundle('a').id as string
    await using vault = await fakeVault(({ method }, count) => {
      if (count === 1) return 'hang up'
      if (method === 'GET') return { body: bundle('a') }
      return {
        status: 409,
        body: errorBody('Conflict', undefined, `There was a conflict restoring the secret '${id}'.`),
      }
    })
    await using client = new SecretClient(vault.url, new CountingCredential(), fast)
    expect(await client.restoreSecretBackup(new Uint8Array([1]))).toMatchObject({ id })
  })

  it('does not include a request of the caller’s own that may have changed something', async () => {
    await using vault = await fakeVault(() => ({ status: 503 }))
    await using client = new SecretClient(vault.url, new CountingCredential(), fast)
    await client.sendRequest({ url: '/secrets/a', method: 'PUT', body: { value: 'v' } })
    expect(vault.authorized).toHaveLength(1)
    await client.sendRequest({ url: '/secrets' })
    expect(vault.authorized).toHaveLength(5)
  })
})

describe('limits of time', () => {
  it('end an operation at its deadline, repetitions included', async () => {
    await using vault = await fakeVault(() => ({ status: 503 }))
    await using client = new SecretClient(vault.url, new CountingCredential(), {
      ...fast,
      retryOptions: { retryDelayInMs: 60_000 },
    })
    const began = performance.now()
    await failure(client.getSecret('a', { deadlineInMs: 100 }))
    expect(performance.now() - began).toBeLessThan(2_000)
  })

  it('end an operation that gets no answer', async () => {
    await using vault = await fakeVault(() => new Promise(() => {}))
    await using client = new SecretClient(vault.url, new CountingCredential(), fast)
    expect(await failure(client.getSecret('a', { deadlineInMs: 100 }))).toBeInstanceOf(DeadlineExceededError)
    const timedOut = await failure(client.setSecret('a', 'v', { requestOptions: { timeout: 50 }, deadlineInMs: 5_000 }))
    expect(timedOut).toBeInstanceOf(NetworkError)
    const controller = new AbortController()
    setTimeout(() => controller.abort(), 50)
    await expect(client.getSecret('a', { abortSignal: controller.signal })).rejects.toMatchObject({
      name: 'AbortError',
    })
    const pending = client.getSecret('a')
    setTimeout(() => client.close(), 50)
    await expect(pending).rejects.toMatchObject({ name: 'AbortError', message: 'The client was closed.' })
  })

  it('end an attempt that finds no connection', async () => {
    const silent = createTcpServer(() => {})
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    const { port } = silent.address() as AddressInfo
    await using client = new SecretClient(`https://dev.vault.localhost:${port}`, new CountingCredential(), {
      connectTimeoutInMs: 100,
      retryOptions: { maxRetries: 1, retryDelayInMs: 5 },
    })
    const error = await failure(client.getSecret('a'))
    silent.close()
    expect(error).toMatchObject({ code: 'ETIMEDOUT', requestSent: false })
  })
})

describe('a write right after', () => {
  it('a recovery waits while the vault still refuses', async () => {
    let sets = 0
    await using vault = await fakeVault(({ method, url }) => {
      if (method !== 'PUT') return { body: bundle('a') }
      return ++sets < 3
        ? { status: 409, body: errorBody('Conflict', 'ObjectIsBeingRecovered') }
        : { body: bundle('a', { value: url }) }
    })
    await using client = new SecretClient(vault.url, new CountingCredential(), fast)
    await client.recoverDeletedSecretAndWait('a')
    await client.setSecret('A', 'v')
    expect(sets).toBe(3)
    sets = 0
    const error = await failure(client.setSecret('b', 'v'))
    expect(error.innerCode).toBe('ObjectIsBeingRecovered')
  })

  it('a purge waits while the name is still held', async () => {
    let sets = 0
    await using vault = await fakeVault(({ method, url }) => {
      if (url.startsWith('/deletedsecrets')) return { status: method === 'DELETE' ? 204 : 404 }
      return ++sets < 2
        ? { status: 409, body: errorBody('Conflict', 'ObjectIsBeingDeleted') }
        : { body: bundle('a', { value: 'v' }) }
    })
    await using client = new SecretClient(vault.url, new CountingCredential(), fast)
    await client.purgeDeletedSecretAndWait('a')
    await client.setSecret('a', 'v')
    expect(sets).toBe(2)
  })
})

describe('a restore right after a purge', () => {
  it('waits while the name is still held', async () => {
    let restores = 0
    const id = bundle('a').id as string
    await using vault = await fakeVault(({ method, url }) => {
      if (url.startsWith('/deletedsecrets')) return { status: method === 'DELETE' ? 204 : 404 }
      const message = `There was a conflict restoring the secret '${id}'.`
      return ++restores < 2 ? { status: 409, body: errorBody('Conflict', undefined, message) } : { body: bundle('a') }
    })
    await using client = new SecretClient(vault.url, new CountingCredential(), fast)
    await client.purgeDeletedSecretAndWait('a')
    expect(await client.restoreSecretBackup(new Uint8Array([1]))).toMatchObject({ id })
  })
})

describe('a plain refusal', () => {
  it('is not repeated', async () => {
    await using vault = await fakeVault(() => ({ status: 403, body: errorBody('Forbidden', 'ForbiddenByFirewall') }))
    await using client = new SecretClient(vault.url, new CountingCredential(), fast)
    const error = await failure(client.getSecret('a'))
    expect(error).toBeInstanceOf(ForbiddenError)
    expect(error.hint).toContain('network rules')
    expect(vault.authorized).toHaveLength(1)
  })
})

async function failure(work: Promise<unknown>): Promise<RestError> {
  return work.then(
    () => expect.fail('nothing failed'),
    (error: RestError) => error,
  )
}
