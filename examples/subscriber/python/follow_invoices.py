"""Follows Billstream's events on Kafka and prints each invoice that is paid, once."""

import json
import os
import signal
import sys

from kafka import KafkaConsumer

BROKERS = os.environ.get("KAFKA_BROKERS", "127.0.0.1:9092").split(",")
GROUP = os.environ.get("KAFKA_GROUP", "example-python")
# One topic per context. What stands behind a further dot, such as .dlq, holds no events.
TOPICS = os.environ.get("KAFKA_TOPICS", r"^billstream\.events\.[^.]+$")

# The last revision seen of each stream. A real subscriber keeps it in its database and writes it in the transaction of
# its own effect; here it is gone with the process.
seen: dict[str, int] = {}


def read(value: bytes | None) -> dict | None:
    """None: the message is no event."""
    try:
        event = json.loads(value or b"")
    except ValueError:
        return None
    return event if isinstance(event, dict) and {"type", "subject", "revision"} <= event.keys() else None


def handle(event: dict) -> None:
    # At least once: what is not newer than what was seen of its stream was here before.
    if event["revision"] <= seen.get(event["subject"], -1):
        return
    # An event that we do not know is no mistake: there will be more of them.
    if event["type"] == "billstream.InvoicePaid.v1":
        invoice, paid_at = event["data"]["invoiceId"], event["data"]["paidAt"]
        organization = event["organizationid"]
        print(f"Invoice {invoice} of organization {organization} was paid at {paid_at}.", flush=True)
    seen[event["subject"]] = event["revision"]


def main() -> None:
    consumer = KafkaConsumer(
        bootstrap_servers=BROKERS,
        group_id=GROUP,
        auto_offset_reset="earliest",
        enable_auto_commit=False,
    )
    consumer.subscribe(pattern=TOPICS)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        while True:
            batch = consumer.poll(timeout_ms=1000)
            for messages in batch.values():
                for message in messages:
                    event = read(message.value)
                    if event is not None:
                        handle(event)
                        continue
                    # Raised, it would come again for ever, and nothing behind it.
                    place = f"{message.topic}, partition {message.partition}, offset {message.offset}"
                    print(f"Passed over, as it is no event: {place}.", file=sys.stderr, flush=True)
            # Only now: what a crash cuts off comes again.
            if batch:
                consumer.commit()
    except KeyboardInterrupt:
        pass
    finally:
        consumer.close()


if __name__ == "__main__":
    main()
