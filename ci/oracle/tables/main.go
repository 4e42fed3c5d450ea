// Writes the tables of crates/kustomize/data from kustomize's own code: `record-tables` puts the package with the
// field specs beside this one and runs it.
package main

import (
	"fmt"
	"os"
	"path/filepath"
)

const header = "# %s\n# Written by ci/oracle/record-tables.\n"

func check(err error) {
	if err != nil {
		panic(err)
	}
}

func create(name, about string) *os.File {
	file, err := os.Create(filepath.Join(os.Args[1], name))
	check(err)
	fmt.Fprintf(file, header, about)
	return file
}

func main() {
	writeOpenAPI(create("openapi-v1.21.2.txt",
		"Where list items are merged by key, of Kubernetes v1.21.2's OpenAPI: what kustomize builds in.\n"+
			"# kind <apiVersion> <kind> <type>; type <name>, then its fields: 'one <type>' or 'merge <item type or -> <keys>'.\n"+
			"# Types and fields that lead to no such list are left out."))
	writeFieldSpecs(create("field-specs.txt",
		"The fields that each transformer touches unless a configuration adds more.\n"+
			"# A table, then its fields: <path> [group=…] [version=…] [kind=…] [create]."))
}
