//! The rankings of all classes of pods, as many as there is room for.
//!
//! Where pods of one shape come in many sizes, few of a size, a ranking of each size would be out of
//! date whenever it is wanted. Such pods share one ranking of all that their size does not matter to,
//! and what it does matter to is worked out as nodes are walked: see [`scan`](super::scan).

use std::collections::VecDeque;

use super::columns::Columns;
use super::decide::Ranked;
use super::framework::PodView;
use super::journal_reader::LastMoves;
use super::prepared_cycle::{PreparedCycle, Rejection};
use super::profile::Profile;
use super::ranking::Ranking;
use super::scan::Scan;
use super::shelf::Shelf;
use crate::model::relations::{ClassId, OwnClassId, OwnShape, Shape};
use crate::table::Table;
use crate::world::World;

/// How many rows are kept in all. A row takes some ten bytes, and more for each sum.
const MOST_ROWS: usize = 32 << 20;

/// Pods of one shape have a ranking for each size as long as there are no more sizes than this, and
/// otherwise for each size that at least one in this many of them has. About where one scan costs what it
/// costs to bring a ranking up to date that the others have left behind.
const FEW_SIZES: u32 = 32;

/// Repairing a ranking costs more than a scan when it has missed more changes than one in this many nodes.
const MANY_BEHIND: usize = 16;

/// How many rows are kept of sizes, of many, that no node took.
const REFUSED_ROWS: usize = 2 << 20;

/// One ranking a class, and the answers that classes share.
#[derive(Default)]
pub struct Rankings {
    of_classes: Shelf<ClassId, OwnClassId>,
    /// Of what does not depend on sizes.
    of_shapes: Shelf<Shape, OwnShape>,
    columns: Columns,
    /// How many rows scans have worked out.
    scanned: u64,
    /// How many pods of each class, and of each shape, were asked about, where the shape has many sizes.
    asked: Asked,
    /// Sizes of many that have a ranking nevertheless, oldest first: no node took a pod of theirs, and
    /// those will be tried again.
    refused: VecDeque<ClassId>,
    last_moves: LastMoves,
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
        let (class, own_class) = (pod.alike.class, pod.alike.own_class);
        if !self.of_classes.has(class) {
            let nodes = world.registered().len();
            if is_of_many_sizes(pod, world) && self.asked.is_rare(pod) {
                self.refused.push_back(class);
                while self.refused.len() * nodes > REFUSED_ROWS
                    && let Some(other) = self.refused.pop_front()
                {
                    self.of_classes.let_go(other);
                }
            }
            self.make_room(nodes);
        }
        let make = || Ok(Ranking::new(PreparedCycle::of(profile, pod, world)?, world));
        let last = &mut self.last_moves;
        self.of_classes.of((class, own_class), make, pod, world, last).map(Some)
    }

    /// Whether a [scan](Self::scan) costs less than a ranking of the pod's class: there are many sizes of
    /// its shape, its own is rare among them, and was not asked about lately.
    pub(super) fn is_scanned(&mut self, pod: PodView<'_>, world: &World) -> bool {
        if !is_of_many_sizes(pod, world) {
            return false;
        }
        self.asked.count(pod);
        self.asked.is_rare(pod) && {
            let behind = self.of_classes.behind(pod.alike.class, world);
            behind.is_none_or(|behind| behind > world.registered().len() / MANY_BEHIND)
        }
    }

    /// What is known of nodes whatever the size of a pod, brought up to date. None when answers about
    /// such pods cannot be remembered, or there is a refusal that holds for every node.
    pub fn scan(&mut self, profile: &Profile, pod: PodView<'_>, world: &World) -> Option<Scan<'_>> {
        if !pod.is_ranked() {
            return None;
        }
        let (shape, own_shape) = (pod.alike.shape, pod.alike.own_shape);
        let make = || {
            let cycle = PreparedCycle::of(profile, pod, world)?.whatever_the_size();
            Ok(Ranking::new(cycle, world))
        };
        let last = &mut self.last_moves;
        let ranked = self.of_shapes.of((shape, own_shape), make, pod, world, last).ok()?;
        self.columns.catch_up(world, last);
        Some(Scan { ranked, columns: &self.columns })
    }

    /// A scan has asked this many nodes.
    pub(super) fn count_scan(&mut self, walked: usize) {
        self.scanned += walked as u64;
    }

    /// How many rows have been worked out so far, scans included, and how many answers of nodes for
    /// themselves.
    pub fn rows_recomputed(&self) -> (u64, u64) {
        let (rows, answers) = self.of_classes.rows_recomputed();
        let of_shapes = self.of_shapes.rows_recomputed();
        (rows + of_shapes.0 + self.scanned, answers + of_shapes.1)
    }

    /// Lets the least recently used rankings go until there is room for more rows.
    fn make_room(&mut self, rows: usize) {
        while self.of_classes.rows() + rows > MOST_ROWS {
            let Some(class) = self.of_classes.least_recent() else { return };
            self.of_classes.let_go(class);
        }
    }
}

/// How often pods of a size, and of a shape, were asked about.
#[derive(Default)]
struct Asked {
    of_class: Table<ClassId, u32>,
    of_shape: Table<Shape, u32>,
}

impl Asked {
    /// One more pod is asked about.
    fn count(&mut self, pod: PodView<'_>) {
        let of_class = self.of_class.slot(pod.alike.class);
        *of_class = of_class.saturating_add(1);
        let of_shape = self.of_shape.slot(pod.alike.shape);
        *of_shape = of_shape.saturating_add(1);
    }

    /// Whether few pods of its shape have the size of a pod. How many sizes there are does not say so:
    /// most may be of pods that were bound long ago.
    fn is_rare(&self, pod: PodView<'_>) -> bool {
        let of_class = self.of_class.get(pod.alike.class).copied().unwrap_or(0);
        let of_shape = self.of_shape.get(pod.alike.shape).copied().unwrap_or(0);
        of_class.saturating_mul(FEW_SIZES) < of_shape
    }
}

/// Whether there are too many sizes of a pod's shape for a ranking of each.
fn is_of_many_sizes(pod: PodView<'_>, world: &World) -> bool {
    world.specs().sizes_of(pod.alike.shape) > FEW_SIZES
}
