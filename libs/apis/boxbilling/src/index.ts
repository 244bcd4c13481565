export { amountText, exactText } from './amount-text'
export { presentBillableMetric } from './billable-metric/billable-metric.presenter'
export { presentCustomer } from './customer/customer.presenter'
export { presentFee, presentFeePreview } from './fee/fee.presenter'
export { presentInvoice } from './invoice/invoice.presenter'
export { presentApiKey, presentNewApiKey, presentOrganization } from './organization/organization.presenter'
export { presentPayment } from './payment/payment.presenter'
export { presentPaymentMethod } from './payment-method/payment-method.presenter'
export { presentPlan } from './plan/plan.presenter'
export { presentSubscription } from './subscription/subscription.presenter'
export { presentAppliedTax, presentTax, rateText } from './tax/tax.presenter'
export { presentTestClock } from './test-clock/test-clock.presenter'
export {
  presentDeliveryStats,
  presentWebhookAttempt,
  presentWebhookDelivery,
  presentWebhookEndpoint,
} from './webhook-endpoint/webhook-endpoint.presenter'
export { BOXBILLING_WEBHOOK_TYPES, type BoxBillingWebhookType } from './webhooks/webhook-types'
export {
  BOXBILLING_WEBHOOK_EVENTS,
  boxBillingWebhookOf,
  type BoxBillingObjectType,
  type BoxBillingWebhook,
} from './webhooks/webhook-rules'
export { erasedCustomerBody } from './webhooks/erased-body'
export { boxBillingWebhookBody, boxBillingWebhookHeaders } from './webhooks/webhook-body'
