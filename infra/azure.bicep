// Everything Waymark needs in Azure: storage, vault, web and worker, and the bot that Teams talks to. Secrets stay in Key Vault.
@description('Short name, used as a prefix. Lower-case letters and digits.')
@minLength(3)
@maxLength(12)
param name string

param location string = resourceGroup().location

@description('Image built by infra/Dockerfile.')
param image string

@description('Client id of the Entra app registration that signs people in.')
param entraClientId string

@description('App id of the bot, registered as a single-tenant app.')
param botId string

@description('Tenant the bot is registered in.')
param botTenantId string = tenant().tenantId

@secure()
@description('Client secret of the bot.')
param botPassword string

@secure()
@description('Sealing keys, id:base64, newest first.')
param waymarkKeys string

@description('Object ids of those who may open Waymark for their tenant, separated by commas.')
param admins string

resource storage 'Microsoft.Storage/storageAccounts@2023-05-01' = {
  name: '${name}store${uniqueString(resourceGroup().id)}'
  location: location
  sku: { name: 'Standard_ZRS' }
  kind: 'StorageV2'
  properties: {
    minimumTlsVersion: 'TLS1_2'
    allowBlobPublicAccess: false
    supportsHttpsTrafficOnly: true
  }
}

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: '${name}-identity'
  location: location
}

resource vault 'Microsoft.KeyVault/vaults@2023-07-01' = {
  name: '${name}-${uniqueString(resourceGroup().id)}'
  location: location
  properties: {
    tenantId: tenant().tenantId
    sku: { family: 'A', name: 'standard' }
    enableRbacAuthorization: true
    enablePurgeProtection: true
  }
}

resource keysSecret 'Microsoft.KeyVault/vaults/secrets@2023-07-01' = {
  parent: vault
  name: 'waymark-keys'
  properties: { value: waymarkKeys }
}

resource botSecret 'Microsoft.KeyVault/vaults/secrets@2023-07-01' = {
  parent: vault
  name: 'bot-password'
  properties: { value: botPassword }
}

resource storageSecret 'Microsoft.KeyVault/vaults/secrets@2023-07-01' = {
  parent: vault
  name: 'storage-connection'
  properties: {
    value: 'DefaultEndpointsProtocol=https;AccountName=${storage.name};AccountKey=${storage.listKeys().keys[0].value};EndpointSuffix=${environment().suffixes.storage}'
  }
}

// "Key Vault Secrets User"
resource readsSecrets 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(vault.id, identity.id, 'secrets-user')
  scope: vault
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', '4633458b-17de-408a-b874-0445c86b69e6')
    principalId: identity.properties.principalId
    principalType: 'ServicePrincipal'
  }
}

resource plan 'Microsoft.Web/serverfarms@2023-12-01' = {
  name: '${name}-plan'
  location: location
  kind: 'linux'
  sku: { name: 'P0v3' }
  properties: { reserved: true }
}

var settings = [
  { name: 'PORT', value: '3978' }
  { name: 'WEBSITES_PORT', value: '3978' }
  { name: 'PUBLIC_URL', value: 'https://${name}-web.azurewebsites.net' }
  { name: 'ENTRA_CLIENT_ID', value: entraClientId }
  { name: 'BOT_ID', value: botId }
  { name: 'BOT_TENANT_ID', value: botTenantId }
  { name: 'BOT_PASSWORD', value: '@Microsoft.KeyVault(SecretUri=${botSecret.properties.secretUri})' }
  { name: 'WAYMARK_KEYS', value: '@Microsoft.KeyVault(SecretUri=${keysSecret.properties.secretUri})' }
  { name: 'AZURE_STORAGE_CONNECTION_STRING', value: '@Microsoft.KeyVault(SecretUri=${storageSecret.properties.secretUri})' }
  { name: 'WAYMARK_ADMINS', value: admins }
]

resource apps 'Microsoft.Web/sites@2023-12-01' = [for role in ['web', 'worker']: {
  name: '${name}-${role}'
  location: location
  kind: 'app,linux,container'
  identity: { type: 'UserAssigned', userAssignedIdentities: { '${identity.id}': {} } }
  dependsOn: [readsSecrets]
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    keyVaultReferenceIdentity: identity.id
    siteConfig: {
      linuxFxVersion: 'DOCKER|${image}'
      alwaysOn: true
      ftpsState: 'Disabled'
      minTlsVersion: '1.2'
      healthCheckPath: '/healthz'
      appSettings: concat(settings, [{ name: 'ROLE', value: role }])
    }
  }
}]

resource bot 'Microsoft.BotService/botServices@2022-09-15' = {
  name: '${name}-bot'
  location: 'global'
  kind: 'azurebot'
  sku: { name: 'S1' }
  properties: {
    displayName: 'Waymark'
    endpoint: 'https://${name}-web.azurewebsites.net/api/messages'
    msaAppId: botId
    msaAppType: 'SingleTenant'
    msaAppTenantId: botTenantId
  }
}

resource teams 'Microsoft.BotService/botServices/channels@2022-09-15' = {
  parent: bot
  name: 'MsTeamsChannel'
  location: 'global'
  properties: { channelName: 'MsTeamsChannel' }
}

output TAB_ENDPOINT string = 'https://${name}-web.azurewebsites.net'
output TAB_DOMAIN string = '${name}-web.azurewebsites.net'
output BOT_ID string = botId
