import { beforeEach, describe, expect, it } from 'vitest'
import { migrate, type SqlDatabase } from '../store/sql.js'
import { sqlVaultStore, vaultMigrations } from '../store/sql-vault-store.js'
import { openSqlite } from '../store/sqlite.js'
import { createVaults, type Vaults } from './vaults.js'

let database: SqlDatabase
let prepared: string[]
let vaults: Vaults
const open = () =>
  createVaults({
    store: sqlVaultStore(database),
    now: () => 1,
    prepare: async (vault) => void prepared.push(vault),
  })
beforeEach(async () => {
  database = openSqlite(':memory:')
  await migrate(database, 'vault', vaultMigrations)
  prepared = []
  vaults = await open()
})

const usual = { softDelete: true, softDeleteRetentionInDays: 90, enablePurgeProtection: false }

describe('a vault', () => {
  it('is there once it is created, and when all is opened again', async () => {
    expect(await vaults.create({ name: 'Dev', softDeleteRetentionInDays: 7 })).toEqual({
      ...usual,
      name: 'dev',
      softDeleteRetentionInDays: 7,
    })
    await vaults.create({ name: 'other' })
    expect(vaults.all().map(({ name }) => name)).toEqual(['dev', 'other'])
    expect(vaults.get('dev')?.softDeleteRetentionInDays).toBe(7)
    expect((await open()).all()).toEqual(vaults.all())
  })
  it('has its key before it can be used, when created and when opened again', async () => {
    let usableBefore: boolean | undefined
    vaults = await createVaults({
      store: sqlVaultStore(database),
      now: () => 1,
      prepare: async (vault) => {
        usableBefore = vaults.get(vault) !== undefined
      },
    })
    await vaults.create({ name: 'dev' })
    expect(usableBefore).toBe(false)
    await open()
    expect(prepared).toEqual(['dev'])
  })
  it('of a name that exists is not created, in any case of it, nor gets a second key', async () => {
    await vaults.create({ name: 'dev' })
    for (const name of ['dev', 'DEV']) {
      await expect(vaults.create({ name })).rejects.toMatchObject({ code: 'VaultExists' })
    }
    expect(prepared).toEqual(['dev'])
  })
  it('that several create at once is created once', async () => {
    const tries = await Promise.allSettled(Array.from({ length: 8 }, () => vaults.create({ name: 'dev' })))
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(prepared).toEqual(['dev'])
  })
  it('with settings out of range is not created', async () => {
    await expect(vaults.create({ name: 'dev', softDeleteRetentionInDays: 6 })).rejects.toMatchObject({
      code: 'BadParameter',
    })
    expect([vaults.all(), prepared]).toEqual([[], []])
  })
})

describe('purge protection', () => {
  it('is on from then on, also when all is opened again', async () => {
    await vaults.create({ name: 'dev' })
    expect(await vaults.enablePurgeProtection('dev')).toEqual({ ...usual, name: 'dev', enablePurgeProtection: true })
    expect(vaults.get('dev')?.enablePurgeProtection).toBe(true)
    expect((await open()).get('dev')?.enablePurgeProtection).toBe(true)
    expect((await vaults.enablePurgeProtection('dev')).enablePurgeProtection).toBe(true)
  })
  it('needs a vault, and one with soft delete', async () => {
    await expect(vaults.enablePurgeProtection('nowhere')).rejects.toMatchObject({ code: 'VaultNotFound' })
    await vaults.create({ name: 'dev', softDelete: false })
    await expect(vaults.enablePurgeProtection('dev')).rejects.toMatchObject({ code: 'SoftDeleteOff' })
    expect(vaults.get('dev')?.enablePurgeProtection).toBe(false)
  })
})
