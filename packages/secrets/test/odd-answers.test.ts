import { describe, expect, it } from 'vitest'
import { type Page, ResourceNotFoundError, RestError, SecretClient, type SecretProperties } from '../src/index.js'
import { bundle, CountingCredential, errorBody, fakeVault } from './fake-vault.js'

const once = { allowInsecureConnection: true, retryOptions: { maxRetries: 0 } }

describe('an answer that no vault gives', () => {
  it('names the intermediary that gave it', async () => {
    const html = {
      status: 502,
      headers: { server: 'nginx', 'content-type': 'text/html' },
      body: '<h1>Bad Gateway</h1>',
    }
    await using vault = await fakeVault(() => html)
    await using client = new SecretClient(vault.url, new CountingCredential(), once)
    const error = await failure(client.getSecret('a'))
    expect(error).toBeInstanceOf(RestError)
    expect(error).toMatchObject({ statusCode: 502, code: 'BadGateway' })
    expect(error.message).toMatch(/intermediary.*nginx/)
  })

  it('is an error even if its status is 200', async () => {
    await using vault = await fakeVault(() => ({ headers: { via: '1.1 proxy' }, body: '<h1>Please sign in</h1>' }))
    await using client = new SecretClient(vault.url, new CountingCredential(), once)
    const error = await failure(client.getSecret('a'))
    expect(error).toMatchObject({ code: 'PARSE_ERROR', statusCode: 200 })
    expect(error.message).toContain('Via: 1.1 proxy')
    expect(error.message).not.toContain('sign in')
  })

  it('may be JSON and yet make no sense', async () => {
    await using vault = await fakeVault(() => ({ body: { value: 'nó id' } }))
    await using client = new SecretClient(vault.url, new CountingCredential(), once)
    expect(await failure(client.getSecret('a'))).toMatchObject({ code: 'PARSE_ERROR' })
    expect(await failure(Array.fromAsync(client.listPropertiesOfSecrets()))).toMatchObject({ code: 'PARSE_ERROR' })
    expect(await failure(client.backupSecret('a'))).toBeInstanceOf(Error)
  })

  it('keeps its class without a body', async () => {
    await using vault = await fakeVault(() => ({ status: 404 }))
    await using client = new SecretClient(vault.url, new CountingCredential(), once)
    expect(await failure(client.getSecret('a'))).toBeInstanceOf(ResourceNotFoundError)
  })

  it('may be for a request without a token, and no value is sent then', async () => {
    await using vault = await fakeVault(() => ({ body: bundle('a') }), { answerAll: true })
    await using client = new SecretClient(vault.url, new CountingCredential(), once)
    expect((await failure(client.setSecret('a', 'a secret value'))).message).toContain('no vault')
    expect(vault.seen.map(({ body }) => body)).toEqual([''])
  })
})

describe('a list', () => {
  it('goes on over empty pages', async () => {
    await using vault = await fakeVault(({ headers, url }) => {
      const next = (page: number) => `http://${headers.host}/secrets?api-version=7.6&$skiptoken=p${page}`
      if (url.endsWith('p1')) return { body: { value: [], nextLink: next(2) } }
      if (url.endsWith('p2')) return { body: { value: [bundle('b')], nextLink: null } }
      return { body: { value: [bundle('a')], nextLink: next(1) } }
    })
    await using client = new SecretClient(vault.url, new CountingCredential(), once)
    const names = (await Array.fromAsync(client.listPropertiesOfSecrets())).map(({ name }) => name)
    expect(names).toEqual(['a', 'b'])
    expect(vault.authorized.map(({ url }) => url)).toEqual([
      '/secrets?api-version=2025-07-01',
      '/secrets?api-version=7.6&$skiptoken=p1',
      '/secrets?api-version=7.6&$skiptoken=p2',
    ])
    const pages: Page<SecretProperties>[] = await Array.fromAsync(client.listPropertiesOfSecrets().byPage())
    expect(pages.map((page) => page.continuationToken !== undefined)).toEqual([true, true, false])
  })

  it('takes no token of another list', async () => {
    await using vault = await fakeVault(() => ({ body: { value: [], nextLink: null } }))
    await using client = new SecretClient(vault.url, new CountingCredential(), once)
    const token = `${vault.url}/deletedsecrets?api-version=7.6&$skiptoken=x`
    const pages = client.listPropertiesOfSecrets().byPage({ continuationToken: token })
    expect((await failure(pages.next())).code).toBe('BadNextLink')
  })
})

describe('a deletion', () => {
  it('is followed while the vault does not show it yet, and no longer', async () => {
    let gets = 0
    await using vault = await fakeVault(({ method }) => {
      const deleted = bundle('a', { recoveryId: 'https://dev.vault.localhost/deletedsecrets/a', deletedDate: 1 })
      if (method === 'DELETE') return { body: deleted }
      return ++gets < 3 ? { status: 404, body: errorBody('SecretNotFound') } : { body: deleted }
    })
    await using client = new SecretClient(vault.url, new CountingCredential(), once)
    const poller = await client.beginDeleteSecret('a', { intervalInMs: 5 })
    expect(poller).not.toHaveProperty('then')
    const states: unknown[] = []
    const stop = poller.onProgress(({ isCompleted }) => states.push(isCompleted))
    const result = await poller.pollUntilDone()
    stop()
    expect(states).toEqual([false, false, true])
    expect(poller.getResult()).toBe(result)
    expect(gets).toBe(3)
    await poller.poll()
    expect(gets).toBe(3)
  })

  it('counts as done when the caller may not look, and at once without soft delete', async () => {
    await using vault = await fakeVault(({ method, url }) => {
      if (method === 'GET') return { status: 403, body: errorBody('Forbidden', 'ForbiddenByPolicy') }
      return { body: bundle('a', url.includes('soft') ? { recoveryId: 'x' } : {}) }
    })
    await using client = new SecretClient(vault.url, new CountingCredential(), once)
    expect((await client.deleteSecretAndWait('soft')).recoveryId).toBe('x')
    const hard = await client.beginDeleteSecret('hard')
    expect(hard.isDone()).toBe(true)
    expect(hard.getResult()?.name).toBe('a')
  })

  it('can be left alone and taken up again', async () => {
    await using vault = await fakeVault(({ method }) =>
      method === 'DELETE'
        ? { body: bundle('a', { recoveryId: 'x' }) }
        : { status: 404, body: errorBody('SecretNotFound') },
    )
    await using client = new SecretClient(vault.url, new CountingCredential(), once)
    const poller = await client.beginDeleteSecret('a', { intervalInMs: 60_000 })
    const done = poller.pollUntilDone()
    expect(poller.isStopped()).toBe(false)
    setTimeout(() => poller.stopPolling(), 30)
    await expect(done).rejects.toMatchObject({ name: 'PollerStoppedError' })
    expect(poller.isStopped()).toBe(true)
    expect(poller.getResult()).toBeUndefined()
    await expect(poller.cancelOperation()).rejects.toThrow('cannot be cancelled')
    expect(JSON.parse(poller.toString()).state).toMatchObject({ name: 'a', isStarted: true, isCompleted: false })
    await expect(client.beginDeleteSecret('b', { resumeFrom: poller.toString() })).rejects.toThrow(TypeError)
    const waiting = poller.pollUntilDone({ abortSignal: AbortSignal.timeout(30) })
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' })
  })
})

describe('a recovery', () => {
  it('posts first, and reports every error of that', async () => {
    await using vault = await fakeVault(({ method }) => ({
      status: method === 'POST' ? 403 : 404,
      body: errorBody('Forbidden', 'ForbiddenByRbac'),
    }))
    await using client = new SecretClient(vault.url, new CountingCredential(), once)
    expect((await failure(client.beginRecoverDeletedSecret('a'))).statusCode).toBe(403)
    expect(vault.authorized.map(({ method }) => method)).toEqual(['POST'])
    expect(vault.authorized[0]?.headers).toMatchObject({ 'content-length': '0' })
    expect(vault.authorized[0]?.headers['content-type']).toBeUndefined()
  })

  it('of a secret that is nowhere is not found', async () => {
    await using vault = await fakeVault(() => ({ status: 404, body: errorBody('SecretNotFound') }))
    await using client = new SecretClient(vault.url, new CountingCredential(), once)
    expect(await failure(client.beginRecoverDeletedSecret('a'))).toBeInstanceOf(ResourceNotFoundError)
  })
})

async function failure(work: Promise<unknown>): Promise<RestError> {
  return work.then(
    () => expect.fail('nothing failed'),
    (error: RestError) => error,
  )
}
