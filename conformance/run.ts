/**
 * Holds a running Strongroom against the clients of Key Vault, unchanged, and our client against the same vault.
 * `npm run conformance -- --help`
 */
import { parseArgs } from 'node:util'
import { corpus } from './corpus.ts'
import { javascript } from './js/suite.ts'
import { countOf, type Outcome, table, writeJson } from './report.ts'

interface Options {
  readonly only: string | undefined
  readonly keep: boolean
}

const suites: Readonly<Record<string, (options: Options) => Promise<Outcome>>> = {
  js: ({ only }) => javascript(only),
  corpus: ({ keep }) => corpus(keep),
}

const help = `Usage: npm run conformance -- SUITE [--json FILE] [--only TEXT] [--keep]

  js       the whole secrets API through @azure/keyvault-secrets, oldest and newest, and through @strongroom/secrets
  corpus   1,000 secrets through both clients: read back identical, also after a restart and after kill -9

  --json FILE   write {"passed", "failed", "figures"} to FILE as well
  --only TEXT   js: only the runs whose name has TEXT in it, such as "Node 20" or "managed-identity"
  --keep        corpus: keep the data folder, and say where it is
`

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      json: { type: 'string' },
      only: { type: 'string' },
      keep: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) {
    process.stdout.write(help)
    return 0
  }
  const [name = ''] = positionals
  const suite = Object.hasOwn(suites, name) ? suites[name] : undefined
  if (suite === undefined || positionals.length !== 1) {
    const known = Object.keys(suites).join(', ')
    const problem = name === '' ? 'name a suite' : positionals.length > 1 ? 'name one suite' : `no suite "${name}"`
    process.stderr.write(`conformance: ${problem}; there is: ${known}. More with --help.\n`)
    return 2
  }
  const outcome = await suite({ only: values.only, keep: values.keep })
  process.stdout.write(`\n${table(outcome)}`)
  if (values.json !== undefined) writeJson(values.json, outcome)
  const { passed, failed } = countOf(outcome.runs)
  if (passed + failed === 0) process.stderr.write('conformance: no case ran.\n')
  return failed > 0 || passed === 0 ? 1 : 0
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(130))

try {
  process.exitCode = await main()
} catch (error) {
  const isUsage = error instanceof TypeError && 'code' in error && `${error.code}`.startsWith('ERR_PARSE_ARGS')
  process.stderr.write(`conformance: ${error instanceof Error ? (isUsage ? error.message : error.stack) : error}\n`)
  process.exitCode = 2
}
