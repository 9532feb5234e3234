import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe } from 'vitest'
import { migrate } from './sql.js'
import { sqlVaultStore, vaultMigrations } from './sql-vault-store.js'
import { openSqlite } from './sqlite.js'
import { behavesLikeAVaultStore } from './vault-store.contract.js'

describe('the SQL store on an embedded file', () => {
  behavesLikeAVaultStore(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'strongroom-store-'))
    const database = openSqlite(join(folder, 'db'))
    await migrate(database, 'vault', vaultMigrations)
    return {
      store: sqlVaultStore(database),
      close: async () => {
        await database.close()
        rmSync(folder, { recursive: true })
      },
    }
  })
})

describe('the SQL store in memory', () => {
  behavesLikeAVaultStore(async () => {
    const database = openSqlite(':memory:')
    await migrate(database, 'vault', vaultMigrations)
    return { store: sqlVaultStore(database), close: () => database.close() }
  })
})
