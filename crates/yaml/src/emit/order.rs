use std::cmp::Ordering;

use super::Style;

/// The order in which go-yaml v2 writes keys: what is no letter before letters, digits as numbers, else by code
/// point.
///
/// It is not transitive (`a1b` < `a2` < `a12` < `a1b`), as it is not in Go, where the outcome then depends on
/// chance; [`sort_keys`] gives the same result every time.
pub fn compare_keys(a: &str, b: &str) -> Ordering {
    compare(a, b, Style::Compact)
}

/// v3 lets letters go before the rest where both follow a digit, and so is transitive.
fn compare(a: &str, b: &str, style: Style) -> Ordering {
    let differs = a.bytes().zip(b.bytes()).position(|(a, b)| a != b);
    let Some(mut position) = differs else {
        return a.len().cmp(&b.len());
    };
    while !a.is_char_boundary(position) {
        position -= 1;
    }
    let (common, a_rest, b_rest) = (&a[..position], &a[position..], &b[position..]);
    let (Some(a_first), Some(b_first)) = (a_rest.chars().next(), b_rest.chars().next()) else {
        return a.len().cmp(&b.len());
    };
    let after_digit = style == Style::Pretty && common.ends_with(|last: char| last.is_ascii_digit());
    match (a_first.is_alphabetic(), b_first.is_alphabetic()) {
        (true, true) => a_first.cmp(&b_first),
        (true, false) if after_digit => Ordering::Less,
        (false, true) if after_digit => Ordering::Greater,
        (true, false) => Ordering::Greater,
        (false, true) => Ordering::Less,
        (false, false) => {
            // a zero that follows other digits has weight
            let inside = (a_first == '0' || b_first == '0') && ends_in_number(common);
            let (a_number, a_digits) = number(a_rest, inside);
            let (b_number, b_digits) = number(b_rest, inside);
            a_number
                .cmp(&b_number)
                .then(a_digits.cmp(&b_digits))
                .then(a_first.cmp(&b_first))
        }
    }
}

/// Sorts into the order of a style: [`compare_keys`] or v3's. Items that come in the order of their bytes, as those
/// of a `BTreeMap`, are mostly in order already.
pub fn sort_keys<T>(items: &mut Vec<T>, style: Style, key: impl Fn(&T) -> &str) {
    let in_order = |a: &T, b: &T| compare(key(a), key(b), style) != Ordering::Greater;
    if !items.is_sorted_by(in_order) {
        // the standard sorts may panic on an order that is not transitive
        *items = merge_sort(std::mem::take(items), &in_order);
    }
}

fn merge_sort<T>(mut items: Vec<T>, in_order: &impl Fn(&T, &T) -> bool) -> Vec<T> {
    if items.len() < 2 {
        return items;
    }
    let right = items.split_off(items.len() / 2);
    let mut left = merge_sort(items, in_order).into_iter().peekable();
    let mut right = merge_sort(right, in_order).into_iter().peekable();
    let mut merged = Vec::with_capacity(left.len() + right.len());
    while let (Some(a), Some(b)) = (left.peek(), right.peek()) {
        let next = if in_order(a, b) { left.next() } else { right.next() };
        merged.extend(next);
    }
    merged.extend(left);
    merged.extend(right);
    merged
}

/// Whether a text ends in digits that are not all zero.
fn ends_in_number(text: &str) -> bool {
    let digits = text.bytes().rev().take_while(u8::is_ascii_digit);
    digits.into_iter().any(|digit| digit != b'0')
}

/// The number at the start of a text, and of how many digits it is.
fn number(text: &str, inside: bool) -> (i64, usize) {
    let digits = text.bytes().take_while(u8::is_ascii_digit);
    digits.fold((i64::from(inside), 0), |(value, count), digit| {
        let value = value.wrapping_mul(10).wrapping_add(i64::from(digit - b'0'));
        (value, count + 1)
    })
}
