use slipway_shared::canonical::Hash;
use slipway_shared::check::CheckState;
use slipway_shared::command::Command;
use slipway_shared::deployment::approval::*;
use slipway_shared::deployment::command::DeploymentCommand as D;
use slipway_shared::deployment::event::DeploymentEvent as E;
use slipway_shared::deployment::gate::Missing;
use slipway_shared::deployment::plan::Artifact;
use slipway_shared::document::SectionKind;
use slipway_shared::event::Event;
use slipway_shared::freeze::*;
use slipway_shared::ids::*;
use slipway_shared::log::{EventHeader, store};
use slipway_shared::member::Role;
use slipway_shared::policy::*;
use slipway_shared::rollout::*;
use slipway_shared::sync::envelope::CommandEnvelope;
use slipway_shared::time::Timestamp;
fn id(n: u128) -> u128 {
    0x0192_aabb_cc00_7000_8000_0000_0000_0000 | n
}
fn main() {
    let root = std::env::args().nth(1).unwrap();
    let deployment = DeploymentId::from_u128(id(0x100));
    let predecessor = DeploymentId::from_u128(id(0x101));
    let environment = EnvironmentId::from_u128(id(0x703));
    let rollout = RolloutId::from_u128(id(0x801));
    let freeze = FreezeId::from_u128(id(0x901));
    let client = ClientId::from_u128(id(0xc1));
    let at = Timestamp(1_790_000_000_000);
    let terms = FreezeTerms {
        name: "Year end".into(),
        environments: vec![environment],
        from: Timestamp(1_797_000_000_000),
        until: Timestamp(1_798_000_000_000),
        zone: "Europe/Paris".into(),
        reason: "Everybody is away".into(),
    };
    let artifacts = vec![
        Artifact {
            name: "image".into(),
            digest: Some("sha256:0b31c7".into()),
            link: Some("https://registry.example.org/web".into()),
        },
        Artifact { name: "notes".into(), digest: None, link: None },
    ];
    let rules = Rules {
        required: vec![SectionKind::PreDeployment, SectionKind::Approval],
        approvals: 2,
        four_eyes: true,
        in_order: true,
        approvals_last_ms: Some(86_400_000),
        override_by: Some(Role::Approver),
    };
    let open = Rules {
        required: vec![],
        approvals: 0,
        four_eyes: false,
        in_order: false,
        approvals_last_ms: None,
        override_by: None,
    };
    let commands = vec![
        Command::Deployment(D::Withdraw { deployment, environment }),
        Command::Deployment(D::SetRisk { deployment, risk: Risk::High }),
        Command::Deployment(D::SetArtifacts { deployment, artifacts: artifacts.clone() }),
        Command::Deployment(D::Follow { deployment, predecessor }),
        Command::Deployment(D::Unfollow { deployment, predecessor }),
        Command::Rollout(RolloutCommand::Override {
            rollout,
            deployment,
            environment,
            version: "2.4.0".into(),
            reason: "The index is lost".into(),
        }),
        Command::Policy(PolicyCommand::Set { environment, risk: Risk::High, rules: rules.clone() }),
        Command::Policy(PolicyCommand::Set { environment, risk: Risk::Low, rules: open.clone() }),
        Command::Freeze(FreezeCommand::Declare { freeze, terms: terms.clone() }),
        Command::Freeze(FreezeCommand::Change { freeze, terms: terms.clone() }),
        Command::Freeze(FreezeCommand::Lift { freeze }),
    ];
    let mut files: std::collections::BTreeMap<String, Vec<serde_json::Value>> = Default::default();
    for (n, command) in commands.into_iter().enumerate() {
        let kind = command.kind();
        let wire = CommandEnvelope {
            key: CommandKey { client, seq: 80 + n as u64 },
            at,
            seen: 40,
            seen_chain: None,
            causes: vec![],
            command,
        }
        .to_wire();
        files
            .entry(format!("commands/{kind}.json"))
            .or_default()
            .push(serde_json::json!({ "command": wire, "hash": wire.hash() }));
    }
    let digest: Hash = "7cd38510be9ac8c371e51e6998b530a08d2403bdef6d8ec14aad3605f8f694e2".parse().unwrap();
    let content = Content {
        version: "2.4.0".into(),
        checks: vec!["Tests passing".into()],
        artifacts: artifacts.clone(),
        risk: Some(Risk::High),
        policy: Some(rules.clone()),
    };
    let supersedes = vec![CommandKey { client, seq: 1 }];
    let report = Report {
        phase: Phase::Started,
        happened_at: at,
        clock_error_ms: 0,
        source: Source::Person,
        note: None,
    };
    let check = CheckId::from_u128(id(0x301));
    let missing = vec![
        Missing::Check { deployment, check, state: CheckState::Open },
        Missing::Approval,
        Missing::Declined { by: MemberId::from_u128(id(1)) },
        Missing::Approvals { have: 1, need: 2 },
        Missing::Earlier { environment },
        Missing::Predecessor { deployment: predecessor },
        Missing::Frozen { freeze, until: at },
        Missing::Older { live: "2.5.0".into() },
    ];
    let events = vec![
        Event::Deployment(E::Withdrawn { deployment, environment, supersedes: supersedes.clone() }),
        Event::Deployment(E::RiskSet { deployment, risk: Risk::High }),
        Event::Deployment(E::ArtifactsSet { deployment, artifacts }),
        Event::Deployment(E::Followed { deployment, predecessor }),
        Event::Deployment(E::Unfollowed { deployment, predecessor }),
        Event::Policy(PolicyEvent::Set { environment, risk: Risk::High, rules }),
        Event::Policy(PolicyEvent::Set { environment, risk: Risk::Low, rules: open }),
        Event::Freeze(FreezeEvent::Declared { freeze, terms: terms.clone() }),
        Event::Freeze(FreezeEvent::Changed { freeze, terms }),
        Event::Freeze(FreezeEvent::Lifted { freeze }),
        Event::Deployment(E::Judged {
            deployment,
            judgement: Judgement {
                environment,
                digest,
                verdict: Verdict::Approved,
                note: None,
                content: Some(Box::new(content)),
            },
            supersedes: vec![],
        }),
        Event::Rollout(RolloutEvent::Reported {
            rollout,
            deployment,
            environment,
            version: "2.4.0".into(),
            report,
            supersedes: vec![],
            requested: true,
            outside_gate: true,
            overridden: Some(Box::new(Overridden { reason: "The index is lost".into(), missing })),
        }),
    ];
    for (n, event) in events.into_iter().enumerate() {
        let kind = event.kind();
        let header: EventHeader = serde_json::from_value(serde_json::json!({"actor": MemberId::from_u128(id(1)), "at": at, "command": CommandKey { client, seq: 80 + n as u64 }, "effective": 1_790_000_000_010_i64, "kind": kind, "received": 1_790_000_000_020_i64, "seq": 1, "v": 1})).unwrap();
        let stored = store(Hash::ZERO, &header, &event).unwrap();
        files.entry(format!("events/{kind}.json")).or_default().push(serde_json::to_value(&stored).unwrap());
    }
    for (name, mut new) in files {
        let path = format!("{root}/{name}");
        let mut all: Vec<serde_json::Value> =
            std::fs::read(&path).ok().map(|text| serde_json::from_slice(&text).unwrap()).unwrap_or_default();
        all.append(&mut new);
        std::fs::write(path, serde_json::to_string_pretty(&all).unwrap() + "\n").unwrap();
    }
}
