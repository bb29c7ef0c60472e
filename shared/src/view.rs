//! A view: what somebody looks for on the board, kept under a name for the whole workspace.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::decide::{same_name, too_many};
use crate::event::Event;
use crate::ids::ViewId;
use crate::rejection::{Rejection, TextField};
use crate::text::{line, possibly_empty_line};
use crate::workspace::Workspace;

/// The most views a workspace may have.
pub const VIEWS: usize = 200;

/// A view that was saved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct View {
    /// Its name, unique in the workspace whatever the case of its letters.
    pub name: String,
    /// What it shows, as the address of the board has it: the part after the question mark.
    pub query: String,
}

/// What can be asked of views.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum ViewCommand {
    /// Saves a view: a new one, or another name or query for one that is there.
    Save {
        /// Its id, a new one for a new view.
        view: ViewId,
        /// Its name, 1 to 100 characters.
        name: String,
        /// What it shows, up to 2,000 characters; nothing for everything.
        query: String,
    },
    /// Takes a view away.
    Remove {
        /// Which.
        view: ViewId,
    },
}

/// What happened to views.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ViewEvent {
    /// A view was saved.
    Saved {
        /// Its id.
        view: ViewId,
        /// Its name.
        name: String,
        /// What it shows.
        query: String,
    },
    /// A view was taken away.
    Removed {
        /// Which.
        view: ViewId,
    },
}

impl Workspace {
    pub(crate) fn apply_view(&mut self, event: &ViewEvent) {
        match event {
            ViewEvent::Saved { view, name, query } => {
                let saved = View { name: name.clone(), query: query.clone() };
                self.views.insert(*view, Arc::new(saved));
            }
            ViewEvent::Removed { view } => drop(self.views.remove(view)),
        }
    }

    pub(crate) fn decide_view(&self, command: &ViewCommand) -> Result<Vec<Event>, Rejection> {
        let event = match command {
            ViewCommand::Save { view, name, query } => {
                let name = line(TextField::Name, name)?;
                let query = possibly_empty_line(TextField::Query, query)?;
                if self.views.iter().any(|(id, known)| id != view && same_name(&known.name, &name)) {
                    return Err(Rejection::NameTaken { name });
                }
                let known = self.views.get(view);
                too_many(self.views.len() + usize::from(known.is_none()), VIEWS)?;
                let is_there = known.is_some_and(|known| known.name == name && known.query == query);
                (!is_there).then_some(ViewEvent::Saved { view: *view, name, query })
            }
            // Two people may have meant the same: what is gone stays gone.
            ViewCommand::Remove { view } => {
                self.views.contains_key(view).then_some(ViewEvent::Removed { view: *view })
            }
        };
        Ok(event.map(Event::View).into_iter().collect())
    }
}
