//! Where the cards are, and how one gets from one to the next. Pure.

use std::collections::BTreeMap;

use slipway_shared::ids::{ColumnId, DeploymentId};

/// A row of the board, by the number of the service or member it is for; see [`LaneId::WHOLE`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LaneId(pub u128);

impl LaneId {
    /// The only row of a board without rows; of one with a row for each person, that of nobody.
    pub const WHOLE: Self = Self(0);
}

/// A row of the board.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lane {
    /// Which.
    pub id: LaneId,
    /// Whether its cards are shown.
    pub is_open: bool,
    /// Its cards, column by column from left to right, each from top to bottom. Every row has the same columns.
    pub columns: Vec<(ColumnId, Vec<DeploymentId>)>,
}

impl Lane {
    fn cards(&self, column: ColumnId) -> &[DeploymentId] {
        self.columns.iter().find(|(id, _)| *id == column).map_or(&[], |(_, cards)| cards)
    }

    /// Returns the cards of the column at a place, if they are shown.
    fn open_column(&self, place: usize) -> Option<&Vec<DeploymentId>> {
        self.columns.get(place).filter(|_| self.is_open).map(|(_, cards)| cards)
    }

    /// Returns how many cards it has.
    #[must_use]
    pub fn count(&self) -> usize {
        self.columns.iter().map(|(_, cards)| cards.len()).sum()
    }
}

/// The cards that are looked for, row by row from top to bottom. There is always a row.
#[derive(Clone, Debug, Default)]
pub struct Layout {
    lanes: Vec<Lane>,
    /// Where each card is: every card of the board asks after each change.
    places: BTreeMap<DeploymentId, Place>,
}

impl PartialEq for Layout {
    fn eq(&self, other: &Self) -> bool {
        // The places follow from the rows.
        self.lanes == other.lanes
    }
}

/// A place for a card: a row, a column, and how many of its cards come before, not counting the card itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spot {
    /// The row.
    pub lane: LaneId,
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

/// The places of a card in the lists: of its row, its column, and the card.
type Place = (usize, usize, usize);

impl Layout {
    /// Returns the layout of rows from top to bottom.
    #[must_use]
    pub fn new(lanes: Vec<Lane>) -> Self {
        let mut places = BTreeMap::new();
        for (at, lane) in lanes.iter().enumerate() {
            for (column, (_, cards)) in lane.columns.iter().enumerate() {
                places.extend(cards.iter().enumerate().map(|(index, card)| (*card, (at, column, index))));
            }
        }
        Self { lanes, places }
    }

    /// Returns the rows from top to bottom.
    #[must_use]
    pub fn lanes(&self) -> Vec<LaneId> {
        self.lanes.iter().map(|lane| lane.id).collect()
    }

    /// Returns a row.
    #[must_use]
    pub fn lane(&self, id: LaneId) -> Option<&Lane> {
        self.lanes.iter().find(|lane| lane.id == id)
    }

    /// Returns the columns from left to right.
    #[must_use]
    pub fn columns(&self) -> Vec<ColumnId> {
        self.lanes
            .first()
            .map(|lane| lane.columns.iter().map(|(column, _)| *column).collect())
            .unwrap_or_default()
    }

    /// Returns the cards of a column in a row; none for what does not exist.
    #[must_use]
    pub fn cards(&self, lane: LaneId, column: ColumnId) -> &[DeploymentId] {
        self.lane(lane).map_or(&[], |lane| lane.cards(column))
    }

    /// Returns the cards of a column in all rows.
    #[must_use]
    pub fn column(&self, column: ColumnId) -> Vec<DeploymentId> {
        self.lanes.iter().flat_map(|lane| lane.cards(column)).copied().collect()
    }

    /// Returns how many cards there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.lanes.iter().map(Lane::count).sum()
    }

    /// Iterates over the cards that can be seen, as one reads them.
    pub fn cards_in_order(&self) -> impl Iterator<Item = DeploymentId> {
        let open = self.lanes.iter().filter(|lane| lane.is_open);
        open.flat_map(|lane| &lane.columns).flat_map(|(_, cards)| cards).copied()
    }

    /// Returns the first card that can be seen.
    #[must_use]
    pub fn first(&self) -> Option<DeploymentId> {
        self.cards_in_order().next()
    }

    /// Tells whether a card can be seen.
    #[must_use]
    pub fn has(&self, card: DeploymentId) -> bool {
        let lane = self.places.get(&card).and_then(|(lane, _, _)| self.lanes.get(*lane));
        lane.is_some_and(|lane| lane.is_open)
    }

    /// Returns the place a card is in.
    #[must_use]
    pub fn spot_of(&self, card: DeploymentId) -> Option<Spot> {
        let (lane, column, index) = *self.places.get(&card)?;
        let lane = self.lanes.get(lane)?;
        Some(Spot { lane: lane.id, column: lane.columns.get(column)?.0, index })
    }

    /// Returns the card that is nearest to one in its column once some are gone: below it, else above it.
    #[must_use]
    pub fn near(&self, card: DeploymentId, is_gone: &dyn Fn(DeploymentId) -> bool) -> Option<DeploymentId> {
        let (lane, column, index) = *self.places.get(&card)?;
        let cards = self.lanes.get(lane)?.open_column(column)?;
        let below = cards.iter().skip(index);
        let above = cards.iter().take(index).rev();
        below.chain(above).copied().find(|card| !is_gone(*card))
    }

    /// Returns the card that a way leads to; empty columns and closed rows are passed over.
    #[must_use]
    pub fn next(&self, from: DeploymentId, way: Way) -> Option<DeploymentId> {
        let (at, column, index) = *self.places.get(&from)?;
        let lane = self.lanes.get(at)?;
        let cards = &lane.columns.get(column)?.1;
        let beside = |cards: &[DeploymentId]| cards.get(index.min(cards.len().checked_sub(1)?)).copied();
        match way {
            Way::Up => index.checked_sub(1).and_then(|index| cards.get(index)).copied().or_else(|| {
                let above = self.lanes.get(..at)?.iter().rev();
                above.filter_map(|lane| lane.open_column(column)).find_map(|cards| cards.last()).copied()
            }),
            Way::Down => cards.get(index + 1).copied().or_else(|| {
                let below = self.lanes.get(at + 1..)?.iter();
                below.filter_map(|lane| lane.open_column(column)).find_map(|cards| cards.first()).copied()
            }),
            Way::Left => lane.columns.get(..column)?.iter().rev().find_map(|(_, cards)| beside(cards)),
            Way::Right => lane.columns.get(column + 1..)?.iter().find_map(|(_, cards)| beside(cards)),
            Way::First => cards.first().copied(),
            Way::Last => cards.last().copied(),
        }
    }

    /// Returns the place that a way leads a held card to; the same where it leads nowhere. Above the first place of a
    /// column is the last one of the row before.
    #[must_use]
    pub fn shift(&self, held: DeploymentId, from: Spot, way: Way) -> Spot {
        let Some(at) = self.lanes.iter().position(|lane| lane.id == from.lane) else { return from };
        let room = |lane: LaneId, column: ColumnId| {
            self.cards(lane, column).iter().filter(|card| **card != held).count()
        };
        let columns = self.columns();
        let place = columns.iter().position(|column| *column == from.column);
        let beside = |place: Option<usize>| {
            let column = *columns.get(place?)?;
            Some(Spot { column, index: from.index.min(room(from.lane, column)), ..from })
        };
        let last = room(from.lane, from.column);
        match way {
            Way::Up if from.index == 0 => {
                let above = self.lanes.get(..at).into_iter().flatten().rev().find(|lane| lane.is_open);
                above.map_or(from, |lane| Spot { lane: lane.id, index: room(lane.id, from.column), ..from })
            }
            Way::Down if from.index >= last => {
                let below = self.lanes.get(at + 1..).into_iter().flatten().find(|lane| lane.is_open);
                below.map_or(from, |lane| Spot { lane: lane.id, index: 0, ..from })
            }
            Way::Up => Spot { index: from.index.saturating_sub(1), ..from },
            Way::Down => Spot { index: from.index + 1, ..from },
            Way::Left => beside(place.and_then(|place| place.checked_sub(1))).unwrap_or(from),
            Way::Right => beside(place.map(|place| place + 1)).unwrap_or(from),
            Way::First => Spot { index: 0, ..from },
            Way::Last => Spot { index: last, ..from },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOP: LaneId = LaneId(7);
    const BOTTOM: LaneId = LaneId(9);

    fn card(n: u128) -> DeploymentId {
        DeploymentId::from_u128(n)
    }

    fn column(n: u128) -> ColumnId {
        ColumnId::from_u128(n)
    }

    /// Column 1 has cards 1, 2 and 3, column 2 has none, column 3 has card 4.
    fn layout() -> Layout {
        Layout::new(vec![lane(TOP, true, 1..=3, 4..=4)])
    }

    type Cards = std::ops::RangeInclusive<u128>;

    fn lane(id: LaneId, is_open: bool, first: Cards, last: Cards) -> Lane {
        let cards = |range: Cards| range.map(card).collect();
        let columns = vec![(column(1), cards(first)), (column(2), vec![]), (column(3), cards(last))];
        Lane { id, is_open, columns }
    }

    fn spot(lane: LaneId, place: u128, index: usize) -> Spot {
        Spot { lane, column: column(place), index }
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
        let near = |at: u128, gone: &[u128]| {
            layout.near(card(at), &|known| gone.iter().any(|number| card(*number) == known))
        };
        assert_eq!(near(2, &[2]), Some(card(3)));
        assert_eq!(near(2, &[2, 3]), Some(card(1)));
        assert_eq!(near(4, &[4]), None);
    }

    #[test]
    fn a_held_card_goes_into_empty_columns_too() {
        let layout = layout();
        let from = layout.spot_of(card(3)).unwrap();
        assert_eq!(from, spot(TOP, 1, 2));
        assert_eq!(layout.shift(card(3), from, Way::Right), spot(TOP, 2, 0));
        assert_eq!(layout.shift(card(3), from, Way::Left), from);
        assert_eq!(layout.shift(card(3), from, Way::Down), from, "it is last already, not counting itself");
        assert_eq!(layout.shift(card(3), from, Way::First), spot(TOP, 1, 0));
    }

    #[test]
    fn arrows_and_held_cards_go_from_row_to_row_and_pass_over_closed_ones() {
        let closed = lane(LaneId(8), false, 5..=6, 7..=7);
        let layout =
            Layout::new(vec![lane(TOP, true, 1..=3, 4..=4), closed, lane(BOTTOM, true, 8..=9, 10..=10)]);
        assert_eq!(layout.next(card(3), Way::Down), Some(card(8)));
        assert_eq!(layout.next(card(8), Way::Up), Some(card(3)));
        assert_eq!(layout.next(card(8), Way::Right), Some(card(10)), "a row is not left sideways");
        assert_eq!(layout.shift(card(3), spot(TOP, 1, 2), Way::Down), spot(BOTTOM, 1, 0));
        assert_eq!(layout.shift(card(8), spot(BOTTOM, 1, 0), Way::Up), spot(TOP, 1, 3));
        assert_eq!(layout.shift(card(4), spot(TOP, 2, 0), Way::Down), spot(BOTTOM, 2, 0));
        assert!(layout.has(card(8)) && !layout.has(card(5)));
        assert_eq!((layout.count(), layout.column(column(1)).len()), (10, 7), "closed rows count");
    }
}
