//! Repositories made here with git itself.

use std::path::Path;
use std::process::Command as Process;

use slipway_shared::ids::{MemberId, WorkspaceId};
use slipway_shared::time::Timestamp;
use slipway_shared::workspace::Workspace;
use tempfile::TempDir;

use super::git::{GitError, Repository};
use super::history::{Reason, Release, Skipped, releases};
use super::plan::plan;

/// Runs git at a moment, in seconds.
#[track_caller]
fn git(dir: &Path, at: i64, arguments: &[&str]) -> String {
    let date = format!("@{at} +0000");
    let output = Process::new("git")
        .arg("-C")
        .arg(dir)
        .args(["-c", "user.name=Aino", "-c", "user.email=a@example.org", "-c", "tag.gpgSign=false"])
        .args(arguments)
        .env("GIT_AUTHOR_DATE", &date)
        .env("GIT_COMMITTER_DATE", &date)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .output()
        .unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

fn commit(dir: &Path, at: i64, subject: &str) {
    git(dir, at, &["commit", "--quiet", "--allow-empty", "--allow-empty-message", "-m", subject]);
}

fn repository() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    git(dir.path(), 0, &["init", "--quiet", "--initial-branch", "main"]);
    dir
}

fn read(dir: &Path, pattern: &str) -> (Vec<Release>, Vec<Skipped>) {
    let repository = Repository::open(dir).unwrap();
    let tags = repository.tags(pattern).unwrap();
    let commits = repository.commits(&tags).unwrap();
    releases(tags, &commits, pattern)
}

fn subjects(release: &Release) -> Vec<&str> {
    release.commits.iter().map(|commit| commit.subject.as_str()).collect()
}

#[test]
fn tags_become_releases_with_their_dates_and_commits() {
    let dir = repository();
    let path = dir.path();
    commit(path, 1_000_000_100, "begin");
    commit(path, 1_000_000_200, "go on");
    git(path, 1_000_000_900, &["tag", "-a", "-m", "The first one", "v1.9"]);
    git(path, 0, &["switch", "--quiet", "-c", "side"]);
    commit(path, 1_000_001_000, "on the side");
    git(path, 0, &["switch", "--quiet", "main"]);
    commit(path, 1_000_001_100, "on the main line");
    git(path, 1_000_001_200, &["merge", "--quiet", "--no-ff", "-m", "merge", "side"]);
    git(path, 1_000_009_999, &["tag", "v1.10"]);
    git(path, 1_000_009_999, &["tag", "unrelated"]);
    let (releases, skipped) = read(path, "v*");
    assert_eq!(skipped, []);
    let [first, second] = releases.as_slice() else { panic!("{releases:?}") };
    assert_eq!(
        (first.version.as_str(), first.at, first.title.as_str()),
        ("1.9", Timestamp(1_000_000_900_000), "The first one")
    );
    assert_eq!(subjects(first), ["begin", "go on"]);
    assert_eq!(
        (second.version.as_str(), second.at, second.title.as_str()),
        ("1.10", Timestamp(1_000_001_200_000), "")
    );
    let mut brought = subjects(second);
    assert_eq!(brought.pop(), Some("merge"), "oldest first");
    brought.sort_unstable();
    assert_eq!(brought, ["on the main line", "on the side"]);
    assert_eq!(second.commits[0].author, "Aino");
}

#[test]
fn what_a_release_brings_is_what_git_counts() {
    let dir = repository();
    let path = dir.path();
    let mut at = 1_000_000_000;
    for round in 0..6 {
        let branch = format!("side-{round}");
        git(path, at, &["switch", "--quiet", if round == 0 { "--orphan" } else { "-c" }, &branch]);
        for number in 0..=round % 3 {
            at += 10;
            commit(path, at, &format!("{branch} {number}"));
        }
        if round % 2 == 1 {
            git(path, at, &["merge", "--quiet", "--no-ff", "-m", "merge", "side-0"]);
        }
        git(path, at, &["tag", &format!("v{round}"), "HEAD"]);
        // The next one goes on from elsewhere.
        git(path, at, &["switch", "--quiet", "--detach", if round % 2 == 0 { "HEAD" } else { "side-0" }]);
    }
    let (releases, _) = read(path, "v*");
    assert_eq!(releases.len(), 6);
    let mut previous: Option<&str> = None;
    for release in &releases {
        let range =
            previous.map_or_else(|| release.tag.clone(), |previous| format!("{previous}..{}", release.tag));
        let counted = git(path, 0, &["rev-list", "--count", &range]);
        assert_eq!(release.commits.len().to_string(), counted, "{range}");
        previous = Some(&release.tag);
    }
}

#[test]
fn tags_of_one_moment_are_ordered_by_version() {
    let dir = repository();
    commit(dir.path(), 1_000_000_000, "all at once");
    for tag in ["1.10", "1.9", "1.2"] {
        git(dir.path(), 0, &["tag", tag]);
    }
    let (releases, _) = read(dir.path(), "*");
    let versions: Vec<_> = releases.iter().map(|release| release.version.as_str()).collect();
    assert_eq!(versions, ["1.2", "1.9", "1.10"]);
    assert_eq!(releases.iter().map(|release| release.commits.len()).collect::<Vec<_>>(), [1, 0, 0]);
}

#[test]
fn tags_that_are_no_releases_are_skipped_with_their_reason() {
    let dir = repository();
    let path = dir.path();
    commit(path, 1_000_000_000, "begin");
    std::fs::write(path.join("file"), "text").unwrap();
    let blob = git(path, 0, &["hash-object", "-w", "file"]);
    let tree = git(path, 0, &["rev-parse", "HEAD^{tree}"]);
    git(path, 0, &["tag", "v-blob", &blob]);
    git(path, 1_000_000_001, &["tag", "-a", "-m", "a tree", "v-tree", &tree]);
    git(path, 0, &["tag", "v"]);
    git(path, 0, &["tag", "v1"]);
    git(path, 1_000_000_002, &["tag", "-a", "-m", "tag of a tag", "v2", "v1"]);
    let (releases, skipped) = read(path, "v*");
    assert_eq!(releases.iter().map(|release| release.tag.as_str()).collect::<Vec<_>>(), ["v1", "v2"]);
    let mut reasons: Vec<_> = skipped.into_iter().map(|skipped| (skipped.tag, skipped.reason)).collect();
    reasons.sort_by(|a, b| a.0.cmp(&b.0));
    let expected = [("v", Reason::NoVersion), ("v-blob", Reason::NoCommit), ("v-tree", Reason::NoCommit)];
    assert_eq!(reasons, expected.map(|(tag, reason)| (tag.to_owned(), reason)));
}

#[test]
fn bare_clones_and_work_trees_are_read_too() {
    let dir = repository();
    commit(dir.path(), 1_000_000_000, "begin");
    git(dir.path(), 0, &["tag", "1"]);
    let beside = tempfile::tempdir().unwrap();
    let (bare, tree) = (beside.path().join("bare.git"), beside.path().join("tree"));
    git(dir.path(), 0, &["clone", "--quiet", "--bare", ".", bare.to_str().unwrap()]);
    git(dir.path(), 0, &["worktree", "add", "--quiet", tree.to_str().unwrap()]);
    for path in [bare, tree] {
        assert_eq!(read(&path, "*").0.len(), 1, "{}", path.display());
    }
}

#[test]
fn what_is_no_repository_is_told_apart() {
    let dir = tempfile::tempdir().unwrap();
    assert!(matches!(Repository::open(dir.path()), Err(GitError::NotARepository { .. })));
    assert!(matches!(Repository::open(&dir.path().join("no")), Err(GitError::NoSuchPath(_))));
    let empty = repository();
    assert_eq!(read(empty.path(), "*"), (Vec::new(), Vec::new()));
}

#[test]
fn texts_are_made_to_fit() {
    let dir = repository();
    commit(dir.path(), 1_000_000_000, &"é".repeat(400));
    commit(dir.path(), 1_000_000_001, "");
    git(dir.path(), 0, &["tag", "1"]);
    let mut workspace = Workspace::default();
    let setup = slipway_shared::workspace::default_setup("Team", MemberId::from_u128(1), {
        let mut next = 0;
        move || {
            next += 1;
            next
        }
    });
    let event = |environment: &_| {
        slipway_shared::event::Event::Environment(slipway_shared::environment::EnvironmentEvent::Added(
            Clone::clone(environment),
        ))
    };
    let column = |column: &_| {
        slipway_shared::event::Event::Column(slipway_shared::column::ColumnEvent::Added(Clone::clone(column)))
    };
    let slipway_shared::command::WorkspaceCommand::Create { environments, columns, .. } = &setup else {
        panic!("a workspace is created")
    };
    let command =
        slipway_shared::ids::CommandKey { client: slipway_shared::ids::ClientId::from_u128(1), seq: 1 };
    let origin = slipway_shared::origin::Origin {
        seq: Some(1),
        command,
        actor: MemberId::from_u128(1),
        at: Timestamp(0),
    };
    for event in environments.iter().map(event).chain(columns.iter().map(column)) {
        workspace.apply(&origin, &event);
    }
    let plan = plan(&workspace, WorkspaceId::from_u128(1), "svc", read(dir.path(), "*").0).unwrap();
    let text = format!("{:?}", plan.releases);
    assert!(text.contains("(no subject)") && text.contains("é…"), "{text}");
    assert_eq!((plan.releases.len(), plan.releases[0].changes), (1, 2));
}
