//! Any text is a schedule whose times are in order and on whole seconds, or is refused.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use scenarios::cron::Cron;

/// 2026-03-28, a day before Europe's clocks are put forward.
const START: i64 = 1_774_656_000;
const DAYS: i64 = 3;
const ZONES: [&str; 3] = ["UTC", "Europe/Berlin", "Australia/Lord_Howe"];

pub(crate) fn run(data: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(data) else { return false };
    let cron = match Cron::parse(text) {
        Ok(cron) => cron,
        Err(what) => {
            assert!(!what.is_empty(), "refused without a word");
            return false;
        }
    };
    let at = |second| Timestamp::from_second(second).expect("a moment of this century");
    let (start, end) = (at(START), at(START + DAYS * 86_400));
    for zone in ZONES {
        let zone = TimeZone::get(zone).expect("a bundled zone");
        let times: Vec<Timestamp> = cron.between(start, end, &zone).take(5_000).collect();
        assert!(times.is_sorted_by(|a, b| a < b), "times are in order");
        assert!(times.iter().all(|it| (start..end).contains(it)), "times are within bounds");
        if let Cron::Clock { .. } = cron {
            assert!(times.iter().all(|it| it.as_second() % 60 == 0), "times are whole minutes");
        }
        // What is due in a stretch is due in its parts.
        let middle = at(START + DAYS * 43_200);
        if let Cron::Clock { .. } = cron {
            let halves = cron.between(start, middle, &zone).chain(cron.between(middle, end, &zone));
            assert_eq!(halves.take(5_000).collect::<Vec<_>>(), times);
        }
    }
    true
}
