import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface, type Interface } from 'node:readline'

/** A server on core 0, all its threads included. */
export interface ServerProcess {
  readonly pid: number
  readonly port: number
  /** Lets it close what it has open, and waits until it has ended. */
  stop(): Promise<void>
}

/** How to call the vault that `vault-process.mjs` runs. */
export interface VaultAccess {
  readonly port: number
  readonly vaultUrl: string
  readonly authorityUrl: string
  readonly tenantId: string
  readonly audience: string
  readonly caCertificate: string
  readonly clientId: string
  readonly clientSecret: string
}

export type VaultProcess = ServerProcess & VaultAccess

/** An answer that the bare server repeats. */
export interface FixedAnswer {
  readonly status: number
  /** Names and values in turn. */
  readonly headers: readonly string[]
  readonly body: string
}

export interface BareProcess extends ServerProcess {
  /** Gives this answer to every request from now on. */
  answerWith(answer: FixedAnswer): Promise<void>
}

const running = new Set<ChildProcess>()
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/** @param nodeOptions - such as `--cpu-prof` */
export async function startVault(folder: string, nodeOptions: readonly string[] = []): Promise<VaultProcess> {
  const { child, nextLine } = start([...nodeOptions, script('vault-process.mjs'), folder])
  const access: VaultAccess = JSON.parse(await nextLine())
  return { ...access, pid: child.pid as number, stop: () => stop(child) }
}

export async function startBare(): Promise<BareProcess> {
  const { child, nextLine } = start([script('bare-process.mjs')])
  const { port } = JSON.parse(await nextLine())
  return {
    pid: child.pid as number,
    port,
    stop: () => stop(child),
    async answerWith(answer) {
      child.stdin?.write(`${JSON.stringify(answer)}\n`)
      await nextLine()
    },
  }
}

const script = (name: string) => join(import.meta.dirname, name)

function start(args: readonly string[]) {
  const child = spawn('taskset', ['-c', '0', process.execPath, ...args], { stdio: ['pipe', 'pipe', 'inherit'] })
  running.add(child)
  child.once('exit', () => running.delete(child))
  const lines: Interface = createInterface({ input: child.stdout as NodeJS.ReadableStream })
  const nextLine = () =>
    new Promise<string>((resolve, reject) => {
      const ended = () => reject(new Error(`the process under measurement ended: ${args.at(-1)}`))
      child.once('exit', ended)
      child.once('error', reject)
      lines.once('line', (line) => {
        child.off('exit', ended)
        child.off('error', reject)
        resolve(line)
      })
    })
  return { child, nextLine }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  await ended
}
