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
    caches: Table<OwnClassId, Cache>,
    rows: usize,
    last_moves: LastMoves,
    decisions: u64,
    /// Rows worked out by rankings that are gone, and answers by caches that are.
    forgotten: (u64, u64),
}

struct Kept {
    ranking: Ranking,
    own_class: OwnClassId,
    last_used: u64,
}

/// What nodes answer for themselves, for as long as a ranking uses it.
#[derive(Default)]
struct Cache {
    cache: Option<Box<NodeCache>>,
    users: u32,
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
        let (class, own_class) = (pod.alike.class, pod.alike.own_class);
        if self.by_class.slot(class).is_none() {
            let ranking = Ranking::new(profile, pod, world)?;
            self.make_room(world.registered().len());
            self.by_class[class] = Some(Box::new(Kept { ranking, own_class, last_used: 0 }));
            self.caches.slot(own_class).users += 1;
        }
        let kept = self.by_class[class].as_mut().expect("it was just made");
        kept.last_used = self.decisions;
        let ranking = &mut kept.ranking;
        let cache = self.caches[own_class].cache.get_or_insert_default();
        cache.catch_up(&ranking.cycle, pod, world, &mut self.last_moves);
        let before = ranking.len();
        ranking.catch_up(cache, pod, world, &mut self.last_moves);
        self.rows = self.rows + ranking.len() - before;
        Ok(Some(Ranked { ranking, cache }))
    }

    /// How many rows have been worked out so far, and how many answers of nodes for themselves.
    pub fn rows_recomputed(&self) -> (u64, u64) {
        let kept = self.by_class.rows().flatten().map(|kept| kept.ranking.recomputed);
        let caches = self.caches.rows().filter_map(|it| it.cache.as_ref());
        let (rows, answers) = self.forgotten;
        let by_nodes = caches.map(|cache| cache.recomputed()).sum::<u64>();
        (rows + kept.sum::<u64>(), answers + by_nodes)
    }

    /// A ranking no longer uses a cache.
    fn release(&mut self, own_class: OwnClassId) {
        let Cache { cache, users } = &mut self.caches[own_class];
        *users -= 1;
        if *users == 0 {
            self.forgotten.1 += cache.take().map_or(0, |cache| cache.recomputed());
        }
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
                self.forgotten.0 += kept.ranking.recomputed;
                self.release(kept.own_class);
            }
        }
    }
}
