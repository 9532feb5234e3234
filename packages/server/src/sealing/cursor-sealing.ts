import type { RootKey } from './root-key.js'
import { openBox, sealBox } from './sealed-box.js'

/** Seals the place where a list goes on, so that a cursor can be neither read nor carried into another list. */
export interface CursorSealing {
  seal(list: string, after: string): string
  /** `undefined` for a text that is no cursor of this list. */
  open(list: string, cursor: string): string | undefined
}

export function cursorSealing(root: RootKey): CursorSealing {
  const key = root.keyFor('cursor')
  return {
    seal: (list, after) => sealBox(key, `cursor\0${list}`, after).toString('base64url'),
    open(list, cursor) {
      if (!/^[\w-]{1,400}$/.test(cursor)) return undefined
      try {
        return openBox(key, `cursor\0${list}`, Buffer.from(cursor, 'base64url')).toString()
      } catch {
        return undefined
      }
    },
  }
}
