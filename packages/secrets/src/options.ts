import type { TokenCredential } from './auth/token-credential.js'
import type { HttpClient, HttpRequest, HttpResponse, NodeAgent } from './http/message.js'
import type { ApiVersion, ContentType } from './models/known-values.js'

export type { TokenCredential }

/** What this client needs of an `AbortSignal`. */
export interface AbortSignalLike {
  readonly aborted: boolean
  addEventListener(type: 'abort', listener: (this: AbortSignalLike, ev: unknown) => unknown, options?: unknown): void
  removeEventListener(type: 'abort', listener: (this: AbortSignalLike, ev: unknown) => unknown, options?: unknown): void
}

/** Where in a trace an operation belongs. */
export interface OperationTracingOptions {
  tracingContext?: TracingContext
}

/** Structurally the context of OpenTelemetry and of `@azure/core-tracing`. */
export interface TracingContext {
  setValue(key: symbol, value: unknown): TracingContext
  getValue(key: symbol): unknown
  deleteValue(key: symbol): TracingContext
}

/** A request as hooks see it: without token and body. Headers may be changed. */
export interface HookRequest {
  readonly method: string
  readonly url: string
  readonly headers: HttpRequest['headers']
  /** The value of `x-ms-client-request-id`. */
  readonly requestId: string
  /** 1 for the first, more for repetitions. */
  readonly attempt: number
}

/** An answer as hooks see it: without its body. */
export interface HookResponse {
  readonly status: number
  readonly headers: HttpResponse['headers']
  readonly request: HookRequest
}

/** Functions called on the way of each request. What they throw ends the operation. */
export interface Hooks {
  /** Before each attempt, before the token is attached. */
  onRequest?: ((request: HookRequest) => void | Promise<void>) | undefined
  /** After each attempt that was answered. */
  onResponse?: ((response: HookResponse) => void | Promise<void>) | undefined
  /** Before waiting for the next attempt. */
  onRetry?:
    | ((retry: { attempt: number; delayInMs: number; status?: number; code?: string }) => void | Promise<void>)
    | undefined
}

/** The last answer of an operation, as `onResponse` gets it. Its bodies may hold a secret value. */
export interface FullOperationResponse extends HttpResponse {
  request: HttpRequest
  rawHeaders?: Record<string, string>
  // biome-ignore lint/suspicious/noExplicitAny: as the official client has it
  parsedBody?: any
}

export type RawResponseCallback = (rawResponse: FullOperationResponse, error?: unknown) => void

/** How one request is sent. */
export interface OperationRequestOptions {
  headers?: Record<string, string | number | boolean> | undefined
  /** Milliseconds within which each attempt must be answered. 30 000 unless given. */
  timeout?: number | undefined
  /** Accepted for the official client's sake, without effect. */
  onUploadProgress?: ((progress: { loadedBytes: number }) => void) | undefined
  /** Accepted for the official client's sake, without effect. */
  onDownloadProgress?: ((progress: { loadedBytes: number }) => void) | undefined
  /** Accepted for the official client's sake, without effect: see {@link SecretClientOptions.allowInsecureConnection}. */
  allowInsecureConnection?: boolean | undefined
  /** Accepted for the official client's sake, without effect. */
  skipUrlEncoding?: boolean | undefined
}

/** What every operation takes. */
export interface OperationOptions {
  /** Gives the operation up: it rejects with an `AbortError`. */
  abortSignal?: AbortSignalLike | undefined
  requestOptions?: OperationRequestOptions | undefined
  tracingOptions?: OperationTracingOptions | undefined
  /** Called with the last answer, error or not. */
  onResponse?: RawResponseCallback | undefined
  /** In addition to the client's hooks, and after them. */
  hooks?: Hooks | undefined
  /** Milliseconds for everything: token, challenge, attempts and the time between them. None unless given. */
  deadlineInMs?: number | undefined
  /** The value of `x-ms-client-request-id`; a new UUID unless given. */
  clientRequestId?: string | undefined
}

export interface GetSecretOptions extends OperationOptions {
  /** The version's id; the latest version if left out or empty. */
  version?: string | undefined
  /** For a secret that backs a certificate: the form of the value, see `KnownContentType`. The service turns PFX into PEM. */
  outContentType?: ContentType | undefined
}

export interface SetSecretOptions extends OperationOptions {
  /** At most 15, of at most 512 characters each. */
  tags?: { [propertyName: string]: string } | null | undefined
  /** At most 255 characters. */
  contentType?: string | null | undefined
  /** `true` unless given. */
  enabled?: boolean | undefined
  readonly notBefore?: Date | null | undefined
  readonly expiresOn?: Date | null | undefined
}

/** What is left out stays as it is; `null` clears it. */
export interface UpdateSecretPropertiesOptions extends OperationOptions {
  /** At most 255 characters. */
  contentType?: string | null | undefined
  enabled?: boolean | undefined
  readonly notBefore?: Date | null | undefined
  readonly expiresOn?: Date | null | undefined
  /** Replaces all tags. At most 15, of at most 512 characters each. */
  tags?: { [propertyName: string]: string } | null | undefined
}

export interface GetDeletedSecretOptions extends OperationOptions {}
export interface PurgeDeletedSecretOptions extends OperationOptions {}
export interface BackupSecretOptions extends OperationOptions {}
export interface RestoreSecretBackupOptions extends OperationOptions {}

/** What every list takes. */
export interface ListOptions extends OperationOptions {
  /** The most entries of a page: 1 to 25, by the service's rules. */
  maxPageSize?: number | undefined
}
export interface ListPropertiesOfSecretsOptions extends ListOptions {}
export interface ListPropertiesOfSecretVersionsOptions extends ListOptions {}
export interface ListDeletedSecretsOptions extends ListOptions {}

export interface SecretPollerOptions extends OperationOptions {
  /** Milliseconds between polls. Unless given, 200 at first and growing to 2 000. */
  intervalInMs?: number | undefined
  /** What `toString()` of another poller gave: goes on with its operation. */
  resumeFrom?: string | undefined
}
export interface BeginDeleteSecretOptions extends SecretPollerOptions {}
export interface BeginRecoverDeletedSecretOptions extends SecretPollerOptions {}

/** Structurally `PipelinePolicy` of `@azure/core-rest-pipeline`. Sees every request before its token is attached. */
export interface PipelinePolicy {
  name: string
  /** `next` takes the request and gives its answer. */
  // biome-ignore lint/suspicious/noExplicitAny: policies written for the official types would not fit otherwise
  sendRequest(request: HttpRequest, next: (request: any) => Promise<any>): Promise<HttpResponse>
}

export interface AdditionalPolicyConfig {
  policy: PipelinePolicy
  /** Around all attempts, or around each. */
  position: 'perCall' | 'perRetry'
}

export interface ProxySettings {
  /** With its scheme: `http://proxy.example`. */
  host: string
  port: number
  username?: string
  password?: string
}

/** Certificates in PEM. */
export type CertificateAuthorities = string | Uint8Array | readonly (string | Uint8Array)[]

/** As for `tls.createSecureContext` of Node. */
export interface TlsSettings {
  /** Trusted **in place of** Node's own roots; to add to them, see {@link SecretClientOptions.caCertificate}. */
  ca?: string | Uint8Array | (string | Uint8Array)[] | undefined
  cert?: string | Uint8Array | (string | Uint8Array)[] | undefined
  key?: string | Uint8Array | (Uint8Array | { pem: string | Uint8Array; passphrase?: string | undefined })[] | undefined
  passphrase?: string | undefined
  pfx?:
    | string
    | Uint8Array
    | (string | Uint8Array | { buf: string | Uint8Array; passphrase?: string | undefined })[]
    | undefined
}

export interface RetryOptions {
  /** Repetitions after the first attempt. 3 unless given. */
  maxRetries?: number | undefined
  /** Milliseconds that the first wait may take at most; doubled each time. 800 unless given. */
  retryDelayInMs?: number | undefined
  /** Milliseconds that no wait exceeds, unless the answer asks for it. 64 000 unless given. */
  maxRetryDelayInMs?: number | undefined
}

export interface SecretClientOptions {
  /** The `api-version` of every request; `2025-07-01` unless given. */
  serviceVersion?: ApiVersion | undefined
  /** Takes tokens to a vault whose challenge names a resource that is no parent domain of the vault's. */
  disableChallengeResourceVerification?: boolean | undefined
  /** Allows `http://` URLs, of loopback hosts only. */
  allowInsecureConnection?: boolean | undefined
  /** Sends the requests in place of the built-in transport. */
  httpClient?: HttpClient | ((request: HttpRequest) => Promise<HttpResponse>) | undefined
  /** PEM certificates of authorities to trust in addition to Node's own roots. */
  caCertificate?: CertificateAuthorities | undefined
  tlsOptions?: TlsSettings | undefined
  /** The way through a proxy. `HTTPS_PROXY` and `NO_PROXY` of the environment unless given; loopback hosts go without. */
  proxyOptions?: ProxySettings | undefined
  /** A connection pool of Node's; it stays the caller's to close. */
  agent?: NodeAgent | undefined
  keepAliveOptions?: { enable?: boolean | undefined } | undefined
  retryOptions?: RetryOptions | undefined
  /** Redirects on the vault's own origin are followed; none is, ever, to another. */
  redirectOptions?:
    | {
        handleRedirects?: boolean | undefined
        maxRetries?: number | undefined
        /** Accepted for the official client's sake, without effect. */
        allowCrossOriginRedirects?: boolean | undefined
      }
    | undefined
  /** `userAgentPrefix` comes before this client's own name. */
  userAgentOptions?: { userAgentPrefix?: string | undefined } | undefined
  telemetryOptions?: { clientRequestIdHeaderName?: string | undefined } | undefined
  additionalPolicies?: AdditionalPolicyConfig[] | undefined
  hooks?: Hooks | undefined
  /** Milliseconds within which a connection must stand. 5 000 unless given. */
  connectTimeoutInMs?: number | undefined
  /** For every operation that does not say otherwise. */
  requestOptions?: OperationRequestOptions | undefined
  /** For every operation that does not say otherwise. */
  deadlineInMs?: number | undefined
}
