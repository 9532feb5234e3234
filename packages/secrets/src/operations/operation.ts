/** What a request does, in the words of Key Vault's permissions. `send` is a request of the caller's own making. */
export type Operation =
  | 'get'
  | 'list'
  | 'set'
  | 'update'
  | 'delete'
  | 'getDeleted'
  | 'recover'
  | 'purge'
  | 'backup'
  | 'restore'
  | 'send'
