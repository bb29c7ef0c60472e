//! A workspace goes out and in again whole, or not at all.

use std::path::Path;

use slipway_shared::log::EventHeader;

use super::*;
use crate::clock::Clock;
use crate::open::{Beginning, open};
use crate::store::sqlite::SqliteStore;

const EPOCH: EpochId = EpochId::from_u128(77);

fn exported(beginning: Beginning, dir: &Path) -> (String, Transferred) {
    let opened = open(dir, beginning, &Clock::system()).unwrap();
    let mut text = Vec::new();
    let written = write(&*opened.reader, &opened.logs[0].head, &mut text).unwrap();
    assert_eq!(written.digest, opened.logs[0].sequencer.workspace.digest());
    (String::from_utf8(text).unwrap(), written)
}

fn imported(text: &str, dir: &Path) -> Result<Transferred, TransferError> {
    let mut store = SqliteStore::open(dir).unwrap();
    read(text.as_bytes(), &mut store, EPOCH)
}

#[test]
fn an_export_read_again_is_the_same_workspace_on_a_new_timeline() {
    let (from, to) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (text, written) = exported(Beginning::Demo, from.path());
    assert_eq!(imported(&text, to.path()).unwrap(), written);
    let opened = open(to.path(), Beginning::Workspace, &Clock::system()).unwrap();
    assert_eq!(opened.logs[0].sequencer.workspace.digest(), written.digest);
    assert_eq!((opened.logs[0].head.cursor.epoch, opened.logs[0].head.is_demo), (EPOCH, false));
    assert_eq!(opened.reader.people(opened.logs[0].head.workspace).unwrap().len(), 9);
    let mut again = Vec::new();
    write(&*opened.reader, &opened.logs[0].head, &mut again).unwrap();
    let again = String::from_utf8(again).unwrap();
    let events = |text: &str| {
        text.lines().filter(|line| line.starts_with("{\"event\"")).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(events(&again), events(&text), "every event is the same bytes");
}

#[test]
fn an_import_brings_the_outcomes_of_what_had_an_effect() {
    let (from, to) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (text, _) = exported(Beginning::Workspace, from.path());
    imported(&text, to.path()).unwrap();
    let mut store = SqliteStore::open(to.path()).unwrap();
    let workspace = store.heads().unwrap()[0].workspace;
    let queues = store.queues(workspace).unwrap();
    assert_eq!(queues.iter().map(|(_, last)| *last).collect::<Vec<_>>(), [1]);
    let key = CommandKey { client: queues[0].0, seq: 1 };
    let known = store.outcome(workspace, key).unwrap().unwrap();
    assert_eq!((known.hash, known.outcome.events), (None, Some((1, 11))));
}

#[test]
fn a_file_cut_off_after_any_line_is_refused() {
    let from = tempfile::tempdir().unwrap();
    let (text, _) = exported(Beginning::Workspace, from.path());
    let lines: Vec<_> = text.lines().collect();
    for kept in 0..lines.len() {
        let to = tempfile::tempdir().unwrap();
        let cut = lines[..kept].join("\n");
        let refused = imported(&cut, to.path());
        assert!(
            matches!(refused, Err(TransferError::Export(ExportError::Truncated { line })) if line == kept),
            "{kept}: {refused:?}"
        );
        let to = tempfile::tempdir().unwrap();
        let half = format!("{cut}\n{}", &lines[kept][..lines[kept].len() / 2]);
        let refused = imported(half.trim_start(), to.path());
        assert!(
            matches!(refused, Err(TransferError::Export(ExportError::Malformed { line })) if line == kept + 1),
            "{kept}: {refused:?}"
        );
    }
}

#[test]
fn an_altered_file_is_refused_with_its_line() {
    let from = tempfile::tempdir().unwrap();
    let (text, _) = exported(Beginning::Workspace, from.path());
    let lines: Vec<_> = text.lines().map(str::to_owned).collect();
    let last = lines.len();
    let altered = |alter: &dyn Fn(&mut Vec<String>)| {
        let mut lines = lines.clone();
        alter(&mut lines);
        let to = tempfile::tempdir().unwrap();
        match imported(&lines.join("\n"), to.path()) {
            Err(TransferError::Export(error)) => error,
            other => panic!("{other:?}"),
        }
    };
    let renamed = altered(&|lines| lines[1] = lines[1].replace("My workspace", "My warehouse"));
    assert!(matches!(renamed, ExportError::Log { line: 2, .. }), "{renamed}");
    let without = altered(&|lines| drop(lines.remove(3)));
    assert!(matches!(without, ExportError::Log { line: 4, .. }), "{without}");
    let twice = altered(&|lines| lines.insert(3, lines[2].clone()));
    assert!(matches!(twice, ExportError::Log { line: 4, .. }), "{twice}");
    let shorter = altered(&|lines| drop(lines.remove(last - 2)));
    assert!(matches!(shorter, ExportError::WrongFooter { .. }), "{shorter}");
    let person = altered(&|lines| lines[0] = lines[0].replace("\"name\":\"", "\"name\":\"x"));
    assert!(matches!(person, ExportError::WrongFooter { line } if line == last), "{person}");
    let newer = altered(&|lines| lines[0] = lines[0].replace("\"format\":1", "\"format\":2"));
    assert!(matches!(newer, ExportError::Newer { format: 2, .. }), "{newer}");
    let more = altered(&|lines| lines.push(lines[2].clone()));
    assert!(matches!(more, ExportError::Malformed { line } if line == last + 1), "{more}");
    let none = altered(&|lines| *lines = vec!["PK\u{3}\u{4}".to_owned()]);
    assert!(matches!(none, ExportError::Malformed { line: 1 }), "{none}");
}

/// The same events, each from the command that is named for it.
fn with_commands(text: &str, keys: &[(u128, u64)]) -> String {
    let read = |line| slipway_shared::json::read(line).unwrap();
    let mut lines = text.lines();
    let ExportLine::Header(mut header) = read(lines.next().unwrap()) else { panic!("a header comes first") };
    let mut before = Cursor { epoch: header.epoch, seq: 0, chain: Hash::ZERO };
    let mut after = before;
    let events: Vec<_> = lines
        .zip(keys.iter().chain(std::iter::repeat(keys.last().unwrap())))
        .filter_map(|(line, (client, seq))| {
            let ExportLine::Event(event) = read(line) else { return None };
            let known = event.read_after(&before).unwrap();
            before = Cursor { seq: known.header.seq, chain: known.chain, ..before };
            let Payload::Known(payload) = known.payload else { panic!("this version wrote it") };
            let command = CommandKey { client: ClientId::from_u128(*client), seq: *seq };
            let forged = EventHeader { command, ..known.header };
            let forged = slipway_shared::log::store(after.chain, &forged, &payload).unwrap();
            after = Cursor { seq: after.seq + 1, chain: forged.chain, ..after };
            Some(ExportLine::Event(forged).to_text())
        })
        .collect();
    header.chain = after.chain;
    let first = ExportLine::Header(header.clone()).to_text();
    [vec![first.clone()], events, vec![header.footer(&first).to_text()]].concat().join("\n")
}

#[test]
fn commands_that_no_server_decided_are_refused_with_their_line() {
    let from = tempfile::tempdir().unwrap();
    let (text, _) = exported(Beginning::Workspace, from.path());
    let last = NUMBERS_END - 1;
    /// The commands of the events by queue and number, and the line that is refused.
    type Case<'a> = (&'a [(u128, u64)], Option<usize>);
    let table: [Case<'_>; 8] = [
        (&[(1, 1), (1, 1), (2, 5), (1, 2)], None),
        (&[(1, last)], None),
        (&[(1, 0)], Some(2)),
        (&[(1, 1), (2, 1), (1, 1)], Some(4)),
        (&[(1, 2), (2, 1), (2, 2), (1, 1)], Some(5)),
        (&[(1, 2), (1, 1)], Some(3)),
        (&[(1, NUMBERS_END)], Some(2)),
        (&[(1, u64::MAX)], Some(2)),
    ];
    for (keys, expected) in table {
        let to = tempfile::tempdir().unwrap();
        let refused = match imported(&with_commands(&text, keys), to.path()) {
            Ok(_) => None,
            Err(TransferError::Export(ExportError::Malformed { line })) => Some(line),
            Err(error) => panic!("{keys:?}: {error}"),
        };
        assert_eq!(refused, expected, "{keys:?}");
    }
}
