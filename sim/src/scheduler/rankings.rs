//! The rankings of all classes of pods, as many as there is room for.

use super::framework::PodView;
use super::inquiry::Rejection;
use super::profile::Profile;
use super::ranking::Ranking;
use crate::table::Table;
use crate::world::World;
use crate::world::relations::ClassId;

/// How many rows are kept in all. A row takes about ten bytes and some for each sum.
const MOST_ROWS: usize = 32 << 20;

/// One ranking a class. The least recently used ones make way for others.
#[derive(Default)]
pub struct Rankings {
    by_class: Table<ClassId, Option<Box<Kept>>>,
    rows: usize,
    decisions: u64,
    /// Rows worked out by rankings that are gone.
    forgotten: u64,
}

struct Kept {
    ranking: Ranking,
    last_used: u64,
}

impl Rankings {
    /// The ranking of a pod's class, new or known. None when answers about such pods cannot be
    /// remembered: the pod restricts itself to a few nodes, or depends on more than nodes.
    ///
    /// # Errors
    /// A refusal that holds for every node.
    pub fn of(
        &mut self,
        profile: &Profile,
        pod: PodView<'_>,
        world: &World,
    ) -> Result<Option<&mut Ranking>, Rejection> {
        if pod.meant_for.is_some() || pod.spec.names_nodes() {
            return Ok(None);
        }
        self.decisions += 1;
        let class = pod.related.class;
        while self.by_class.len() <= class.number() as usize {
            self.by_class.push(None);
        }
        if self.by_class[class].is_none() {
            let ranking = Ranking::new(profile, pod, world)?;
            self.make_room(ranking.len());
            self.rows += ranking.len();
            self.by_class[class] = Some(Box::new(Kept { ranking, last_used: 0 }));
        }
        let kept = self.by_class[class].as_mut().expect("it was just made");
        kept.last_used = self.decisions;
        Ok(Some(&mut kept.ranking))
    }

    /// How many rows have been worked out so far.
    pub fn rows_recomputed(&self) -> u64 {
        let kept = self.by_class.rows().flatten().map(|kept| kept.ranking.recomputed);
        self.forgotten + kept.sum::<u64>()
    }

    fn make_room(&mut self, rows: usize) {
        while self.rows + rows > MOST_ROWS {
            let oldest = self
                .by_class
                .iter()
                .filter_map(|(class, kept)| Some((kept.as_ref()?.last_used, class)))
                .min();
            let Some((_, class)) = oldest else { return };
            if let Some(kept) = self.by_class[class].take() {
                self.rows = self.rows.saturating_sub(kept.ranking.len());
                self.forgotten += kept.ranking.recomputed;
            }
        }
    }
}
