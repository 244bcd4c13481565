import type { ViewDefinition, ViewRow } from '@billstream/event-sourcing-core'
import type { Where } from '@billstream/event-sourcing-runtime'
import type { OpsPorts } from '../ops'

/** Rows read at once. */
const PAGE_MAX = 500

export type AnyRow<V extends ViewDefinition> = ViewRow<V> & { readonly id: string; readonly organization_id: string }

/** Every row of a view that matches, of every organization, by id, in pages. */
export async function* allRows<V extends ViewDefinition>(
  view: V,
  where: object,
  { viewsAnywhere }: Pick<OpsPorts, 'viewsAnywhere'>,
): AsyncIterable<AnyRow<V>> {
  let after = ''
  for (;;) {
    const options = { where: { ...where, id: { gt: after } } as Where<ViewRow<V>>, limit: PAGE_MAX }
    const page = (await viewsAnywhere.findAnywhere(view, options)) as AnyRow<V>[]
    yield* page
    const last = page.at(-1)
    if (page.length < PAGE_MAX || !last) return
    after = last.id
  }
}
