import { expect, it } from 'vitest'
import { fakeVault } from '../../test/fake-vault.js'
import { fetchTransport } from './fetch-transport.js'
import { httpHeaders } from './headers.js'
import type { HttpRequest } from './message.js'

function request(url: string, changes: Partial<HttpRequest> = {}): HttpRequest {
  const headers = httpHeaders({ 'content-length': 0, 'x-mine': 'kept' })
  return { url, method: 'GET', headers, timeout: 5_000, requestId: '1', withCredentials: false, ...changes }
}

it('sends a request and reads its answer', async () => {
  await using server = await fakeVault(() => ({ status: 429, headers: { 'Retry-After': '7' }, body: 'text' }), {
    answerAll: true,
  })
  const url = `http://127.0.0.1:${server.port}/a?$b=c`
  const answer = await fetchTransport().send(request(url, { method: 'PUT', body: '"é"' }))
  expect(answer).toMatchObject({ status: 429, bodyAsText: 'text' })
  expect(answer.headers.get('retry-after')).toBe('7')
  expect(server.seen[0]).toMatchObject({ method: 'PUT', url: '/a?$b=c', body: '"é"', headers: { 'x-mine': 'kept' } })
})

it('follows no redirect', async () => {
  await using server = await fakeVault(() => ({ status: 307, headers: { location: '/elsewhere' } }), {
    answerAll: true,
  })
  expect((await fetchTransport().send(request(`http://127.0.0.1:${server.port}/`))).status).toBe(307)
  expect(server.seen).toHaveLength(1)
})

it('says why there is no answer', async () => {
  await using server = await fakeVault(() => new Promise(() => {}), { answerAll: true })
  const url = `http://127.0.0.1:${server.port}/`
  const { send } = fetchTransport()
  await expect(send(request(url, { timeout: 50 }))).rejects.toMatchObject({ code: 'ETIMEDOUT', requestSent: true })
  await expect(send(request(url, { abortSignal: AbortSignal.timeout(50) }))).rejects.toMatchObject({
    name: 'AbortError',
  })
  await expect(send(request('http://127.0.0.1:1/'))).rejects.toMatchObject({ name: 'RestError' })
})
