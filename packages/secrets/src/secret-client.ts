/// <reference lib="esnext.disposable" preserve="true" />
import {
  apiFeatures,
  type BackupSecretResult,
  type DeletedSecretBundle,
  type DeletedSecretItem,
  type SecretBundle,
  type SecretItem,
} from '@strongroom/protocol'
import { fromBase64 } from './base64url.js'
import { checkOptions } from './check-options.js'
import type { ResourceExistsError } from './errors/rest-error.js'
import { chooseTransport } from './http/choose-transport.js'
import type { HttpMethod } from './http/message.js'
import type { Transport } from './http/transport.js'
import { userAgent } from './http/user-agent.js'
import { parseVaultUrl } from './http/vault-url.js'
import { type Page, type PagedAsyncIterableIterator, type PageSettings, paged } from './lists/paged.js'
import type { DeletedSecret } from './models/deleted-secret.js'
import { deletedSecretFromBundle, MalformedAnswer, propertiesOf, secretFromBundle } from './models/from-wire.js'
import type { KeyVaultSecret, SetSecretResult } from './models/key-vault-secret.js'
import type { SecretProperties } from './models/secret-properties.js'
import { checkedName, checkedVersion, setParameters, updateParameters } from './models/to-wire.js'
import { beginDeleteSecret } from './operations/delete-secret.js'
import { fetchPage } from './operations/list.js'
import { purgeDeletedSecret, untilPurged } from './operations/purge-secret.js'
import { RecentVersions } from './operations/recent-versions.js'
import { beginRecoverDeletedSecret } from './operations/recover-secret.js'
import { ReleasedNames } from './operations/released-names.js'
import { conflictingSecret, restoreSecret } from './operations/restore-secret.js'
import { setSecret } from './operations/set-secret.js'
import { Wire } from './operations/wire.js'
import type {
  BackupSecretOptions,
  BeginDeleteSecretOptions,
  BeginRecoverDeletedSecretOptions,
  FullOperationResponse,
  GetDeletedSecretOptions,
  GetSecretOptions,
  ListDeletedSecretsOptions,
  ListOptions,
  ListPropertiesOfSecretsOptions,
  ListPropertiesOfSecretVersionsOptions,
  OperationOptions,
  PurgeDeletedSecretOptions,
  RestoreSecretBackupOptions,
  SecretClientOptions,
  SetSecretOptions,
  TokenCredential,
  UpdateSecretPropertiesOptions,
} from './options.js'
import { type Calls, calls } from './pipeline/calls.js'
import { pipeline } from './pipeline/pipeline.js'
import { retrySettings } from './pipeline/retry-decision.js'
import type { SecretPoller } from './pollers/poller.js'

const defaultApiVersion = '2025-07-01'

/** A request of the caller's own, for {@link SecretClient.sendRequest}. */
export interface VaultRequest {
  /** A path such as `/secrets/NAME/`, or a URL on the vault's own origin. `api-version` is added unless it is there. */
  url: string
  /** `GET` unless given. */
  method?: HttpMethod | undefined
  headers?: Record<string, string | number | boolean> | undefined
  /** An object goes out as JSON, text as it is. */
  body?: object | string | undefined
}

/**
 * The secrets of one vault: an Azure Key Vault, a Strongroom vault, or any other that speaks their protocol.
 *
 * Every method rejects with a {@link RestError} if the vault refuses or cannot be reached, with an `AbortError` if its
 * `abortSignal` fires, and with a `TypeError` if its arguments are not of their types.
 */
export class SecretClient {
  /** Scheme, host and, unless it is 443, port of the vault. */
  readonly vaultUrl: string
  /** The `api-version` of every request. */
  readonly apiVersion: string
  readonly #wire: Wire
  readonly #calls: Calls
  readonly #transport: Transport
  readonly #released = new ReleasedNames()
  readonly #recent = new RecentVersions()

  /**
   * @param vaultUrl - `https://NAME.vault.azure.net`, or wherever the vault is; nothing behind the host and port
   * @param credential - anything with `getToken`, such as those of `@azure/identity`
   * @throws {TypeError} if the URL or the credential is missing or none, or an option unknown
   */
  constructor(vaultUrl: string, credential: TokenCredential, options: SecretClientOptions = {}) {
    checkOptions('client', options)
    checkOptions('retryOptions', options.retryOptions)
    checkOptions('tlsOptions', options.tlsOptions)
    this.vaultUrl = parseVaultUrl(vaultUrl, options.allowInsecureConnection === true)
    if (typeof credential?.getToken !== 'function') {
      throw new TypeError(
        'credential must be an object with a method getToken, such as a credential of @azure/identity',
      )
    }
    this.apiVersion = options.serviceVersion ?? defaultApiVersion
    if (apiFeatures(this.apiVersion) === undefined) {
      throw new TypeError('serviceVersion must be a version of the API, such as 7.6 or 2025-07-01')
    }
    this.#transport = chooseTransport(options)
    this.#calls = calls()
    const retries = retrySettings(options.retryOptions)
    const agent = userAgent(options.userAgentOptions?.userAgentPrefix)
    const redirects = options.redirectOptions ?? {}
    this.#wire = new Wire({
      origin: this.vaultUrl,
      apiVersion: this.apiVersion,
      calls: this.#calls,
      retrySettings: retries,
      headers: agent === undefined ? {} : { 'user-agent': agent },
      clientRequestIdHeader: options.telemetryOptions?.clientRequestIdHeaderName ?? 'x-ms-client-request-id',
      hooks: options.hooks,
      requestOptions: options.requestOptions,
      deadlineInMs: options.deadlineInMs,
      allowInsecureConnection: options.allowInsecureConnection === true,
      send: pipeline({
        origin: this.vaultUrl,
        credential,
        verifyResource: options.disableChallengeResourceVerification !== true,
        transport: this.#transport,
        retrySettings: retries,
        mostRedirects: redirects.handleRedirects === false ? 0 : (redirects.maxRetries ?? 20),
        additionalPolicies: options.additionalPolicies ?? [],
      }),
    })
  }

  /**
   * Creates a secret, or adds a version to it. Needs the permission to set.
   *
   * Makes one version even if the vault's answer is lost: before sending the value again, the client looks whether the
   * newest version is the one it asked for, and then says `confirmed` in `outcome`.
   * @param secretName - 1 to 127 letters, digits and hyphens
   * @param value - at most 25 600 characters; may be empty
   * @throws {SecretDeletedError} if a deleted secret holds the name
   * @throws {InvalidRequestError} before anything is sent, if name, value, content type or tags break their limits
   */
  async setSecret(secretName: string, value: string, options: SetSecretOptions = {}): Promise<SetSecretResult> {
    checkOptions('set', options)
    const name = checkedName(secretName)
    const parameters = setParameters(value, options)
    return this.#wire.run(options, async (call) => {
      const secret = await this.#released.settled(
        () => name,
        call.signal,
        () => setSecret(this.#wire, name, parameters, options, call, (version) => this.#recent.has(version)),
      )
      this.#recent.add(secret.properties.version)
      return secret
    })
  }

  /**
   * Returns a secret with its value: the latest version, or the one that `version` names. Needs the permission to get.
   * @throws {ResourceNotFoundError} if there is no such secret or version, or the secret is deleted
   * @throws {SecretDisabledError} if the version is disabled
   */
  async getSecret(secretName: string, options: GetSecretOptions = {}): Promise<KeyVaultSecret> {
    checkOptions('get', options)
    const path = `/secrets/${checkedName(secretName)}/${checkedVersion(options.version)}`
    const query = { outContentType: options.outContentType }
    return this.#wire.run(options, (call) =>
      this.#wire.ask<SecretBundle, KeyVaultSecret>(
        { operation: 'get', method: 'GET', path, query },
        options,
        call,
        ({ body }) => secretFromBundle(body),
      ),
    )
  }

  /**
   * Changes the properties of a version, and never its value. What is left out stays, `null` clears. Needs the
   * permission to set.
   * @param secretVersion - the version's id; the latest version if left out or empty
   * @throws {ResourceNotFoundError} if there is no such secret or version, or the secret is deleted
   */
  updateSecretProperties(
    secretName: string,
    secretVersion: string,
    options?: UpdateSecretPropertiesOptions,
  ): Promise<SecretProperties>
  updateSecretProperties(secretName: string, options?: UpdateSecretPropertiesOptions): Promise<SecretProperties>
  async updateSecretProperties(
    secretName: string,
    versionOrOptions?: string | UpdateSecretPropertiesOptions,
    more?: UpdateSecretPropertiesOptions,
  ): Promise<SecretProperties> {
    const [version, options = {}] =
      typeof versionOrOptions === 'object' ? [undefined, versionOrOptions] : [versionOrOptions, more]
    checkOptions('update', options)
    const path = `/secrets/${checkedName(secretName)}/${checkedVersion(version)}`
    const body = updateParameters(options)
    return this.#wire.run(options, (call) =>
      this.#wire.ask<SecretBundle, SecretProperties>(
        { operation: 'update', method: 'PATCH', path, body },
        options,
        call,
        (answer) => propertiesOf(answer.body),
      ),
    )
  }

  /**
   * Deletes a secret with all its versions, and returns a poller that follows the deletion. Needs the permissions to
   * delete and, for polling, to get.
   * @throws {ResourceNotFoundError} if there is no such secret
   */
  async beginDeleteSecret(name: string, options: BeginDeleteSecretOptions = {}): Promise<SecretPoller<DeletedSecret>> {
    checkOptions('poller', options)
    return beginDeleteSecret(this.#wire, checkedName(name), options)
  }

  /** Deletes a secret, and waits until the deletion is done. */
  async deleteSecretAndWait(name: string, options: BeginDeleteSecretOptions = {}): Promise<DeletedSecret> {
    return this.#wire.run(options, async (call) => {
      const inner = { ...options, abortSignal: call.signal, deadlineInMs: undefined }
      const poller = await this.beginDeleteSecret(name, inner)
      return poller.pollUntilDone()
    })
  }

  /**
   * Recovers a deleted secret with all its versions, and returns a poller that follows the recovery. Needs the
   * permissions to recover and, for polling, to get.
   * @throws {ResourceNotFoundError} if there is no such deleted secret, nor a live one
   */
  async beginRecoverDeletedSecret(
    name: string,
    options: BeginRecoverDeletedSecretOptions = {},
  ): Promise<SecretPoller<SecretProperties>> {
    checkOptions('poller', options)
    checkedName(name)
    return beginRecoverDeletedSecret(this.#wire, name, options, () => this.#released.add(name))
  }

  /** Recovers a deleted secret, and waits until the recovery is done. */
  async recoverDeletedSecretAndWait(
    name: string,
    options: BeginRecoverDeletedSecretOptions = {},
  ): Promise<SecretProperties> {
    return this.#wire.run(options, async (call) => {
      const inner = { ...options, abortSignal: call.signal, deadlineInMs: undefined }
      const poller = await this.beginRecoverDeletedSecret(name, inner)
      return poller.pollUntilDone()
    })
  }

  /**
   * Returns what is known of a deleted secret. Needs the permission to get.
   * @throws {ResourceNotFoundError} if there is no such deleted secret
   */
  async getDeletedSecret(secretName: string, options: GetDeletedSecretOptions = {}): Promise<DeletedSecret> {
    checkOptions('operation', options)
    const path = `/deletedsecrets/${checkedName(secretName)}`
    return this.#wire.run(options, (call) =>
      this.#wire.ask<DeletedSecretBundle, DeletedSecret>(
        { operation: 'getDeleted', method: 'GET', path },
        options,
        call,
        ({ body }) => deletedSecretFromBundle(body),
      ),
    )
  }

  /**
   * Destroys a deleted secret for good. The service may hold the name for some seconds more; see
   * {@link SecretClient.purgeDeletedSecretAndWait}. Needs the permission to purge.
   * @throws {ResourceNotFoundError} if there is no such deleted secret
   * @throws {ForbiddenError} if the vault is protected against purging
   */
  async purgeDeletedSecret(secretName: string, options: PurgeDeletedSecretOptions = {}): Promise<void> {
    checkOptions('operation', options)
    const name = checkedName(secretName)
    return this.#wire.run(options, (call) => purgeDeletedSecret(this.#wire, name, options, call))
  }

  /** Destroys a deleted secret, and waits until its name is free. For waiting it needs the permission to get. */
  async purgeDeletedSecretAndWait(secretName: string, options: PurgeDeletedSecretOptions = {}): Promise<void> {
    checkOptions('operation', options)
    const name = checkedName(secretName)
    await this.#wire.run(options, async (call) => {
      await purgeDeletedSecret(this.#wire, name, options, call)
      await untilPurged(this.#wire, name, options, call)
      this.#released.add(name)
    })
  }

  /**
   * Returns a backup of a secret with all its versions: bytes that only vaults of the same origin can read. Needs the
   * permission to back up.
   * @throws {ResourceNotFoundError} if there is no such secret
   */
  async backupSecret(secretName: string, options: BackupSecretOptions = {}): Promise<Uint8Array | undefined> {
    checkOptions('operation', options)
    const path = `/secrets/${checkedName(secretName)}/backup`
    return this.#wire.run(options, (call) =>
      this.#wire.ask<BackupSecretResult, Uint8Array>(
        { operation: 'backup', method: 'POST', path },
        options,
        call,
        ({ body }) => {
          const backup = typeof body.value === 'string' ? fromBase64(body.value) : undefined
          if (backup === undefined) throw new MalformedAnswer('The answer holds no backup')
          return backup
        },
      ),
    )
  }

  /**
   * Restores a secret with all its versions from a backup. Needs the permission to restore.
   * @throws {ResourceExistsError} if its name is taken, by a live or a deleted secret
   */
  async restoreSecretBackup(backup: Uint8Array, options: RestoreSecretBackupOptions = {}): Promise<SecretProperties> {
    checkOptions('operation', options)
    if (!ArrayBuffer.isView(backup)) throw new TypeError('a backup must be a Uint8Array')
    const nameOf = (refusal: ResourceExistsError) => conflictingSecret(refusal.message)?.name
    return this.#wire.run(options, (call) =>
      this.#released.settled(nameOf, call.signal, () => restoreSecret(this.#wire, backup, options, call)),
    )
  }

  /**
   * Lists the secrets of the vault, without values and without versions. Needs the permission to list.
   *
   *     for await (const { name } of client.listPropertiesOfSecrets()) console.log(name)
   */
  listPropertiesOfSecrets(
    options: ListPropertiesOfSecretsOptions = {},
  ): PagedAsyncIterableIterator<SecretProperties, Page<SecretProperties>> {
    return this.#list('/secrets', options, (item: SecretItem) => propertiesOf(item))
  }

  /**
   * Lists the versions of a secret, without values, in no order of time. Needs the permission to list. Of a secret that
   * does not exist, or is deleted, the list is empty.
   */
  listPropertiesOfSecretVersions(
    secretName: string,
    options: ListPropertiesOfSecretVersionsOptions = {},
  ): PagedAsyncIterableIterator<SecretProperties, Page<SecretProperties>> {
    return this.#list(
      () => `/secrets/${checkedName(secretName)}/versions`,
      options,
      (item: SecretItem) => propertiesOf(item),
    )
  }

  /** Lists the deleted secrets of the vault. Needs the permission to list. */
  listDeletedSecrets(
    options: ListDeletedSecretsOptions = {},
  ): PagedAsyncIterableIterator<DeletedSecret, Page<DeletedSecret>> {
    return this.#list('/deletedsecrets', options, (item: DeletedSecretItem) => deletedSecretFromBundle(item))
  }

  /**
   * Sends a request of your own to the vault, with token and retries as for all others. Rejects only if no answer came:
   * look at its `status`. Requests other than GET and HEAD are not repeated once the vault may have acted on them.
   * @throws {RestError} if the URL is not on the vault's own origin
   */
  async sendRequest(request: VaultRequest, options: OperationOptions = {}): Promise<FullOperationResponse> {
    checkOptions('operation', options)
    if (typeof request?.url !== 'string') throw new TypeError('request.url must be a path or a URL of the vault')
    const { url, method = 'GET', headers, body } = request
    const path = url.startsWith('/') || /^https?:/i.test(url) ? url : `/${url}`
    const requestOptions = { ...options.requestOptions, headers: { ...options.requestOptions?.headers, ...headers } }
    const repetition = method === 'GET' || method === 'HEAD' ? 'safe' : 'unsafe'
    return this.#wire.run(options, (call) =>
      this.#wire.forward(
        { operation: 'send', repetition, method, path, ...(body !== undefined && { body }) },
        { ...options, requestOptions },
        call,
      ),
    )
  }

  /** Closes the client's connections and ends what is under way with an `AbortError`. A closed client refuses calls. */
  async close(): Promise<void> {
    this.#calls.close()
    this.#transport.close()
  }

  /** {@link SecretClient.close}, for `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  #list<Item, T>(
    path: string | (() => string),
    options: ListOptions,
    read: (item: Item) => T,
  ): PagedAsyncIterableIterator<T, Page<T>> {
    // What is wrong with the arguments shows at the first page: these methods return at once, as the official ones do.
    return paged<T>(async (settings: PageSettings) => {
      checkOptions('list', options)
      return fetchPage(this.#wire, typeof path === 'function' ? path() : path, settings, options, read)
    }, options)
  }
}
