use crate::{
    context::Cx,
    error::{Context as _, Error, Result, fail},
    goquote::quote,
    kustomization::GeneratorArgs,
    loader::{Loader, base_name},
};

const BYTE_ORDER_MARK: &str = "\u{feff}";

/// Keys and values of a generator: from files of variables, literals and files, in this order.
pub(super) fn pairs(args: &GeneratorArgs, loader: &Loader, cx: &Cx<'_>) -> Result<Vec<(String, Vec<u8>)>> {
    let list = |sources: &[String]| format!("[{}]", sources.join(" "));
    let mut pairs = Vec::new();
    for (index, file) in args.envs.iter().enumerate() {
        from_env_file(&mut pairs, file, loader, cx)
            .context(|| format!("env source files: {}", list(&args.envs)))
            .under(index)
            .under("envs")?;
    }
    for (index, literal) in args.literals.iter().enumerate() {
        let pair = from_literal(literal).map_err(|error| {
            error.within_quoting(
                &format!("literal sources {}", list(&args.literals)),
                "literal sources",
            )
        });
        pairs.push(pair.under(index).under("literals")?);
    }
    for (index, file) in args.files.iter().enumerate() {
        let pair = from_file(file, loader, cx)
            .context(|| format!("file sources: {}", list(&args.files)))
            .under(index)
            .under("files");
        pairs.push(pair?);
    }
    Ok(pairs)
}

fn from_env_file(pairs: &mut Vec<(String, Vec<u8>)>, file: &str, loader: &Loader, cx: &Cx<'_>) -> Result<()> {
    let content = loader.load(file, cx)?;
    for (number, line) in content.split(|byte| *byte == b'\n').enumerate() {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let Ok(text) = std::str::from_utf8(line) else {
            return Err(Error::quoting(
                format!(
                    "line {line:?} has invalid utf8 bytes : {}",
                    String::from_utf8_lossy(line)
                ),
                format!("line {} has invalid utf8 bytes", number + 1),
            )
            .on_line(number + 1)
            .in_file(|| loader.shown(file)));
        };
        let text = if number == 0 {
            text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text)
        } else {
            text
        };
        let text = text.trim_start();
        if text.is_empty() || text.starts_with('#') {
            continue;
        }
        let (key, value) = text.split_once('=').unwrap_or((text, ""));
        if !key.is_empty() {
            pairs.push((key.to_owned(), value.as_bytes().to_vec()));
        }
    }
    Ok(())
}

fn from_literal(source: &str) -> Result<(String, Vec<u8>)> {
    match source.split_once('=') {
        Some((key, value)) if !key.is_empty() => Ok((key.to_owned(), unquoted(value).as_bytes().to_vec())),
        _ => Err(Error::quoting(
            format!("invalid literal source {source}, expected key=value"),
            "invalid literal source, expected key=value",
        )),
    }
}

fn unquoted(text: &str) -> &str {
    ['"', '\'']
        .into_iter()
        .find_map(|quote| text.strip_prefix(quote)?.strip_suffix(quote))
        .unwrap_or(text)
}

fn from_file(source: &str, loader: &Loader, cx: &Cx<'_>) -> Result<(String, Vec<u8>)> {
    let (key, path) = match source.split_once('=') {
        None => (base_name(source), source),
        Some((_, path)) if path.contains('=') => {
            fail!("source {} key name or file path contains '='", quote(source))
        }
        Some(("", path)) => fail!(
            "missing key name for file path {} in source {}",
            quote(path),
            quote(source)
        ),
        Some((key, "")) => fail!(
            "missing file path for key name {} in source {}",
            quote(key),
            quote(source)
        ),
        Some(pair) => pair,
    };
    Ok((key.to_owned(), loader.load(path, cx)?.to_vec()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_lose_one_pair_of_quotes() {
        let value = |source: &str| String::from_utf8(from_literal(source).unwrap().1).unwrap();
        assert_eq!(value("a='b'"), "b");
        assert_eq!(value("a=\"'b'\""), "'b'");
        assert_eq!(value("a='b\""), "'b\"");
        assert_eq!(value("a=b=c"), "b=c");
        assert_eq!(value("a='"), "'");
        assert!(from_literal("=b").is_err() && from_literal("a").is_err());
    }
}
