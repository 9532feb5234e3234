import { randomBytes } from 'node:crypto'
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, statSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { StartError } from '../errors.js'
import { type RootKey, rootKey } from './root-key.js'

const prefix = 'strongroom-root-key-1:'

/**
 * Reads the root key from a file that only its owner may read.
 * @throws {StartError} the file is missing, unreadable, open to others, or holds no root key
 */
export function readKeyFile(path: string): RootKey {
  let text: string
  try {
    const { mode } = statSync(path)
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
      throw new StartError(`the root key ${path} is open to other users: run chmod 600 ${path}`)
    }
    text = readFileSync(path, 'utf8').trim()
  } catch (error) {
    if (error instanceof StartError) throw error
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') {
      throw new StartError(`the root key ${path} is missing: put it back, or the secrets it protects stay closed`)
    }
    throw new StartError(`the root key ${path} cannot be read (${code}): give this user the right to read it`)
  }
  const bytes = text.startsWith(prefix) ? Buffer.from(text.slice(prefix.length), 'base64url') : Buffer.alloc(0)
  if (bytes.length !== 32) throw new StartError(`${path} holds no root key: put the right file there`)
  return rootKey(bytes)
}

/** Makes a root key in a new file of mode 0600, on the disk before it returns. Never overwrites. */
export function createKeyFile(path: string): RootKey {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const bytes = randomBytes(32)
  const file = openSync(path, 'wx', 0o600)
  try {
    writeSync(file, `${prefix}${bytes.toString('base64url')}\n`)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  const folder = openSync(dirname(path), 'r')
  try {
    fsyncSync(folder)
  } finally {
    closeSync(folder)
  }
  return rootKey(bytes)
}
