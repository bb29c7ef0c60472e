//! The built-in template, and the placeholders that templates have where something must be filled in.

use super::{Document, DocumentCheck, DocumentSection, SectionKind};

/// Returns the template that a new deployment is made from when its workspace has none of its own.
///
/// Version, changes, steps and the rollback plan are empty: they are for its author to fill in.
pub fn builtin_template() -> Document {
    let approval = [
        ("All tests pass", "CI green"),
        ("Staging verified", "Manual testing"),
        ("No blockers", "Issue tracking"),
        ("Rollback ready", "Tested"),
        ("Team available", "Support coverage"),
    ];
    Document {
        version: String::new(),
        title: String::new(),
        sections: vec![
            section(SectionKind::Changes, &[]),
            section(SectionKind::Environments, &["Development", "Staging", "Production"]),
            section(
                SectionKind::PreDeployment,
                &["Tests passing", "Code reviewed", "Dependencies updated", "Migrations ready"],
            ),
            DocumentSection {
                checks: approval.map(|(text, verify)| verified_by(text, verify)).into(),
                ..section(SectionKind::Approval, &[])
            },
            section(SectionKind::Steps, &[]),
            section(
                SectionKind::PostDeployment,
                &["Health check passed", "Smoke tests run", "Monitoring verified", "Stakeholders notified"],
            ),
            section(SectionKind::Rollback, &[]),
        ],
    }
}

fn section(kind: SectionKind, checks: &[&str]) -> DocumentSection {
    let checks = checks.iter().map(|&text| DocumentCheck::open(text)).collect();
    DocumentSection { checks, ..DocumentSection::empty(kind, kind.heading()) }
}

fn verified_by(text: &str, verify: &str) -> DocumentCheck {
    DocumentCheck { verify: Some(verify.to_owned()), ..DocumentCheck::open(text) }
}

/// Whether it stands where a version should be filled in.
pub(super) fn is_version_placeholder(text: &str) -> bool {
    text.eq_ignore_ascii_case("[version/release]")
}

/// Whether it stands where an item of such a section should be filled in.
pub(super) fn is_item_placeholder(kind: SectionKind, text: &str) -> bool {
    let word = match kind {
        SectionKind::Changes => "change ",
        SectionKind::Steps => "step ",
        SectionKind::Environments
        | SectionKind::PreDeployment
        | SectionKind::Approval
        | SectionKind::PostDeployment
        | SectionKind::Rollback
        | SectionKind::Other => return false,
    };
    let lower = text.to_lowercase();
    let inside = lower.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    let number = inside.and_then(|inside| inside.strip_prefix(word)).unwrap_or_default();
    !number.is_empty() && number.chars().all(|c| c.is_ascii_digit())
}

/// Whether it stands where the text of such a section should be filled in.
pub(super) fn is_text_placeholder(kind: SectionKind, text: &str) -> bool {
    kind == SectionKind::Rollback && text.eq_ignore_ascii_case("[how to rollback if needed]")
}
