use gix::ObjectId;

/// What kind of file an entry of a commit is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FileMode {
    /// A file.
    File,
    /// A file that may be executed.
    Executable,
    /// A symbolic link; its blob is the target.
    Symlink,
}

/// A file of a commit.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct File {
    /// From the root, without a leading slash.
    pub path: String,
    /// What kind of file it is.
    pub mode: FileMode,
    /// Its content.
    pub blob: ObjectId,
}

/// A difference between two lists of files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change<'a> {
    /// Only the second has it.
    Added(&'a File),
    /// Both have it, with another content or mode; the second's is given.
    Modified(&'a File),
    /// Only the first has it.
    Removed(&'a File),
}

impl File {
    /// What changed from one list to another. Both are sorted by path.
    pub fn changes<'a>(from: &'a [Self], to: &'a [Self]) -> Vec<Change<'a>> {
        use std::cmp::Ordering::{Equal, Greater, Less};
        let (mut from, mut to) = (from.iter().peekable(), to.iter().peekable());
        let mut changes = Vec::new();
        loop {
            let order = match (from.peek(), to.peek()) {
                (None, None) => return changes,
                (Some(_), None) => Less,
                (None, Some(_)) => Greater,
                (Some(old), Some(new)) => old.path.cmp(&new.path),
            };
            match order {
                Less => changes.extend(from.next().map(Change::Removed)),
                Greater => changes.extend(to.next().map(Change::Added)),
                Equal => {
                    if let (Some(old), Some(new)) = (from.next(), to.next())
                        && old != new
                    {
                        changes.push(Change::Modified(new));
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(contents: &[(&str, u8)]) -> Vec<File> {
        let file = |(path, content): &(&str, u8)| File {
            path: (*path).to_owned(),
            mode: FileMode::File,
            blob: ObjectId::from([*content; 20]),
        };
        contents.iter().map(file).collect()
    }

    #[test]
    fn changes_are_told_apart() {
        let from = files(&[("a", 1), ("b", 2), ("c", 3)]);
        let to = files(&[("b", 9), ("c", 3), ("d", 4)]);
        let changes = File::changes(&from, &to);
        assert_eq!(
            changes,
            [
                Change::Removed(&from[0]),
                Change::Modified(&to[0]),
                Change::Added(&to[2])
            ]
        );
        assert_eq!(File::changes(&to, &to), []);
    }
}
