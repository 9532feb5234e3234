import { execFileSync } from 'node:child_process'
import { existsSync, statfsSync } from 'node:fs'
import { dirname } from 'node:path'

/** The benchmark cannot run here. The message says why, and what to do. */
export class NotHere extends Error {
  override readonly name = 'NotHere'
}

const packages = { wrk: 'wrk', taskset: 'util-linux' }

/** @throws {NotHere} a tool is missing, or this is not Linux with two cores */
export function needTools(): void {
  if (process.platform !== 'linux') throw new NotHere('the benchmarks read CPU time from /proc, so they need Linux')
  const missing = (Object.keys(packages) as (keyof typeof packages)[]).filter((tool) => !isInstalled(tool))
  if (missing.length > 0) {
    const install = missing.map((tool) => packages[tool]).join(' ')
    throw new NotHere(`${missing.join(' and ')} not found; install with: apt-get install -y ${install}`)
  }
  try {
    execFileSync('taskset', ['-c', '0,1', 'true'], { stdio: 'ignore' })
  } catch {
    throw new NotHere('two cores are needed, number 0 for the server and number 1 for the load')
  }
}

/** @throws {NotHere} the folder is in memory, where no sync costs anything */
export function needDisk(folder: string): void {
  let existing = folder
  while (!existsSync(existing)) existing = dirname(existing)
  if ([0x01021994, 0x858458f6].includes(statfsSync(existing).type)) {
    throw new NotHere(`${folder} is in memory, where syncs cost nothing: choose a folder on a disk with --folder`)
  }
}

function isInstalled(tool: string): boolean {
  return (process.env.PATH ?? '').split(':').some((folder) => existsSync(`${folder}/${tool}`))
}
