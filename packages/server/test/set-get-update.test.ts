import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startVault, type TestVault } from '../src/start-vault.js'
import { type Call, expectError, freshName, notFoundMessage, vaultCaller } from './wire.js'

let vault: TestVault
let call: Call
/** Unix milliseconds of the server's clock. */
let time = Math.floor(Date.now() / 1000) * 1000
const seconds = () => time / 1000

beforeAll(async () => {
  vault = await startVault({ clock: () => time })
  call = vaultCaller(vault)
})
afterAll(() => vault.close())

const versionPattern = /^[0-9a-f]{32}$/
const attributesText = (more = '') =>
  `"attributes":{"enabled":true${more},"created":${seconds()},"updated":${seconds()},"recoveryLevel":"Recoverable+Purgeable","recoverableDays":90}`

describe('a set', () => {
  it('answers 200 for a first version as for any other (trap 11)', async () => {
    const name = freshName()
    expect((await call('PUT', `/secrets/${name}`, { value: 'one' })).status).toBe(200)
    expect((await call('PUT', `/secrets/${name}`, { value: 'two' })).status).toBe(200)
  })

  it('answers the bundle with its value, compactly, and nothing that is not set (trap 5)', async () => {
    const name = freshName()
    const answer = await call('PUT', `/secrets/${name}`, { value: 'v' })
    expect(answer.version).toMatch(versionPattern)
    expect(answer.text).toBe(`{"value":"v","id":"${vault.url}/secrets/${name}/${answer.version}",${attributesText()}}`)
  })

  it('answers every member that is set, in the order of the service', async () => {
    const name = freshName()
    const answer = await call('PUT', `/secrets/${name}`, {
      tags: { b: '2', a: '1' },
      attributes: { exp: 4102444800, nbf: 1, enabled: true },
      contentType: 'text/plain',
      value: 'v',
    })
    expect(answer.text).toBe(
      `{"value":"v","contentType":"text/plain","id":"${vault.url}/secrets/${name}/${answer.version}",${attributesText(',"nbf":1,"exp":4102444800')},"tags":{"b":"2","a":"1"}}`,
    )
  })

  it('makes a new version that inherits nothing (trap 12)', async () => {
    const name = freshName()
    const first = await call('PUT', `/secrets/${name}`, {
      value: 'one',
      contentType: 'text/plain',
      tags: { a: '1' },
      attributes: { enabled: false, nbf: 1, exp: 2 },
    })
    const second = await call('PUT', `/secrets/${name}`, { value: 'two' })
    expect(second.version).not.toBe(first.version)
    expect(second.text).toBe(
      `{"value":"two","id":"${vault.url}/secrets/${name}/${second.version}",${attributesText()}}`,
    )
  })

  it('leaves the versions before as they are', async () => {
    const name = freshName()
    const first = await call('PUT', `/secrets/${name}`, { value: 'one', tags: { a: '1' } })
    await call('PUT', `/secrets/${name}`, { value: 'two' })
    expect((await call('GET', `/secrets/${name}/${first.version}`)).text).toBe(first.text)
  })

  it('shows the value even of a version set disabled', async () => {
    const answer = await call('PUT', `/secrets/${freshName()}`, { value: 'v', attributes: { enabled: false } })
    expect(answer.bundle).toMatchObject({ value: 'v', attributes: { enabled: false } })
  })

  it('takes the empty text for a value (trap 13)', async () => {
    const name = freshName()
    const answer = await call('PUT', `/secrets/${name}`, { value: '' })
    expect(answer.status).toBe(200)
    expect(answer.text.startsWith('{"value":"","id":')).toBe(true)
    expect((await call('GET', `/secrets/${name}/`)).text).toBe(answer.text)
  })

  it.each([
    'plain',
    '"quoted"\\back/slash',
    'line\r\nfeed\ttab\0nul\u007f',
    'ümläut €',
    '𝄞🔑',
    '\u2028\u2029\ufeff',
    '{"json":"in json"}',
    '[secret]',
  ])('gives %j back as it came', async (value) => {
    const name = freshName()
    await call('PUT', `/secrets/${name}`, { value, contentType: value, tags: { [value]: value } })
    expect((await call('GET', `/secrets/${name}`)).bundle).toMatchObject({
      value,
      contentType: value,
      tags: { [value]: value },
    })
  })

  it('reads a body that escapes every character', async () => {
    const escaped = [...'pässword'].map((letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')
    const answer = await call('PUT', `/secrets/${freshName()}`, `{"value":"${escaped}"}`)
    expect(answer.bundle.value).toBe('pässword')
  })

  it('shows no tags member for an empty set of tags (U14)', async () => {
    const name = freshName()
    const answer = await call('PUT', `/secrets/${name}`, { value: 'v', tags: {} })
    expect(answer.status).toBe(200)
    expect(answer.bundle).not.toHaveProperty('tags')
    expect((await call('GET', `/secrets/${name}`)).bundle).not.toHaveProperty('tags')
    expect((await call('GET', `/secrets/${name}/versions`)).list.value[0]).not.toHaveProperty('tags')
  })

  it('takes an optional null for an absent member (U6)', async () => {
    const name = freshName()
    const answer = await call(
      'PUT',
      `/secrets/${name}`,
      '{"value":"v","contentType":null,"tags":null,"attributes":{"enabled":null,"nbf":null,"exp":null}}',
    )
    expect(answer.text).toBe(`{"value":"v","id":"${vault.url}/secrets/${name}/${answer.version}",${attributesText()}}`)
    const other = freshName()
    expect((await call('PUT', `/secrets/${other}`, '{"value":"v","attributes":null}')).status).toBe(200)
  })

  it('ignores members it does not know and attributes that cannot be written (U18)', async () => {
    const name = freshName()
    const answer = await call('PUT', `/secrets/${name}`, {
      value: 'v',
      id: 'https://elsewhere/secrets/x/y',
      managed: true,
      kid: 'k',
      unknown: { deep: [1, null] },
      attributes: { created: 1, updated: 2, recoveryLevel: 'Purgeable', recoverableDays: 1, unknown: true },
    })
    expect(answer.text).toBe(`{"value":"v","id":"${vault.url}/secrets/${name}/${answer.version}",${attributesText()}}`)
    const updated = await call('PATCH', `/secrets/${name}/`, {
      value: 'other',
      id: 'x',
      attributes: { created: 1, updated: 2, recoveryLevel: 'Purgeable', recoverableDays: 1 },
    })
    expect(updated.text).toBe(`{"id":"${vault.url}/secrets/${name}/${answer.version}",${attributesText()}}`)
    expect((await call('GET', `/secrets/${name}`)).bundle.value).toBe('v')
  })

  it('takes dates past, reversed and far away, which only inform (U7)', async () => {
    for (const attributes of [
      { exp: 1 },
      { nbf: 2_000_000_000, exp: 1_000_000_000 },
      { nbf: 5, exp: 5 },
      { nbf: 0, exp: 0 },
      { exp: 253_402_300_799, nbf: 253_402_300_799 },
      { exp: 32_503_680_000 },
    ]) {
      const name = freshName()
      expect((await call('PUT', `/secrets/${name}`, { value: 'v', attributes })).bundle.attributes).toMatchObject(
        attributes,
      )
      const got = await call('GET', `/secrets/${name}`)
      expect(got.bundle).toMatchObject({ value: 'v', attributes })
    }
  })
})

describe('a get', () => {
  it('answers the latest version without a version, with a slash at the end and without (trap 3)', async () => {
    const name = freshName()
    await call('PUT', `/secrets/${name}`, { value: 'one' })
    const { text } = await call('PUT', `/secrets/${name}`, { value: 'two' })
    expect((await call('GET', `/secrets/${name}/`)).text).toBe(text)
    expect((await call('GET', `/secrets/${name}`)).text).toBe(text)
  })

  it('answers an older version by its id, in either case of its digits (U20)', async () => {
    const name = freshName()
    const first = await call('PUT', `/secrets/${name}`, { value: 'one' })
    await call('PUT', `/secrets/${name}`, { value: 'two' })
    expect((await call('GET', `/secrets/${name}/${first.version}`)).text).toBe(first.text)
    expect((await call('GET', `/secrets/${name}/${first.version.toUpperCase()}`)).text).toBe(first.text)
    expect((await call('GET', `/secrets/${name}/${first.version}/`)).text).toBe(first.text)
  })

  it('answers 404 for what cannot be a version, and for one that is none (U20)', async () => {
    const name = freshName()
    const { version } = await call('PUT', `/secrets/${name}`, { value: 'v' })
    for (const other of ['1', 'latest', version.slice(1), `${version}0`, version.replace(/^./, 'g'), '0'.repeat(32)]) {
      for (const [method, body] of [['GET'], ['PATCH', {}]] as const) {
        const answer = await call(method, `/secrets/${name}/${other}`, body)
        expectError(answer, 404, 'SecretNotFound', notFoundMessage(`${name}/${other}`))
      }
    }
  })

  it('answers 404 for an unknown name, with and without a version', async () => {
    const version = '0'.repeat(32)
    expectError(await call('GET', '/secrets/unknown'), 404, 'SecretNotFound', notFoundMessage('unknown'))
    expectError(await call('GET', '/secrets/unknown/'), 404, 'SecretNotFound', notFoundMessage('unknown'))
    expectError(
      await call('GET', `/secrets/unknown/${version}`),
      404,
      'SecretNotFound',
      notFoundMessage(`unknown/${version}`),
    )
  })

  it('does not find a version under another name', async () => {
    const [one, other] = [freshName(), freshName()]
    const { version } = await call('PUT', `/secrets/${one}`, { value: 'v' })
    await call('PUT', `/secrets/${other}`, { value: 'v' })
    expect((await call('GET', `/secrets/${other}/${version}`)).status).toBe(404)
  })

  it('is refused on a disabled version only, and only by get (trap 10)', async () => {
    const name = freshName()
    const first = await call('PUT', `/secrets/${name}`, { value: 'one' })
    const second = await call('PUT', `/secrets/${name}`, { value: 'two', attributes: { enabled: false } })
    for (const path of [`/secrets/${name}`, `/secrets/${name}/`, `/secrets/${name}/${second.version}`]) {
      const message = 'Operation get is not allowed on a disabled secret.'
      expectError(await call('GET', path), 403, 'Forbidden', message, 'SecretDisabled')
    }
    expect((await call('GET', `/secrets/${name}/${first.version}`)).status).toBe(200)
    expect((await call('PATCH', `/secrets/${name}/`, { contentType: 'a' })).status).toBe(200)
    expect((await call('GET', `/secrets/${name}/versions`)).list.value).toHaveLength(2)
    expect((await call('POST', `/secrets/${name}/backup`)).status).toBe(200)
    expect((await call('DELETE', `/secrets/${name}`)).status).toBe(200)
  })

  it('is not kept from a secret that has expired or is not yet valid (trap 10)', async () => {
    const name = freshName()
    await call('PUT', `/secrets/${name}`, { value: 'v', attributes: { nbf: seconds() + 999, exp: seconds() - 999 } })
    expect((await call('GET', `/secrets/${name}`)).bundle.value).toBe('v')
  })

  it('finds a name in any case, and shows it as it was first written (trap 15, U12)', async () => {
    const name = freshName('Mixed-Case')
    const first = await call('PUT', `/secrets/${name}`, { value: 'one' })
    const second = await call('PUT', `/secrets/${name.toUpperCase()}`, { value: 'two' })
    expect(second.bundle.id).toBe(`${vault.url}/secrets/${name}/${second.version}`)
    const got = await call('GET', `/secrets/${name.toLowerCase()}/`)
    expect(got.text).toBe(second.text)
    expect((await call('PATCH', `/secrets/${name.toLowerCase()}/`, {})).bundle.id).toBe(second.bundle.id)
    const versions = (await call('GET', `/secrets/${name.toLowerCase()}/versions`)).list.value
    expect(versions.map(({ id }) => id).sort()).toEqual([first.bundle.id, second.bundle.id].sort())
    const version = 'f'.repeat(32)
    const missing = await call('GET', `/secrets/${name.toUpperCase()}/${version}`)
    expectError(missing, 404, 'SecretNotFound', notFoundMessage(`${name}/${version}`))
    const recovered = await call('POST', `/deletedsecrets/${name.toUpperCase()}/recover`)
    expectError(recovered, 404, 'SecretNotFound', `Deleted Secret not found: ${name}`)
    const deleted = await call('DELETE', `/secrets/${name.toUpperCase()}`)
    expect(deleted.bundle).toMatchObject({
      id: second.bundle.id,
      recoveryId: `${vault.url}/deletedsecrets/${name}`,
    })
    expect((await call('GET', `/deletedsecrets/${name.toLowerCase()}`)).text).toBe(deleted.text)
  })

  it('takes an outContentType it knows and returns the value as stored (U1)', async () => {
    const name = freshName()
    const set = await call('PUT', `/secrets/${name}?api-version=2025-07-01`, { value: 'v' })
    for (const type of ['application/x-pkcs12', 'application/x-pem-file', 'application%2Fx-pem-file']) {
      const answer = await call('GET', `/secrets/${name}/?api-version=2025-07-01&outContentType=${type}`)
      expect(answer.text).toBe(set.text)
    }
  })

  it('refuses an outContentType it does not know from 2025-07-01 on, and ignores it before (U1)', async () => {
    const name = freshName()
    await call('PUT', `/secrets/${name}`, { value: 'v' })
    for (const version of ['2025-07-01', '2026-04-01']) {
      for (const type of ['text/plain', '', 'APPLICATION/X-PEM-FILE']) {
        const answer = await call('GET', `/secrets/${name}/?api-version=${version}&outContentType=${type}`)
        expectError(answer, 400, 'BadParameter', 'Property has invalid value\r\n')
      }
    }
    for (const version of ['2016-10-01', '7.4', '7.6']) {
      const answer = await call('GET', `/secrets/${name}/?api-version=${version}&outContentType=text/plain`)
      expect(answer.bundle.value).toBe('v')
    }
  })
})

describe('an update', () => {
  it('changes the latest version, with a slash at the end and without (trap 3)', async () => {
    const name = freshName()
    const first = await call('PUT', `/secrets/${name}`, { value: 'one' })
    const second = await call('PUT', `/secrets/${name}`, { value: 'two' })
    for (const [path, contentType] of [
      [`/secrets/${name}/`, 'a'],
      [`/secrets/${name}`, 'b'],
    ] as const) {
      expect((await call('PATCH', path, { contentType })).bundle).toMatchObject({ contentType, id: second.bundle.id })
      expect((await call('GET', `/secrets/${name}/${second.version}`)).bundle.contentType).toBe(contentType)
    }
    expect((await call('GET', `/secrets/${name}/${first.version}`)).text).toBe(first.text)
  })

  it('changes an older version by its id, and that one alone', async () => {
    const name = freshName()
    const first = await call('PUT', `/secrets/${name}`, { value: 'one' })
    const second = await call('PUT', `/secrets/${name}`, { value: 'two' })
    const answer = await call('PATCH', `/secrets/${name}/${first.version}`, { tags: { a: '1' } })
    expect(answer.bundle).toMatchObject({ id: first.bundle.id, tags: { a: '1' } })
    expect((await call('GET', `/secrets/${name}`)).text).toBe(second.text)
  })

  it('answers the whole bundle without the value (trap 4)', async () => {
    const name = freshName()
    const { version } = await call('PUT', `/secrets/${name}`, { value: 'v' })
    const answer = await call('PATCH', `/secrets/${name}/`, {
      contentType: 'c',
      tags: { a: '1' },
      attributes: { nbf: 1, exp: 2 },
    })
    expect(answer.text).toBe(
      `{"contentType":"c","id":"${vault.url}/secrets/${name}/${version}",${attributesText(',"nbf":1,"exp":2')},"tags":{"a":"1"}}`,
    )
  })

  it('keeps what is absent, replaces tags as a whole, and moves only updated (trap 12)', async () => {
    const name = freshName()
    const set = await call('PUT', `/secrets/${name}`, {
      value: 'v',
      contentType: 'c',
      tags: { a: '1', b: '2' },
      attributes: { nbf: 1, exp: 2, enabled: false },
    })
    time += 5_000
    const answer = await call('PATCH', `/secrets/${name}/`, { tags: { d: '4' } })
    const { value: _, ...kept } = set.bundle
    expect(answer.bundle).toEqual({
      ...kept,
      tags: { d: '4' },
      attributes: { ...set.bundle.attributes, updated: seconds() },
    })
    const enabled = await call('PATCH', `/secrets/${name}/`, { attributes: { enabled: true } })
    expect(enabled.bundle).toEqual({
      ...answer.bundle,
      attributes: { ...answer.bundle.attributes, enabled: true },
    })
    expect((await call('GET', `/secrets/${name}`)).bundle).toEqual({ value: 'v', ...enabled.bundle })
  })

  it('moves updated even if it changes nothing (U26)', async () => {
    const name = freshName()
    const set = await call('PUT', `/secrets/${name}`, { value: 'v' })
    for (const body of [{}, '', { attributes: {} }]) {
      time += 1_000
      const answer = await call('PATCH', `/secrets/${name}/`, body)
      expect(answer.status).toBe(200)
      expect(answer.bundle.attributes).toEqual({ ...set.bundle.attributes, updated: seconds() })
      expect((await call('GET', `/secrets/${name}`)).bundle.attributes.updated).toBe(seconds())
    }
  })

  it.each([
    ['tags', '{"tags":{}}'],
    ['tags', '{"tags":null}'],
    ['contentType', '{"contentType":""}'],
    ['contentType', '{"contentType":null}'],
    ['nbf', '{"attributes":{"nbf":null}}'],
    ['exp', '{"attributes":{"exp":null}}'],
  ])('clears %s by %s, and nothing else (U6)', async (member, body) => {
    const name = freshName()
    const set = await call('PUT', `/secrets/${name}`, {
      value: 'v',
      contentType: 'c',
      tags: { a: '1' },
      attributes: { nbf: 1, exp: 2 },
    })
    const { value: _, ...expected } = structuredClone(set.bundle)
    delete (expected as Record<string, unknown>)[member]
    delete (expected.attributes as Record<string, unknown>)[member]
    expect((await call('PATCH', `/secrets/${name}/`, body)).bundle).toEqual(expected)
    expect((await call('GET', `/secrets/${name}`)).bundle).toEqual({ value: 'v', ...expected })
  })

  it.each(['{"attributes":{"enabled":null}}', '{"attributes":null}'])(
    'keeps the attributes on %s (U6)',
    async (body) => {
      const name = freshName()
      const attributes = { enabled: false, nbf: 1, exp: 2 }
      await call('PUT', `/secrets/${name}`, { value: 'v', attributes })
      expect((await call('PATCH', `/secrets/${name}/`, body)).bundle.attributes).toMatchObject(attributes)
    },
  )

  it('works on a disabled secret (trap 10)', async () => {
    const name = freshName()
    await call('PUT', `/secrets/${name}`, { value: 'v', attributes: { enabled: false } })
    const answer = await call('PATCH', `/secrets/${name}/`, { attributes: { exp: 4102444800 } })
    expect(answer.bundle.attributes).toMatchObject({ enabled: false, exp: 4102444800 })
    await call('PATCH', `/secrets/${name}/`, { attributes: { enabled: true } })
    expect((await call('GET', `/secrets/${name}`)).bundle.value).toBe('v')
  })

  it('answers 404 for an unknown name, and makes nothing', async () => {
    expectError(await call('PATCH', '/secrets/unknown/', {}), 404, 'SecretNotFound', notFoundMessage('unknown'))
    expect((await call('GET', '/secrets/unknown')).status).toBe(404)
  })
})

describe('what an api-version shows', () => {
  const recovery = { recoveryLevel: 'Recoverable+Purgeable' }
  it.each([
    ['2016-10-01', recovery, false],
    ['7.0', recovery, false],
    ['7.1', { ...recovery, recoverableDays: 90 }, false],
    ['7.6', { ...recovery, recoverableDays: 90 }, false],
    ['2025-07-01', { ...recovery, recoverableDays: 90 }, true],
    ['2026-04-01', { ...recovery, recoverableDays: 90 }, true],
    ['2031-01-01-preview', { ...recovery, recoverableDays: 90 }, true],
  ])('at %s in every kind of bundle and item (U2, U23)', async (apiVersion, attributes, previousVersion) => {
    const at = vaultCaller(vault, { apiVersion })
    const name = freshName()
    const dates = { enabled: true, created: seconds(), updated: seconds() }
    const first = await at('PUT', `/secrets/${name}`, { value: 'one' })
    const second = await at('PUT', `/secrets/${name}`, { value: 'two', tags: { a: '1' } })
    const previous = previousVersion ? { previousVersion: first.bundle.id } : {}
    const bundle = { id: second.bundle.id, attributes: { ...dates, ...attributes }, tags: { a: '1' }, ...previous }
    const { id, ...members } = bundle

    expect(first.bundle).toEqual({ value: 'one', id: first.bundle.id, attributes: { ...dates, ...attributes } })
    expect(second.bundle).toEqual({ value: 'two', ...bundle })
    if (previousVersion) expect(second.text.endsWith(`,"previousVersion":"${first.bundle.id}"}`)).toBe(true)
    expect((await at('GET', `/secrets/${name}`)).bundle).toEqual({ value: 'two', ...bundle })
    expect((await at('PATCH', `/secrets/${name}/`, {})).bundle).toEqual(bundle)
    const versions = (await at('GET', `/secrets/${name}/versions`)).list.value
    expect(versions.find((item) => item.id === id)).toEqual({ id, attributes: bundle.attributes, tags: bundle.tags })
    const { value: blob } = (await at('POST', `/secrets/${name}/backup`)).bundle

    const deletion = {
      recoveryId: `${vault.url}/deletedsecrets/${name}`,
      deletedDate: seconds(),
      scheduledPurgeDate: seconds() + 90 * 86_400,
    }
    const deleted = await at('DELETE', `/secrets/${name}`)
    expect(deleted.bundle).toEqual({ ...deletion, id, ...members })
    expect((await at('GET', `/deletedsecrets/${name}`)).text).toBe(deleted.text)
    expect((await at('POST', `/deletedsecrets/${name}/recover`)).bundle).toEqual(bundle)

    await at('DELETE', `/secrets/${name}`)
    await at('DELETE', `/deletedsecrets/${name}`)
    expect((await at('POST', '/secrets/restore', { value: blob })).bundle).toEqual(bundle)
    const third = await at('PUT', `/secrets/${name}`, { value: 'three' })
    expect(third.bundle.previousVersion).toBe(previousVersion ? id : undefined)
  })
})

it('no secret backs a certificate, so every write goes through and none is shown as managed (U9)', async () => {
  const name = freshName()
  const answers = [
    await call('PUT', `/secrets/${name}`, { value: 'v', contentType: 'application/x-pkcs12' }),
    await call('GET', `/secrets/${name}/`),
    await call('PATCH', `/secrets/${name}/`, {}),
    await call('GET', '/secrets'),
    await call('POST', `/secrets/${name}/backup`),
    await call('DELETE', `/secrets/${name}`),
    await call('POST', `/deletedsecrets/${name}/recover`),
    await call('DELETE', `/secrets/${name}`),
  ]
  for (const answer of answers) {
    expect(answer.status).toBe(200)
    expect(answer.text).not.toMatch(/"managed"|"kid"/)
  }
  expect((await call('DELETE', `/deletedsecrets/${name}`)).status).toBe(204)
})
