import type { MemoryResult } from './memory.ts'
import type { RowResult } from './rounds.ts'
import type { RowName } from './rows.ts'

/** What the server is to reach. */
interface Target {
  readonly what: string
  readonly must: number
  readonly aim?: number
  readonly better: 'more' | 'less'
}

export const targets = {
  getRatio: { what: 'gets, of what bare Node answers', must: 0.5, aim: 0.6, better: 'more' },
  setRatio64: { what: 'durable sets, of the gets that bare Node answers', must: 0.15, aim: 0.25, better: 'more' },
  setGrouping: { what: 'durable sets at 64 in flight, over 1', must: 5, better: 'more' },
  pageDepth: { what: 'CPU of the last page, over the first', must: 1.2, better: 'less' },
  authCpu: { what: 'CPU of token and route, over bare Node', must: 1.15, better: 'less' },
  rssRestMb: { what: 'resident MB at rest', must: 120, better: 'less' },
  rssLoadMb: { what: 'resident MB after mixed operations', must: 350, better: 'less' },
} satisfies Record<string, Target>

export type FigureName = keyof typeof targets

const figureOfRow: Partial<Record<RowName, FigureName>> = {
  get64: 'getRatio',
  set64: 'setRatio64',
  setGrouping: 'setGrouping',
  pageDepth: 'pageDepth',
  auth: 'authCpu',
}

export interface Figure {
  readonly value: number
  readonly range?: readonly [number, number]
}

/** The figures that were measured, each from the fullest vault it was measured in. */
export function figuresOf(rows: readonly RowResult[], memory: MemoryResult | undefined): Map<FigureName, Figure> {
  const figures = new Map<FigureName, Figure>()
  for (const { row, ratio, lowest, highest } of rows.toSorted((a, b) => a.secrets - b.secrets)) {
    const name = figureOfRow[row.name]
    if (name !== undefined) figures.set(name, { value: ratio, range: [lowest, highest] })
  }
  if (memory !== undefined) {
    figures.set('rssRestMb', { value: memory.rest })
    figures.set('rssLoadMb', { value: memory.load })
  }
  return figures
}

/** Met or missed; and whether the rounds stand on both sides of the target, so that another run may say otherwise. */
export function verdictOf(name: FigureName, { value, range }: Figure): string {
  const { must, aim, better }: Target = targets[name]
  const reaches = (figure: number, target: number) => (better === 'more' ? figure >= target : figure <= target)
  const verdict = !reaches(value, must)
    ? 'missed'
    : aim !== undefined && reaches(value, aim)
      ? 'met, and the aim'
      : 'met'
  const open = range !== undefined && reaches(range[0], must) !== reaches(range[1], must)
  return open ? `${verdict} (rounds on both sides)` : verdict
}

export function shownTarget(name: FigureName): string {
  const { must, aim, better }: Target = targets[name]
  return `${better === 'more' ? '≥' : '≤'} ${must}${aim === undefined ? '' : `, aim ${aim}`}`
}
