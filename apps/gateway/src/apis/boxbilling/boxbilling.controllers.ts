import type { Type } from '@nestjs/common'
import { BillableMetricsController } from './billable-metrics/billable-metrics.controller'
import { CurrentUsageController } from './customers/current-usage.controller'
import { CustomersController } from './customers/customers.controller'
import { EventsController } from './events/events.controller'
import { FeesController } from './fees/fees.controller'
import { InvoicesController } from './invoices/invoices.controller'
import { ApiKeysController } from './organizations/api-keys.controller'
import { OrganizationsController } from './organizations/organizations.controller'
import { PaymentMethodsController } from './payment-methods/payment-methods.controller'
import { PaymentsController } from './payments/payments.controller'
import { PlansController } from './plans/plans.controller'
import { RootController } from './root/root.controller'
import { SubscriptionsController } from './subscriptions/subscriptions.controller'
import { TaxesController } from './taxes/taxes.controller'
import { TestClocksController } from './test-clocks/test-clocks.controller'
import { WebhookEndpointsController } from './webhook-endpoints/webhook-endpoints.controller'
import { WebhooksController } from './webhook-endpoints/webhooks.controller'

export const boxBillingControllers: readonly Type[] = [
  RootController,
  OrganizationsController,
  ApiKeysController,
  CustomersController,
  CurrentUsageController,
  TestClocksController,
  BillableMetricsController,
  PlansController,
  TaxesController,
  SubscriptionsController,
  EventsController,
  InvoicesController,
  FeesController,
  PaymentMethodsController,
  PaymentsController,
  WebhooksController,
  WebhookEndpointsController,
]
