import { type Figure, type FigureName, shownTarget, targets, verdictOf } from './figures.ts'
import { median } from './median.ts'
import type { MemoryResult } from './memory.ts'
import type { RowResult } from './rounds.ts'
import type { Slice } from './slice.ts'

export interface Failure {
  readonly name: string
  readonly secrets: number
  readonly message: string
}

export function rowsTable(rows: readonly RowResult[]): string {
  const cells = rows.map(({ row, secrets, ratio, lowest, highest, rounds, discarded, noisy }) => {
    const subject = (pick: (slice: Slice) => number) => median(rounds.map((round) => pick(round.subject)))
    const baseline = (pick: (slice: Slice) => number) => median(rounds.map((round) => pick(round.baseline)))
    return [
      row.name,
      thousands(secrets),
      row.what,
      `${ratio.toFixed(2)} (${lowest.toFixed(2)}–${highest.toFixed(2)})`,
      `${thousands(subject((slice) => slice.perSecond))} / ${thousands(baseline((slice) => slice.perSecond))}`,
      `${subject((slice) => slice.cpu).toFixed(0)} / ${baseline((slice) => slice.cpu).toFixed(0)}`,
      `${subject((slice) => slice.p99).toFixed(1)} / ${baseline((slice) => slice.p99).toFixed(1)}`,
      `${busy(subject((slice) => slice.busy.server))} / ${busy(baseline((slice) => slice.busy.server))}`,
      `${busy(subject((slice) => slice.busy.load))} / ${busy(baseline((slice) => slice.busy.load))}`,
      `${rounds.length}${discarded > 0 ? `, ${discarded} discarded` : ''}${noisy ? ', NOISY' : ''}`,
    ]
  })
  const head = ['row', 'secrets', 'what', 'ratio (range)', 'per second', 'CPU µs', 'p99 ms', 'server busy', 'load busy']
  return table([...head, 'rounds'], cells)
}

export function memoryText({ secrets, rest, load, growth, perSecond, seconds, samples }: MemoryResult): string {
  const shown = samples.filter((_, index) => index % Math.max(1, Math.round(samples.length / 12)) === 0)
  return `Memory with ${thousands(secrets)} secrets: ${rest.toFixed(0)} MB at rest, ${load.toFixed(0)} MB at the end of ${seconds} s of mixed operations (${thousands(perSecond)}/s).
Samples, MB: ${shown.map((sample) => sample.toFixed(0)).join(' ')}. The last sixth is ${growth >= 0 ? `${growth.toFixed(1)} MB above` : `${(-growth).toFixed(1)} MB below`} the one before it.`
}

export function figuresTable(figures: ReadonlyMap<FigureName, Figure>): string {
  const cells = [...figures].map(([name, figure]) => [
    name,
    targets[name].what,
    figure.range === undefined
      ? figure.value.toFixed(0)
      : `${figure.value.toFixed(2)} (${figure.range.map((end) => end.toFixed(2)).join('–')})`,
    shownTarget(name),
    verdictOf(name, figure),
  ])
  return table(['figure', 'what', 'measured', 'target', ''], cells)
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)))
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd()
  return [line(head), line(widths.map((width) => '─'.repeat(width))), ...rows.map(line)].join('\n')
}

const busy = (share: number) => share.toFixed(2).replace(/^0/, '')

function thousands(count: number): string {
  return Math.round(count).toLocaleString('en').replaceAll(',', ' ')
}
