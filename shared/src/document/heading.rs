//! What a heading says about the section below it, in English, in French, and as other tools word it.

use serde::{Deserialize, Serialize};

use super::escape;

/// What a section of a deployment's document is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SectionKind {
    /// What the deployment brings.
    Changes,
    /// The environments it goes through.
    Environments,
    /// What must hold before it starts.
    PreDeployment,
    /// What must hold before production.
    Approval,
    /// What to do, in order.
    Steps,
    /// What must hold afterwards.
    PostDeployment,
    /// How to go back.
    Rollback,
    /// Anything else its author wrote down.
    Other,
}

impl SectionKind {
    /// Every kind, in the order of the built-in template.
    pub const ALL: [Self; 8] = [
        Self::Changes,
        Self::Environments,
        Self::PreDeployment,
        Self::Approval,
        Self::Steps,
        Self::PostDeployment,
        Self::Rollback,
        Self::Other,
    ];

    /// Returns the heading that the built-in template gives it; `Notes` for [`SectionKind::Other`].
    pub fn heading(self) -> &'static str {
        match self {
            Self::Changes => "Changes",
            Self::Environments => "Environments",
            Self::PreDeployment => "Pre-deployment",
            Self::Approval => "Approval checklist",
            Self::Steps => "Deployment Steps",
            Self::PostDeployment => "Post-deployment",
            Self::Rollback => "Rollback",
            Self::Other => "Notes",
        }
    }

    /// Returns the kind that a heading stands for, whatever its case, punctuation and numbering.
    pub fn of_heading(heading: &str) -> Self {
        match plain_words(heading).as_str() {
            "changes" | "change log" | "changelog" | "what s changed" | "what changes" | "modifications"
            | "changements" => Self::Changes,
            "environments" | "environnements" => Self::Environments,
            "pre deployment"
            | "predeployment"
            | "pre deployment checklist"
            | "pre deployment checks"
            | "pre deploy"
            | "before deployment"
            | "pré déploiement"
            | "avant le déploiement" => Self::PreDeployment,
            "approval checklist" | "approval" | "approvals" | "liste d approbation" | "approbation" => {
                Self::Approval
            }
            "deployment steps" | "steps" | "étapes" | "étapes de déploiement" | "étapes du déploiement" => {
                Self::Steps
            }
            "post deployment"
            | "postdeployment"
            | "post deployment checklist"
            | "post deployment checks"
            | "post deploy"
            | "after deployment"
            | "post déploiement"
            | "après le déploiement" => Self::PostDeployment,
            "rollback"
            | "roll back"
            | "rollback plan"
            | "rollback procedure"
            | "rollback procedures"
            | "retour arrière"
            | "plan de retour arrière" => Self::Rollback,
            _ => Self::Other,
        }
    }

    /// Whether a list item without a tick box is a check or a change here, and not part of the text.
    ///
    /// A rollback plan and free notes are prose with lists in it; the other sections are lists with prose in
    /// it.
    pub(super) fn takes_plain_items(self) -> bool {
        match self {
            Self::Rollback | Self::Other => false,
            Self::Changes
            | Self::Environments
            | Self::PreDeployment
            | Self::Approval
            | Self::Steps
            | Self::PostDeployment => true,
        }
    }

    /// The word for it in a comment after a heading that doesn't tell; the same as on the wire.
    fn word(self) -> &'static str {
        match self {
            Self::Changes => "changes",
            Self::Environments => "environments",
            Self::PreDeployment => "pre_deployment",
            Self::Approval => "approval",
            Self::Steps => "steps",
            Self::PostDeployment => "post_deployment",
            Self::Rollback => "rollback",
            Self::Other => "other",
        }
    }
}

/// Returns what to write after the `###` of a section's heading.
///
/// A heading that doesn't tell the section's kind gets an HTML comment that does: it doesn't show.
pub(super) fn write_section(kind: SectionKind, heading: &str) -> String {
    let mut written = match deployment_colon(heading) {
        Some(at) => escape::insert(heading, at),
        None => heading.to_owned(),
    };
    if SectionKind::of_heading(heading) != kind {
        written.push_str(" <!-- ");
        written.push_str(kind.word());
        written.push_str(" -->");
    } else if let Some((at, _)) = kind_comment(&written) {
        written = escape::insert(&written, at);
    }
    escape::closing_hashes(&written)
}

/// Reads what stands after a section's `###`, its closing hashes already gone.
pub(super) fn read_section(written: &str) -> (SectionKind, String) {
    let (told, mut heading) = match kind_comment(written) {
        Some((at, _)) if escape::is_escaped(written, at) => (None, escape::remove(written, at)),
        Some((at, kind)) => (Some(kind), written.split_at(at).0.trim_end().to_owned()),
        None => (None, written.to_owned()),
    };
    if let Some(at) = deployment_colon(&heading)
        && escape::is_escaped(&heading, at)
    {
        heading = escape::remove(&heading, at);
    }
    (told.unwrap_or_else(|| SectionKind::of_heading(&heading)), heading)
}

/// Returns what stands after `Deployment:` if that is how the heading starts.
pub(super) fn read_deployment(written: &str) -> Option<&str> {
    let at = deployment_colon(written)?;
    let (before, after) = written.split_at(at);
    let after = after.strip_prefix(':')?;
    (!before.ends_with('\\')).then_some(after.trim())
}

/// Finds the colon of `Deployment:`, which may have backslashes before it.
fn deployment_colon(heading: &str) -> Option<usize> {
    let (before, _) = heading.split_once(':')?;
    let word = before.trim_end_matches(|c: char| c == '\\' || c.is_whitespace());
    matches!(word.to_lowercase().as_str(), "deployment" | "déploiement").then_some(before.len())
}

/// Finds a comment at the end that names a kind.
fn kind_comment(heading: &str) -> Option<(usize, SectionKind)> {
    let inside = heading.strip_suffix("-->")?;
    let at = inside.rfind("<!--")?;
    let word = inside.split_at(at).1.strip_prefix("<!--")?.trim();
    let kind = SectionKind::ALL.into_iter().find(|kind| kind.word() == word)?;
    Some((at, kind))
}

/// Returns the words of a heading in lower case, without signs, and without a number in front.
fn plain_words(heading: &str) -> String {
    let lower = heading.to_lowercase();
    let mut words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).collect();
    words.retain(|word| !word.is_empty());
    let numbers = words.iter().take_while(|word| word.chars().all(char::is_numeric)).count();
    words.split_off(numbers).join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_known_by_its_own_heading_and_by_its_word_on_the_wire() {
        for kind in SectionKind::ALL {
            assert_eq!(SectionKind::of_heading(kind.heading()), kind);
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.word());
        }
    }

    #[test]
    fn headings_are_known_as_other_tools_write_them() {
        let table = [
            ("CHANGES:", SectionKind::Changes),
            ("**What's changed**", SectionKind::Changes),
            ("Pre-Deployment checklist", SectionKind::PreDeployment),
            ("4. Deployment steps", SectionKind::Steps),
            ("🚀 Steps", SectionKind::Steps),
            ("Étapes de déploiement", SectionKind::Steps),
            ("Rollback plan", SectionKind::Rollback),
            ("Contacts", SectionKind::Other),
            ("", SectionKind::Other),
        ];
        for (heading, kind) in table {
            assert_eq!(SectionKind::of_heading(heading), kind, "{heading}");
        }
    }

    #[test]
    fn a_heading_of_its_own_keeps_its_kind_in_a_comment() {
        let written = write_section(SectionKind::Steps, "What the night shift does");
        assert_eq!(written, "What the night shift does <!-- steps -->");
        assert_eq!(read_section(&written), (SectionKind::Steps, "What the night shift does".to_owned()));
    }
}
