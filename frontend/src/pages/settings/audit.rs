//! The audit, for admins: who did what, when and from which device; narrowed down, fifty at a time, or as a file.

mod filter;
mod redact;
mod words;

use leptos::prelude::*;
use slipway_shared::audit::{AccountPlace, AuditEntry, AuditPage as Answer};
use slipway_shared::capability::Capability;
use slipway_shared::log::Cursor;
use slipway_shared::sync::client::Failure;

use crate::account_words::failure_words;
use crate::accounts::{Request, read, use_accounts};
use crate::browser::kept;
use crate::components::avatar::Avatar;
use crate::components::live::{When, derive, live};
use crate::components::notice::{Notice, NoticeKind};
use crate::components::rows::{Row, button, hint, rows};
use crate::components::skeleton::TextSkeleton;
use crate::language::count;
use crate::may::{MayNot, use_may_not};
use crate::replica::use_replica;
use filter::{Asked, filters};
use redact::redact;
use words::{about, title};

/// What was answered so far.
#[derive(Clone, Copy)]
struct Shown {
    entries: RwSignal<Vec<AuditEntry>>,
    /// Where to go on, if there is more.
    next: RwSignal<Option<String>>,
    /// Where the logs end.
    heads: RwSignal<Option<(Cursor, AccountPlace)>>,
    is_busy: RwSignal<bool>,
    failure: RwSignal<Option<Failure>>,
    /// Whether this browser knows another history of accounts than the server tells.
    is_forked: RwSignal<bool>,
}

/// The audit, for admins.
#[component]
pub fn AuditPage() -> impl IntoView {
    let may_not = use_may_not(Capability::Administer);
    let is_open = derive(move || may_not.with(Option::is_none));
    view! {
        <div class="settings audit">
            <h1>{t!(audit)}</h1>
            <MayNot capability=Capability::Administer />
            <When holds=is_open>{audit()}</When>
        </div>
    }
}

fn audit() -> AnyView {
    let Some(workspace) = use_replica().workspace() else { return ().into_any() };
    let url = format!("/api/v1/workspaces/{workspace}/audit");
    let redactions = format!("/api/v1/workspaces/{workspace}/redactions");
    let shown = Shown {
        entries: RwSignal::new(Vec::new()),
        next: RwSignal::new(None),
        heads: RwSignal::new(None),
        is_busy: RwSignal::new(false),
        failure: RwSignal::new(None),
        is_forked: RwSignal::new(false),
    };
    let asked = RwSignal::new(Asked::default());
    let ask = shown.asks(url.clone(), asked);
    Effect::new(move |_| {
        asked.track();
        ask.run(None);
    });
    let anew = Callback::new(move |()| ask.run(None));
    let older = Callback::new(move |()| {
        if !shown.is_busy.get_untracked() {
            ask.run(shown.next.get_untracked());
        }
    });
    let list = live(move || shown.entries.with(|entries| rows(entries.iter().cloned().map(row).collect())));
    let is_empty = derive(move || shown.heads.with(Option::is_some) && shown.entries.with(Vec::is_empty));
    let has_more = derive(move || shown.next.with(Option::is_some));
    view! {
        <section>
            {hint(t!(audit_what))} {filters(asked)} {state(shown)}
            <div class="row">{files(&url, asked)} {redact(redactions, anew)}</div>
        </section>
        <section aria-label=t!(audit) aria-busy=derive(move || shown.is_busy.get().to_string())>
            {list} <When holds=is_empty>{hint(t!(audit_none))}</When>
            {live(move || shown.failure.get().map(no_answer))}
            <When holds=shown.is_busy>{view! { <TextSkeleton /> }.into_any()}</When>
            <When holds=has_more>
                <div class="row">{button("button", t!(audit_older), older)}</div>
            </When>
        </section>
    }
    .into_any()
}

fn no_answer(failure: Failure) -> AnyView {
    let kind = if failure == Failure::Unreachable { NoticeKind::Offline } else { NoticeKind::Plain };
    view! { <Notice kind title=t!(account_no_answer) text=failure_words(&failure) actions=|| () /> }
        .into_any()
}

impl Shown {
    /// Returns what asks for a page: the first one, in place of what is shown, or one more.
    fn asks(self, url: String, asked: RwSignal<Asked>) -> Callback<Option<String>> {
        let accounts = use_accounts();
        Callback::new(move |before: Option<String>| {
            let seen = seen();
            let witness = seen.map(|place| format!("&witness={}", place.seq)).unwrap_or_default();
            let from = before.as_ref().map(|next| format!("&before={next}")).unwrap_or_default();
            let query = asked.with_untracked(Asked::query);
            let request = Request { method: "GET", url: format!("{url}?{query}{witness}{from}"), body: None };
            self.is_busy.set(true);
            leptos::task::spawn_local(async move {
                let answer = accounts.call(&request).await.and_then(|text| read::<Answer>(&text));
                // Another question was asked meanwhile, or nobody looks any more.
                if asked.try_with_untracked(Asked::query) == Some(query) {
                    self.take(answer, before.is_some(), seen);
                }
            });
        })
    }

    fn take(self, answer: Result<Answer, Failure>, is_more: bool, seen: Option<AccountPlace>) {
        self.is_busy.set(false);
        let Answer { entries, next, log, accounts, witness } = match answer {
            Ok(answer) => answer,
            Err(failure) => {
                // What answers another question is not shown under this one.
                if !is_more {
                    self.entries.set(Vec::new());
                    self.next.set(None);
                }
                return self.failure.set(Some(failure));
            }
        };
        self.failure.set(None);
        let is_same = seen.is_none_or(|seen| seen.seq == 0 || witness == Some(seen.chain));
        self.is_forked.set(!is_same);
        if is_same {
            kept::keep(&kept::own(kept::AUDIT), &accounts);
        }
        self.heads.set(Some((log, accounts)));
        self.next.set(next);
        self.entries.update(|known| {
            if !is_more {
                known.clear();
            }
            known.extend(entries);
        });
    }
}

/// Returns how far this browser has seen the log of accounts.
fn seen() -> Option<AccountPlace> {
    kept::read(&kept::own(kept::AUDIT))
}

fn row(entry: AuditEntry) -> Row {
    let replica = use_replica();
    let view = replica.view();
    let lead = entry.member.map(|member| view! { <Avatar member /> }.into_any());
    let (people, told) = (replica.people(), entry.clone());
    Row {
        lead: lead.unwrap_or_else(|| ().into_any()),
        title: derive(move || view.with(|view| people.with(|people| title(&entry, view, people)))),
        text: derive(move || people.with(|people| about(&told, people))),
        ..Row::new(String::new(), String::new(), Vec::new())
    }
}

/// Says how far the log is verified here, and whether this browser has seen another one.
fn state(shown: Shown) -> AnyView {
    let replica = use_replica();
    let status = replica.status();
    let forked = move || {
        let has_lost = replica.lost().with(|lost| !lost.is_empty());
        let was_restored = status.with(|status| status.restored.is_some_and(|told| !told.is_redaction));
        shown.is_forked.get() || has_lost || was_restored
    };
    let accept = Callback::new(move |()| {
        if let Some((_, accounts)) = shown.heads.get_untracked() {
            kept::keep(&kept::own(kept::AUDIT), &accounts);
        }
        shown.is_forked.set(false);
    });
    let warning = move || {
        let actions =
            move || shown.is_forked.get().then(|| button("button is-quiet", t!(button_dismiss), accept));
        view! { <Notice kind=NoticeKind::Warning title=t!(audit_forked) text=t!(audit_forked_what) actions /> }
            .into_any()
    };
    let verified = live(move || {
        let (_, accounts) = shown.heads.get()?;
        // What is shown here was verified link by link when it came.
        status.track();
        let log = replica.reached()?;
        let short =
            |hash: slipway_shared::canonical::Hash| hash.to_string().chars().take(12).collect::<String>();
        let (seq, events) = (number(log.seq), number(accounts.seq));
        Some(hint(t!(audit_verified, seq, &short(log.chain), events, &short(accounts.chain))))
    });
    view! {
        <When holds=derive(forked)>{warning()}</When>
        <div data-testid="audit-state">{verified}</div>
    }
    .into_any()
}

fn number(seq: u64) -> i64 {
    count(usize::try_from(seq).unwrap_or(usize::MAX))
}

/// Links to all of what is asked for, as files.
fn files(url: &str, asked: RwSignal<Asked>) -> AnyView {
    let file = |format: &'static str, word: String| {
        let url = url.to_owned();
        let href = derive(move || format!("{url}?format={format}&{}", asked.with(Asked::query)));
        view! {
            <a class="button" href=href download=format!("audit.{format}")>
                {word}
            </a>
        }
        .into_any()
    };
    vec![file("csv", t!(audit_csv)), file("ndjson", t!(audit_ndjson))].into_any()
}
