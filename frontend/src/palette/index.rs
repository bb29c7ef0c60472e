//! What there is to find, folded once and kept: a deployment is folded anew only when it is another one, which its
//! pointer tells.

use std::collections::BTreeMap;
use std::sync::Arc;

use slipway_shared::deployment::Deployment;
use slipway_shared::ids::{DeploymentId, MemberId, ServiceId};
use slipway_shared::member::Profile;
use slipway_shared::order;
use slipway_shared::time::Timestamp;
use slipway_shared::workspace::Workspace;

use super::fold::fold;
use super::found::{Found, Kind};
use super::score::{Match, match_all, match_of};

/// What there is to find.
#[derive(Default)]
pub struct Index {
    deployments: BTreeMap<DeploymentId, Entry>,
    services: Vec<(ServiceId, Text)>,
    people: Vec<(MemberId, Text)>,
}

/// A text, and how it is compared.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Text {
    shown: String,
    folded: String,
}

impl Text {
    fn new(shown: &str) -> Self {
        Self { shown: shown.to_owned(), folded: fold(shown) }
    }
}

/// A deployment: what it is called, and what is written in it.
struct Entry {
    known: Arc<Deployment>,
    service: Text,
    version: String,
    title: String,
    /// When something last happened to it that its card shows.
    changed: Timestamp,
    /// Checks, texts and comments as they are compared; how they are written is in `known`.
    parts: Vec<(Kind, String)>,
}

/// How many of each kind are shown at most.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Deployments.
    pub deployments: usize,
    /// People, and as many services.
    pub names: usize,
    /// Checks, texts and comments.
    pub parts: usize,
}

/// What was found, the best first in each list.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Results {
    /// Deployments.
    pub deployments: Vec<Found>,
    /// People.
    pub people: Vec<Found>,
    /// Services.
    pub services: Vec<Found>,
    /// Checks, texts and comments.
    pub parts: Vec<Found>,
}

impl Index {
    /// Brings the index up to date; returns how many deployments were folded anew.
    pub fn update(&mut self, view: &Workspace, people: &BTreeMap<MemberId, Profile>) -> usize {
        let services: Vec<_> =
            view.services.iter().map(|(id, known)| (*id, Text::new(&known.name))).collect();
        if self.services != services {
            // Every deployment says its service.
            self.deployments.clear();
            self.services = services;
        }
        self.people = people.iter().map(|(id, profile)| (*id, Text::new(&profile.name))).collect();
        self.deployments.retain(|id, _| view.deployments.contains_key(id));
        let mut folded = 0;
        for (id, known) in &view.deployments {
            let is_same = self.deployments.get(id).is_some_and(|entry| Arc::ptr_eq(&entry.known, known));
            if !is_same {
                let service = self.services.iter().find(|(service, _)| *service == known.service);
                let service = service.map_or_else(|| Text::new(""), |(_, name)| name.clone());
                self.deployments.insert(*id, Entry::new(*id, known, service));
                folded += 1;
            }
        }
        folded
    }

    /// Finds what has all words, which are folded already.
    #[must_use]
    pub fn find(&self, words: &[String], limits: Limits) -> Results {
        if words.is_empty() {
            return Results::default();
        }
        Results {
            deployments: self.find_deployments(words, limits.deployments),
            people: find_names(&self.people, words, limits.names, Kind::Person),
            services: find_names(&self.services, words, limits.names, Kind::Service),
            parts: self.find_parts(words, limits.parts),
        }
    }

    /// Returns something by what it is; `None` when it is gone.
    #[must_use]
    pub fn get(&self, kind: Kind) -> Option<Found> {
        let named = |text: &Text| Found { kind, text: text.shown.clone(), hint: String::new() };
        match kind {
            Kind::Deployment(id) => self.deployments.get(&id).map(|entry| entry.found(id)),
            Kind::Person(id) => self.people.iter().find(|(own, _)| *own == id).map(|(_, name)| named(name)),
            Kind::Service(id) => {
                self.services.iter().find(|(own, _)| *own == id).map(|(_, name)| named(name))
            }
            Kind::Check(id, _) | Kind::Text(id, _) | Kind::Comment(id, _) => {
                let entry = self.deployments.get(&id)?;
                entry.parts.iter().any(|(own, _)| *own == kind).then(|| entry.part(kind, &[]))
            }
        }
    }

    fn find_deployments(&self, words: &[String], limit: usize) -> Vec<Found> {
        let matching = self.deployments.iter().filter_map(|(id, entry)| {
            let found = match_all(&[&entry.version, &entry.title, &entry.service.folded], words)?;
            Some(((found, std::cmp::Reverse(entry.changed)), (*id, entry)))
        });
        best(matching, limit).into_iter().map(|(id, entry)| entry.found(id)).collect()
    }

    /// Finds checks, texts and comments: a word may also name the deployment they are in, but not every word.
    fn find_parts(&self, words: &[String], limit: usize) -> Vec<Found> {
        let matching = self.deployments.values().flat_map(|entry| {
            entry.parts.iter().filter_map(move |(kind, text)| {
                let is_in_text = words.iter().any(|word| text.contains(word.as_str()));
                if !is_in_text {
                    return None;
                }
                let around = [text, &entry.version, &entry.title, &entry.service.folded];
                let found = match_all(&around.map(String::as_str), words)?.max(Match::WordStart);
                let is_over = entry.known.finished.is_some();
                Some(((is_over, found, std::cmp::Reverse(entry.changed)), (*kind, entry)))
            })
        });
        let found = best(matching, limit).into_iter();
        found.map(|(kind, entry)| entry.part(kind, words)).collect()
    }
}

impl Entry {
    fn new(id: DeploymentId, known: &Arc<Deployment>, service: Text) -> Self {
        Self {
            service,
            version: fold(&known.version.value),
            title: fold(&known.title.value),
            changed: known.entered.at,
            parts: parts_of(id, known),
            known: Arc::clone(known),
        }
    }

    fn found(&self, id: DeploymentId) -> Found {
        let title = &self.known.title.value;
        let version = &self.known.version.value;
        let text = if title.is_empty() { version.clone() } else { format!("{version} {title}") };
        Found { kind: Kind::Deployment(id), text, hint: self.service.shown.clone() }
    }

    fn part(&self, kind: Kind, words: &[String]) -> Found {
        let text = match kind {
            Kind::Check(_, id) => self.known.check(id).map(|check| check.text.as_str()),
            Kind::Text(_, id) => {
                let section = self.known.sections.iter().find(|section| section.id == id);
                section.map(|section| section.text.value.as_str())
            }
            Kind::Comment(_, id) => self.known.comment(id).map(|comment| comment.text.as_str()),
            Kind::Deployment(_) | Kind::Person(_) | Kind::Service(_) => None,
        };
        let hint = format!("{} {}", self.service.shown, self.known.version.value);
        Found { kind, text: line_with(text.unwrap_or_default(), words), hint }
    }
}

/// Returns what is written in a deployment.
fn parts_of(id: DeploymentId, known: &Deployment) -> Vec<(Kind, String)> {
    let parts = known.sections.iter().flat_map(|section| {
        let text = &section.text.value;
        let text = (!text.trim().is_empty()).then(|| (Kind::Text(id, section.id), fold(text)));
        let checks = section.checks.iter().map(move |check| (Kind::Check(id, check.id), fold(&check.text)));
        text.into_iter().chain(checks)
    });
    let standing = known.comments.iter().filter(|comment| comment.deleted.is_none());
    let comments = standing.map(|comment| (Kind::Comment(id, comment.id), fold(&comment.text)));
    parts.chain(comments).collect()
}

fn find_names<I: Copy + Ord>(
    names: &[(I, Text)],
    words: &[String],
    limit: usize,
    kind: impl Fn(I) -> Kind,
) -> Vec<Found> {
    let matching = names.iter().filter_map(|(id, name)| {
        let found = match_all(&[&name.folded], words)?;
        Some(((found, &name.folded, *id), (*id, name)))
    });
    let found = best(matching, limit).into_iter();
    found.map(|(id, name)| Found { kind: kind(id), text: name.shown.clone(), hint: String::new() }).collect()
}

/// Returns the best few, the best first.
fn best<K: Ord, T>(matching: impl Iterator<Item = (K, T)>, limit: usize) -> Vec<T> {
    let mut all: Vec<(K, T)> = matching.collect();
    if limit == 0 {
        return Vec::new();
    }
    if all.len() > limit {
        all.select_nth_unstable_by(limit - 1, |one, other| one.0.cmp(&other.0));
        all.truncate(limit);
    }
    order::sort_by(&mut all, |one, other| one.0.cmp(&other.0));
    all.into_iter().map(|(_, item)| item).collect()
}

/// Returns the line of a text that has the first of the words, or its first line.
fn line_with(text: &str, words: &[String]) -> String {
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    let has_word = |line: &&str| words.iter().any(|word| match_of(&fold(line), word).is_some());
    let line = lines.clone().find(has_word).or_else(|| lines.next());
    line.unwrap_or_default().trim().to_owned()
}

#[cfg(test)]
mod tests;
