import { SecretValue } from '../vault/secret-value.js'
import type { ValuePlace, ValueSealing } from '../vault/value-sealing.js'
import type { RootKey } from './root-key.js'
import { boxOverhead, openBox, sealBox } from './sealed-box.js'
import type { VaultKeys } from './vault-keys.js'

/** A value as stored: format (1 byte), number of the vault key (4 bytes), box. */
const valueFormat = 1
const valueHeader = 5

/** A backup as handed out: these bytes, the id of the root key (16 bytes), box. */
const backupMagic = Buffer.from('strongroom backup 1\n')

export function valueSealing(root: RootKey, keys: VaultKeys): ValueSealing {
  const backupHeader = Buffer.concat([backupMagic, Buffer.from(root.id, 'hex')])
  return {
    seal(place, value) {
      const { number, key } = keys.current(place.vault)
      const header = Buffer.alloc(valueHeader)
      header[0] = valueFormat
      header.writeUInt32BE(number, 1)
      return sealBox(key, context(place, number), value.reveal(), header)
    },

    open(place, sealed) {
      if (sealed.length < valueHeader + boxOverhead || sealed[0] !== valueFormat) throw damaged(place)
      const number = keyNumberOf(sealed)
      try {
        const clear = openBox(keys.get(place.vault, number), context(place, number), sealed, valueHeader)
        const value = new SecretValue(clear.toString())
        clear.fill(0)
        return value
      } catch {
        throw damaged(place)
      }
    },

    sealBackup: (backup) => sealBox(root.keyFor('backup'), 'backup', backup, backupHeader),

    openBackup(sealed) {
      if (!backupHeader.equals(sealed.subarray(0, backupHeader.length))) return undefined
      try {
        return openBox(root.keyFor('backup'), 'backup', sealed, backupHeader.length)
      } catch {
        return undefined
      }
    },
  }
}

const context = (place: ValuePlace, key: number) => `value\0${place.vault}\0${place.nameKey}\0${place.version}\0${key}`

/** The big-endian number after the format. Digit by digit: a Buffer for four bytes would cost more than the reading. */
function keyNumberOf(sealed: Uint8Array): number {
  let number = 0
  for (let at = 1; at < valueHeader; at++) number = number * 256 + (sealed[at] as number)
  return number
}

/** A stored value does not open where it stands: it was changed, moved, or belongs to another key. */
export class DamagedValue extends Error {
  override readonly name = 'DamagedValue'
}

function damaged(place: ValuePlace): DamagedValue {
  return new DamagedValue(
    `the stored value of ${place.nameKey}/${place.version} in vault "${place.vault}" does not open: it was changed or moved outside Strongroom`,
  )
}
