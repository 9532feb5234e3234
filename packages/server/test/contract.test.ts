import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

/*
 * Where the contract has traps for its implementers, and where its public record is silent and Strongroom decided, a test
 * carries the trap's or the decision's number in its title.
 */

const tests = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.test.ts') && file !== 'contract.test.ts')
  .map((file) => readFileSync(new URL(file, import.meta.url), 'utf8'))
const marks = new Set(
  tests.flatMap((source) =>
    [...source.matchAll(/\(((?:(?:trap |U)\d+(?:, )?)+)\)['"`]/g)].flatMap(([, list]) => (list as string).split(', ')),
  ),
)

describe('a test carries', () => {
  it.each(Array.from({ length: 15 }, (_, n) => `trap ${n + 1}`))('%s', (mark) => {
    expect(marks).toContain(mark)
  })
  it.each(Array.from({ length: 28 }, (_, n) => `U${n + 1}`))('%s', (mark) => {
    expect(marks).toContain(mark)
  })
  it('no other number', () => {
    expect(marks.size).toBe(15 + 28)
  })
})
