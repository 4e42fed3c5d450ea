//! How an inventory is stored.
//!
//! The objects, sorted, become columns: a table of the texts that repeat (groups, kinds, versions,
//! namespaces), numbers into it, and names of which only the part is written that differs from the name before.
//! zstd makes that small, and it is cut into shards that each fit a Secret. A shard says what it is: format,
//! version, a digest of the whole, its number and how many there are. So a shard that is missing, foreign,
//! damaged, or left from another write is found out.

mod columns;
mod shard;

use sha2::{Digest as _, Sha256};

use self::shard::Shard;
use super::Inventory;

/// The most that a stored inventory may unpack to: some ten times what 100,000 objects need.
const MAX_UNPACKED: usize = 256 * 1024 * 1024;
const COMPRESSION_LEVEL: i32 = 9;

/// Why stored bytes are no inventory.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// There are no shards at all.
    #[error("failed to read inventory: there is no data")]
    Empty,
    /// The bytes are something else.
    #[error("failed to read inventory: shard {0} is not part of an inventory")]
    Foreign(usize),
    /// Written by a newer program.
    #[error("failed to read inventory: format {0} is not known to this version")]
    UnknownFormat(u8),
    /// The shards come from different writes.
    #[error("failed to read inventory: its shards belong to different revisions")]
    Mixed,
    /// Some shards are not there, or are there twice.
    #[error("failed to read inventory: expected {expected} shards, found {found}")]
    Incomplete {
        /// How many there must be.
        expected: usize,
        /// How many different ones there are.
        found: usize,
    },
    /// The content is not what was written.
    #[error("failed to read inventory: the data is damaged ({0})")]
    Damaged(&'static str),
}

/// Encodes an inventory into shards of at most `max_shard` bytes each (never fewer than one shard). The same
/// inventory always gives the same bytes.
pub fn encode(inventory: &Inventory, max_shard: usize) -> Vec<Vec<u8>> {
    let columns = columns::write(inventory);
    let packed = zstd::bulk::compress(&columns, COMPRESSION_LEVEL).expect("compressing memory does not fail");
    let digest = digest(&packed);
    let room = max_shard.saturating_sub(Shard::HEADER).max(1);
    let pieces: Vec<&[u8]> = packed.chunks(room).collect();
    let count = pieces.len() as u32;
    (0..)
        .zip(pieces)
        .map(|(index, piece)| {
            Shard {
                digest,
                index,
                count,
                piece,
            }
            .write()
        })
        .collect()
}

/// Decodes shards, given in any order.
pub fn decode<S: AsRef<[u8]>>(shards: &[S]) -> Result<Inventory, Error> {
    let mut parsed = Vec::with_capacity(shards.len());
    for (position, bytes) in shards.iter().enumerate() {
        parsed.push(Shard::read(position, bytes.as_ref())?);
    }
    parsed.sort_unstable_by_key(|shard| shard.index);
    let first = parsed.first().ok_or(Error::Empty)?;
    if parsed
        .iter()
        .any(|shard| shard.digest != first.digest || shard.count != first.count)
    {
        return Err(Error::Mixed);
    }
    let in_order = parsed.iter().zip(0..).all(|(shard, index)| shard.index == index);
    if !in_order || parsed.len() != first.count as usize {
        parsed.dedup_by_key(|shard| shard.index);
        return Err(Error::Incomplete {
            expected: parsed[0].count as usize,
            found: parsed.len(),
        });
    }
    let packed: Vec<u8> = parsed.iter().flat_map(|shard| shard.piece).copied().collect();
    if digest(&packed) != first.digest {
        return Err(Error::Damaged("its digest is another"));
    }
    let columns =
        zstd::bulk::decompress(&packed, MAX_UNPACKED).map_err(|_| Error::Damaged("it does not unpack"))?;
    columns::read(&columns).ok_or(Error::Damaged("its columns do not fit together"))
}

fn digest(packed: &[u8]) -> [u8; 16] {
    let full = Sha256::digest(packed);
    let mut short = [0; 16];
    short.copy_from_slice(&full[..16]);
    short
}

#[cfg(test)]
mod tests;
