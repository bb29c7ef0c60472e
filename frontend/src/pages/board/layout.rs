//! Where the cards are, and how one gets from one to the next. Pure.

use slipway_shared::ids::{ColumnId, DeploymentId};

/// The cards that are shown, column by column from left to right, each from top to bottom.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Layout(pub Vec<(ColumnId, Vec<DeploymentId>)>);

/// A place for a card: a column, and how many cards of it come before, not counting the card itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spot {
    /// The column.
    pub column: ColumnId,
    /// How many of its other cards come before.
    pub index: usize,
}

/// A key that leads somewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// To the previous card of the column.
    Up,
    /// To the next.
    Down,
    /// To the column on the left.
    Left,
    /// To the column on the right.
    Right,
    /// To the first card of the column.
    First,
    /// To the last.
    Last,
}

impl Way {
    /// Returns where a key leads; `None` for other keys.
    #[must_use]
    pub fn of_key(key: &str) -> Option<Self> {
        match key {
            "ArrowUp" | "k" => Some(Self::Up),
            "ArrowDown" | "j" => Some(Self::Down),
            "ArrowLeft" => Some(Self::Left),
            "ArrowRight" => Some(Self::Right),
            "Home" => Some(Self::First),
            "End" => Some(Self::Last),
            _ => None,
        }
    }
}

impl Layout {
    /// Returns the columns from left to right.
    #[must_use]
    pub fn columns(&self) -> Vec<ColumnId> {
        self.0.iter().map(|(column, _)| *column).collect()
    }

    /// Returns the cards of a column; none for one that does not exist.
    #[must_use]
    pub fn cards(&self, column: ColumnId) -> &[DeploymentId] {
        self.0.iter().find(|(id, _)| *id == column).map_or(&[], |(_, cards)| cards)
    }

    /// Returns how many cards there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.0.iter().map(|(_, cards)| cards.len()).sum()
    }

    /// Returns the first card of the board.
    #[must_use]
    pub fn first(&self) -> Option<DeploymentId> {
        self.0.iter().find_map(|(_, cards)| cards.first()).copied()
    }

    /// Tells whether a card is shown.
    #[must_use]
    pub fn has(&self, card: DeploymentId) -> bool {
        self.place_of(card).is_some()
    }

    /// Returns the place a card is in.
    #[must_use]
    pub fn spot_of(&self, card: DeploymentId) -> Option<Spot> {
        let (column, index) = self.place_of(card)?;
        Some(Spot { column: self.0.get(column)?.0, index })
    }

    fn place_of(&self, card: DeploymentId) -> Option<(usize, usize)> {
        self.0.iter().enumerate().find_map(|(column, (_, cards))| {
            cards.iter().position(|known| *known == card).map(|index| (column, index))
        })
    }

    /// Returns the card that a way leads to; empty columns are passed over.
    #[must_use]
    pub fn next(&self, from: DeploymentId, way: Way) -> Option<DeploymentId> {
        let (column, index) = self.place_of(from)?;
        let cards = &self.0.get(column)?.1;
        let beside = |cards: &[DeploymentId]| cards.get(index.min(cards.len().checked_sub(1)?)).copied();
        match way {
            Way::Up => cards.get(index.checked_sub(1)?).copied(),
            Way::Down => cards.get(index + 1).copied(),
            Way::Left => self.0.get(..column)?.iter().rev().find_map(|(_, cards)| beside(cards)),
            Way::Right => self.0.get(column + 1..)?.iter().find_map(|(_, cards)| beside(cards)),
            Way::First => cards.first().copied(),
            Way::Last => cards.last().copied(),
        }
    }

    /// Returns the place that a way leads a held card to; the same where it leads nowhere.
    #[must_use]
    pub fn shift(&self, held: DeploymentId, from: Spot, way: Way) -> Spot {
        let Some(at) = self.0.iter().position(|(column, _)| *column == from.column) else { return from };
        let room = |column: usize| {
            let (id, cards) = self.0.get(column)?;
            Some((*id, cards.iter().filter(|card| **card != held).count()))
        };
        let beside = |column: Option<usize>| {
            let (column, last) = room(column?)?;
            Some(Spot { column, index: from.index.min(last) })
        };
        let last = room(at).map_or(0, |(_, last)| last);
        match way {
            Way::Up => Spot { index: from.index.saturating_sub(1), ..from },
            Way::Down => Spot { index: (from.index + 1).min(last), ..from },
            Way::Left => beside(at.checked_sub(1)).unwrap_or(from),
            Way::Right => beside(Some(at + 1)).unwrap_or(from),
            Way::First => Spot { index: 0, ..from },
            Way::Last => Spot { index: last, ..from },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn card(n: u128) -> DeploymentId {
        DeploymentId::from_u128(n)
    }

    fn column(n: u128) -> ColumnId {
        ColumnId::from_u128(n)
    }

    /// Column 1 has cards 1, 2 and 3, column 2 has none, column 3 has card 4.
    fn layout() -> Layout {
        let cards = |range: std::ops::RangeInclusive<u128>| range.map(card).collect();
        Layout(vec![(column(1), cards(1..=3)), (column(2), vec![]), (column(3), cards(4..=4))])
    }

    #[test]
    fn arrows_lead_from_card_to_card() {
        let layout = layout();
        assert_eq!(layout.next(card(1), Way::Down), Some(card(2)));
        assert_eq!(layout.next(card(3), Way::Down), None);
        assert_eq!(layout.next(card(1), Way::Up), None);
        assert_eq!(layout.next(card(2), Way::Last), Some(card(3)));
        assert_eq!(
            layout.next(card(3), Way::Right),
            Some(card(4)),
            "over the empty column, to its last card"
        );
        assert_eq!(layout.next(card(4), Way::Left), Some(card(1)));
        assert_eq!(layout.next(card(9), Way::Down), None);
    }

    #[test]
    fn a_held_card_goes_into_empty_columns_too() {
        let layout = layout();
        let from = layout.spot_of(card(3)).unwrap();
        assert_eq!(from, Spot { column: column(1), index: 2 });
        assert_eq!(layout.shift(card(3), from, Way::Right), Spot { column: column(2), index: 0 });
        assert_eq!(layout.shift(card(3), from, Way::Left), from);
        assert_eq!(layout.shift(card(3), from, Way::Down), from, "it is last already, not counting itself");
        assert_eq!(layout.shift(card(3), from, Way::First), Spot { column: column(1), index: 0 });
    }
}
