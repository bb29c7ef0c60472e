//! The states that pictures are taken of, by what there is around them: a server, a freeze, nobody, nothing.

use crate::state::{Screens, Start, State};
use crate::steps::Step;
use Start::{Address, Board, Deployment};
use Step::{Choose, Click, Fill, Open, Pick, Show, Type};

const CARD: &str = "[data-testid=card]";
const ITEM: &str = "[role=menu] [role^=menuitem]";
const WORDS: &str = "[data-testid=palette] [role=combobox]";
const DIALOG: &str = "dialog[open] form";
/// A card's menu, and the environment that its gate is nearly always closed before.
const TO_PRODUCTION: &[Step] = &[Click(".card-menu"), Choose("menuitem", "/^Production/")];

/// With the server, in the demo.
pub const ONLINE: &[State] = &[
    State::page("board", "/board", CARD),
    State::page("board-rows", "/board?rows=service", CARD),
    State::page("board-filtered", "/board?state=running,failed", "[data-testid=picked]"),
    State::page("board-nothing-found", "/board?q=zzz", "[data-testid=column]"),
    State::new("board-filter", Board, &[Click("[aria-haspopup=dialog].chip")], "[data-testid=filter]"),
    State::new("board-views", Board, &[Click(".chip[aria-haspopup=dialog] ~ .chip")], "[data-testid=views]"),
    State::new("card-menu", Board, &[Click(".card-menu")], ITEM),
    State::new("selection", Board, &[Pick(0, 3)], "[data-testid=selection]"),
    State::new(
        "selection-labels",
        Board,
        &[Pick(0, 2), Click("[data-testid=selection] button ~ button")],
        ITEM,
    ),
    State::new("rollout-dialog", Board, TO_PRODUCTION, "[data-testid=closed-gate]"),
    State::new(
        "palette",
        Board,
        &[Click("[data-testid=search]"), Fill(WORDS, "check")],
        "[role=option] mark",
    ),
    State::new("keys", Board, &[Type("?")], ".shortcut-list").only(Screens::Keys),
    State::page("deployments", "/deployments", "[data-testid=row]"),
    State::new("deployment", Deployment, &[], "[data-testid=deployment]"),
    State::new("deployment-whole", Deployment, &[], "[data-testid=deployment]").whole(),
    State::new(
        "deployment-menu",
        Deployment,
        &[Click(".deployment-actions > .is-quiet[aria-haspopup]")],
        ITEM,
    ),
    State::new("gate", Deployment, &[Show("[data-testid=gate]")], "[data-testid=gate]"),
    State::new("sheet", Board, &[Open], "[data-testid=deployment]").only(Screens::Wide),
    State::new("print", Deployment, &[], "[data-testid=deployment]").whole().only(Screens::Paper),
    State::page("new-deployment", "/deployments/new", "[data-testid=create]"),
    State::new("new-deployment-problems", Address("/deployments/new"), EMPTY_FORM, ".field-error"),
    State::new("new-deployment-preview", Address("/deployments/new"), PREVIEW, ".writing-preview"),
    State::page("needs-you", "/needs-you", ".needs-you"),
    State::page("settings", "/settings", "h1"),
    State::page("settings-whole", "/settings", "#settings-freezes").whole(),
    State::new("policies", Address("/settings"), &[Show("#settings-policies")], "#settings-policies"),
    State::new("policy", Address("/settings"), &[Click(POLICY)], DIALOG),
    State::page("structure", "/settings/structure", "[data-testid=thing]").whole(),
    State::new("column-menu", Address("/settings/structure"), &[Click(".thing [aria-haspopup=menu]")], ITEM),
    State::new("column", Address("/settings/structure"), &[Click(".thing .button")], DIALOG),
    State::page("templates", "/settings/templates", ".templates"),
    State::new("template", Address("/settings/templates"), &[Click(".templates .button")], ".template-form"),
    State::page("audit", "/settings/audit", "h1"),
    State::new("sync", Start::Sync, &[], ".sync-facts"),
];
/// A form with nothing in it, sent.
const EMPTY_FORM: &[Step] = &[Fill("#new-service", ""), Click("[data-testid=create]")];
const PREVIEW: &[Step] = &[Click("[role=tab] ~ [role=tab]")];
const POLICY: &str = "[aria-labelledby=settings-policies] .rows button";

/// With a freeze in force.
pub const FROZEN: &[State] = &[
    State::page("board-frozen", "/board", "[data-testid=frozen]"),
    State::new("rollout-dialog-frozen", Board, TO_PRODUCTION, "[data-testid=closed-gate]"),
    State::new("gate-frozen", Deployment, &[Show("[data-testid=gate]")], "[data-testid=gate]"),
    State::new("freezes", Address("/settings"), &[Show("#settings-freezes")], "#settings-freezes"),
    State::new("freeze", Address("/settings"), &[Click(FREEZE)], DIALOG),
];
const FREEZE: &str = "[aria-labelledby=settings-freezes] > .row button";

/// Without the server, with changes that wait.
pub const OFFLINE: &[State] = &[
    State::page("board-offline", "/board", ".card-unsent"),
    State::new("deployment-offline", Deployment, &[], "[data-testid=deployment]"),
    State::new("sync-offline", Start::Sync, &[], ".sync-facts"),
];

/// In a workspace that nobody has used.
pub const EMPTY: &[State] = &[
    State::page("board-empty", "/board", "[data-testid=column]"),
    State::page("deployments-empty", "/deployments", ".empty-state"),
    State::page("needs-you-empty", "/needs-you", ".empty-state"),
    State::page("structure-empty", "/settings/structure", "[data-testid=thing]"),
];

/// On a device that never was in touch with a server, which is away.
pub const UNREACHABLE: &[State] = &[State::page("unreachable", "/board", ".empty-state")];
