// Applies the recorded cases with the API server's own field manager, over and over, and prints the time of one
// round: what the crate structured-merge is measured against. Conversion and defaulting, which the crate does
// in part, are left out here.
//
//	go run . ../../../testdata/ssa [ROUNDS]
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/managedfields"
	"k8s.io/kube-openapi/pkg/validation/spec"
)

type apply struct {
	live, config *unstructured.Unstructured
	manager      string
	force        bool
	fieldManager *managedfields.FieldManager
}

// asIs converts and defaults nothing: objects stay in the version that they are in.
type asIs struct{}

func (asIs) Convert(_, _, _ interface{}) error { return nil }
func (asIs) ConvertToVersion(in runtime.Object, _ runtime.GroupVersioner) (runtime.Object, error) {
	return in, nil
}
func (asIs) ConvertFieldLabel(_ schema.GroupVersionKind, label, value string) (string, string, error) {
	return label, value, nil
}
func (asIs) Default(runtime.Object) {}
func (asIs) New(kind schema.GroupVersionKind) (runtime.Object, error) {
	object := &unstructured.Unstructured{}
	object.SetGroupVersionKind(kind)
	return object, nil
}

func main() {
	root, rounds := os.Args[1], 20
	if len(os.Args) > 2 {
		rounds, _ = strconv.Atoi(os.Args[2])
	}
	applies, err := read(root)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	run(applies)
	start := time.Now()
	for range rounds {
		run(applies)
	}
	fmt.Printf("%d applies, %v a round\n", len(applies), time.Since(start)/time.Duration(rounds))
}

func run(applies []apply) {
	for _, a := range applies {
		// conflicts and refusals are answers too
		_, _ = a.fieldManager.Apply(a.live, a.config, a.manager, a.force)
	}
}

func read(root string) ([]apply, error) {
	converters, err := typeConverters(filepath.Join(root, "openapi"))
	if err != nil {
		return nil, err
	}
	file, err := os.ReadFile(filepath.Join(root, "cases.jsonl"))
	if err != nil {
		return nil, err
	}
	managers := map[schema.GroupVersionKind]*managedfields.FieldManager{}
	var applies []apply
	lines := bufio.NewScanner(bytes.NewReader(file))
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		var recorded struct {
			Live  json.RawMessage
			Apply struct {
				Manager string
				Force   bool
				Config  json.RawMessage
			}
		}
		if err := json.Unmarshal(lines.Bytes(), &recorded); err != nil {
			return nil, err
		}
		config, live := &unstructured.Unstructured{}, &unstructured.Unstructured{}
		if err := config.UnmarshalJSON(recorded.Apply.Config); err != nil {
			return nil, err
		}
		kind := config.GroupVersionKind()
		live.SetGroupVersionKind(kind)
		if string(recorded.Live) != "null" {
			if err := live.UnmarshalJSON(recorded.Live); err != nil {
				return nil, err
			}
		}
		if managers[kind] == nil {
			manager, err := managedfields.NewDefaultFieldManager(
				converters[kind.GroupVersion()], asIs{}, asIs{}, asIs{}, kind, kind.GroupVersion(), "", nil)
			if err != nil {
				return nil, err
			}
			managers[kind] = manager
		}
		applies = append(applies, apply{live, config, recorded.Apply.Manager, recorded.Apply.Force, managers[kind]})
	}
	return applies, lines.Err()
}

func typeConverters(folder string) (map[schema.GroupVersion]managedfields.TypeConverter, error) {
	converters := map[schema.GroupVersion]managedfields.TypeConverter{}
	files, err := filepath.Glob(filepath.Join(folder, "*.json"))
	if err != nil {
		return nil, err
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		var document struct {
			Components struct{ Schemas map[string]*spec.Schema }
		}
		if err := json.Unmarshal(text, &document); err != nil {
			return nil, err
		}
		converter, err := managedfields.NewTypeConverter(document.Components.Schemas, false)
		if err != nil {
			return nil, err
		}
		for _, model := range document.Components.Schemas {
			kinds, _ := model.Extensions["x-kubernetes-group-version-kind"].([]interface{})
			for _, kind := range kinds {
				names, _ := kind.(map[string]interface{})
				group, _ := names["group"].(string)
				version, _ := names["version"].(string)
				converters[schema.GroupVersion{Group: group, Version: version}] = converter
			}
		}
	}
	return converters, nil
}
