import { readdirSync, readFileSync } from 'node:fs'

/*
 * What the kernel says of processes and cores (Linux). CPU time comes from the scheduler, which counts nanoseconds; the
 * tick-based figures would be too coarse for slices of a second.
 */

/** CPU nanoseconds that the living threads of a process have used so far; `undefined` if there is no such process. */
export function cpuNanoseconds(pid: number): number | undefined {
  try {
    return readdirSync(`/proc/${pid}/task`)
      .map((thread) => Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]))
      .reduce((sum, used) => sum + used, 0)
  } catch {
    return undefined
  }
}

/** Seconds that all cores together were busy so far. */
export function busySeconds(): number {
  const all = readFileSync('/proc/stat', 'utf8').split('\n', 1)[0] ?? ''
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] = all.trim().split(/\s+/).slice(1).map(Number)
  const ticks = user + nice + system + irq + softirq
  return ticks / 100
}

/** Resident memory of a process. */
export function residentMegabytes(pid: number): number {
  const kilobytes = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return Number(kilobytes) / 1024
}
