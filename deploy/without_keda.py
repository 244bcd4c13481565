"""Passes on the Kubernetes resources of standard input but for those of KEDA. For check.sh."""

import sys

import yaml

resources = [each for each in yaml.safe_load_all(sys.stdin) if each]
yaml.safe_dump_all((each for each in resources if not each["apiVersion"].startswith("keda.sh/")), sys.stdout)
