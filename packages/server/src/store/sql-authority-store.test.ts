import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe } from 'vitest'
import { behavesLikeAnAuthorityStore } from './authority-store.contract.js'
import { migrate } from './sql.js'
import { authorityMigrations, sqlAuthorityStore } from './sql-authority-store.js'
import { openSqlite } from './sqlite.js'

describe('the SQL store of the authority on an embedded file', () => {
  behavesLikeAnAuthorityStore(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'strongroom-authority-'))
    const database = openSqlite(join(folder, 'db'))
    await migrate(database, 'authority', authorityMigrations)
    return {
      store: sqlAuthorityStore(database),
      close: async () => {
        await database.close()
        rmSync(folder, { recursive: true })
      },
    }
  })
})
