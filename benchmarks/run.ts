/** `npm run bench`: measures the server. See README.md beside this file. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { help, parseOptions, UsageError } from './options.ts'
import { profileServer } from './profile.ts'
import { benchServer } from './server.ts'
import { NotHere, needDisk, needTools } from './tools.ts'

process.exitCode = await run(process.argv.slice(2))

async function run(args: readonly string[]): Promise<number> {
  let folder: string | undefined
  const cleanUp = () => folder && rmSync(folder, { recursive: true, force: true })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      cleanUp()
      process.exit(130)
    })
  }
  try {
    const options = parseOptions(args)
    if (options.command === 'help') {
      process.stdout.write(help)
      return 0
    }
    needTools()
    const parent = options.folder ?? join(import.meta.dirname, '..', '.strongroom', 'bench')
    needDisk(parent)
    mkdirSync(parent, { recursive: true, mode: 0o700 })
    folder = mkdtempSync(join(parent, 'run-'))
    if (options.command === 'profile') {
      await profileServer(options.operation, folder)
      return 0
    }
    return (await benchServer(options, folder)) ? 0 : 1
  } catch (error) {
    if (error instanceof NotHere) {
      process.stderr.write(`The benchmark cannot run here: ${error.message}\n`)
      return process.env.STRONGROOM_NEEDS_ALL_TOOLS === '1' ? 1 : 2
    }
    if (error instanceof UsageError) {
      process.stderr.write(`${error.message}\n\n${help}`)
      return 1
    }
    throw error
  } finally {
    cleanUp()
  }
}
