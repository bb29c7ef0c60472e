//! Markdown as it is read. Only what checklists and plans use; anything else stays as its text. No HTML passes.

mod blocks;
pub mod inline;

use leptos::prelude::*;

use crate::components::live::live;
use blocks::Block;
use inline::Inline;

/// Markdown as it is read.
#[component]
pub fn Markdown(#[prop(into)] text: Signal<String>) -> impl IntoView {
    view! { <div class="markdown" dir="auto">{live(move || text.with(|text| show_blocks(&blocks::read(text))))}</div> }
}

fn show_blocks(blocks: &[Block]) -> AnyView {
    blocks.iter().map(show_block).collect_view().into_any()
}

fn show_block(block: &Block) -> AnyView {
    match block {
        Block::Paragraph(text) => view! { <p>{show_inline(text)}</p> }.into_any(),
        // The page has its own headings above; these come below them.
        Block::Heading(text) => view! { <h3>{show_inline(text)}</h3> }.into_any(),
        Block::Quote(text) => view! { <blockquote>{show_inline(text)}</blockquote> }.into_any(),
        Block::Code(code) => view! {
            <pre tabindex="0">
                <code>{code.clone()}</code>
            </pre>
        }
        .into_any(),
        Block::List { is_ordered: true, items } => view! { <ol>{show_items(items)}</ol> }.into_any(),
        Block::List { is_ordered: false, items } => view! { <ul>{show_items(items)}</ul> }.into_any(),
    }
}

fn show_items(items: &[Vec<Inline>]) -> AnyView {
    items.iter().map(|item| view! { <li>{show_inline(item)}</li> }).collect_view().into_any()
}

fn show_inline(parts: &[Inline]) -> AnyView {
    let parts = parts.iter().map(|part| match part {
        Inline::Text(text) => text.clone().into_any(),
        Inline::Code(code) => view! { <code>{code.clone()}</code> }.into_any(),
        Inline::Strong(text) => view! { <strong>{text.clone()}</strong> }.into_any(),
        Inline::Emphasis(text) => view! { <em>{text.clone()}</em> }.into_any(),
        Inline::Link { text, address } => {
            view! { <a href=address.clone() rel="noopener noreferrer external">{text.clone()}</a> }.into_any()
        }
    });
    parts.collect_view().into_any()
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use slipway_shared::document;

    use super::blocks;
    use crate::palette::fold::{fold, marks};

    /// What makes readers of Markdown slow: marks that open and never close, and what nests.
    const HOSTILE: [&str; 16] = [
        "[",
        "[a](",
        "[a](x) ",
        "](",
        "**a ",
        "**",
        "*a **b ",
        "_a ",
        "`a ",
        "> ",
        "- [ ] a\n",
        "  - a\n",
        "# ",
        "```\n",
        "https://a ",
        "### a\n- [ ] b\n  > c\n",
    ];
    const SHORT: usize = 64 * 1024;
    const MOST: f64 = 10.0;

    type Reader<'a> = &'a dyn Fn(&str);

    /// How often a text is read: more often where other work on the machine may have been in the way.
    const ROUNDS: std::ops::RangeInclusive<usize> = 3..=12;

    fn once(read: Reader<'_>, text: &str) -> Duration {
        let start = Instant::now();
        read(text);
        start.elapsed()
    }

    /// Returns how many times as long the longer text takes, by the shortest of several readings of each: until it is less
    /// than `most`, which work that comes in between can only delay, or there were enough of them.
    fn ratio(read: Reader<'_>, short: &str, long: &str, most: f64) -> f64 {
        let (mut shortest, mut ratio) = ([Duration::MAX; 2], f64::INFINITY);
        for round in 1..=*ROUNDS.end() {
            shortest = [shortest[0].min(once(read, short)), shortest[1].min(once(read, long))];
            ratio = shortest[1].as_secs_f64() / shortest[0].as_secs_f64();
            if ratio < most && ROUNDS.contains(&round) {
                break;
            }
        }
        ratio
    }

    /// Four times as much takes four times as long, and sixteen times where each mark is looked for to the end.
    #[test]
    fn no_text_takes_longer_than_its_length_allows() {
        let markdown = |text: &str| drop(blocks::read(text));
        let document = |text: &str| drop(document::parse(text));
        let search = |text: &str| drop((fold(text), marks(text, &["a".to_owned(), "**".to_owned()])));
        let readers: [(&str, Reader<'_>); 3] =
            [("markdown", &markdown), ("document", &document), ("search", &search)];
        for (name, read) in readers {
            for hostile in HOSTILE {
                let [short, long] = [SHORT, 4 * SHORT].map(|size| hostile.repeat(size / hostile.len()));
                let ratio = ratio(read, &short, &long, MOST);
                assert!(ratio < MOST, "{name}, {hostile:?}: {ratio} times as long");
            }
        }
    }
}
