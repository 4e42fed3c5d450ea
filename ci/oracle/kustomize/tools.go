//go:build tools

// Package kustomize pins the kustomize that the recorded cases come from.
package kustomize

import _ "sigs.k8s.io/kustomize/kustomize/v5"
