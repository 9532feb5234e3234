/** A thousand secrets through both clients, then a clean restart, then `kill -9` while sets are under way. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { corpusSize, marker, corpus as secretsOf } from './corpus.mjs'
import { type Client, nameOf, programOf } from './js/clients-under-test.ts'
import { type PackageSet, packageSet } from './js/packages.ts'
import type { Outcome } from './report.ts'
import { type Check, type Run, runChecks } from './run-of-checks.ts'
import { VaultProcess, type VaultUnderTest } from './vault-under-test.ts'

const clients: readonly Client[] = ['official', 'ours']
const kills = 2
/** How many sets of both clients are acknowledged before the server is killed. */
const acknowledgedBeforeKill = 600

export async function corpus(keep: boolean): Promise<Outcome> {
  const started = Date.now()
  const set = packageSet('newest')
  const server = await VaultProcess.create()
  const runs: Run[] = []
  const figures = {
    secrets: corpusSize,
    clients: clients.length,
    readBack: 0,
    readBackAfterRestart: 0,
    readBackAfterKill: 0,
    kills,
    acknowledged: 0,
    lost: 0,
    clearValuesFound: 0,
    seconds: 0,
  }
  const snapshotOf = (owner: Client) => join(server.folder, `snapshot-${owner}.json`)
  const step = async (vault: VaultUnderTest, client: Client, title: string, args: readonly string[]) => {
    const run = await runChecks(
      `${title}: ${shortName(set, client)}`,
      set.runtime,
      programFor(set, client, vault, args),
    )
    runs.push(run)
    return run
  }
  const compare = async (vault: VaultUnderTest, title: string, reader: Client, owner: Client) =>
    sumOf(await step(vault, reader, title, ['compare', owner, snapshotOf(owner)]), 'identical')
  const search = (title: string, vault: VaultUnderTest) => {
    const found = clearValuesIn(server.dataFolder, vault.clientSecret)
    figures.clearValuesFound += found.length
    runs.push(ownRun(title, 'no value of the corpus stands in the clear in the data folder', found))
    // Names are no secrets and are stored as they are: a search that misses them would miss values as well.
    const [first] = secretsOf('official')
    const blind = first === undefined || filesWith(server.dataFolder, [Buffer.from(first.name)]).length === 0
    runs.push(ownRun(title, 'the search finds what is not sealed', blind ? ['it did not find a name'] : []))
  }

  try {
    let vault = await server.start()
    for (const client of clients) {
      const run = await step(vault, client, 'set, change, read back', ['fill', client, snapshotOf(client)])
      figures.readBack += sumOf(run, 'identical')
    }

    await server.stop()
    search('after a clean end', vault)
    vault = await server.start()
    for (const client of clients) {
      figures.readBackAfterRestart += await compare(vault, 'after a restart', client, client)
    }
    await compare(vault, 'what the other client set', 'official', 'ours')
    await compare(vault, 'what the other client set', 'ours', 'official')

    for (let round = 1; round <= kills; round++) {
      const owners = clients.map((client) => ({ client, owner: `${client}-kill-${round}` }))
      const acknowledged = new Map(owners.map(({ owner }) => [owner, [] as unknown[]]))
      let total = 0
      let killed: Promise<void> | undefined
      const writing = owners.map(({ client, owner }) => {
        const program = programFor(set, client, vault, ['write', owner])
        return runChecks(`sets until kill ${round}: ${shortName(set, client)}`, set.runtime, {
          ...program,
          limitInMs: 60_000,
          onFact: (fact) => {
            if (fact.acknowledged === undefined) return
            acknowledged.get(owner)?.push(fact.acknowledged)
            total++
            const everyClientWrote = [...acknowledged.values()].every(({ length }) => length > 0)
            if (total >= acknowledgedBeforeKill && everyClientWrote) killed ??= server.kill()
          },
        })
      })
      runs.push(...(await Promise.all(writing)))
      await (killed ?? server.kill())
      vault = await server.start()
      for (const { client, owner } of owners) {
        const file = join(server.folder, `acknowledged-${owner}.json`)
        const mine = acknowledged.get(owner) ?? []
        writeFileSync(file, JSON.stringify(mine))
        const run = await step(vault, client, `after kill ${round}`, ['verify', owner, file])
        figures.acknowledged += mine.length
        figures.lost += mine.length - sumOf(run, 'found')
      }
    }

    for (const client of clients) {
      figures.readBackAfterKill += await compare(vault, `after kill ${kills}`, client, client)
    }
    // Killed once more, so that what is searched has the form a power cut leaves.
    await server.kill()
    search('after kill -9', vault)
  } finally {
    await server.stop()
    if (keep) process.stderr.write(`conformance: the data folder is ${server.folder}\n`)
    else server.removeFolder()
  }
  figures.seconds = Math.round((Date.now() - started) / 1000)
  runs.push(ownRun('the whole', 'every client read everything back, and nothing was lost', wrongFigures(figures)))
  return { runs, figures }
}

function wrongFigures(figures: Readonly<Record<string, number>>): string[] {
  const everything = corpusSize * clients.length
  const wanted = { readBack: everything, readBackAfterRestart: everything, readBackAfterKill: everything, lost: 0 }
  const wrong = Object.entries(wanted).filter(([name, figure]) => figures[name] !== figure)
  const few = (figures.acknowledged ?? 0) < kills * acknowledgedBeforeKill
  return [
    ...wrong.map(([name, figure]) => `${name} is ${figures[name]}, expected ${figure}`),
    ...(few ? [`acknowledged is ${figures.acknowledged}, too few for a kill in the middle of sets`] : []),
  ]
}

function programFor(set: PackageSet, client: Client, vault: VaultUnderTest, args: readonly string[]) {
  return programOf(set, client, client === 'ours' ? 'built-in' : '@azure/identity', vault, ['corpus', ...args])
}

const shortName = (set: PackageSet, client: Client) => nameOf(set, client, 'built-in').split(',')[0] ?? client

function sumOf(run: Run, fact: string): number {
  return run.facts.reduce((sum, said) => sum + (typeof said[fact] === 'number' ? said[fact] : 0), 0)
}

/** A check that the harness makes itself. */
function ownRun(name: string, check: string, problems: readonly string[]): Run {
  const result: Check = { check, passed: problems.length === 0, message: problems.join('\n') }
  return { name, runtime: '', checks: [result], facts: [] }
}

/** The raw bytes of every file: values as they are, in UTF-16, in base64 of any alignment; keys; the client's secret. */
function clearValuesIn(folder: string, clientSecret: string): string[] {
  const wanted = [
    ...formsOf(marker),
    ...formsOf(clientSecret),
    ...secretsOf('official')
      .filter(({ value }) => value.startsWith('-----BEGIN'))
      .slice(0, 25)
      .map(({ value }) => Buffer.from(value.split('\n')[1] ?? value)),
  ]
  return filesWith(folder, wanted).map(
    ({ path, hits }) => `${path} holds ${hits} of ${wanted.length} texts that must be sealed`,
  )
}

function filesWith(folder: string, texts: readonly Buffer[]): { path: string; hits: number }[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => {
      const bytes = readFileSync(path)
      return { path, hits: texts.filter((text) => bytes.includes(text)).length }
    })
    .filter(({ hits }) => hits > 0)
}

function formsOf(text: string): Buffer[] {
  const base64 = [0, 1, 2].map((shift) => {
    const encoded = Buffer.from(`${'x'.repeat(shift)}${text}`).toString('base64')
    // The ends depend on what stands before and after; the middle is the text's own.
    return Buffer.from(encoded.slice(shift === 0 ? 0 : 4, -4))
  })
  return [Buffer.from(text), Buffer.from(text, 'utf16le'), ...base64]
}
