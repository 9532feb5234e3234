import { StartError } from '../errors.js'

/**
 * What a store says to a database. The SQL text lives in the stores; a driver knows one engine. Parameters are `$1`, `$2`,
 * … in every text.
 */
export type SqlValue = string | number | null | Uint8Array

export interface Statements {
  /** Runs one statement and returns its rows. Each text is prepared once per connection. */
  all<Row = Record<string, unknown>>(text: string, ...values: readonly SqlValue[]): Promise<Row[]>
}

export interface SqlDatabase extends Statements {
  /**
   * All or nothing, and on the disk once it resolves. `work` may run more than once, and awaits nothing but its own
   * statements.
   * @throws {Duplicate} the key of a new row is taken
   */
  transaction<T>(work: (statements: Statements) => Promise<T>): Promise<T>
  /** The engine's names for the words `{TEXT}`, `{BLOB}`, `{INT}` and `{CLUSTERED}` of a `create table`. */
  readonly types: Readonly<Record<'TEXT' | 'BLOB' | 'INT' | 'CLUSTERED', string>>
  close(): Promise<void>
}

/** The key of a new row is taken; nothing of the transaction was stored. */
export class Duplicate extends Error {
  override readonly name = 'Duplicate'
}

/**
 * Runs the steps of a list that this database has not seen, each once and in order. A list only ever grows at its end, and
 * a step never changes once it has been released.
 * @param list - the list's name; each has a count of its own
 * @throws {StartError} the database was written by a later Strongroom
 */
export async function migrate(database: SqlDatabase, list: string, steps: readonly string[]): Promise<void> {
  const text = (step: string) =>
    step.replaceAll(/\{(TEXT|BLOB|INT|CLUSTERED)\}/g, (_, word: keyof SqlDatabase['types']) => database.types[word])
  await database.transaction(async (q) => {
    await q.all(
      text(
        `create table if not exists migration(
           list {TEXT} not null, step {INT} not null, primary key (list, step)) {CLUSTERED}`,
      ),
    )
  })
  const [last] = await database.all<{ step: number | null }>(
    'select max(step) as step from migration where list = $1',
    list,
  )
  const done = last?.step ?? 0
  if (done > steps.length) {
    throw new StartError(
      `the data has schema ${list} ${done}, and this Strongroom knows up to ${steps.length}: start the version that wrote it, or a later one`,
    )
  }
  for (let step = done + 1; step <= steps.length; step++) {
    await database.transaction(async (q) => {
      await q.all(text(steps[step - 1] as string))
      await q.all('insert into migration values ($1, $2)', list, step)
    })
  }
}
