import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startVault, type TestVault } from '../src/start-vault.js'
import {
  type Body,
  type Call,
  contentsOf,
  deletedMessage,
  expectError,
  freshName,
  notFoundMessage,
  vaultCaller,
} from './wire.js'

let vault: TestVault
let call: Call
let before: string

beforeAll(async () => {
  vault = await startVault()
  call = vaultCaller(vault)
  await call('PUT', '/secrets/kept', { value: 'v', contentType: 'c', tags: { a: '1' }, attributes: { nbf: 1, exp: 2 } })
  await call('PUT', '/secrets/gone', { value: 'v' })
  await call('DELETE', '/secrets/gone')
})
afterAll(() => vault.close())
beforeEach(async () => {
  before = await contentsOf(call)
})

const invalid = 'Property has invalid value\r\n'

/** Refused with exactly this, and nothing in the vault has changed. */
async function refused(
  method: string,
  path: string,
  body: Body | undefined,
  message: string,
  headers?: Record<string, string>,
) {
  expectError(await call(method, path, body, headers), 400, 'BadParameter', message)
  expect(await contentsOf(call)).toBe(before)
}

describe('a name', () => {
  it.each([
    ['a_b', 'a_b'],
    ['a.b', 'a.b'],
    ['a%20b', 'a b'],
    ['a%2Fb', 'a/b'],
    ['%C3%A4', 'ä'],
    ['a%0Ab', 'a\nb'],
    ['a%00', 'a\0'],
    ['%zz', '%zz'],
    ['%ff', '%ff'],
    ['a%22b', 'a"b'],
    ['..', '..'],
    ['a+b', 'a+b'],
    ['a;b', 'a;b'],
    ['x'.repeat(128), 'x'.repeat(128)],
    ['x'.repeat(4_000), 'x'.repeat(4_000)],
  ])('may not be %s, in any operation', async (path, name) => {
    const message = `The request URI contains an invalid name: ${name}`
    await refused('PUT', `/secrets/${path}`, { value: 'v' }, message)
    await refused('GET', `/secrets/${path}`, undefined, message)
    await refused('GET', `/secrets/${path}/00000000000000000000000000000000`, undefined, message)
    await refused('PATCH', `/secrets/${path}/`, {}, message)
    await refused('DELETE', `/secrets/${path}`, undefined, message)
    await refused('GET', `/secrets/${path}/versions`, undefined, message)
    await refused('POST', `/secrets/${path}/backup`, undefined, message)
    await refused('GET', `/deletedsecrets/${path}`, undefined, message)
    await refused('POST', `/deletedsecrets/${path}/recover`, undefined, message)
    await refused('DELETE', `/deletedsecrets/${path}`, undefined, message)
  })
  it.each(['0', '-', '--', '9-a', 'A', 'x'.repeat(127)])('may be %s', async (name) => {
    const answer = await call('PUT', `/secrets/${name}`, { value: 'v' })
    expect(answer.bundle.id).toBe(`${vault.url}/secrets/${name}/${answer.version}`)
  })
})

describe('a value', () => {
  const tooLong = 'Secret is beyond the maximum permitted length of 25600 characters.'
  it('has up to 25,600 characters, whatever their length in bytes (U13)', async () => {
    for (const value of ['x'.repeat(25_600), '€'.repeat(25_600), '🔑'.repeat(12_800), '\0'.repeat(25_600)]) {
      const name = freshName()
      expect((await call('PUT', `/secrets/${name}`, { value })).status).toBe(200)
      expect((await call('GET', `/secrets/${name}`)).bundle.value).toBe(value)
    }
  })
  it('has no more than that (U13)', async () => {
    for (const value of ['x'.repeat(25_601), '€'.repeat(25_601), `${'🔑'.repeat(12_800)}x`]) {
      await refused('PUT', '/secrets/kept', { value }, tooLong)
      await refused('PUT', '/secrets/new', { value }, tooLong)
    }
  })
  it.each([
    '{}',
    '{"value":null}',
    '{"value":1}',
    '{"value":true}',
    '{"value":["v"]}',
    '{"value":{"v":1}}',
    '{"Value":"v"}',
    '',
  ])('must be a text, which %s does not hold', async (body) => {
    const message = 'The secret\'s value is missing: send it as the string "value".'
    await refused('PUT', '/secrets/kept', body, message)
    await refused('PUT', '/secrets/new', body, message)
  })
  it('that is null is missing (U6)', async () => {
    const message = 'The secret\'s value is missing: send it as the string "value".'
    await refused('PUT', '/secrets/new', '{"value":null}', message)
  })
  it('is not repeated when it is refused', async () => {
    const answer = await call('PUT', '/secrets/new', { value: `do-not-repeat${'x'.repeat(25_600)}` })
    expect(answer.text).not.toContain('do-not-repeat')
    const broken = await call('PUT', '/secrets/new', '{"value":"do-not-repeat"')
    expect([broken.status, broken.text.includes('do-not-repeat')]).toEqual([400, false])
  })
})

describe('a content type', () => {
  it('has up to 255 characters (U13)', async () => {
    const contentType = 'ü'.repeat(255)
    expect((await call('PUT', `/secrets/${freshName()}`, { value: 'v', contentType })).bundle.contentType).toBe(
      contentType,
    )
    const name = freshName()
    await call('PUT', `/secrets/${name}`, { value: 'v' })
    expect((await call('PATCH', `/secrets/${name}/`, { contentType })).bundle.contentType).toBe(contentType)
  })
  it.each([['x'.repeat(256)], [1], [true], [['a']], [{}]])('may not be %j (U13)', async (contentType) => {
    await refused('PUT', '/secrets/new', { value: 'v', contentType }, invalid)
    await refused('PATCH', '/secrets/kept/', { contentType }, invalid)
  })
})

describe('tags', () => {
  const tags = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`tag-${n}`, String(n)]))
  it('are up to 15, of up to 512 characters (U13)', async () => {
    for (const good of [tags(15), { ['n'.repeat(512)]: 'v'.repeat(512) }, { '': '' }, { 'ü"\\\n': '🔑' }]) {
      const name = freshName()
      expect((await call('PUT', `/secrets/${name}`, { value: 'v', tags: good })).bundle.tags).toEqual(good)
      await call('PUT', `/secrets/${name}`, { value: 'v' })
      expect((await call('PATCH', `/secrets/${name}/`, { tags: good })).bundle.tags).toEqual(good)
      expect((await call('GET', `/secrets/${name}`)).bundle.tags).toEqual(good)
    }
  })
  it('may have names that JavaScript objects know', async () => {
    const body = '{"value":"v","tags":{"__proto__":"a","constructor":"b","toString":"c"}}'
    const answer = await call('PUT', `/secrets/${freshName()}`, body)
    expect(answer.text).toContain('"tags":{"__proto__":"a","constructor":"b","toString":"c"}')
  })
  it.each<[unknown]>([
    [tags(16)],
    [{ ['n'.repeat(513)]: 'v' }],
    [{ n: 'v'.repeat(513) }],
    [{ n: null }],
    [{ n: 1 }],
    [{ n: true }],
    [{ n: ['v'] }],
    [{ n: {} }],
    [['v']],
    ['v'],
    [1],
    [true],
  ])('may not be %j (U6, U13)', async (bad) => {
    await refused('PUT', '/secrets/new', { value: 'v', tags: bad }, invalid)
    await refused('PATCH', '/secrets/kept/', { tags: bad }, invalid)
  })
})

describe('attributes', () => {
  it.each<[unknown]>([['v'], [1], [true], [['v']], [{ enabled: 'true' }], [{ enabled: 0 }], [{ enabled: [] }]])(
    'may not be %j',
    async (attributes) => {
      await refused('PUT', '/secrets/new', { value: 'v', attributes }, invalid)
      await refused('PATCH', '/secrets/kept/', { attributes }, invalid)
    },
  )
  it.each(['nbf', 'exp'])('%s is whole Unix seconds from 0 to the end of the year 9999 (U25)', async (member) => {
    for (const date of [0, 1, 2_147_483_648, 4_294_967_296, 32_503_680_000, 253_402_300_799]) {
      const attributes = { [member]: date }
      const name = freshName()
      expect((await call('PUT', `/secrets/${name}`, { value: 'v', attributes })).bundle.attributes).toMatchObject(
        attributes,
      )
      expect((await call('GET', `/secrets/${name}`)).bundle.attributes).toMatchObject(attributes)
    }
  })
  it.each(['nbf', 'exp'])('%s is nothing else (U25)', async (member) => {
    const message = `${member} must be whole Unix seconds from 0 to 253402300799.`
    for (const date of ['253402300800', '1e300', '1e400', '1.5', '"1"', '"2040-01-01"', 'true', '[1]', '{}']) {
      await refused('PUT', '/secrets/new', `{"value":"v","attributes":{"${member}":${date}}}`, message)
      await refused('PATCH', '/secrets/kept/', `{"attributes":{"${member}":${date}}}`, message)
    }
  })
  it.each([
    ['nbf', -1],
    ['exp', -2_085_978_496],
    ['exp', -1_856_058_368],
    ['exp', -769_665],
  ])(
    'a negative %s of %d is refused with the reason: a client that cuts dates to 32 bits (U25)',
    async (member, date) => {
      const attributes = { [member]: date }
      const message = `${member} is negative. A date after January 2038 arrives so from JavaScript clients that cut dates to 32 bits (@azure/keyvault-secrets 4.10 to 4.12): send it by another client, or set an earlier date.`
      await refused('PUT', '/secrets/new', { value: 'v', attributes }, message)
      await refused('PATCH', '/secrets/kept/', { attributes }, message)
    },
  )
})

describe('a body', () => {
  const operations = [
    ['PUT', '/secrets/new'],
    ['PATCH', '/secrets/kept/'],
    ['POST', '/secrets/restore'],
  ] as const

  it.each([
    '{',
    '{"value":"v"',
    '{"value":"v"}}',
    "{'value':'v'}",
    '{"value":"v",}',
    'value=v',
    '\ufeff{}',
    '{"value":"a\nb"}',
    `${'['.repeat(100_000)}`,
  ])('that is no JSON is refused: %j (U19)', async (body) => {
    for (const [method, path] of operations) await refused(method, path, body, 'The request body is no valid JSON.')
  })
  it.each(['[]', '["value"]', 'null', '"value"', '1', 'true', '[{"value":"v"}]'])(
    'that is no object is refused: %j (U19)',
    async (body) => {
      for (const [method, path] of operations) await refused(method, path, body, 'The request body is no JSON object.')
    },
  )
  it('that is no UTF-8 is refused', async () => {
    const broken = [[0xff], [0xc3], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf5, 0x80, 0x80, 0x80]]
    for (const bytes of broken) {
      const body = Buffer.concat([Buffer.from('{"value":"'), Buffer.from(bytes), Buffer.from('"}')])
      for (const [method, path] of operations) {
        await refused(method, path, body, 'The request body is no valid UTF-8.')
      }
    }
    const utf16 = Buffer.from('\ufeff{"value":"v"}', 'utf16le')
    await refused('PUT', '/secrets/new', utf16, 'The request body is no valid UTF-8.')
  })
  it('that holds half a surrogate pair is refused, wherever that is', async () => {
    const message = 'The request holds half of a surrogate pair, which is no Unicode text.'
    await refused('PUT', '/secrets/new', '{"value":"\\ud800"}', message)
    await refused('PUT', '/secrets/new', '{"value":"a\\udc00b"}', message)
    await refused('PUT', '/secrets/new', '{"value":"v","contentType":"\\ud83d"}', message)
    await refused('PUT', '/secrets/new', '{"value":"v","tags":{"\\ud83d":"a"}}', message)
    await refused('PATCH', '/secrets/kept/', '{"tags":{"a":"\\udd11"}}', message)
  })
  it('is read as JSON whatever its content type says (U19)', async () => {
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'application/json; charset=utf-16',
      'multipart/form-data',
      '*',
    ]) {
      const name = freshName()
      const set = await call('PUT', `/secrets/${name}`, '{"value":"ü"}', { 'Content-Type': type })
      expect(set.bundle.value).toBe('ü')
      expect((await call('PATCH', `/secrets/${name}/`, '{"contentType":"c"}', { 'Content-Type': type })).status).toBe(
        200,
      )
    }
    const name = freshName()
    expect((await call('PUT', `/secrets/${name}`, '{"value":"v"}')).status).toBe(200)
  })
  it('that is empty is an empty object: nothing to change, no value to set (U19)', async () => {
    const name = freshName()
    await call('PUT', `/secrets/${name}`, { value: 'v' })
    expect((await call('PATCH', `/secrets/${name}/`)).status).toBe(200)
    expect((await call('PATCH', `/secrets/${name}/`, '')).status).toBe(200)
    expect((await call('PUT', `/secrets/${name}`)).error.message).toContain('value is missing')
  })
  it('may come in chunks', async () => {
    const name = freshName()
    const answer = await call('PUT', `/secrets/${name}`, '{"value":"in chunks"}', { 'Transfer-Encoding': 'chunked' })
    expect(answer.bundle.value).toBe('in chunks')
  })
  it('where none is wanted is let pass', async () => {
    const name = freshName()
    await call('PUT', `/secrets/${name}`, { value: 'v' })
    expect((await call('GET', `/secrets/${name}`, 'garbage')).status).toBe(200)
    expect((await call('POST', `/secrets/${name}/backup`, 'garbage')).status).toBe(200)
    expect((await call('DELETE', `/secrets/${name}`, 'garbage')).status).toBe(200)
  })
  it('that gives a member twice means the last, as JSON is read everywhere', async () => {
    const name = freshName()
    expect((await call('PUT', `/secrets/${name}`, '{"value":"one","value":"two"}')).bundle.value).toBe('two')
  })

  const tooLarge = (limit: number) => `The request body is longer than the ${limit} bytes that this operation takes.`
  it('longer than anything legal is refused with 413, announced or in chunks, and the connection goes on', async () => {
    const limit = 4 * 1024 * 1024
    const body = JSON.stringify({ value: 'x'.repeat(limit) })
    for (const headers of [{}, { 'Transfer-Encoding': 'chunked' }]) {
      for (const [method, path] of operations.slice(0, 2)) {
        expectError(await call(method, path, body, headers), 413, 'RequestBodyTooLarge', tooLarge(limit))
      }
    }
    expect(await contentsOf(call)).toBe(before)
  })
  it('of a restore may be 128 MiB, and no longer', async () => {
    const limit = 128 * 1024 * 1024
    const body = Buffer.alloc(limit + 1, 0x20)
    expectError(await call('POST', '/secrets/restore', body), 413, 'RequestBodyTooLarge', tooLarge(limit))
  })
})

describe('what distinguishes an error', () => {
  it('stands in the inner code, which has no message (trap 14)', async () => {
    const conflict = await call('PUT', '/secrets/gone', { value: 'v' })
    expectError(conflict, 409, 'Conflict', deletedMessage('gone'), 'ObjectIsDeletedButRecoverable')
    await call('PUT', '/secrets/disabled', { value: 'v', attributes: { enabled: false } })
    const disabled = await call('GET', '/secrets/disabled')
    const message = 'Operation get is not allowed on a disabled secret.'
    expectError(disabled, 403, 'Forbidden', message, 'SecretDisabled')
  })
  it('is absent where the service has none', async () => {
    const answer = await call('GET', '/secrets/unknown')
    expectError(answer, 404, 'SecretNotFound', notFoundMessage('unknown'))
    expect(answer.error).not.toHaveProperty('innererror')
  })
})

it('no number of requests is told to wait, so none needs a Retry-After (U15)', async () => {
  const answers = await Promise.all(Array.from({ length: 1_000 }, () => call('GET', '/secrets/kept')))
  const statuses = new Set(answers.map(({ status }) => status))
  expect([...statuses]).toEqual([200])
  for (const { headers } of answers) expect(headers).not.toHaveProperty('retry-after')
})
