package main

import (
	"fmt"
	"io"
	"sort"
	"strings"

	"k8s.io/kube-openapi/pkg/validation/spec"
	"sigs.k8s.io/kustomize/kyaml/openapi"
)

// field is one that leads to lists which merge by key.
type field struct{ name, line, child string }

func target(s *spec.Schema) string {
	if ref := s.Ref.String(); ref != "" {
		return strings.TrimPrefix(ref, "#/definitions/")
	}
	if s.Items != nil && s.Items.Schema != nil {
		return target(s.Items.Schema)
	}
	return ""
}

func fieldsOf(d spec.Schema, leads map[string]bool) (fields []field) {
	for name, p := range d.Properties {
		strategy, keys := (&openapi.ResourceSchema{Schema: &p}).PatchStrategyAndKeyList()
		child := target(&p)
		isList := len(p.Type) == 1 && p.Type[0] == "array"
		switch {
		case isList && strings.Contains(strategy, "merge"):
			item := "-"
			if leads[child] {
				item = child
			}
			line := strings.TrimRight(fmt.Sprintf("  %s merge %s %s", name, item, strings.Join(keys, " ")), " ")
			fields = append(fields, field{name, line, child})
		case !isList && leads[child]:
			fields = append(fields, field{name, fmt.Sprintf("  %s one %s", name, child), child})
		}
	}
	sort.Slice(fields, func(i, j int) bool { return fields[i].name < fields[j].name })
	return fields
}

// writeOpenAPI writes the kinds and types that lead to lists which merge by key.
func writeOpenAPI(out io.Writer) {
	definitions := openapi.Schema().Definitions
	leads := map[string]bool{}
	for changed := true; changed; {
		changed = false
		for name, d := range definitions {
			if !leads[name] && len(fieldsOf(d, leads)) > 0 {
				leads[name], changed = true, true
			}
		}
	}
	var kinds, queue []string
	for name, d := range definitions {
		list, _ := d.Extensions["x-kubernetes-group-version-kind"].([]interface{})
		for _, entry := range list {
			gvk := entry.(map[string]interface{})
			kind, version := gvk["kind"].(string), gvk["version"].(string)
			if group, _ := gvk["group"].(string); group != "" {
				version = group + "/" + version
			}
			if leads[name] && !strings.HasSuffix(kind, "List") && kind != "DeleteOptions" && kind != "Status" {
				kinds = append(kinds, fmt.Sprintf("kind %s %s %s", version, kind, name))
				queue = append(queue, name)
			}
		}
	}
	used := map[string]bool{}
	for len(queue) > 0 {
		name := queue[0]
		queue = queue[1:]
		if used[name] || !leads[name] {
			continue
		}
		used[name] = true
		for _, f := range fieldsOf(definitions[name], leads) {
			queue = append(queue, f.child)
		}
	}
	sort.Strings(kinds)
	for _, kind := range kinds {
		fmt.Fprintln(out, kind)
	}
	var names []string
	for name := range used {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		fmt.Fprintf(out, "\ntype %s\n", name)
		for _, f := range fieldsOf(definitions[name], leads) {
			fmt.Fprintln(out, f.line)
		}
	}
}
