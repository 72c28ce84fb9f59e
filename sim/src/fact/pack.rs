//! Facts as bytes: what a run said, so that it can be said again without being simulated.
//!
//! Which fields a fact has is written once, in its declaration; here is how each type of field becomes
//! bytes. Numbers take seven bits a byte, so that most of them are one or two bytes long.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use super::refusal::{NoRoom, Refusal, UnschedulableReason};
use super::{Cause, Requested};
use crate::model::breach::{Bound, Breach};
use crate::model::catalog::Capacity;
use crate::model::disruption::DisruptionReason;
use crate::model::job::{Outcome, Worked};
use crate::model::pod::{End, Limit};
use crate::model::pressure::Pressure;
use crate::model::quota::Counted;
use crate::model::resources::Lane;
use crate::money::{Cost, MicroUsdPerHour};
use crate::table::Id;
use crate::time::{SimTime, Span};

/// Something that becomes bytes and is read from them again.
pub trait Pack: Sized {
    /// Writes it down.
    fn pack(&self, out: &mut Vec<u8>);

    /// Reads it; none if these are not its bytes.
    fn unpack(from: &mut &[u8]) -> Option<Self>;
}

impl Pack for u64 {
    fn pack(&self, out: &mut Vec<u8>) {
        let mut rest = *self;
        while rest > 0x7f {
            out.push((rest & 0x7f) as u8 | 0x80);
            rest >>= 7;
        }
        out.push((rest & 0x7f) as u8);
    }

    fn unpack(from: &mut &[u8]) -> Option<u64> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let (byte, rest) = from.split_first()?;
            *from = rest;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }
}

impl Pack for Cost {
    // Its halves, of which the upper one is zero but for millions of dollars.
    #[allow(clippy::cast_possible_truncation)]
    fn pack(&self, out: &mut Vec<u8>) {
        [self.0 as u64, (self.0 >> 64) as u64].iter().for_each(|half| half.pack(out));
    }

    fn unpack(from: &mut &[u8]) -> Option<Cost> {
        let [low, high] = [u64::unpack(from)?, u64::unpack(from)?].map(u128::from);
        Some(Cost(high << 64 | low))
    }
}

impl<I: Id> Pack for I {
    fn pack(&self, out: &mut Vec<u8>) {
        (self.index() as u64).pack(out);
    }

    fn unpack(from: &mut &[u8]) -> Option<I> {
        u32::unpack(from).map(|index| I::from_index(index as usize))
    }
}

impl<T: Pack> Pack for Option<T> {
    fn pack(&self, out: &mut Vec<u8>) {
        self.is_some().pack(out);
        if let Some(it) = self {
            it.pack(out);
        }
    }

    fn unpack(from: &mut &[u8]) -> Option<Option<T>> {
        if bool::unpack(from)? { T::unpack(from).map(Some) } else { Some(None) }
    }
}

impl<T: Pack> Pack for Vec<T> {
    fn pack(&self, out: &mut Vec<u8>) {
        self.len().pack(out);
        self.iter().for_each(|it| it.pack(out));
    }

    fn unpack(from: &mut &[u8]) -> Option<Vec<T>> {
        let count = usize::unpack(from)?;
        // Nothing is shorter than a byte, so that a wrong number takes no memory.
        (count <= from.len()).then(|| (0..count).map(|_| T::unpack(from)).collect())?
    }
}

impl<K: Pack + Ord, V: Pack> Pack for BTreeMap<K, V> {
    fn pack(&self, out: &mut Vec<u8>) {
        self.len().pack(out);
        for (key, value) in self {
            key.pack(out);
            value.pack(out);
        }
    }

    fn unpack(from: &mut &[u8]) -> Option<BTreeMap<K, V>> {
        let count = usize::unpack(from)?;
        let one = |from: &mut &[u8]| Some((K::unpack(from)?, V::unpack(from)?));
        (count <= from.len()).then(|| (0..count).map(|_| one(from)).collect())?
    }
}

/// A text of the program's own. Which there are is known only when they occur.
impl Pack for &'static str {
    fn pack(&self, out: &mut Vec<u8>) {
        self.len().pack(out);
        out.extend_from_slice(self.as_bytes());
    }

    fn unpack(from: &mut &[u8]) -> Option<&'static str> {
        let length = usize::unpack(from)?;
        let (text, rest) = from.split_at_checked(length)?;
        *from = rest;
        Some(kept(std::str::from_utf8(text).ok()?))
    }
}

/// The same text for as long as the program runs. There are few of them.
fn kept(text: &str) -> &'static str {
    static TEXTS: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());
    let mut texts = TEXTS.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = texts.get(text) {
        return known;
    }
    let text: &'static str = Box::leak(text.to_owned().into_boxed_str());
    texts.insert(text);
    text
}

/// Types that are another one under another name.
macro_rules! like {
    ($($type:ty as $other:ty: $this:ident => $to:expr, $value:ident => $from:expr;)+) => {$(
        impl Pack for $type {
            fn pack(&self, out: &mut Vec<u8>) {
                let $this = *self;
                let it: $other = $to;
                it.pack(out);
            }

            fn unpack(from: &mut &[u8]) -> Option<Self> {
                let $value = <$other>::unpack(from)?;
                $from
            }
        }
    )+};
}

like! {
    u32 as u64: it => u64::from(it), value => u32::try_from(value).ok();
    usize as u64: it => it as u64, value => usize::try_from(value).ok();
    bool as u64: it => u64::from(it), value => (value < 2).then_some(value == 1);
    Span as u64: it => it.as_ms(), value => Some(Span::from_ms(value));
    SimTime as u64: it => it.as_ms(), value => Some(SimTime::from_ms(value));
    MicroUsdPerHour as u64: it => it.0, value => Some(MicroUsdPerHour(value));
    Lane as u32: it => u32::from(it.0), value => u8::try_from(value).ok().map(Lane);
}

/// Structs by their fields.
macro_rules! fields {
    ($($type:ident { $($field:ident),+ })+) => {$(
        impl Pack for $type {
            fn pack(&self, out: &mut Vec<u8>) {
                $(self.$field.pack(out);)+
            }

            fn unpack(from: &mut &[u8]) -> Option<Self> {
                Some($type { $($field: Pack::unpack(from)?),+ })
            }
        }
    )+};
}

fields! {
    Worked { useful, lost, saving, waiting }
    Breach { what, bound, by }
    Refusal { nodes, outright, reasons, room }
}

/// Enums by a number for each variant, and what it holds.
macro_rules! variants {
    ($($type:ident { $($number:literal = $variant:ident $(($($field:ident),+))?),+ $(,)? })+) => {$(
        impl Pack for $type {
            fn pack(&self, out: &mut Vec<u8>) {
                match self {
                    $($type::$variant $(($($field),+))? => {
                        out.push($number);
                        $($($field.pack(out);)+)?
                    })+
                }
            }

            fn unpack(from: &mut &[u8]) -> Option<Self> {
                let (number, rest) = from.split_first()?;
                *from = rest;
                match number {
                    $($number => Some($type::$variant $(($({ let $field = Pack::unpack(from)?; $field }),+))?),)+
                    _ => None,
                }
            }
        }
    )+};
}

variants! {
    Bound { 0 = Stated, 1 = Least, 2 = Most, 3 = Ratio, 4 = Room }
    Counted { 0 = Pods, 1 = Requests(lane), 2 = Limits(lane) }
    Outcome {
        0 = Complete, 1 = BackoffLimitExceeded, 2 = DeadlineExceeded, 3 = PodFailurePolicy, 4 = Replaced,
    }
    Pressure { 0 = Disk, 1 = Memory, 2 = Pid }
    DisruptionReason {
        0 = PreemptionByScheduler, 1 = DeletionByTaintManager, 2 = EvictionByEvictionApi,
        3 = DeletionByPodGc, 4 = TerminationByKubelet,
    }
    Limit { 0 = Deadline, 1 = Grace, 2 = NodeShutdown, 3 = NodePressure }
    End {
        0 = Completed, 1 = Clean, 2 = CutShort(limit), 3 = KilledWithoutWarning, 4 = Rejected, 5 = OomKilled,
    }
    Cause {
        0 = Reclaimed, 1 = InitialState, 2 = Preempted, 3 = Tainted, 4 = Outbid, 5 = Released,
        6 = JobOver, 7 = ScaledDown, 8 = RolledOut, 9 = NodePressure, 10 = VpaUpdate, 11 = Drained,
        12 = Failed,
    }
    UnschedulableReason { 0 = Text(text), 1 = Insufficient(lane), 2 = Said(sentence), 3 = Gated(spec) }
    NoRoom { 0 = NotEligible(why), 1 = Refused(reasons) }
}

impl Pack for Capacity {
    fn pack(&self, out: &mut Vec<u8>) {
        match *self {
            Capacity::Ample => out.push(0),
            Capacity::Contended { open } => {
                out.push(1);
                open.pack(out);
            }
            Capacity::Exhausted => out.push(2),
            Capacity::Holds(most) => {
                out.push(3);
                most.pack(out);
            }
        }
    }

    fn unpack(from: &mut &[u8]) -> Option<Capacity> {
        match u32::unpack(from)? {
            0 => Some(Capacity::Ample),
            1 => Some(Capacity::Contended { open: bool::unpack(from)? }),
            2 => Some(Capacity::Exhausted),
            3 => Some(Capacity::Holds(Pack::unpack(from)?)),
            _ => None,
        }
    }
}

impl Pack for Requested {
    fn pack(&self, out: &mut Vec<u8>) {
        let (cpu, memory) = self.parts();
        // The flag at the top would make each of them ten bytes long.
        cpu.rotate_left(1).pack(out);
        memory.pack(out);
    }

    fn unpack(from: &mut &[u8]) -> Option<Requested> {
        let cpu = u64::unpack(from)?.rotate_right(1);
        Some(Requested::of_parts(cpu, u64::unpack(from)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_back() {
        for number in [0, 1, 127, 128, 300, u64::from(u32::MAX), u64::MAX - 1, u64::MAX] {
            let mut bytes = Vec::new();
            number.pack(&mut bytes);
            let mut rest = &bytes[..];
            assert_eq!((u64::unpack(&mut rest), rest.len()), (Some(number), 0));
            assert_eq!(u64::unpack(&mut &bytes[..bytes.len() - 1]), None);
        }
    }

    #[test]
    fn costs_of_any_size_are_read_back() {
        for cost in [0, 1, u64::MAX.into(), u128::from(u64::MAX) + 1, u128::MAX].map(Cost) {
            let mut bytes = Vec::new();
            cost.pack(&mut bytes);
            assert_eq!(Cost::unpack(&mut &bytes[..]), Some(cost));
        }
    }

    #[test]
    fn texts_and_reasons_are_read_back() {
        let refusal = Refusal {
            nodes: 3,
            outright: vec![UnschedulableReason::Text("too many")],
            reasons: [(UnschedulableReason::Insufficient(Lane::CPU), 2)].into(),
            room: Some(NoRoom::NotEligible("never")),
        };
        let mut bytes = Vec::new();
        refusal.pack(&mut bytes);
        assert_eq!(Refusal::unpack(&mut &bytes[..]), Some(refusal));
        // A wrong number of items takes no memory, and is none.
        assert_eq!(Vec::<u64>::unpack(&mut &[0xff, 0xff, 0xff, 0x7f, 1][..]), None);
    }
}
