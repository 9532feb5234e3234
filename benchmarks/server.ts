import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { apiVersion, Client } from './client.ts'
import { figuresOf } from './figures.ts'
import { fillFolder } from './filled-folder.ts'
import { type MemoryResult, measureMemory } from './memory.ts'
import type { Options } from './options.ts'
import { type BareProcess, startBare, startVault } from './processes.ts'
import { progress, progressDone } from './progress.ts'
import { type Failure, figuresTable, memoryText, rowsTable } from './report.ts'
import { measureRow, type RowResult } from './rounds.ts'
import { prepareRows, type Side } from './rows.ts'
import { measureSlice } from './slice.ts'

interface Results {
  readonly rows: RowResult[]
  readonly failures: Failure[]
  memory?: MemoryResult
}

/** The rows that say how a vault behaves as it fills; the others are measured in the fullest one only. */
const rowsPerSize: readonly string[] = ['get64', 'get1', 'set64', 'set1']

/** Measures the server, prints what came out, and returns whether everything worked. Missed targets are no failure. */
export async function benchServer(options: Options, folder: string): Promise<boolean> {
  const results: Results = { rows: [], failures: [] }
  const bare = await startBare()
  try {
    for (const secrets of options.sizes) {
      const fullest = secrets === options.sizes.at(-1)
      const wanted = new Set([...options.rows].filter((row) => fullest || rowsPerSize.includes(row)))
      if (wanted.size > 0) await measureVault(join(folder, String(secrets)), secrets, wanted, bare, options, results)
    }
  } finally {
    await bare.stop()
  }
  progressDone()
  return report(results, options)
}

async function measureVault(
  folder: string,
  secrets: number,
  wanted: ReadonlySet<string>,
  bare: BareProcess,
  options: Options,
  results: Results,
): Promise<void> {
  mkdirSync(folder, { recursive: true })
  await fillFolder(folder, secrets)

  const vault = await startVault(folder)
  const client = new Client(vault)
  const seconds = options.quick ? 1 : 2
  const measure = async (side: Side, forSeconds = seconds) => {
    if (side.bare !== undefined) await bare.answerWith(side.bare)
    const { requests, connections } = side
    const { host, token } = client
    const load = { requests, connections, seconds: forSeconds, secrets, host, token, apiVersion }
    return await measureSlice(side.bare === undefined ? vault : bare, load)
  }
  try {
    await client.signIn()
    for (const row of await prepareRows(client, secrets, wanted)) {
      progress(`measuring ${row.name} with ${secrets} secrets`)
      try {
        if (!options.quick) {
          await measure(row.subject, 1)
          await measure(row.baseline, 1)
        }
        results.rows.push(await measureRow(row, secrets, options.rounds, measure))
      } catch (error) {
        results.failures.push({ name: row.name, secrets, message: (error as Error).message })
      }
    }
  } finally {
    client.close()
    await vault.stop()
  }

  if (!wanted.has('memory')) return
  try {
    results.memory = await measureMemory(folder, secrets, options.quick ? 3 : 90)
  } catch (error) {
    results.failures.push({ name: 'memory', secrets, message: (error as Error).message })
  }
}

function report({ rows, failures, memory }: Results, options: Options): boolean {
  const figures = figuresOf(rows, memory)
  const parts: string[] = []
  if (rows.length > 0) parts.push(rowsTable(rows))
  if (memory !== undefined) parts.push(memoryText(memory))
  if (figures.size > 0) parts.push(figuresTable(figures))
  if (options.quick) parts.push('This was --quick: it shows that everything works, not how fast it is.')
  for (const { name, secrets, message } of failures) parts.push(`FAILED ${name} with ${secrets} secrets: ${message}`)
  process.stdout.write(`${parts.join('\n\n')}\n`)

  if (options.json !== undefined) {
    const json = {
      passed: rows.length + (memory === undefined ? 0 : 1),
      failed: failures.length,
      figures: Object.fromEntries([...figures].map(([name, { value }]) => [name, Number(value.toFixed(3))])),
    }
    writeFileSync(options.json, `${JSON.stringify(json, null, 2)}\n`)
  }
  return failures.length === 0
}
