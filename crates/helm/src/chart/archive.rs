use std::io::Read;

use bytes::Bytes;
use flate2::read::MultiGzDecoder;
use tar::EntryType;

use super::directory::without_mark;
use super::{Budget, Error, File, MAX_CHART_SIZE, MAX_FILE_SIZE};

/// The files of a `.tgz`, named from the one folder that it holds.
pub fn unpack(archive: &[u8]) -> Result<Vec<File>, Error> {
    unpack_within(archive, &mut Budget::default())
}

pub(super) fn unpack_within(archive: &[u8], budget: &mut Budget) -> Result<Vec<File>, Error> {
    // tar's own headers and padding count too: a long name must not cost more than a file may
    let unzipped = MultiGzDecoder::new(archive).take(2 * MAX_CHART_SIZE);
    let mut left = MAX_CHART_SIZE;
    let mut files = Vec::new();
    for entry in tar::Archive::new(unzipped).entries().map_err(Error::Archive)? {
        let mut entry = entry.map_err(Error::Archive)?;
        let kind = entry.header().entry_type();
        let full_name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        if kind.is_dir() || full_name.ends_with('/') || kind == EntryType::XGlobalHeader {
            continue;
        }
        let name = inner_name(&full_name)?;
        let size = entry.size();
        if size > MAX_FILE_SIZE {
            return Err(Error::FileTooLarge { name: full_name });
        }
        left = left
            .checked_sub(size)
            .filter(|left| *left > 0)
            .ok_or(Error::TooLarge)?;
        budget.file(&full_name, size)?;
        let mut data = Vec::new();
        entry.read_to_end(&mut data).map_err(Error::Archive)?;
        files.push(File {
            name,
            data: without_mark(Bytes::from(data)),
        });
    }
    if files.is_empty() {
        return Err(Error::Empty);
    }
    Ok(files)
}

/// The clean path below the first folder of a name.
fn inner_name(full: &str) -> Result<String, Error> {
    let illegal = |reason| Error::IllegalName {
        reason,
        name: full.to_owned(),
    };
    let delimiter = if full.contains('\\') { '\\' } else { '/' };
    let (folder, rest) = full.split_once(delimiter).unwrap_or((full, ""));
    let rest = rest.replace(delimiter, "/");
    if rest.starts_with('/') {
        return Err(illegal("chart illegally contains absolute paths"));
    }
    let mut parts = Vec::new();
    for part in rest.split('/').filter(|part| !matches!(*part, "" | ".")) {
        if part != ".." {
            parts.push(part);
        } else if parts.pop().is_none() {
            return Err(illegal("chart illegally references parent directory"));
        }
    }
    let name = parts.join("/");
    let bytes = name.as_bytes();
    if name.is_empty() {
        Err(illegal(
            "chart illegally contains content outside the base directory",
        ))
    } else if name.starts_with("..") {
        Err(illegal("chart illegally references parent directory"))
    } else if bytes.len() > 2 && bytes[0].is_ascii_alphabetic() && &bytes[1..3] == b":/" {
        Err(illegal("chart contains illegally named files"))
    } else if folder == "Chart.yaml" {
        Err(illegal("chart yaml not in base directory"))
    } else {
        Ok(name)
    }
}
