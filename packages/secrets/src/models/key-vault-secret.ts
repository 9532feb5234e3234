import type { SecretProperties } from './secret-properties.js'

/** A version of a secret with its value. */
export interface KeyVaultSecret {
  properties: SecretProperties
  /**
   * The value. Read it by name (`secret.value`, or `const { value } = secret`): it is not enumerable, so that spreading,
   * printing and serialising the secret leave it out.
   */
  value?: string
  name: string
  /** `https://HOST/secrets/NAME/VERSION` */
  id?: string
}

/** What {@link SecretClient.setSecret} answers. */
export interface SetSecretResult extends KeyVaultSecret {
  /**
   * `created` if the vault answered. `confirmed` if the answer was lost and the newest version turned out to be the one
   * that was asked for. Not enumerable.
   */
  readonly outcome?: 'created' | 'confirmed'
}

/**
 * Makes a {@link KeyVaultSecret} as the client does, for tests and for values from elsewhere: in `String`,
 * `JSON.stringify`, `util.inspect` and `console.log` it shows `[secret]` in place of its value.
 */
export function keyVaultSecret(parts: {
  name?: string | undefined
  value?: string | undefined
  properties: SecretProperties
}): KeyVaultSecret {
  return new Secret(parts.name ?? parts.properties.name, parts.value, parts.properties)
}

class Secret implements KeyVaultSecret {
  readonly name: string
  declare readonly id?: string
  declare readonly value?: string
  readonly properties: SecretProperties

  constructor(name: string, value: string | undefined, properties: SecretProperties) {
    this.name = name
    if (properties.id !== undefined) this.id = properties.id
    this.properties = properties
    Object.defineProperty(this, 'value', { value, writable: true, configurable: true })
  }

  toJSON(): object {
    const { value, ...rest } = shown(this)
    return value === undefined ? rest : { ...rest, value }
  }

  toString(): string {
    return `KeyVaultSecret ${JSON.stringify(this)}`
  }

  [Symbol.for('nodejs.util.inspect.custom')](
    _depth: number,
    options: object,
    inspect: (value: unknown, options: object) => string,
  ): string {
    const value = this.value === undefined ? {} : { value: new Placeholder() }
    return `KeyVaultSecret ${inspect({ ...shown(this), ...value }, options)}`
  }
}

/** Defined with the class's own name, so that tools that print constructors' names print the contract's. */
Object.defineProperty(Secret, 'name', { value: 'KeyVaultSecret' })

class Placeholder {
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return '[secret]'
  }
}

function shown(secret: KeyVaultSecret): { name: string; id?: string; value?: string; properties: SecretProperties } {
  const { name, id, properties } = secret
  return {
    name,
    ...(id !== undefined && { id }),
    ...(secret.value !== undefined && { value: '[secret]' }),
    properties,
  }
}
