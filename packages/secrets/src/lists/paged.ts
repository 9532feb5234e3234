/** How a list is cut into pages. */
export interface PageSettings {
  /** `continuationToken` of an earlier page, of this client or another: the list goes on behind it. */
  continuationToken?: string
  maxPageSize?: number
}

/** A page of a list. May be empty and yet have a successor. */
export type Page<T> = T[] & {
  /** What `byPage` takes to go on behind this page; absent on the last. Not enumerable. */
  continuationToken?: string
}

/** A list that is fetched as it is read: entry by entry with `for await`, or page by page. */
export interface PagedAsyncIterableIterator<TElement, TPage = TElement[], TPageSettings = PageSettings> {
  next(): Promise<IteratorResult<TElement>>
  [Symbol.asyncIterator](): PagedAsyncIterableIterator<TElement, TPage, TPageSettings>
  byPage: (settings?: TPageSettings) => AsyncIterableIterator<TPage>
}

/** @internal */
export interface FetchedPage<T> {
  items: T[]
  continuationToken?: string | undefined
}

/** @internal */
export function paged<T>(
  fetchPage: (settings: PageSettings) => Promise<FetchedPage<T>>,
  defaults: { maxPageSize?: number | undefined } = {},
): PagedAsyncIterableIterator<T, Page<T>> {
  const base: PageSettings = defaults.maxPageSize === undefined ? {} : { maxPageSize: defaults.maxPageSize }

  async function* pages(settings: PageSettings): AsyncGenerator<Page<T>, undefined> {
    let wanted = settings
    for (;;) {
      const { items, continuationToken } = await fetchPage(wanted)
      yield page(items, continuationToken)
      if (continuationToken === undefined) return undefined
      wanted = { ...settings, continuationToken }
    }
  }

  async function* elements(): AsyncGenerator<T, undefined> {
    for await (const items of pages(base)) yield* items
    return undefined
  }

  const entries = elements()
  return {
    next: () => entries.next(),
    [Symbol.asyncIterator]() {
      return this
    },
    byPage: (settings = {}) => pages({ ...base, ...settings }),
  }
}

function page<T>(items: T[], continuationToken: string | undefined): Page<T> {
  if (continuationToken === undefined) return items
  return Object.defineProperty(items, 'continuationToken', { value: continuationToken })
}
