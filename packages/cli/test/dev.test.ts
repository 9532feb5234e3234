import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ClientSecretCredential, SecretClient } from '@strongroom/secrets'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { DevCredential } from '../src/dev-folder.js'

const main = join(import.meta.dirname, '..', 'dist', 'main.js')
const root = join(import.meta.dirname, '..', '..', '..')

let folder: string
let running: ChildProcess[] = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'strongroom-dev-'))
})
afterEach(async () => {
  for (const child of running) {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL')
      await once(child, 'exit')
    }
  }
  running = []
  rmSync(folder, { recursive: true })
})

interface Started {
  child: ChildProcess
  output: () => string
  errors: () => string
  ended: Promise<number | null>
}

function start(...args: string[]): Started {
  const child = spawn(process.execPath, [main, 'dev', '--folder', folder, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  running.push(child)
  let output = ''
  let errors = ''
  child.stdout?.on('data', (chunk) => {
    output += chunk
  })
  child.stderr?.on('data', (chunk) => {
    errors += chunk
  })
  const ended = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)))
  return { child, output: () => output, errors: () => errors, ended }
}

/** Starts a vault, and waits until it says how to stop it, which is the last thing it prints. */
async function startReady(...args: string[]): Promise<Started> {
  const started = start(...args)
  while (!started.output().includes('Ctrl-C')) {
    if (started.child.exitCode !== null) throw new Error(`the vault ended: ${started.errors()}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  return started
}

async function stop({ child, ended }: Started, signal: NodeJS.Signals = 'SIGINT'): Promise<number | null> {
  child.kill(signal)
  return await ended
}

const credential = (): DevCredential => JSON.parse(readFileSync(join(folder, 'credential.json'), 'utf8'))

function client({ vaultUrl, tenantId, clientId, clientSecret, ...trust }: DevCredential): SecretClient {
  const caller = new ClientSecretCredential(tenantId, clientId, clientSecret, trust)
  return new SecretClient(vaultUrl, caller, { caCertificate: trust.caCertificate })
}

/** Every file below a folder with the hash of what it holds. */
function contents(path: string): Record<string, string> {
  const files = readdirSync(path, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  return Object.fromEntries(
    files.map((file) => {
      const name = join(file.parentPath, file.name)
      return [name, createHash('sha256').update(readFileSync(name)).digest('hex')]
    }),
  )
}

/** The example of a language, as printed. */
function example(output: string, language: string): string {
  const after = output.slice(output.indexOf(`\n${language}`))
  return after.slice(after.indexOf('\n\n') + 2).split('\n\n')[0] as string
}

describe('strongroom dev', () => {
  it('makes all that it needs, outside the data folder what opens it, and open to nobody else', async () => {
    await startReady('--port', '0')
    const mode = (path: string) => statSync(join(folder, path)).mode & 0o777
    expect(mode('keys/root.key')).toBe(0o600)
    expect(mode('credential.json')).toBe(0o600)
    expect(mode('token-request')).toBe(0o600)
    expect(mode('data')).toBe(0o700)
    expect(readdirSync(join(folder, 'data'))).toContain('strongroom.db')
  })

  it('keeps every secret and the credential over a stop and over a kill', async () => {
    const first = await startReady('--port', '0')
    await using before = client(credential())
    const { properties } = await before.setSecret('db', 'one')
    const { clientId, clientSecret } = credential()
    expect(await stop(first)).toBe(0)
    expect(first.output()).toContain('Stopped.')

    const second = await startReady('--port', '0')
    expect(credential()).toMatchObject({ clientId, clientSecret })
    await using after = client(credential())
    expect((await after.getSecret('db')).properties.version).toBe(properties.version)
    await after.setSecret('db', 'two')
    await stop(second, 'SIGKILL')

    await startReady('--port', '0')
    await using later = client(credential())
    expect((await later.getSecret('db')).value).toBe('two')
  })

  it('makes a new credential where the old one is gone', async () => {
    await stop(await startReady('--port', '0'))
    const { clientId } = credential()
    rmSync(join(folder, 'credential.json'))
    await startReady('--port', '0')
    expect(credential().clientId).not.toBe(clientId)
    await using caller = client(credential())
    expect((await caller.setSecret('db', 'one')).value).toBe('one')
  })

  it('leaves nothing of its self-test behind', async () => {
    await startReady('--port', '0')
    await using caller = client(credential())
    const names: string[] = []
    for await (const { name } of caller.listPropertiesOfSecrets()) names.push(name)
    for await (const { name } of caller.listDeletedSecrets()) names.push(name)
    expect(names).toEqual([])
  })

  describe('prints examples that work when pasted', () => {
    const paste = (script: string) =>
      execFileSync('bash', ['-eo', 'pipefail', '-c', script], {
        cwd: root,
        encoding: 'utf8',
        env: { ...process.env, NODE_OPTIONS: '' },
      })

    it('for TypeScript', async () => {
      const { output } = await startReady('--port', '0')
      expect(paste(example(output(), 'TypeScript'))).toBe('hello from TypeScript\n')
    })

    it('for curl', async () => {
      const { output } = await startReady('--port', '0')
      expect(JSON.parse(paste(example(output(), 'curl')))).toMatchObject({
        value: 'from curl',
        attributes: { enabled: true },
      })
    })

    it('for Python', async ({ skip }) => {
      const python = pythonWithAzure()
      if (python === undefined)
        return skip('needs Python with azure-identity and azure-keyvault-secrets: pip install both')
      const { output } = await startReady('--port', '0')
      expect(paste(example(output(), 'Python').replace(' python3 ', ` ${python} `))).toBe('hello from Python\n')
    })
  })

  describe('refuses, in one sentence and with nothing touched,', () => {
    async function refusal(...args: string[]): Promise<string> {
      const before = contents(folder)
      const started = start(...args)
      expect(await started.ended).toBe(1)
      expect(started.output()).toBe('')
      expect(contents(folder)).toEqual(before)
      expect(started.errors().trim().split('\n')).toHaveLength(1)
      return started.errors()
    }

    it('a port in use', async () => {
      await stop(await startReady('--port', '0'))
      const taken = createServer().listen(0, '127.0.0.1')
      await once(taken, 'listening')
      const { port } = taken.address() as { port: number }
      try {
        expect(await refusal('--port', String(port))).toBe(
          `strongroom: port ${port} is in use: stop what listens there, or choose another port\n`,
        )
      } finally {
        taken.close()
      }
    })

    it('a root key that others can read', async () => {
      await stop(await startReady('--port', '0'))
      chmodSync(join(folder, 'keys', 'root.key'), 0o644)
      expect(await refusal('--port', '0')).toMatch(
        /^strongroom: the root key .* is open to other users: run chmod 600 /,
      )
    })

    it('a missing root key where there is data', async () => {
      await stop(await startReady('--port', '0'))
      renameSync(join(folder, 'keys', 'root.key'), join(folder, 'keys', 'away'))
      expect(await refusal('--port', '0')).toMatch(/^strongroom: the root key .* is missing: put it back/)
    })

    it('a file that holds no root key', async () => {
      await stop(await startReady('--port', '0'))
      writeFileSync(join(folder, 'keys', 'root.key'), 'nonsense\n')
      expect(await refusal('--port', '0')).toMatch(/^strongroom: .* holds no root key/)
    })

    it('data of another root key', async () => {
      await stop(await startReady('--port', '0'))
      const key = `strongroom-root-key-1:${Buffer.alloc(32, 7).toString('base64url')}\n`
      writeFileSync(join(folder, 'keys', 'root.key'), key)
      expect(await refusal('--port', '0')).toMatch(/^strongroom: the data was sealed under another root key/)
    })

    it('a second process on the same folder', async () => {
      const first = await startReady('--port', '0')
      const second = start('--port', '0')
      expect(await second.ended).toBe(1)
      expect(second.errors()).toMatch(
        new RegExp(
          `^strongroom: the data folder .* is in use by process ${first.child.pid}: stop it first, or choose another folder\n$`,
        ),
      )
      await using caller = client(credential())
      expect((await caller.setSecret('db', 'one')).value).toBe('one')
    })

    it('a port that is none', async () => {
      const started = start('--port', 'web')
      expect(await started.ended).toBe(1)
      expect(started.errors()).toContain('Use a whole number from 0 to 65535.')
    })
  })
})

/** A Python that has the official clients: the one in STRONGROOM_PYTHON, or the machine's. */
function pythonWithAzure(): string | undefined {
  const python = process.env.STRONGROOM_PYTHON ?? 'python3'
  try {
    execFileSync(python, ['-c', 'import azure.identity, azure.keyvault.secrets'], { stdio: 'ignore' })
    return python
  } catch (error) {
    if (process.env.STRONGROOM_NEEDS_ALL_TOOLS) throw error
    return undefined
  }
}
