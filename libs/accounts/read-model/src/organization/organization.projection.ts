import { OrganizationChanged, OrganizationClosed, OrganizationCreated } from '@billstream/accounts-contracts'
import { defineProjection, on, type EventOf, type RecordedEvent } from '@billstream/event-sourcing-core'
import { organizationView, type OrganizationRow } from './organization.view'

type Settings = Omit<EventOf<typeof OrganizationCreated>['data'], 'organizationId' | 'slug' | 'test'>

export const organizationProjection = defineProjection({
  name: 'accounts.organization',
  view: organizationView,
  version: 1,
  on: {
    ...on(OrganizationCreated, ({ data, recordedAt }) => [
      {
        id: data.organizationId,
        row: {
          organization_id: data.organizationId,
          id: data.organizationId,
          slug: data.slug,
          test: data.test,
          ...settingColumns(data),
          status: 'open',
          created_at: recordedAt,
          updated_at: recordedAt,
        } satisfies OrganizationRow,
      },
    ]),
    ...on(OrganizationChanged, (event) => [change(event, changedColumns(event.data.changes))]),
    ...on(OrganizationClosed, (event) => [change(event, { status: 'closed' })]),
  },
})

function change(event: RecordedEvent<string, { organizationId: string }>, columns: Partial<OrganizationRow>) {
  return {
    id: event.data.organizationId,
    fold: (row: OrganizationRow | undefined) => row && { ...row, ...columns, updated_at: event.recordedAt },
  }
}

function settingColumns(settings: Settings) {
  return {
    name: settings.name,
    default_currency: settings.defaultCurrency,
    timezone: settings.timezone,
    hmac_key_secret_id: settings.hmacKeySecretId,
    logo_url: settings.logoUrl,
    portal_accent_color: settings.portalAccentColor,
    portal_welcome_message: settings.portalWelcomeMessage,
  } satisfies Partial<OrganizationRow>
}

/** Only what changed. */
function changedColumns(changes: Partial<Settings>): Partial<OrganizationRow> {
  const columns: [string, unknown][] = Object.entries(settingColumns(changes as Settings))
  return Object.fromEntries(columns.filter(([, value]) => value !== undefined))
}
