/** Compiles every package. Incremental: what has not changed is not compiled again. */
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const node = (...args) => execFileSync(process.execPath, args, { cwd: root, stdio: 'inherit' })
const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc')

node(tsc, '-b', 'packages/protocol')
const client = join(root, 'packages', 'secrets', 'build.mjs')
if (existsSync(client)) node(client)
node(tsc, '-b')
