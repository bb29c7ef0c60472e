//! Freezes: windows in which rollouts to some environments are gated, judged by when something happens.

use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::decide::too_many;
use crate::event::Event;
use crate::ids::{EnvironmentId, FreezeId};
use crate::order;
use crate::origin::Origin;
use crate::rejection::{Rejection, TextField};
use crate::text::line;
use crate::time::Timestamp;
use crate::workspace::Workspace;

/// The most environments one freeze may name.
const ENVIRONMENTS_PER_FREEZE: usize = 50;
/// The most freezes a workspace keeps, lifted ones too: every gate looks at all of them.
const FREEZES: usize = 1_000;
/// The most windows that one freeze keeps of those it had before. One that was moved as often is lifted and declared anew.
const FORMER_WINDOWS: usize = 50;

/// What is frozen, when and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FreezeTerms {
    /// What people call it, 1 to 100 characters.
    pub name: String,
    /// The environments it is about.
    pub environments: Vec<EnvironmentId>,
    /// When it begins.
    pub from: Timestamp,
    /// When it is over.
    pub until: Timestamp,
    /// The time zone that its author thought in, by its IANA name: `Europe/Paris`. The moments above don't change with
    /// it; it is there to show and edit them as they were meant.
    pub zone: String,
    /// Why, 1 to 2,000 characters.
    pub reason: String,
}

impl FreezeTerms {
    fn valid(&self, workspace: &Workspace) -> Result<Self, Rejection> {
        too_many(self.environments.len(), ENVIRONMENTS_PER_FREEZE)?;
        let unknown = self.environments.iter().find(|id| !workspace.environments.contains_key(*id));
        if let Some(environment) = unknown {
            return Err(Rejection::UnknownEnvironment { environment: *environment });
        }
        let is_in_order = self.from.is_plausible() && self.until.is_plausible() && self.from < self.until;
        if self.environments.is_empty() || !is_in_order || !is_zone(&self.zone) {
            return Err(Rejection::OutOfRange);
        }
        let mut environments = self.environments.clone();
        order::sort(&mut environments);
        environments.dedup();
        Ok(Self {
            name: line(TextField::Name, &self.name)?,
            environments,
            reason: line(TextField::Reason, &self.reason)?,
            ..self.clone()
        })
    }
}

/// Tells whether a text can be the name of a time zone. Which there are is known to browsers, and changes.
fn is_zone(text: &str) -> bool {
    let is_of_names = |byte: u8| byte.is_ascii_alphanumeric() || b"/_+-".contains(&byte);
    (1..=64).contains(&text.len()) && text.bytes().all(is_of_names)
}

/// What a freeze said before it was moved: what happened until then is judged by it for ever.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormerWindow {
    /// The environments it was about.
    pub environments: Vec<EnvironmentId>,
    /// When it was to begin.
    pub from: Timestamp,
    /// When it was to be over.
    pub until: Timestamp,
    /// When something else was said, by the server's clock.
    pub replaced: Timestamp,
}

/// A window in which rollouts to some environments are gated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Freeze {
    /// What is frozen, when and why.
    pub terms: FreezeTerms,
    /// Who declared it, when: before that nobody could know of it.
    pub declared: Origin,
    /// Who last changed it, when; who declared it where nobody did.
    pub changed: Origin,
    /// Who ended it early, when.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub lifted: Option<Origin>,
    /// The windows it had before, the oldest first.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub former: Vec<FormerWindow>,
}

impl Freeze {
    /// Returns when it is over: when it was to be, or earlier where it was lifted.
    #[must_use]
    pub fn until(&self) -> Timestamp {
        self.lifted.map_or(self.terms.until, |lifted| self.terms.until.min(lifted.at))
    }

    /// Tells whether it gates what happens in an environment at a moment, by what it said then.
    #[must_use]
    pub fn gates(&self, environment: EnvironmentId, at: Timestamp) -> bool {
        self.gates_until(environment, at).is_some()
    }

    /// Returns until when it gates what happens in an environment at a moment; `None` where it does not. What it said then
    /// counts, whatever it says now. One that was declared late gates nothing that happened before anybody could know of
    /// it.
    #[must_use]
    pub fn gates_until(&self, environment: EnvironmentId, at: Timestamp) -> Option<Timestamp> {
        let (environments, from, until) = match self.former.iter().find(|former| at < former.replaced) {
            Some(former) => (&former.environments, former.from, former.until),
            None => (&self.terms.environments, self.terms.from, self.until()),
        };
        let is_frozen = environments.contains(&environment) && from.max(self.declared.at) <= at && at < until;
        is_frozen.then_some(until)
    }

    /// Tells whether other words move it: they are about another time or other environments.
    fn is_moved_by(&self, terms: &FreezeTerms) -> bool {
        let window = |terms: &FreezeTerms| (terms.from, terms.until);
        window(&self.terms) != window(terms) || self.terms.environments != terms.environments
    }

    /// Returns it as it is once something else is said of it. From `since` on that counts; where nothing is said about
    /// that, it counts as if it had been said from the beginning.
    pub(crate) fn changed(&self, origin: &Origin, terms: &FreezeTerms, since: Option<Timestamp>) -> Self {
        let mut next = Self { terms: terms.clone(), changed: *origin, ..self.clone() };
        let FreezeTerms { environments, from, until, .. } = self.terms.clone();
        next.former.extend(since.map(|replaced| FormerWindow { environments, from, until, replaced }));
        next
    }
}

/// What can be asked of freezes. For admins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum FreezeCommand {
    /// Declares one.
    Declare {
        /// Its new id.
        freeze: FreezeId,
        /// What is frozen, when and why.
        terms: FreezeTerms,
    },
    /// Says something else of one. Refused when somebody else did first.
    Change {
        /// Which.
        freeze: FreezeId,
        /// What is frozen, when and why.
        terms: FreezeTerms,
    },
    /// Ends one now, or takes it back before it begins.
    Lift {
        /// Which.
        freeze: FreezeId,
    },
}

/// What happened to freezes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FreezeEvent {
    /// One was declared.
    Declared {
        /// Its id.
        freeze: FreezeId,
        /// What is frozen, when and why.
        terms: FreezeTerms,
    },
    /// Something else was said of one.
    Changed {
        /// Which.
        freeze: FreezeId,
        /// What is frozen, when and why.
        terms: FreezeTerms,
        /// Since when that counts, where it is moved: until then what was said before does.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        since: Option<Timestamp>,
    },
    /// One was ended early.
    Lifted {
        /// Which.
        freeze: FreezeId,
    },
}

impl Workspace {
    /// Iterates over the freezes that gate rollouts to an environment at a moment.
    pub fn freezes_in(
        &self,
        environment: EnvironmentId,
        at: Timestamp,
    ) -> impl Iterator<Item = (FreezeId, &Freeze)> {
        let known = self.freezes.iter().map(|(id, freeze)| (*id, freeze.as_ref()));
        known.filter(move |(_, freeze)| freeze.gates(environment, at))
    }

    pub(crate) fn decide_freeze(
        &self,
        context: &Context,
        command: &FreezeCommand,
    ) -> Result<Vec<Event>, Rejection> {
        let event = match command {
            FreezeCommand::Declare { freeze, terms } => {
                if self.freezes.contains_key(freeze) {
                    return Err(Rejection::IdTaken);
                }
                too_many(self.freezes.len() + 1, FREEZES)?;
                Some(FreezeEvent::Declared { freeze: *freeze, terms: terms.valid(self)? })
            }
            FreezeCommand::Change { freeze, terms } => {
                let terms = terms.valid(self)?;
                let known = self.freezes.get(freeze).ok_or(Rejection::UnknownFreeze { freeze: *freeze })?;
                let is_seen = context.seen.covers(&known.changed);
                let is_same = known.terms == terms;
                if known.lifted.is_some() || !is_same && !is_seen {
                    return Err(Rejection::ChangedMeanwhile);
                }
                let is_moved = known.is_moved_by(&terms);
                if is_moved {
                    too_many(known.former.len() + 1, FORMER_WINDOWS)?;
                }
                let since = is_moved.then_some(context.now);
                (!is_same).then_some(FreezeEvent::Changed { freeze: *freeze, terms, since })
            }
            FreezeCommand::Lift { freeze } => {
                let known = self.freezes.get(freeze).ok_or(Rejection::UnknownFreeze { freeze: *freeze })?;
                let is_over = known.until() <= context.effective;
                (!is_over && known.lifted.is_none()).then_some(FreezeEvent::Lifted { freeze: *freeze })
            }
        };
        Ok(event.map(Event::Freeze).into_iter().collect())
    }
}
