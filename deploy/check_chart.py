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

if problems:
    sys.exit("\n".join(problems))
