/**
 * A thousand secrets of the kinds that vaults hold, the same in every run and in every process: all randomness comes from
 * the number of the secret. Keys are made here, so that none stands in the source; nothing has the form of a provider's key.
 */
import { createPrivateKey } from 'node:crypto'

export const corpusSize = 1000

/**
 * Stands in every value that has room for it, and in no name, tag or content type: where a file holds it, a value was
 * written in the clear.
 */
export const marker = 'sealed-or-leaked-5e1f'

/** One secret of the corpus. Names of different owners do not meet in one vault. */
export function corpusSecret(owner, index, generation = 0) {
  const random = generator(index * 31 + generation * 7919 + 1)
  const { kind, value, contentType } = valueFor(index, random)
  const options = {}
  if (contentType !== undefined) options.contentType = contentType
  const tags = tagsFor(index, random)
  if (tags !== undefined) options.tags = tags
  if (random.chance(0.3)) options.notBefore = dateFrom(random, 2015, 2035)
  if (random.chance(0.5)) options.expiresOn = dateFrom(random, 2020, 2037)
  return { name: `${owner}-${kind}-${String(index).padStart(4, '0')}`, value, options }
}

export function corpus(owner) {
  return Array.from({ length: corpusSize }, (_, index) => corpusSecret(owner, index))
}

const kinds = ['connection', 'password', 'settings', 'key', 'notes', 'environment', 'token', 'text']

function valueFor(index, random) {
  if (index % 50 === 7) return { kind: 'empty', value: '' }
  if (index % 50 === 21) return { kind: 'longest', value: longest(index, random) }
  const kind = kinds[index % kinds.length]
  return { kind, ...makers[kind](index, random) }
}

const makers = {
  connection: (index, random) => ({
    value: random.pick([
      `Server=tcp:sql-${index}.internal.example,1433;Database=orders;User ID=app;Password=${password(random)};Encrypt=True;`,
      `postgresql://app:${encodeURIComponent(password(random))}@db-${index}.internal.example:5432/billing?sslmode=verify-full`,
      `amqps://worker:${encodeURIComponent(password(random))}@queue.internal.example/${random.word()}`,
    ]),
    contentType: 'text/plain',
  }),

  password: (_, random) => ({ value: password(random) }),

  settings: (index, random) => ({
    value: JSON.stringify(
      {
        endpoint: `https://service-${index}.internal.example/`,
        credentials: { user: random.word(), password: password(random) },
        retries: random.below(9),
        ratio: random.below(1000) / 7,
        features: Array.from({ length: random.below(6) }, () => random.word()),
        comment: 'with "quotes", a \\ and a line\nbreak',
        nothing: null,
      },
      null,
      index % 3,
    ),
    contentType: 'application/json',
  }),

  key: (index, random) => ({
    value: Array.from({ length: 1 + (index % 4) }, () => privateKeyPem(random)).join(''),
    contentType: 'application/x-pem-file',
  }),

  notes: (_, random) => ({
    value: Array.from(
      { length: 3 + random.below(20) },
      () => `${random.word()} ${random.pick(phrases)} ${random.word()}`,
    )
      .concat(marker)
      .join(random.pick(['\n', '\r\n'])),
    contentType: 'text/plain; charset=utf-8',
  }),

  environment: (_, random) => ({
    value: Array.from(
      { length: 5 + random.below(30) },
      (_, line) => `${random.word().toUpperCase()}_${line}="${password(random)}"`,
    ).join('\n'),
  }),

  token: (_, random) => ({ value: Buffer.from(`${marker}${random.bytes(48).toString('latin1')}`).toString('base64') }),

  text: (_, random) => ({ value: `${random.pick(phrases)}\t${marker}\u2028${random.pick(phrases)}` }),
}

const phrases = [
  'Zażółć gęślą jaźń',
  'Übergrößenträger süß',
  'Съешь же ещё этих мягких французских булок',
  '敏捷的棕色狐狸跳过懒狗',
  'いろはにほへと ちりぬるを',
  'شكرا جزيلا',
  'नमस्ते दुनिया',
  '🔐 locked 👩🏽‍🚀 away 🇺🇳',
  'plain words and nothing else',
]

/** Exactly 25,600 characters, of one, two, three or four bytes each. */
function longest(index, random) {
  const filler = ['a', 'é', '€', '👍'][Math.floor(index / 50) % 4]
  const head = `${marker} ${random.word()} `
  const body = filler.repeat(Math.floor((25_600 - head.length) / filler.length))
  return (head + body).padEnd(25_600, '.')
}

function password(random) {
  const alphabet = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789!#$%&()*+,-./:;<=>?@[]^_{|}~'
  return `${marker}${Array.from({ length: 12 + random.below(20) }, () => random.pick(alphabet)).join('')}`
}

function privateKeyPem(random) {
  // The fixed head of a PKCS #8 Ed25519 key, followed by its 32 bytes.
  const pkcs8 = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), random.bytes(32)])
  return createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' }).export({ format: 'pem', type: 'pkcs8' })
}

function tagsFor(index, random) {
  const count = index % 16
  if (count === 0) return undefined
  return Object.fromEntries(
    Array.from({ length: count }, (_, tag) => [
      tag % 5 === 4 ? `${random.pick(phrases)} ${tag}` : `${random.word()}-${tag}`,
      random.chance(0.1) ? '' : random.chance(0.2) ? random.pick(phrases) : random.word(),
    ]),
  )
}

function dateFrom(random, firstYear, lastYear) {
  const first = Date.UTC(firstYear, 0, 1) / 1000
  const last = Date.UTC(lastYear, 0, 1) / 1000
  return new Date((first + random.below(last - first)) * 1000)
}

/** The mulberry32 generator: small, and the same numbers everywhere. Nothing secret is made with it. */
function generator(seed) {
  let state = Math.imul(seed, 0x9e3779b1) >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (limit) => Math.floor(next() * limit)
  const pick = (from) => from[below(from.length)]
  return {
    below,
    pick,
    chance: (probability) => next() < probability,
    word: () => Array.from({ length: 2 + below(3) }, () => pick('bcdfghklmnprstvz') + pick('aeiou')).join(''),
    bytes: (count) => Buffer.from(Array.from({ length: count }, () => below(256))),
  }
}
