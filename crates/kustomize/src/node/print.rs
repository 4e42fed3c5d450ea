use yaml::{Node, Scalar, Tag};

use super::Access as _;

/// The node as YAML, for messages.
pub(crate) fn print(node: &Node) -> String {
    yaml::to_string(&node.clone().into_value())
}

/// The node as YAML with its keys in their order, in the layout of kyaml: lists at the column of their key.
pub(crate) fn print_ordered(node: &Node) -> String {
    let mut out = String::new();
    write_block(&mut out, node, 0);
    out
}

fn write_block(out: &mut String, node: &Node, indent: usize) {
    match node {
        Node::Mapping(entries) if !entries.is_empty() => {
            for (index, (key, value)) in entries.iter().enumerate() {
                if index > 0 {
                    pad(out, indent);
                }
                out.push_str(&scalar_text(key, indent));
                out.push(':');
                write_value(out, value, indent);
            }
        }
        Node::Sequence(items) if !items.is_empty() => {
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    pad(out, indent);
                }
                out.push_str("- ");
                write_block(out, item, indent + 2);
            }
        }
        Node::Mapping(_) => out.push_str("{}\n"),
        Node::Sequence(_) => out.push_str("[]\n"),
        Node::Scalar(scalar) => {
            out.push_str(&scalar_text(scalar, indent));
            out.push('\n');
        }
    }
}

fn write_value(out: &mut String, value: &Node, indent: usize) {
    let inner = match value {
        Node::Mapping(entries) if !entries.is_empty() => indent + 2,
        Node::Sequence(items) if !items.is_empty() => indent,
        _ if value.is_null() && value.text().is_empty() => {
            out.push('\n');
            return;
        }
        _ => {
            out.push(' ');
            return write_block(out, value, indent + 2);
        }
    };
    out.push('\n');
    pad(out, inner);
    write_block(out, value, inner);
}

fn pad(out: &mut String, indent: usize) {
    out.extend(std::iter::repeat_n(' ', indent));
}

/// A scalar as it is written: what is no string, plainly; strings as the emitter quotes them.
fn scalar_text(scalar: &Scalar, indent: usize) -> String {
    if scalar.tag != Tag::Str {
        return scalar.text.clone();
    }
    let text = yaml::to_string(&serde_json::Value::from(scalar.text.as_str()));
    let text = text.strip_suffix('\n').unwrap_or(&text);
    if !text.starts_with('|') {
        return text.to_owned();
    }
    // the lines of a literal stand below their key
    let shift = " ".repeat(indent.saturating_sub(2));
    text.replace('\n', &format!("\n{shift}"))
}
