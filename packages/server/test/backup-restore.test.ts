import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startVault, type TestVault } from '../src/start-vault.js'
import {
  type Call,
  contentsOf,
  expectError,
  freshName,
  listAll,
  notFoundMessage,
  resourceOf,
  vaultCaller,
} from './wire.js'

let vault: TestVault
let call: Call
/** A second vault of the same server. */
let second: Call
let time = Math.floor(Date.now() / 1000) * 1000

beforeAll(async () => {
  vault = await startVault({ clock: () => time })
  call = vaultCaller(vault)
  const application = await vault.server.addApplication('of the second vault')
  await vault.server.createVault({ name: 'second' })
  await vault.server.assignRole({ principalId: application.objectId, role: 'Key Vault Administrator', vault: 'second' })
  second = vaultCaller(vault, { vault: 'second', credentials: application })
})
afterAll(() => vault.close())

const secondUrl = () => `https://second.${new URL(resourceOf(vault)).host}`

async function remove(name: string, from = call): Promise<void> {
  await from('DELETE', `/secrets/${name}`)
  await from('DELETE', `/deletedsecrets/${name}`)
}

async function backupOf(name: string, from = call): Promise<string> {
  const answer = await from('POST', `/secrets/${name}/backup`)
  expect(answer.status).toBe(200)
  expect(Object.keys(answer.bundle)).toEqual(['value'])
  expect(answer.bundle.value).toMatch(/^[\w-]+$/)
  return answer.bundle.value as string
}

/** Versions with their values, as the vault shows them. */
async function versionsOf(name: string, from = call): Promise<string[]> {
  const items = await listAll(from, `/secrets/${name}/versions`)
  const answers = await Promise.all(
    items.map(({ id }) => from('GET', `${new URL(id).pathname}?api-version=2026-04-01`)),
  )
  return answers.map(({ text }) => text)
}

async function made(name = freshName()): Promise<string> {
  await call('PUT', `/secrets/${name}`, { value: 'one', tags: { a: '1', 'ü"': '€' } })
  time += 1_000
  const { version } = await call('PUT', `/secrets/${name}`, { value: 'two 𝄞 "', contentType: 'text/plain' })
  await call('PUT', `/secrets/${name}`, { value: '', attributes: { nbf: 1, exp: 253_402_300_799 } })
  time += 1_000
  await call('PATCH', `/secrets/${name}/${version}`, { tags: { patched: 'yes' } })
  return name
}

describe('a restore', () => {
  it('brings back every version with id, dates, tags and value, and answers the latest without value (trap 4)', async () => {
    const name = await made(freshName('Cased'))
    const before = await versionsOf(name)
    const latest = await call('GET', `/secrets/${name}?api-version=2026-04-01`)
    const blob = await backupOf(name)
    await remove(name)
    expect(await versionsOf(name)).toEqual([])
    time += 60_000
    const answer = await call('POST', '/secrets/restore?api-version=2026-04-01', { value: blob })
    expect(answer.status).toBe(200)
    const { value, ...bundle } = latest.bundle
    expect(value).toBe('')
    expect(answer.bundle).toEqual(bundle)
    expect(await versionsOf(name)).toEqual(before)
    expect(before).toHaveLength(3)
    expect((await call('GET', `/secrets/${name}/?api-version=2026-04-01`)).text).toBe(latest.text)
  })

  it('into another vault of the server makes the ids of that vault', async () => {
    const name = await made()
    const blob = await backupOf(name)
    const answer = await second('POST', '/secrets/restore', { value: blob })
    expect(answer.bundle.id.startsWith(`${secondUrl()}/secrets/${name}/`)).toBe(true)
    const moved = (await versionsOf(name)).map((text) => text.replaceAll(vault.url, secondUrl()))
    expect(await versionsOf(name, second)).toEqual(moved)
  })

  it('takes a blob padded as well as unpadded', async () => {
    const name = await made()
    const blob = await backupOf(name)
    await remove(name)
    const padded = blob.padEnd(Math.ceil(blob.length / 4) * 4, '=')
    expect((await call('POST', '/secrets/restore', { value: padded })).status).toBe(200)
  })

  it('can be set anew: the next version follows the restored one (U2)', async () => {
    const name = await made()
    const { bundle } = await call('GET', `/secrets/${name}`)
    const blob = await backupOf(name)
    await remove(name)
    await call('POST', '/secrets/restore', { value: blob })
    const next = await call('PUT', `/secrets/${name}?api-version=2025-07-01`, { value: 'next' })
    expect(next.bundle.previousVersion).toBe(bundle.id)
    expect(await versionsOf(name)).toHaveLength(4)
  })

  it('of a later backup than a restored one restores the later', async () => {
    const name = await made()
    const early = await backupOf(name)
    await call('PUT', `/secrets/${name}`, { value: 'late' })
    const late = await backupOf(name)
    await remove(name)
    await call('POST', '/secrets/restore', { value: early })
    expect((await call('GET', `/secrets/${name}`)).bundle.value).toBe('')
    await remove(name)
    await call('POST', '/secrets/restore', { value: late })
    expect((await call('GET', `/secrets/${name}`)).bundle.value).toBe('late')
  })

  it('needs a free name: an active or a deleted secret of it is a conflict without inner code', async () => {
    const name = await made(freshName('Taken'))
    const { version } = await call('GET', `/secrets/${name}`)
    const blob = await backupOf(name)
    const conflict = `There was a conflict restoring the secret '${vault.url}/secrets/${name}/${version}'. This can happen if either: `
    const before = await contentsOf(call)
    const active = await call('POST', '/secrets/restore', { value: blob })
    expect(active.status).toBe(409)
    expect(active.error).toEqual({ code: 'Conflict', message: expect.stringContaining(conflict) })
    expect(await contentsOf(call)).toBe(before)

    await call('DELETE', `/secrets/${name}`)
    const deleted = await contentsOf(call)
    const held = await call('POST', '/secrets/restore', { value: blob })
    expect(held.status).toBe(409)
    expect(held.error).toEqual({ code: 'Conflict', message: expect.stringContaining(conflict) })
    expect(await contentsOf(call)).toBe(deleted)

    await call('DELETE', `/deletedsecrets/${name}`)
    await call('PUT', `/secrets/${name.toUpperCase()}`, { value: 'another case' })
    expect((await call('POST', '/secrets/restore', { value: blob })).status).toBe(409)
  })
})

describe('a backup', () => {
  it('of a disabled secret restores it disabled (U16)', async () => {
    const name = freshName()
    await call('PUT', `/secrets/${name}`, { value: 'v', attributes: { enabled: false } })
    const blob = await backupOf(name)
    await remove(name)
    const answer = await call('POST', '/secrets/restore', { value: blob })
    expect(answer.bundle.attributes.enabled).toBe(false)
    expect((await call('GET', `/secrets/${name}`)).error.innererror?.code).toBe('SecretDisabled')
    await call('PATCH', `/secrets/${name}/`, { attributes: { enabled: true } })
    expect((await call('GET', `/secrets/${name}`)).bundle.value).toBe('v')
  })

  it('of 600 versions restores them all (U16)', async () => {
    const name = freshName()
    for (let round = 0; round < 20; round++) {
      await Promise.all(
        Array.from({ length: 30 }, (_, n) => call('PUT', `/secrets/${name}`, { value: `${round} ${n}` })),
      )
    }
    const latest = (await call('GET', `/secrets/${name}`)).text
    const before = await versionsOf(name)
    expect(before).toHaveLength(600)
    const blob = await backupOf(name)
    await remove(name)
    expect((await call('POST', '/secrets/restore', { value: blob })).status).toBe(200)
    expect(await versionsOf(name)).toEqual(before)
    expect((await call('GET', `/secrets/${name}`)).text).toBe(latest)
  })

  it('of megabytes restores (a body as long as it must be)', async () => {
    const name = freshName()
    const values = Array.from({ length: 130 }, () => randomBytes(12_800).toString('hex'))
    await Promise.all(values.map((value) => call('PUT', `/secrets/${name}`, { value })))
    const blob = await backupOf(name)
    expect(blob.length).toBeGreaterThan(4 * 1024 * 1024)
    await remove(name)
    expect((await call('POST', '/secrets/restore', { value: blob })).status).toBe(200)
    const restored = (await versionsOf(name)).map((text) => (JSON.parse(text) as { value: string }).value)
    expect(restored.toSorted()).toEqual(values.toSorted())
  })

  it('of an unknown or a deleted secret is 404 (U16)', async () => {
    const name = await made()
    await call('DELETE', `/secrets/${name}`)
    for (const other of [name, 'unknown']) {
      const answer = await call('POST', `/secrets/${other}/backup`)
      expectError(answer, 404, 'SecretNotFound', notFoundMessage(other))
    }
  })

  it('tells nothing: neither value nor tag nor name shows in its bytes', async () => {
    const name = freshName('a-telling-name')
    await call('PUT', `/secrets/${name}`, { value: 'a telling value', tags: { telling: 'telling' } })
    const bytes = Buffer.from(await backupOf(name), 'base64url').toString('latin1')
    expect(bytes).not.toContain('telling')
  })

  it('is another one each time, and changes nothing', async () => {
    const name = await made()
    const before = await versionsOf(name)
    expect(await backupOf(name)).not.toBe(await backupOf(name))
    expect(await versionsOf(name)).toEqual(before)
  })
})

describe('a blob that is none', () => {
  const malformed = (answer: Awaited<ReturnType<Call>>) =>
    expectError(answer, 400, 'Malformed backup blob', 'Backup blob contains invalid or corrupt version.')
  let name: string
  let blob: string
  beforeAll(async () => {
    name = await made()
    blob = await backupOf(name)
    await remove(name)
  })

  it('through a changed byte, wherever it is, is refused, and nothing comes of it', async () => {
    const before = await contentsOf(call)
    const bytes = Buffer.from(blob, 'base64url')
    const places = [
      0,
      5,
      19,
      20,
      30,
      35,
      36,
      47,
      48,
      60,
      bytes.length >> 1,
      bytes.length - 17,
      bytes.length - 16,
      bytes.length - 1,
    ]
    for (const place of places) {
      const changed = Buffer.from(bytes)
      changed[place] = (changed[place] as number) ^ 1
      malformed(await call('POST', '/secrets/restore', { value: changed.toString('base64url') }))
    }
    expect(await contentsOf(call)).toBe(before)
    expect((await call('POST', '/secrets/restore', { value: blob })).status).toBe(200)
  })

  it('through its end cut off or something added is refused', async () => {
    const bytes = Buffer.from(blob, 'base64url')
    for (const length of [1, 19, 20, 36, 37, 64, bytes.length - 1]) {
      malformed(await call('POST', '/secrets/restore', { value: bytes.subarray(0, length).toString('base64url') }))
    }
    malformed(await call('POST', '/secrets/restore', { value: Buffer.concat([bytes, bytes]).toString('base64url') }))
  })

  it('but text is refused', async () => {
    for (const value of ['', 'hello', 'AAAA', `${blob}!`, ` ${blob}`, `${blob}\n`, `+/${blob}`, 'ä']) {
      malformed(await call('POST', '/secrets/restore', { value }))
    }
  })

  it('of this server is refused', async () => {
    await using other = await startVault()
    const elsewhere = vaultCaller(other)
    await elsewhere('PUT', '/secrets/foreign', { value: 'v' })
    const foreign = await backupOf('foreign', elsewhere)
    malformed(await call('POST', '/secrets/restore', { value: foreign }))
    expect((await call('GET', '/secrets/foreign')).status).toBe(404)
  })

  it.each(['', '{}', '{"value":null}', '{"value":1}', '{"value":["AAAA"]}', '{"Value":"AAAA"}'])(
    'because the body %j holds no text "value" is refused',
    async (body) => {
      const message = 'The backup to restore is missing: send it as the string "value".'
      expectError(await call('POST', '/secrets/restore', body), 400, 'BadParameter', message)
    },
  )
})
