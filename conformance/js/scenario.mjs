/** The whole surface of the secrets API, through whichever client the entry file imports. */
import { check } from './checks.mjs'
import { clientOf, credentialOf } from './clients.mjs'
import { backupChecks } from './scenario/backup.mjs'
import { clientChecks } from './scenario/client.mjs'
import { listChecks } from './scenario/lists.mjs'
import { permissionChecks } from './scenario/permissions.mjs'
import { refusalChecks } from './scenario/refusals.mjs'
import { setAndGetChecks } from './scenario/set-and-get.mjs'
import { softDeleteChecks } from './scenario/soft-delete.mjs'
import { updateChecks } from './scenario/update.mjs'

export async function scenario(run) {
  const credential = credentialOf(run)
  const context = { ...run, check, credential, client: clientOf(run, {}, credential) }
  await setAndGetChecks(context)
  await updateChecks(context)
  await listChecks(context)
  await softDeleteChecks(context)
  await backupChecks(context)
  await refusalChecks(context)
  await permissionChecks(context)
  await clientChecks(context)
}
