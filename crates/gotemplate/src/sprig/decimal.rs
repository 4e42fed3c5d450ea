//! Decimal arithmetic of arbitrary precision, as the library `decimal` has it, for floats that are decimals to
//! their writers.

use num_bigint::{BigInt, Sign};

use super::coerce::to_float64;
use super::{Called, fail};
use crate::function::CallError;
use crate::text::float;
use crate::value::Value;

/// Digits behind the point of a quotient.
const DIVISION_PRECISION: u32 = 16;

/// `coefficient * 10^exponent`
pub(super) struct Decimal {
    coefficient: BigInt,
    exponent: i32,
}

type Operation = fn(&Decimal, &Decimal) -> Result<Decimal, CallError>;

impl Decimal {
    /// Applies an operation to the first value and the second, to the result and the third, and so on.
    pub(super) fn fold(values: &[&Value], operation: Operation) -> Called {
        let mut decimals = values.iter().map(|value| Self::of(to_float64(value)));
        let mut result = decimals.next().unwrap_or_else(|| Self::of(0.0))?;
        for next in decimals {
            result = operation(&result, &next?)?;
        }
        Ok(Value::Float(result.to_float()))
    }

    /// The shortest decimal that stands for a float.
    fn of(value: f64) -> Result<Self, CallError> {
        if !value.is_finite() {
            return fail(format!("Cannot create a Decimal from {}", float::shortest(value)));
        }
        let text = format!("{value:e}");
        let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let coefficient = format!("{whole}{fraction}").parse().unwrap_or_default();
        let exponent: i32 = exponent.parse().unwrap_or_default();
        Ok(Self {
            coefficient,
            exponent: exponent - fraction.len() as i32,
        })
    }

    fn to_float(&self) -> f64 {
        format!("{}e{}", self.coefficient, self.exponent)
            .parse()
            .unwrap_or_default()
    }

    /// The coefficient at a lower exponent.
    fn scaled_to(&self, exponent: i32) -> BigInt {
        &self.coefficient * power_of_ten(self.exponent.saturating_sub(exponent).unsigned_abs())
    }

    fn aligned(&self, other: &Self) -> (BigInt, BigInt, i32) {
        let exponent = self.exponent.min(other.exponent);
        (self.scaled_to(exponent), other.scaled_to(exponent), exponent)
    }

    pub(super) fn add(&self, other: &Self) -> Result<Self, CallError> {
        let (a, b, exponent) = self.aligned(other);
        Ok(Self {
            coefficient: a + b,
            exponent,
        })
    }

    pub(super) fn sub(&self, other: &Self) -> Result<Self, CallError> {
        let (a, b, exponent) = self.aligned(other);
        Ok(Self {
            coefficient: a - b,
            exponent,
        })
    }

    pub(super) fn mul(&self, other: &Self) -> Result<Self, CallError> {
        let coefficient = &self.coefficient * &other.coefficient;
        Ok(Self {
            coefficient,
            exponent: self.exponent + other.exponent,
        })
    }

    /// The quotient, rounded half away from zero behind its last digit.
    pub(super) fn div(&self, other: &Self) -> Result<Self, CallError> {
        if other.coefficient.sign() == Sign::NoSign {
            return fail("decimal division by 0");
        }
        let (a, b, _) = self.aligned(other);
        let a = a * power_of_ten(DIVISION_PRECISION);
        let (quotient, remainder) = (&a / &b, &a % &b);
        let twice = remainder.magnitude() * 2u32;
        let negative = (a.sign() == Sign::Minus) != (b.sign() == Sign::Minus);
        let step = BigInt::from(match (twice >= *b.magnitude(), negative) {
            (false, _) => 0,
            (true, true) => -1,
            (true, false) => 1,
        });
        Ok(Self {
            coefficient: quotient + step,
            exponent: -(DIVISION_PRECISION as i32),
        })
    }
}

fn power_of_ten(power: u32) -> BigInt {
    BigInt::from(10).pow(power)
}
