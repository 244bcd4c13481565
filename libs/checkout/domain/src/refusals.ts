/** The codes with which checkout refuses, with the rule that each names. */
export type CheckoutRefusal =
  /** The id is taken by another method of the customer. */
  | 'payment_method_exists'
  /** The customer has no such method. */
  | 'payment_method_not_found'
  /** The default cannot be deleted. */
  | 'payment_method_is_default'
  /** The name is none of the API's providers. */
  | 'unknown_provider'
  /** Neither a full card number nor anything that looks like one is kept. */
  | 'card_number_not_allowed'
  /** One payment per invoice, and it is open already. */
  | 'payment_exists'
  | 'payment_not_found'
  /** Only a failed payment is tried again. */
  | 'payment_not_failed'
  /** The invoice has been paid, or was never issued. */
  | 'nothing_due'
  | 'no_default_payment_method'
  /** The payment does not want this attempt, or it was handed out already. */
  | 'attempt_not_wanted'
  /** An outcome came before its attempt was requested. */
  | 'attempt_not_requested'
  /** The outcome of an attempt is final. */
  | 'attempt_not_open'
