import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { StartError } from '../errors.js'
import { createKeyFile, readKeyFile } from './key-file.js'

let folder: string
let path: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'strongroom-key-'))
  path = join(folder, 'new', 'root.key')
})
afterEach(() => rmSync(folder, { recursive: true }))

function refusal(read: () => unknown): string {
  try {
    read()
  } catch (error) {
    if (error instanceof StartError) return error.message
    throw error
  }
  return 'none'
}

describe('a new key file', () => {
  it('holds the key that was made, in one line of text', () => {
    const root = createKeyFile(path)
    expect(readFileSync(path, 'utf8')).toMatch(/^strongroom-root-key-1:[\w-]{43}\n$/)
    expect(readKeyFile(path).id).toBe(root.id)
  })
  it('is for its owner alone, and so is a folder made for it', () => {
    createKeyFile(path)
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(statSync(join(folder, 'new')).mode & 0o777).toBe(0o700)
  })
  it('never takes the place of another', () => {
    createKeyFile(path)
    const before = readFileSync(path)
    expect(() => createKeyFile(path)).toThrow('EEXIST')
    expect(readFileSync(path)).toEqual(before)
  })
  it('holds another key each time', () => {
    expect(createKeyFile(path).id).not.toBe(createKeyFile(join(folder, 'second.key')).id)
  })
})

describe('a key file', () => {
  const write = (text: string, mode = 0o600) => {
    path = join(folder, 'root.key')
    writeFileSync(path, text, { mode })
  }
  it('that is missing is refused with the way out', () => {
    expect(refusal(() => readKeyFile(path))).toBe(
      `the root key ${path} is missing: put it back, or the secrets it protects stay closed`,
    )
  })
  it('that others may read is refused with the command that helps', () => {
    createKeyFile(path)
    for (const mode of [0o640, 0o604, 0o644, 0o660, 0o666]) {
      chmodSync(path, mode)
      expect(refusal(() => readKeyFile(path))).toBe(
        `the root key ${path} is open to other users: run chmod 600 ${path}`,
      )
    }
    chmodSync(path, 0o400)
    expect(readKeyFile(path).id).toMatch(/^[0-9a-f]{32}$/)
  })
  it.each([
    '',
    'strongroom-root-key-1:',
    'strongroom-root-key-1:AAAA',
    `strongroom-root-key-1:${'A'.repeat(44)}`,
    `strongroom-root-key-2:${'A'.repeat(43)}`,
    'A'.repeat(43),
  ])('that holds %j is refused', (text) => {
    write(text)
    expect(refusal(() => readKeyFile(path))).toBe(`${path} holds no root key: put the right file there`)
  })
  it('never gets its text repeated in a message', () => {
    write('a-password-put-there-by-mistake')
    expect(refusal(() => readKeyFile(path))).not.toContain('password')
  })
  it('that is a folder is refused with the reason', () => {
    path = join(folder, 'folder.key')
    mkdirSync(path, { mode: 0o700 })
    expect(refusal(() => readKeyFile(path))).toBe(
      `the root key ${path} cannot be read (EISDIR): give this user the right to read it`,
    )
  })
  it('may have blanks around its line', () => {
    const root = createKeyFile(path)
    const text = readFileSync(path, 'utf8')
    write(`\n ${text}\r\n`)
    expect(readKeyFile(path).id).toBe(root.id)
  })
})
