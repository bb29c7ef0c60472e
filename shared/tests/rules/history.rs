//! What is live in an environment, and what there is to go back to.

use slipway_shared::ids::{DeploymentId, RolloutId};
use slipway_shared::rollout::Phase::{self, Failed, RolledBack, Started, Succeeded};

use super::given::{Given, after};
use super::test;
use super::when::{Fact, Open, PRODUCTION, SERVICE, STAGING, fact, open, set_up};

/// Deployments of the service, each with a version and with how its rollout to production stands; the oldest first.
fn rolled_out(versions: &[(&str, Phase)]) -> Given {
    let deeds = versions.iter().zip(1..).flat_map(|((version, phase), number)| {
        let deployment = DeploymentId::from_u128(number);
        let minute = i64::try_from(number).expect("a few") * 60_000;
        let opened = Open { deployment, version: (*version).to_owned(), ..open() };
        let ids = |open: Open| Open { sections: Vec::new(), ..open };
        let told = Fact {
            deployment,
            version: (*version).to_owned(),
            ..fact(RolloutId::from_u128(number), PRODUCTION, *phase)
        };
        [ids(opened).into(), told.ms_later(minute - 3_600_000).into()]
    });
    set_up().into_iter().chain(deeds).collect()
}

#[test]
fn live_is_what_succeeded_last_and_last_good_what_to_go_back_to_from_the_newest() {
    type Row = (&'static [(&'static str, Phase)], Option<&'static str>, Option<&'static str>);
    let table: [Row; 9] = [
        (&[("1", Succeeded)], Some("1"), None),
        (&[("1", Started)], None, None),
        (&[("1", Succeeded), ("2", Succeeded)], Some("2"), Some("1")),
        (&[("1", Succeeded), ("2", Started)], Some("1"), Some("1")),
        (&[("1", Succeeded), ("2", Failed)], Some("1"), Some("1")),
        (&[("1", Succeeded), ("2", RolledBack)], Some("1"), Some("1")),
        (&[("1", Succeeded), ("2", RolledBack), ("3", Started)], Some("1"), Some("1")),
        (&[("1", Succeeded), ("2", Failed), ("2", Succeeded)], Some("2"), Some("1")),
        (&[("1", Failed), ("2", RolledBack)], None, None),
    ];
    for (versions, live, last_good) in table {
        let workspace = after(rolled_out(versions));
        let version = |known: Option<(RolloutId, &std::sync::Arc<slipway_shared::rollout::Rollout>)>| {
            known.map(|(_, rollout)| rollout.version.clone())
        };
        assert_eq!(
            version(workspace.live_in(SERVICE, PRODUCTION)).as_deref(),
            live,
            "live after {versions:?}"
        );
        let good = version(workspace.last_good(SERVICE, PRODUCTION));
        assert_eq!(good.as_deref(), last_good, "last good after {versions:?}");
        assert_eq!(workspace.live_in(SERVICE, STAGING), None, "another environment has its own");
    }
}

#[test]
fn the_history_has_every_rollout_the_newest_first() {
    let workspace = after(rolled_out(&[("1", Succeeded), ("2", Failed), ("3", Started)]));
    let there = workspace.rollouts_in(SERVICE, PRODUCTION);
    let versions: Vec<_> = there.iter().map(|(_, rollout)| rollout.version.as_str()).collect();
    assert_eq!(versions, ["3", "2", "1"]);
}
