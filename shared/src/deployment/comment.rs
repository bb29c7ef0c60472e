//! Comments: what people say to each other about a deployment, edited and deleted on the record.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::Deployment;
use super::event::DeploymentEvent;
use crate::capability::Capability;
use crate::context::Context;
use crate::decide::too_many;
use crate::ids::{CommentId, DeploymentId, MemberId};
use crate::origin::Origin;
use crate::rejection::{Rejection, TextField};
use crate::text::paragraphs;
use crate::workspace::Workspace;

/// The most comments one deployment may have, deleted ones too.
pub const COMMENTS_PER_DEPLOYMENT: usize = 1_000;
/// The most people one comment may mention.
pub const MENTIONS_PER_COMMENT: usize = 50;

/// What somebody said about a deployment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comment {
    /// Its id.
    pub id: CommentId,
    /// What was said, Markdown. Of a deleted one it is kept, so that it can be brought back, and shown nowhere.
    pub text: String,
    /// Who it is for in particular.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub mentions: Vec<MemberId>,
    /// Who said it, when.
    pub written: Origin,
    /// The newest edit, where there was one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub edited: Option<Origin>,
    /// Who deleted it, when; absent while it stands.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub deleted: Option<Origin>,
}

/// What can happen to a comment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CommentChange {
    /// It is said.
    Write(CommentText),
    /// It is said otherwise. For who said it.
    Edit(CommentText),
    /// It is taken off every screen. For who said it, and for admins.
    Delete,
    /// It is shown again. For who deleted it, and for admins.
    Restore,
}

/// What a comment says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommentText {
    /// The text, Markdown, 1 to 10,000 bytes.
    pub text: String,
    /// Who it is for in particular, at most 50. Who is no member is left out.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub mentions: Vec<MemberId>,
}

impl Comment {
    /// Returns where its present state comes from.
    #[must_use]
    pub fn newest(&self) -> Origin {
        self.deleted.or(self.edited).unwrap_or(self.written)
    }
}

impl Deployment {
    /// Returns one comment, deleted or not.
    #[must_use]
    pub fn comment(&self, id: CommentId) -> Option<&Comment> {
        self.comments.iter().map(AsRef::as_ref).find(|comment: &&Comment| comment.id == id)
    }

    /// Changes a comment as it was decided. One that is not there can only be said.
    pub(super) fn change_comment(&mut self, origin: &Origin, id: CommentId, change: &CommentChange) {
        let standing = self.comments.iter_mut().find(|comment| comment.id == id).map(Arc::make_mut);
        match (change, standing) {
            (CommentChange::Write(said), None) => {
                let CommentText { text, mentions } = said.clone();
                let (written, edited, deleted) = (*origin, None, None);
                self.comments.push(Arc::new(Comment { id, text, mentions, written, edited, deleted }));
            }
            (CommentChange::Edit(said), Some(comment)) => {
                comment.text.clone_from(&said.text);
                comment.mentions.clone_from(&said.mentions);
                comment.edited = Some(*origin);
            }
            (CommentChange::Delete, Some(comment)) => comment.deleted = Some(*origin),
            (CommentChange::Restore, Some(comment)) => comment.deleted = None,
            (CommentChange::Write(_), Some(_)) | (_, None) => {}
        }
    }
}

impl Workspace {
    /// Comments outlive the work: they may be made about a deployment that is over, until it is sealed.
    pub(super) fn comment(
        &self,
        context: &Context,
        deployment: DeploymentId,
        id: CommentId,
        change: &CommentChange,
    ) -> Result<Option<DeploymentEvent>, Rejection> {
        let known = self.unsealed(deployment)?;
        let standing = known.comment(id);
        if let (None, CommentChange::Write(said)) = (standing, change) {
            too_many(known.comments.len() + 1, COMMENTS_PER_DEPLOYMENT)?;
            let change = CommentChange::Write(self.said(said)?);
            return Ok(Some(DeploymentEvent::Commented { deployment, comment: id, change }));
        }
        let standing = standing.ok_or(Rejection::UnknownComment { comment: id })?;
        let change = match change {
            CommentChange::Write(_) => return Err(Rejection::IdTaken),
            CommentChange::Edit(said) => self.said_otherwise(context, standing, said)?,
            CommentChange::Delete => {
                self.own_or_admins(context, standing.written.actor)?;
                standing.deleted.is_none().then_some(CommentChange::Delete)
            }
            CommentChange::Restore => match standing.deleted {
                Some(deleted) => {
                    self.own_or_admins(context, deleted.actor)?;
                    Some(CommentChange::Restore)
                }
                None => None,
            },
        };
        Ok(change.map(|change| DeploymentEvent::Commented { deployment, comment: id, change }))
    }

    /// One person may have edited the same comment in two places: the second edit goes back to them.
    fn said_otherwise(
        &self,
        context: &Context,
        standing: &Comment,
        said: &CommentText,
    ) -> Result<Option<CommentChange>, Rejection> {
        if standing.written.actor != context.actor {
            return Err(Rejection::NotYours);
        }
        let said = self.said(said)?;
        if standing.deleted.is_none() && standing.text == said.text && standing.mentions == said.mentions {
            return Ok(None);
        }
        if standing.deleted.is_some() || !context.seen.covers(&standing.newest()) {
            return Err(Rejection::ChangedMeanwhile);
        }
        Ok(Some(CommentChange::Edit(said)))
    }

    fn said(&self, said: &CommentText) -> Result<CommentText, Rejection> {
        too_many(said.mentions.len(), MENTIONS_PER_COMMENT)?;
        let text = paragraphs(TextField::Comment, &said.text)?;
        let mut mentions: Vec<MemberId> = Vec::new();
        for member in &said.mentions {
            if self.members.contains_key(member) && !mentions.contains(member) {
                mentions.push(*member);
            }
        }
        Ok(CommentText { text, mentions })
    }

    fn own_or_admins(&self, context: &Context, author: MemberId) -> Result<(), Rejection> {
        if author == context.actor || Capability::Administer.refusal(self, context.actor).is_none() {
            return Ok(());
        }
        Err(Rejection::NotYours)
    }
}
