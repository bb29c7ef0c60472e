//! How long texts and lists may be. Lengths are in bytes of UTF-8.

use slipway_shared::check::CheckState;
use slipway_shared::command::Command;
use slipway_shared::deployment::{Change, DeploymentField};
use slipway_shared::document::SectionKind;
use slipway_shared::ids::{CheckId, LabelId, SectionId, ServiceId};
use slipway_shared::rejection::{Rejection, TextField};
use slipway_shared::rollout::Phase;
use slipway_shared::service::ServiceCommand;

use super::given::{Deed, after, check, refused};
use super::test;
use super::when::{
    CARD, CHECK, Fact, Open, ROLLOUT, SECTION, STAGING, add_check, as_opened, attach, attest_by, commit,
    decline, edit, fact, new_check, new_section, open, opened, opened_and, set_up,
};

/// A deed with a text in a field, after a deployment was opened.
fn with_text(field: TextField, text: &str) -> Deed {
    let text = text.to_owned();
    let another = |bend: &dyn Fn(&mut Open)| {
        let mut another = Open { deployment: slipway_shared::ids::DeploymentId::from_u128(0xcd), ..open() };
        bend(&mut another);
        another.into()
    };
    let in_check = |bend: &dyn Fn(&mut slipway_shared::deployment::command::NewCheck)| {
        another(&|open| {
            open.sections.iter_mut().flat_map(|section| &mut section.checks).take(1).for_each(bend);
        })
    };
    let in_change = |bend: &dyn Fn(&mut Change)| {
        let mut change = commit("c0ffee");
        bend(&mut change);
        attach([change])
    };
    match field {
        TextField::Name => super::when::add_label(LabelId::from_u128(9), &text),
        TextField::Repository => Command::Service(ServiceCommand::Add {
            service: ServiceId::from_u128(9),
            name: "billing".to_owned(),
            hue: 0,
            repository: Some(text),
        })
        .into(),
        TextField::Version => edit(DeploymentField::Version, &text),
        TextField::Title => edit(DeploymentField::Title, &text),
        TextField::Heading => another(&|open| open.sections[0].heading.clone_from(&text)),
        TextField::SectionText => edit(DeploymentField::SectionText(SECTION), &text),
        TextField::Check => in_check(&|check| check.text.clone_from(&text)),
        TextField::Verify => in_check(&|check| check.verify = Some(text.clone())),
        TextField::Evidence => attest_by(CHECK, CheckState::Done, &text),
        TextField::Summary => in_change(&|change| change.summary.clone_from(&text)),
        TextField::Commit => in_change(&|change| change.commit = Some(text.clone())),
        TextField::Author => in_change(&|change| change.author = Some(text.clone())),
        TextField::Link => in_change(&|change| change.link = Some(text.clone())),
        TextField::Note => Fact { note: Some(text), ..fact(ROLLOUT, STAGING, Phase::Failed) }.into(),
        TextField::Reason => decline(as_opened(), &text),
        TextField::Incident => super::when::start_for_incident(ROLLOUT, &text),
        TextField::Query => super::when::save_view(9, "Mine", &text),
        TextField::Comment => super::when::comment(&text),
    }
}

const FIELDS: [(TextField, usize); 18] = [
    (TextField::Name, 100),
    (TextField::Repository, 2_000),
    (TextField::Version, 100),
    (TextField::Title, 200),
    (TextField::Heading, 200),
    (TextField::SectionText, 65_536),
    (TextField::Check, 500),
    (TextField::Verify, 500),
    (TextField::Evidence, 2_000),
    (TextField::Summary, 500),
    (TextField::Commit, 100),
    (TextField::Author, 200),
    (TextField::Link, 2_000),
    (TextField::Note, 2_000),
    (TextField::Reason, 2_000),
    (TextField::Incident, 500),
    (TextField::Query, 2_000),
    (TextField::Comment, 10_000),
];

/// Iterates over the texts that have to fit in one line.
fn lines() -> impl Iterator<Item = (TextField, usize)> {
    let has_lines = |field| matches!(field, TextField::SectionText | TextField::Comment);
    FIELDS.into_iter().filter(move |(field, _)| !has_lines(*field))
}

#[test]
fn what_is_read_at_a_glance_hides_nothing() {
    let read_at_a_glance = [
        TextField::Name,
        TextField::Version,
        TextField::Title,
        TextField::Heading,
        TextField::Check,
        TextField::Verify,
        TextField::Reason,
        TextField::Incident,
    ];
    for (field, _) in FIELDS {
        for hidden in ["\0", "\u{1b}[31m", "\u{202e}", "\u{2066}"] {
            let deed = with_text(field, &format!("safe{hidden}text"));
            if read_at_a_glance.contains(&field) {
                check(opened(), deed, refused(Rejection::TextHasControls { field }));
            } else if field != TextField::Comment {
                after(opened_and([deed]));
            }
        }
        after(opened_and([with_text(field, "tab\tand \u{5d0}\u{5d1}\u{200f}")]));
    }
}

#[test]
fn a_text_may_be_as_long_as_its_limit() {
    for (field, limit) in FIELDS {
        after(opened_and([with_text(field, &"x".repeat(limit))]));
    }
}

#[test]
fn a_text_may_not_be_a_byte_longer() {
    for (field, limit) in FIELDS {
        let long = with_text(field, &"x".repeat(limit + 1));
        let (length, limit) = (limit as u64 + 1, limit as u64);
        check(opened(), long, refused(Rejection::TextTooLong { field, length, limit }));
    }
}

#[test]
fn white_space_around_a_line_does_not_count() {
    for (field, limit) in lines() {
        after(opened_and([with_text(field, &format!(" {}\n", "x".repeat(limit)))]));
    }
}

#[test]
fn a_line_has_no_line_ends() {
    for (field, _) in lines() {
        check(opened(), with_text(field, "one\ntwo"), refused(Rejection::TextHasLines { field }));
        check(opened(), with_text(field, "one\rtwo"), refused(Rejection::TextHasLines { field }));
    }
}

#[test]
fn names_versions_headings_checks_and_summaries_are_not_empty() {
    use TextField as F;
    for field in [F::Name, F::Version, F::Heading, F::Check, F::Summary] {
        check(opened(), with_text(field, " "), refused(Rejection::TextMissing { field }));
    }
}

#[test]
fn an_empty_text_that_may_be_left_out_is_left_out() {
    let workspace = after(opened_and([with_text(TextField::Author, "  ")]));
    assert_eq!(workspace.deployments[&CARD].changes[0].author, None);
}

#[test]
fn a_section_keeps_its_white_space_and_lines() {
    let text = "  1. drain\n\n  2. switch\n";
    let workspace = after(opened_and([edit(DeploymentField::SectionText(SECTION), text)]));
    assert_eq!(workspace.deployments[&CARD].sections[1].text.value, text);
}

#[test]
fn a_deployment_has_at_most_50_sections() {
    let sections = |count| {
        let section = |id| new_section(SectionId::from_u128(id), SectionKind::Other, Vec::new());
        Open { sections: (0..count).map(section).collect(), ..open() }
    };
    after(set_up().into_iter().chain([sections(50).into()]).collect());
    check(set_up(), sections(51), refused(Rejection::TooMany { count: 51, limit: 50 }));
}

#[test]
fn a_deployment_has_at_most_500_checks() {
    let checks = |count| {
        let checks = (0..count).map(|id| new_check(CheckId::from_u128(id), "Check")).collect();
        Open { sections: vec![new_section(SECTION, SectionKind::Other, checks)], ..open() }
    };
    check(set_up(), checks(501), refused(Rejection::TooMany { count: 501, limit: 500 }));
    let full = set_up().into_iter().chain([checks(500).into()]).collect();
    let one_more = add_check(SECTION, CheckId::from_u128(9_999));
    check(full, one_more, refused(Rejection::TooMany { count: 501, limit: 500 }));
}

#[test]
fn a_command_carries_at_most_500_changes() {
    let commits =
        |count: usize| (0..count).map(|number| commit(&format!("{number:040x}"))).collect::<Vec<_>>();
    let workspace = after(opened_and([attach(commits(500))]));
    assert_eq!(workspace.deployments[&CARD].changes.len(), 500);
    let too_many = refused(Rejection::TooMany { count: 501, limit: 500 });
    check(opened(), attach(commits(501)), too_many.clone());
    check(set_up(), Open { changes: commits(501), ..open() }, too_many);
}
