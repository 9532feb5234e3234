import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startVault, type TestVault } from '../src/start-vault.js'
import { version } from '../src/version.js'
import { type Answer, type Call, dialogue, send, vaultCaller } from './wire.js'

let vault: TestVault
let call: Call
let stranger: Call

beforeAll(async () => {
  vault = await startVault()
  call = vaultCaller(vault)
  stranger = vaultCaller(vault, { credentials: await vault.server.addApplication('stranger') })
  for (const name of ['shown', 'gone']) await call('PUT', `/secrets/${name}`, { value: 'ü' })
  await call('DELETE', '/secrets/gone')
})
afterAll(() => vault.close())

const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const anonymous = (path: string, headers: Record<string, string> = {}, host?: string) =>
  send(vault, { method: 'GET', path, headers, ...(host !== undefined && { host }) })

const answers: [string, number, () => Promise<Answer>][] = [
  ['a get', 200, () => call('GET', '/secrets/shown')],
  ['a purge', 204, () => call('DELETE', '/deletedsecrets/gone')],
  ['a wrong body', 400, () => call('PUT', '/secrets/shown', '{')],
  ['no token', 401, () => anonymous('/secrets?api-version=7.4')],
  ['a bad token', 401, () => anonymous('/secrets?api-version=7.4', { Authorization: 'Bearer garbage' })],
  ['no permission', 403, () => stranger('GET', '/secrets/shown')],
  ['an unknown secret', 404, () => call('GET', '/secrets/unknown')],
  ['an unknown path', 404, () => call('GET', '/unknown')],
  ['an unknown host', 404, () => anonymous('/secrets?api-version=7.4', {}, 'dev.example')],
  ['a wrong method', 405, () => call('POST', '/secrets')],
  ['a deleted name', 409, async () => {
    await call('PUT', '/secrets/held', { value: 'v' })
    await call('DELETE', '/secrets/held')
    return call('PUT', '/secrets/held', { value: 'v' })
  }],
  ['a body too long', 413, () => call('PUT', '/secrets/shown', 'x'.repeat(4 * 1024 * 1024 + 1))],
] // biome-ignore format: one case a line

describe('every answer has the headers of the service', () => {
  it.each(answers)('%s: %d', async (_, status, ask) => {
    const answer = await ask()
    expect(answer.status).toBe(status)
    const { headers } = answer
    expect(headers).toMatchObject({
      'cache-control': 'no-cache',
      pragma: 'no-cache',
      expires: '-1',
      'strict-transport-security': 'max-age=31536000;includeSubDomains',
      'x-content-type-options': 'nosniff',
      'x-ms-keyvault-region': 'local',
      'x-ms-keyvault-service-version': version,
      'x-ms-keyvault-network-info': 'conn_type=Ipv4;addr=127.0.0.1;act_addr_fam=InterNetwork;',
    })
    expect(headers['x-ms-request-id']).toMatch(guid)
    expect(new Date(headers.date as string).toUTCString()).toBe(headers.date)
    expect(headers['content-type']).toBe(status === 204 ? undefined : 'application/json; charset=utf-8')
    expect(headers['content-length']).toBe(status === 204 ? undefined : String(Buffer.byteLength(answer.text)))
    expect(headers['transfer-encoding']).toBeUndefined()
  })

  it('each once, and none besides that would tell of the server or of roles', async () => {
    const expected = [
      'cache-control',
      'connection',
      'content-length',
      'content-type',
      'date',
      'expires',
      'keep-alive',
      'pragma',
      'strict-transport-security',
      'x-content-type-options',
      'x-ms-keyvault-network-info',
      'x-ms-keyvault-region',
      'x-ms-keyvault-service-version',
      'x-ms-request-id',
    ]
    const { rawHeaders } = await call('GET', '/secrets/shown')
    expect(
      rawHeaders
        .filter((_, at) => at % 2 === 0)
        .map((name) => name.toLowerCase())
        .toSorted(),
    ).toEqual(expected)
  })
})

describe('what is no request', () => {
  it.each([
    ['garbage', 400, 'BadRequest', 'This is no HTTP request.', ['garbage', '', '']],
    ['headers too long', 431, 'RequestHeaderTooLarge', "The request's headers are longer than 65536 bytes.", ['GET / HTTP/1.1', `Authorization: Bearer ${'x'.repeat(70_000)}`, '']],
  ])('gets an answer that clients can parse: %s', async (_, status, code, message, lines) => {
    const connection = await dialogue(vault)
    connection.say(...lines)
    const heard = await connection.hear(/}}$/)
    expect(heard.startsWith(`HTTP/1.1 ${status} `)).toBe(true)
    expect(heard.endsWith(`\r\n\r\n${JSON.stringify({ error: { code, message } })}`)).toBe(true)
    expect(heard).toContain('\r\nContent-Type: application/json; charset=utf-8\r\n')
    expect(heard).toContain('\r\nx-ms-request-id: ')
    expect(heard).toContain('\r\nCache-Control: no-cache\r\n')
  }) // biome-ignore format: one case a line
  it('may lack a host, which is an unknown one then', async () => {
    const connection = await dialogue(vault)
    connection.say('GET /secrets HTTP/1.1', '')
    const heard = await connection.hear(/}}$/)
    expect(heard.startsWith('HTTP/1.1 404 ')).toBe(true)
    expect(heard).toContain('"code":"VaultNotFound"')
    connection.close()
  })
})

describe('the request id', () => {
  it('is new each time', async () => {
    const ids = new Set<unknown>()
    for (let n = 0; n < 50; n++) ids.add((await call('GET', '/secrets/shown')).headers['x-ms-request-id'])
    expect(ids.size).toBe(50)
  })
})

describe("the client's request id", () => {
  it.each(['b2a5b1f4-6f0e-4c1c-9f3a-0123456789ab', 'any-text_1', 'x'.repeat(128)])('%s comes back', async (id) => {
    const headers = { 'x-ms-client-request-id': id }
    expect((await call('GET', '/secrets/shown', undefined, headers)).headers).toMatchObject(headers)
    expect((await call('GET', '/secrets/unknown', undefined, headers)).headers).toMatchObject(headers)
    expect((await anonymous('/secrets?api-version=7.4', headers)).headers).toMatchObject(headers)
  })
  it('is absent where none was sent, or none that is safe to repeat', async () => {
    for (const headers of [{}, { 'x-ms-client-request-id': 'x'.repeat(129) }, { 'x-ms-client-request-id': '\u00e4' }]) {
      const answer = await call('GET', '/secrets/shown', undefined, headers)
      expect(answer.status).toBe(200)
      expect(answer.headers).not.toHaveProperty('x-ms-client-request-id')
    }
  })
})
