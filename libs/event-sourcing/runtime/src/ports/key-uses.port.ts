export interface KeyUse {
  readonly organizationId: string
  readonly keyId: string
  /** Real time. */
  readonly usedAt: string
}

/** When each API key was last used; kept by the gateway, not an event. */
export interface KeyUses {
  /** An earlier use than the one that is known changes nothing. */
  record(uses: readonly KeyUse[]): Promise<void>
  /** Last use by key id; keys that were never used are left out. */
  lastUses(organizationId: string, keyIds: readonly string[]): Promise<ReadonlyMap<string, string>>
}
