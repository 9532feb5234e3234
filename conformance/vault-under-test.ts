/** The one file that knows how the vault is started: in this process for the checks, as a process of its own to be killed. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startVault } from '@strongroom/server'
import { endWithUs } from './run-of-checks.ts'

/** What a program needs to call a vault. */
export interface VaultUnderTest {
  readonly url: string
  readonly authorityUrl: string
  readonly tenantId: string
  readonly clientId: string
  readonly clientSecret: string
  readonly caCertificateFile: string
}

export interface Application {
  readonly clientId: string
  readonly clientSecret: string
}

export interface TestVaults extends VaultUnderTest, AsyncDisposable {
  /** For `IDENTITY_HEADER`. */
  readonly identityHeader: string
  /** A vault of the same server with purge protection and 7 days of retention, and its administrator. */
  readonly protected: Application & { readonly url: string }
  /** May read this vault's secrets, and nothing else. */
  readonly reader: Application
}

/** A fresh server in memory, on a port of its own. */
export async function startTestVaults(): Promise<TestVaults> {
  const vault = await startVault()
  const folder = temporaryFolder()
  const caCertificateFile = join(folder, 'ca.pem')
  writeFileSync(caCertificateFile, vault.caCertificate)
  const { server } = vault
  await server.createVault({ name: 'protected', softDeleteRetentionInDays: 7, enablePurgeProtection: true })
  const keeper = await server.addApplication('keeper')
  await server.assignRole({ principalId: keeper.objectId, role: 'Key Vault Administrator', vault: 'protected' })
  const reader = await server.addApplication('reader')
  await server.assignRole({ principalId: reader.objectId, role: 'Key Vault Secrets User', vault: 'dev' })
  return {
    url: vault.url,
    authorityUrl: vault.authorityUrl,
    tenantId: vault.tenantId,
    clientId: vault.clientId,
    clientSecret: vault.clientSecret,
    identityHeader: vault.identityHeader,
    caCertificateFile,
    protected: { ...keeper, url: server.vaultUrl('protected') },
    reader,
    async [Symbol.asyncDispose]() {
      await vault.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

const program = join(dirname(dirname(fileURLToPath(import.meta.url))), 'packages', 'cli', 'dist', 'main.js')
const startLimitInMs = 30_000

/** A server process over a folder, which keeps its port and its data from one start to the next. */
export class VaultProcess {
  readonly folder: string
  readonly port: number
  #child: ChildProcess | undefined

  private constructor(folder: string, port: number) {
    this.folder = folder
    this.port = port
  }

  static async create(): Promise<VaultProcess> {
    return new VaultProcess(temporaryFolder(), await freePort())
  }

  /** What was stored, without the keys, which stand beside it. */
  get dataFolder(): string {
    return join(this.folder, 'data')
  }

  /** Resolves when the server says that it is ready. */
  async start(): Promise<VaultUnderTest> {
    const child = spawn(process.execPath, [program, 'dev', '--port', `${this.port}`, '--folder', this.folder], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#child = child
    endWithUs(child)
    let said = ''
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`the vault was not ready in time; it said: ${said}`)),
        startLimitInMs,
      )
      const settle = (act: () => void) => {
        clearTimeout(timer)
        act()
      }
      const hear = (text: Buffer) => {
        said += text
        if (/\bready\b/.test(said)) settle(resolve)
      }
      child.stdout?.on('data', hear)
      child.stderr?.on('data', (text: Buffer) => {
        said += text
      })
      child.once('error', (error) => settle(() => reject(error)))
      child.once('exit', (code, signal) =>
        settle(() => reject(new Error(`the vault ended with ${code ?? signal} before it was ready; it said: ${said}`))),
      )
    })
    const kept = JSON.parse(readFileSync(join(this.folder, 'credential.json'), 'utf8'))
    return {
      url: kept.vaultUrl,
      authorityUrl: kept.authorityHost,
      tenantId: kept.tenantId,
      clientId: kept.clientId,
      clientSecret: kept.clientSecret,
      caCertificateFile: join(this.folder, 'ca.pem'),
    }
  }

  /** Asks the server to end, and waits until it has. */
  stop(): Promise<void> {
    return this.#end('SIGTERM')
  }

  /** Ends the server as a power cut would: between any two of its instructions. */
  kill(): Promise<void> {
    return this.#end('SIGKILL')
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child
    this.#child = undefined
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill(signal)
    await ended
  }

  removeFolder(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}

export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'strongroom-conformance-'))
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('this machine has no free port')
  return address.port
}
