//! What somebody went to lately, kept on this device for that person alone.

use slipway_shared::ids::DeploymentId;

use crate::browser::kept;

const AT_MOST: usize = 6;

/// Returns the deployments that were looked at lately, the last one first.
#[must_use]
pub fn recent() -> Vec<DeploymentId> {
    kept::read(&kept::own(kept::RECENT)).unwrap_or_default()
}

/// Notes that a deployment is looked at.
pub fn note(id: DeploymentId) {
    // An address that nobody has opened yet is nobody's.
    if kept::has_owner() {
        kept::keep(&kept::own(kept::RECENT), &with(recent(), id));
    }
}

fn with(mut recent: Vec<DeploymentId>, id: DeploymentId) -> Vec<DeploymentId> {
    recent.retain(|known| *known != id);
    recent.insert(0, id);
    recent.truncate(AT_MOST);
    recent
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_one_comes_first_and_once() {
        let id = DeploymentId::from_u128;
        let mut recent = Vec::new();
        for number in [1, 2, 3, 1] {
            recent = with(recent, id(number));
        }
        assert_eq!(recent, [id(1), id(3), id(2)]);
        for number in 10..30 {
            recent = with(recent, id(number));
        }
        assert_eq!(recent.len(), AT_MOST);
    }
}
