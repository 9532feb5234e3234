import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { Agent, request } from 'node:https'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest'

/*
 * Whether an acknowledged set is on the disk, as the kernel saw it: the server runs under strace on a data folder that was
 * closed and opened again, which is where SQLite's WAL falls back to fewer syncs. Between the moment a set is sent and the
 * moment its answer is there, a sync of the write-ahead log must have begun and ended.
 */

/** Something with a beginning and an end, both in microseconds since 1970. */
interface Interval {
  readonly start: number
  readonly end: number
}

const serverFolder = dirname(dirname(fileURLToPath(import.meta.url)))
const missing = whyNotHere()
const reasonTo = (context: TestContext) => {
  if (missing === undefined) return
  if (process.env.STRONGROOM_NEEDS_ALL_TOOLS === '1') throw new Error(missing)
  context.skip(missing)
}

describe('an acknowledged set', () => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'strongroom-syncs-'))
  })
  afterAll(async () => {
    for (const child of [...running]) await stop(child)
    rmSync(folder, { recursive: true, force: true })
  })

  it('was synced before its answer, one set after the other and 64 at once, after the folder was opened again', async (context) => {
    reasonTo(context)
    const first = await startServer(folder)
    await new Sets(first.access).set('before')
    await first.stop()

    const trace = join(folder, 'trace')
    const again = await startServer(folder, trace)
    const sets = new Sets(again.access)
    await sets.set('warm-up')
    const oneByOne: Interval[] = []
    for (let count = 0; count < 25; count++) oneByOne.push(await sets.set(`single-${count}`))
    const together: Interval[] = []
    const worker = async (number: number) => {
      for (let count = 0; count < 5; count++) together.push(await sets.set(`worker-${number}-${count}`))
    }
    await Promise.all(Array.from({ length: 64 }, (_, number) => worker(number)))
    await again.stop()

    const syncs = syncsOfTheLog(trace)
    expect({ sets: oneByOne.length, unsynced: unsynced(oneByOne, syncs) }).toEqual({ sets: 25, unsynced: [] })
    expect({ sets: together.length, unsynced: unsynced(together, syncs) }).toEqual({ sets: 320, unsynced: [] })
    const span = { start: (oneByOne[0] as Interval).start, end: (oneByOne.at(-1) as Interval).end }
    expect(syncs.filter((sync) => isWithin(sync, span)).length).toBeGreaterThanOrEqual(oneByOne.length)
  }, 60_000)

  it('would be found out if it was not: a log that is not synced at every commit fails the same check', async (context) => {
    reasonTo(context)
    const trace = join(folder, 'lax-trace')
    const { writes, child } = await startTraced<{ writes: Interval[] }>(laxWriter, [join(folder, 'lax.db')], trace)
    await stop(child)
    expect(writes).toHaveLength(25)
    expect(unsynced(writes, syncsOfTheLog(trace)).length).toBeGreaterThan(20)
  }, 60_000)
})

/** The programs under strace: what they print first is JSON. */
const serverProgram = `
  import { existsSync, readFileSync, writeFileSync } from 'node:fs'
  import { createKeyFile, openServer, readKeyFile } from '@strongroom/server'
  const folder = process.argv[1]
  const key = folder + '/root.key'
  const kept = folder + '/credential.json'
  const rootKey = existsSync(key) ? readKeyFile(key) : createKeyFile(key)
  const server = await openServer({ rootKey, folder: folder + '/data', port: 0 })
  if (!existsSync(kept)) {
    await server.createVault({ name: 'dev' })
    const { clientId, clientSecret, objectId } = await server.addApplication('test')
    await server.assignRole({ principalId: objectId, role: 'Key Vault Secrets Officer', vault: 'dev' })
    writeFileSync(kept, JSON.stringify({ clientId, clientSecret }), { mode: 0o600 })
  }
  const { port, authorityUrl, tenantId, audience, caCertificate } = server
  const access = { port, vaultUrl: server.vaultUrl('dev'), authorityUrl, tenantId, audience, caCertificate }
  console.log(JSON.stringify({ ...access, ...JSON.parse(readFileSync(kept, 'utf8')) }))
  process.once('SIGTERM', async () => {
    await server.close()
    process.exit()
  })`

const laxWriter = `
  import Database from 'better-sqlite3'
  const path = process.argv[1]
  const fresh = new Database(path)
  fresh.pragma('journal_mode = wal')
  fresh.exec('create table note(text text)')
  fresh.close()
  const database = new Database(path)
  database.pragma('synchronous = normal')
  const insert = database.prepare('insert into note values (?)')
  const now = () => (performance.timeOrigin + performance.now()) * 1000
  const writes = Array.from({ length: 25 }, (_, count) => {
    const start = now()
    insert.run('x'.repeat(200) + count)
    return { start, end: now() }
  })
  console.log(JSON.stringify({ writes }))
  process.once('SIGTERM', () => process.exit())
  setInterval(() => {}, 1000)`

interface Access {
  readonly port: number
  readonly vaultUrl: string
  readonly authorityUrl: string
  readonly tenantId: string
  readonly audience: string
  readonly caCertificate: string
  readonly clientId: string
  readonly clientSecret: string
}

async function startServer(folder: string, trace?: string) {
  mkdirSync(folder, { recursive: true })
  const { child, ...access } = await startTraced<Access>(serverProgram, [folder], trace)
  return { access, stop: () => stop(child) }
}

/** What a test that failed has left behind. */
const running = new Set<ChildProcess>()

async function startTraced<Said>(program: string, args: readonly string[], trace?: string) {
  const node = [process.execPath, '--input-type=module', '--eval', program, ...args]
  // -y shows which file was synced, -T how long it took, -ttt when it began.
  const strace = ['strace', '-f', '-y', '-T', '-ttt', '-e', 'trace=fsync,fdatasync', '-o', trace ?? '']
  const [command, ...rest] = trace === undefined ? node : [...strace, ...node]
  const child = spawn(command as string, rest, { cwd: serverFolder, stdio: ['ignore', 'pipe', 'inherit'] })
  running.add(child)
  child.once('exit', () => running.delete(child))
  const lines = createInterface({ input: child.stdout })
  const line = await Promise.race([
    once(lines, 'line').then(([text]) => text as string),
    once(child, 'exit').then(([code]) => {
      throw new Error(`the process under strace ended with ${code}`)
    }),
  ])
  return { child, ...(JSON.parse(line) as Said) }
}

/** strace passes the signal on to the one it runs, and ends with it. */
async function stop(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit')
  const traced = tracedBy(child.pid as number)
  process.kill(traced ?? (child.pid as number), 'SIGTERM')
  await ended
}

function tracedBy(pid: number): number | undefined {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim()
  return children === '' ? undefined : Number(children.split(' ')[0])
}

/** Sets by requests of our own, so that nothing is between the wire and the clock. */
class Sets {
  readonly #access: Access
  readonly #agent: Agent
  #token: string | undefined

  constructor(access: Access) {
    this.#access = access
    this.#agent = new Agent({ keepAlive: true, ca: access.caCertificate, maxSockets: 64 })
  }

  /** Sets a secret. @returns when the request began to be sent, and when the whole answer was there */
  async set(name: string): Promise<Interval> {
    this.#token ??= await this.#signIn()
    const headers = { Authorization: `Bearer ${this.#token}`, 'Content-Type': 'application/json' }
    const body = JSON.stringify({ value: name.padEnd(200, '.') })
    const start = wallMicroseconds()
    const answer = await this.#send(this.#access.vaultUrl, 'PUT', `/secrets/${name}?api-version=7.4`, headers, body)
    const end = wallMicroseconds()
    expect(answer.status).toBe(200)
    return { start, end }
  }

  async #signIn(): Promise<string> {
    const { authorityUrl, tenantId, clientId, clientSecret, audience } = this.#access
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: clientSecret,
      scope: `${audience}/.default`,
    })
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded' }
    const answer = await this.#send(authorityUrl, 'POST', `/${tenantId}/oauth2/v2.0/token`, headers, form.toString())
    expect(answer.status).toBe(200)
    return JSON.parse(answer.text).access_token
  }

  #send(url: string, method: string, path: string, headers: Record<string, string>, body: string) {
    const { host, hostname } = new URL(url)
    const options = {
      agent: this.#agent,
      host: '127.0.0.1',
      port: this.#access.port,
      servername: hostname,
      method,
      path,
    }
    const length = { Host: host, 'Content-Length': String(Buffer.byteLength(body)) }
    return new Promise<{ status: number | undefined; text: string }>((resolve, reject) => {
      const outgoing = request({ ...options, headers: { ...headers, ...length } }, (incoming) => {
        let text = ''
        incoming.setEncoding('utf8')
        incoming.on('data', (chunk: string) => {
          text += chunk
        })
        incoming.on('end', () => resolve({ status: incoming.statusCode, text }))
        incoming.on('error', reject)
      })
      outgoing.on('error', reject)
      outgoing.end(body)
    })
  }
}

/**
 * The syncs of write-ahead logs in a trace. A call that another thread's interrupts is written as two lines, `<unfinished`
 * and `resumed`; its duration stands in the second.
 */
function syncsOfTheLog(trace: string): Interval[] {
  const syncs: Interval[] = []
  const open = new Map<string, number>()
  for (const line of readFileSync(trace, 'utf8').split('\n')) {
    const [, thread, time, call] = /^(\d+) +(\d+\.\d+) (.*)$/.exec(line) ?? []
    if (thread === undefined || call === undefined) continue
    const at = Number(time) * 1e6
    const duration = Number(/ = 0 <(\d+\.\d+)>$/.exec(call)?.[1]) * 1e6 // NaN of a call that failed or is not done
    if (/^f(data)?sync\(\d+<[^>]*-wal>/.test(call)) {
      if (call.includes('<unfinished')) open.set(thread, at)
      else if (duration >= 0) syncs.push({ start: at, end: at + duration })
    } else if (/^<\.\.\. f(data)?sync resumed>/.test(call)) {
      const start = open.get(thread)
      open.delete(thread)
      if (start !== undefined && duration >= 0) syncs.push({ start, end: start + duration })
    }
  }
  return syncs
}

/** The writes within which no sync both began and ended. */
function unsynced(writes: readonly Interval[], syncs: readonly Interval[]): Interval[] {
  return writes.filter((write) => !syncs.some((sync) => isWithin(sync, write)))
}

const isWithin = (inner: Interval, outer: Interval) => inner.start >= outer.start && inner.end <= outer.end

// The system's clock, which strace reads too, by the finer steps of the process's own.
const wallMicroseconds = () => (performance.timeOrigin + performance.now()) * 1000

function whyNotHere(): string | undefined {
  if (process.platform !== 'linux') return 'strace, which shows the syncs, is for Linux only'
  try {
    execFileSync('strace', ['-o', '/dev/null', 'true'], { stdio: 'ignore' })
    return undefined
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT'
      ? 'strace is missing; install with: apt-get install -y strace'
      : 'strace may not trace here: allow ptrace (docker run --cap-add SYS_PTRACE)'
  }
}
