import { randomUUID } from 'node:crypto'
import { inspect } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { migrate, type SqlDatabase } from '../store/sql.js'
import { authorityMigrations, sqlAuthorityStore } from '../store/sql-authority-store.js'
import { openSqlite } from '../store/sqlite.js'
import { type Applications, createApplications } from './applications.js'
import type { Application } from './authority-store.js'

let database: SqlDatabase
let seconds: number
let revocations: number
let removed: string[]
let applications: Applications
let billing: Application

beforeEach(async () => {
  seconds = 1_700_000_000
  revocations = 0
  removed = []
  database = openSqlite(':memory:')
  await migrate(database, 'authority', authorityMigrations)
  applications = createApplications({
    store: sqlAuthorityStore(database),
    onRemoved: (objectId) => {
      removed.push(objectId)
    },
    onRevoked: () => {
      revocations++
    },
    now: () => seconds * 1000,
  })
  billing = await applications.create('billing')
})
afterEach(() => database.close())

const addSecret = async (name = 'first', expiresOn?: number) => {
  const { credential, value } = await applications.addSecret(billing.clientId, {
    name,
    ...(expiresOn !== undefined && { expiresOn }),
  })
  return { id: credential.id, secret: value.reveal() }
}

describe('an application', () => {
  it('has a client id and a principal of its own', async () => {
    expect(billing.clientId).not.toBe(billing.objectId)
    expect(await applications.get(billing.clientId.toUpperCase())).toEqual(billing)
    expect(await applications.all()).toEqual([billing])
    expect(await applications.principalExists(billing.objectId, billing.clientId)).toBe(true)
    expect(await applications.principalExists(billing.clientId, billing.clientId)).toBe(false)
  })
  it('may be given its client id, once', async () => {
    const clientId = randomUUID()
    expect((await applications.create('reports', clientId.toUpperCase())).clientId).toBe(clientId)
    await expect(applications.create('other', clientId)).rejects.toMatchObject({ code: 'ApplicationExists' })
    await expect(applications.create('other', 'not-a-guid')).rejects.toMatchObject({ code: 'BadParameter' })
    await expect(applications.create('')).rejects.toMatchObject({ code: 'BadParameter' })
    await expect(applications.create('a\nb')).rejects.toMatchObject({ code: 'BadParameter' })
  })
  it('takes its credentials with it, and its principal does not come back', async () => {
    const { secret } = await addSecret()
    expect(await applications.remove(billing.clientId)).toBe(true)
    expect(removed).toEqual([billing.objectId])
    expect(revocations).toBe(1)
    expect(await applications.remove(billing.clientId)).toBe(false)
    const again = await applications.create('billing', billing.clientId)
    expect(again.objectId).not.toBe(billing.objectId)
    expect(await applications.authenticateBySecret(billing.clientId, secret)).toBeUndefined()
    expect(await applications.principalExists(billing.objectId, billing.clientId)).toBe(false)
  })
})

describe('a client secret', () => {
  it('is 256 random bits, prints nowhere, and is stored as a hash', async () => {
    const issued = await applications.addSecret(billing.clientId, { name: 'first' })
    const secret = issued.value.reveal()
    expect(secret).toMatch(/^sr_[\w-]{43}$/)
    expect(`${inspect(issued)}${JSON.stringify(issued)}${issued.value}`).not.toContain(secret)
    expect(JSON.stringify(await database.all('select * from credential'))).not.toContain(secret)
  })
  it('proves the application it belongs to, and no other', async () => {
    const { secret } = await addSecret()
    const reports = await applications.create('reports')
    expect(await applications.authenticateBySecret(billing.clientId.toUpperCase(), secret)).toEqual(billing)
    expect(await applications.authenticateBySecret(reports.clientId, secret)).toBeUndefined()
    expect(await applications.authenticateBySecret(randomUUID(), secret)).toBeUndefined()
    expect(await applications.authenticateBySecret(billing.clientId, `${secret}x`)).toBeUndefined()
    expect(await applications.authenticateBySecret(billing.clientId, '')).toBeUndefined()
  })
  it('is replaced without a gap: two are live, then the old one is removed', async () => {
    const old = await addSecret('old')
    const next = await addSecret('new')
    expect(await applications.authenticateBySecret(billing.clientId, old.secret)).toEqual(billing)
    expect(await applications.removeCredential(billing.clientId, old.id)).toBe(true)
    expect(revocations).toBe(1)
    expect(await applications.authenticateBySecret(billing.clientId, old.secret)).toBeUndefined()
    expect(await applications.authenticateBySecret(billing.clientId, next.secret)).toEqual(billing)
    const listed = await applications.credentials(billing.clientId)
    expect(listed).toMatchObject([{ id: next.id, name: 'new', kind: 'secret' }])
    expect(listed[0]).not.toHaveProperty('hash')
  })
  it('ends at its expiry', async () => {
    const { secret } = await addSecret('short', seconds + 10)
    seconds += 9
    expect(await applications.authenticateBySecret(billing.clientId, secret)).toEqual(billing)
    seconds += 1
    expect(await applications.authenticateBySecret(billing.clientId, secret)).toBeUndefined()
  })
  it('is not given to nobody, without a name, or for the past', async () => {
    const refusal = (clientId: string, name: string, expiresOn?: number) =>
      applications.addSecret(clientId, { name, ...(expiresOn !== undefined && { expiresOn }) })
    await expect(refusal(randomUUID(), 'first')).rejects.toMatchObject({ code: 'ApplicationNotFound' })
    await expect(refusal(billing.clientId, '')).rejects.toMatchObject({ code: 'BadParameter' })
    await expect(refusal(billing.clientId, 'first', seconds)).rejects.toMatchObject({ code: 'BadParameter' })
  })
})

describe('a managed-identity header', () => {
  it('proves its application, but is no client secret, nor the other way round', async () => {
    const header = (await applications.addManagedIdentityHeader(billing.clientId, { name: 'web' })).value.reveal()
    const { secret } = await addSecret()
    expect(await applications.authenticateByManagedIdentityHeader(header)).toEqual(billing)
    expect(await applications.authenticateByManagedIdentityHeader(secret)).toBeUndefined()
    expect(await applications.authenticateByManagedIdentityHeader('')).toBeUndefined()
    expect(await applications.authenticateBySecret(billing.clientId, header)).toBeUndefined()
  })
  it('ends at its expiry', async () => {
    const { value } = await applications.addManagedIdentityHeader(billing.clientId, {
      name: 'web',
      expiresOn: seconds + 1,
    })
    seconds += 1
    expect(await applications.authenticateByManagedIdentityHeader(value.reveal())).toBeUndefined()
  })
})
