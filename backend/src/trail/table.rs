//! The audit as a table of comma-separated values, for programs that know tables.

use slipway_shared::audit::{AuditDetails, AuditEntry};
use slipway_shared::ids::MemberId;
use slipway_shared::json;

use crate::civil;

/// The first line.
pub(crate) const HEADINGS: &str =
    "log,number,arrived,happened,kind,person,member,device,concerns,by operator,content,chain,details\r\n";

/// Returns the line of an entry. `name` knows what members are called.
pub(crate) fn cells(entry: &AuditEntry, name: impl Fn(MemberId) -> String) -> String {
    let header = entry.event.as_ref().and_then(|event| event.read_header().ok());
    let account = entry.account.as_ref();
    let number = header.as_ref().map(|header| header.seq).or(account.map(|event| event.seq));
    let happened = header.as_ref().map_or(entry.at, |header| header.effective);
    let payload = entry.event.as_ref().and_then(|event| event.payload.clone());
    let content = payload.or(account.and_then(|event| serde_json::to_string(event).ok()));
    let chain = entry.event.as_ref().map(|event| event.chain.to_string());
    let cells = [
        if account.is_some() { "accounts" } else { "workspace" }.to_owned(),
        number.map(|number| number.to_string()).unwrap_or_default(),
        civil::utc(entry.at),
        civil::utc(happened),
        entry.kind.clone(),
        entry.member.map(&name).unwrap_or_default(),
        entry.member.map(|member| member.to_string()).unwrap_or_default(),
        entry.device.clone().unwrap_or_default(),
        entry.concerns.map(&name).unwrap_or_default(),
        if account.is_some_and(|event| event.by_operator) { "yes" } else { "" }.to_owned(),
        content.unwrap_or_default(),
        chain.unwrap_or_default(),
        entry.details.as_ref().map(details).unwrap_or_default(),
    ];
    let mut line = cells.map(|text| cell(&text)).join(",");
    line.push_str("\r\n");
    line
}

/// Returns what is known of a token or an invitation, as it is written in JSON too.
fn details(known: &AuditDetails) -> String {
    let words = [known.scope.map(|scope| json::write(&scope)), known.role.map(|role| json::write(&role))];
    let words = words.into_iter().flatten().map(|word| word.trim_matches('"').to_owned());
    known.name.clone().into_iter().chain(words).collect::<Vec<_>>().join(", ")
}

/// Returns a text as one cell. What a spreadsheet would take for a formula is marked as a text.
fn cell(text: &str) -> String {
    let is_formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let mark = if is_formula { "'" } else { "" };
    format!("\"{mark}{}\"", text.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula_and_none_ends_early() {
        let table = [
            ("plain", "\"plain\""),
            ("", "\"\""),
            ("a,b", "\"a,b\""),
            ("say \"no\"", "\"say \"\"no\"\"\""),
            ("two\nlines", "\"two\nlines\""),
            ("=1+1", "\"'=1+1\""),
            ("+1", "\"'+1\""),
            ("-1", "\"'-1\""),
            ("@x", "\"'@x\""),
            ("\tx", "\"'\tx\""),
            ("\rx", "\"'\rx\""),
            ("a=1", "\"a=1\""),
        ];
        for (text, written) in table {
            assert_eq!(cell(text), written, "{text:?}");
        }
    }
}
