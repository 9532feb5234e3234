import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { apiVersion, Client } from './client.ts'
import { fillFolder } from './filled-folder.ts'
import { startVault } from './processes.ts'
import { progress, progressDone } from './progress.ts'
import { table } from './report.ts'
import { measureSlice } from './slice.ts'

/** The part of V8's CPU profile that is read here. */
interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number }
  }[]
  readonly samples: readonly number[]
  /** Microseconds before each sample. */
  readonly timeDeltas: readonly number[]
}

/** Loads a server and prints the functions that used most of its time by themselves. */
export async function profileServer(operation: 'get' | 'set', folder: string): Promise<void> {
  const secrets = 20_000
  await fillFolder(folder, secrets)
  const profiles = join(folder, 'profiles')
  const vault = await startVault(folder, ['--cpu-prof', `--cpu-prof-dir=${profiles}`])
  const client = new Client(vault)
  await client.signIn()
  progress('profiling')
  const { host, token } = client
  const load = {
    requests: { kind: operation },
    connections: 64,
    seconds: 10,
    secrets,
    host,
    token,
    apiVersion,
  } as const
  const slice = await measureSlice(vault, load)
  client.close()
  await vault.stop()
  progressDone()

  const [file] = readdirSync(profiles)
  if (file === undefined) throw new Error('Node wrote no profile')
  const profile: CpuProfile = JSON.parse(readFileSync(join(profiles, file), 'utf8'))
  process.stdout.write(`${slice.requests} ${operation}s in 10 s, ${slice.cpu.toFixed(0)} µs of CPU each (profiling included).

${selfTimes(profile, slice.requests)}
`)
}

function selfTimes({ nodes, samples, timeDeltas }: CpuProfile, requests: number): string {
  const places = new Map(nodes.map(({ id, callFrame }) => [id, place(callFrame)]))
  const times = new Map<string, number>()
  samples.forEach((id, index) => {
    const at = places.get(id) ?? '?'
    times.set(at, (times.get(at) ?? 0) + (timeDeltas[index] ?? 0))
  })
  times.delete('(idle)  ')
  const total = [...times.values()].reduce((sum, time) => sum + time, 0)
  const top = [...times].sort(([, a], [, b]) => b - a).slice(0, 40)
  const rows = top.map(([at, time]) => [
    `${((100 * time) / total).toFixed(1)} %`,
    (time / requests).toFixed(2),
    ...at.split('  '),
  ])
  return table(['self', 'µs each', 'function', 'where'], rows)
}

function place({ functionName, url, lineNumber }: CpuProfile['nodes'][number]['callFrame']): string {
  const where = url.replace(/^.*\/(?=packages\/|node_modules\/|benchmarks\/)/, '')
  return `${functionName || '(anonymous)'}  ${where === '' ? '' : `${where}:${lineNumber + 1}`}`
}
