// Answers what Go's YAML libraries make of a text or a value: one JSON request a line in, one answer a line out.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"log"
	"os"

	yaml2 "go.yaml.in/yaml/v2"
	yaml3 "go.yaml.in/yaml/v3"
	"sigs.k8s.io/yaml"
)

// request holds a text to read, as it is or as base64, or a value to write.
type request struct {
	Name   string          `json:"name"`
	Text   *string         `json:"text,omitempty"`
	Base64 []byte          `json:"base64,omitempty"`
	Value  json.RawMessage `json:"value,omitempty"`
}

// reading is what a text was read as: JSON, or an error.
type reading struct {
	JSON  json.RawMessage `json:"json,omitempty"`
	Error string          `json:"error,omitempty"`
}

type answer struct {
	Name string `json:"name"`
	// sigs.k8s.io/yaml: the first document, as an untyped value.
	V2 *reading `json:"v2,omitempty"`
	// The same, refusing keys that are set twice; only where that differs.
	Strict *reading `json:"strict,omitempty"`
	// go-yaml v3 as kyaml uses it: every document until the first error of the syntax.
	V3 *[]reading `json:"v3,omitempty"`
	// A value as sigs.k8s.io/yaml writes it.
	Compact *string `json:"compact,omitempty"`
	// Why sigs.k8s.io/yaml cannot write a value.
	Refused *string `json:"refused,omitempty"`
	// A value as go-yaml v3 writes it with an indent of 2.
	Pretty *string `json:"pretty,omitempty"`
}

func main() {
	in := bufio.NewReaderSize(os.Stdin, 1<<20)
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	for {
		line, err := in.ReadBytes('\n')
		if len(bytes.TrimSpace(line)) > 0 {
			if err := encoder.Encode(respond(line)); err != nil {
				log.Fatal(err)
			}
		}
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			log.Fatal(err)
		}
		if in.Buffered() == 0 {
			out.Flush()
		}
	}
}

func respond(line []byte) answer {
	var req request
	if err := json.Unmarshal(line, &req); err != nil {
		log.Fatal(err)
	}
	if req.Value != nil {
		return write(req)
	}
	text := req.Base64
	if req.Text != nil {
		text = []byte(*req.Text)
	}
	v2 := readV2(text, yaml.Unmarshal)
	strict := readV2(text, yaml.UnmarshalStrict)
	v3 := readV3(text)
	result := answer{Name: req.Name, V2: &v2, V3: &v3}
	if strict.Error != v2.Error {
		result.Strict = &strict
	}
	return result
}

func readV2(text []byte, unmarshal func([]byte, any, ...yaml.JSONOpt) error) (result reading) {
	defer recovered(&result)
	var value any
	return read(unmarshal(text, &value, useNumber), &value)
}

// useNumber keeps the digits that the conversion to JSON wrote.
func useNumber(decoder *json.Decoder) *json.Decoder {
	decoder.UseNumber()
	return decoder
}

func readV3(text []byte) []reading {
	results := []reading{}
	decoder := yaml3.NewDecoder(bytes.NewReader(text))
	for {
		result, more := readDocument(decoder)
		if !more {
			return results
		}
		results = append(results, result)
		if result.Error != "" {
			return results
		}
	}
}

// readDocument decodes one document into a map with string keys, if it is a mapping, as kyaml does.
func readDocument(decoder *yaml3.Decoder) (result reading, more bool) {
	defer recovered(&result)
	more = true
	var document yaml3.Node
	err := decoder.Decode(&document)
	if errors.Is(err, io.EOF) {
		return result, false
	}
	if err != nil {
		return reading{Error: err.Error()}, true
	}
	if len(document.Content) == 1 && document.Content[0].Kind == yaml3.MappingNode {
		value := map[string]any{}
		return read(document.Decode(&value), &value), true
	}
	var value any
	return read(document.Decode(&value), &value), true
}

func read(err error, value any) reading {
	if err != nil {
		return reading{Error: err.Error()}
	}
	encoded, err := json.Marshal(value)
	if err != nil {
		return reading{Error: err.Error()}
	}
	return reading{JSON: encoded}
}

func recovered(result *reading) {
	if problem := recover(); problem != nil {
		result.Error = "panic"
	}
}

func write(req request) answer {
	decoder := json.NewDecoder(bytes.NewReader(req.Value))
	decoder.UseNumber()
	var decoded any
	if err := decoder.Decode(&decoded); err != nil {
		log.Fatal(err)
	}
	compact, err := yaml.Marshal(decoded)
	if err != nil {
		message := err.Error()
		return answer{Name: req.Name, Refused: &message}
	}
	// read by go-yaml, so that whole numbers stay integers
	encoded, err := json.Marshal(decoded)
	if err != nil {
		log.Fatal(err)
	}
	var value any
	if err := yaml2.Unmarshal(encoded, &value); err != nil {
		log.Fatal(err)
	}
	var pretty bytes.Buffer
	encoder := yaml3.NewEncoder(&pretty)
	encoder.SetIndent(2)
	if err := encoder.Encode(value); err != nil {
		log.Fatal(err)
	}
	compactText, prettyText := string(compact), pretty.String()
	return answer{Name: req.Name, Compact: &compactText, Pretty: &prettyText}
}
