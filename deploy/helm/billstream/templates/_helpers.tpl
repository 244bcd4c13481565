{{/* The name of everything that belongs to one app: (dict "root" $ "app" "usage"). */}}
{{- define "billstream.name" -}}
{{- printf "%s-%s" (.root.Release.Name | trunc 40 | trimSuffix "-") .app -}}
{{- end -}}

{{/* What a selector may name: it never changes. */}}
{{- define "billstream.selector" -}}
app.kubernetes.io/name: billstream
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .app }}
{{- end -}}

{{- define "billstream.labels" -}}
{{ include "billstream.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version }}
{{- end -}}

{{- define "billstream.image" -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end -}}

{{/* An app's values over the defaults of all, as YAML. */}}
{{- define "billstream.app" -}}
{{ mergeOverwrite (deepCopy .root.Values.appDefaults) (deepCopy (index .root.Values.apps .app | default dict)) | toYaml }}
{{- end -}}

{{/* How long a gateway may take to end: to be taken off the lists, to drain, 15 s to finish what it has, and 8 s to spare. */}}
{{- define "billstream.gatewayGraceSeconds" -}}
{{- $drainMs := .Values.settings.GATEWAY_DRAIN_MS | default "0" | int -}}
{{- add .Values.gatewayPreStopSeconds (divf $drainMs 1000 | ceil) 23 -}}
{{- end -}}

{{- define "billstream.podSecurity" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
seccompProfile: { type: RuntimeDefault }
{{- end -}}

{{- define "billstream.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: { drop: [ALL] }
{{- end -}}

{{/* Variables from the Secret: (dict "root" $ "names" (list ...) "optional" false). */}}
{{- define "billstream.secretVariables" -}}
{{- range .names }}
- name: {{ . }}
  valueFrom:
    secretKeyRef: { name: {{ $.root.Values.secret.name | quote }}, key: {{ . }}, optional: {{ $.optional }} }
{{- end }}
{{- end -}}

{{/* Not empty when something is scaled by lag and the brokers ask for an account or have a certificate of their own. */}}
{{- define "billstream.kafkaAuthentication" -}}
{{- if or .Values.settings.KAFKA_SASL_MECHANISM .Values.kafkaCertificateAuthority.secretName }}
{{- range $app, $_ := .Values.apps }}
{{- $scaling := (include "billstream.app" (dict "root" $ "app" $app) | fromYaml).autoscaling }}
{{- if and $scaling.enabled (ne $app "gateway") }}{{ $app }}{{ end }}
{{- end }}
{{- end }}
{{- end -}}
