//! The rankings of all classes of pods, as many as there is room for.

use super::decide::Ranked;
use super::framework::PodView;
use super::journal_reader::LastMoves;
use super::node_cache::NodeCache;
use super::prepared_cycle::Rejection;
use super::profile::Profile;
use super::ranking::Ranking;
use crate::model::relations::{ClassId, OwnClassId};
use crate::table::Table;
use crate::world::World;

/// How many rows are kept in all. A row takes some ten bytes, and more for each sum.
const MOST_ROWS: usize = 32 << 20;

/// One ranking a class, and the answers that classes share.
#[derive(Default)]
pub struct Rankings {
    by_class: Table<ClassId, Option<Box<Kept>>>,
    caches: Table<OwnClassId, Option<Box<NodeCache>>>,
    rows: usize,
    last_moves: LastMoves,
    decisions: u64,
    /// Rows worked out by rankings that are gone.
    forgotten: u64,
}

struct Kept {
    ranking: Ranking,
    last_used: u64,
}

impl Rankings {
    /// The ranking of a pod's class, new or known, brought up to date. None when answers about
    /// such pods cannot be remembered: the pod restricts itself to nodes that it names, or depends
    /// on more than nodes.
    ///
    /// # Errors
    /// A refusal that holds for every node.
    pub fn of(
        &mut self,
        profile: &Profile,
        pod: PodView<'_>,
        world: &World,
    ) -> Result<Option<Ranked<'_>>, Rejection> {
        if !pod.is_ranked() {
            return Ok(None);
        }
        self.decisions += 1;
        let (class, own_class) = (pod.related.class, pod.related.own_class);
        if self.by_class.slot(class).is_none() {
            let ranking = Ranking::new(profile, pod, world)?;
            self.make_room(world.registered().len());
            self.by_class[class] = Some(Box::new(Kept { ranking, last_used: 0 }));
        }
        let kept = self.by_class[class].as_mut().expect("it was just made");
        kept.last_used = self.decisions;
        let ranking = &mut kept.ranking;
        let cache = self.caches.slot(own_class).get_or_insert_default();
        cache.catch_up(&ranking.cycle, pod, world, &mut self.last_moves);
        let before = ranking.len();
        ranking.catch_up(cache, pod, world, &mut self.last_moves);
        self.rows = self.rows + ranking.len() - before;
        Ok(Some(Ranked { ranking, cache }))
    }

    /// How many rows have been worked out so far, and how many answers of nodes for themselves.
    pub fn rows_recomputed(&self) -> (u64, u64) {
        let kept = self.by_class.rows().flatten().map(|kept| kept.ranking.recomputed);
        let kept_by_nodes = self.caches.rows().flatten().map(|cache| cache.recomputed());
        (self.forgotten + kept.sum::<u64>(), kept_by_nodes.sum())
    }

    /// Lets the least recently used rankings go until there is room for more rows.
    fn make_room(&mut self, rows: usize) {
        while self.rows + rows > MOST_ROWS {
            let used = |(class, kept): (ClassId, &Option<Box<Kept>>)| {
                kept.as_ref().map(|kept| (kept.last_used, class))
            };
            let Some((_, class)) = self.by_class.iter().filter_map(used).min() else { return };
            if let Some(kept) = self.by_class[class].take() {
                self.rows -= kept.ranking.len();
                self.forgotten += kept.ranking.recomputed;
            }
        }
    }
}
