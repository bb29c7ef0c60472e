//! A word with a colour and a shape: a state, a label.

use leptos::prelude::*;

use super::icon::Icon;

/// What a pill says about the thing it is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PillKind {
    /// Nothing but its word.
    Plain,
    /// It is well.
    Ok,
    /// It failed.
    Bad,
    /// It was taken back.
    Back,
    /// Somebody must act.
    Due,
    /// It is under way.
    Going,
    /// It is only here.
    Unsent,
    /// It was asked for, and the server has not answered.
    Asked,
}

impl PillKind {
    const fn class(self) -> &'static str {
        match self {
            Self::Plain => "pill",
            Self::Ok => "pill is-ok",
            Self::Bad => "pill is-bad",
            Self::Back => "pill is-back",
            Self::Due => "pill is-warn",
            Self::Going => "pill is-going",
            Self::Unsent | Self::Asked => "pill is-asked",
        }
    }

    const fn icon(self) -> Option<&'static str> {
        match self {
            Self::Plain => None,
            Self::Ok => Some("check"),
            Self::Bad => Some("x"),
            Self::Back => Some("undo-2"),
            Self::Due => Some("clock"),
            Self::Going => Some("play"),
            Self::Unsent => Some("cloud-off"),
            Self::Asked => Some("hourglass"),
        }
    }
}

/// A word with a colour and a shape.
#[component]
pub fn Pill(kind: PillKind, #[prop(into)] text: String) -> impl IntoView {
    view! {
        <span class=kind.class()>
            {kind.icon().map(|icon| view! { <Icon name=icon /> })}
            <span>{text}</span>
        </span>
    }
    .into_any()
}
