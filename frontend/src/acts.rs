//! What a person does: a command for the replica, a word about it, and the way back.

use leptos::prelude::*;
use slipway_shared::command::Command;
use slipway_shared::log::Cursor;
use slipway_shared::origin::Origin;
use slipway_shared::rejection::Rejection;

use crate::browser::crash;
use crate::components::live::memo;
use crate::language::count;
use crate::rejection_words::rejection_words;
use crate::replica::{ReplicaHandle, Submitted, use_replica};
use crate::toasts::{ToastId, Toasts, use_toasts};

/// Something to do, and what takes it back.
pub type Step = (Command, Command);

/// Something that was done, and the commands that take it back, in the order they are given in.
#[derive(Clone)]
struct Undo {
    /// What was done, in words.
    words: String,
    inverse: Vec<Command>,
    /// The place of the log that was shown then: what came since is not overwritten silently.
    seen: Option<Cursor>,
    /// The notice that offers to take it back, if there is one.
    notice: Option<ToastId>,
}

/// Does what a person asks for.
#[derive(Clone, Copy)]
pub struct Acts {
    replica: ReplicaHandle,
    toasts: Toasts,
    done: StoredValue<Vec<Undo>>,
    asked: RwSignal<Option<Undo>>,
    /// What a notice does that offers to take something back. It lives as long as the app: the form or the dialog in
    /// which something was done is gone by then.
    offered: StoredValue<Option<Callback<ToastId>>>,
}

/// How many acts can be taken back.
const REMEMBERED: usize = 50;

/// Makes the acts. To be called once, after the replica and the place for notices.
pub fn provide_acts() {
    let acts = Acts {
        replica: use_replica(),
        toasts: use_toasts(),
        done: StoredValue::default(),
        asked: RwSignal::new(None),
        offered: StoredValue::default(),
    };
    acts.offered.set_value(Some(Callback::new(move |notice| acts.undo_offered(notice))));
    provide_context(acts);
}

/// Returns the acts.
#[must_use]
pub fn use_acts() -> Acts {
    expect_context()
}

impl Acts {
    /// Does something, and tells whether it could be done; if not, it has said why.
    pub fn act(self, command: Command) -> bool {
        match self.submit(command) {
            Ok(_) => true,
            Err(rejection) => {
                self.refuse(&rejection);
                false
            }
        }
    }

    /// As [`Self::act`], for who says themselves why it could not be done.
    ///
    /// # Errors
    ///
    /// The rule that forbids it; nothing was said yet.
    pub fn try_plain(self, command: Command) -> Result<(), Rejection> {
        self.submit(command).map(drop)
    }

    /// Does something that shows by itself and can be taken back with `u`.
    pub fn act_quietly(self, command: Command, words: String, inverse: Command) -> bool {
        match self.submit(command) {
            Ok(Submitted::Queued(_)) => {
                self.remember(words, vec![inverse], None);
            }
            Ok(Submitted::NoEffect) => {}
            Err(rejection) => {
                self.refuse(&rejection);
                return false;
            }
        }
        true
    }

    /// Does something, says so, and offers to take it back.
    ///
    /// # Errors
    ///
    /// The rule that forbids it; nothing was said yet.
    pub fn try_act(self, command: Command, words: String, inverse: Command) -> Result<(), Rejection> {
        if self.submit(command)? != Submitted::NoEffect {
            self.offer_back(words, vec![inverse]);
        }
        Ok(())
    }

    /// Does what belongs together, says so, and offers to take all of it back, by what may be other commands, in the order
    /// they are given in. It ends at the first thing that can't be done, of which it has said why.
    pub fn act_together(self, commands: Vec<Command>, words: String, inverse: Vec<Command>) -> bool {
        let (done, tried) = self.submit_while_it_goes(commands.into_iter().map(|command| (command, ())));
        if let Err(rejection) = &tried {
            self.refuse(rejection);
        }
        if !done.is_empty() {
            self.offer_back(words, inverse);
        }
        tried.is_ok()
    }

    /// Does one thing after another up to the first that can't be done; returns what was given with each that happened.
    fn submit_while_it_goes<T>(
        self,
        steps: impl IntoIterator<Item = (Command, T)>,
    ) -> (Vec<T>, Result<(), Rejection>) {
        let mut done = Vec::new();
        for (command, given) in steps {
            match self.submit(command) {
                Ok(Submitted::Queued(_)) => done.push(given),
                Ok(Submitted::NoEffect) => {}
                Err(rejection) => return (done, Err(rejection)),
            }
        }
        (done, Ok(()))
    }

    fn offer_back(self, words: String, inverse: Vec<Command>) {
        let notice = self.offer(words.clone());
        self.remember(words, inverse, notice);
    }

    /// As [`Self::act_undoable`], for an edit that was begun when the log was at `seen`: a change that came meanwhile
    /// is kept beside it.
    pub fn edit_undoable(
        self,
        command: Command,
        seen: Option<Cursor>,
        words: String,
        inverse: Command,
    ) -> bool {
        match self.replica.submit_having_seen(command, seen) {
            Ok(Submitted::Queued(_)) => {
                self.offer_back(words, vec![inverse]);
                true
            }
            Ok(Submitted::NoEffect) => true,
            Err(rejection) => {
                self.refuse(&rejection);
                false
            }
        }
    }

    /// As [`Self::try_act`]; if it can't be done, it has said why.
    pub fn act_undoable(self, command: Command, words: String, inverse: Command) -> bool {
        let tried = self.try_act(command, words, inverse);
        if let Err(rejection) = &tried {
            self.refuse(rejection);
        }
        tried.is_ok()
    }

    /// Does several things, each with what takes it back; says how many happened, and offers to take all of them back
    /// at once. What can't be done is left out, and it has said why. Returns how many happened.
    pub fn act_all(self, steps: Vec<Step>, words: impl Fn(usize) -> String) -> usize {
        let (mut inverse, mut refused) = (Vec::new(), Vec::new());
        for (command, back) in steps {
            match self.submit(command) {
                Ok(Submitted::Queued(_)) => inverse.push(back),
                Ok(Submitted::NoEffect) => {}
                Err(rejection) => refused.push(rejection),
            }
        }
        let done = inverse.len();
        if done > 0 {
            inverse.reverse();
            self.offer_back(words(done), inverse);
        }
        if let Some(first) = refused.first() {
            let why = self.replica.view().with_untracked(|view| rejection_words(first, view));
            let left_out = t!(not_all_done, count(refused.len()), &why);
            self.toasts.refuse(if done == 0 && refused.len() == 1 { why } else { left_out });
        }
        done
    }

    /// As [`Self::act_all`], for what belongs together: it ends at the first thing that can't be done. What was done by
    /// then stays, and can be taken back.
    ///
    /// # Errors
    ///
    /// The rule that forbids the next thing; nothing was said about that yet.
    pub fn try_all(self, steps: Vec<Step>, words: String) -> Result<(), Rejection> {
        let (mut inverse, tried) = self.submit_while_it_goes(steps);
        if !inverse.is_empty() {
            inverse.reverse();
            self.offer_back(words, inverse);
        }
        tried
    }

    /// Takes back what was done last.
    pub fn undo(self) {
        match self.done.try_update_value(Vec::pop).flatten() {
            Some(undo) => self.take_back(undo),
            None => self.toasts.say(t!(undo_nothing)),
        }
    }

    /// Says what was done, and offers to take it back.
    fn offer(self, words: String) -> Option<ToastId> {
        self.offered.get_value().map(|undo| self.toasts.offer(words, t!(undo), undo))
    }

    /// Tells whether `u` would take back what a notice offers to take back: only then may the notice promise the key.
    #[must_use]
    pub fn would_undo(self, notice: ToastId) -> bool {
        self.done.with_value(|done| done.last().is_some_and(|undo| undo.notice == Some(notice)))
    }

    /// Takes back what a notice offers to, though something else may have been done since.
    fn undo_offered(self, notice: ToastId) {
        let undo = self.done.try_update_value(|done| {
            let place = done.iter().position(|undo| undo.notice == Some(notice))?;
            Some(done.remove(place))
        });
        if let Some(undo) = undo.flatten() {
            self.take_back(undo);
        }
    }

    fn take_back(self, undo: Undo) {
        if let Some(notice) = undo.notice {
            self.toasts.dismiss(notice);
        }
        if self.changed_since(&undo).is_some() {
            self.asked.set(Some(undo));
        } else {
            let seen = undo.seen;
            self.submit_back(undo, |replica, inverse| replica.submit_having_seen(inverse, seen));
        }
    }

    /// Returns the newest change by others of what an undo is about.
    fn changed_since(self, undo: &Undo) -> Option<Origin> {
        undo.inverse.iter().find_map(|inverse| self.replica.changed_since(inverse, undo.seen))
    }

    /// Takes back as much as can be taken back, and says so; or why something could not.
    fn submit_back(
        self,
        undo: Undo,
        submit: impl Fn(ReplicaHandle, Command) -> Result<Submitted, Rejection>,
    ) {
        let taken: Vec<_> = undo.inverse.into_iter().map(|inverse| submit(self.replica, inverse)).collect();
        match taken.into_iter().find_map(Result::err) {
            None => self.toasts.say(t!(undo_done, &undo.words)),
            Some(rejection) => self.refuse(&rejection),
        }
    }

    /// Returns the question that an undo waits for, in words: somebody changed the same thing since.
    #[must_use]
    pub fn question(self) -> Memo<Option<String>> {
        let (replica, asked) = (self.replica, self.asked);
        memo(move || {
            let undo = asked.get()?;
            let origin = self.changed_since(&undo);
            let who = origin.and_then(|origin| {
                replica.people().with(|people| people.get(&origin.actor).map(|profile| profile.name.clone()))
            });
            Some(t!(undo_changed, &who.unwrap_or_else(|| t!(someone)), &undo.words))
        })
    }

    /// Answers it. Who takes back what others changed has seen what they did.
    pub fn answer(self, takes_back: bool) {
        let Some(undo) = self.asked.try_update(Option::take).flatten() else { return };
        if takes_back {
            self.submit_back(undo, ReplicaHandle::submit);
        }
    }

    /// Says why something could not be done.
    pub fn refuse(self, rejection: &Rejection) {
        let words = self.replica.view().with_untracked(|view| rejection_words(rejection, view));
        self.toasts.refuse(words);
    }

    fn submit(self, command: Command) -> Result<Submitted, Rejection> {
        crash::note(command.kind());
        self.replica.submit(command)
    }

    fn remember(self, words: String, inverse: Vec<Command>, notice: Option<ToastId>) {
        let undo = Undo { words, inverse, seen: self.replica.reached(), notice };
        self.done.update_value(|done| {
            done.push(undo);
            let extra = done.len().saturating_sub(REMEMBERED);
            done.drain(..extra);
        });
    }
}
