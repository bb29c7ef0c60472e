//! Templates: kept by whoever works here, replaced by who has read what is there, put away and brought back.

use slipway_shared::document::{builtin_template, parse, render};
use slipway_shared::event::Event;
use slipway_shared::ids::TemplateId;
use slipway_shared::rejection::{Rejection, TextField};
use slipway_shared::template::{
    TEMPLATES_PER_WORKSPACE, Template, TemplateCheck, TemplateEvent, TemplateKind,
};

use super::given::{BO, Deed, Given, Then, after, check, happens, has_no_effect, refused};
use super::test;
use super::when::{TEMPLATE, archive_template, keep_template, save_template, set_up, template};

const OTHER: TemplateId = TemplateId::from_u128(0x7f);

fn and(deeds: impl IntoIterator<Item = Deed>) -> Given {
    set_up().into_iter().chain(deeds).collect()
}

fn saved(template: Template) -> Then {
    happens([Event::Template(TemplateEvent::Saved { id: TEMPLATE, template })])
}

fn of_checks(checks: Vec<TemplateCheck>) -> Template {
    let mut template = template("Hotfix", &[]);
    template.sections[0].checks = checks;
    template
}

#[test]
fn a_template_is_kept_and_changed_by_anybody_who_works_here() {
    check(set_up(), save_template(" Hotfix ").by(BO), saved(template("Hotfix", &["Tests passing"])));
    let other = template("Hotfix", &["Cache is warm"]);
    check(and([save_template("Hotfix")]), keep_template(TEMPLATE, other.clone()).by(BO), saved(other));
    check(and([save_template("Hotfix")]), save_template("Hotfix").by(BO), has_no_effect());
}

#[test]
fn what_somebody_else_wrote_is_not_replaced_unread() {
    let apart = keep_template(TEMPLATE, template("Hotfix", &["Bo's"])).by(BO).without_seeing(1);
    let given = and([save_template("Hotfix"), keep_template(TEMPLATE, template("Hotfix", &["Ana's"]))]);
    check(given, apart, refused(Rejection::ChangedMeanwhile));
}

#[test]
fn names_are_unique_among_those_on_offer() {
    let another = keep_template(OTHER, template("HOTFIX", &[]));
    let taken = Rejection::NameTaken { name: "HOTFIX".to_owned() };
    check(and([save_template("Hotfix")]), another.clone(), refused(taken));
    after(and([save_template("Hotfix"), archive_template(true), another]));
}

#[test]
fn a_template_is_put_away_and_brought_back() {
    let names = |given: Given| {
        let workspace = after(given);
        let on_offer = workspace.templates_of(TemplateKind::Deployment);
        on_offer.iter().map(|(_, kept)| kept.template.name.clone()).collect::<Vec<_>>()
    };
    assert_eq!(names(and([save_template("Hotfix")])), ["Hotfix"]);
    assert_eq!(names(and([save_template("Hotfix"), archive_template(true)])), [""; 0]);
    assert_eq!(
        names(and([save_template("Hotfix"), archive_template(true), archive_template(false)])),
        ["Hotfix"]
    );
    check(and([save_template("Hotfix")]), archive_template(false), has_no_effect());
    check(set_up(), archive_template(true), refused(Rejection::UnknownTemplate { template: TEMPLATE }));
}

#[test]
fn a_template_keeps_to_what_a_deployment_may_have() {
    let many = |number: usize| {
        of_checks(vec![TemplateCheck { text: "x".to_owned(), verify: None, depth: 0 }; number])
    };
    after(and([keep_template(TEMPLATE, many(500))]));
    check(
        set_up(),
        keep_template(TEMPLATE, many(1_000)),
        refused(Rejection::TooMany { count: 1_000, limit: 500 }),
    );
    let section = template("Hotfix", &[]).sections.remove(0);
    let sections = Template { sections: vec![section; 51], ..template("Hotfix", &[]) };
    check(set_up(), keep_template(TEMPLATE, sections), refused(Rejection::TooMany { count: 51, limit: 50 }));
    let blank = template("Hotfix", &[" "]);
    check(
        set_up(),
        keep_template(TEMPLATE, blank),
        refused(Rejection::TextMissing { field: TextField::Check }),
    );
    for depths in [&[1][..], &[0, 2], &[0, 1, 2, 3]] {
        let checks =
            depths.iter().map(|depth| TemplateCheck { text: "x".to_owned(), verify: None, depth: *depth });
        check(set_up(), keep_template(TEMPLATE, of_checks(checks.collect())), refused(Rejection::BadNesting));
    }
}

#[test]
fn there_are_so_many_templates_and_no_more() {
    let save = |number: usize| {
        let id = TemplateId::from_u128(0x1000 + number as u128);
        keep_template(id, template(&format!("template {number}"), &[]))
    };
    let (limit, count) = (TEMPLATES_PER_WORKSPACE as u64, TEMPLATES_PER_WORKSPACE as u64 + 1);
    let given = and((0..TEMPLATES_PER_WORKSPACE).map(save));
    check(given, save(TEMPLATES_PER_WORKSPACE), refused(Rejection::TooMany { count, limit }));
}

#[test]
fn a_document_survives_being_a_template() {
    let source =
        "## Deployment:\n\n### Approval checklist\n- [ ] a\n  Verify: CI green\n  - [ ] b\n\nRead first.\n";
    let document = parse(source).expect("it is a document").document;
    let template = Template::of("Ours".to_owned(), TemplateKind::Checklist, &document);
    assert_eq!(render(&template.document()), source);
    let built_in = Template::of("Built in".to_owned(), TemplateKind::Deployment, &builtin_template());
    assert_eq!(render(&built_in.document()), render(&builtin_template()));
    after(and([keep_template(TEMPLATE, built_in)]));
}
