import type { DevCredential, DevFolder } from './dev-folder.js'

/** How to call the vault from each language: every block can be pasted into a shell as it stands. */
export function devExamples(folder: DevFolder, credential: DevCredential): string {
  return `TypeScript (Node 20 and later, in this folder)

${typescriptExample(folder)}

Python (pip install azure-identity azure-keyvault-secrets)

${pythonExample(folder)}

curl

${curlExample(folder, credential)}
`
}

export const typescriptExample = (folder: DevFolder): string => `node --input-type=module <<'END'
import { readFileSync } from 'node:fs'
import { ClientSecretCredential, SecretClient } from '@strongroom/secrets'
const { vaultUrl, tenantId, clientId, clientSecret, ...trust } = JSON.parse(readFileSync('${folder.credential}', 'utf8'))
const client = new SecretClient(vaultUrl, new ClientSecretCredential(tenantId, clientId, clientSecret, trust), { caCertificate: trust.caCertificate })
console.log((await client.setSecret('hello', 'from TypeScript')).name, (await client.getSecret('hello')).value)
END`

// Python asks the system for names under .localhost, which few systems know; the second line answers for it.
export const pythonExample = (
  folder: DevFolder,
): string => `REQUESTS_CA_BUNDLE=${folder.caCertificate} python3 - <<'END'
import json, socket; from azure.identity import ClientSecretCredential; from azure.keyvault.secrets import SecretClient
ask = socket.getaddrinfo; socket.getaddrinfo = lambda host, *rest, **more: ask('localhost' if str(host).endswith('.localhost') else host, *rest, **more)
dev = json.load(open('${folder.credential}'))
client = SecretClient(dev['vaultUrl'], ClientSecretCredential(dev['tenantId'], dev['clientId'], dev['clientSecret'], authority=dev['authorityHost'], disable_instance_discovery=True))
print(client.set_secret('hello', 'from Python').name, client.get_secret('hello').value)
END`

export const curlExample = (folder: DevFolder, { authorityHost, tenantId, vaultUrl }: DevCredential): string =>
  `curl -s --cacert ${folder.caCertificate} --data @${folder.tokenRequest} ${authorityHost}/${tenantId}/oauth2/v2.0/token |
  sed 's/.*"access_token":"\\([^"]*\\)".*/Authorization: Bearer \\1/' |
  curl -s --cacert ${folder.caCertificate} -H @- -X PUT -d '{"value": "from curl"}' '${vaultUrl}/secrets/hello?api-version=2025-07-01'`
