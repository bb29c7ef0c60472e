//! Edits of the document as a person makes them: each with its word, and the way back.

use leptos::prelude::*;
use slipway_shared::command::Command;
use slipway_shared::deployment::Deployment;
use slipway_shared::deployment::command::DeploymentCommand;
use slipway_shared::deployment::outline::OutlineEdit;
use slipway_shared::deployment::rewrite::{Step, reset};
use slipway_shared::document::DocumentSection;
use slipway_shared::ids::{CheckId, SectionId};

use super::outline_moves::{Step as Toward, dropped, place_of, place_of_section, shifted, shifted_section};
use super::{Subject, use_subject};
use crate::acts::{Acts, use_acts};
use crate::replica::{ReplicaHandle, use_replica};

/// Edits the document of the deployment that is shown.
#[derive(Clone, Copy)]
pub struct OutlineActs {
    subject: Subject,
    acts: Acts,
    replica: ReplicaHandle,
}

/// Returns what edits the document of the deployment that is shown.
pub fn use_outline_acts() -> OutlineActs {
    OutlineActs { subject: use_subject(), acts: use_acts(), replica: use_replica() }
}

impl OutlineActs {
    /// Makes an edit with the one that takes it back; tells whether it could be made.
    pub fn edit(self, edit: OutlineEdit, words: String, back: OutlineEdit) -> bool {
        let deployment = self.subject.id;
        let command = |edit| Command::Deployment(DeploymentCommand::EditOutline { deployment, edit });
        self.acts.act_undoable(command(edit), words, command(back))
    }

    /// Reads the deployment as it is shown now.
    fn read<T>(self, read: impl FnOnce(&Deployment) -> Option<T>) -> Option<T> {
        self.subject.deployment.with_untracked(|known| known.as_deref().and_then(read))
    }

    /// Takes a check a step further; tells whether there was somewhere to go.
    pub fn shift(self, check: CheckId, step: Toward) -> bool {
        let moved = self.read(|known| Some((shifted(known, check, step)?, place_of(known, check)?)));
        moved.is_some_and(|(edit, back)| self.edit(edit, t!(check_moved), back))
    }

    /// Puts a check before or after another one.
    pub fn drop_at(self, check: CheckId, target: CheckId, is_after: bool) {
        let moved =
            self.read(|known| Some((dropped(known, check, target, is_after)?, place_of(known, check)?)));
        if let Some((edit, back)) = moved {
            self.edit(edit, t!(check_moved), back);
        }
    }

    /// Puts a check at the end of another section.
    pub fn send_to(self, check: CheckId, section: SectionId) {
        let moved = self.read(|known| {
            let to = known.sections.iter().find(|known| known.id == section)?;
            let after = to.checks.iter().rfind(|known| known.parent.is_none()).map(|last| last.id);
            let edit = OutlineEdit::MoveCheck { check, section, parent: None, after };
            Some((edit, place_of(known, check)?, to.heading.clone()))
        });
        if let Some((edit, back, heading)) = moved {
            self.edit(edit, t!(check_moved_to, &heading), back);
        }
    }

    /// Takes a check out, with what is below it.
    pub fn remove(self, check: CheckId) {
        let text = self.read(|known| known.check(check).map(|check| check.text.clone())).unwrap_or_default();
        let (edit, back) = (OutlineEdit::RemoveCheck { check }, OutlineEdit::RestoreCheck { check });
        self.edit(edit, t!(check_removed, &text), back);
    }

    /// Takes a section up or down.
    pub fn shift_section(self, section: SectionId, step: Toward) {
        let moved = self
            .read(|known| Some((shifted_section(known, section, step)?, place_of_section(known, section)?)));
        if let Some((edit, back)) = moved {
            self.edit(edit, t!(section_moved), back);
        }
    }

    /// Puts the checks of a section back to those of a template.
    pub fn reset(self, section: SectionId, template: &DocumentSection) {
        let (id, replica) = (self.subject.id, self.replica);
        let planned = self.read(|known| {
            let heading = known.any_section(section)?.heading.clone();
            Some((reset(id, known, section, template, || replica.mint()), heading))
        });
        if let Some(((steps, _), heading)) = planned {
            self.all(steps, t!(section_was_reset, &heading));
        }
    }

    /// Does what belongs together, which is taken back at once; tells whether all of it could be done.
    pub fn all(self, steps: Vec<Step>, words: String) -> bool {
        let both = |(forth, back)| (Command::Deployment(forth), Command::Deployment(back));
        let tried = self.acts.try_all(steps.into_iter().map(both).collect(), words);
        if let Err(rejection) = &tried {
            self.acts.refuse(rejection);
        }
        tried.is_ok()
    }

    /// Takes a section out, with its checks.
    pub fn remove_section(self, section: SectionId, heading: &str) {
        let (edit, back) = (OutlineEdit::RemoveSection { section }, OutlineEdit::RestoreSection { section });
        self.edit(edit, t!(section_removed, &heading), back);
    }
}
