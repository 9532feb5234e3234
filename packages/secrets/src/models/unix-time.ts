import { limits } from '@strongroom/protocol'
import { InvalidRequestError } from '../errors/rest-error.js'

/** Unix seconds of the wire as a `Date`. */
export function dateFromUnixTime(seconds: number | null | undefined): Date | undefined {
  return typeof seconds === 'number' ? new Date(seconds * 1000) : undefined
}

/**
 * A `Date` as Unix seconds, the wire's precision; `null`, which clears, stays `null`.
 * @param name - the option's name, for the message
 */
export function unixTime(name: string, date: Date | null | undefined): number | null | undefined {
  if (date === undefined || date === null) return date
  // Not instanceof: a Date of another realm, as test runners make them, is one too.
  if (Object.prototype.toString.call(date) !== '[object Date]') throw new TypeError(`${name} must be a Date`)
  const seconds = Math.floor(date.getTime() / 1000)
  if (Number.isNaN(seconds)) throw new TypeError(`${name} must be a valid Date`)
  if (seconds > limits.maxDate) {
    throw new InvalidRequestError(`${name} must be no later than the end of the year 9999.`, { code: 'BadParameter' })
  }
  return seconds
}
