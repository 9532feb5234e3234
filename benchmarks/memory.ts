import { setTimeout as sleep } from 'node:timers/promises'
import { apiVersion, Client } from './client.ts'
import { residentMegabytes } from './machine.ts'
import { median } from './median.ts'
import { startVault } from './processes.ts'
import { progress } from './progress.ts'
import { FailedRequests } from './rounds.ts'
import { measureSlice } from './slice.ts'

export interface MemoryResult {
  readonly secrets: number
  /** Resident megabytes some seconds after the start, nothing asked yet. */
  readonly rest: number
  /** The most in the last third of the load. */
  readonly load: number
  /** By how much the last sixth is above the one before it. */
  readonly growth: number
  /** One each second of the load. */
  readonly samples: readonly number[]
  readonly perSecond: number
  readonly seconds: number
}

/** Opens the folder anew, and watches the server's memory at rest and under a mixture of all operations at full speed. */
export async function measureMemory(folder: string, secrets: number, seconds: number): Promise<MemoryResult> {
  const vault = await startVault(folder)
  const client = new Client(vault)
  try {
    await sleep(3_000)
    const rest = residentMegabytes(vault.pid)
    await client.signIn()
    const samples: number[] = []
    const watch = setInterval(() => {
      samples.push(residentMegabytes(vault.pid))
      progress(`memory: ${samples.length} of ${seconds} s, ${samples.at(-1)?.toFixed(0)} MB`)
    }, 1_000)
    const { host, token } = client
    const load = { requests: { kind: 'mixed' }, connections: 64, seconds, secrets, host, token, apiVersion } as const
    const slice = await measureSlice(vault, load).finally(() => clearInterval(watch))
    if (slice.refused + slice.broken > 0) {
      throw new FailedRequests(`${slice.refused + slice.broken} of ${slice.requests} mixed requests failed`)
    }
    const third = samples.slice(Math.floor((samples.length * 2) / 3))
    const half = Math.floor(third.length / 2)
    const growth = half === 0 ? 0 : median(third.slice(half)) - median(third.slice(0, half))
    return { secrets, rest, load: Math.max(...third), growth, samples, perSecond: slice.perSecond, seconds }
  } finally {
    client.close()
    await vault.stop()
  }
}
