import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { busySeconds, cpuNanoseconds } from './machine.ts'
import type { ServerProcess } from './processes.ts'

/** What wrk asks for, over and over. */
export type Requests =
  | { readonly kind: 'get' | 'set' | 'mixed' }
  | { readonly kind: 'fixed'; readonly method: string; readonly target: string }

export interface Load {
  readonly requests: Requests
  readonly connections: number
  /** Whole seconds. */
  readonly seconds: number
  /** How many names `secret-000001`, … there are to choose from. */
  readonly secrets: number
  readonly host: string
  readonly token: string
  readonly apiVersion: string
}

/** A second or two of load on one server. */
export interface Slice {
  readonly requests: number
  /** Answers of a status above 399. */
  readonly refused: number
  /** Requests that got no answer. */
  readonly broken: number
  readonly perSecond: number
  /** Milliseconds. */
  readonly p99: number
  /** The server's CPU time per request, in microseconds. */
  readonly cpu: number
  /** Cores' worth of CPU time: of the server, of wrk, and of everything else on this machine. */
  readonly busy: { readonly server: number; readonly load: number; readonly others: number }
}

/** Loads a server with wrk on core 1. */
export async function measureSlice(server: ServerProcess, load: Load): Promise<Slice> {
  const before = { server: cpuNanoseconds(server.pid) ?? 0, machine: busySeconds() }
  const { result, cpu: loadCpu } = await runWrk(server.port, load)
  const after = { server: cpuNanoseconds(server.pid) ?? 0, machine: busySeconds() }

  const seconds = result.microseconds / 1e6
  const serverCpu = after.server - before.server
  const others = (after.machine - before.machine) * 1e9 - serverCpu - loadCpu
  return {
    requests: result.requests,
    refused: result.refused,
    broken: result.broken,
    perSecond: result.requests / seconds,
    p99: result.p99 / 1000,
    cpu: serverCpu / 1000 / result.requests,
    busy: {
      server: serverCpu / 1e9 / seconds,
      load: loadCpu / 1e9 / seconds,
      others: Math.max(0, others / 1e9 / seconds),
    },
  }
}

interface WrkResult {
  readonly microseconds: number
  readonly requests: number
  readonly refused: number
  readonly broken: number
  readonly p99: number
}

function runWrk(port: number, load: Load): Promise<{ result: WrkResult; cpu: number }> {
  const { requests } = load
  const script = join(import.meta.dirname, 'load.lua')
  const args = ['-c', '1', 'wrk', '-t1', `-c${load.connections}`, `-d${load.seconds}s`, '-s', script]
  const child = spawn('taskset', [...args, `https://127.0.0.1:${port}`], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env.PATH,
      HOST: load.host,
      TOKEN: load.token,
      API_VERSION: load.apiVersion,
      SECRETS: String(load.secrets),
      SEED: String(Math.floor(Math.random() * 2 ** 31)),
      REQUESTS: requests.kind,
      ...(requests.kind === 'fixed' && { METHOD: requests.method, TARGET: requests.target }),
    },
  })
  // Nobody tells a thread's CPU time once it has ended, so the highest reading before that has to do.
  let cpu = 0
  const watch = setInterval(() => {
    cpu = Math.max(cpu, cpuNanoseconds(child.pid as number) ?? 0)
  }, 20)
  let output = ''
  child.stdout.on('data', (chunk) => {
    output += chunk
  })
  child.stderr.on('data', (chunk) => {
    output += chunk
  })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', () => {
      clearInterval(watch)
      const json = /^RESULT (.*)$/m.exec(output)?.[1]
      if (json === undefined) return reject(new Error(`wrk gave no result:\n${output}`))
      resolve({ result: JSON.parse(json), cpu })
    })
  })
}
