//! `slipway import git-tags`.

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;

use super::config::Config;
use super::exit::{Exit, Failed};
use super::sink::Sink;
use super::workspaces::WorkspaceArg;
use super::{DEFAULT_DATA, DataArgs};
use crate::git_tags::git::{GitError, Repository};
use crate::git_tags::history::{Reason, Skipped, releases};
use crate::git_tags::plan::{Plan, plan};
use crate::output::{self, Progress};

/// How many skipped tags of one kind are named; the rest is counted.
const NAMED: usize = 10;

#[derive(Debug, Args)]
pub(super) struct GitTagsArgs {
    /// The repository: a clone, bare or not
    #[arg(long, env = "SLIPWAY_REPO", value_name = "PATH")]
    repo: PathBuf,
    /// The service the releases are of; added where there is none of this name
    #[arg(long, env = "SLIPWAY_SERVICE", value_name = "NAME")]
    service: String,
    /// Which tags are releases, as for `git tag --list`; what it begins with plainly is no part of the version
    #[arg(long, env = "SLIPWAY_TAG_PATTERN", value_name = "GLOB", default_value = "*")]
    tag_pattern: String,
    #[command(flatten)]
    data: DataArgs,
    #[command(flatten)]
    which: WorkspaceArg,
    /// A file with an API token, with the scope write, for a server that uses the directory; `-` for standard input. The
    /// token can also be in the variable `SLIPWAY_TOKEN`, but not in an argument, which everybody on this computer sees
    #[arg(long, env = "SLIPWAY_TOKEN_FILE", value_name = "FILE")]
    token_file: Option<PathBuf>,
    /// Tell what was done as JSON
    #[arg(long, env = "SLIPWAY_JSON")]
    json: bool,
}

/// Returns the API token, if there is one.
fn token(file: Option<&Path>) -> Result<Option<String>, Failed> {
    let Some(file) = file else { return Ok(std::env::var("SLIPWAY_TOKEN").ok()) };
    let read = match file.to_str() {
        Some("-") => std::io::read_to_string(std::io::stdin()),
        _ => std::fs::read_to_string(file),
    };
    let token = read.map_err(|error| {
        let message =
            format!("the token can't be read from {}: {error}. Nothing was changed.", file.display());
        Failed::new(Exit::NoInput, message)
    })?;
    Ok(Some(token.trim().to_owned()))
}

pub(super) fn run(args: GitTagsArgs, config: &Config) -> Result<(), Failed> {
    let service = args.service.trim();
    if service.is_empty() || service.len() > 100 {
        let message = "a service's name has 1 to 100 bytes. Nothing was changed.";
        return Err(Failed::new(Exit::BadInput, message));
    }
    let repository = Repository::open(&args.repo)?;
    let tags = repository.tags(&args.tag_pattern)?;
    if tags.is_empty() {
        return Err(nothing_matches(&repository, &args));
    }
    let matched = tags.len();
    output::note(&format!("{matched} tags match; reading their commits"));
    let commits = repository.commits(&tags)?;
    let (releases, mut skipped) = releases(tags, &commits, &args.tag_pattern);

    let mut sink = Sink::open(
        &config.data(args.data.data, DEFAULT_DATA),
        token(args.token_file.as_deref())?,
        args.which.workspace.as_deref(),
    )?;
    let plan = plan(&sink.workspace, sink.workspace_id, service, releases);
    let plan = plan.map_err(|error| Failed::new(Exit::Failed, format!("{error}. Nothing was changed.")))?;
    let Plan { service: add_service, releases, skipped: also_skipped } = plan;
    skipped.extend(also_skipped);
    let (added, changes) = (releases.len(), releases.iter().map(|release| release.changes).sum::<usize>());
    let mut parts: Vec<_> =
        add_service.filter(|_| added > 0).map(|command| vec![command]).into_iter().collect();
    let mut ends = Vec::with_capacity(added);
    for release in releases {
        parts.extend(release.parts);
        ends.push(parts.len());
    }
    let mut progress = Progress::new("deployments", added);
    sink.push(parts, |pushed| progress.show(ends.partition_point(|end| *end <= pushed)))?;
    sink.close()?;
    tell(service, matched, added, changes, &skipped, args.json);
    Ok(())
}

fn tell(service: &str, matched: usize, added: usize, changes: usize, skipped: &[Skipped], as_json: bool) {
    let imported = skipped.iter().filter(|skipped| skipped.reason == Reason::Imported).count();
    let others = skipped.iter().filter(|skipped| skipped.reason != Reason::Imported);
    if as_json {
        let others = others.map(|skipped| json!({ "tag": skipped.tag, "reason": skipped.reason.words() }));
        let told = json!({
            "service": service,
            "matched": matched,
            "added": added,
            "changes": changes,
            "imported_before": imported,
            "skipped": others.collect::<Vec<_>>(),
        });
        return output::result(&told.to_string());
    }
    let others: Vec<_> = others.collect();
    for skipped in others.iter().take(NAMED) {
        output::note(&format!("skipped {}: {}", skipped.tag, skipped.reason.words()));
    }
    if others.len() > NAMED {
        output::note(&format!("skipped {} more", others.len() - NAMED));
    }
    output::result(&format!(
        "{service}: {added} deployments added with {changes} changes; of {matched} tags that match {imported} \
         were imported before and {} skipped",
        others.len()
    ));
}

fn nothing_matches(repository: &Repository, args: &GitTagsArgs) -> Failed {
    let all = repository.tags("*").unwrap_or_default();
    let some: Vec<_> = all.iter().rev().take(5).map(|tag| tag.name.as_str()).collect();
    let hint = if some.is_empty() {
        "The repository has no tags; fetch them with git fetch --tags.".to_owned()
    } else {
        format!("It has {} others, such as {}.", all.len(), some.join(", "))
    };
    let message = format!(
        "no tag of {} matches {:?}. Nothing was changed. {hint}",
        args.repo.display(),
        args.tag_pattern
    );
    Failed::new(Exit::BadInput, message)
}

impl From<GitError> for Failed {
    fn from(error: GitError) -> Self {
        let (exit, advice) = match &error {
            GitError::NoSuchPath(_) => (Exit::NoInput, "Give the folder of a clone with --repo.".to_owned()),
            GitError::NotARepository { said, .. } => {
                (Exit::BadInput, format!("Give the folder of a clone with --repo. Git says: {said}"))
            }
            GitError::NoGit => (Exit::Failed, "Install git, such as with apt install git.".to_owned()),
            GitError::Failed(_) | GitError::Refused { .. } | GitError::Unexpected => {
                (Exit::Failed, "Look at the repository with git fsck.".to_owned())
            }
        };
        Self::new(exit, format!("{error}. Nothing was changed. {advice}"))
    }
}
