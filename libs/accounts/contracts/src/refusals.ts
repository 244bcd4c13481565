/** The codes with which accounts refuses, with the rule that each names. */
export type AccountsRefusal =
  | 'organization_exists'
  /** Unknown or closed. */
  | 'organization_not_found'
  /** Another organization has this slug. */
  | 'slug_taken'
  /** A webhook key without bytes, of blanks only, or not of base64 after `whsec_`. */
  | 'invalid_hmac_key'
  | 'billing_already_halted'
  | 'billing_not_halted'
  | 'billing_halted'
  | 'api_key_exists'
  /** Unknown or revoked. */
  | 'api_key_not_found'
  /** More active keys than one organization may have. */
  | 'too_many_api_keys'
  /** An API key that would never open anything. */
  | 'expiry_passed'
  | 'customer_exists'
  /** Unknown, deleted or of another organization. */
  | 'customer_not_found'
  /** Another customer of the organization has this external id. */
  | 'external_id_taken'
  /** Not the name of an IANA timezone. */
  | 'invalid_timezone'
  /** Not in ISO 4217, or without a minor unit. */
  | 'unknown_currency'
  /** A number of days that is negative or not whole. */
  | 'invalid_days'
  /** The currency cannot change once there is a subscription or an invoice. */
  | 'currency_in_use'
  /** A subscription has not ended or an invoice is unpaid. */
  | 'customer_in_use'
  | 'test_clock_exists'
  | 'test_clock_not_found'
  /** Test clocks exist in test organizations only. */
  | 'test_organization_only'
  /** A clock never goes back. */
  | 'frozen_time_earlier'
  /** It is on its way to another time. */
  | 'test_clock_advancing'
  /** A step without an advance. */
  | 'test_clock_not_advancing'
  /** A step further than the advance. */
  | 'step_beyond_target'
