//! An explanation as a person reads it, at most 100 columns wide.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use textwrap::{Options, WordSplitter, fill};

use super::{Change, Explanation, NodeAnswer, Place, Room, Shortage};

const COLUMNS: usize = 100;
/// The number of names that are shown before the rest is counted.
const NAMES: usize = 3;
/// The number of nodes that are shown with their scores.
const SCORED: usize = 8;
/// The number of details of a group that are shown.
const DETAILS: usize = 4;
/// Where the rest of a group stands.
const BELOW: &str = "              ";
/// Plugins whose details are about other pods, and so about each node for itself.
const BY_NEIGHBOURS: [&str; 3] = ["PodTopologySpread", "InterPodAffinity", "NodePorts"];
/// The number of nodes on which room could be made that are shown.
const PLACES: usize = 5;

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut page = Page(String::new());
        page.line(&format!("POD  {}  {}", self.pod, self.stands()));
        for note in &self.notes {
            page.item("  ", &format!("note: {note}"));
        }
        if !self.history.is_empty() {
            page.heading("BEFORE");
            let width = self.history.iter().map(|moment| moment.at.len()).max().unwrap_or(0);
            for moment in &self.history {
                page.item(&format!("  {:<width$}  ", moment.at), &moment.what);
            }
        }
        if let Some(message) = &self.message {
            page.heading("KUBE-SCHEDULER SAYS");
            page.item("  ", message);
        }
        self.nodes_that_fit(&mut page);
        self.nodes_that_do_not(&mut page);
        // What happens by itself comes first.
        let (acts, does_not) = match &self.preemption {
            Some(room) if !room.places.is_empty() => (Some(room), None),
            room => (None, room.as_ref()),
        };
        acts.inspect(|room| room.tell(&mut page));
        if self.best.is_empty() {
            self.what_would_help(&mut page);
        }
        does_not.inspect(|room| room.tell(&mut page));
        f.write_str(&page.0)
    }
}

impl Explanation {
    fn stands(&self) -> String {
        let fits = self.nodes.iter().filter(|node| node.fits).count();
        let of = self.nodes.len();
        match (&self.runs_on, fits) {
            (Some(node), 0) => {
                format!("runs on {node}; placed again, it would fit on none of {of} nodes")
            }
            (Some(node), _) => {
                format!("runs on {node}; placed again, it would fit on {fits} of {of} nodes")
            }
            (None, 0) => match self.preemption.as_ref().and_then(|room| room.places.first()) {
                Some(place) => format!("fits on none of {of} nodes; {} makes room", place.node),
                None => format!("fits on none of {of} nodes"),
            },
            (None, _) => format!("fits on {fits} of {of} nodes"),
        }
    }

    /// The nodes that take it, with what tells them apart.
    fn nodes_that_fit(&self, page: &mut Page) {
        let fitting: Vec<&NodeAnswer> = self.nodes.iter().filter(|node| node.fits).collect();
        let [first, ..] = fitting[..] else { return };
        let equal = |plugin: &str| {
            fitting.iter().all(|node| node.scores.get(plugin) == first.scores.get(plugin))
        };
        let (same, different): (Vec<&str>, Vec<&str>) =
            first.scores.keys().copied().partition(|plugin| equal(plugin));
        let best = names(&self.best);
        let chance = if self.best.len() > 1 { ", by chance one of them" } else { "" };
        page.heading(&format!("WHERE IT FITS: best {best}{chance}"));
        let width = fitting.iter().take(SCORED).map(|node| node.node.len()).max().unwrap_or(0);
        for node in fitting.iter().take(SCORED) {
            let scores = different
                .iter()
                .map(|plugin| format!("{plugin} {}", node.scores.get(plugin).unwrap_or(&0)));
            let scores: Vec<String> = scores.collect();
            let total = node.total.unwrap_or(0);
            page.item(&format!("  {:<width$}  {total:>5}  ", node.node), &scores.join(", "));
        }
        if fitting.len() > SCORED {
            page.line(&format!("  and {} more", fitting.len() - SCORED));
        }
        if !same.is_empty() {
            let same = same.iter().filter(|plugin| first.scores[**plugin] != 0);
            let same = same.map(|plugin| format!("{plugin} {}", first.scores[plugin]));
            let same: Vec<String> = same.collect();
            page.item("  equal on all: ", &same.join(", "));
        }
    }

    /// The nodes that refuse it, those together that say the same.
    fn nodes_that_do_not(&self, page: &mut Page) {
        let mut groups: BTreeMap<_, Vec<&NodeAnswer>> = BTreeMap::new();
        for node in self.nodes.iter().filter(|node| !node.fits) {
            // Other pods and domains are in the way on every node; labels and taints make kinds.
            let of_kind = !node.plugin.is_some_and(|plugin| BY_NEIGHBOURS.contains(&plugin));
            let kind = if of_kind { &node.details[..] } else { &[] };
            groups.entry((node.plugin, &node.reasons, kind)).or_default().push(node);
        }
        if groups.is_empty() {
            return;
        }
        let mut groups: Vec<_> = groups.into_iter().collect();
        groups.sort_by_key(|(_, nodes)| std::cmp::Reverse(nodes.len()));
        page.heading(if self.best.is_empty() {
            "WHY NO NODE TAKES IT"
        } else {
            "WHY THE OTHERS DO NOT TAKE IT"
        });
        for ((plugin, reasons, _), nodes) in groups {
            let count = nodes.len();
            let what = if count == 1 { "node " } else { "nodes" };
            let plugin = plugin.map_or_else(String::new, |plugin| format!("  [{plugin}]"));
            page.item(&format!("{count:>5} {what}  "), &format!("{}{plugin}", reasons.join(", ")));
            let details: BTreeSet<&str> =
                nodes.iter().flat_map(|node| &node.details).map(String::as_str).collect();
            let all: Vec<String> = nodes.iter().map(|node| node.node.clone()).collect();
            let shortages = shortages(&nodes);
            let described =
                shortages.iter().map(String::as_str).chain(details.iter().copied().take(DETAILS));
            described.for_each(|detail| page.item(BELOW, detail));
            if details.len() > DETAILS {
                page.item(BELOW, &format!("and {} more such", details.len() - DETAILS));
            }
            page.item(BELOW, &format!("on {}", names(&all)));
        }
    }

    fn what_would_help(&self, page: &mut Page) {
        let pairs = self.changes.iter().any(|change| change.steps.len() > 1);
        page.heading(match (self.changes.is_empty(), pairs) {
            (true, _) => "WHAT WOULD HELP: no single change that was tried, and no two together",
            (false, true) => "WHAT WOULD HELP: no single change; two together, the cheapest first",
            (false, false) => "WHAT WOULD HELP: any one of these, the cheapest first",
        });
        for (number, change) in self.changes.iter().enumerate() {
            page.item(&format!("  {:>2}. ", number + 1), &change.tell());
        }
    }
}

impl Change {
    fn tell(&self) -> String {
        let steps: Vec<&str> = self.steps.iter().map(|step| step.text.as_str()).collect();
        let adds = self.steps.iter().any(|step| step.kind == "addNodes");
        let fits = if adds {
            String::new()
        } else {
            format!("; then it fits on {}", names(&self.fits_on))
        };
        format!("{}{fits}", steps.join(", and "))
    }
}

impl Room {
    fn tell(&self, page: &mut Page) {
        page.heading(match self.places.is_empty() {
            true => "PREEMPTION: makes no room",
            false => "PREEMPTION: kube-scheduler makes room, without being asked",
        });
        let width =
            self.places.iter().take(PLACES).map(|place| place.node.len()).max().unwrap_or(0);
        for (number, place) in self.places.iter().take(PLACES).enumerate() {
            let mark = if number == 0 { "  on " } else { "  or " };
            page.item(&format!("{mark}{:<width$}  ", place.node), &place.tell());
        }
        if self.places.len() > PLACES {
            page.line(&format!("  or one of {} more nodes", self.places.len() - PLACES));
        }
        for obstacle in &self.obstacles {
            page.item("  ", obstacle);
        }
        for (budget, allowed) in self.broken() {
            let text = format!(
                "PodDisruptionBudget {budget} allows {allowed} disruptions. kube-scheduler keeps \
                 budgets where it can; here it cannot, and pushes the pod away all the same"
            );
            page.item("  ", &text);
        }
    }

    /// The budgets that the first choice breaks.
    fn broken(&self) -> BTreeMap<&String, i64> {
        let first = self.places.first().filter(|place| place.violations > 0);
        let victims = first.iter().flat_map(|place| &place.victims);
        let budgets = victims.clone().flat_map(|victim| &victim.budgets);
        let of = |name: &String| {
            victims.clone().filter(|victim| victim.budgets.contains_key(name)).count()
        };
        let over =
            budgets.filter(|(name, allowed)| of(name) > usize::try_from(**allowed).unwrap_or(0));
        over.map(|(name, allowed)| (name, *allowed)).collect()
    }
}

impl Place {
    fn tell(&self) -> String {
        let victims = self.victims.iter().take(NAMES);
        let victims =
            victims.map(|victim| format!("{} (priority {})", victim.pod, victim.priority));
        let victims: Vec<String> = victims.collect();
        let more = match self.victims.len().saturating_sub(NAMES) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let budgets: BTreeSet<&String> =
            self.victims.iter().flat_map(|victim| victim.budgets.keys()).collect();
        let budgets: Vec<&str> = budgets.into_iter().map(String::as_str).collect();
        let breaks = match self.violations {
            0 => String::new(),
            _ => format!(", in spite of PodDisruptionBudget {}", budgets.join(", ")),
        };
        format!("pushes away {}{more}{breaks}", victims.join(", "))
    }
}

/// What is missing on nodes of one group, from the least to the most.
fn shortages(nodes: &[&NodeAnswer]) -> Vec<String> {
    let resources: BTreeSet<&str> =
        nodes.iter().flat_map(|node| &node.short).map(|short| short.resource.as_str()).collect();
    let of = |resource: &str| -> Vec<(&Shortage, &str)> {
        let shorts = nodes
            .iter()
            .flat_map(|node| node.short.iter().map(|short| (short, node.node.as_str())));
        shorts.filter(|(short, _)| short.resource == resource).collect()
    };
    let described = |resource: &str| {
        let all = of(resource);
        let (least, on) = all.iter().min_by_key(|(short, _)| short.missing)?;
        let (most, _) = all.iter().max_by_key(|(short, _)| short.missing)?;
        let wants = format!("{resource}: wants {}", least.wanted);
        let one = all.len() == 1;
        if all.iter().all(|(short, _)| short.never) {
            let largest = all.iter().max_by_key(|(short, _)| short.size)?.0;
            return Some(match (largest.size, one) {
                (0, true) => format!("{wants}; the node has none"),
                (0, false) => format!("{wants}; these nodes have none"),
                (_, true) => format!("{wants}; the node has {} in all", largest.allocatable),
                (_, false) => {
                    format!("{wants}; the largest of these has {} in all", largest.allocatable)
                }
            });
        }
        let range = match least.missing == most.missing {
            true => least.by.clone(),
            false => format!("{} .. {}", least.by, most.by),
        };
        let on = if one { String::new() } else { format!(", on {on}") };
        Some(format!("{wants}, short by {range}; the most that is left is {}{on}", least.left))
    };
    resources.into_iter().filter_map(described).collect()
}

/// A few names, and how many more there are.
fn names(all: &[String]) -> String {
    match all.len() {
        0 => "no node".into(),
        many if many > NAMES + 1 => {
            format!("{} and {} more", all[..NAMES].join(", "), many - NAMES)
        }
        _ => all.join(", "),
    }
}

/// Text that grows line by line.
struct Page(String);

impl Page {
    fn line(&mut self, text: &str) {
        self.0 += text.trim_end();
        self.0.push('\n');
    }

    fn heading(&mut self, text: &str) {
        self.0.push('\n');
        self.line(text);
    }

    /// A text behind a mark; what does not fit into the line stands below its beginning.
    fn item(&mut self, mark: &str, text: &str) {
        let rest = " ".repeat(mark.chars().count());
        let options = Options::new(COLUMNS).initial_indent(mark).subsequent_indent(&rest);
        self.line(&fill(text, options.word_splitter(WordSplitter::NoHyphenation)));
    }
}
