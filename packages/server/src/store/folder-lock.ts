import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { StartError } from '../errors.js'

/**
 * Takes the data folder for this process alone. The lock is the operating system's, held through SQLite, so it ends with
 * the process however that ends. Returns the release.
 * @throws {StartError} another process has it; nothing was touched
 */
export function lockFolder(folder: string): () => void {
  const owner = join(folder, 'owner')
  const lock = new Database(join(folder, 'lock'), { timeout: 0 })
  try {
    lock.pragma('locking_mode = exclusive')
    lock.exec('begin exclusive')
  } catch (error) {
    lock.close()
    if (!String((error as { code?: string }).code).startsWith('SQLITE_BUSY')) throw error
    throw new StartError(
      `the data folder ${folder} is in use by ${processNamedIn(owner)}: stop it first, or choose another folder`,
    )
  }
  writeFileSync(owner, `${process.pid}\n`)
  return () => {
    rmSync(owner, { force: true })
    lock.close()
  }
}

function processNamedIn(path: string): string {
  try {
    return `process ${Number.parseInt(readFileSync(path, 'utf8'), 10)}`
  } catch {
    return 'another process'
  }
}
