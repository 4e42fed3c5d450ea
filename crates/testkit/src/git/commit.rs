//! What one commit of a test changes.

use std::fmt::Write as _;

/// The changes of one commit to the files of its parent.
#[derive(Clone, Debug)]
pub struct Commit {
    message: String,
    changes: Vec<Change>,
}

#[derive(Clone, Debug)]
enum Change {
    Write {
        path: String,
        mode: &'static str,
        content: Vec<u8>,
    },
    Remove {
        path: String,
    },
    Clear,
}

impl Commit {
    /// A commit without changes yet.
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            changes: Vec::new(),
        }
    }

    /// Writes a file.
    #[must_use]
    pub fn write(self, path: impl Into<String>, content: impl Into<Vec<u8>>) -> Self {
        self.with(Change::Write {
            path: path.into(),
            mode: "100644",
            content: content.into(),
        })
    }

    /// Writes a symbolic link.
    #[must_use]
    pub fn link(self, path: impl Into<String>, target: impl Into<Vec<u8>>) -> Self {
        self.with(Change::Write {
            path: path.into(),
            mode: "120000",
            content: target.into(),
        })
    }

    /// Removes a file or a directory.
    #[must_use]
    pub fn remove(self, path: impl Into<String>) -> Self {
        self.with(Change::Remove { path: path.into() })
    }

    /// Removes everything.
    #[must_use]
    pub fn clear(self) -> Self {
        self.with(Change::Clear)
    }

    fn with(mut self, change: Change) -> Self {
        self.changes.push(change);
        self
    }

    /// The commit in the language of `git fast-import`. The date is given, so ids repeat from run to run.
    pub(crate) fn stream(&self, branch: &str, parent: Option<&str>, seconds: u64) -> Vec<u8> {
        let mut head = format!("commit refs/heads/{branch}\n");
        let _ = writeln!(head, "committer Test <test@example.test> {seconds} +0000");
        let _ = writeln!(head, "data {}\n{}", self.message.len(), self.message);
        if let Some(parent) = parent {
            let _ = writeln!(head, "from {parent}");
        }
        let mut stream = head.into_bytes();
        for change in &self.changes {
            change.append_to(&mut stream);
        }
        stream.push(b'\n');
        stream
    }
}

impl Change {
    fn append_to(&self, stream: &mut Vec<u8>) {
        match self {
            Self::Write { path, mode, content } => {
                stream.extend(format!("M {mode} inline {}\ndata {}\n", quoted(path), content.len()).bytes());
                stream.extend(content);
                stream.push(b'\n');
            }
            Self::Remove { path } => stream.extend(format!("D {}\n", quoted(path)).bytes()),
            Self::Clear => stream.extend(b"deleteall\n"),
        }
    }
}

fn quoted(path: &str) -> String {
    format!(
        "\"{}\"",
        path.replace('\\', "\\\\")
            .replace('"', "\\\"")
            .replace('\n', "\\n")
    )
}
