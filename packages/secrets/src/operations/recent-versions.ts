const most = 1000

/**
 * The versions that this client has made of late: a set whose answer was lost cannot have made one of these, even if
 * it was made within the same second with the same value.
 */
export class RecentVersions {
  readonly #versions = new Set<string>()

  has(version: string): boolean {
    return this.#versions.has(version)
  }

  add(version: string | undefined): void {
    if (version === undefined) return
    this.#versions.add(version)
    if (this.#versions.size <= most) return
    const oldest = this.#versions.values().next()
    if (!oldest.done) this.#versions.delete(oldest.value)
  }
}
