//! A floating-point number whose functions are those of `libm`, for the distributions of
//! `rand_distr`.
//!
//! `rand_distr` is generic over `num_traits::Float`, whose `f64` asks `libm` until any crate of the
//! build turns on `num-traits/std`: tests do, through a dependency of theirs. The last bit of a
//! logarithm would then depend on the platform and on what is built. A number of our own does not.

use std::num::FpCategory;
use std::ops::{Add, Div, Mul, Neg, Rem, Sub};

use rand::distr::{Distribution, Open01};
use rand_distr::num_traits::{Float, Num, NumCast, One, ToPrimitive, Zero};
use rand_distr::{Exp1, StandardNormal};

use super::{inverse_normal, uniform};

/// A number of 64 bits.
#[derive(Clone, Copy, PartialEq, PartialOrd, Debug)]
pub(super) struct Portable(pub(super) f64);

/// What distributions draw from, each by one draw and inversion.
macro_rules! drawn {
    ($($source:ty => $draw:expr;)*) => {$(
        impl Distribution<Portable> for $source {
            fn sample<R: rand::Rng + ?Sized>(&self, rng: &mut R) -> Portable {
                let draw: fn(f64) -> f64 = $draw;
                Portable(draw(uniform(rng.next_u64())))
            }
        }
    )*};
}

drawn! {
    Open01 => |u| u;
    StandardNormal => inverse_normal;
    Exp1 => |u| -libm::log(u);
}

macro_rules! operators {
    ($($operator:ident $method:ident $sign:tt;)*) => {$(
        impl $operator for Portable {
            type Output = Portable;
            fn $method(self, other: Portable) -> Portable {
                Portable(self.0 $sign other.0)
            }
        }
    )*};
}

operators! {
    Add add +;
    Sub sub -;
    Mul mul *;
    Div div /;
    Rem rem %;
}

impl Neg for Portable {
    type Output = Portable;
    fn neg(self) -> Portable {
        Portable(-self.0)
    }
}

impl Zero for Portable {
    fn zero() -> Portable {
        Portable(0.0)
    }
    fn is_zero(&self) -> bool {
        self.0 == 0.0
    }
}

impl One for Portable {
    fn one() -> Portable {
        Portable(1.0)
    }
}

impl Num for Portable {
    type FromStrRadixErr = <f64 as Num>::FromStrRadixErr;
    fn from_str_radix(text: &str, radix: u32) -> Result<Portable, Self::FromStrRadixErr> {
        <f64 as Num>::from_str_radix(text, radix).map(Portable)
    }
}

impl ToPrimitive for Portable {
    fn to_i64(&self) -> Option<i64> {
        self.0.to_i64()
    }
    fn to_u64(&self) -> Option<u64> {
        self.0.to_u64()
    }
    fn to_f64(&self) -> Option<f64> {
        Some(self.0)
    }
}

impl NumCast for Portable {
    fn from<T: ToPrimitive>(number: T) -> Option<Portable> {
        number.to_f64().map(Portable)
    }
}

/// Functions of `Float`: those that the standard library computes exactly on every platform, by their
/// names, and those of `libm`.
macro_rules! float {
    (
        constants { $($constant:ident $value:expr;)* }
        questions { $($question:ident)* }
        exact { $($exact:ident)* }
        libm { $($own:ident $theirs:ident;)* }
        libm of two { $($own2:ident $theirs2:ident;)* }
    ) => {
        impl Float for Portable {
            $(fn $constant() -> Portable { Portable($value) })*
            $(fn $question(self) -> bool { self.0.$question() })*
            $(fn $exact(self) -> Portable { Portable(self.0.$exact()) })*
            $(fn $own(self) -> Portable { Portable(libm::$theirs(self.0)) })*
            $(fn $own2(self, other: Portable) -> Portable {
                Portable(libm::$theirs2(self.0, other.0))
            })*
            fn classify(self) -> FpCategory { self.0.classify() }
            fn mul_add(self, a: Portable, b: Portable) -> Portable {
                Portable(libm::fma(self.0, a.0, b.0))
            }
            fn recip(self) -> Portable { Portable(1.0 / self.0) }
            fn powi(self, n: i32) -> Portable { Portable(libm::pow(self.0, n.into())) }
            fn log(self, base: Portable) -> Portable {
                Portable(libm::log(self.0) / libm::log(base.0))
            }
            fn abs_sub(self, other: Portable) -> Portable { Portable(libm::fdim(self.0, other.0)) }
            fn sin_cos(self) -> (Portable, Portable) {
                let (sin, cos) = libm::sincos(self.0);
                (Portable(sin), Portable(cos))
            }
            fn integer_decode(self) -> (u64, i16, i8) { Float::integer_decode(self.0) }
        }
    };
}

float! {
    constants {
        nan f64::NAN;
        infinity f64::INFINITY;
        neg_infinity f64::NEG_INFINITY;
        neg_zero -0.0;
        min_value f64::MIN;
        min_positive_value f64::MIN_POSITIVE;
        epsilon f64::EPSILON;
        max_value f64::MAX;
    }
    questions {
        is_nan is_infinite is_finite is_normal is_sign_positive is_sign_negative
    }
    exact {
        floor ceil round trunc fract abs signum
    }
    libm {
        sqrt sqrt; exp exp; exp2 exp2; ln log; log2 log2; log10 log10; cbrt cbrt;
        sin sin; cos cos; tan tan; asin asin; acos acos; atan atan;
        exp_m1 expm1; ln_1p log1p; sinh sinh; cosh cosh; tanh tanh;
        asinh asinh; acosh acosh; atanh atanh;
    }
    libm of two {
        powf pow; max fmax; min fmin; hypot hypot; atan2 atan2;
    }
}
