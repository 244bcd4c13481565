/** What a family of metrics is. Labels have few values each, and none of a tenant. */
export interface Family {
  readonly help: string
  readonly labels: readonly string[]
}

export const COUNTERS = {
  billstream_events_appended_total: { help: 'Events recorded in the event store.', labels: ['type'] },
  billstream_commands_total: {
    help: 'Commands by outcome: ok, the code of the refusal, or failed (infrastructure or a bug).',
    labels: ['context', 'type', 'code'],
  },
  billstream_usage_events_total: {
    help: 'Usage events by outcome: created, duplicate, conflict, refused; unknown_metric counts whole requests.',
    labels: ['outcome'],
  },
  billstream_process_commands_total: {
    help: 'Commands of processes by outcome: done, ignored, retry, alarm (refused, kept for operators), answered (refused to the operator who gave it).',
    labels: ['process', 'outcome'],
  },
  billstream_dead_letters_total: { help: 'Messages given up, and those behind them.', labels: ['consumer'] },
  billstream_failures_total: {
    help: 'Failures by kind: the infrastructure that was away, or bug.',
    labels: ['kind'],
  },
  billstream_kafka_messages_sent_total: { help: 'Messages that the brokers have taken.', labels: ['topic'] },
  billstream_kafka_messages_received_total: { help: 'Messages that came from the brokers.', labels: ['topic'] },
  billstream_kafka_rebalances_total: {
    help: 'How often this process was dealt partitions anew, the first time included.',
    labels: ['group'],
  },
} as const satisfies Record<string, Family>

/** Durations, in seconds. */
export const TIMINGS = {
  billstream_append_seconds: { help: 'One append, by outcome.', labels: ['outcome'] },
  billstream_command_seconds: { help: 'A command at its service.', labels: ['context', 'type'] },
  billstream_query_seconds: { help: 'A query at its service.', labels: ['context', 'type'] },
  billstream_ingestion_seconds: {
    help: 'Usage requests of one moment, from the bus to the disk.',
    labels: ['outcome'],
  },
  billstream_event_age_seconds: {
    help: 'How old the first event of a batch was when the consumers of a context had handled it.',
    labels: ['context'],
  },
  billstream_projection_commit_seconds: { help: 'Rows and position of one batch.', labels: ['projection'] },
  billstream_timer_delay_seconds: { help: 'How late real-time timers were taken.', labels: ['context'] },
  billstream_delivery_seconds: {
    help: 'One attempt to deliver a webhook, by outcome: delivered, refused (an error status), unanswered.',
    labels: ['outcome'],
  },
  billstream_provider_call_seconds: {
    help: 'One call of a payment provider, by what it answered; unavailable: nothing.',
    labels: ['provider', 'call', 'outcome'],
  },
  billstream_http_request_seconds: { help: 'An HTTP request, by route.', labels: ['method', 'route', 'status'] },
  billstream_kafka_produce_seconds: { help: 'One produce request, by outcome.', labels: ['outcome'] },
} as const satisfies Record<string, Family>

/** Read when they are asked for. */
export const GAUGES = {
  billstream_projection_lag_events: {
    help: 'Events that a view does not show yet; of KurrentDB 1000 stands for more as well.',
    labels: ['projection'],
  },
  billstream_projection_lag_seconds: { help: 'Age of the oldest event that a view lacks.', labels: ['projection'] },
  billstream_consumer_lag_events: {
    help: 'Events that a consumer has not handled yet; of KurrentDB 1000 stands for more as well.',
    labels: ['consumer'],
  },
  billstream_consumer_lag_seconds: { help: 'Age of the oldest event not handled yet.', labels: ['consumer'] },
  billstream_queue_depth: {
    help: 'Rows that wait: outbox, work, deliveries (due), timers (due), dead_letters, refused_commands.',
    labels: ['queue', 'name'],
  },
  billstream_pool_connections: {
    help: 'Database connections: idle, busy, waiting callers.',
    labels: ['role', 'state'],
  },
  billstream_kafka_unsent_bytes: { help: 'Bytes that wait for the brokers.', labels: [] },
} as const satisfies Record<string, Family>
