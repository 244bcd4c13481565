import { col, defineView, type ViewRow } from '@billstream/event-sourcing-core'

/** `organization_id` = `id`: an organization belongs to itself. */
export const organizationView = defineView(
  'accounts',
  'organization',
  {
    name: col.text,
    slug: col.text,
    test: col.boolean,
    default_currency: col.text,
    timezone: col.text,
    hmac_key_secret_id: col.text,
    logo_url: col.nullable(col.text),
    portal_accent_color: col.nullable(col.text),
    portal_welcome_message: col.nullable(col.text),
    /** open or closed */
    status: col.text,
    created_at: col.instant,
    updated_at: col.instant,
  },
  [['slug']],
)
export type OrganizationRow = ViewRow<typeof organizationView>
