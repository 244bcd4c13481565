export * from './payment-provider.port'
export { paymentProviderKit, type ProviderUnderTest } from './payment-provider.kit'
