import { hash, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto'
import { SecretValue } from '../vault/secret-value.js'
import type { Application, AuthorityStore, Credential, CredentialHash, CredentialKind } from './authority-store.js'

export type ApplicationErrorCode = 'ApplicationNotFound' | 'ApplicationExists' | 'BadParameter'

export class ApplicationError extends Error {
  override readonly name = 'ApplicationError'
  readonly code: ApplicationErrorCode
  constructor(code: ApplicationErrorCode, message: string) {
    super(message)
    this.code = code
  }
}

export interface NewCredential {
  readonly name: string
  /** Unix seconds. */
  readonly expiresOn?: number
}

/** The one moment in which the credential itself is known. */
export interface IssuedCredential {
  readonly credential: Credential
  readonly value: SecretValue
}

/** The programs that may call, and how they prove themselves. */
export interface Applications {
  all(): Promise<Application[]>
  get(clientId: string): Promise<Application | undefined>
  /**
   * @param clientId - a GUID, where it is to have a certain one
   * @throws {ApplicationError} `ApplicationExists`, `BadParameter`
   */
  create(displayName: string, clientId?: string): Promise<Application>
  /** Removes its credentials and role assignments as well, and ends its tokens. @returns whether there was one */
  remove(clientId: string): Promise<boolean>
  credentials(clientId: string): Promise<Credential[]>
  /** @throws {ApplicationError} `ApplicationNotFound`, `BadParameter` */
  addSecret(clientId: string, credential: NewCredential): Promise<IssuedCredential>
  /** For clients that are given `IDENTITY_ENDPOINT` and `IDENTITY_HEADER`. @throws {ApplicationError} as `addSecret` */
  addManagedIdentityHeader(clientId: string, credential: NewCredential): Promise<IssuedCredential>
  /** Tokens that it got with the credential last until they expire. @returns whether there was such a credential */
  removeCredential(clientId: string, id: string): Promise<boolean>

  /** `undefined` for an unknown client as for a wrong or expired secret, after the same work. */
  authenticateBySecret(clientId: string, secret: string): Promise<Application | undefined>
  authenticateByManagedIdentityHeader(header: string): Promise<Application | undefined>
  principalExists(objectId: string, clientId: string): Promise<boolean>
}

export interface ApplicationsNeeds {
  readonly store: AuthorityStore
  /** Called with the object id of a principal that is gone, before its removal is answered. */
  readonly onRemoved: (objectId: string) => void | Promise<void>
  /** Called when an application or a credential is gone. */
  readonly onRevoked: () => void
  /** Milliseconds since 1970. */
  readonly now: () => number
}

export function createApplications({ store, onRemoved, onRevoked, now }: ApplicationsNeeds): Applications {
  const seconds = () => Math.floor(now() / 1000)
  const isLive = ({ expiresOn }: Credential) => expiresOn === undefined || expiresOn > seconds()

  async function addCredential(clientId: string, kind: CredentialKind, asked: NewCredential) {
    if (!printable.test(asked.name)) {
      throw new ApplicationError('BadParameter', 'a credential needs a name of 1 to 128 printable characters')
    }
    if (asked.expiresOn !== undefined && asked.expiresOn <= seconds()) {
      throw new ApplicationError('BadParameter', `the credential "${asked.name}" would have expired already`)
    }
    const value = newCredentialValue()
    const credential: Credential = {
      id: randomUUID(),
      clientId: clientId.toLowerCase(),
      kind,
      name: asked.name,
      createdAt: seconds(),
      expiresOn: asked.expiresOn,
    }
    if (!(await store.addCredential(credential, hashOf(value.reveal())))) {
      throw new ApplicationError('ApplicationNotFound', `there is no application "${clientId}"`)
    }
    return { credential, value }
  }

  return {
    all: () => store.applications(),
    get: (clientId) => store.application(clientId.toLowerCase()),

    async create(displayName, clientId = randomUUID()) {
      if (!printable.test(displayName)) {
        throw new ApplicationError('BadParameter', 'an application needs a name of 1 to 128 printable characters')
      }
      if (!guid.test(clientId)) throw new ApplicationError('BadParameter', `the client id "${clientId}" is no GUID`)
      const application: Application = {
        clientId: clientId.toLowerCase(),
        objectId: randomUUID(),
        displayName,
        createdAt: seconds(),
      }
      if (!(await store.addApplication(application))) {
        throw new ApplicationError('ApplicationExists', `an application "${application.clientId}" exists`)
      }
      return application
    },

    async remove(clientId) {
      const application = await store.application(clientId.toLowerCase())
      if (application === undefined) return false
      const removed = await store.removeApplication(application.clientId)
      onRevoked()
      // In steps of their own. Should they never be done, what is left is assigned to an id that nobody gets again.
      await onRemoved(application.objectId)
      return removed
    },

    async credentials(clientId) {
      return (await store.credentials(clientId.toLowerCase())).map(({ hash: _, ...credential }) => credential)
    },
    addSecret: (clientId, credential) => addCredential(clientId, 'secret', credential),
    addManagedIdentityHeader: (clientId, credential) => addCredential(clientId, 'managed-identity', credential),
    async removeCredential(clientId, id) {
      const removed = await store.removeCredential(clientId.toLowerCase(), id)
      onRevoked()
      return removed
    },

    async authenticateBySecret(clientId, secret) {
      const id = clientId.toLowerCase()
      const [application, credentials] = await Promise.all([store.application(id), store.credentials(id)])
      const presented = hashOf(secret)
      const candidates = credentials.filter((one) => one.kind === 'secret' && isLive(one)).map(({ hash }) => hash)
      let matches = 0
      for (const candidate of candidates.length > 0 ? candidates : [nobodysHash]) {
        matches += isSameHash(candidate, presented) ? 1 : 0
      }
      return matches > 0 ? application : undefined
    },

    async authenticateByManagedIdentityHeader(header) {
      // Sought by hash: how long that takes tells about the hash, from which nothing leads back to the header.
      const credential = await store.credentialWithHash('managed-identity', hashOf(header))
      return credential !== undefined && isLive(credential) ? store.application(credential.clientId) : undefined
    },

    async principalExists(objectId, clientId) {
      return (await store.application(clientId))?.objectId === objectId
    },
  }
}

const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
const printable = /^[^\p{C}]{1,128}$/u

/** 256 random bits. The letters in front keep a command line from taking a leading hyphen for an option. */
const newCredentialValue = () => new SecretValue(`sr_${randomBytes(32).toString('base64url')}`)

/**
 * A plain hash, on purpose: slow ones make up for what people choose, and nobody goes through 256 random bits at any speed.
 */
const hashOf = (value: string): CredentialHash => hash('sha256', value)

const nobodysHash = hashOf(randomBytes(32).toString('hex'))

function isSameHash(one: CredentialHash, other: CredentialHash): boolean {
  return timingSafeEqual(Buffer.from(one, 'hex'), Buffer.from(other, 'hex'))
}
