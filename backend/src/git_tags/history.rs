//! From tags and commits to releases: which are real, in which order, and what each brings. Pure.

use std::cmp::Ordering;
use std::collections::HashMap;

use slipway_shared::time::Timestamp;

use super::git::{Commit, Tag};

/// A tag that is a release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Release {
    pub(crate) tag: String,
    pub(crate) version: String,
    pub(crate) title: String,
    pub(crate) at: Timestamp,
    /// Its commits that the release before it does not have, oldest first.
    pub(crate) commits: Vec<Commit>,
}

/// A tag that is left out, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Skipped {
    pub(crate) tag: String,
    pub(crate) reason: Reason,
}

/// Why a tag is left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Reason {
    /// It leads to a tree or a file, or to nothing.
    NoCommit,
    /// Nothing is left of its name without the pattern's beginning.
    NoVersion,
    /// Its date is none.
    NoDate,
    /// Its name is longer than a version may be.
    TooLong,
    /// Another tag has the same version.
    SameVersion { other: String },
    /// The service has a deployment of this version, from elsewhere.
    KnownVersion,
    /// An import before this one brought it.
    Imported,
}

impl Reason {
    /// Returns the reason as a person reads it.
    pub(crate) fn words(&self) -> String {
        match self {
            Self::NoCommit => "it leads to no commit".to_owned(),
            Self::NoVersion => "there is no version in its name".to_owned(),
            Self::NoDate => "its date is none".to_owned(),
            Self::TooLong => "its version is longer than 100 bytes".to_owned(),
            Self::SameVersion { other } => format!("tag {other} has the same version"),
            Self::KnownVersion => "the service has this version from elsewhere".to_owned(),
            Self::Imported => "it was imported before".to_owned(),
        }
    }
}

/// The longest version.
const VERSION_BYTES: usize = 100;

/// Returns the releases by date and then version, with what each brings, and the tags that are none.
pub(crate) fn releases(tags: Vec<Tag>, commits: &[Commit], pattern: &str) -> (Vec<Release>, Vec<Skipped>) {
    let graph = Graph::new(commits);
    let prefix = literal_prefix(pattern);
    let mut skipped = Vec::new();
    let mut found: Vec<(Release, usize)> = Vec::new();
    for tag in tags {
        match release(&tag, &graph, prefix) {
            Ok(release) => found.push(release),
            Err(reason) => skipped.push(Skipped { tag: tag.name, reason }),
        }
    }
    found.sort_by(|(a, _), (b, _)| a.at.cmp(&b.at).then_with(|| by_numbers(&a.version, &b.version)));
    let mut versions: HashMap<String, String> = HashMap::new();
    let mut releases = Vec::with_capacity(found.len());
    let mut previous = None;
    let mut walk = Walk::new(commits.len());
    for (mut release, head) in found {
        if let Some(other) = versions.get(&release.version) {
            let reason = Reason::SameVersion { other: other.clone() };
            skipped.push(Skipped { tag: release.tag, reason });
            continue;
        }
        versions.insert(release.version.clone(), release.tag.clone());
        let new = walk.reached(&graph, head, previous);
        release.commits = new.into_iter().filter_map(|place| commits.get(place).cloned()).collect();
        previous = Some(head);
        releases.push(release);
    }
    (releases, skipped)
}

fn release(tag: &Tag, graph: &Graph<'_>, prefix: &str) -> Result<(Release, usize), Reason> {
    let commit = tag.commit.as_deref().ok_or(Reason::NoCommit)?;
    let head = *graph.places.get(commit).ok_or(Reason::NoCommit)?;
    let version = tag.name.strip_prefix(prefix).unwrap_or(&tag.name).trim();
    if version.is_empty() {
        return Err(Reason::NoVersion);
    }
    if version.len() > VERSION_BYTES {
        return Err(Reason::TooLong);
    }
    let committed_at = graph.commits.get(head).map(|commit| commit.committed_at);
    let seconds = tag.tagged_at.or(committed_at).ok_or(Reason::NoDate)?;
    let at = Timestamp(seconds.saturating_mul(1000));
    if !at.is_plausible() {
        return Err(Reason::NoDate);
    }
    let is_news = tag.subject != tag.name && tag.subject != version;
    let title = if is_news { tag.subject.clone() } else { String::new() };
    let (tag, version) = (tag.name.clone(), version.to_owned());
    Ok((Release { tag, version, title, at, commits: Vec::new() }, head))
}

/// Returns what every name that a pattern matches begins with.
fn literal_prefix(pattern: &str) -> &str {
    pattern.find(['*', '?', '[', '\\']).map_or("", |end| pattern.get(..end).unwrap_or_default())
}

/// Orders versions as people do: 1.9 before 1.10.
fn by_numbers(a: &str, b: &str) -> Ordering {
    let key = |version: &str| {
        let parts = version.split(|c: char| !c.is_alphanumeric());
        let parts = parts.map(|part| (part.parse::<u64>().ok(), part.to_owned()));
        parts.collect::<Vec<_>>()
    };
    key(a).cmp(&key(b)).then_with(|| a.cmp(b))
}

struct Graph<'a> {
    commits: &'a [Commit],
    places: HashMap<&'a str, usize>,
    parents: Vec<Vec<usize>>,
}

impl<'a> Graph<'a> {
    fn new(commits: &'a [Commit]) -> Self {
        let places = commits.iter().enumerate().map(|(place, commit)| (commit.hash.as_str(), place));
        let places: HashMap<_, _> = places.collect();
        // A shallow clone lacks the parents of its oldest commits.
        let parents = |commit: &Commit| {
            commit.parents.iter().filter_map(|parent| places.get(parent.as_str()).copied()).collect()
        };
        let parents = commits.iter().map(parents).collect();
        Self { commits, places, parents }
    }
}

/// Walks the graph again and again without clearing its marks in between.
struct Walk {
    marks: Vec<usize>,
    round: usize,
}

impl Walk {
    fn new(commits: usize) -> Self {
        Self { marks: vec![0; commits], round: 0 }
    }

    /// Returns what `head` reaches and `without` does not, oldest first.
    fn reached(&mut self, graph: &Graph<'_>, head: usize, without: Option<usize>) -> Vec<usize> {
        self.round += 1;
        if let Some(without) = without {
            self.mark(graph, without);
        }
        let mut reached = self.mark(graph, head);
        // Children come before their parents in the order git gives.
        reached.sort_unstable_by(|a, b| b.cmp(a));
        reached
    }

    /// Marks what `from` reaches, and returns what was not marked in this round yet.
    fn mark(&mut self, graph: &Graph<'_>, from: usize) -> Vec<usize> {
        let mut open = vec![from];
        let mut marked = Vec::new();
        while let Some(place) = open.pop() {
            match self.marks.get_mut(place) {
                Some(mark) if *mark != self.round => *mark = self.round,
                _ => continue,
            }
            marked.push(place);
            open.extend(graph.parents.get(place).into_iter().flatten());
        }
        marked
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_begins_with_what_it_says_plainly() {
        for (pattern, prefix) in
            [("v*", "v"), ("[0-9]*", ""), ("jiff-static-[0-9]*", "jiff-static-"), ("*", "")]
        {
            assert_eq!(literal_prefix(pattern), prefix);
        }
        assert_eq!(literal_prefix("1.0"), "", "a whole name is its own version");
    }

    #[test]
    fn versions_are_ordered_as_people_do() {
        let mut versions = ["1.10.0", "1.9.2", "1.9.2-rc.1", "0.1", "1.9.10"];
        versions.sort_by(|a, b| by_numbers(a, b));
        assert_eq!(versions, ["0.1", "1.9.2", "1.9.2-rc.1", "1.9.10", "1.10.0"]);
    }
}
