//! Go's package `fmt` for template values.

mod flags;
mod number;
mod printer;
mod printf;

use printer::Printer;

use crate::exec::{Context, LimitError};
use crate::value::{Str, Value};

/// `fmt.Sprint` of one value: what `{{ value }}` prints.
pub fn print(context: &Context<'_>, value: &Value) -> Result<Str, LimitError> {
    if let Value::Str(text) = value {
        return Ok(text.clone());
    }
    print_all(context, [value]).map(Str::from)
}

/// `fmt.Sprintf`
pub fn sprintf<'v>(
    context: &Context<'_>,
    format: &[u8],
    args: impl IntoIterator<Item = &'v Value>,
) -> Result<Str, LimitError> {
    let args: Vec<&Value> = args.into_iter().collect();
    let mut printer = Printer::new(context);
    printer.format(format, &args);
    printer.finish().map(Str::from)
}

/// `strconv.Quote`
pub fn quote(text: &[u8]) -> Str {
    let mut out = Vec::with_capacity(text.len() + 2);
    crate::text::quote::quote(&mut out, text, false);
    out.into()
}

/// `fmt.Sprint`: spaces only between operands of which neither is a string.
pub(crate) fn print_all<'v>(
    context: &Context<'_>,
    values: impl IntoIterator<Item = &'v Value>,
) -> Result<Vec<u8>, LimitError> {
    let mut printer = Printer::new(context);
    // what is before the first operand counts as a string
    let mut after_string = true;
    for value in values {
        let is_string = matches!(value, Value::Str(_));
        if !is_string && !after_string {
            printer.out.push(b' ');
        }
        printer.argument(value, 'v');
        after_string = is_string;
    }
    printer.finish()
}

/// `fmt.Sprintln`
pub(crate) fn print_line<'v>(
    context: &Context<'_>,
    values: impl IntoIterator<Item = &'v Value>,
) -> Result<Vec<u8>, LimitError> {
    let mut printer = Printer::new(context);
    for (at, value) in values.into_iter().enumerate() {
        if at > 0 {
            printer.out.push(b' ');
        }
        printer.argument(value, 'v');
    }
    printer.out.push(b'\n');
    printer.finish()
}

/// `%v`, for messages.
pub(crate) fn shown(context: &Context<'_>, value: &Value) -> String {
    match print(context, value) {
        Ok(text) => text.to_text().into_owned(),
        Err(limit) => limit.to_string(),
    }
}
