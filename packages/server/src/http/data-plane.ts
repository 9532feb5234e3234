import {
  type ApiFeatures,
  apiFeatures,
  contentTypes,
  innerErrorCodes,
  latestApiVersion,
  limits,
} from '@strongroom/protocol'
import type { DataAction } from '../access/roles.js'
import type { Principal, TokenRefusal } from '../authority/token-verifier.js'
import type { CursorSealing } from '../sealing/cursor-sealing.js'
import { parseSecretName, parseVersionId, type SecretName, type VersionId } from '../vault/secret.js'
import type { Vault } from '../vault/vault.js'
import { VaultError } from '../vault/vault-error.js'
import type { VaultSettings } from '../vault/vault-settings.js'
import type { Page } from '../vault/vault-store.js'
import { challenge, claimsChallenge } from './challenge.js'
import { errorResponse, methodNotAllowed, notFound } from './error-response.js'
import { bodyLimit, restoreLimit } from './limits.js'
import { parseQuery, type Query } from './query.js'
import { type Operation, routeOf } from './route.js'
import {
  type BodyContext,
  deletedBundle,
  deletedItem,
  listResult,
  secretBundle,
  secretItem,
  versionItem,
} from './secret-bodies.js'
import { parseRestoreBody, parseSetBody, parseUpdateBody } from './secret-requests.js'
import type { VaultHost } from './vault-host.js'
import type { WireRequest, WireResponse } from './wire.js'

export interface DataPlaneNeeds {
  readonly vault: Vault
  readonly settingsOf: (vault: string) => VaultSettings | undefined
  readonly verifyToken: (token: string) => Principal | TokenRefusal | Promise<Principal | TokenRefusal>
  /** Whether the principal may do this in the vault, or to one of its secrets. */
  readonly allows: (principal: Principal, action: DataAction, vault: string, secret: string | undefined) => boolean
  readonly cursors: CursorSealing
  /** Where clients get their tokens: `https://localhost:8443/TENANT`. */
  readonly authority: string
  readonly region: string
  /** Unix seconds. */
  readonly now: () => number
}

const secrets = 'Microsoft.KeyVault/vaults/secrets'
const actions: Readonly<Record<Operation, DataAction>> = {
  SecretSet: `${secrets}/setSecret/action`,
  SecretGet: `${secrets}/getSecret/action`,
  SecretUpdate: `${secrets}/update/action`,
  SecretDelete: `${secrets}/delete`,
  SecretList: `${secrets}/readMetadata/action`,
  SecretListVersions: `${secrets}/readMetadata/action`,
  SecretBackup: `${secrets}/backup/action`,
  SecretRestore: `${secrets}/restore/action`,
  SecretListDeleted: `${secrets}/readMetadata/action`,
  SecretGetDeleted: `${secrets}/readMetadata/action`,
  SecretRecover: `${secrets}/recover/action`,
  SecretPurge: `${secrets}/purge/action`,
}

const withoutName: ReadonlySet<Operation> = new Set(['SecretList', 'SecretRestore', 'SecretListDeleted'])

/** One authorised call. */
interface Call {
  readonly request: WireRequest
  readonly context: BodyContext
  readonly query: Query
  readonly apiVersion: string
  readonly name: SecretName
  readonly version: string
}

/**
 * The secrets API of one vault. The order of the checks is part of the contract: token, vault, api-version, path and
 * method, name, permission, and only then query, body and state.
 */
export function createDataPlane(needs: DataPlaneNeeds) {
  const { vault } = needs

  function answer(request: WireRequest, host: VaultHost): Promise<WireResponse> {
    const token = bearerToken(request.authorization)
    const verified = token === undefined ? noToken : needs.verifyToken(token)
    // Of a token seen before there is nothing to wait for.
    if (!(verified instanceof Promise)) return answerTo(verified, request, host)
    return verified.then((result) => answerTo(result, request, host))
  }

  async function answerTo(
    caller: Principal | TokenRefusal | typeof noToken,
    request: WireRequest,
    host: VaultHost,
  ): Promise<WireResponse> {
    if (caller === noToken) return unauthorized(caller.message, challenge(needs.authority, host.resource))
    if ('message' in caller) {
      return unauthorized(caller.message, claimsChallenge(needs.authority, host.resource, needs.now()))
    }

    const settings = needs.settingsOf(host.vault)
    if (settings === undefined) {
      return errorResponse(404, 'VaultNotFound', `There is no vault "${host.vault}" here.`)
    }
    const question = request.url.indexOf('?')
    const query = parseQuery(question < 0 ? '' : request.url.slice(question + 1))
    const apiVersion = query.get('api-version') ?? ''
    const features = apiFeatures(apiVersion)
    if (features === undefined) return unknownApiVersion(apiVersion)

    const route = routeOf(request.method, question < 0 ? request.url : request.url.slice(0, question))
    if (route.kind !== 'operation') {
      return route.kind === 'notFound' ? notFound(request.method) : methodNotAllowed(request.method)
    }
    const { operation, version } = route

    const nameless = withoutName.has(operation)
    const name = nameless ? noName : parseSecretName(route.name)
    const action = actions[operation]
    if (!needs.allows(caller, action, host.vault, nameless ? undefined : name.text)) {
      return forbidden(caller, action, host.vault, nameless ? undefined : name.text)
    }
    const context = { vault: settings, origin: host.origin, features }
    return await operations[operation]({ request, context, query, apiVersion, name, version })
  }

  function forbidden(
    caller: Principal,
    action: DataAction,
    vaultName: string,
    secret: string | undefined,
  ): WireResponse {
    const id = `/subscriptions/00000000-0000-0000-0000-000000000000/resourcegroups/strongroom/providers/microsoft.keyvault/vaults/${vaultName}`
    const message = [
      'Caller is not authorized to perform action on resource.',
      'If role assignments, deny assignments or role definitions were changed recently, please observe propagation time.',
      `Caller: appid=${caller.appId};oid=${caller.objectId};iss=${caller.issuer}`,
      `Action: '${action}'`,
      `Resource: '${id}${secret === undefined ? '' : `/secrets/${secret}`}'`,
      'Assignment: (not found)',
      'DenyAssignmentId: null',
      'DecisionReason: null ',
      `Vault: ${vaultName};location=${needs.region}`,
      '',
    ].join('\r\n')
    return errorResponse(403, 'Forbidden', message, innerErrorCodes.forbiddenByRbac)
  }

  const operations: Record<Operation, (call: Call) => Promise<WireResponse>> = {
    async SecretSet({ request, context, name }) {
      const { value, attributes } = parseSetBody(await request.body(bodyLimit))
      const set = await vault.setSecret(context.vault, name, value, attributes)
      return ok(secretBundle(context, set.version, set.value))
    },

    async SecretGet({ context, query, name, version }) {
      checkOutContentType(context.features, query)
      const id = versionOf(version)
      if (id === null) throw await vault.noSuchVersion(context.vault, name, version)
      const { version: found, value } = await vault.getSecret(context.vault, name, id)
      return ok(secretBundle(context, found, value))
    },

    async SecretUpdate({ request, context, name, version }) {
      const changes = parseUpdateBody(await request.body(bodyLimit))
      const id = versionOf(version)
      if (id === null) throw await vault.noSuchVersion(context.vault, name, version)
      return ok(secretBundle(context, await vault.updateSecret(context.vault, name, id, changes)))
    },

    async SecretDelete({ context, name }) {
      return ok(deletedBundle(context, await vault.deleteSecret(context.vault, name)))
    },

    SecretList: (call) =>
      list(call, 'secrets', (after, limit) => vault.listSecrets(call.context.vault, after, limit), secretItem),

    SecretListVersions: (call) =>
      list(
        call,
        `secrets/${call.name.text}/versions`,
        (after, limit) => vault.listVersions(call.context.vault, call.name, after, limit),
        versionItem,
      ),

    SecretListDeleted: (call) =>
      list(call, 'deletedsecrets', (after, limit) => vault.listDeleted(call.context.vault, after, limit), deletedItem),

    async SecretBackup({ context, name }) {
      const blob = await vault.backupSecret(context.vault, name)
      return ok(`{"value":"${Buffer.from(blob).toString('base64url')}"}`)
    },

    async SecretRestore({ request, context }) {
      const blob = parseRestoreBody(await request.body(restoreLimit))
      try {
        return ok(secretBundle(context, await vault.restoreSecret(context.vault, blob)))
      } catch (error) {
        throw error instanceof VaultError && error.code === 'RestoreConflict' ? restoreConflict(context, error) : error
      }
    },

    async SecretGetDeleted({ context, name }) {
      return ok(deletedBundle(context, await vault.getDeleted(context.vault, name)))
    },

    async SecretRecover({ context, name }) {
      return ok(secretBundle(context, await vault.recoverSecret(context.vault, name)))
    },

    async SecretPurge({ context, name }) {
      await vault.purgeSecret(context.vault, name)
      return { status: 204, body: '' }
    },
  }

  async function list<Item>(
    { context, query, apiVersion, name }: Call,
    path: string,
    read: (after: string | undefined, limit: number) => Promise<Page<Item>>,
    item: (context: BodyContext, item: Item) => string,
  ): Promise<WireResponse> {
    const asked = query.get('maxresults')
    const scope = `${context.vault.name}\0${name === noName ? path : `versions\0${name.key}`}`
    const cursor = query.get('$skiptoken')
    const after = cursor === undefined ? undefined : needs.cursors.open(scope, cursor)
    if (cursor !== undefined && after === undefined) {
      throw new VaultError(
        'BadParameter',
        'The $skiptoken is none of this list: take nextLink as it was sent, or start the list anew.',
      )
    }
    const page = await read(after, pageSize(asked))
    const next =
      page.next === undefined
        ? undefined
        : `${context.origin}/${path}?api-version=${apiVersion}&$skiptoken=${needs.cursors.seal(scope, page.next)}${asked === undefined ? '' : `&maxresults=${asked}`}`
    return ok(
      listResult(
        page.items.map((entry) => item(context, entry)),
        next,
      ),
    )
  }

  return answer
}

const noToken = { message: 'AKV10000: Request is missing a Bearer or PoP token.' } as const

/** Of `Bearer TOKEN`; `undefined` for anything else. */
function bearerToken(authorization: string | undefined): string | undefined {
  if (authorization === undefined) return undefined
  if (authorization.startsWith('Bearer ') && !authorization.includes(' ', 7)) return authorization.slice(7) || undefined
  return /^Bearer +(\S+)$/i.exec(authorization)?.[1]
}

const noName: SecretName = { text: '', key: '' }

const ok = (body: string): WireResponse => ({ status: 200, body })

function unauthorized(message: string, header: string): WireResponse {
  return errorResponse(401, 'Unauthorized', message, undefined, { 'WWW-Authenticate': header })
}

function unknownApiVersion(version: string): WireResponse {
  return errorResponse(
    400,
    'BadParameter',
    version === ''
      ? 'api-version must be specified'
      : `The specified version (${version}) is not recognized. Consider using the latest supported version (${latestApiVersion}).`,
  )
}

/** An empty text is the latest version, `undefined`; one that cannot be an id names no version, `null`. */
const versionOf = (text: string): VersionId | undefined | null =>
  text === '' ? undefined : (parseVersionId(text) ?? null)

/** More than the most is the most: a page may always be shorter. */
function pageSize(asked: string | undefined): number {
  if (asked === undefined) return limits.pageSize
  if (!/^[0-9]{1,9}$/.test(asked) || Number(asked) < 1) {
    throw new VaultError('BadParameter', `maxresults must be a whole number from 1 to ${limits.pageSize}.`)
  }
  return Math.min(Number(asked), limits.pageSize)
}

/** It converts the secrets of certificates; on any other secret a known type changes nothing. */
function checkOutContentType(features: ApiFeatures, query: Query): void {
  const asked = features.outContentType ? query.get('outContentType') : undefined
  if (asked !== undefined && asked !== contentTypes.pfx && asked !== contentTypes.pem) {
    throw new VaultError('BadParameter', 'Property has invalid value\r\n')
  }
}

function restoreConflict({ origin }: BodyContext, { subject }: VaultError): VaultError {
  return new VaultError(
    'RestoreConflict',
    `There was a conflict restoring the secret '${origin}/secrets/${subject}'. This can happen if either: a secret of this name exists in the vault, or a deleted one holds the name. Delete and purge that secret, or restore into another vault.`,
  )
}
