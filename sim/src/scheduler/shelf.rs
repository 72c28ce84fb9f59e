//! Rankings by class, and the answers that classes share.

use super::decide::Ranked;
use super::framework::PodView;
use super::journal_reader::LastMoves;
use super::node_cache::NodeCache;
use super::prepared_cycle::Rejection;
use super::ranking::Ranking;
use crate::table::{Id, Table};
use crate::world::World;

/// One ranking a class `C`; classes of one own class `O` share what nodes answer for themselves.
pub(super) struct Shelf<C, O> {
    by_class: Table<C, Option<Box<Kept<O>>>>,
    caches: Table<O, Cache>,
    rows: usize,
    decisions: u64,
    /// Rows worked out by rankings that are gone, and answers by caches that are.
    forgotten: (u64, u64),
}

struct Kept<O> {
    ranking: Ranking,
    own_class: O,
    last_used: u64,
}

/// What nodes answer for themselves, for as long as a ranking uses it.
#[derive(Default)]
struct Cache {
    cache: Option<Box<NodeCache>>,
    users: u32,
}

impl<C, O> Default for Shelf<C, O>
where
    C: Id,
    O: Id,
{
    fn default() -> Self {
        Shelf {
            by_class: Table::new(),
            caches: Table::new(),
            rows: 0,
            decisions: 0,
            forgotten: (0, 0),
        }
    }
}

impl<C: Id, O: Id> Shelf<C, O> {
    /// Whether there is a ranking of a class.
    pub(super) fn has(&self, class: C) -> bool {
        self.by_class.get(class).is_some_and(Option::is_some)
    }

    /// How many changes the ranking of a class has not seen yet, if there is one.
    pub(super) fn behind(&self, class: C, world: &World) -> Option<usize> {
        Some(self.by_class.get(class)?.as_ref()?.ranking.behind(world))
    }

    /// The ranking of a class, new or known, brought up to date.
    ///
    /// # Errors
    /// What keeps a new one from being made.
    pub(super) fn of(
        &mut self,
        (class, own_class): (C, O),
        make: impl FnOnce() -> Result<Ranking, Rejection>,
        pod: PodView<'_>,
        world: &World,
        last: &mut LastMoves,
    ) -> Result<Ranked<'_>, Rejection> {
        self.decisions += 1;
        let slot = self.by_class.slot(class);
        if slot.is_none() {
            let ranking = make()?;
            *slot = Some(Box::new(Kept { ranking, own_class, last_used: 0 }));
            self.caches.slot(own_class).users += 1;
        }
        let kept = slot.as_mut().expect("it was just made");
        kept.last_used = self.decisions;
        let ranking = &mut kept.ranking;
        let cache = self.caches[own_class].cache.get_or_insert_default();
        cache.catch_up(&ranking.cycle, pod, world, last);
        let before = ranking.len();
        ranking.catch_up(cache, pod, world, last);
        self.rows = self.rows + ranking.len() - before;
        Ok(Ranked { ranking, cache })
    }

    /// How many rows have been worked out so far, and how many answers of nodes for themselves.
    pub(super) fn rows_recomputed(&self) -> (u64, u64) {
        let kept = self.by_class.rows().flatten().map(|kept| kept.ranking.recomputed);
        let caches = self.caches.rows().filter_map(|it| it.cache.as_ref());
        let (rows, answers) = self.forgotten;
        let by_nodes = caches.map(|cache| cache.recomputed()).sum::<u64>();
        (rows + kept.sum::<u64>(), answers + by_nodes)
    }

    /// How many rows are kept.
    pub(super) fn rows(&self) -> usize {
        self.rows
    }

    /// The class whose ranking was used least recently.
    pub(super) fn least_recent(&self) -> Option<C> {
        let used = |(class, kept): (C, &Option<Box<Kept<O>>>)| {
            kept.as_ref().map(|kept| (kept.last_used, class))
        };
        self.by_class.iter().filter_map(used).min().map(|(_, class)| class)
    }

    /// Lets the ranking of a class go.
    pub(super) fn let_go(&mut self, class: C) {
        let Some(kept) = self.by_class[class].take() else { return };
        self.rows -= kept.ranking.len();
        self.forgotten.0 += kept.ranking.recomputed;
        let Cache { cache, users } = &mut self.caches[kept.own_class];
        *users -= 1;
        if *users == 0 {
            self.forgotten.1 += cache.take().map_or(0, |cache| cache.recomputed());
        }
    }
}
