import { parseArgs } from 'node:util'
import { rowNames } from './rows.ts'

export const help = `npm run bench -- [server] [OPTIONS]     measures gets, sets, lists and memory
npm run bench -- profile get|set        shows in which functions a loaded server spends its time

  --quick          1,000 secrets, 2 rounds of 1 s: shows that everything works, not how fast it is
  --secrets N,N    sizes of the vault (default 1000,100000), multiples of 25
  --rounds N       rounds of each row (default 5)
  --rows A,B       only these rows: ${[...rowNames, 'memory'].join(', ')}
  --json FILE      writes { passed, failed, figures } too
  --folder FOLDER  where the data goes while this runs, on a disk (default .strongroom/bench)
  --help
`

export interface Options {
  readonly command: 'server' | 'profile' | 'help'
  /** For a profile: what to load the server with. */
  readonly operation: 'get' | 'set'
  readonly quick: boolean
  /** How many secrets the vaults hold, the fullest last. */
  readonly sizes: readonly number[]
  readonly rounds: number
  readonly rows: ReadonlySet<string>
  readonly json: string | undefined
  readonly folder: string | undefined
}

/** What was typed makes no sense. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** @throws {UsageError} */
export function parseOptions(args: readonly string[]): Options {
  const { values, positionals } = parse(args)
  const [command = 'server', operation = 'get', ...more] = positionals
  if (command !== 'server' && command !== 'profile') throw new UsageError(`there is no benchmark "${command}"`)
  if (more.length > 0 || (command === 'server' && positionals.length > 1)) {
    throw new UsageError(`"${positionals.at(-1)}" is one word too many`)
  }
  if (operation !== 'get' && operation !== 'set') throw new UsageError('a profile is of "get" or "set"')

  const known = [...rowNames, 'memory']
  const rows = values.rows?.split(',') ?? known
  const unknown = rows.find((row) => !known.includes(row))
  if (unknown !== undefined) throw new UsageError(`there is no row "${unknown}": the rows are ${known.join(', ')}`)

  const rounds = values.rounds === undefined ? (values.quick ? 2 : 5) : Number(values.rounds)
  if (!Number.isInteger(rounds) || rounds < 1) throw new UsageError('--rounds takes a whole number from 1 on')
  const sizes = (values.secrets?.split(',') ?? (values.quick ? [1_000] : [1_000, 100_000])).map(Number)
  if (!sizes.every((size) => size >= 100 && size % 25 === 0)) {
    throw new UsageError('--secrets takes multiples of 25 from 100 on')
  }
  return {
    command: values.help ? 'help' : command,
    operation,
    quick: values.quick,
    sizes: sizes.toSorted((a, b) => a - b),
    rounds,
    rows: new Set(rows),
    json: values.json,
    folder: values.folder,
  }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        quick: { type: 'boolean', default: false },
        secrets: { type: 'string' },
        rounds: { type: 'string' },
        rows: { type: 'string' },
        json: { type: 'string' },
        folder: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    })
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
}
