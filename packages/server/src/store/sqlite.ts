import Database from 'better-sqlite3'
import { Duplicate, type SqlDatabase, type SqlValue, type Statements } from './sql.js'

/** The most writes that share one commit. */
const groupSize = 64

interface Waiting {
  work: (statements: Statements) => Promise<unknown>
  resolve: (value: unknown) => void
  reject: (error: unknown) => void
}

interface Read {
  text: string
  values: readonly SqlValue[]
  resolve: (rows: unknown[]) => void
  reject: (error: unknown) => void
}

/**
 * Opens an embedded database. Concurrent transactions share one commit, and so one sync; reads have a connection of their
 * own, see only what is committed, and never wait for a write. Those of one event-loop turn are made together, on one
 * snapshot: docs/decisions/0004.
 * @param path - a file, or `:memory:` for a database that ends with the process
 */
export function openSqlite(path: string): SqlDatabase {
  const writer = new Database(path)
  const inMemory = path === ':memory:'
  if (!inMemory) writer.pragma('journal_mode = wal')
  // At every open: a WAL file otherwise opens at NORMAL, where an acknowledged write is not yet on the disk.
  writer.pragma('synchronous = full')
  if (writer.pragma('synchronous', { simple: true }) !== 2) {
    writer.close()
    throw new Error(`${path}: this SQLite does not sync every commit, so it cannot keep what it acknowledges`)
  }
  const reader = inMemory ? writer : new Database(path)
  if (!inMemory) reader.pragma('query_only = 1')

  const write = prepared(writer)
  const read = inMemory ? write : prepared(reader)
  const writes: Statements = { all: async (text, ...values) => write(text, values) as never }

  let waiting: Waiting[] = []
  let draining: Promise<void> | undefined
  let reads: Read[] = []
  let closed = false

  const beginRead = reader.prepare('begin')
  const endRead = reader.prepare('commit')

  /** The reads of one turn of the event loop, one after the other on one snapshot. */
  function readTogether() {
    const group = reads
    reads = []
    try {
      beginRead.run()
      for (const { text, values, resolve, reject } of group) {
        try {
          resolve(read(text, values))
        } catch (error) {
          reject(error)
        }
      }
      endRead.run()
    } catch (error) {
      // There is nobody above to catch it: those who wait are told, and the next reads begin anew.
      if (reader.inTransaction) reader.exec('rollback')
      for (const { reject } of group) reject(error)
    }
  }

  const begin = writer.prepare('begin immediate')
  const commit = writer.prepare('commit')
  const rollback = writer.prepare('rollback')
  const savepoint = writer.prepare('savepoint one')
  const undo = writer.prepare('rollback to one')
  const release = writer.prepare('release one')

  /** All of the group in one commit, if none of them fails: a savepoint for each costs some 5 % of the whole. */
  async function commitTogether(group: Waiting[]) {
    const values: unknown[] = []
    begin.run()
    try {
      for (const { work } of group) values.push(await work(writes))
    } catch {
      if (writer.inTransaction) rollback.run() // a full disk has undone it already
      return await commitApart(group)
    }
    commit.run()
    group.forEach(({ resolve }, index) => {
      resolve(values[index])
    })
  }

  /** Still one commit, and whoever fails fails alone. */
  async function commitApart(group: Waiting[]) {
    const answers: (() => void)[] = []
    begin.run()
    for (const { work, resolve, reject } of group) {
      savepoint.run()
      try {
        const value = await work(writes)
        answers.push(() => resolve(value))
      } catch (error) {
        undo.run() // throws if SQLite gave the whole group up
        answers.push(() => reject(error))
      }
      release.run()
    }
    commit.run()
    for (const answer of answers) answer()
  }

  async function drain() {
    while (waiting.length > 0) {
      await new Promise(setImmediate) // whatever this turn of the event loop brings joins the group
      const group = waiting.slice(0, groupSize)
      waiting = waiting.slice(groupSize)
      try {
        await commitTogether(group)
      } catch (error) {
        if (writer.inTransaction) writer.exec('rollback')
        for (const { reject } of group) reject(error)
      }
    }
    draining = undefined
  }

  return {
    types: { TEXT: 'text', BLOB: 'blob', INT: 'integer', CLUSTERED: 'without rowid' },

    all(text, ...values) {
      if (closed) return Promise.reject(new Error('the store is closed'))
      if (inMemory) return (draining ?? Promise.resolve()).then(() => read(text, values) as never)
      return new Promise((resolve, reject) => {
        if (reads.push({ text, values, resolve: resolve as (rows: unknown[]) => void, reject }) === 1) {
          setImmediate(readTogether)
        }
      })
    },

    transaction(work) {
      if (closed) return Promise.reject(new Error('the store is closed'))
      return new Promise((resolve, reject) => {
        waiting.push({ work, resolve: resolve as (value: unknown) => void, reject })
        draining ??= drain()
      })
    },

    async close() {
      closed = true
      await draining
      if (!inMemory) {
        while (reads.length > 0) await new Promise(setImmediate)
        reader.close()
      }
      writer.close()
    },
  }
}

/** Runs statements on one connection, each text prepared once. */
function prepared(connection: Database.Database) {
  const statements = new Map<string, { statement: Database.Statement; order: number[] | undefined }>()
  return (text: string, values: readonly SqlValue[]): unknown[] => {
    let known = statements.get(text)
    if (known === undefined) {
      known = prepare(connection, text)
      statements.set(text, known)
    }
    const { statement, order } = known
    const bound = order === undefined ? values : order.map((place) => values[place] ?? null)
    try {
      if (statement.reader) return statement.all(...bound)
      statement.run(...bound)
      return []
    } catch (error) {
      if ((error as { code?: string }).code === 'SQLITE_CONSTRAINT_PRIMARYKEY') {
        throw new Duplicate('a row with this key exists')
      }
      throw error
    }
  }
}

/** SQLite reads `$1` as a name; positions are quicker to bind. `order` is absent where the positions are 1, 2, 3, … */
function prepare(connection: Database.Database, text: string) {
  const places: number[] = []
  const positional = text.replaceAll(/\$(\d+)/g, (_, digits: string) => {
    places.push(Number(digits) - 1)
    return '?'
  })
  const inOrder = places.every((place, index) => place === index)
  return { statement: connection.prepare(positional), order: inOrder ? undefined : places }
}
