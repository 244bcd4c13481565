type Members = Record<string, unknown>

/** The body of a webhook about a customer who was erased: as GET shows the customer then. Source: architecture.md, section 9. */
export function erasedCustomerBody(body: string): string {
  const envelope = JSON.parse(body) as Members & { readonly data: Members; readonly object: Members }
  const data = { ...envelope.data, object: erased(envelope.object) }
  return JSON.stringify({ ...envelope, data, object: data.object })
}

function erased(customer: Members): Members {
  return { ...customer, name: '', email: null, billing_metadata: {} }
}
