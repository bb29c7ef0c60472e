//! What the `git` program says of a repository: its tags, and the commits they reach.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// A tag that matches, as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Tag {
    /// Its name.
    pub(crate) name: String,
    /// When it was made, in seconds; `None` for one that is only a name for a commit.
    pub(crate) tagged_at: Option<i64>,
    /// The first line of what its author wrote; empty for one that is only a name.
    pub(crate) subject: String,
    /// The commit it leads to; `None` where it leads to something else.
    pub(crate) commit: Option<String>,
}

/// A commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Commit {
    pub(crate) hash: String,
    pub(crate) parents: Vec<String>,
    pub(crate) author: String,
    /// In seconds.
    pub(crate) authored_at: i64,
    /// In seconds.
    pub(crate) committed_at: i64,
    pub(crate) subject: String,
}

/// Why a repository can't be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum GitError {
    /// There is no such folder.
    #[error("{} does not exist", .0.display())]
    NoSuchPath(PathBuf),
    /// It holds no repository.
    #[error("{} is not a Git repository", path.display())]
    NotARepository {
        /// Which.
        path: PathBuf,
        /// What git says.
        said: String,
    },
    /// There is no git.
    #[error("git is not installed, or not where programs are looked for")]
    NoGit,
    /// Git can't be run, or fell silent.
    #[error("git can't be run")]
    Failed(#[from] std::io::Error),
    /// Git refused.
    #[error("git failed: {said}")]
    Refused {
        /// What it says.
        said: String,
    },
    /// Git answered something else than was asked for.
    #[error("git answered something unexpected")]
    Unexpected,
}

/// A repository: a clone with or without a work tree, or one of several work trees.
pub(crate) struct Repository {
    path: PathBuf,
}

/// Fields of a tag, apart by NUL; a tag's name and subject have no line end.
const TAG_FORMAT: &str =
    "--format=%(refname:strip=2)%00%(taggerdate:unix)%00%(contents:subject)%00%(objecttype)";
/// Fields of a commit, each ended by NUL.
const COMMIT_FORMAT: &str = "--format=%H%x00%P%x00%an%x00%at%x00%ct%x00%s";
const COMMIT_FIELDS: usize = 6;

impl Repository {
    pub(crate) fn open(path: &Path) -> Result<Self, GitError> {
        if !path.exists() {
            return Err(GitError::NoSuchPath(path.to_owned()));
        }
        let repository = Self { path: path.to_owned() };
        match repository.run(&["rev-parse", "--git-dir"], "") {
            Err(GitError::Refused { said }) => Err(GitError::NotARepository { path: path.to_owned(), said }),
            Err(error) => Err(error),
            Ok(_) => Ok(repository),
        }
    }

    /// Lists the tags that match, as `git tag --list` does.
    pub(crate) fn tags(&self, pattern: &str) -> Result<Vec<Tag>, GitError> {
        let listed = self.run(&["tag", "--list", TAG_FORMAT, "--", pattern], "")?;
        let mut tags = Vec::new();
        for line in listed.lines() {
            let [name, tagged_at, subject, kind] = fields(line)?;
            let tagged_at = tagged_at.parse().ok();
            let subject = if kind == "tag" { subject.to_owned() } else { String::new() };
            tags.push(Tag { name: name.to_owned(), tagged_at, subject, commit: None });
        }
        let asked = tags.iter().map(|tag| format!("refs/tags/{}^{{commit}}\n", tag.name));
        let answered = self.run(&["cat-file", "--batch-check=%(objectname)"], &asked.collect::<String>())?;
        for (tag, answer) in tags.iter_mut().zip(answered.lines()) {
            let is_hash = answer.len() >= 40 && answer.bytes().all(|byte| byte.is_ascii_hexdigit());
            tag.commit = is_hash.then(|| answer.to_owned());
        }
        Ok(tags)
    }

    /// Reads every commit that the tags reach, children before their parents.
    pub(crate) fn commits(&self, tags: &[Tag]) -> Result<Vec<Commit>, GitError> {
        let heads = tags.iter().filter_map(|tag| tag.commit.as_deref());
        let heads: String = heads.flat_map(|commit| [commit, "\n"]).collect();
        if heads.is_empty() {
            return Ok(Vec::new());
        }
        let arguments = ["log", "-z", "--topo-order", "--no-show-signature", COMMIT_FORMAT, "--stdin"];
        let output = self.raw(&arguments, &heads)?;
        let mut fields = BufReader::new(output.stdout.as_slice()).split(0);
        let mut commits = Vec::new();
        loop {
            let record: Vec<Vec<u8>> = fields.by_ref().take(COMMIT_FIELDS).collect::<Result<_, _>>()?;
            if record.is_empty() {
                return Ok(commits);
            }
            commits.push(commit(&record)?);
        }
    }

    fn run(&self, arguments: &[&str], input: &str) -> Result<String, GitError> {
        Ok(String::from_utf8_lossy(&self.raw(arguments, input)?.stdout).into_owned())
    }

    fn raw(&self, arguments: &[&str], input: &str) -> Result<Output, GitError> {
        let mut git = Command::new("git");
        // What the person's own settings add to the output would not be understood here.
        git.arg("-C").arg(&self.path).args(["-c", "i18n.logOutputEncoding=UTF-8"]).args(arguments);
        git.env("LC_ALL", "C").env("GIT_OPTIONAL_LOCKS", "0");
        for variable in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"] {
            git.env_remove(variable);
        }
        git.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = git.spawn().map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => GitError::NoGit,
            _ => GitError::Failed(error),
        })?;
        let output = std::thread::scope(|scope| {
            let stdin = child.stdin.take();
            // Git answers while it still reads: both have to go on at once.
            scope.spawn(move || stdin.map(|mut stdin| stdin.write_all(input.as_bytes())));
            child.wait_with_output()
        })?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
            return Err(GitError::Refused { said });
        }
        Ok(output)
    }
}

fn fields<const N: usize>(line: &str) -> Result<[&str; N], GitError> {
    line.split('\0').collect::<Vec<_>>().try_into().map_err(|_| GitError::Unexpected)
}

fn commit(record: &[Vec<u8>]) -> Result<Commit, GitError> {
    let [hash, parents, author, authored_at, committed_at, subject] = record else {
        return Err(GitError::Unexpected);
    };
    let text = |bytes: &Vec<u8>| String::from_utf8_lossy(bytes).into_owned();
    let seconds = |bytes: &Vec<u8>| text(bytes).parse::<i64>().map_err(|_| GitError::Unexpected);
    Ok(Commit {
        hash: text(hash),
        parents: text(parents).split_whitespace().map(str::to_owned).collect(),
        author: text(author),
        authored_at: seconds(authored_at)?,
        committed_at: seconds(committed_at)?,
        subject: text(subject),
    })
}
