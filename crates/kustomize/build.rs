//! Turns the text tables of `data/` into Rust tables, so that nothing is parsed when a program starts.

use std::{
    collections::BTreeMap,
    env, fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
};

#[expect(dead_code, reason = "only the order of tables is needed here")]
#[path = "src/id/gvk.rs"]
mod gvk;

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=data");
    println!("cargo::rerun-if-changed=src/id/gvk.rs");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    openapi(&lines("openapi-v1.21.2.txt")?, &out.join("openapi.rs"))?;
    scopes(&lines("scopes.txt")?, &out.join("scopes.rs"))?;
    field_specs(&lines("field-specs.txt")?, &out.join("field_specs.rs"))
}

fn lines(name: &str) -> io::Result<Vec<String>> {
    Ok(fs::read_to_string(Path::new("data").join(name))?
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(str::to_owned)
        .collect())
}

/// `NAMES`: the types by name; `TYPES`: by number; `KINDS`: apiVersion, kind and number of the type, sorted.
fn openapi(lines: &[String], out: &Path) -> io::Result<()> {
    let names: BTreeMap<&str, usize> = lines
        .iter()
        .filter_map(|line| line.strip_prefix("type "))
        .enumerate()
        .map(|(number, name)| (name, number))
        .collect();
    let mut out = io::BufWriter::new(fs::File::create(out)?);
    let by_name: Vec<(&str, usize)> = names.iter().map(|(name, number)| (*name, *number)).collect();
    writeln!(out, "static NAMES: &[(&str, usize)] = &{by_name:?};")?;
    let mut kinds: Vec<(&str, &str, usize)> = lines
        .iter()
        .filter_map(|line| line.strip_prefix("kind "))
        .map(|line| {
            let words: Vec<&str> = line.split(' ').collect();
            (words[0], words[1], names[words[2]])
        })
        .collect();
    kinds.sort_unstable();
    writeln!(out, "static KINDS: &[(&str, &str, usize)] = &{kinds:?};")?;
    write!(out, "static TYPES: &[Type] = &[")?;
    let mut first = true;
    for line in lines {
        if line.starts_with("type ") {
            write!(out, "{}&[", if first { "" } else { "],\n" })?;
            first = false;
        } else if let Some(field) = line.strip_prefix("  ") {
            let words: Vec<&str> = field.split(' ').collect();
            let item = names
                .get(words[2])
                .map_or("None".to_owned(), |number| format!("Some({number})"));
            match words[1] {
                "merge" => write!(
                    out,
                    "({:?}, Field::Merge {{ item: {item}, keys: &{:?} }}),",
                    words[0],
                    &words[3..]
                )?,
                _ => write!(out, "({:?}, Field::One({})),", words[0], names[words[2]])?,
            }
        }
    }
    writeln!(out, "]];")
}

/// `SCOPES`: apiVersion, kind and whether it lives in namespaces, sorted.
fn scopes(lines: &[String], out: &Path) -> io::Result<()> {
    let mut scopes: Vec<(&str, &str, bool)> = lines
        .iter()
        .map(|line| {
            let words: Vec<&str> = line.split(' ').collect();
            (words[0], words[1], words[2] == "namespaced")
        })
        .collect();
    scopes.sort_unstable();
    fs::write(
        out,
        format!("static SCOPES: &[(&str, &str, bool)] = &{scopes:?};\n"),
    )
}

/// One table a name, in the order of tables; `NAME_REFERENCES` has the kind referred to beside each.
fn field_specs(lines: &[String], out: &Path) -> io::Result<()> {
    let mut tables: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let mut references: Vec<(&str, String)> = Vec::new();
    let mut table = "";
    for line in lines {
        match (line.strip_prefix("  "), table) {
            (Some(spec), "nameReference") => {
                if let Some((_, specs)) = references.last_mut() {
                    specs.push_str(&field_spec(spec));
                }
            }
            (Some(spec), table) => tables.entry(table).or_default().push(spec),
            (None, _) => {
                table = line.split(' ').next().unwrap_or_default();
                if table == "nameReference" {
                    references.push((line, String::new()));
                }
            }
        }
    }
    let mut out = io::BufWriter::new(fs::File::create(out)?);
    for (name, mut specs) in tables {
        specs.sort_by_cached_key(|spec| table_order(spec));
        let specs: String = specs.into_iter().map(field_spec).collect();
        writeln!(out, "pub(super) static {}: &[Spec] = &[{specs}];", constant(name))?;
    }
    references.sort_by_cached_key(|(line, _)| table_order(line));
    writeln!(out, "pub(super) static NAME_REFERENCES: &[Reference] = &[")?;
    for (line, specs) in references {
        let [group, version, kind] = selector(line);
        writeln!(out, "(({group:?}, {version:?}, {kind:?}), &[{specs}]),")?;
    }
    writeln!(out, "];")
}

fn table_order(line: &str) -> (i32, String) {
    let [group, version, kind] = selector(line);
    gvk::Gvk::new(group, version, kind).table_order()
}

fn field_spec(line: &str) -> String {
    let path = line.split(' ').next().unwrap_or_default();
    let [group, version, kind] = selector(line);
    let create = line.ends_with(" create");
    format!("({group:?}, {version:?}, {kind:?}, {path:?}, {create}),")
}

fn selector(line: &str) -> [&str; 3] {
    ["group=", "version=", "kind="].map(|prefix| {
        line.split(' ')
            .find_map(|word| word.strip_prefix(prefix))
            .unwrap_or_default()
    })
}

/// `commonLabels` as `COMMON_LABELS`.
fn constant(name: &str) -> String {
    let mut constant = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() {
            constant.push('_');
        }
        constant.push(letter.to_ascii_uppercase());
    }
    constant
}
