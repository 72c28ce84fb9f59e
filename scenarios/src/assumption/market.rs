//! Assumptions about the market: when instances are reclaimed, and what spot costs.

use super::Kind;

pub(crate) const CONTENDED_RECLAIMS: Kind = Kind {
    id: "contended-reclaims",
    text: "reclaims: in windows of contention, shared by related pools and in batches, as often as \
           from {}, times {}",
    source: "AWS Spot Advisor, 2025-06: a band is read as the share of the instances running in a \
             month of 730 h that are taken, successors included, and its middle used. What AWS \
             counts is not documented; per launched instance, rates would be 30 times higher, so \
             try `scale` 1, 10 and 100. What happens in a window is fitted to traces of p3.2xlarge and r5.16xlarge, 2023 (SkyPilot), \
             batches to fleets of 2020 to 2022 (Bamboo); that nine windows in ten end in ample \
             capacity, and when an instance is said to be at risk, is not published",
};

pub(crate) const MEMORYLESS_RECLAIMS: Kind = Kind {
    id: "memoryless-reclaims",
    text: "reclaims: without memory, from {}, times {}; real ones come in batches",
    source: "AWS Spot Advisor, 2025-06: a band is read as the chance per month of 730 h that an \
             instance is taken, and its middle used. What AWS counts is not documented; per \
             launched instance, rates would be 30 times higher, so try `scale` 1, 10 and \
             100. Traces of 2020 to 2023 show batches and early losses in every large fleet",
};

pub(crate) const RECLAIMS_OF_2019: Kind = Kind {
    id: "reclaims-of-2019",
    text: "reclaims: by age, as of preemptible VMs in 2019; spot VMs of today may differ",
    source: "lifetimes of 1,442 preemptible VMs of Google Cloud, 2019 (Kadupitiya, Jadhao and Sharma, \
             HPDC 2020, data under Apache-2.0), those stopped by their users censored; for ages \
             above a day the rate of the last hours is taken to go on",
};

pub(crate) const RECLAIMS_BY_SIZE_AND_ZONE: Kind = Kind {
    id: "reclaims-by-size",
    text: "reclaims: by age, more often of large machines and in us-central1-c, less often in us-east1-b \
           and us-west1-a, as of preemptible VMs in 2019",
    source: "lifetimes of 1,442 preemptible VMs of Google Cloud, 2019 (Kadupitiya, Jadhao and Sharma, \
             HPDC 2020, data under Apache-2.0), those stopped by their users censored: n1-highcpu of 2, \
             4, 8, 16 and 32 CPUs 0.63, 0.68, 0.83, 1.23 and 1.45 times as often as the mean, the zones \
             1.35, 0.69 and 0.60 times. That other families differ by their CPUs alike, other zones are \
             as the mean and both factors multiply are assumptions; for ages above a day the rate of \
             the last hours is taken to go on",
};

pub(crate) const TRACE_END: Kind = Kind {
    id: "trace-end",
    text: "the capacity of {} in {} stays what it is from {} on, where its trace ends",
    source: "the trace is shorter than the horizon; spotsim does not make up the rest, 2026-11",
};

pub(crate) const TIME_OF_DAY: Kind = Kind {
    id: "time-of-day",
    text: "T+0 is {} o'clock in the time of {}; contention begins more often in the afternoon there",
    source: "launch attempts of 45 days in us-east-1 and us-east-2, 2023: availability swings by 8 to \
             21 points a day, its lowest from 12 to 16 h; none in us-west-2. Google Cloud, 2019: by \
             eight hours 0.56, 1.45 and 1.15 times the mean",
};

pub(crate) const ZONES_CORRELATE: Kind = Kind {
    id: "zones-correlate",
    text: "capacity of one type is short in two zones of a region at the same times: their states \
           correlate by {}",
    source: "launch attempts for p3.2xlarge, 2023 (SkyPilot): 0.25 to 0.59, mean 0.40; for \
             a3-highgpu-1g in three regions of Google Cloud, 2025-10 (SkyNomad): 0.12 to 0.37, mean \
             0.23. All of these types are scarce. Of ordinary types there are no data, so that for \
             them it is an assumption, and a cautious one: `contention.zoneCorrelation: 0` shows what \
             it makes",
};

pub(crate) const PRICES_AS_ON_AWS: Kind = Kind {
    id: "prices-as-on-aws",
    text: "spot prices begin as listed: a quarter of the types stay, others are revised every 6 h \
           and move by 0.7 % a day in the median",
    source: "AWS's price history of us-east-1, March to May 2021, Linux, half of 166 pools; judged by \
             the other half (`spotsim validate prices`). That prices are drawn back to where they \
             began, with a half-life of 80 days, is an estimate of 90 days, too short to tell it \
             from never",
};

pub(crate) const PRICES_AS_ON_GCP: Kind = Kind {
    id: "prices-as-on-gcp",
    text: "spot prices begin as listed, and 77 % of them go 5 % up or down every 14 days",
    source: "Google Cloud's published prices of 12,725 types in regions, May to August 2026; up and \
             down are held to be equally likely, while 63 % of those changes went up",
};

pub(crate) const PRICES_AS_ON_AZURE: Kind = Kind {
    id: "prices-as-on-azure",
    text: "spot prices begin as listed, and change with a chance of 16 % a month, by 10 %",
    source: "Azure's retail prices: 24 of 58 sizes changed within three months, at the first of a \
             month. How far is not known; 10 % up or down is an assumption of 2026-11",
};

pub(crate) const REPLAYED_PRICES: Kind = Kind {
    id: "replayed-prices",
    text: "spot prices are those of {}, and T+0 is {}",
    source: "the file; `start` says otherwise. By default T+0 is the first moment at which all that \
             the scenario buys on spot has a price",
};

pub(crate) const PRICE_GAPS: Kind = Kind {
    id: "price-gaps",
    text: "no price is recorded for more than 2 days, {} times, the longest for {}: the last one \
           holds, and before the first the first",
    source: "spotsim, 2026-11: AWS repeats an unchanged price about once a day; in a file that \
             has changes only, silence means that the price stays",
};

pub(crate) const MISSING_PRICES: Kind = Kind {
    id: "missing-prices",
    text: "the price history lacks {}: they cost what they are listed at",
    source: "the scenario asks for it with `ifMissing: listed-price`",
};
