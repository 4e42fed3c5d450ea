//! Reads formats.

use super::flags::Flags;
use super::printer::Printer;
use crate::text::rune;
use crate::value::Value;

/// Widths and precisions beyond this are not numbers.
const LARGEST: usize = 1_000_000;

impl Printer<'_> {
    pub(super) fn format(&mut self, format: &[u8], args: &[&Value]) {
        let mut reader = Reader {
            format,
            at: 0,
            args,
            next: 0,
            reordered: false,
            good_index: true,
        };
        while let Some(text) = reader.text() {
            self.out.extend_from_slice(text);
            if reader.at < format.len() {
                reader.at += 1;
                self.flags = Flags::default();
                self.verb(&mut reader);
            }
        }
        self.flags = Flags::default();
        if !reader.reordered && reader.next < args.len() {
            self.extra(&args[reader.next..]);
        }
    }

    fn extra(&mut self, args: &[&Value]) {
        self.out.extend_from_slice(b"%!(EXTRA ");
        for (at, arg) in args.iter().enumerate() {
            if at > 0 {
                self.out.extend_from_slice(b", ");
            }
            if matches!(arg, Value::Nil) {
                self.out.extend_from_slice(b"<nil>");
            } else {
                self.out.extend_from_slice(arg.type_name().as_bytes());
                self.out.push(b'=');
                self.argument(arg, 'v');
            }
        }
        self.out.push(b')');
    }

    /// One verb with its flags, after the percent sign.
    fn verb(&mut self, reader: &mut Reader<'_>) {
        reader.good_index = true;
        self.read_flags(reader);
        let mut after_index = reader.index();
        self.read_width(reader, &mut after_index);
        self.read_precision(reader, &mut after_index);
        if !after_index {
            reader.index();
        }
        let Some((verb, width)) = rune::decode(&reader.format[reader.at..]) else {
            self.out.extend_from_slice(b"%!(NOVERB)");
            return;
        };
        let raw = &reader.format[reader.at..reader.at + width];
        reader.at += width;
        let complain = |out: &mut Vec<u8>, what: &[u8]| {
            out.extend_from_slice(b"%!");
            out.extend_from_slice(if verb == char::REPLACEMENT_CHARACTER {
                "\u{fffd}".as_bytes()
            } else {
                raw
            });
            out.extend_from_slice(what);
        };
        if verb == '%' {
            self.out.push(b'%');
        } else if !reader.good_index {
            complain(&mut self.out, b"(BADINDEX)");
        } else if let Some(arg) = reader.args.get(reader.next) {
            if matches!(verb, 'v' | 'w') {
                self.flags.sharp_v = std::mem::take(&mut self.flags.sharp);
                self.flags.plus_v = std::mem::take(&mut self.flags.plus);
            }
            self.argument(arg, verb);
            reader.next += 1;
        } else {
            complain(&mut self.out, b"(MISSING)");
        }
    }

    fn read_flags(&mut self, reader: &mut Reader<'_>) {
        while let Some(flag) = reader.format.get(reader.at) {
            match flag {
                b'#' => self.flags.sharp = true,
                b'0' => self.flags.zero = true,
                b'+' => self.flags.plus = true,
                b'-' => self.flags.minus = true,
                b' ' => self.flags.space = true,
                _ => break,
            }
            reader.at += 1;
        }
    }

    fn read_width(&mut self, reader: &mut Reader<'_>, after_index: &mut bool) {
        if reader.take(b'*') {
            match reader.int_argument() {
                Some(width) => {
                    if width < 0 {
                        self.flags.minus = true;
                        self.flags.zero = false;
                    }
                    self.flags.width = Some(width.unsigned_abs() as usize);
                }
                None => self.out.extend_from_slice(b"%!(BADWIDTH)"),
            }
            *after_index = false;
        } else {
            self.flags.width = reader.number();
            if *after_index && self.flags.width.is_some() {
                reader.good_index = false;
            }
        }
    }

    fn read_precision(&mut self, reader: &mut Reader<'_>, after_index: &mut bool) {
        if reader.at + 1 >= reader.format.len() || !reader.take(b'.') {
            return;
        }
        if *after_index {
            reader.good_index = false;
        }
        *after_index = reader.index();
        if reader.take(b'*') {
            self.flags.precision = reader.int_argument().filter(|&p| p >= 0).map(|p| p as usize);
            if self.flags.precision.is_none() {
                self.out.extend_from_slice(b"%!(BADPREC)");
            }
            *after_index = false;
        } else {
            self.flags.precision = Some(reader.number().unwrap_or(0));
        }
    }
}

struct Reader<'f> {
    format: &'f [u8],
    at: usize,
    args: &'f [&'f Value],
    next: usize,
    /// Whether an explicit index was used.
    reordered: bool,
    good_index: bool,
}

impl<'f> Reader<'f> {
    /// What stands before the next verb; none at the end.
    fn text(&mut self) -> Option<&'f [u8]> {
        let rest = self.format.get(self.at..).filter(|rest| !rest.is_empty())?;
        let end = memchr::memchr(b'%', rest).unwrap_or(rest.len());
        self.at += end;
        Some(&rest[..end])
    }

    fn take(&mut self, byte: u8) -> bool {
        let found = self.format.get(self.at) == Some(&byte);
        self.at += usize::from(found);
        found
    }

    /// Decimal digits; a number that is too large swallows the rest of the format, as in Go.
    fn number(&mut self) -> Option<usize> {
        let (number, at) = number_at(self.format, self.at, self.format.len());
        self.at = at;
        number
    }

    fn int_argument(&mut self) -> Option<i64> {
        let value = self.args.get(self.next)?;
        self.next += 1;
        let int = match value {
            Value::Int(int) | Value::Int64(int) => *int,
            Value::Uint8(uint) => i64::from(*uint),
            Value::Uint64(uint) => i64::try_from(*uint).ok()?,
            _ => return None,
        };
        (int.unsigned_abs() <= LARGEST as u64).then_some(int)
    }

    /// An explicit index such as `[2]`; whether there was one.
    fn index(&mut self) -> bool {
        if self.format.get(self.at) != Some(&b'[') {
            return false;
        }
        self.reordered = true;
        let rest = &self.format[self.at..];
        let Some(close) = memchr::memchr(b']', rest).filter(|_| rest.len() >= 3) else {
            self.at += 1;
            self.good_index = false;
            return false;
        };
        let (number, end) = number_at(rest, 1, close);
        self.at += close + 1;
        let index = number.filter(|_| end == close);
        match index {
            Some(index) if (1..=self.args.len()).contains(&index) => {
                self.next = index - 1;
                true
            }
            _ => {
                self.good_index = false;
                index.is_some()
            }
        }
    }
}

fn number_at(text: &[u8], start: usize, end: usize) -> (Option<usize>, usize) {
    let mut number = None;
    let mut at = start;
    while at < end && text[at].is_ascii_digit() {
        let value = number.unwrap_or(0);
        if value > LARGEST {
            return (None, end);
        }
        number = Some(value * 10 + usize::from(text[at] - b'0'));
        at += 1;
    }
    (number, at)
}
