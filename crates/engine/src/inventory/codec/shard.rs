use super::Error;

const MAGIC: &[u8; 4] = b"GLIV";
const FORMAT: u8 = 1;

/// A piece of a stored inventory, with what is needed to put the pieces together.
pub(super) struct Shard<'a> {
    /// Of all pieces together.
    pub(super) digest: [u8; 16],
    /// From 0.
    pub(super) index: u32,
    pub(super) count: u32,
    pub(super) piece: &'a [u8],
}

impl<'a> Shard<'a> {
    pub(super) const HEADER: usize = 4 + 1 + 16 + 4 + 4;

    pub(super) fn write(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(Self::HEADER + self.piece.len());
        bytes.extend_from_slice(MAGIC);
        bytes.push(FORMAT);
        bytes.extend_from_slice(&self.digest);
        bytes.extend_from_slice(&self.index.to_be_bytes());
        bytes.extend_from_slice(&self.count.to_be_bytes());
        bytes.extend_from_slice(self.piece);
        bytes
    }

    /// Takes a shard apart; `position` names it in errors.
    pub(super) fn read(position: usize, bytes: &'a [u8]) -> Result<Self, Error> {
        let foreign = || Error::Foreign(position);
        let rest = bytes.strip_prefix(MAGIC).ok_or_else(foreign)?;
        let (&format, rest) = rest.split_first().ok_or_else(foreign)?;
        if format != FORMAT {
            return Err(Error::UnknownFormat(format));
        }
        let (digest, rest) = rest.split_first_chunk().ok_or_else(foreign)?;
        let (index, rest) = rest.split_first_chunk().ok_or_else(foreign)?;
        let (count, piece) = rest.split_first_chunk().ok_or_else(foreign)?;
        Ok(Self {
            digest: *digest,
            index: u32::from_be_bytes(*index),
            count: u32::from_be_bytes(*count),
            piece,
        })
    }
}
