import type { RootKey } from './root-key.js'
import { openBox, sealBox } from './sealed-box.js'

/** Seals what the installation itself must keep secret, such as private keys. `purpose` says what a box holds. */
export interface InstallationSealing {
  seal(purpose: string, clear: Uint8Array): Uint8Array
  /** @throws if the box was changed or holds something else */
  open(purpose: string, sealed: Uint8Array): Uint8Array
}

export function installationSealing(root: RootKey): InstallationSealing {
  const key = root.keyFor('installation')
  return {
    seal: (purpose, clear) => sealBox(key, `installation\0${purpose}`, clear),
    open: (purpose, sealed) => openBox(key, `installation\0${purpose}`, sealed),
  }
}
