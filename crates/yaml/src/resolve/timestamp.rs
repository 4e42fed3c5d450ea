use std::fmt;

/// A point in time, as Go's `time.Parse` reads it with go-yaml's four layouts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Timestamp {
    year: u32,
    month: u32,
    day: u32,
    hour: u32,
    minute: u32,
    second: u32,
    nanosecond: u32,
    /// Minutes east of Greenwich.
    offset: i32,
}

impl Timestamp {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        if bytes.len() < 5 || bytes[4] != b'-' || !bytes[..4].iter().all(u8::is_ascii_digit) {
            return None;
        }
        let mut rest = Rest(&bytes[5..]);
        let mut time = Self {
            year: text[..4].parse().ok()?,
            month: rest.number(1, 12)?,
            day: 0,
            hour: 0,
            minute: 0,
            second: 0,
            nanosecond: 0,
            offset: 0,
        };
        rest.literal(b'-')?;
        time.day = rest.number(1, 31)?;
        if time.day > days_of(time.year, time.month) {
            return None;
        }
        match rest.0.first() {
            None => return Some(time),
            Some(b'T' | b't') => {
                rest.0 = &rest.0[1..];
                time.clock(&mut rest)?;
                time.offset = rest.zone()?;
            }
            Some(b' ') => {
                while rest.literal(b' ').is_some() {}
                time.clock(&mut rest)?;
            }
            Some(_) => return None,
        }
        rest.0.is_empty().then_some(time)
    }

    fn clock(&mut self, rest: &mut Rest<'_>) -> Option<()> {
        self.hour = rest.number(0, 23)?;
        rest.literal(b':')?;
        self.minute = rest.number(0, 59)?;
        rest.literal(b':')?;
        self.second = rest.number(0, 59)?;
        self.nanosecond = rest.fraction();
        Some(())
    }

    /// As JSON has it; `None` for an offset of a day or more, which Go refuses.
    pub(crate) fn json(self) -> Option<String> {
        (self.offset.abs() < 24 * 60).then(|| self.to_string())
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            year,
            month,
            day,
            hour,
            minute,
            second,
            ..
        } = self;
        write!(
            f,
            "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}"
        )?;
        if self.nanosecond != 0 {
            let digits = format!("{:09}", self.nanosecond);
            write!(f, ".{}", digits.trim_end_matches('0'))?;
        }
        if self.offset == 0 {
            return f.write_str("Z");
        }
        let sign = if self.offset < 0 { '-' } else { '+' };
        let offset = self.offset.abs();
        write!(f, "{sign}{:02}:{:02}", offset / 60, offset % 60)
    }
}

/// What is left to read.
struct Rest<'a>(&'a [u8]);

impl Rest<'_> {
    fn literal(&mut self, byte: u8) -> Option<()> {
        self.0 = self.0.strip_prefix(&[byte])?;
        Some(())
    }

    /// One or two digits.
    fn number(&mut self, least: u32, most: u32) -> Option<u32> {
        let digit = |byte: &u8| byte.is_ascii_digit().then(|| u32::from(byte - b'0'));
        let first = self.0.first().and_then(digit)?;
        let (value, width) = match self.0.get(1).and_then(digit) {
            Some(second) => (first * 10 + second, 2),
            None => (first, 1),
        };
        self.0 = &self.0[width..];
        (least..=most).contains(&value).then_some(value)
    }

    /// The part of a second after the point, or a comma, as nanoseconds.
    fn fraction(&mut self) -> u32 {
        let [b'.' | b',', digits @ ..] = self.0 else {
            return 0;
        };
        let count = digits.iter().take_while(|byte| byte.is_ascii_digit()).count();
        if count == 0 {
            return 0;
        }
        self.0 = &digits[count..];
        let padded = digits[..count].iter().chain(std::iter::repeat(&b'0'));
        padded
            .take(9)
            .fold(0, |value, byte| value * 10 + u32::from(byte - b'0'))
    }

    /// `Z`, or hours and minutes east of Greenwich, as minutes.
    fn zone(&mut self) -> Option<i32> {
        if self.literal(b'Z').is_some() {
            return Some(0);
        }
        let &[
            sign @ (b'+' | b'-'),
            hour_ten,
            hour_one,
            b':',
            minute_ten,
            minute_one,
            ref rest @ ..,
        ] = self.0
        else {
            return None;
        };
        let two = |ten: u8, one: u8| {
            let both = ten.is_ascii_digit() && one.is_ascii_digit();
            both.then(|| i32::from(ten - b'0') * 10 + i32::from(one - b'0'))
        };
        let hours = two(hour_ten, hour_one).filter(|hours| *hours <= 24)?;
        let minutes = two(minute_ten, minute_one).filter(|minutes| *minutes <= 60)?;
        self.0 = rest;
        let offset = hours * 60 + minutes;
        Some(if sign == b'-' { -offset } else { offset })
    }
}

fn days_of(year: u32, month: u32) -> u32 {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}
