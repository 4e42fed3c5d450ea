//! A user's shell: a home of its own, an environment that is empty but for `PATH`, and what a command printed.

use std::fmt;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use testkit::{ControlPlane, assert_golden, product};

/// Where commands are typed.
pub(crate) struct Shell {
    home: tempfile::TempDir,
    variables: Vec<(String, String)>,
}

impl Shell {
    /// One that knows no cluster.
    pub(crate) fn new() -> Self {
        Self {
            home: tempfile::tempdir().expect("a directory"),
            variables: Vec::new(),
        }
    }

    /// One whose kubeconfig is that of the run's control plane.
    pub(crate) fn on_control_plane() -> Self {
        let kubeconfig = ControlPlane::shared().kubeconfig().to_string_lossy();
        Self::new().with("KUBECONFIG", &kubeconfig)
    }

    /// Sets a variable for all further commands.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Writes a file below the home.
    pub(crate) fn file(self, path: &str, text: &str) -> Self {
        self.write(path, text);
        self
    }

    /// Writes a file below the home.
    pub(crate) fn write(&self, path: &str, text: &str) {
        let file = self.home.path().join(path);
        fs::create_dir_all(file.parent().expect("a folder")).expect("created");
        fs::write(file, text).expect("written");
    }

    /// The home, which is the working directory too.
    pub(crate) fn home(&self) -> &Path {
        self.home.path()
    }

    /// Runs glops with words that a blank separates.
    pub(crate) fn glops(&self, line: &str) -> Ran {
        self.glops_with(line, "")
    }

    /// The same with text on standard input.
    pub(crate) fn glops_with(&self, line: &str, input: &str) -> Ran {
        self.run("glops", product::program("glops").as_os_str(), line, input)
    }

    /// Runs kubectl against the run's control plane and returns what it printed.
    pub(crate) fn kubectl(&self, line: &str, input: &str) -> String {
        let programs = ControlPlane::shared().programs();
        let kubectl = programs
            .and_then(testkit::control_plane::Programs::kubectl)
            .expect("a kubectl");
        let ran = self.run("kubectl", kubectl.as_os_str(), line, input);
        assert_eq!(ran.code, Some(0), "{ran}");
        ran.stdout
    }

    /// Runs Git so that its commits have the same ids each time.
    pub(crate) fn git(&self, line: &str) {
        const DATE: &str = "2026-01-02T03:04:05Z";
        let mut command = Command::new("git");
        command
            .args(["-c", "user.name=Test", "-c", "user.email=test@example.com"])
            .args(line.split_whitespace())
            .current_dir(self.home.path())
            .env("HOME", self.home.path())
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_AUTHOR_DATE", DATE)
            .env("GIT_COMMITTER_DATE", DATE);
        let output = command.output().expect("git runs");
        assert!(
            output.status.success(),
            "git {line}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
    }

    /// Runs a program called by another path.
    pub(crate) fn run(&self, name: &str, program: &std::ffi::OsStr, line: &str, input: &str) -> Ran {
        let mut command = Command::new(program);
        command
            .args(line.split_whitespace())
            .env_clear()
            .env("HOME", self.home.path())
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .current_dir(self.home.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        if let Some(path) = testkit::settings::path("PATH") {
            command.env("PATH", path);
        }
        let mut child = command.spawn().expect("the program runs");
        let mut stdin = child.stdin.take().expect("a pipe");
        // a program that reads no input may have gone
        let _ = stdin.write_all(input.as_bytes());
        drop(stdin);
        let output = child.wait_with_output().expect("the program ends");
        Ran::new(&format!("{name} {line}"), &output, self.home.path())
    }
}

/// What a command printed and how it ended; the home is `~` in it.
pub(crate) struct Ran {
    line: String,
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ran {
    fn new(line: &str, output: &Output, home: &Path) -> Self {
        let text = |bytes: &[u8]| {
            let text = String::from_utf8_lossy(bytes).into_owned();
            text.replace(&*home.to_string_lossy(), "~")
        };
        Self {
            line: line.to_owned(),
            code: output.status.code(),
            stdout: text(&output.stdout),
            stderr: text(&output.stderr),
        }
    }

    /// Compares all of it with `tests/cli/golden/<name>.txt`.
    #[track_caller]
    pub(crate) fn assert_golden(&self, name: &str) {
        assert_golden(&format!("tests/cli/golden/{name}.txt"), &self.to_string());
    }

    /// The values of stdout, one a line.
    #[track_caller]
    pub(crate) fn json_lines(&self) -> Vec<serde_json::Value> {
        let lines = self.stdout.lines();
        lines
            .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}\n{self}")))
            .collect()
    }
}

impl fmt::Display for Ran {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let code = self
            .code
            .map_or_else(|| "a signal".to_owned(), |code| code.to_string());
        writeln!(f, "$ {}", self.line)?;
        writeln!(f, "exit {code}")?;
        for (name, text) in [("stdout", &self.stdout), ("stderr", &self.stderr)] {
            if !text.is_empty() {
                writeln!(f, "--- {name}")?;
                f.write_str(text)?;
                if !text.ends_with('\n') {
                    f.write_str("\n(no newline)\n")?;
                }
            }
        }
        Ok(())
    }
}
