/** A request as the data plane sees it, whatever carried it. */
export interface WireRequest {
  readonly method: string
  /** Path and query as received. */
  readonly url: string
  readonly authorization: string | undefined
  /**
   * The body, as UTF-8. Nothing of it is read before this is called.
   * @param limit - bytes
   * @throws {WireError} the body is longer, or no UTF-8
   */
  body(limit: number): Promise<string>
}

export interface WireResponse {
  readonly status: number
  /** JSON; empty for a 204. */
  readonly body: string
  /** Beyond the headers that every answer carries. */
  readonly headers?: Readonly<Record<string, string>>
}

/** A request that ends with this answer. */
export class WireError extends Error {
  override readonly name = 'WireError'
  readonly response: WireResponse
  constructor(response: WireResponse) {
    super(`answered with ${response.status}`)
    this.response = response
  }
}
