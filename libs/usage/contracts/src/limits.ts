/** Characters (code points) of an id or a code of a usage event, at most. */
export const USAGE_NAME_CHARACTERS_MAX = 255

/** UTF-8 bytes of an event's properties as JSON, at most. */
export const USAGE_PROPERTIES_BYTES_MAX = 64_000
