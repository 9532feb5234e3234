import type { ListResult } from '@strongroom/protocol'
import { RestError } from '../errors/rest-error.js'
import { onSameOrigin } from '../http/vault-url.js'
import type { FetchedPage, PageSettings } from '../lists/paged.js'
import { MalformedAnswer } from '../models/from-wire.js'
import type { OperationOptions } from '../options.js'
import type { Wire } from './wire.js'

/** Fetches one page of a list. The continuation token is the vault's own link to the next page. */
export async function fetchPage<Item, T>(
  wire: Wire,
  path: string,
  { continuationToken, maxPageSize }: PageSettings,
  options: OperationOptions,
  read: (item: Item) => T,
): Promise<FetchedPage<T>> {
  if (maxPageSize !== undefined && !(Number.isInteger(maxPageSize) && maxPageSize > 0)) {
    throw new TypeError('maxPageSize must be a positive integer')
  }
  const target =
    continuationToken === undefined
      ? { path, query: { maxresults: maxPageSize } }
      : { path: linkWithin(wire.origin, path, continuationToken) }
  return wire.run(options, (call) =>
    wire.ask<ListResult<Item>, FetchedPage<T>>(
      { operation: 'list', method: 'GET', ...target },
      options,
      call,
      ({ body }) => {
        if (!Array.isArray(body.value)) throw new MalformedAnswer('The answer is no list')
        if (body.nextLink) linkWithin(wire.origin, path, body.nextLink)
        return { items: body.value.map(read), continuationToken: body.nextLink || undefined }
      },
    ),
  )
}

/** A link to a page of this very list. Any other, followed, would take the token somewhere it is not meant for. */
function linkWithin(origin: string, path: string, link: string): string {
  const url = typeof link === 'string' ? onSameOrigin(link, origin) : undefined
  if (url !== undefined && url.pathname.toLowerCase().replace(/\/$/, '') === path.toLowerCase()) return url.href
  throw new RestError(`The link to the next page leads away from ${origin}${path}, and is not followed.`, {
    code: 'BadNextLink',
  })
}
