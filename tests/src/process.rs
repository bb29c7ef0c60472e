//! Other programs as children that never outlive their test.

use std::io::{BufRead as _, BufReader, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process, kill_process_group};

use crate::wait;

/// A running program with what it has printed so far. It is killed, with all it started, when this is dropped.
#[derive(Debug)]
pub struct Running {
    name: String,
    child: Child,
    has_group: bool,
    output: Arc<Mutex<String>>,
}

impl Running {
    /// Starts `command`. Its children stay in the group of the test, so that whoever ends that ends them all.
    ///
    /// # Panics
    ///
    /// When it can't be started.
    #[must_use]
    pub fn start(command: &mut Command) -> Self {
        Self::spawn(command, false)
    }

    /// Starts `command` as a group of its own, to be ended with whatever it starts: for drivers of browsers.
    ///
    /// # Panics
    ///
    /// When it can't be started.
    #[must_use]
    pub fn start_group(command: &mut Command) -> Self {
        std::os::unix::process::CommandExt::process_group(command, 0);
        Self::spawn(command, true)
    }

    fn spawn(command: &mut Command, has_group: bool) -> Self {
        let name = command.get_program().to_string_lossy().into_owned();
        let piped = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = piped.spawn().unwrap_or_else(|error| panic!("{name} can't be started: {error}"));
        let output = Arc::default();
        collect(child.stdout.take(), &output);
        collect(child.stderr.take(), &output);
        Self { name, child, has_group, output }
    }

    /// Returns its number.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Returns everything it has printed so far.
    #[must_use]
    pub fn output(&self) -> String {
        self.output.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits until it has printed a line that contains `text`, and returns the line.
    ///
    /// # Panics
    ///
    /// When it did not in time, or ended before.
    pub fn line_with(&mut self, text: &str) -> String {
        let name = self.name.clone();
        wait::until(&format!("{name} to print {text:?}"), || {
            let ended = self.ended();
            let output = self.output();
            let found = output.lines().find(|line| line.contains(text)).map(str::to_owned);
            assert!(found.is_some() || ended.is_none(), "{name} ended before it printed {text:?}:\n{output}");
            found
        })
    }

    /// Returns how it ended; `None` while it runs.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().unwrap()
    }

    /// Ends it at once, as a crash or a loss of power would.
    pub fn kill(&mut self) {
        // It may have ended by itself meanwhile.
        drop(self.child.kill());
        drop(self.child.wait());
        self.kill_group();
    }

    /// Asks it to end, and returns how it ended and how long it took.
    ///
    /// # Panics
    ///
    /// When it had ended before, or does not end in time.
    pub fn terminate(&mut self, patience: Duration) -> (ExitStatus, Duration) {
        let start = Instant::now();
        kill_process(self.pid(), Signal::TERM).unwrap();
        let what = format!("{} to end after SIGTERM", self.name);
        let status = wait::until_within(patience, &what, || self.ended());
        (status, start.elapsed())
    }

    fn pid(&self) -> Pid {
        Pid::from_child(&self.child)
    }

    fn kill_group(&self) {
        if self.has_group {
            // Nobody may be left in it.
            let _ended_before = kill_process_group(self.pid(), Signal::KILL);
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.kill();
    }
}

fn collect(pipe: Option<impl Read + Send + 'static>, into: &Arc<Mutex<String>>) {
    let Some(pipe) = pipe else { return };
    let into = Arc::clone(into);
    std::thread::spawn(move || {
        for line in BufReader::new(pipe).split(b'\n').map_while(Result::ok) {
            let mut output = into.lock().unwrap_or_else(PoisonError::into_inner);
            output.push_str(&String::from_utf8_lossy(&line));
            output.push('\n');
        }
    });
}
