import type { Projection } from '@billstream/event-sourcing-core'
import { accountsMigrations, accountsProjections } from '@billstream/accounts-read-model'
import { checkoutMigrations, checkoutProjections } from '@billstream/checkout-read-model'
import { invoicingMigrations, invoicingProjections } from '@billstream/invoicing-read-model'
import { subscriptionsMigrations, subscriptionsProjections } from '@billstream/subscriptions-read-model'
import { usageMigrations, usageProjections } from '@billstream/usage-read-model'
import { webhooksMigrations, webhooksProjections } from '@billstream/webhooks-read-model'

/** Every view of the platform. */
export const allProjections: readonly Projection[] = [
  ...accountsProjections,
  ...subscriptionsProjections,
  ...usageProjections,
  ...invoicingProjections,
  ...checkoutProjections,
  ...webhooksProjections,
]

export const readModelMigrations = [
  ...accountsMigrations,
  ...subscriptionsMigrations,
  ...usageMigrations,
  ...invoicingMigrations,
  ...checkoutMigrations,
  ...webhooksMigrations,
]
