{{- define "lib.workload.base" -}}
kind: Deployment
metadata: {name: {{ .Release.Name }}, labels: {app: {{ .Chart.Name }}}}
spec: {replicas: 1}
{{- end }}
{{- define "lib.workload" -}}
{{- $top := first . }}
{{- $own := fromYaml (include (index . 1) $top) | default dict }}
{{- toYaml (merge $own (fromYaml (include "lib.workload.base" $top))) }}
{{- end }}
