//! QR codes, as paths: the page draws them without knowing how they are made.

use std::fmt::Write as _;

use qrcodegen::{QrCode, QrCodeEcc};
use slipway_shared::account::Picture;

/// How many light units are around it, as the standard wants.
const BORDER: i32 = 4;

/// Returns the QR code of a text; `None` for one that is too long.
#[must_use]
pub(crate) fn picture(text: &str) -> Option<Picture> {
    let code = QrCode::encode_text(text, QrCodeEcc::Medium).ok()?;
    let size = u16::try_from(code.size() + 2 * BORDER).ok()?;
    Some(Picture { size, path: path(&code) })
}

/// Draws each run of dark units in a row as one stroke of a pen that is one unit high.
fn path(code: &QrCode) -> String {
    let mut path = String::new();
    for y in 0..code.size() {
        let mut x = 0;
        while x < code.size() {
            let run = (x..code.size()).take_while(|x| code.get_module(*x, y)).count();
            if run > 0 {
                // A text takes everything.
                let _ = write!(path, "M{} {}.5h{run}", x + BORDER, y + BORDER);
            }
            // One light unit follows each run, or is where none begins.
            x += i32::try_from(run).unwrap_or(i32::MAX - 1) + 1;
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_dark_unit_is_drawn_and_no_light_one() {
        let code =
            QrCode::encode_text("otpauth://totp/Slipway:ada?secret=GEZDGNBV", QrCodeEcc::Medium).unwrap();
        let mut drawn = std::collections::BTreeSet::new();
        for run in path(&code).split('M').skip(1) {
            let (start, rest) = run.split_once('h').unwrap();
            let (x, y) = start.split_once(' ').unwrap();
            let (x, y): (i32, i32) = (x.parse().unwrap(), y.strip_suffix(".5").unwrap().parse().unwrap());
            let length: i32 = rest.parse().unwrap();
            drawn.extend((x..x + length).map(|x| (x - BORDER, y - BORDER)));
        }
        let all = (0..code.size()).flat_map(|y| (0..code.size()).map(move |x| (x, y)));
        let dark: std::collections::BTreeSet<_> = all.filter(|(x, y)| code.get_module(*x, *y)).collect();
        assert_eq!(drawn, dark);
    }

    #[test]
    fn a_text_that_is_too_long_has_none() {
        assert!(picture(&"x".repeat(5_000)).is_none());
        let longest_login = format!("otpauth://totp/Slipway:{}", "%F0%9F%9A%A2".repeat(100));
        assert!(picture(&longest_login).is_some_and(|picture| picture.path.len() < 64 * 1024));
    }
}
