import { execFile } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { startVault, type TestVault } from '@strongroom/server'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const run = promisify(execFile)
const secrets = dirname(dirname(fileURLToPath(import.meta.url)))
const root = dirname(dirname(secrets))

const use = `
const env = process.env
async function main({ ClientSecretCredential, SecretClient, VERSION }) {
  const credential = new ClientSecretCredential(env.TENANT, env.CLIENT, env.SECRET, { authorityHost: env.AUTHORITY, caCertificate: env.CA })
  const client = new SecretClient(env.VAULT, credential, { caCertificate: env.CA })
  await client.setSecret('published', 'value of ' + VERSION)
  const { value } = await client.getSecret('published')
  await client.close()
  await credential.close()
  console.log(value)
}
`

/** What `npm install` brings: the built files and `package.json`, and no other package. */
describe('the published package', () => {
  let folder: string
  let vault: TestVault

  beforeAll(async () => {
    if (!existsSync(join(secrets, 'dist', 'index.js'))) throw new Error('the package is not built: npm run build')
    folder = mkdtempSync(join(tmpdir(), 'strongroom-secrets-'))
    const installed = join(folder, 'node_modules', '@strongroom', 'secrets')
    mkdirSync(installed, { recursive: true })
    cpSync(join(secrets, 'dist'), join(installed, 'dist'), { recursive: true })
    cpSync(join(secrets, 'package.json'), join(installed, 'package.json'))
    vault = await startVault()
  })

  afterAll(async () => {
    await vault?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  async function outputOf(name: string): Promise<string> {
    const env = {
      VAULT: vault.url,
      AUTHORITY: vault.authorityUrl,
      TENANT: vault.tenantId,
      CLIENT: vault.clientId,
      SECRET: vault.clientSecret,
      CA: vault.caCertificate,
    }
    const { stdout, stderr } = await run(process.execPath, [join(folder, name)], { env, timeout: 20_000 })
    expect(stderr).toBe('')
    return stdout.trim()
  }

  it('is imported', async () => {
    writeFileSync(
      join(folder, 'import.mjs'),
      `import * as secrets from '@strongroom/secrets'\n${use}\nawait main(secrets)`,
    )
    expect(await outputOf('import.mjs')).toBe('value of 0.1.0')
  })

  it('is required', async () => {
    writeFileSync(join(folder, 'require.cjs'), `${use}\nmain(require('@strongroom/secrets'))`)
    expect(await outputOf('require.cjs')).toBe('value of 0.1.0')
  })

  for (const format of ['esm', 'cjs'] as const) {
    it(`runs after bundling (${format})`, async () => {
      const entry = join(folder, 'import-for-bundle.mjs')
      writeFileSync(entry, `import * as secrets from '@strongroom/secrets'\n${use}\nmain(secrets)`)
      const name = format === 'esm' ? 'bundle.mjs' : 'bundle.cjs'
      await build({
        entryPoints: [entry],
        outfile: join(folder, name),
        bundle: true,
        minify: true,
        format,
        platform: 'node',
        logLevel: 'error',
      })
      expect(await outputOf(name)).toBe('value of 0.1.0')
    })
  }

  it('bundles for a browser without a word of Node', async () => {
    const entry = join(folder, 'browser.mjs')
    writeFileSync(entry, `export { SecretClient } from '@strongroom/secrets'`)
    const { warnings, outputFiles } = await build({
      entryPoints: [entry],
      write: false,
      bundle: true,
      format: 'esm',
      platform: 'browser',
      logLevel: 'silent',
    })
    expect(warnings).toEqual([])
    expect(outputFiles[0]?.text).not.toMatch(/(require|import)\(["']node:|from ["']node:/)
  })

  it('has declarations of its own for both kinds of import', async () => {
    const program = `
      import { SecretClient, type KeyVaultSecret, type SecretClientOptions } from '@strongroom/secrets'
      const options: SecretClientOptions = { serviceVersion: '7.6' }
      export const client = new SecretClient('https://v.test', { getToken: async () => null }, options)
      export const value = async (): Promise<string | undefined> => ((await client.getSecret('a')) satisfies KeyVaultSecret).value
      // @ts-expect-error the option is called expiresOn
      export const misspelt = () => client.setSecret('a', 'b', { expires: new Date() })
    `
    writeFileSync(join(folder, 'types.mts'), program)
    writeFileSync(join(folder, 'types.cts'), program)
    const compilerOptions = {
      module: 'NodeNext',
      target: 'ES2022',
      lib: ['ES2022', 'DOM'],
      strict: true,
      noEmit: true,
      skipLibCheck: false,
      types: [],
    }
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['types.mts', 'types.cts'] }))
    const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
    const { stdout } = await run(process.execPath, [tsc, '-p', folder])
    expect(stdout).toBe('')
  })
})

const newest = join(root, 'conformance', 'js', 'newest', 'node_modules')

const missing = !existsSync(join(newest, '@azure', 'keyvault-secrets')) && !process.env.STRONGROOM_NEEDS_ALL_TOOLS

describe.skipIf(missing)('the declarations (needs the official package: npm ci --prefix conformance/js/newest)', () => {
  let folder: string

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'strongroom-types-'))
    mkdirSync(join(folder, 'node_modules', '@strongroom'), { recursive: true })
    symlinkSync(secrets, join(folder, 'node_modules', '@strongroom', 'secrets'))
    symlinkSync(join(newest, '@azure'), join(folder, 'node_modules', '@azure'))
  })

  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('take the place of those of @azure/keyvault-secrets', async () => {
    const program = readFileSync(join(secrets, 'test', 'drop-in.types.ts'), 'utf8').replace(/^.*@ts-nocheck.*$/m, '')
    writeFileSync(join(folder, 'drop-in.mts'), program)
    const compilerOptions = {
      module: 'NodeNext',
      target: 'ES2022',
      lib: ['ES2022', 'DOM', 'ESNext.Disposable'],
      strict: true,
      noEmit: true,
      skipLibCheck: true,
      typeRoots: [join(root, 'node_modules', '@types')],
      types: ['node'],
    }
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['drop-in.mts'] }))
    const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
    const { stdout } = await run(process.execPath, [tsc, '-p', folder]).catch((error: { stdout: string }) => error)
    expect(stdout).toBe('')
  })
})
