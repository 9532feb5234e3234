/**
 * The errors of the data plane. Clients branch on the status, `error.code` and `error.innererror.code`; the message is
 * for people.
 * @see https://learn.microsoft.com/azure/key-vault/general/rest-error-codes
 */
export interface ErrorBody {
  error: { code: string; message: string; innererror?: { code: string } }
}

/** The codes of `error.innererror` that say what exactly a 403 or 409 is about. */
export const innerErrorCodes = Object.freeze({
  secretDisabled: 'SecretDisabled',
  forbiddenByRbac: 'ForbiddenByRbac',
  forbiddenByPolicy: 'ForbiddenByPolicy',
  forbiddenByFirewall: 'ForbiddenByFirewall',
  objectIsDeletedButRecoverable: 'ObjectIsDeletedButRecoverable',
  objectIsBeingDeleted: 'ObjectIsBeingDeleted',
  objectIsBeingRecovered: 'ObjectIsBeingRecovered',
})
