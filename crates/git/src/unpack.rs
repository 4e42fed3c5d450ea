//! Small packs become single objects, so that a cache that fetches often is not a cache of thousands of packs.

use std::{fs, path::Path};

use gix::{objs::Write, odb::pack, remote::fetch::Status};

/// A pack of more objects stays one.
const SMALL: u32 = 500;

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Takes the pack of a fetch apart when it is small, and releases it otherwise.
pub(crate) fn settle(repository: &gix::Repository, status: &Status) -> Result<(), Failure> {
    let Status::Change {
        write_pack_bundle: written,
        ..
    } = status
    else {
        return Ok(());
    };
    if let (Some(index), Some(data)) = (&written.index_path, &written.data_path)
        && written.index.num_objects <= SMALL
    {
        unpack(repository, index)?;
        // the index first: without it nobody looks for the data
        fs::remove_file(index)?;
        fs::remove_file(data)?;
    }
    // the mark that protects the pack from those who clean up; the reference that leads to it is written right after
    match &written.keep_path {
        Some(mark) => Ok(fs::remove_file(mark)?),
        None => Ok(()),
    }
}

fn unpack(repository: &gix::Repository, index: &Path) -> Result<(), Failure> {
    let bundle = pack::Bundle::at(index, repository.object_hash())?;
    let mut inflate = gix::zlib::Inflate::default();
    let mut content = Vec::new();
    for number in 0..bundle.index.num_objects() {
        content.clear();
        let (object, _) =
            bundle.get_object_by_index(number, &mut content, &mut inflate, &mut pack::cache::Never)?;
        repository.objects.write_buf(object.kind, object.data)?;
    }
    Ok(())
}
