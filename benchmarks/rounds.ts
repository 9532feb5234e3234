import { median } from './median.ts'
import type { Row, Side } from './rows.ts'
import type { Slice } from './slice.ts'

export interface Round {
  readonly subject: Slice
  readonly baseline: Slice
}

export interface RowResult {
  readonly row: Row
  readonly secrets: number
  readonly ratio: number
  readonly lowest: number
  readonly highest: number
  readonly rounds: readonly Round[]
  /** Rounds measured again since the server was not the bottleneck, or others used the machine. */
  readonly discarded: number
  /** Too few rounds were clean, so these count every one. */
  readonly noisy: boolean
}

/**
 * Measures both sides in turn, the order turned from round to round, and compares them round by round: what the machine
 * does meanwhile meets both.
 */
export async function measureRow(
  row: Row,
  secrets: number,
  rounds: number,
  measure: (side: Side) => Promise<Slice>,
): Promise<RowResult> {
  const all: Round[] = []
  const clean: Round[] = []
  while (clean.length < rounds && all.length < 2 * rounds) {
    const subjectFirst = all.length % 2 === 0
    const first = checked(
      await measure(subjectFirst ? row.subject : row.baseline),
      subjectFirst ? row.subject : row.baseline,
    )
    const second = checked(
      await measure(subjectFirst ? row.baseline : row.subject),
      subjectFirst ? row.baseline : row.subject,
    )
    const round = subjectFirst ? { subject: first, baseline: second } : { subject: second, baseline: first }
    all.push(round)
    if (isClean(row.subject, round.subject) && isClean(row.baseline, round.baseline)) clean.push(round)
  }
  const noisy = clean.length < Math.ceil(rounds / 2)
  const kept = noisy ? all : clean
  const ratios = kept.map((round) => ratioOf(row, round))
  return {
    row,
    secrets,
    ratio: median(ratios),
    lowest: Math.min(...ratios),
    highest: Math.max(...ratios),
    rounds: kept,
    discarded: all.length - kept.length,
    noisy,
  }
}

/** Requests went unanswered, or were answered with another status than they should be. */
export class FailedRequests extends Error {
  override readonly name = 'FailedRequests'
}

function checked(slice: Slice, side: Side): Slice {
  if (slice.broken > 0) throw new FailedRequests(`${slice.broken} of ${slice.requests} requests got no answer`)
  const wrong = side.refused ? slice.requests - slice.refused : slice.refused
  if (slice.requests === 0 || wrong > 0) {
    throw new FailedRequests(
      `${wrong} of ${slice.requests} requests were answered with another status than they should be`,
    )
  }
  return slice
}

/** Whether the slice tells of the server: it had its core, used it up where it can, and others kept out of the way. */
function isClean(side: Side, { busy }: Slice): boolean {
  if (busy.others > 0.3) return false
  return side.saturates ? busy.server >= 0.9 && busy.load < busy.server : busy.load < 0.9
}

function ratioOf({ ratioOf }: Row, { subject, baseline }: Round): number {
  return ratioOf === 'cpu' ? subject.cpu / baseline.cpu : subject.perSecond / baseline.perSecond
}
