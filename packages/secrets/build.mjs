/**
 * Builds what is published: one file of code for `import`, one for `require`, both with the protocol inside, and the
 * declarations beside them. Run after `tsc -b packages/protocol`.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const folder = dirname(fileURLToPath(import.meta.url))
const root = dirname(dirname(folder))
const dist = join(folder, 'dist')
const scratch = join(folder, 'dist', '.declarations')

rmSync(dist, { recursive: true, force: true })
await bundle('esm', 'index.js')
await bundle('cjs', 'index.cjs')
declarations()

function bundle(format, name) {
  return build({
    entryPoints: [join(folder, 'src', 'index.ts')],
    outfile: join(dist, name),
    absWorkingDir: folder,
    bundle: true,
    format,
    platform: 'neutral',
    mainFields: ['module', 'main'],
    conditions: ['import'],
    target: 'node20',
    // Node's modules are asked for by name at the first request, so that bundlers for browsers never meet them.
    external: ['node:*'],
    charset: 'utf8',
    logLevel: 'warning',
  })
}

/** Publishes the declarations that the public ones need, for both kinds of import. */
function declarations() {
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
  const args = ['-p', folder, '--emitDeclarationOnly', '--outDir', scratch]
  execFileSync(process.execPath, [tsc, ...args], { cwd: root, stdio: 'inherit' })
  for (const file of reachable(join(scratch, 'index.d.ts'))) {
    const text = readFileSync(file, 'utf8').replace(/\n?\/\/# sourceMappingURL=.*\s*$/, '\n')
    const name = relative(scratch, file)
    write(name, text)
    // Under "type": "module" a .d.ts describes ES modules, which `require` may not see.
    write(name.replace(/\.d\.ts$/, '.d.cts'), text.replace(/(['"]\.{1,2}\/[^'"]+)\.js(['"])/g, '$1.cjs$2'))
  }
  rmSync(scratch, { recursive: true })
}

function reachable(entry) {
  const files = new Set()
  const visit = (file) => {
    if (files.has(file)) return
    files.add(file)
    for (const [, specifier] of readFileSync(file, 'utf8').matchAll(/(?:from |import\()['"]([^'"]+)['"]/g)) {
      if (!specifier.startsWith('.'))
        throw new Error(`${relative(scratch, file)} needs ${specifier}, which is not published`)
      visit(join(dirname(file), specifier.replace(/\.js$/, '.d.ts')))
    }
  }
  visit(entry)
  return files
}

function write(name, text) {
  const file = join(dist, name)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
}
