"""Checks what schemas cannot in the rendered chart on standard input. For check.sh."""

import sys

import yaml

STOP_SECONDS = 15
# Of the alert MemoryHigh.
MEMORY_BYTES = 600_000_000

resources = [each for each in yaml.safe_load_all(sys.stdin) if each]
problems = []


def pods():
    for resource in resources:
        if resource["kind"] == "Deployment":
            yield resource["spec"]["template"]["spec"]


def variables(container):
    return {each["name"]: each.get("value", "") for each in container["env"]}


for pod in pods():
    for container in pod["containers"]:
        limit = container["resources"]["limits"]["memory"]
        if not limit.endswith("Mi") or int(limit[:-2]) * 1024 * 1024 <= MEMORY_BYTES:
            problems.append(f"{container['name']} is killed at {limit}, before an alert tells of its memory.")
        if container["name"] != "gateway":
            continue
        command = container.get("lifecycle", {}).get("preStop", {}).get("exec", {}).get("command", ["sleep", "0"])
        seconds = int(command[1]) + int(variables(container).get("GATEWAY_DRAIN_MS", 0)) / 1000 + STOP_SECONDS
        if pod["terminationGracePeriodSeconds"] <= seconds:
            problems.append(f"The gateway needs {seconds} s to end, and has no more.")

def reaches_private(policy):
    blocks = [to["ipBlock"] for rule in policy["spec"]["egress"] for to in rule.get("to", []) if "ipBlock" in to]
    return any("10.0.0.0/8" not in block["except"] for block in blocks if block["cidr"] == "0.0.0.0/0")


allowed = any(
    variables(container).get("WEBHOOK_PRIVATE_TARGETS") == "allow" for pod in pods() for container in pod["containers"]
)
for resource in resources:
    if resource["kind"] != "NetworkPolicy" or resource["spec"]["policyTypes"] != ["Egress"]:
        continue
    app = resource["spec"]["podSelector"]["matchLabels"]["app.kubernetes.io/component"]
    if reaches_private(resource) != (allowed and app == "webhooks"):
        problems.append(f"The network policy of {app} does not follow WEBHOOK_PRIVATE_TARGETS.")

if problems:
    sys.exit("\n".join(problems))
