/** The version of this server, which answers carry as `x-ms-keyvault-service-version`. */
export const version = '0.1.0'
