//! PEM blocks.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// A block of a kind, such as `CERTIFICATE`.
pub(super) struct Block {
    pub(super) kind: String,
    pub(super) contents: Vec<u8>,
}

/// Columns of a line.
const WIDTH: usize = 64;

pub(super) fn encode(kind: &str, contents: &[u8]) -> String {
    let text = STANDARD.encode(contents);
    let mut out = format!("-----BEGIN {kind}-----\n");
    for start in (0..text.len()).step_by(WIDTH) {
        out.push_str(&text[start..text.len().min(start + WIDTH)]);
        out.push('\n');
    }
    out + "-----END " + kind + "-----\n"
}

/// The first block of a text; headers within it are skipped.
pub(super) fn decode(text: &[u8]) -> Option<Block> {
    let text = String::from_utf8_lossy(text);
    let mut lines = text.lines().map(str::trim_end);
    loop {
        let kind = lines.find_map(|line| line.strip_prefix("-----BEGIN ")?.strip_suffix("-----"))?;
        let end = format!("-----END {kind}-----");
        let mut ended = false;
        let body: String = lines
            .by_ref()
            .take_while(|line| {
                ended = *line == end;
                !ended
            })
            .filter(|line| !line.contains(':'))
            .collect();
        if ended && let Ok(contents) = STANDARD.decode(body) {
            return Some(Block {
                kind: kind.to_owned(),
                contents,
            });
        }
    }
}
