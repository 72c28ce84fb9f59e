//! The hour of the day in a scenario's region, as far as anything follows it.

use jiff::tz::TimeZone;

use super::cron_jobs::moment;

/// Time zones of regions, by how their names begin; the first that fits. Where data centres of a region
/// are is as the providers' lists of regions say, 2026-11.
const ZONES: [(&str, &str); 33] = [
    ("us-central1", "America/Chicago"),
    ("us-south1", "America/Chicago"),
    ("us-east", "America/New_York"),
    ("eastus", "America/New_York"),
    ("us-west3", "America/Denver"),
    ("us-west", "America/Los_Angeles"),
    ("westus", "America/Los_Angeles"),
    ("centralus", "America/Chicago"),
    ("southcentralus", "America/Chicago"),
    ("northcentralus", "America/Chicago"),
    ("ca-central", "America/Toronto"),
    ("northamerica-northeast", "America/Toronto"),
    ("canadacentral", "America/Toronto"),
    ("sa-east", "America/Sao_Paulo"),
    ("southamerica-east", "America/Sao_Paulo"),
    ("brazilsouth", "America/Sao_Paulo"),
    ("eu-west-1", "Europe/Dublin"),
    ("eu-west-2", "Europe/London"),
    ("europe-west2", "Europe/London"),
    ("northeurope", "Europe/Dublin"),
    ("uksouth", "Europe/London"),
    ("eu-north", "Europe/Stockholm"),
    ("europe-north1", "Europe/Helsinki"),
    ("eu-", "Europe/Berlin"),
    ("europe-", "Europe/Berlin"),
    ("westeurope", "Europe/Amsterdam"),
    ("ap-south-", "Asia/Kolkata"),
    ("asia-south", "Asia/Kolkata"),
    ("ap-northeast-", "Asia/Tokyo"),
    ("asia-northeast", "Asia/Tokyo"),
    ("ap-southeast-1", "Asia/Singapore"),
    ("asia-southeast1", "Asia/Singapore"),
    ("ap-southeast-2", "Australia/Sydney"),
];

/// In which hour of the day `T+0` is in a region, and in whose time: midnight there, unless `startTime`
/// says another moment; in UTC, where the region's time is not known.
pub(super) fn first_hour(region: &str, start_time: Option<&str>) -> (u64, String) {
    let place = ZONES.iter().find(|(prefix, _)| region.starts_with(prefix));
    // What is no moment is said where the calendar is read.
    let Some(Ok(at)) = start_time.map(moment) else { return (0, "the region".into()) };
    let known = place.and_then(|(_, zone)| Some((*zone, TimeZone::get(zone).ok()?)));
    let (name, zone) = known.unwrap_or(("UTC", TimeZone::UTC));
    let hour = zone.to_datetime(at).hour();
    (u64::try_from(hour).unwrap_or_default(), name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_start_has_an_hour_in_its_region() {
        let hour = |region, start| first_hour(region, start).0;
        assert_eq!(hour("us-east-1", None), 0);
        // In winter and in summer time.
        assert_eq!(hour("us-east-1", Some("2026-01-15T18:30:00Z")), 13);
        assert_eq!(hour("us-east-2", Some("2026-07-15T18:30:00Z")), 14);
        assert_eq!(hour("us-central1", Some("2026-07-15")), 19);
        assert_eq!(first_hour("mars-north-1", Some("2026-07-15T06:00:00Z")), (6, "UTC".into()));
    }

    #[test]
    fn every_time_zone_is_known() {
        assert!(ZONES.iter().all(|(_, zone)| TimeZone::get(zone).is_ok()));
    }
}
