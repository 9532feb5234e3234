import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { StartError } from '../errors.js'
import { Duplicate, migrate, type SqlDatabase } from './sql.js'
import { openSqlite } from './sqlite.js'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'strongroom-sqlite-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const places = { 'a file': () => join(folder, 'db'), memory: () => ':memory:' }

describe.each(Object.entries(places))('the embedded driver, on %s', (_, place) => {
  let database: SqlDatabase
  beforeEach(async () => {
    database = openSqlite(place())
    await migrate(database, 'test', [
      'create table item(key {TEXT} not null primary key, size {INT} not null) {CLUSTERED}',
    ])
  })
  afterEach(() => database.close())
  const insert = (key: string, size = 1) =>
    database.transaction((q) => q.all('insert into item values ($1, $2)', key, size))
  const keys = async () =>
    (await database.all<{ key: string }>('select key from item order by key')).map((row) => row.key)

  it('returns what a transaction stored', async () => {
    await insert('a')
    expect(await keys()).toEqual(['a'])
  })

  it('lets one transaction of a group fail without the others', async () => {
    await insert('a')
    const results = await Promise.allSettled(['b', 'a', 'c'].map((key) => insert(key)))
    expect(results.map((result) => result.status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect((results[1] as PromiseRejectedResult).reason).toBeInstanceOf(Duplicate)
    expect(await keys()).toEqual(['a', 'b', 'c'])
  })

  it('undoes all of a transaction that fails half-way', async () => {
    const work = database.transaction(async (q) => {
      await q.all('insert into item values ($1, $2)', 'a', 1)
      throw new Error('half-way')
    })
    await expect(work).rejects.toThrow('half-way')
    expect(await keys()).toEqual([])
  })

  it('shows a read nothing of a group that is not committed', async () => {
    let seen: string[] | undefined
    let reading: Promise<void> | undefined
    await database.transaction(async (q) => {
      await q.all('insert into item values ($1, $2)', 'a', 1)
      reading = keys().then((found) => {
        seen = found
      })
      await q.all('insert into item values ($1, $2)', 'b', 1)
    })
    await reading
    expect(seen).toSatisfy((found: string[]) => found.length !== 1)
  })

  it('shows a read that follows a write what was written, within one turn of the event loop', async () => {
    await keys()
    await insert('a')
    expect(await keys()).toEqual(['a'])
  })

  it('stores all of 200 concurrent transactions', async () => {
    await Promise.all(Array.from({ length: 200 }, (_, index) => insert(`k${index}`)))
    expect(await keys()).toHaveLength(200)
  })

  it('takes a parameter in any order, and twice', async () => {
    await database.transaction((q) => q.all('insert into item values ($2, $1)', 7, 'a'))
    expect(await database.all('select key from item where size = $1 and size = $1 and key = $2', 7, 'a')).toEqual([
      { key: 'a' },
    ])
  })

  it('refuses reads and writes once it is closed', async () => {
    await insert('a')
    const reading = keys()
    await database.close()
    expect(await reading).toEqual(['a'])
    await expect(keys()).rejects.toThrow('the store is closed')
    await expect(insert('b')).rejects.toThrow('the store is closed')
    database = openSqlite(':memory:')
  })

  it('tells one read of its error, and answers the others', async () => {
    await insert('a')
    const [good, bad, alsoGood] = await Promise.allSettled([keys(), database.all('select nonsense'), keys()])
    expect([good?.status, bad?.status, alsoGood?.status]).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  })

  it('refuses a schema newer than it knows', async () => {
    await expect(migrate(database, 'test', [])).rejects.toBeInstanceOf(StartError)
  })
})
