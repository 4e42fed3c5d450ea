package main

import (
	"fmt"
	"io"
	"sort"
	"strings"

	"sigs.k8s.io/yaml"
)

type fieldSpec struct {
	Group, Version, Kind, Path string
	Create                     bool
}

type reference struct {
	Group, Version, Kind string
	FieldSpecs           []fieldSpec
}

func selector(group, version, kind string) (text string) {
	for _, part := range [][2]string{{"group", group}, {"version", version}, {"kind", kind}} {
		if part[1] != "" {
			text += " " + part[0] + "=" + part[1]
		}
	}
	return text
}

func writeSpecs(out io.Writer, specs []fieldSpec) {
	for _, s := range specs {
		create := ""
		if s.Create {
			create = " create"
		}
		fmt.Fprintf(out, "  %s%s%s\n", s.Path, selector(s.Group, s.Version, s.Kind), create)
	}
}

// writeFieldSpecs writes the tables of the built-in transformers.
func writeFieldSpecs(out io.Writer) {
	var tables map[string]interface{}
	check(yaml.Unmarshal(GetDefaultFieldSpecs(), &tables))
	var names []string
	for name := range tables {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		text, err := yaml.Marshal(tables[name])
		check(err)
		if name == "nameReference" {
			var references []reference
			check(yaml.Unmarshal(text, &references))
			for _, r := range references {
				fmt.Fprintf(out, "\nnameReference%s\n", selector(r.Group, r.Version, r.Kind))
				writeSpecs(out, r.FieldSpecs)
			}
			continue
		}
		var specs []fieldSpec
		check(yaml.Unmarshal(text, &specs))
		// the main branch keeps claim templates in a table of their own
		if name == "templateLabels" {
			specs = dropClaims(out, specs)
		}
		fmt.Fprintf(out, "\n%s\n", name)
		writeSpecs(out, specs)
	}
}

func dropClaims(out io.Writer, specs []fieldSpec) (rest []fieldSpec) {
	for _, s := range specs {
		if strings.Contains(s.Path, "volumeClaimTemplates") {
			fmt.Fprintf(out, "\nvolumeClaimTemplateLabels\n")
			writeSpecs(out, []fieldSpec{s})
		} else {
			rest = append(rest, s)
		}
	}
	return rest
}
