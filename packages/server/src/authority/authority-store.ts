/** A program that calls vaults. Ids are lower-case GUIDs, times Unix seconds. */
export interface Application {
  /** The id it signs in with. */
  readonly clientId: string
  /** The id of its principal, which roles are assigned to. Never given twice. */
  readonly objectId: string
  readonly displayName: string
  readonly createdAt: number
}

export type CredentialKind = 'secret' | 'managed-identity'

/** A way for an application to prove itself; it may have several at a time, so that they can be replaced one by one. */
export interface Credential {
  readonly id: string
  readonly clientId: string
  readonly kind: CredentialKind
  readonly name: string
  readonly createdAt: number
  readonly expiresOn: number | undefined
}

/** SHA-256 of what the application holds, in hexadecimal digits. */
export type CredentialHash = string

export interface StoredSigningKey {
  readonly kid: string
  readonly createdAt: number
  /** When the last token it signed has ended; absent while it signs. */
  readonly retiresAt: number | undefined
  readonly publicJwk: string
  /** PKCS #8. */
  readonly sealedPrivateKey: Uint8Array
}

/** What the authority asks of storage. Each method is one atomic step: entirely or not at all. */
export interface AuthorityStore {
  applications(): Promise<Application[]>
  application(clientId: string): Promise<Application | undefined>
  /** @returns `false` if the client id is taken */
  addApplication(application: Application): Promise<boolean>
  /** Removes its credentials as well. @returns whether there was one */
  removeApplication(clientId: string): Promise<boolean>

  credentials(clientId: string): Promise<(Credential & { readonly hash: CredentialHash })[]>
  credentialWithHash(kind: CredentialKind, hash: CredentialHash): Promise<Credential | undefined>
  /** @returns `false` if there is no such application */
  addCredential(credential: Credential, hash: CredentialHash): Promise<boolean>
  /** @returns whether there was one */
  removeCredential(clientId: string, id: string): Promise<boolean>

  signingKeys(): Promise<StoredSigningKey[]>
  /** Adds a key; those that signed until now retire at the time given. */
  replaceSigningKey(key: StoredSigningKey, othersRetireAt: number): Promise<void>
  /** Drops the keys whose time of retirement has come. */
  dropRetiredSigningKeys(now: number): Promise<void>
}
