//! Whether a region has the zones that a pool names.

use std::collections::BTreeSet;

use super::{Examined, pool_path};
use crate::admission::shown;
use crate::file::{Pool, ProviderName};
use crate::tree::Step;

/// The zones of the regions that the catalogue knows: provider, region, and what ends their names.
// AWS: "AWS Regions and Availability Zones"; Google Cloud: "Available regions and zones" (us-central1
// has no d and e); Azure: "List of Azure regions" (read 2026-11-28)
const KNOWN: [(&str, &str, &[&str]); 3] = [
    ("aws", "us-east-1", &["a", "b", "c", "d", "e", "f"]),
    ("gcp", "us-central1", &["-a", "-b", "-c", "-f"]),
    ("azure", "eastus", &["-1", "-2", "-3"]),
];

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
    let catalogue = provider.catalogue();
    let known = KNOWN.iter().find(|(whose, name, _)| *whose == catalogue && *name == region);
    let rest = zone.strip_prefix(region);
    let letter = |text: &str| text.len() == 1 && text.bytes().all(|b| b.is_ascii_lowercase());
    let fits = match (provider, rest) {
        // A cellar has the zones that it says it has.
        (ProviderName::Generic, _) => !zone.trim().is_empty(),
        // Nodes of AKS that are in no zone have the number of their fault domain.
        (ProviderName::Azure, None) => matches!(zone, "0" | "1" | "2" | "3"),
        (_, None) => false,
        // Local and Wavelength Zones: us-east-1-bos-1a, us-east-1-wl1-bos-wlz-1.
        (ProviderName::Aws, Some(rest)) if rest.starts_with('-') => rest.len() > 4,
        (_, Some(rest)) => match (known, provider) {
            (Some((.., ends)), _) => ends.contains(&rest),
            (None, ProviderName::Aws) => letter(rest),
            (None, ProviderName::Azure) => matches!(rest, "-1" | "-2" | "-3"),
            (None, _) => rest.strip_prefix('-').is_some_and(letter),
        },
    };
    if fits {
        return None;
    }
    Some(match (known, provider) {
        (Some((_, region, ends)), _) => {
            let names: Vec<String> = ends.iter().map(|end| format!("{region}{end}")).collect();
            format!("it has {}", names.join(", "))
        }
        (None, ProviderName::Generic) => "name the zone, or leave `zones` out".to_owned(),
        (None, ProviderName::Aws) => format!("its zones are named like `{region}a`"),
        (None, ProviderName::Azure) => format!("its zones are named like `{region}-1`"),
        (None, _) => format!("its zones are named like `{region}-a`"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_are_those_of_their_region() {
        use ProviderName::{Aws, Azure, Gcp, Generic};
        for (provider, region, zone) in [
            (Aws, "us-east-1", "us-east-1f"),
            (Aws, "us-east-1", "us-east-1-bos-1a"),
            (Aws, "eu-west-1", "eu-west-1c"),
            (Gcp, "us-central1", "us-central1-f"),
            (Gcp, "europe-west4", "europe-west4-a"),
            (Azure, "eastus", "eastus-3"),
            (Azure, "eastus", "0"),
            (Generic, "cellar", "shelf 3"),
        ] {
            assert_eq!(unknown(provider, region, zone), None, "{zone}");
        }
        for (provider, region, zone) in [
            (Aws, "us-east-1", "us-east-1g"),
            (Aws, "us-east-1", "us-east-1"),
            (Aws, "us-east-1", "mars-1a"),
            (Aws, "us-east-1", "eu-west-1a"),
            (Aws, "us-east-1", ""),
            (Aws, "eu-west-1", "eu-west-1aa"),
            (Gcp, "us-central1", "us-central1-d"),
            (Gcp, "us-central1", "us-central1a"),
            (Azure, "eastus", "eastus-4"),
            (Generic, "cellar", " "),
        ] {
            assert!(unknown(provider, region, zone).is_some(), "{zone}");
        }
    }
}
