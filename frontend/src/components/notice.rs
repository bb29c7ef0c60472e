//! A notice in the page: what happened, what was kept, what you can do.

use leptos::prelude::*;

use super::icon::Icon;

/// How a notice looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoticeKind {
    /// Good to know.
    Plain,
    /// Somebody must act.
    Warning,
    /// Something was refused.
    Refused,
    /// The server is away.
    Offline,
}

impl NoticeKind {
    const fn class(self) -> &'static str {
        match self {
            Self::Plain => "notice",
            Self::Warning => "notice is-warn",
            Self::Refused => "notice is-bad",
            Self::Offline => "notice is-offline",
        }
    }

    const fn icon(self) -> &'static str {
        match self {
            Self::Plain => "info",
            Self::Warning => "triangle-alert",
            Self::Refused => "circle-x",
            Self::Offline => "cloud-off",
        }
    }
}

/// A notice in the page.
#[component]
pub fn Notice(
    kind: NoticeKind,
    /// What happened.
    #[prop(into)]
    title: String,
    /// What was kept, and what it means.
    #[prop(into)]
    text: String,
    /// What can be done.
    #[prop(into)]
    actions: ViewFn,
) -> impl IntoView {
    view! {
        <div class=kind.class()>
            <Icon name=kind.icon() />
            <div>
                <b>{title}</b>
                <p>{text}</p>
            </div>
            <div class="notice-actions">{actions.run()}</div>
        </div>
    }
    .into_any()
}
