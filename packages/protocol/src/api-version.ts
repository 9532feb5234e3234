/**
 * The `api-version` of a request, and what it changes for secrets.
 * @see https://learn.microsoft.com/rest/api/keyvault/versions
 */

/** The published versions of the secrets API, oldest first. */
export const knownApiVersions = [
  '2016-10-01',
  '7.0',
  '7.1',
  '7.2',
  '7.3',
  '7.4',
  '7.5',
  '7.6',
  '2025-07-01',
  '2026-04-01',
] as const
export type KnownApiVersion = (typeof knownApiVersions)[number]

export const latestApiVersion: KnownApiVersion = '2026-04-01'

/** What a caller that speaks one version may see. Only differences that reach the wire are listed. */
export interface ApiFeatures {
  /** `attributes.recoverableDays` and the `Customized…` recovery levels: 7.1 and later. */
  readonly recoverableDays: boolean
  /** `previousVersion` in bundles: 2025-07-01 and later. */
  readonly previousVersion: boolean
  /** The `outContentType` query of a get: 2025-07-01 and later. */
  readonly outContentType: boolean
}

const features = (recoverableDays: boolean, since2025: boolean): ApiFeatures =>
  Object.freeze({ recoverableDays, previousVersion: since2025, outContentType: since2025 })
const upTo70 = features(false, false)
const since71 = features(true, false)
const since2025 = features(true, true)

const parsed = new Map<string, ApiFeatures>()

/**
 * What a given `api-version` shows, or `undefined` if it is none. Accepted are the published versions, their previews,
 * and any later date of the form `yyyy-mm-dd` or `yyyy-mm-dd-preview`: clients move on every year and must not break on
 * the day of an upgrade.
 */
export function apiFeatures(version: string): ApiFeatures | undefined {
  const known = parsed.get(version)
  if (known !== undefined) return known
  const found = parse(version)
  if (found !== undefined && parsed.size < 100) parsed.set(version, found)
  return found
}

function parse(version: string): ApiFeatures | undefined {
  const numbered = /^7\.([0-6])(-preview(\.\d{1,3})?)?$/.exec(version)
  if (numbered) return numbered[1] === '0' ? upTo70 : since71
  const dated = /^(\d{4})-(\d{2})-(\d{2})(-preview(\.\d{1,3})?)?$/.exec(version)
  if (!dated) return undefined
  const date = version.slice(0, 10)
  if (!isCalendarDate(date)) return undefined
  if (date === '2016-10-01') return dated[4] === undefined ? upTo70 : undefined
  return date >= '2025-06-01' ? since2025 : undefined
}

function isCalendarDate(date: string): boolean {
  const time = Date.parse(`${date}T00:00:00Z`)
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(date)
}
