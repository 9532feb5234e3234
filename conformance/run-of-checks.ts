/** Runs a program that reports its checks, one JSON object a line: the same for every language. */
import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

export interface Check {
  readonly check: string
  readonly passed: boolean
  readonly message?: string
}

/** One program, with one set of packages, against one vault. */
export interface Run {
  readonly name: string
  readonly runtime: string
  readonly checks: readonly Check[]
  /** What the program said beyond its checks. */
  readonly facts: readonly Record<string, unknown>[]
}

export interface Program {
  readonly command: string
  readonly args: readonly string[]
  readonly cwd: string
  readonly env: NodeJS.ProcessEnv
  readonly limitInMs?: number
  /** Sees each fact as soon as it is said. */
  readonly onFact?: (fact: Record<string, unknown>) => void
}

export async function runChecks(name: string, runtime: string, program: Program): Promise<Run> {
  const checks: Check[] = []
  const facts: Record<string, unknown>[] = []
  let done = false
  let complaints = ''
  const limitInMs = program.limitInMs ?? 300_000

  const child = spawn(program.command, [...program.args], {
    cwd: program.cwd,
    env: program.env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  endWithUs(child)
  let late = false
  const timer = setTimeout(() => {
    late = true
    child.kill('SIGKILL')
  }, limitInMs)
  child.stderr.on('data', (text: Buffer) => {
    complaints = `${complaints}${text}`.slice(-4000)
  })
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message))
    child.once('close', (code, signal) => resolve(`it ended with ${code ?? signal}`))
  })
  for await (const line of createInterface({ input: child.stdout })) {
    const said = parse(line)
    if (said === undefined) complaints = `${complaints}${line}\n`.slice(-4000)
    else if (typeof said.check === 'string') checks.push(said as unknown as Check)
    else if (said.done === true) done = true
    else {
      facts.push(said)
      program.onFact?.(said)
    }
  }
  const end = await ended
  clearTimeout(timer)

  if (!done) {
    const reason = late ? `it was stopped after ${limitInMs / 1000} s` : end
    checks.push({
      check: 'the run reaches its end',
      passed: false,
      message: `${reason}; it said: ${complaints.trim()}`,
    })
  } else if (checks.length === 0) {
    checks.push({ check: 'the run makes at least one check', passed: false, message: 'it made none' })
  }
  const failed = checks.filter((check) => !check.passed).length
  process.stderr.write(`conformance: ${name}: ${checks.length - failed} passed, ${failed} failed\n`)
  return { name, runtime, checks, facts }
}

function parse(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

const children = new Set<ChildProcess>()
process.once('exit', () => {
  for (const child of children) child.kill('SIGKILL')
})

/** A child does not outlive this process, however that ends. */
export function endWithUs(child: ChildProcess): void {
  children.add(child)
  child.once('exit', () => children.delete(child))
}

/**
 * The environment of a run: the machine's, without what would lead a credential, a proxy or a Node elsewhere.
 * @param own - the variables of the run
 */
export function environment(own: Record<string, string>): NodeJS.ProcessEnv {
  const foreign = /^(AZURE_|IDENTITY_|MSI_|IMDS_|CONFORMANCE_|STRONGROOM_|NODE_OPTIONS$|NODE_EXTRA_CA_CERTS$|npm_)/
  const kept = Object.entries(process.env).filter(([name]) => !foreign.test(name))
  return { ...Object.fromEntries(kept), NO_PROXY: 'localhost,.localhost', no_proxy: 'localhost,.localhost', ...own }
}

/** Runs tasks, a few at a time, and keeps their order. */
export async function inTurn<T>(tasks: readonly (() => Promise<T>)[], atOnce: number): Promise<T[]> {
  const results: T[] = []
  let next = 0
  const work = async () => {
    while (next < tasks.length) {
      const index = next++
      const task = tasks[index]
      if (task !== undefined) results[index] = await task()
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  return results
}
