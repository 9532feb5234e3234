/** The package sets of JavaScript and the Nodes they run on; each is installed once, from its own lock file. */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))

export interface PackageSet {
  readonly name: 'oldest' | 'newest'
  readonly folder: string
  readonly node: string
  /** `Node 24.21.0` */
  readonly runtime: string
  readonly secretsVersion: string
  readonly identityVersion: string
}

/** The oldest official packages that are supported run on the oldest Node, the newest on the Node of this process. */
export function packageSet(name: PackageSet['name']): PackageSet {
  const folder = join(here, name)
  install(folder)
  const node = name === 'oldest' ? node20() : process.execPath
  return {
    name,
    folder,
    node,
    runtime: `Node ${versionOf(node)}`,
    secretsVersion: installedVersion(folder, '@azure/keyvault-secrets'),
    identityVersion: installedVersion(folder, '@azure/identity'),
  }
}

function installedVersion(folder: string, name: string): string {
  return JSON.parse(readFileSync(join(folder, 'node_modules', name, 'package.json'), 'utf8')).version
}

/** The machine's Node if that is 20, otherwise one from npm. */
function node20(): string {
  const program = process.platform === 'win32' ? 'node.exe' : 'node'
  const candidates = [
    process.env.npm_node_execpath,
    process.execPath,
    ...(process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, program)),
  ]
  for (const candidate of candidates) {
    if (candidate !== undefined && existsSync(candidate) && versionOf(candidate)?.startsWith('20.')) return candidate
  }
  const folder = join(dirname(here), 'node20')
  install(folder)
  const platform = process.platform === 'win32' ? 'win' : process.platform
  const node = join(folder, 'node_modules', `node-${platform}-${process.arch}`, 'bin', program)
  if (existsSync(node)) return node
  rmSync(join(folder, 'node_modules'), { recursive: true, force: true })
  throw new Error(`npm brought no Node 20 for ${platform}-${process.arch}: install one and put it on the path`)
}

function versionOf(node: string): string | undefined {
  try {
    return execFileSync(node, ['--version'], { encoding: 'utf8' }).trim().replace(/^v/, '')
  } catch {
    return undefined
  }
}

function install(folder: string): void {
  const lock = readFileSync(join(folder, 'package-lock.json'), 'utf8')
  if (lock.includes('"resolved": "http')) {
    throw new Error(`${folder}/package-lock.json names a registry: make it anew with the .npmrc beside it`)
  }
  const stamp = join(folder, 'node_modules', '.strongroom-installed')
  const wanted = createHash('sha256').update(lock).update(`${process.platform} ${process.arch}`).digest('hex')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return
  process.stderr.write(`conformance: installing the packages of ${folder} (once) …\n`)
  // Under `npm run` npm names its own program; elsewhere it is found on the path.
  const own = process.env.npm_execpath
  const [command, first] = own?.endsWith('.js') ? [process.execPath, [own]] : ['npm', []]
  try {
    execFileSync(command, [...first, 'ci', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'inherit'],
      shell: process.platform === 'win32' && !own,
    })
  } catch {
    throw new Error(`"npm ci" failed in ${folder}; its message is above`)
  }
  mkdirSync(dirname(stamp), { recursive: true })
  writeFileSync(stamp, wanted)
}
