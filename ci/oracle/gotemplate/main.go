// Command gotemplate records what Go's text/template and sprig make of templates.
//
// It reads cases/<suite>.txt, one template a line (a line that starts with a double quote is a JSON string, for
// templates of several lines), renders each on cases/data.json, and writes <suite>.json into the folder given as
// its argument.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"text/template"

	"github.com/Masterminds/sprig/v3"
)

type recordedCase struct {
	Template string  `json:"template"`
	Out      *string `json:"out,omitempty"`
	Err      string  `json:"err,omitempty"`
}

type suite struct {
	Oracle     string         `json:"oracle"`
	MissingKey string         `json:"missingKey"`
	Sprig      bool           `json:"sprig"`
	Data       any            `json:"data"`
	Cases      []recordedCase `json:"cases"`
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: gotemplate FOLDER")
		os.Exit(2)
	}
	if err := recordAll(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func recordAll(folder string) error {
	raw, err := os.ReadFile("cases/data.json")
	if err != nil {
		return err
	}
	files, err := filepath.Glob("cases/*.txt")
	if err != nil {
		return err
	}
	for _, file := range files {
		if err := record(file, folder, raw); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
	}
	return nil
}

// record runs one suite. Names that start with sprig_ get sprig's functions; the ending _error, _zero or _invalid
// of the name sets missingkey (zero by default, as Helm has it).
func record(file, folder string, raw []byte) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	name := strings.TrimSuffix(filepath.Base(file), ".txt")
	missing := "zero"
	for _, option := range []string{"invalid", "error"} {
		if strings.HasSuffix(name, "_"+option) {
			missing = option
		}
	}
	s := suite{
		Oracle:     "Go 1.26.8 text/template, sprig 3.3.0",
		MissingKey: missing,
		Sprig:      strings.HasPrefix(name, "sprig_"),
	}
	if err := json.Unmarshal(raw, &s.Data); err != nil {
		return err
	}
	for line := range strings.Lines(string(text)) {
		line = strings.TrimRight(line, "\n")
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if strings.HasPrefix(line, `"`) {
			if err := json.Unmarshal([]byte(line), &line); err != nil {
				return err
			}
		}
		s.Cases = append(s.Cases, render(line, s, raw))
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", " ")
	if err := encoder.Encode(s); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(folder, name+".json"), out.Bytes(), 0o644)
}

func render(text string, s suite, raw []byte) recordedCase {
	result := recordedCase{Template: text}
	var data any
	if err := json.Unmarshal(raw, &data); err != nil {
		result.Err = err.Error()
		return result
	}
	set := template.New("root").Option("missingkey=" + s.MissingKey)
	if s.Sprig {
		set.Funcs(sprig.TxtFuncMap())
	}
	parsed, err := set.New("t.yaml").Parse(text)
	if err != nil {
		result.Err = err.Error()
		return result
	}
	var out bytes.Buffer
	if err := parsed.Execute(&out, typed(data)); err != nil {
		result.Err = err.Error()
		return result
	}
	rendered := out.String()
	result.Out = &rendered
	return result
}

// typed turns {"$type": value} of the data into the Go type that it names.
func typed(data any) any {
	switch data := data.(type) {
	case map[string]any:
		for tag, value := range data {
			switch tag {
			case "$int":
				return int(value.(float64))
			case "$int64":
				return int64(value.(float64))
			case "$bytes":
				return []byte(value.(string))
			case "$strings":
				items := []string{}
				for _, item := range value.([]any) {
					items = append(items, item.(string))
				}
				return items
			case "$stringmap":
				entries := map[string]string{}
				for key, value := range value.(map[string]any) {
					entries[key] = value.(string)
				}
				return entries
			}
			data[tag] = typed(value)
		}
		return data
	case []any:
		for at, item := range data {
			data[at] = typed(item)
		}
		return data
	default:
		return data
	}
}
