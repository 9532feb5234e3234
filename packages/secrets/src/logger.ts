import { environmentVariable } from './environment.js'

/** One level of a {@link Logger}: call it to write. */
export interface LogWriter {
  (...args: unknown[]): void
  enabled: boolean
  readonly namespace: string
  /** Writes one line; replace it to send lines elsewhere. */
  log: (...args: unknown[]) => void
  destroy(): boolean
  extend(namespace: string): LogWriter
}

export interface Logger {
  error: LogWriter
  warning: LogWriter
  info: LogWriter
  verbose: LogWriter
}

const levels: readonly string[] = ['error', 'warning', 'info', 'verbose']

/**
 * What the client tells about its requests: method, URL, status and harmless headers, at level `info`. No level shows
 * tokens, values or bodies. On for the levels up to the one that `AZURE_LOG_LEVEL` names; writes to stderr.
 */
export const logger: Logger = createLogger()

function createLogger(): Logger {
  const upTo = levels.indexOf(environmentVariable('AZURE_LOG_LEVEL')?.toLowerCase() ?? '')
  const [error, warning, info, verbose] = levels.map((level, index) =>
    writer(`strongroom:secrets:${level}`, index <= upTo),
  ) as [LogWriter, LogWriter, LogWriter, LogWriter]
  return { error, warning, info, verbose }
}

function writer(namespace: string, enabled: boolean): LogWriter {
  const write = Object.assign(
    (...args: unknown[]) => {
      if (write.enabled) write.log(namespace, ...args)
    },
    {
      enabled,
      namespace,
      log: (...args: unknown[]) => console.error(...args),
      destroy: () => {
        write.enabled = false
        return true
      },
      extend: (name: string) => writer(`${namespace}:${name}`, write.enabled),
    },
  )
  return write
}
