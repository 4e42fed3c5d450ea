use std::collections::{BTreeMap, BTreeSet};

use manifest::ResourceKey;

use super::super::{Inventory, ResourceRef};

/// Writes: the number of texts, the texts; the number of objects; the columns group, kind, version and
/// namespace as numbers of texts; and the names.
pub(super) fn write(inventory: &Inventory) -> Vec<u8> {
    let texts: BTreeSet<&str> = inventory
        .iter()
        .flat_map(|(key, version)| [key.group.as_str(), &key.kind, version, &key.namespace])
        .collect();
    let numbers: BTreeMap<&str, u64> = texts.iter().copied().zip(0..).collect();
    let mut bytes = Vec::new();
    write_number(&mut bytes, texts.len() as u64);
    for text in &texts {
        write_text(&mut bytes, text);
    }
    write_number(&mut bytes, inventory.len() as u64);
    let columns: [fn(&ResourceKey) -> &str; 3] = [|key| &key.group, |key| &key.kind, |key| &key.namespace];
    for column in columns {
        for key in inventory.keys() {
            write_number(&mut bytes, numbers[column(key)]);
        }
    }
    for (_, version) in inventory.iter() {
        write_number(&mut bytes, numbers[version]);
    }
    let mut before = "";
    for key in inventory.keys() {
        let shared = shared_prefix(before, &key.name);
        write_number(&mut bytes, shared as u64);
        write_text(&mut bytes, &key.name[shared..]);
        before = &key.name;
    }
    bytes
}

/// None when the bytes are not what [`write`] writes.
pub(super) fn read(mut bytes: &[u8]) -> Option<Inventory> {
    let rest = &mut bytes;
    let texts: Vec<&str> = (0..read_count(rest)?)
        .map(|_| read_text(rest))
        .collect::<Option<_>>()?;
    let count = read_count(rest)?;
    let mut column = || -> Option<Vec<&str>> {
        (0..count)
            .map(|_| texts.get(usize::try_from(read_number(rest)?).ok()?).copied())
            .collect()
    };
    let (groups, kinds, namespaces, versions) = (column()?, column()?, column()?, column()?);
    let mut inventory = Inventory::new();
    let mut name = String::new();
    for index in 0..count {
        let shared = usize::try_from(read_number(rest)?).ok()?;
        if !name.is_char_boundary(shared) {
            return None;
        }
        name.truncate(shared);
        name.push_str(read_text(rest)?);
        let key = ResourceKey::new(groups[index], kinds[index], namespaces[index], name.clone());
        inventory.insert(ResourceRef::new(key, versions[index]));
    }
    (rest.is_empty() && inventory.len() == count).then_some(inventory)
}

fn shared_prefix(before: &str, name: &str) -> usize {
    let same = before
        .bytes()
        .zip(name.bytes())
        .take_while(|(a, b)| a == b)
        .count();
    (0..=same)
        .rev()
        .find(|&end| name.is_char_boundary(end) && before.is_char_boundary(end))
        .unwrap_or(0)
}

/// Seven bits a byte, the lowest first, the top bit set on all but the last.
fn write_number(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

fn read_number(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let (&byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

/// A number of things that follow; each takes at least one byte, so there cannot be more than bytes.
fn read_count(bytes: &mut &[u8]) -> Option<usize> {
    let count = usize::try_from(read_number(bytes)?).ok()?;
    (count <= bytes.len()).then_some(count)
}

fn write_text(bytes: &mut Vec<u8>, text: &str) {
    write_number(bytes, text.len() as u64);
    bytes.extend_from_slice(text.as_bytes());
}

fn read_text<'a>(bytes: &mut &'a [u8]) -> Option<&'a str> {
    let length = usize::try_from(read_number(bytes)?).ok()?;
    let (text, rest) = bytes.split_at_checked(length)?;
    *bytes = rest;
    std::str::from_utf8(text).ok()
}
