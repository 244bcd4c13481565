/** A body with headers of its own. */
export class Reply<Body> {
  constructor(
    readonly body: Body,
    readonly headers: Readonly<Record<string, string>>,
  ) {}
}

/** A list is a bare array; how many rows match in all stands in `X-Total-Count`. Source: rules/boxbilling.md, section 2. */
export function listReply<Item>(items: Item[], total: number): Reply<Item[]> {
  return new Reply(items, { 'x-total-count': String(total) })
}
