/**
 * Makes a fresh clone ready, with any Node from 20 on and nothing but npm and Node's own modules: installs what the lock
 * files name, brings a current Node where the machine's is too old, and builds what changed. Each step is skipped when it
 * has been done.
 */
import { execFileSync, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = dirname(dirname(fileURLToPath(import.meta.url)))

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
const nodeIsCurrent = major > 22 || (major === 22 && minor >= 13)

/** Installs and builds what is missing, and returns the path of a Node that can run the server. */
export function setUp() {
  if (major < 20) fail(`Strongroom needs Node 20 or later to set itself up; this is ${process.version}.`)
  install(root, 'the packages')
  const node = nodeIsCurrent ? process.execPath : bundledNode()
  build(node)
  return node
}

/** Runs a program, passes signals on to it, and ends with its exit code. */
export function runAndExit(command, args, options = {}) {
  const child = spawn(command, args, { stdio: 'inherit', cwd: root, ...options })
  // Ctrl-C reaches the whole process group: the child shuts down by itself, and this process waits for it.
  process.on('SIGINT', () => {})
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('error', (error) => fail(`${command}: ${error.message}`))
  child.on('exit', (code, signal) => process.exit(signal === null ? code : 1))
}

function bundledNode() {
  const folder = join(root, 'tools', 'node')
  const name = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`
  const known = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).optionalDependencies
  if (known[name] === undefined) {
    fail(
      `Strongroom needs Node 22.13 or later; this is ${process.version}, and npm has none for ${process.platform}-${process.arch}. Install a current Node.`,
    )
  }
  install(folder, 'a current Node')
  const node = join(folder, 'node_modules', name, 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
  if (!existsSync(node)) fail(`npm did not install ${name}: is it told to omit optional packages?`)
  return node
}

function install(folder, what) {
  const lock = readFileSync(join(folder, 'package-lock.json'))
  const stamp = join(folder, 'node_modules', '.strongroom-installed')
  const wanted = createHash('sha256').update(lock).update(`${process.platform} ${process.arch}`).digest('hex')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return
  say(`installing ${what} (once)`)
  npm(['ci', '--no-audit', '--no-fund', '--loglevel=error'], folder)
  mkdirSync(dirname(stamp), { recursive: true })
  writeFileSync(stamp, wanted)
}

function npm(args, cwd) {
  // Under `npm start` and `npm test` npm names its own program; elsewhere it is found on the path.
  const own = process.env.npm_execpath
  const [command, first] = own?.endsWith('.js') ? [process.execPath, [own]] : ['npm', []]
  try {
    execFileSync(command, [...first, ...args], {
      cwd,
      stdio: ['ignore', 'ignore', 'inherit'],
      shell: process.platform === 'win32' && !own,
    })
  } catch {
    fail(`"npm ${args[0]}" failed in ${cwd}; its message is above.`)
  }
}

/** Compiles if any source is newer than the last build. */
function build(node) {
  const stamp = join(root, 'node_modules', '.strongroom-built')
  const built = existsSync(stamp) ? statSync(stamp).mtimeMs : 0
  if (newestSource() <= built) return
  say('building')
  const started = new Date()
  try {
    execFileSync(node, [join(root, 'scripts', 'build.mjs')], { cwd: root, stdio: 'inherit' })
  } catch {
    fail('the build failed; its messages are above.')
  }
  writeFileSync(stamp, started.toISOString())
}

function newestSource() {
  let newest = 0
  const visit = (path) => {
    for (const entry of readdirSync(path, { withFileTypes: true })) {
      if (entry.name === 'node_modules' || entry.name === 'dist' || entry.name.endsWith('.tsbuildinfo')) continue
      const child = join(path, entry.name)
      if (entry.isDirectory()) visit(child)
      else newest = Math.max(newest, statSync(child).mtimeMs)
    }
  }
  visit(join(root, 'packages'))
  return Math.max(
    newest,
    statSync(join(root, 'scripts', 'build.mjs')).mtimeMs,
    statSync(join(root, 'package-lock.json')).mtimeMs,
  )
}

function say(text) {
  process.stderr.write(`strongroom: ${text} …\n`)
}

function fail(text) {
  process.stderr.write(`strongroom: ${text}\n`)
  process.exit(1)
}
