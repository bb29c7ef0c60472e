//! Who works at Harbour, and on what.

use slipway_shared::ids::MemberId;
use slipway_shared::member::Role;

pub(super) struct Person {
    pub(super) name: &'static str,
    pub(super) role: Role,
}

/// The owner comes first. Flights name people by their place here.
pub(super) const PEOPLE: [Person; 9] = [
    Person { name: "Mara Lind", role: Role::Admin },
    Person { name: "Aino Korhonen", role: Role::Approver },
    Person { name: "Riku Tamminen", role: Role::Member },
    Person { name: "Jonas Svensson", role: Role::Approver },
    Person { name: "Ines Duarte", role: Role::Admin },
    Person { name: "Tom Okafor", role: Role::Member },
    Person { name: "Lea Fontaine", role: Role::Approver },
    Person { name: "Pavel Novák", role: Role::Member },
    Person { name: "Yuki Tanaka", role: Role::Viewer },
];

/// Two people who decide on approvals.
pub(super) const APPROVERS: [usize; 2] = [1, 3];

pub(super) const MARA: usize = 0;
pub(super) const AINO: usize = 1;
pub(super) const RIKU: usize = 2;
pub(super) const JONAS: usize = 3;

/// Everybody who may do more than read.
pub(super) const DOERS: [usize; 8] = [0, 1, 2, 3, 4, 5, 6, 7];

pub(super) const fn member(index: usize) -> MemberId {
    MemberId::from_u128(0x0192_de30_0000_7000_8000_0000_0000_0001 + index as u128)
}

/// A service, and its history up to what is in flight.
pub(super) struct ServicePlan {
    pub(super) name: &'static str,
    pub(super) hue: u16,
    /// How many finished deployments it has.
    pub(super) finished: usize,
    /// The newest finished version.
    pub(super) newest: (u32, u32, u32),
    /// Who mostly works on it.
    pub(super) team: [usize; 4],
    /// How many of a hundred deployments are about payments, and about migrations.
    pub(super) payments: i64,
    pub(super) migrations: i64,
}

pub(super) const CHECKOUT: usize = 0;
pub(super) const WEB: usize = 1;
pub(super) const LEDGER: usize = 2;
pub(super) const NOTIFY: usize = 3;

pub(super) const SERVICES: [ServicePlan; 4] = [
    ServicePlan {
        name: "checkout-api",
        hue: 230,
        finished: 112,
        newest: (2, 14, 0),
        team: [0, 1, 2, 6],
        payments: 45,
        migrations: 8,
    },
    ServicePlan {
        name: "web",
        hue: 140,
        finished: 148,
        newest: (7, 2, 8),
        team: [3, 0, 5, 6],
        payments: 6,
        migrations: 0,
    },
    ServicePlan {
        name: "ledger",
        hue: 330,
        finished: 58,
        newest: (1, 8, 4),
        team: [2, 0, 4, 7],
        payments: 40,
        migrations: 18,
    },
    ServicePlan {
        name: "notify",
        hue: 75,
        finished: 82,
        newest: (0, 12, 1),
        team: [1, 5, 7, 4],
        payments: 0,
        migrations: 5,
    },
];

/// The team's own labels.
pub(super) const PAYMENTS: usize = 0;
pub(super) const MIGRATION: usize = 1;
pub(super) const HOTFIX: usize = 2;
pub(super) const LABELS: [&str; 3] = ["payments", "migration", "hotfix"];
