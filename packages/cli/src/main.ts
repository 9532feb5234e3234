#!/usr/bin/env node
import { StartError, version } from '@strongroom/server'
import { Command, InvalidArgumentError } from 'commander'
import { runDev } from './dev.js'

const program = new Command('strongroom')
  .description('A Key Vault you own.')
  .version(version)
  .showHelpAfterError('(add --help for what it takes)')

program
  .command('dev')
  .description(
    'Run a vault for development: makes its keys, a vault "dev" and an application at the first start, and keeps them.',
  )
  .option('--folder <path>', 'where everything is kept', '.strongroom')
  .option('--port <number>', 'the port on 127.0.0.1 and ::1; 0 takes a free one', portNumber, 8443)
  .addHelpText('after', '\nExamples:\n  strongroom dev\n  strongroom dev --folder /tmp/try --port 0')
  .action(runDev)

try {
  await program.parseAsync()
} catch (error) {
  process.stderr.write(
    `strongroom: ${error instanceof StartError ? error.message : ((error as Error).stack ?? error)}\n`,
  )
  process.exitCode = 1
}

function portNumber(text: string): number {
  const port = Number(text)
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new InvalidArgumentError('Use a whole number from 0 to 65535.')
  return port
}
