//! A real project's history from its tags: the same that git itself tells, and only once.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use slipway_shared::deployment::Deployment;
use slipway_shared::environment::Tier;
use slipway_shared::rollout::{Phase, Source};
use slipway_shared::time::Timestamp;
use slipway_shared::workspace::Workspace;
use slipway_tests::api::Api;
use slipway_tests::server::{Finished, ServerSetup, TestServer, repository, run};
use tempfile::TempDir;

/// Runs git and returns what it printed.
#[track_caller]
fn git(folder: &Path, arguments: &[&str]) -> String {
    let identity = ["-c", "user.name=Test", "-c", "user.email=test@example.org"];
    let quiet = ["-c", "init.defaultBranch=main", "-c", "commit.gpgsign=false", "-c", "tag.gpgsign=false"];
    let mut command = Command::new("git");
    command.current_dir(folder).args(identity).args(quiet).args(arguments);
    let output = command.output().unwrap();
    assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// A folder with a clone of jiff's history: 123 tags of several crates in one repository.
fn jiff() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let bundle = repository().join("tests/fixtures/history/jiff.bundle");
    git(folder.path(), &["clone", "--quiet", "--bare", &bundle.to_string_lossy(), "jiff.git"]);
    let clone = folder.path().join("jiff.git");
    (folder, clone)
}

fn import(data: &Path, repo: &Path, service: &str, pattern: &str) -> Finished {
    import_as(&[], data, repo, service, pattern)
}

/// As a program that has a token of the server.
fn import_beside(server: &TestServer, repo: &Path, service: &str, pattern: &str) -> Finished {
    let file = server.data().with_file_name("token");
    std::fs::write(&file, server.token()).unwrap();
    import_as(&["--token-file", &file.to_string_lossy()], &server.data(), repo, service, pattern)
}

fn import_as(more: &[&str], data: &Path, repo: &Path, service: &str, pattern: &str) -> Finished {
    let (repo, data) = (repo.to_string_lossy(), data.to_string_lossy());
    let fixed = ["import", "git-tags", "--json", "--data", &data, "--repo", &repo];
    run(&[&fixed[..], more, &["--service", service, "--tag-pattern", pattern]].concat())
}

#[track_caller]
fn told(finished: &Finished) -> Value {
    assert_eq!(finished.code, Some(0), "{}", finished.stderr);
    serde_json::from_str(&finished.stdout).unwrap()
}

/// A release as git tells it: its tag, its second, and the seconds its commits were written.
type Told = (String, i64, Vec<i64>);

fn as_git_tells(repo: &Path, pattern: &str) -> Vec<Told> {
    let format = "--format=%(refname:short) %(creatordate:unix)";
    let tags = git(repo, &["tag", "--list", pattern, "--sort=creatordate", format]);
    let mut previous: Option<String> = None;
    let mut releases = Vec::new();
    for line in tags.lines() {
        let (tag, second) = line.split_once(' ').unwrap();
        let range = previous.map_or(tag.to_owned(), |previous| format!("{previous}..{tag}"));
        let written = git(repo, &["log", "--format=%at", &range]);
        let mut written: Vec<i64> = written.lines().map(|second| second.parse().unwrap()).collect();
        written.sort_unstable();
        releases.push((tag.to_owned(), second.parse().unwrap(), written));
        previous = Some(tag.to_owned());
    }
    releases
}

/// The same from the workspace.
fn as_we_tell(workspace: &Workspace, service: &str) -> Vec<Told> {
    let service = workspace.service_named(service).expect("the service is not there");
    let mut releases = Vec::new();
    for (id, deployment) in workspace.deployments.iter().filter(|(_, known)| known.service == service) {
        let (_, rollout) = workspace.latest_rollout(*id, Tier::Production).expect("no production rollout");
        assert_eq!(workspace.rollouts_of(*id).count(), 1, "{}: one rollout each", deployment.version.value);
        let report = rollout.prevailing().unwrap();
        assert_eq!(report.phase, Phase::Succeeded);
        let Source::GitTag { tag } = &report.source else { panic!("{:?} is no tag", report.source) };
        releases.push((tag.clone(), report.happened_at.0 / 1000, seconds(deployment)));
    }
    releases.sort_by(|a, b| (a.1, &a.0).cmp(&(b.1, &b.0)));
    releases
}

fn seconds(deployment: &Deployment) -> Vec<i64> {
    let written =
        deployment.changes.iter().map(|change| change.authored_at.map_or(0, |Timestamp(ms)| ms / 1000));
    let mut written: Vec<_> = written.collect();
    written.sort_unstable();
    written
}

#[track_caller]
fn same(told: &[Told], expected: &[Told]) {
    let names = |releases: &[Told]| releases.iter().map(|(tag, ..)| tag.clone()).collect::<Vec<_>>();
    assert_eq!(names(told), names(expected));
    for ((tag, second, written), (_, expected_second, expected_written)) in told.iter().zip(expected) {
        assert_eq!(second, expected_second, "the date of {tag}");
        assert_eq!(written.len(), expected_written.len(), "the commits of {tag}");
        assert_eq!(written, expected_written, "the author dates of {tag}");
    }
}

#[test]
fn the_history_of_jiff_is_what_git_tells() {
    let (_folder, repo) = jiff();
    let mut server = TestServer::start();
    // Beside the server that runs, as a person would.
    let first = told(&import_beside(&server, &repo, "jiff", "[0-9]*"));
    assert_eq!((&first["matched"], &first["added"]), (&66.into(), &66.into()), "{first}");
    let second = told(&import_beside(&server, &repo, "jiff-static", "jiff-static-[0-9]*"));
    assert_eq!((&second["matched"], &second["added"]), (&33.into(), &33.into()), "{second}");

    let mut api = Api::connect(server.address()).unwrap();
    let (workspace, cursor) = api.snapshot().unwrap();
    let (jiff, jiff_static) = (as_git_tells(&repo, "[0-9]*"), as_git_tells(&repo, "jiff-static-[0-9]*"));
    assert_eq!((jiff.len(), jiff_static.len()), (66, 33));
    same(&as_we_tell(&workspace, "jiff"), &jiff);
    same(&as_we_tell(&workspace, "jiff-static"), &jiff_static);
    let commits: usize = jiff.iter().chain(&jiff_static).map(|(_, _, written)| written.len()).sum();
    eprintln!("jiff: 66 + 33 deployments with {commits} commits, as git tells");

    for (service, pattern, count) in [("jiff", "[0-9]*", 66), ("jiff-static", "jiff-static-[0-9]*", 33)] {
        let again = told(&import_beside(&server, &repo, service, pattern));
        assert_eq!((&again["added"], &again["imported_before"]), (&0.into(), &count.into()), "{again}");
    }
    assert_eq!(api.snapshot().unwrap(), (workspace, cursor), "a second import changed something");

    server.kill();
    server.restart();
    assert_eq!(Api::connect(server.address()).unwrap().snapshot().unwrap().1, cursor);
}

#[test]
fn a_second_import_adds_what_is_new() {
    let folder = tempfile::tempdir().unwrap();
    let repo = folder.path();
    git(repo, &["init", "--quiet"]);
    for version in ["v1.0.0", "v1.1.0"] {
        git(repo, &["commit", "--quiet", "--allow-empty", "-m", &format!("Work for {version}")]);
        git(repo, &["tag", version]);
    }
    let data = folder.path().join("data");
    assert_eq!(told(&import(&data, repo, "tool", "v*"))["added"], 2);
    git(repo, &["commit", "--quiet", "--allow-empty", "-m", "Work for v1.2.0"]);
    git(repo, &["tag", "v1.2.0"]);
    let again = told(&import(&data, repo, "tool", "v*"));
    assert_eq!(
        (&again["added"], &again["imported_before"], &again["changes"]),
        (&1.into(), &2.into(), &1.into())
    );
}

#[test]
fn what_is_no_release_is_skipped_and_named() {
    let folder = tempfile::tempdir().unwrap();
    let repo = folder.path();
    git(repo, &["init", "--quiet"]);
    git(repo, &["commit", "--quiet", "--allow-empty", "-m", "A beginning"]);
    git(repo, &["tag", "v1.0.0"]);
    std::fs::write(repo.join("note"), "no commit").unwrap();
    let blob = git(repo, &["hash-object", "-w", "note"]);
    git(repo, &["tag", "v-blob", blob.trim()]);
    git(repo, &["tag", "v"]);
    let data = folder.path().join("data");
    let first = told(&import(&data, repo, "tool", "v*"));
    assert_eq!(first["added"], 1, "{first}");
    let skipped: Vec<_> = first["skipped"].as_array().unwrap().iter().collect();
    let reason =
        |tag: &str| skipped.iter().find(|skipped| skipped["tag"] == tag).map(|skipped| &skipped["reason"]);
    assert_eq!(reason("v-blob"), Some(&"it leads to no commit".into()), "{first}");
    assert!(reason("v").is_some(), "{first}");

    let (data, repo) = (data.to_string_lossy(), repo.to_string_lossy());
    let words = run(&["import", "git-tags", "--data", &data, "--repo", &repo, "--service", "tool"]);
    assert!(words.stderr.contains("skipped v-blob: it leads to no commit"), "{}", words.stderr);
}

#[test]
fn what_is_no_repository_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let missing = import(&data, &folder.path().join("nowhere"), "tool", "*");
    assert_eq!(missing.code, Some(66), "{}", missing.stderr);
    assert!(missing.stderr.contains("Nothing was changed"), "{}", missing.stderr);

    std::fs::create_dir(folder.path().join("empty")).unwrap();
    let empty = import(&data, &folder.path().join("empty"), "tool", "*");
    assert_eq!(empty.code, Some(65), "{}", empty.stderr);
    assert!(empty.stderr.contains("not a Git repository"), "{}", empty.stderr);

    git(folder.path(), &["init", "--quiet", "untagged"]);
    let untagged = import(&data, &folder.path().join("untagged"), "tool", "v*");
    assert_eq!(untagged.code, Some(65), "{}", untagged.stderr);
    assert!(untagged.stderr.contains("no tag"), "{}", untagged.stderr);
    assert!(!data.exists(), "a refused import left something");
}

#[test]
fn an_import_shows_how_far_it_is() {
    let (_folder, repo) = jiff();
    let setup = ServerSetup::default();
    let (data, repo) = (setup.data().to_string_lossy().into_owned(), repo.to_string_lossy());
    let fixed = ["import", "git-tags", "--data", &data, "--repo", &repo, "--service", "jiff"];
    let shown = run(&[&fixed[..], &["--tag-pattern", "[0-9]*"]].concat());
    assert_eq!(shown.code, Some(0), "{}", shown.stderr);
    assert!(shown.stderr.contains("66 tags match"), "{}", shown.stderr);
    assert!(shown.stderr.contains("66 of 66") || shown.stderr.contains("66/66"), "{}", shown.stderr);
    assert!(shown.stdout.contains("66 deployments added"), "{}", shown.stdout);

    let server = setup.start();
    let (workspace, _) = Api::connect(server.address()).unwrap().snapshot().unwrap();
    assert_eq!(workspace.deployments.len(), 66);
}
