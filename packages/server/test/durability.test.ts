import { createHash, randomBytes } from 'node:crypto'
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { StartError } from '../src/errors.js'
import { createKeyFile, readKeyFile } from '../src/sealing/key-file.js'
import { type RootKey, rootKey } from '../src/sealing/root-key.js'
import { startVault } from '../src/start-vault.js'
import { contentsOf, send, tokenFor, vaultCaller } from './wire.js'

let base: string
let folder: string
let keyBytes: Buffer
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'strongroom-data-'))
  folder = join(base, 'data')
  keyBytes = randomBytes(32)
})
afterEach(() => rmSync(base, { recursive: true }))

/** The same root key, anew: making one overwrites its bytes. */
const key = (): RootKey => rootKey(Buffer.from(keyBytes))
const open = (more: object = {}) => startVault({ folder, rootKey: key(), ...more })

function files(): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted()
}
const hashes = () =>
  Object.fromEntries(files().map((path) => [path, createHash('sha256').update(readFileSync(path)).digest('hex')]))

async function startErrorOf(start: () => Promise<unknown>): Promise<string> {
  try {
    await start()
  } catch (error) {
    expect(error).toBeInstanceOf(StartError)
    return (error as StartError).message
  }
  throw new Error('it started')
}

describe('what the folder keeps', () => {
  it('is there when the server is opened again: secrets, versions, deleted ones, their dates', async () => {
    let first = await open({ softDeleteRetentionInDays: 7 })
    const { port } = first
    let call = vaultCaller(first)
    await call('PUT', '/secrets/Kept', { value: 'one' })
    await call('PUT', '/secrets/Kept', { value: 'two', tags: { a: '1' }, contentType: 'c', attributes: { exp: 9 } })
    await call('PUT', '/secrets/gone', { value: 'v' })
    await call('DELETE', '/secrets/gone')
    const { value } = (await call('POST', '/secrets/Kept/backup')).bundle
    const cursor = await call('GET', '/secrets/Kept/versions?maxresults=1')
    const before = await contentsOf(call)
    const { clientId, clientSecret, caCertificate, tenantId } = first
    await first.close()

    first = await open({ port })
    expect([first.caCertificate, first.tenantId, first.port]).toEqual([caCertificate, tenantId, port])
    call = vaultCaller(first, { credentials: { clientId, clientSecret } })
    expect(await contentsOf(call)).toBe(before)
    const next = (cursor.list.nextLink as string).slice(first.url.length)
    expect((await call('GET', next)).list.value).toHaveLength(1)
    expect((await call('PUT', '/secrets/gone', { value: 'v' })).status).toBe(409)
    expect((await call('GET', '/secrets/Kept')).bundle.attributes.recoverableDays).toBe(7)
    await call('DELETE', '/secrets/Kept')
    await call('DELETE', '/deletedsecrets/Kept')
    expect((await call('POST', '/secrets/restore', { value })).status).toBe(200)
    expect((await call('GET', '/secrets/Kept')).bundle.value).toBe('two')
    await first.close()
  })

  it('opens again what was sealed in a vault that several had tried to create at once', async () => {
    const first = await open()
    const tries = await Promise.allSettled(Array.from({ length: 8 }, () => first.server.createVault({ name: 'raced' })))
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    const { objectId, ...credentials } = await first.server.addApplication('of the raced vault')
    await first.server.assignRole({ principalId: objectId, role: 'Key Vault Administrator', vault: 'raced' })
    const call = vaultCaller(first, { vault: 'raced', credentials })
    await call('PUT', '/secrets/a', { value: 'v' })
    expect((await call('GET', '/secrets/a')).bundle.value).toBe('v')
    await first.close()
    const second = await open()
    const again = vaultCaller(second, { vault: 'raced', credentials })
    expect((await again('GET', '/secrets/a')).bundle.value).toBe('v')
    await second.close()
  })

  it('holds every set that was answered while the server closed', async () => {
    for (let round = 0; round < 5; round++) {
      const first = await open()
      const call = vaultCaller(first)
      await call('GET', '/secrets')
      const name = (n: number) => `closing-${round}-${n}`
      const sets = Array.from({ length: 30 }, (_, n) => call('PUT', `/secrets/${name(n)}`, { value: String(n) }))
      await Promise.race(sets)
      await first.close()
      const answers = await Promise.allSettled(sets)
      const kept = answers.flatMap((answer, n) =>
        answer.status === 'fulfilled' && answer.value.status === 200 ? [n] : [],
      )
      expect(kept.length).toBeGreaterThan(0)
      const second = await open()
      const again = vaultCaller(second)
      for (const n of kept) expect((await again('GET', `/secrets/${name(n)}`)).bundle.value).toBe(String(n))
      await second.close()
    }
  })

  it('is accepted with a token from before, if the address is the same', async () => {
    const first = await open()
    const { port } = first
    const token = await tokenFor(first)
    await first.close()
    const second = await open({ port })
    const headers = { Authorization: `Bearer ${token}` }
    const answer = await send(second, { method: 'GET', path: '/secrets?api-version=7.4', headers })
    expect(answer.status).toBe(200)
    await second.close()
  })

  it('purges at the next start what came due meanwhile', async () => {
    let time = Date.now()
    const first = await open({ clock: () => time })
    const call = vaultCaller(first)
    await call('PUT', '/secrets/due', { value: 'v' })
    await call('DELETE', '/secrets/due')
    await first.close()
    time += 90 * 86_400_000
    const second = await open({ clock: () => time })
    await second.server.purgeDue()
    expect((await vaultCaller(second)('GET', '/deletedsecrets/due')).status).toBe(404)
    await second.close()
  })

  it('is for its owner alone', async () => {
    await (await open()).close()
    expect(statSync(folder).mode & 0o777).toBe(0o700)
  })
})

describe('a start is refused', () => {
  it('under another root key, and nothing is changed', async () => {
    const first = await open()
    await vaultCaller(first)('PUT', '/secrets/kept', { value: 'v' })
    await first.close()
    const before = hashes()
    const message = await startErrorOf(() => startVault({ folder, rootKey: rootKey(randomBytes(32)) }))
    expect(message).toContain('another root key')
    expect(hashes()).toEqual(before)
    const again = await open()
    expect((await vaultCaller(again)('GET', '/secrets/kept')).bundle.value).toBe('v')
    await again.close()
  })

  it('for a folder that another server has open, which goes on undisturbed', async () => {
    const first = await open()
    const call = vaultCaller(first)
    const message = await startErrorOf(() => open())
    expect(message).toContain(`the data folder ${folder} is in use by process ${process.pid}`)
    expect((await call('PUT', '/secrets/a', { value: 'v' })).status).toBe(200)
    await first.close()
    await (await open()).close()
  })

  it('on a port that is taken', async () => {
    const first = await startVault()
    const message = await startErrorOf(() => open({ port: first.port }))
    expect(message).toContain(`port ${first.port} is in use`)
    await first.close()
    await (await open()).close()
  })

  it('without its key file, or with one that is no key or open to others', async () => {
    const path = join(base, 'root.key')
    const withFile = async () => (await startVault({ folder, rootKey: readKeyFile(path) })).close()
    expect(await startErrorOf(withFile)).toContain(`the root key ${path} is missing`)
    createKeyFile(path)
    await withFile()
    const before = hashes()
    chmodSync(path, 0o644)
    expect(await startErrorOf(withFile)).toContain(`chmod 600 ${path}`)
    chmodSync(path, 0o600)
    const text = readFileSync(path, 'utf8')
    writeFileSync(path, text.slice(0, 30))
    expect(await startErrorOf(withFile)).toContain(`${path} holds no root key`)
    rmSync(path)
    expect(await startErrorOf(withFile)).toContain(`the root key ${path} is missing`)
    expect(hashes()).toEqual(before)
    expect(existsSync(path)).toBe(false)
    writeFileSync(path, text, { mode: 0o600 })
    await withFile()
  })
})

describe('a clear text', () => {
  const found = (...needles: string[]) => {
    const forms = needles.flatMap((needle) => [
      Buffer.from(needle),
      Buffer.from(needle, 'utf16le'),
      Buffer.from(Buffer.from(needle).toString('base64').slice(0, -4)),
      Buffer.from(Buffer.from(needle).toString('hex')),
    ])
    return files().filter((path) => {
      const bytes = readFileSync(path)
      return forms.some((form) => bytes.includes(form))
    })
  }

  it('that was set, updated, backed up, restored, deleted or purged is in no file, open or closed', async () => {
    const mark = (what: string) => `clear-${what}-${randomBytes(12).toString('hex')}`
    const values = {
      set: mark('set'),
      old: mark('old'),
      deleted: mark('deleted'),
      purged: mark('purged'),
      restored: mark('restored'),
    }
    const vault = await open()
    const call = vaultCaller(vault)
    await call('PUT', '/secrets/set', { value: values.old })
    await call('PUT', '/secrets/set', { value: values.set, contentType: 'a-visible-type' })
    await call('PATCH', '/secrets/set/', { tags: { a: '1' } })
    for (const name of ['deleted', 'purged', 'restored'] as const) {
      await call('PUT', `/secrets/${name}`, { value: values[name] })
    }
    const { value } = (await call('POST', '/secrets/restored/backup')).bundle
    for (const name of ['deleted', 'purged', 'restored']) await call('DELETE', `/secrets/${name}`)
    for (const name of ['purged', 'restored']) await call('DELETE', `/deletedsecrets/${name}`)
    await call('POST', '/secrets/restore', { value })
    expect((await call('GET', '/secrets/restored')).bundle.value).toBe(values.restored)

    const needles = [...Object.values(values), vault.clientSecret, vault.identityHeader, 'PRIVATE KEY']
    expect(files().some((path) => path.endsWith('-wal'))).toBe(true)
    expect(found('a-visible-type')).not.toEqual([])
    expect(found(...needles)).toEqual([])
    await vault.close()
    expect(found('a-visible-type')).not.toEqual([])
    expect(found(...needles)).toEqual([])
    const bytes = [keyBytes, Buffer.from(keyBytes.toString('base64url')), Buffer.from(keyBytes.toString('hex'))]
    for (const path of files()) for (const form of bytes) expect(readFileSync(path).includes(form)).toBe(false)
  })
})
