//! Waste: what each workload requests beyond what is recommended for it, in money, CPU and memory apart.

use super::Story;
use crate::chart::{Anchor, Axis, Chart, Color, Data, Datum, Ink, Key, Mark, Shape, Stroke, Tick};
use crate::format::{many, usd, usd_to};
use crate::summary::ContainerFit;

/// This many workloads have a row.
const SHOWN: usize = 12;

/// What is requested beyond what is recommended, in dollars a month.
#[derive(Clone, Copy, Default)]
struct Slack {
    cpu: f64,
    memory: f64,
}

impl Slack {
    fn sum(self) -> f64 {
        self.cpu + self.memory
    }
}

/// The chart; none where nothing is recommended for a workload with a number of replicas.
pub(super) fn chart(story: &Story<'_>) -> Option<Chart> {
    let containers = story.about().plan.fit.as_ref()?;
    let all = by_workload(containers);
    let rows = &all[..all.len().min(SHOWN)];
    let (worst, sum) = (rows.first()?, all.iter().map(|row| row.1.sum()).sum::<f64>());
    let height = rows.len() as f64;
    let (mut marks, mut ticks) = (Vec::new(), Vec::new());
    let (mut least, mut most) = (0.0_f64, 0.0_f64);
    for (index, (name, slack)) in rows.iter().enumerate() {
        let y = height - index as f64 - 0.5;
        ticks.push(Tick { at: y, text: (*name).to_owned() });
        let (mut above, mut below) = (0.0, 0.0);
        for (amount, color) in [(slack.cpu, Color::Green), (slack.memory, Color::Purple)] {
            let from = if amount < 0.0 { &mut below } else { &mut above };
            let ends = [*from, *from + amount];
            *from += amount;
            let ink = Ink::tint(color, if amount < 0.0 { 0.45 } else { 1.0 });
            marks.push(Mark::Bar { from: (ends[0], y - 0.3), to: (ends[1], y + 0.3), ink });
        }
        (least, most) = (least.min(below), most.max(above));
        let text = usd(slack.sum());
        let (at, shift, anchor) = ((above, y), (8.0, 5.0), Anchor::Start);
        marks.push(Mark::Label {
            at,
            shift,
            text,
            anchor,
            color: Color::Black,
            strong: false,
            until: None,
        });
    }
    let data = rows.iter().enumerate().map(|(index, (name, slack))| {
        let values = [slack.cpu, slack.memory, slack.sum()].map(|it| usd_to(it, 2));
        Datum::new(*name, values).y(height - index as f64 - 0.5)
    });
    let columns = ["Workload", "CPU, a month", "memory, a month", "together"];
    let data = Data::of(columns, data.collect());
    let zero = vec![(0.0, f64::MIN), (0.0, height)];
    marks.push(Mark::line(zero, Color::Black, Stroke::Thin));
    let room = 0.12 * (most - least).max(0.01);
    let least = if least < 0.0 { least - 0.3 * room } else { 0.0 };
    let key = |color, text: &str| Key::new(Shape::Square, color, text);
    let title = match worst.1.sum() {
        first if first <= 0.0 => "No workload requests more than is recommended for it".into(),
        first => format!(
            "Requests beyond what is recommended: {} a month, {} of it {}",
            usd(sum),
            usd(first),
            worst.0
        ),
    };
    Some(Chart {
        name: "waste",
        title,
        subtitle: format!(
            "{}, mean of {}; pale: too little is requested. A bound, no saving, while no node goes away",
            if all.len() > rows.len() {
                format!("{} of {}", rows.len(), many(all.len() as u64, "workload"))
            } else {
                many(all.len() as u64, "workload")
            },
            story.replications()
        ),
        source: story.source(),
        key: vec![key(Color::Green, "CPU"), key(Color::Purple, "memory")],
        x: Axis::between(
            "requested beyond what is recommended, $ a month",
            least,
            most + room,
            |at, step| usd_to(at, if step < 1.0 { 2 } else { 0 }),
        ),
        y: Axis { lines: false, ..super::rows_axis(ticks) },
        marks,
        sides: Vec::new(),
        data,
    })
}

/// All containers of a workload together, the most first.
fn by_workload(containers: &[ContainerFit]) -> Vec<(&str, Slack)> {
    let mut all: Vec<(&str, Slack)> = Vec::new();
    for fit in containers {
        let lanes = fit.cpu_slack_usd_monthly.zip(fit.memory_slack_usd_monthly);
        let Some((cpu, memory)) = lanes else { continue };
        let name = super::plainly(&fit.workload);
        let known = all.iter().position(|(known, _)| *known == name);
        let place = known.unwrap_or_else(|| {
            all.push((name, Slack::default()));
            all.len() - 1
        });
        all[place].1.cpu += cpu.mean;
        all[place].1.memory += memory.mean;
    }
    all.sort_by(|one, other| other.1.sum().total_cmp(&one.1.sum()));
    all
}
