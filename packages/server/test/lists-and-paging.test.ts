import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startVault, type TestVault } from '../src/start-vault.js'
import { type Call, expectError, listAll, resourceOf, vaultCaller } from './wire.js'

let vault: TestVault
let call: Call
let second: Call

// In the order of their upper-cased names: '-' < digits < letters.
const names = [
  ...Array.from({ length: 28 }, (_, n) => `item-${String(n).padStart(2, '0')}`),
  'Item-AB',
  'item-ac',
  'ITEM-AD',
]
const versions: string[] = []

beforeAll(async () => {
  const now = Date.now() // stands still, so that no version is younger than another
  vault = await startVault({ clock: () => now })
  call = vaultCaller(vault)
  await vault.server.createVault({ name: 'second' })
  const principalId = await administrator('second')
  second = vaultCaller(vault, { vault: 'second', credentials: principalId })
  for (const name of names.toReversed()) await call('PUT', `/secrets/${name}`, { value: 'v' })
  for (let n = 0; n < 59; n++) {
    versions.push((await call('PUT', '/secrets/many-versions', { value: String(n) })).version)
  }
  for (let n = 0; n < 27; n++) {
    const name = `gone-${String(n).padStart(2, '0')}`
    await call('PUT', `/secrets/${name}`, { value: 'v' })
    await call('DELETE', `/secrets/${name}`)
  }
})
afterAll(() => vault.close())

async function administrator(vaultName: string) {
  const application = await vault.server.addApplication('a second administrator')
  await vault.server.assignRole({
    principalId: application.objectId,
    role: 'Key Vault Administrator',
    vault: vaultName,
  })
  return application
}

const all = [...names, 'many-versions']
const pathOf = (link: string | null) => (link as string).slice(vault.url.length)
const tokenOf = (link: string | null) => /\$skiptoken=([^&]+)/.exec(link as string)?.[1] as string

describe('the order', () => {
  it('of secrets is that of their upper-cased names, shown as first written (trap 15)', async () => {
    const ids = (await listAll(call, '/secrets')).map(({ id }) => id)
    expect(ids).toEqual(all.map((name) => `${vault.url}/secrets/${name}`))
  })
  it('of deleted secrets is the same', async () => {
    const ids = (await listAll(call, '/deletedsecrets')).map(({ id }) => id)
    expect(ids).toHaveLength(27)
    expect(ids).toEqual(ids.toSorted())
  })
  it('of versions is that of their ids, not of time, and the latest is another matter (trap 7)', async () => {
    const ids = (await listAll(call, '/secrets/many-versions/versions')).map(({ id }) => id.split('/').at(-1))
    expect(ids).toEqual(versions.toSorted())
    expect(ids).not.toEqual(versions)
    const items = await listAll(call, '/secrets/many-versions/versions')
    expect(new Set(items.map(({ attributes }) => attributes.created)).size).toBe(1)
    const latest = await call('GET', '/secrets/many-versions/')
    expect(latest.bundle.value).toBe('58')
    expect(latest.version).toBe(versions.at(-1))
  })
})

describe('an item', () => {
  it('of the lists of secrets and deleted secrets has no version in its id; one of versions has (trap 8)', async () => {
    const id = (path: string) =>
      call('GET', path).then((answer) => new URL(answer.list.value[0]?.id as string).pathname)
    expect(await id('/secrets')).toBe('/secrets/item-00')
    expect(await id('/deletedsecrets')).toBe('/secrets/gone-00')
    expect(await id('/secrets/item-00/versions')).toMatch(/^\/secrets\/item-00\/[0-9a-f]{32}$/)
  })
  it('never holds a value (trap 4)', async () => {
    for (const path of ['/secrets', '/deletedsecrets', '/secrets/many-versions/versions']) {
      for (const item of await listAll(call, path)) expect(item).not.toHaveProperty('value')
    }
  })
  it('has the members of the latest version, in the order of the service', async () => {
    await second('PUT', '/secrets/shown', { value: 'one', contentType: 'a', tags: { old: '1' } })
    const set = await second('PUT', '/secrets/shown', {
      value: 'two',
      contentType: 'b',
      tags: { new: '2' },
      attributes: { enabled: false, exp: 1 },
    })
    const host = set.bundle.id.split('/secrets/')[0]
    const attributes = JSON.stringify(set.bundle.attributes)
    expect((await second('GET', '/secrets')).text).toBe(
      `{"value":[{"contentType":"b","id":"${host}/secrets/shown","attributes":${attributes},"tags":{"new":"2"}}],"nextLink":null}`,
    )
    const deleted = await second('DELETE', '/secrets/shown')
    const { deletedDate, scheduledPurgeDate } = deleted.bundle
    expect((await second('GET', '/deletedsecrets')).text).toBe(
      `{"value":[{"recoveryId":"${host}/deletedsecrets/shown","deletedDate":${deletedDate},"scheduledPurgeDate":${scheduledPurgeDate},"contentType":"b","id":"${host}/secrets/shown","attributes":${attributes},"tags":{"new":"2"}}],"nextLink":null}`,
    )
    await second('DELETE', '/deletedsecrets/shown')
  })
  it('shows no previous version at any api-version (U2)', async () => {
    for (const path of ['/secrets', '/secrets/many-versions/versions', '/deletedsecrets']) {
      expect((await call('GET', `${path}?api-version=2026-04-01`)).text).not.toContain('previousVersion')
    }
  })
})

describe('a page', () => {
  it.each(['/secrets', '/deletedsecrets', '/secrets/many-versions/versions'])(
    'of %s holds 25 items unless fewer are asked for',
    async (path) => {
      expect((await call('GET', path)).list.value).toHaveLength(25)
      expect((await call('GET', `${path}?maxresults=7`)).list.value).toHaveLength(7)
      expect((await call('GET', `${path}?maxresults=1`)).list.value).toHaveLength(1)
      expect((await call('GET', `${path}?maxresults=25`)).list.value).toHaveLength(25)
    },
  )
  it('never holds more than 25 (U3)', async () => {
    for (const asked of ['26', '100', '999999999']) {
      expect((await call('GET', `/secrets?maxresults=${asked}`)).list.value).toHaveLength(25)
    }
  })
  it.each(['0', '-1', 'abc', '1.5', '', '1e1', '%2B5', '0x10'])('is refused for maxresults=%s (U3)', async (asked) => {
    const message = 'maxresults must be a whole number from 1 to 25.'
    for (const path of ['/secrets', '/deletedsecrets', '/secrets/many-versions/versions']) {
      expectError(await call('GET', `${path}?maxresults=${asked}`), 400, 'BadParameter', message)
    }
  })
  it('that is the last says so by a null, the one null there is (trap 6)', async () => {
    const last = await call('GET', '/secrets/item-00/versions')
    expect(last.text.endsWith('],"nextLink":null}')).toBe(true)
    const first = await call('GET', '/secrets?maxresults=20')
    const next = await call('GET', pathOf(first.list.nextLink))
    expect(next.list.value).toHaveLength(all.length - 20)
    expect(next.list.nextLink).toBeNull()
    expect(first.text).not.toContain('null')
    expect(next.text.match(/null/g)).toHaveLength(1)
  })
  it('of an empty list is these bytes', async () => {
    for (const path of ['/secrets', '/deletedsecrets']) {
      expect((await second('GET', path)).text).toBe('{"value":[],"nextLink":null}')
    }
  })
  it('of the versions of an unknown or deleted secret is empty, and no error (trap 11)', async () => {
    for (const name of ['unknown', 'gone-00']) {
      const answer = await call('GET', `/secrets/${name}/versions`)
      expect([answer.status, answer.text]).toEqual([200, '{"value":[],"nextLink":null}'])
    }
  })
})

describe('nextLink', () => {
  it('has the parameters in the order of the service, maxresults only if it was asked for', async () => {
    const plain = (await call('GET', '/secrets?api-version=7.3')).list.nextLink
    expect(plain).toMatch(/^https:\/\/[^/]+\/secrets\?api-version=7\.3&\$skiptoken=[\w-]+$/)
    const asked = (await call('GET', '/secrets?maxresults=3&api%2Dversion=2026-04-01')).list.nextLink
    expect(asked).toMatch(/^https:\/\/[^/]+\/secrets\?api-version=2026-04-01&\$skiptoken=[\w-]+&maxresults=3$/)
  })
  it('stays at the origin of the request, port included, and on its list', async () => {
    for (const path of ['/secrets', '/deletedsecrets', '/secrets/many-versions/versions']) {
      const { nextLink } = (await call('GET', `${path}?maxresults=1`)).list
      expect(nextLink?.startsWith(`${vault.url}${path}?`)).toBe(true)
    }
    const { port } = new URL(vault.url)
    expect(new URL(vault.url).port).toBe(String(vault.port))
    expect((await call('GET', '/secrets?maxresults=1')).list.nextLink).toContain(`:${port}/`)
  })
  it.each([1, 2, 3, 24, 25])('leads through every item once, by pages of %d', async (size) => {
    const ids = (await listAll(call, `/secrets?maxresults=${size}`)).map(({ id }) => id)
    expect(ids).toEqual(all.map((name) => `${vault.url}/secrets/${name}`))
    expect(await listAll(call, `/secrets/many-versions/versions?maxresults=${size}`)).toHaveLength(59)
    expect(await listAll(call, `/deletedsecrets?maxresults=${size}`)).toHaveLength(27)
  })
  it('is as good with its dollar encoded, and for another page size', async () => {
    const { nextLink } = (await call('GET', '/secrets?maxresults=2')).list
    const path = pathOf(nextLink)
    const next = await call('GET', path)
    expect((await call('GET', path.replace('$', '%24'))).list.value).toEqual(next.list.value)
    const longer = await call('GET', path.replace('maxresults=2', 'maxresults=5'))
    expect(longer.list.value.slice(0, 2)).toEqual(next.list.value)
    expect(longer.list.value).toHaveLength(5)
  })
  it('goes on where it was, whatever was added or deleted meanwhile', async () => {
    for (const name of ['b', 'd', 'f']) await second('PUT', `/secrets/${name}`, { value: 'v' })
    const host = `https://second.${new URL(resourceOf(vault)).host}`
    const { nextLink } = (await second('GET', '/secrets?maxresults=2')).list
    await second('DELETE', '/secrets/d')
    await second('PUT', '/secrets/a', { value: 'v' })
    await second('PUT', '/secrets/e', { value: 'v' })
    const next = await second('GET', (nextLink as string).slice(host.length))
    expect(next.list.value.map(({ id }) => id)).toEqual([`${host}/secrets/e`, `${host}/secrets/f`])
    expect(next.list.nextLink).toBeNull()
  })
  it('says nothing of where it goes on', async () => {
    const { nextLink } = (await call('GET', '/secrets?maxresults=1')).list
    const cursor = Buffer.from(tokenOf(nextLink), 'base64url')
    expect(cursor.toString('latin1').toLowerCase()).not.toContain('item')
  })
})

describe('a cursor', () => {
  const message = 'The $skiptoken is none of this list: take nextLink as it was sent, or start the list anew.'
  it('opens no other list', async () => {
    const paths = ['/secrets', '/deletedsecrets', '/secrets/many-versions/versions', '/secrets/item-00/versions']
    for (const from of paths.slice(0, 3)) {
      const cursor = tokenOf((await call('GET', `${from}?maxresults=1`)).list.nextLink)
      expect((await call('GET', `${from}?$skiptoken=${cursor}`)).status).toBe(200)
      for (const to of paths.filter((path) => path !== from)) {
        expectError(await call('GET', `${to}?$skiptoken=${cursor}`), 400, 'BadParameter', message)
      }
    }
  })
  it('opens no list of another vault', async () => {
    const cursor = tokenOf((await call('GET', '/secrets?maxresults=1')).list.nextLink)
    expectError(await second('GET', `/secrets?$skiptoken=${cursor}`), 400, 'BadParameter', message)
  })
  it('is refused with any character changed, cut, or added', async () => {
    const cursor = tokenOf((await call('GET', '/secrets?maxresults=1')).list.nextLink)
    const flipped = [...cursor.slice(0, -1)].map(
      (letter, at) => `${cursor.slice(0, at)}${letter === 'A' ? 'B' : 'A'}${cursor.slice(at + 1)}`,
    )
    const mangled = [...flipped, '', 'abc', cursor.slice(0, -4), `${cursor}AAAA`, `${cursor}%00`, 'x'.repeat(2_000)]
    for (const text of mangled) {
      expectError(await call('GET', `/secrets?$skiptoken=${text}`), 400, 'BadParameter', message)
    }
  })
})
