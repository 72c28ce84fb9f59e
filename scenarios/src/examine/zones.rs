//! Whether a region has the zones that a pool names.

use std::collections::BTreeSet;

use sim::providers::platform::ZoneNames;

use super::{Examined, pool_path};
use crate::admission::shown;
use crate::file::{Pool, ProviderName};
use crate::tree::Step;

impl Examined<'_> {
    pub(super) fn zones(&mut self, index: usize, pool: &Pool) {
        let (provider, region) = (self.file.provider, self.file.region.as_str());
        let mut known = BTreeSet::new();
        for (number, zone) in pool.zones.iter().enumerate() {
            let path = pool_path(index, &["zones"]);
            let path = [&path[..], &[Step::from(number)]].concat();
            let pool = &pool.name;
            if !known.insert(zone) {
                let message = format!("zone `{}` of pool `{pool}` is there twice", shown(zone));
                let help = "zones take turns, each as often as the others; keep one of them";
                self.say("E0211", &path, message, help);
            } else if let Some(help) = unknown(provider, region, zone) {
                let message =
                    format!("`{}` of pool `{pool}` is no zone of the region {region}", shown(zone));
                self.say("E0211", &path, message, &help);
            }
        }
    }
}

/// What to do about a zone that the region does not have; none if it may have it. Of a region that is
/// not known, the form decides.
pub(crate) fn unknown(provider: ProviderName, region: &str, zone: &str) -> Option<String> {
    let ZoneNames { known, anywhere, form } = provider.zones;
    let ends = known.iter().find(|(name, _)| *name == region).map(|(_, ends)| *ends);
    let rest = zone.strip_prefix(region);
    let fits = |rest: &str| match (ends, form) {
        (Some(ends), _) => ends.contains(&rest),
        (None, form) => form.is_some_and(|form| form(rest)),
    };
    if anywhere(zone, rest) || rest.is_some_and(fits) {
        return None;
    }
    Some(match ends {
        Some(ends) => {
            let names: Vec<String> = ends.iter().map(|end| format!("{region}{end}")).collect();
            format!("it has {}", names.join(", "))
        }
        None if form.is_none() => "name the zone, or leave `zones` out".to_owned(),
        None => format!("its zones are named like `{region}{}`", provider.first_zone),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_are_those_of_their_region() {
        let named = |name: &str| name.parse::<ProviderName>().unwrap();
        let [aws, gcp, azure, generic] = ["aws", "gcp", "azure", "generic"].map(named);
        for (provider, region, zone) in [
            (aws, "us-east-1", "us-east-1f"),
            (aws, "us-east-1", "us-east-1-bos-1a"),
            (aws, "eu-west-1", "eu-west-1c"),
            (gcp, "us-central1", "us-central1-f"),
            (gcp, "europe-west4", "europe-west4-a"),
            (azure, "eastus", "eastus-3"),
            (azure, "eastus", "0"),
            (generic, "cellar", "shelf 3"),
        ] {
            assert_eq!(unknown(provider, region, zone), None, "{zone}");
        }
        for (provider, region, zone) in [
            (aws, "us-east-1", "us-east-1g"),
            (aws, "us-east-1", "us-east-1"),
            (aws, "us-east-1", "mars-1a"),
            (aws, "us-east-1", "eu-west-1a"),
            (aws, "us-east-1", ""),
            (aws, "eu-west-1", "eu-west-1aa"),
            (gcp, "us-central1", "us-central1-d"),
            (gcp, "us-central1", "us-central1a"),
            (azure, "eastus", "eastus-4"),
            (generic, "cellar", " "),
        ] {
            assert!(unknown(provider, region, zone).is_some(), "{zone}");
        }
    }
}
