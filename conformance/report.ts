import { writeFileSync } from 'node:fs'
import type { Run } from './run-of-checks.ts'

export type Figures = Readonly<Record<string, number | string>>

export interface Outcome {
  readonly runs: readonly Run[]
  readonly figures: Figures
}

export function countOf(runs: readonly Run[]): { passed: number; failed: number } {
  const checks = runs.flatMap((run) => run.checks)
  const passed = checks.filter((check) => check.passed).length
  return { passed, failed: checks.length - passed }
}

/** For people: a line a run, each failed check with its message, the figures. */
export function table({ runs, figures }: Outcome): string {
  const rows = runs.map((run) => {
    const { passed, failed } = countOf([run])
    return [run.name, run.runtime, `${passed}`, `${failed}`]
  })
  const lines = aligned([['', '', 'passed', 'failed'], ...rows])
  for (const run of runs) {
    const failed = run.checks.filter((check) => !check.passed)
    if (failed.length === 0) continue
    lines.push('', `${run.name} (${run.runtime})`)
    for (const { check, message } of failed) {
      lines.push(
        `  ✗ ${check}`,
        ...(message ?? 'no reason given')
          .trim()
          .split('\n')
          .map((line) => `      ${line}`),
      )
    }
  }
  const named = Object.entries(figures).map(([name, figure]) => [name, `${figure}`])
  if (named.length > 0) lines.push('', ...aligned(named))
  const { passed, failed } = countOf(runs)
  lines.push('', `${passed} passed, ${failed} failed`)
  return `${lines.join('\n')}\n`
}

export function writeJson(file: string, { runs, figures }: Outcome): void {
  writeFileSync(file, `${JSON.stringify({ ...countOf(runs), figures }, null, 2)}\n`)
}

function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = []
  for (const row of rows) {
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, cell.length)
  }
  return rows.map((row) =>
    row
      .map((cell, column) => (column > 1 ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0)))
      .join('  ')
      .trimEnd(),
  )
}
