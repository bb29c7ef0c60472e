//! Where the person is: every address of the app as a value, and back.

use slipway_shared::ids::DeploymentId;

/// A place in the app, with an address of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The board.
    Board,
    /// The list of all deployments.
    Deployments,
    /// The form for a new one.
    NewDeployment,
    /// One deployment.
    Deployment(DeploymentId),
    /// What waits for this person.
    NeedsYou,
    /// How the app looks and listens here.
    Settings,
    /// The templates of the team's own.
    Templates,
    /// Who did what, for admins.
    Audit,
    /// What the board of the workspace is made of, for admins.
    Structure,
    /// How things stand with the server and this device.
    Sync,
    /// The form to sign in.
    SignIn,
    /// The first visit of a server.
    Setup,
    /// An invitation that somebody was sent.
    Invitation,
    /// The form for a workspace on this device, without an account.
    TryHere,
    /// An address that leads nowhere.
    Nowhere,
}

impl Place {
    /// Returns the place that an address stands for.
    #[must_use]
    pub fn from_path(path: &str) -> Self {
        let mut segments = path.split('/').filter(|segment| !segment.is_empty());
        let words = (segments.next(), segments.next(), segments.next());
        match words {
            (None | Some("board"), None, None) => Self::Board,
            (Some("deployments"), None, None) => Self::Deployments,
            (Some("deployments"), Some("new"), None) => Self::NewDeployment,
            (Some("deployments"), Some(id), None) => id.parse().map_or(Self::Nowhere, Self::Deployment),
            (Some("needs-you"), None, None) => Self::NeedsYou,
            (Some("settings"), None, None) => Self::Settings,
            (Some("settings"), Some("templates"), None) => Self::Templates,
            (Some("settings"), Some("audit"), None) => Self::Audit,
            (Some("settings"), Some("structure"), None) => Self::Structure,
            (Some("sync"), None, None) => Self::Sync,
            (Some("sign-in"), None, None) => Self::SignIn,
            (Some("setup"), None, None) => Self::Setup,
            (Some("invitation"), None, None) => Self::Invitation,
            (Some("try-here"), None, None) => Self::TryHere,
            _ => Self::Nowhere,
        }
    }

    /// Returns the address of the place.
    #[must_use]
    pub fn path(self) -> String {
        match self {
            Self::Board | Self::Nowhere => "/board".to_owned(),
            Self::Deployments => "/deployments".to_owned(),
            Self::NewDeployment => "/deployments/new".to_owned(),
            Self::Deployment(id) => format!("/deployments/{id}"),
            Self::NeedsYou => "/needs-you".to_owned(),
            Self::Settings => "/settings".to_owned(),
            Self::Templates => "/settings/templates".to_owned(),
            Self::Audit => "/settings/audit".to_owned(),
            Self::Structure => "/settings/structure".to_owned(),
            Self::Sync => "/sync".to_owned(),
            Self::SignIn => "/sign-in".to_owned(),
            Self::Setup => "/setup".to_owned(),
            Self::Invitation => "/invitation".to_owned(),
            Self::TryHere => "/try-here".to_owned(),
        }
    }

    /// Returns the place that this one is a part of, for the way back and for what is marked as current.
    #[must_use]
    pub const fn parent(self) -> Option<Self> {
        match self {
            Self::Deployment(_) | Self::NewDeployment => Some(Self::Board),
            Self::Sync | Self::Audit | Self::Structure | Self::Templates => Some(Self::Settings),
            Self::Board | Self::Deployments | Self::NeedsYou | Self::Settings | Self::Nowhere => None,
            Self::SignIn | Self::Setup | Self::Invitation | Self::TryHere => None,
        }
    }

    /// Tells whether it is shown by itself: whoever is there need not have a workspace yet.
    #[must_use]
    pub const fn is_outside(self) -> bool {
        matches!(self, Self::SignIn | Self::Setup | Self::Invitation | Self::TryHere)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(path: &str, place: Place) {
        assert_eq!(Place::from_path(path), place);
        assert_eq!(Place::from_path(&place.path()), place);
    }

    #[test]
    fn every_place_has_an_address_that_leads_back_to_it() {
        let id = DeploymentId::from_u128(0x0192_aabb_ccdd_7eef_8123_4567_89ab_cdef);
        check("/board", Place::Board);
        check("/", Place::Board);
        check("/deployments/", Place::Deployments);
        check("/deployments/new", Place::NewDeployment);
        check(&format!("/deployments/{id}"), Place::Deployment(id));
        check("/needs-you", Place::NeedsYou);
        check("/settings", Place::Settings);
        check("/settings/templates", Place::Templates);
        check("/settings/audit", Place::Audit);
        check("/settings/structure", Place::Structure);
        check("/sync", Place::Sync);
        check("/sign-in", Place::SignIn);
        check("/setup", Place::Setup);
        check("/invitation", Place::Invitation);
        check("/try-here", Place::TryHere);
    }

    #[test]
    fn other_addresses_lead_nowhere() {
        for path in ["/deployments/7", "/board/1", "/vault", "/deployments/new/2"] {
            assert_eq!(Place::from_path(path), Place::Nowhere, "{path}");
        }
    }
}
