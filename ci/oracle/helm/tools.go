//go:build tools

// Package helm pins the helm that the recorded cases come from.
package helm

import _ "helm.sh/helm/v4/cmd/helm"
