//! How much a sample weighs: twice as much as one that is a half-life older.

/// A factor of decay, kept for the next sample of the same age: metrics of many containers bear the same
/// time.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Decay {
    age_ms: i64,
    half_life_ms: i64,
    factor: f64,
}

impl Default for Decay {
    fn default() -> Decay {
        Decay { age_ms: 0, half_life_ms: 1, factor: 1.0 }
    }
}

impl Decay {
    /// How much a sample weighs that is this much newer than one that weighs one.
    pub(super) fn factor(&mut self, age_ms: i64, half_life_ms: i64) -> f64 {
        if (age_ms, half_life_ms) != (self.age_ms, self.half_life_ms) {
            let factor = exp2(nanoseconds(age_ms) / nanoseconds(half_life_ms));
            *self = Decay { age_ms, half_life_ms, factor };
        }
        self.factor
    }
}

/// A span in nanoseconds, at most the 292 years that upstream counts.
pub(super) fn nanoseconds(ms: i64) -> f64 {
    ms.saturating_mul(1_000_000) as f64
}

/// A power of two, to the bit as upstream computes it, which is not always the nearest float.
// Go: src/math/exp.go exp2, expmulti
#[must_use]
#[allow(clippy::excessive_precision, reason = "the digits are upstream's")]
pub fn exp2(x: f64) -> f64 {
    const LN2_HI: f64 = 6.931_471_803_691_238_164_90e-01;
    const LN2_LO: f64 = 1.908_214_929_270_587_700_02e-10;
    const P: [f64; 5] = [
        1.666_666_666_666_666_574_15e-01,
        -2.777_777_777_701_559_338_42e-03,
        6.613_756_321_437_934_361_17e-05,
        -1.653_390_220_546_525_153_90e-06,
        4.138_136_797_057_238_460_39e-08,
    ];
    let k = libm::trunc(if x > 0.0 { x + 0.5 } else { x - 0.5 });
    let t = x - k;
    let (hi, lo) = (t * LN2_HI, -t * LN2_LO);
    let r = hi - lo;
    let u = r * r;
    let c = r - u * (P[0] + u * (P[1] + u * (P[2] + u * (P[3] + u * P[4]))));
    let y = 1.0 - ((lo - (r * c) / (2.0 - c)) - hi);
    #[allow(clippy::cast_possible_truncation, reason = "saturates, and so does the power")]
    libm::scalbn(y, k as i32)
}
