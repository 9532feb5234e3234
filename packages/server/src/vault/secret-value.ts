import { inspect } from 'node:util'

/** A clear value on its way through the vault. It does not print: {@link SecretValue.reveal} is the only way out. */
export class SecretValue {
  readonly #text: string
  constructor(text: string) {
    this.#text = text
  }
  reveal(): string {
    return this.#text
  }
  toString(): string {
    return '[secret]'
  }
  toJSON(): string {
    return '[secret]'
  }
  [inspect.custom](): string {
    return '[secret]'
  }
}
