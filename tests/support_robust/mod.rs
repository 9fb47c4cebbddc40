//! Whole runs of the command in a folder of their own.

use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// No run in these tests has business to take longer, even in a debug build on a busy machine.
const LIMIT: Duration = Duration::from_secs(60);

/// One proven `uncleared-interval` (2:3), with nothing else.
pub const LEAK: &str =
    "require('http').createServer((req, res) => {\n  setInterval(() => res.end(), 10);\n});\n";

/// A folder that goes away with the test.
pub struct Project {
    dir: TempDir,
}

/// What a run gave.
pub struct Run {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Project {
    pub fn new() -> Self {
        Self { dir: tempfile::tempdir().unwrap() }
    }

    /// Adds a file, with its folders.
    pub fn with(self, path: &str, content: impl AsRef<[u8]>) -> Self {
        let path = self.root().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
        self
    }

    pub fn root(&self) -> &Path {
        self.dir.path()
    }

    /// Runs leaklint in the folder and waits for its end, which must not be a signal.
    #[track_caller]
    pub fn run(&self, args: &[&str]) -> Run {
        let mut command = Command::new(env!("CARGO_BIN_EXE_leaklint"));
        command.args(args);
        self.wait(command).unwrap_or_else(|problem| panic!("{problem}"))
    }

    /// The same for a prepared command; `Err` says how it ended, if it did not exit by itself.
    pub fn wait(&self, command: Command) -> Result<Run, String> {
        self.wait_with(command, Stdio::null())
    }

    /// The same with something on its standard input.
    pub fn wait_with(&self, mut command: Command, input: Stdio) -> Result<Run, String> {
        for name in ["NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "CLICOLOR", "COLUMNS", "RUST_BACKTRACE"] {
            if command.get_envs().all(|(set, _)| set != name) {
                command.env_remove(name);
            }
        }
        if command.get_current_dir().is_none() {
            command.current_dir(self.root());
        }
        command.stdin(input);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let out = gather(child.stdout.take().unwrap());
        let err = gather(child.stderr.take().unwrap());
        let start = Instant::now();
        let status = loop {
            match child.try_wait().unwrap() {
                Some(status) => break status,
                None if start.elapsed() > LIMIT => {
                    child.kill().unwrap();
                    child.wait().unwrap();
                    return Err(format!("still runs after {LIMIT:?}"));
                }
                None => std::thread::sleep(Duration::from_millis(2)),
            }
        };
        let (out, err) = (out.recv().unwrap(), err.recv().unwrap());
        let code = status.code().ok_or_else(|| format!("ended by {status}: {err}"))?;
        Ok(Run { code, out, err })
    }
}

impl Run {
    /// Demands an exit code; shows the output otherwise.
    #[track_caller]
    pub fn expect(self, code: i32) -> Self {
        assert_eq!(self.code, code, "exit code\n--- stdout\n{}\n--- stderr\n{}", self.out, self.err);
        self
    }
}

/// Reads a stream to its end beside the test, so that no full pipe stops the child.
fn gather(mut stream: impl Read + Send + 'static) -> mpsc::Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).unwrap();
        let _ = sender.send(String::from_utf8(bytes).expect("leaklint writes UTF-8"));
    });
    receiver
}
