import { afterEach, beforeEach, expect, it } from 'vitest'
import { migrate, type SqlDatabase } from '../store/sql.js'
import { authorityMigrations, sqlAuthorityStore } from '../store/sql-authority-store.js'
import { openSqlite } from '../store/sqlite.js'
import { openSigningKeys, retirementSeconds, type SigningKeys } from './signing-keys.js'

const day = 24 * 60 * 60 * 1000
const start = 1_700_000_000_000
let database: SqlDatabase
let now: number
let changes: number
let opened: SigningKeys[]

// Stands for the seal: names the purpose, and hides the key a little.
const sealing = {
  seal: (purpose: string, clear: Uint8Array) => Buffer.from(`${purpose}\n${Buffer.from(clear).toString('hex')}`),
  open(purpose: string, sealed: Uint8Array) {
    const [named, hex] = Buffer.from(sealed).toString().split('\n')
    if (named !== purpose) throw new Error('sealed for something else')
    return Buffer.from(hex as string, 'hex')
  },
}
async function open() {
  const keys = await openSigningKeys({
    store: sqlAuthorityStore(database),
    sealing,
    now: () => now,
    rotateAfterDays: 90,
    onChange: () => {
      changes++
    },
  })
  opened.push(keys)
  return keys
}
const kids = (keys: SigningKeys) => keys.jwks().keys.map(({ kid }) => kid)

beforeEach(async () => {
  now = start
  changes = 0
  opened = []
  database = openSqlite(':memory:')
  await migrate(database, 'authority', authorityMigrations)
})
afterEach(async () => {
  for (const keys of opened) keys.close()
  await database.close()
})

it('the first key is made once, and is the same after a restart', async () => {
  const first = await open()
  const again = await open()
  expect(again.current().kid).toBe(first.current().kid)
  expect(again.jwks()).toEqual(first.jwks())
  expect(kids(again)).toHaveLength(1)
})
it('the key set holds public parts only, of 2048 bits', async () => {
  const [key] = (await open()).jwks().keys
  expect(Object.keys(key ?? {}).sort()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use'])
  expect(Buffer.from(key?.n ?? '', 'base64url')).toHaveLength(256)
})
it('the private key is stored sealed, for this key only', async () => {
  const { kid } = (await open()).current()
  const [row] = await database.all<{ private_key: Uint8Array }>('select private_key from signing_key')
  expect(Buffer.from(row?.private_key ?? []).toString()).toMatch(`signing-key ${kid}\n`)
  expect(Buffer.from(row?.private_key ?? []).toString()).not.toContain('PRIVATE KEY')
})
it('a replaced key stays known until its last token has ended', async () => {
  const keys = await open()
  const old = keys.current().kid
  await keys.rotate()
  const { kid } = keys.current()
  expect(kid).not.toBe(old)
  expect(changes).toBe(2)
  now = start + retirementSeconds * 1000 - 1
  expect(kids(keys).sort()).toEqual([old, kid].sort())
  expect(keys.publicKeyOf(old)).toBeDefined()
  now += 1
  expect(kids(keys)).toEqual([kid])
  expect(await keys.publicKeyOf(old)).toBeUndefined()
  expect(kids(await open())).toEqual([kid])
  expect(await database.all('select kid from signing_key')).toEqual([{ kid }])
})
it('of rotations at once one key signs, and all are known', async () => {
  const keys = await open()
  const issuedBy = [keys.current().kid]
  await Promise.all([keys.rotate(), keys.rotate()])
  issuedBy.push(keys.current().kid)
  expect(kids(keys)).toHaveLength(3)
  for (const kid of issuedBy) expect(keys.publicKeyOf(kid)).toBeDefined()
  const [signing] = await database.all<{ kid: string }>('select kid from signing_key where retires_at is null')
  expect(keys.current().kid).toBe(signing?.kid)
})
it('a key is replaced when it is 90 days old', async () => {
  const { kid } = (await open()).current()
  now = start + 90 * day - 1000
  expect((await open()).current().kid).toBe(kid)
  now = start + 90 * day
  const keys = await open()
  expect(keys.current().kid).not.toBe(kid)
  expect(keys.publicKeyOf(kid)).toBeDefined()
})
it('a key that another process made is found, but the store is not asked for every made-up id', async () => {
  const [here, there] = [await open(), await open()]
  await there.rotate()
  const { kid } = there.current()
  expect(here.publicKeyOf(kid)).toBeUndefined()
  now += 5_000
  expect(await here.publicKeyOf(kid)).toBeDefined()
  expect(here.current().kid).toBe(kid)
  expect(here.publicKeyOf('made-up')).toBeUndefined()
})
it('a key that does not open stops the start, and is not replaced', async () => {
  await open()
  await database.transaction((q) => q.all('update signing_key set private_key = $1', Buffer.from('other\n00')))
  await expect(open()).rejects.toThrow('sealed for something else')
  expect(await database.all('select kid from signing_key')).toHaveLength(1)
})
