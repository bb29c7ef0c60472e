//! Taking a message file apart: which lines belong to which key.

/// What is neither text nor structure at the edge of a text. Spaces that don't break are text.
pub const BLANK: [char; 3] = [' ', '\t', '\n'];

/// A message as it stands in the file, its lines without their indentation.
pub struct Entry {
    pub key: String,
    pub line: usize,
    /// What follows the key; `None` for a line that is none.
    pub source: Option<String>,
}

/// Returns what stands in the file, without comments.
pub fn entries(source: &str) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    let mut is_open = false;
    for (line, text) in (1..).zip(source.lines()) {
        let goes_on = text.trim().is_empty() || text.starts_with([' ', '\t', '}']);
        let open = entries.last_mut().filter(|_| is_open).and_then(|entry| entry.source.as_mut());
        match open {
            Some(source) if goes_on => {
                source.push('\n');
                source.push_str(text.trim_matches(BLANK));
            }
            Some(_) | None if text.trim().is_empty() => {}
            Some(_) | None if text.starts_with('#') => is_open = false,
            Some(_) | None => {
                let (key, source) = match text.split_once('=').filter(|_| !goes_on) {
                    Some((key, source)) => (key.trim(), Some(source.trim_matches(BLANK).to_owned())),
                    None => (text, None),
                };
                is_open = source.is_some();
                entries.push(Entry { key: key.to_owned(), line, source });
            }
        }
    }
    entries
}
