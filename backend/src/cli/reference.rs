//! What can be configured, as `docs/configuration.md` tells it: made of the flags themselves, so that it can't be wrong.

use std::fmt::Write as _;

use clap::{Arg, Command, CommandFactory};

use super::Cli;
use super::config::Config;

/// What other commands than `serve` look for in the file too.
const OF_EVERY_COMMAND: [&str; 4] = ["data", "public-url", "backup-to", "backup-every"];
const PAGE: &str = include_str!("../../../docs/configuration.md");

const HEAD: &str = "# Configuration\n\n\
    Every flag, with its variable of the environment and its key in the file of `--config`. A flag counts before the\n\
    environment, and that before the file; an unknown key in the file is an error. Lists are arrays in the file, and\n\
    separated by commas in the environment. How it is put together is in [operations.md](operations.md); variables of\n\
    logging are in [logging.md](logging.md).\n\n\
    `backend/src/cli/reference.rs` makes this page from the program and fails when it says anything else.\n";

/// Returns the keys that the configuration file may have: what reading one it may not have says.
fn keys() -> Vec<String> {
    let refused = toml::from_str::<Config>("nothing-of-ours = 1").unwrap_err();
    let (_, expected) = refused.message().split_once("expected one of").unwrap();
    expected.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

fn page() -> String {
    let mut page = HEAD.to_owned();
    let mut command = Cli::command();
    command.build();
    write(&mut page, &command, &keys(), "slipway");
    page
}

fn write(page: &mut String, command: &Command, keys: &[String], path: &str) {
    let is_asked_here = |arg: &&Arg| {
        let is_own = path == "slipway" || arg.get_id() != "config";
        arg.get_id() != "help" && arg.get_id() != "version" && is_own
    };
    let args: Vec<_> = command.get_arguments().filter(is_asked_here).collect();
    if !args.is_empty() {
        let about = command.get_about().map(ToString::to_string).unwrap_or_default();
        let title = if path == "slipway" { "Every command".to_owned() } else { format!("`{path}`") };
        let about = if path == "slipway" { String::new() } else { format!("{about}.\n\n") };
        writeln!(page, "\n## {title}\n\n{about}| flag | environment | in the file | default | what |")
            .unwrap();
        writeln!(page, "| --- | --- | --- | --- | --- |").unwrap();
        for arg in args {
            writeln!(page, "{}", line(arg, keys, path == "slipway serve")).unwrap();
        }
    }
    for below in command.get_subcommands().filter(|below| below.get_name() != "help") {
        write(page, below, keys, &format!("{path} {}", below.get_name()));
    }
}

fn line(arg: &Arg, keys: &[String], has_file: bool) -> String {
    let name = arg.get_long();
    let values = arg.get_value_names().unwrap_or_default().join(" ");
    let value = if arg.get_action().takes_values() { values } else { String::new() };
    let flag = match name {
        Some(long) if arg.is_require_equals_set() => format!("`--{long}[={value}]`"),
        Some(long) => format!("`{}`", format!("--{long} {value}").trim()),
        None => format!("`{value}`"),
    };
    let variable = arg.get_env().map(|name| format!("`{}`", name.to_string_lossy())).unwrap_or_default();
    let key = name
        .filter(|name| keys.iter().any(|key| key == name) && (has_file || OF_EVERY_COMMAND.contains(name)));
    let key = key.map(|key| format!("`{key}`")).unwrap_or_default();
    let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
    let (what, default) = match help.split_once(" [default: ") {
        Some((what, default)) => (what.to_owned(), format!("`{}`", default.trim_end_matches(']'))),
        None => (help, String::new()),
    };
    let given = arg.get_default_values().first().map(|given| format!("`{}`", given.to_string_lossy()));
    let default = given.filter(|_| arg.get_action().takes_values()).unwrap_or(default);
    format!("| {flag} | {variable} | {key} | {default} | {} |", what.replace('|', "\\|"))
}

#[test]
fn the_page_about_configuration_says_what_there_is() {
    let page = page();
    assert!(page == PAGE, "docs/configuration.md has to be:\n{page}");
}

#[test]
fn whatever_the_file_may_have_is_a_flag_of_serve() {
    let mut command = Cli::command();
    command.build();
    let serve = command.find_subcommand("serve").unwrap();
    for key in keys() {
        assert!(serve.get_arguments().any(|arg| arg.get_long() == Some(&key)), "{key}");
    }
}
